use super::{Breaker, BreakerRule, BreakerState};
use crate::time::{Period, Timestamp};

const SECOND: i64 = 1_000;

fn second(seconds: i64) -> Timestamp {
    Timestamp::from_millis(seconds * SECOND)
}

fn breaker(failures_max: u32) -> Breaker {
    Breaker::new(BreakerRule {
        failures_max,
        window: Period::from_millis(60 * SECOND),
        open_for: Period::from_millis(30 * SECOND),
    })
}

fn opened() -> Breaker {
    let mut breaker = breaker(3);
    (0..3).for_each(|n| breaker.failed(second(n)));
    breaker
}

#[test]
fn it_opens_at_the_last_of_so_many_failures_within_the_window() {
    let mut breaker = breaker(3);
    breaker.failed(second(0));
    breaker.failed(second(59));
    assert_eq!(breaker.state(), BreakerState::Closed);
    breaker.failed(second(60));
    assert_eq!(breaker.state(), BreakerState::Closed, "the first is a window ago");
    breaker.failed(second(61));
    assert_eq!(breaker.state(), BreakerState::Open { until: second(91) });
    assert_eq!(breaker.admit(second(90)), Err(second(91)));
}

#[test]
fn a_success_between_failures_begins_the_count_anew() {
    let mut breaker = breaker(3);
    for n in 0..10 {
        breaker.failed(second(n));
        breaker.failed(second(n));
        breaker.succeeded();
    }
    assert_eq!(breaker.state(), BreakerState::Closed);
}

#[test]
fn after_the_pause_one_message_tries_and_no_other() {
    let mut breaker = opened();
    assert_eq!(breaker.admit(second(32)), Ok(()));
    assert_eq!(breaker.state(), BreakerState::Trying);
    assert_eq!(breaker.admit(second(32)), Err(second(62)));
    breaker.succeeded();
    assert_eq!(breaker.admit(second(33)), Ok(()));
    assert_eq!(breaker.state(), BreakerState::Closed);
}

#[test]
fn each_failed_try_doubles_the_pause_up_to_a_bound() {
    let mut breaker = opened();
    let mut at = second(32);
    let mut pauses = Vec::new();
    for _ in 0..6 {
        assert_eq!(breaker.admit(at), Ok(()));
        breaker.failed(at);
        let BreakerState::Open { until } = breaker.state() else { panic!("it isn't open") };
        pauses.push(until.since(at).as_millis() / SECOND);
        at = until;
    }
    assert_eq!(pauses, [60, 120, 240, 480, 480, 480]);
}

#[test]
fn a_try_whose_end_nobody_told_is_forgotten() {
    let mut breaker = opened();
    assert_eq!(breaker.admit(second(32)), Ok(()));
    assert_eq!(breaker.admit(second(61)), Err(second(62)));
    assert_eq!(breaker.admit(second(62)), Ok(()));
}

#[test]
fn what_was_under_way_when_it_opened_changes_nothing() {
    let mut breaker = opened();
    breaker.succeeded();
    breaker.failed(second(20));
    assert_eq!(breaker.state(), BreakerState::Open { until: second(32) });
}

#[test]
fn without_a_bound_on_failures_it_never_opens() {
    let mut breaker = breaker(0);
    (0..100).for_each(|_| breaker.failed(second(0)));
    assert_eq!(breaker.state(), BreakerState::Closed);
}
