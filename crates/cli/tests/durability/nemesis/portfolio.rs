//! What the events set off while everything fails, in as many editions as are published.

use serde_json::{Value, json};

/// The workflow that is published again and again, stopped and resumed.
pub const STOPPED: &str = "offer";
/// The category that people opt out of.
pub const CATEGORY: &str = "offers";

/// An edition of the files. Messages expire before the pauses between their attempts grow long, so that everything
/// settles; those of a short test after seconds.
pub fn publication(edition: u64, is_short: bool) -> Value {
    let (offers_for, receipts_for) = if is_short { ("12s", "35s") } else { ("2m", "4m") };
    let wait = ["1s", "2s", "1500ms"][(edition % 3) as usize];
    let files = [
        (
            "policies.yaml".to_owned(),
            "timezone: Europe/Berlin\nsender: Shop <hello@shop.example>\ncategories:\n  offers: { title: Offers, default: subscribed }\n  service: { title: Your orders, transactional: true }\n".to_owned(),
        ),
        (
            "workflows/offer.yaml".to_owned(),
            format!("workflow: offer\ntitle: Offer {edition}\ncategory: offers\ntrigger: {{ event: Ordered }}\nkey: n\nreentry: always\nsteps:\n  - {{ id: mail, send: {{ email: offer, expires: {offers_for} }} }}\n  - {{ id: rest, wait: {wait} }}\n  - {{ id: call, send: {{ webhook: call, expires: {offers_for} }} }}\n"),
        ),
        (
            "workflows/receipt.yaml".to_owned(),
            format!("workflow: receipt\ncategory: service\ntrigger: {{ event: Ordered }}\nkey: n\nreentry: always\nsteps:\n  - {{ id: mail, send: {{ email: receipt, expires: {receipts_for} }} }}\n"),
        ),
        (
            "workflows/anniversary.yaml".to_owned(),
            "workflow: anniversary\ncategory: offers\ntrigger: { event: Joined }\nreentry: never\nsteps:\n  - { id: month, wait: 30d }\n  - { id: mail, send: { email: offer } }\n".to_owned(),
        ),
        ("segments/active.yaml".to_owned(), format!("segment: active\nwhere: {{ event: Viewed, count: {{ gte: {} }} }}\n", 3 + edition % 4)),
        ("templates/offer.yaml".to_owned(), "template: offer\nchannel: email\nsubject: Offer {{ trigger.n }}\nhtml: <p>Offer</p>\n".to_owned()),
        ("templates/receipt.yaml".to_owned(), "template: receipt\nchannel: email\nsubject: Order {{ trigger.n }}\nhtml: <p>Thanks</p>\n".to_owned()),
        ("templates/call.yaml".to_owned(), "template: call\nchannel: webhook\nbody: \"{{ trigger.n }}\"\n".to_owned()),
    ];
    let files: Vec<Value> = files.iter().map(|(path, text)| json!({ "path": path, "text": text })).collect();
    // Every second edition takes the runs of the older ones along.
    let migrations = if edition % 2 == 1 { json!({ STOPPED: { "default": "same" } }) } else { json!({}) };
    json!({ "files": files, "choices": { "migrations": migrations } })
}
