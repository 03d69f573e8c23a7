use std::collections::BTreeMap;

use super::{Pace, PaceRule};
use crate::time::{Period, Timestamp};

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(1_700_000_000_000 + millis)
}

fn rule(max: u32, per_ms: i64) -> PaceRule {
    PaceRule { max, per: Period::from_millis(per_ms) }
}

/// Plays `n` messages that all want to go at once; answers how many went in each second.
fn play(rule: PaceRule, n: u32) -> (BTreeMap<i64, u32>, u32) {
    let (mut pace, mut went, mut n_asked) = (Pace::default(), BTreeMap::new(), 0);
    let mut waiting: BTreeMap<Timestamp, u32> = BTreeMap::from([(at(0), n)]);
    while let Some((now, n)) = waiting.pop_first() {
        for _ in 0..n {
            n_asked += 1;
            match pace.take(rule, now) {
                Ok(()) => *went.entry((now.as_millis() - at(0).as_millis()) / 1_000).or_insert(0) += 1,
                Err(until) => {
                    assert!(until > now);
                    *waiting.entry(until).or_default() += 1;
                }
            }
        }
    }
    (went, n_asked)
}

#[test]
fn no_second_has_more_than_its_share_and_none_of_the_time_is_wasted() {
    let (went, n_asked) = play(rule(10, 1_000), 1_000);
    assert!(went.values().all(|n| *n <= 10), "{went:?}");
    assert_eq!(went.values().sum::<u32>(), 1_000);
    assert!(*went.last_key_value().unwrap().0 <= 125, "it took {:?}", went.last_key_value());
    assert!(n_asked < 3_000, "they asked {n_asked} times");
}

#[test]
fn a_share_longer_than_a_second_lets_one_go_at_a_time() {
    let mut pace = Pace::default();
    let slow = rule(2, 60_000);
    assert_eq!(pace.take(slow, at(0)), Ok(()));
    assert!(pace.take(slow, at(29_999)).is_err());
    assert_eq!(pace.take(slow, at(30_000)), Ok(()));
    assert!(pace.take(slow, at(59_000)).is_err());
}

#[test]
fn what_was_not_used_is_made_up_for_only_by_a_second() {
    let mut pace = Pace::default();
    let ten = rule(10, 1_000);
    assert_eq!(pace.take(ten, at(0)), Ok(()));
    let n_at_once = (0..100).filter(|_| pace.take(ten, at(3_600_000)).is_ok()).count();
    assert_eq!(n_at_once, 10);
}

#[test]
fn room_that_is_given_back_can_be_taken_again() {
    let mut pace = Pace::default();
    let slow = rule(1, 60_000);
    assert_eq!(pace.take(slow, at(0)), Ok(()));
    pace.give_back(slow);
    assert_eq!(pace.take(slow, at(1)), Ok(()));
    assert!(pace.take(slow, at(2)).is_err());
}

#[test]
fn nobody_waits_longer_than_the_bound() {
    let mut pace = Pace::default();
    for _ in 0..10_000 {
        if let Err(until) = pace.take(rule(1, 60_000), at(0)) {
            assert!(until.since(at(0)).as_millis() <= super::WAIT_MS_MAX + 1_000);
        }
    }
}
