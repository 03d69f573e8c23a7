use std::collections::BTreeMap;

use super::super::pace::PaceRule;
use super::super::warm_up::WarmUp;
use super::{DomainRule, Ended, Gate, GateRule};
use crate::time::{Period, Timestamp};

fn at(text: &str) -> Timestamp {
    Timestamp::parse(&format!("2026-11-20T{text}Z")).unwrap()
}

fn per_second(max: u32) -> PaceRule {
    PaceRule { max, per: Period::from_millis(1_000) }
}

fn why(gate: &mut Gate, domain: &str, now: Timestamp) -> &'static str {
    gate.enter(domain, now).map_or_else(|shut| shut.why, |()| "")
}

#[test]
fn a_gate_without_rules_lets_everything_through() {
    let mut gate = Gate::new(GateRule::default());
    assert!((0..10_000).all(|_| gate.enter("example.com", at("12:00:00")).is_ok()));
}

#[test]
fn each_domain_has_its_own_pace_and_its_own_ways() {
    let domains = BTreeMap::from([
        ("gmail.com".to_owned(), DomainRule { pace: Some(per_second(1)), under_way_max: None }),
        ("*".to_owned(), DomainRule { pace: None, under_way_max: Some(2) }),
    ]);
    let mut gate = Gate::new(GateRule { domains, ..GateRule::default() });
    let now = at("12:00:00");
    assert!(gate.enter("gmail.com", now).is_ok());
    assert_eq!(why(&mut gate, "gmail.com", now), "the recipient's domain is sent to at a limited rate");
    for domain in ["a.example", "b.example"] {
        assert!(gate.enter(domain, now).is_ok() && gate.enter(domain, now).is_ok());
        assert_eq!(why(&mut gate, domain, now), "enough are under way to the recipient's domain");
        gate.ended(domain, Ended::Well, now);
        assert!(gate.enter(domain, now).is_ok());
    }
}

#[test]
fn a_message_that_the_senders_pace_stops_takes_no_room_of_its_domain() {
    let domains = BTreeMap::from([(
        "gmail.com".to_owned(),
        DomainRule { pace: Some(per_second(1)), under_way_max: None },
    )]);
    let mut gate = Gate::new(GateRule { domains, pace: Some(per_second(1)), ..GateRule::default() });
    assert!(gate.enter("a.example", at("12:00:00")).is_ok());
    assert_eq!(why(&mut gate, "gmail.com", at("12:00:00")), "the sender's rate is used up");
    assert!(gate.enter("gmail.com", at("12:00:01")).is_ok());
}

#[test]
fn a_warm_up_gives_each_day_its_messages_and_asks_for_them_in_pieces() {
    let warm_up = WarmUp { starts: "2026-11-20".parse().unwrap(), limits: vec![2] };
    let mut gate = Gate::new(GateRule { warm_up: Some(warm_up), ..GateRule::default() });
    let now = at("12:00:00");
    let mut n_went = 0;
    // The store has two for all nodes; another one has taken one of them.
    let mut n_left = 1;
    for _ in 0..10 {
        if let Some(wanted) = gate.room_wanted(now) {
            assert_eq!((wanted.limit, wanted.n_wanted), (2, 1));
            let n_granted = wanted.n_wanted.min(n_left);
            n_left -= n_granted;
            gate.room_granted(&wanted, n_granted);
        }
        n_went += usize::from(gate.enter("a.example", now).is_ok());
    }
    assert_eq!(n_went, 1);
    let shut = gate.enter("a.example", now).unwrap_err();
    assert_eq!(shut.until, Timestamp::parse("2026-11-21T00:00:00Z").unwrap());
    assert!(gate.enter("a.example", shut.until).is_ok(), "the schedule has one day");
}

#[test]
fn a_pause_that_the_provider_asks_for_is_kept() {
    let mut gate = Gate::new(GateRule::default());
    assert!(gate.enter("a.example", at("12:00:00")).is_ok());
    gate.ended("a.example", Ended::Pause { until: at("12:05:00") }, at("12:00:00"));
    assert_eq!(gate.enter("b.example", at("12:04:59")).unwrap_err().until, at("12:05:00"));
    assert!(gate.enter("b.example", at("12:05:00")).is_ok());
}

#[test]
fn a_sender_that_fails_is_left_alone_and_then_tried_with_one_message() {
    let mut gate = Gate::new(GateRule::default());
    for _ in 0..5 {
        assert!(gate.enter("a.example", at("12:00:00")).is_ok());
        gate.ended("a.example", Ended::Failed, at("12:00:00"));
    }
    assert!(gate.enter("a.example", at("12:00:29")).is_err());
    assert!(gate.enter("a.example", at("12:00:30")).is_ok());
    assert!(gate.enter("a.example", at("12:00:30")).is_err());
    gate.ended("a.example", Ended::Well, at("12:00:31"));
    assert!(gate.enter("a.example", at("12:00:31")).is_ok());
}
