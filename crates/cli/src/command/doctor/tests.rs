use serde_json::{Value, json};
use wend_domain::time::Timestamp;

use super::{of_jobs, of_senders, of_status};

fn wrong(change: &[(&str, Value)]) -> Vec<&'static str> {
    let mut status = json!({
        "version": env!("CARGO_PKG_VERSION"), "at": "2026-11-22T12:00:00Z", "catalog_revision": 3, "contacts": 9,
        "outbox": { "pending": 2 }, "inbox": 0, "stuck": 0, "quarantine": 0, "oldest_alarm": "2026-11-22T13:00:00Z",
    });
    for (name, value) in change {
        status[*name] = value.clone();
    }
    let now = Timestamp::parse("2026-11-22T12:00:02Z").unwrap();
    of_status(&status, now).into_iter().filter(|check| !check.ok).map(|check| check.name).collect()
}

#[test]
fn a_healthy_installation_has_nothing_wrong() {
    assert!(wrong(&[]).is_empty());
}

#[test]
fn each_ailment_is_found_and_named() {
    for (name, value, expected) in [
        ("version", json!("0.0.0"), "version"),
        ("at", json!("2026-11-22T12:01:00Z"), "clock"),
        ("catalog_revision", json!(0), "portfolio"),
        ("stuck", json!(1), "stuck inputs"),
        ("quarantine", json!(4), "quarantine"),
        ("inbox", json!(200_000), "inbox"),
        ("outbox", json!({ "pending": 9_000, "attempting": 2_000 }), "outbox"),
        ("oldest_alarm", json!("2026-11-22T11:58:00Z"), "deadlines"),
    ] {
        assert_eq!(wrong(&[(name, value)]), [expected]);
    }
}

#[test]
fn a_sender_that_is_left_alone_is_wrong_and_its_providers_words_are_shown() {
    assert_eq!(of_senders(&json!({ "senders": [] })), None);
    let well = json!({ "name": "main", "until": null });
    let check = of_senders(&json!({ "senders": [well] })).unwrap();
    assert_eq!((check.ok, check.found.as_str()), (true, "main"));
    let shut = json!({ "name": "spare", "until": "2026-11-22T12:00:00Z", "failure": "401 Unauthorized" });
    let check = of_senders(&json!({ "senders": [well, shut] })).unwrap();
    assert_eq!(
        (check.ok, check.found.as_str()),
        (false, "spare is left alone until 2026-11-22T12:00:00Z: 401 Unauthorized")
    );
}

#[test]
fn jobs_under_way_are_shown_and_are_nothing_wrong() {
    let jobs = json!({ "jobs": [{ "done": 5, "total": 9, "finished": false }, { "finished": true }] });
    let check = of_jobs(&jobs);
    assert!(check.ok);
    assert_eq!(check.found, "1 under way: 5 of 9 contacts");
}
