//! Load that leaves no doubt: writers whose events send messages, and the verdict on what became of all of it.
//!
//! Read in this order: this file (what the events set off), [`writer`] (who sends them), [`verdict`] (what must be true
//! when everything has drained).

#[path = "workload/writer.rs"]
pub mod writer;

#[path = "workload/verdict.rs"]
pub mod verdict;

use crate::harness::api::Api;
use crate::harness::wait::eventually;
use serde_json::Value;
use std::time::Duration;

/// How many contacts the events are about.
pub const N_CONTACTS: u64 = 120;
/// How long everything that is under way may take when nothing fails any more: an attempt that a kill cut off is made
/// again after 30 seconds, and after a minute or two if it was cut off again (SEMANTICS 8.3).
const DRAIN_MAX: Duration = Duration::from_mins(5);
/// Waits of the workflows that are to end within a test are shorter than this.
const SHORT_WAIT_HOURS: i64 = 24;

/// What the events set off: two mails, a keyed message, a wait in between; and a long wait for each contact.
pub const PORTFOLIO: [(&str, &str); 7] = [
    (
        "policies.yaml",
        "timezone: Europe/Berlin\nsender: Shop <hello@shop.example>\ncategories:\n  offers: { title: Offers, default: subscribed }\n  service: { title: Your orders, transactional: true }\n",
    ),
    (
        "workflows/offer.yaml",
        "workflow: offer\ncategory: offers\ntrigger: { event: Ordered }\nkey: n\nreentry: always\nsteps:\n  - { id: mail, send: { email: offer } }\n  - { id: rest, wait: 1s }\n  - { id: call, send: { webhook: call } }\n",
    ),
    (
        "workflows/receipt.yaml",
        "workflow: receipt\ncategory: service\ntrigger: { event: Ordered }\nkey: n\nreentry: always\nsteps:\n  - { id: mail, send: { email: receipt } }\n",
    ),
    (
        "workflows/anniversary.yaml",
        "workflow: anniversary\ntitle: Anniversary\ncategory: offers\ntrigger: { event: Joined }\nreentry: never\nsteps:\n  - { id: month, wait: 30d }\n  - { id: mail, send: { email: offer } }\n",
    ),
    (
        "templates/offer.yaml",
        "template: offer\nchannel: email\nsubject: Offer {{ trigger.n }}\nhtml: <p>Offer</p>\n",
    ),
    (
        "templates/receipt.yaml",
        "template: receipt\nchannel: email\nsubject: Order {{ trigger.n }}\nhtml: <p>Thanks</p>\n",
    ),
    ("templates/call.yaml", "template: call\nchannel: webhook\nbody: \"{{ trigger.n }}\"\n"),
];

/// Waits until nothing is under way any more: the outbox is empty, no input is queued, every run rests.
pub fn drain(api: &Api, story: impl Fn() -> String) {
    let look = || {
        let (_, status) = api.try_get("status").ok()?;
        is_drained(&status).then_some(())
    };
    let drained = std::panic::catch_unwind(|| eventually("everything drains", DRAIN_MAX, look));
    assert!(drained.is_ok(), "{}\n{}", story(), api.get("status"));
}

fn is_drained(status: &Value) -> bool {
    let outbox = status["outbox"].as_object().into_iter().flat_map(|states| states.values());
    let n_outbox: i64 = outbox.filter_map(Value::as_i64).sum();
    let instant = |name: &str| status[name].as_str().map(|text| text.parse::<jiff::Timestamp>().unwrap());
    let waits_shortly = match (instant("oldest_alarm"), instant("at")) {
        (Some(alarm), Some(at)) => alarm.duration_since(at).as_hours() < SHORT_WAIT_HOURS,
        _ => false,
    };
    n_outbox == 0 && status["inbox"] == 0 && !waits_shortly
}
