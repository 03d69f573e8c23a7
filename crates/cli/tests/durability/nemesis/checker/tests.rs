//! The checker finds what it is there to find.

use std::time::Duration;

use serde_json::json;

use super::*;

fn offer(state: &str) -> Value {
    json!({ "id": "m1", "run": "r1", "step": "mail", "workflow": STOPPED, "channel": "email", "transactional": false,
        "address": "c1@example.com", "state": state, "detail": {} })
}

fn arrived(times: usize, tries: &[Instant]) -> Taken {
    Taken {
        tries: BTreeMap::from([("m1".to_owned(), tries.to_vec())]),
        times: BTreeMap::from([("m1".to_owned(), times)]),
        ..Taken::default()
    }
}

fn moment(since: Instant, attempting: &[&str]) -> Moment {
    Moment { since, attempting: attempting.iter().map(|id| (*id).to_owned()).collect() }
}

#[test]
fn a_mail_that_arrived_twice_or_never_and_is_shown_as_sent_is_found() {
    let calls = BTreeMap::new();
    for (state, times, is_right) in [
        ("sent", 1, true),
        ("sent", 2, false),
        ("sent", 0, false),
        ("uncertain", 1, true),
        ("uncertain", 2, false),
        ("expired", 0, true),
        ("expired", 1, false),
        ("cancelled", 1, false),
        ("failed", 0, false),
    ] {
        let found = wrong_message(&offer(state), &arrived(times, &[]), &calls);
        assert_eq!(found.is_none(), is_right, "{state}, arrived {times} times: {found:?}");
    }
}

#[test]
fn an_attempt_that_began_after_an_opt_out_or_a_stop_is_found() {
    let begun = Instant::now();
    let after = |seconds| begun + Duration::from_secs(seconds);
    let opted_out =
        |moment| People { opted_out: BTreeMap::from([("c1".to_owned(), moment)]), ..People::default() };
    let stopped = |moment| People { stopped: vec![(moment, after(20))], ..People::default() };
    for (attempting, tries, n_wrong) in [
        (&[][..], &[after(5)][..], 0),
        (&[], &[after(15)], 1),
        (&["m1"], &[after(15)], 0),
        (&["m1"], &[after(15), after(16)], 1),
        (&["m2"], &[after(15)], 1),
    ] {
        for people in [opted_out(moment(after(10), attempting)), stopped(moment(after(10), attempting))] {
            let wrong = too_late(&[offer("sent")], &arrived(1, tries), &people);
            assert_eq!(wrong.len(), n_wrong, "{attempting:?} {people:?}");
        }
    }
    let resumed = too_late(&[offer("sent")], &arrived(1, &[after(25)]), &stopped(moment(after(10), &[])));
    assert_eq!(resumed, Vec::<String>::new());
}

#[test]
fn two_messages_of_one_step_and_an_order_that_was_not_met_are_found() {
    let met = |n| BTreeMap::from([(STOPPED.to_owned(), n), ("receipt".to_owned(), 1)]);
    let counters = BTreeMap::from([(format!("entered:{STOPPED}"), 1)]);
    let good = Histories { n_orders: 1, met: met(1), counters: counters.clone(), ..Histories::default() };
    assert_eq!(wrong_numbers(&[offer("sent")], &good), Vec::<String>::new());
    assert!(!wrong_numbers(&[offer("sent"), offer("sent")], &good).is_empty());
    let lost = Histories { n_orders: 1, met: met(0), counters, ..Histories::default() };
    assert_eq!(wrong_numbers(&[offer("sent")], &lost).len(), 1);
}

#[test]
fn a_counter_that_differs_from_the_histories_is_found_wherever_it_is_missing() {
    let recorded = BTreeMap::from([("entered:offer".to_owned(), 2)]);
    assert_eq!(wrong_counters(&json!({ "entered:offer": 2, "other": 7 }), &recorded), Vec::<String>::new());
    assert_eq!(wrong_counters(&json!({ "entered:offer": 3 }), &recorded).len(), 1);
    assert_eq!(wrong_counters(&json!({}), &recorded).len(), 1);
    assert_eq!(wrong_counters(&json!({ "entered:offer": 2, "ended:offer:exit": 1 }), &recorded).len(), 1);
}
