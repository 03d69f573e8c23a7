//! Clocks that are wrong, and instants in every spelling.

use serde_json::{Value, json};
use wend_domain::time::Timestamp;

use super::{instant, occurred_at};

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

#[test]
fn a_client_whose_clock_is_off_is_corrected_by_its_sending_time() {
    assert_eq!(occurred_at(Some(at(500_000)), Some(at(501_000)), at(10_000)), at(9_000));
    assert_eq!(occurred_at(Some(at(1)), Some(at(2)), at(10_000)), at(9_999));
}

#[test]
fn without_a_sending_time_the_clients_time_holds_and_without_any_the_servers() {
    assert_eq!(occurred_at(Some(at(5)), None, at(10)), at(5));
    assert_eq!(occurred_at(None, Some(at(5)), at(10)), at(10));
    assert_eq!(occurred_at(None, None, at(10)), at(10));
}

#[test]
fn absurd_clocks_do_not_overflow() {
    assert_eq!(occurred_at(Some(Timestamp::MIN), Some(Timestamp::MAX), Timestamp::MIN), Timestamp::MIN);
    assert_eq!(occurred_at(Some(Timestamp::MAX), Some(Timestamp::MIN), Timestamp::MAX), Timestamp::MAX);
    assert_eq!(instant(&json!(i64::MAX)), Some(Timestamp::MAX));
}

#[test]
fn an_instant_is_read_in_every_spelling_that_clients_use() {
    let shown = |value: Value| instant(&value).map(|at| at.to_string());
    let same = Some("2026-11-22T09:33:33.349Z".to_owned());
    assert_eq!(shown(json!("2026-11-22T09:33:33.349Z")), same);
    assert_eq!(shown(json!("2026-11-22T09:33:33.349999+00:00")), same);
    assert_eq!(shown(json!("2026-11-22T10:33:33.349+01:00")), same);
    assert_eq!(shown(json!("2026-11-22 09:33:33.349")), same);
    assert_eq!(shown(json!(" 2026-11-22T09:33:33.349 ")), same);
    assert_eq!(shown(json!(1_795_340_013_349_i64)), same);
    assert_eq!(shown(json!("2026-11-22")), Some("2026-11-22T00:00:00Z".to_owned()));
}

#[test]
fn what_is_no_instant_is_not_guessed_at() {
    for value in
        [json!("yesterday"), json!(""), json!("22/11/2026"), json!(1.5), json!(true), json!(null), json!({})]
    {
        assert_eq!(instant(&value), None, "{value}");
    }
}
