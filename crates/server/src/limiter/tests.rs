//! Buckets fill with time and empty with events.

use wend_domain::time::Timestamp;

use super::{Limiter, RateLimit};

fn limiter() -> Limiter {
    Limiter::new(RateLimit { events_per_second: 10, burst_events: 100 })
}

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

#[test]
fn a_burst_passes_and_then_the_rate_holds() {
    let limiter = limiter();
    assert_eq!(limiter.take("a", 100, at(0)), Ok(()));
    assert_eq!(limiter.take("a", 1, at(0)), Err(1));
    assert_eq!(limiter.take("a", 35, at(0)), Err(4));
    assert_eq!(limiter.take("a", 1, at(100)), Ok(()));
    assert_eq!(limiter.take("a", 1, at(100)), Err(1));
    assert_eq!(limiter.take("a", 100, at(20_000)), Ok(()));
}

#[test]
fn one_key_does_not_cost_another() {
    let limiter = limiter();
    assert_eq!(limiter.take("a", 100, at(0)), Ok(()));
    assert_eq!(limiter.take("b", 100, at(0)), Ok(()));
}

#[test]
fn a_batch_larger_than_the_burst_passes_a_full_bucket_and_is_paid_off() {
    let limiter = limiter();
    assert_eq!(limiter.take("a", 200, at(0)), Ok(()));
    assert_eq!(limiter.take("a", 1, at(10_000)), Err(1));
    assert_eq!(limiter.take("a", 1, at(10_100)), Ok(()));
}

#[test]
fn a_clock_that_is_set_back_earns_nothing_and_breaks_nothing() {
    let limiter = limiter();
    assert_eq!(limiter.take("a", 100, at(1_000_000)), Ok(()));
    assert_eq!(limiter.take("a", 1, at(0)), Err(1));
    assert_eq!(limiter.take("a", 1, at(100)), Ok(()));
}

#[test]
fn the_wait_is_bounded() {
    let limiter = Limiter::new(RateLimit { events_per_second: 1, burst_events: 1_000_000 });
    assert_eq!(limiter.take("a", 1_000_000, at(0)), Ok(()));
    assert_eq!(limiter.take("a", 1_000_000, at(0)), Err(60));
}
