//! What an input can't concern is not looked at, however much a team has defined.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::play::{catalogs, play_catalogs};
use crate::advance::turn::{Stimulus, Turn};
use crate::advance::{deadlines, entering, intake, segments};
use crate::catalog::Catalog;
use crate::contact::Contact;
use crate::event::{Event, EventKind};
use crate::id::{EventName, InputId};
use crate::identity::Identifiers;
use crate::input::{Cause, Input};
use crate::time::{Period, Timestamp};

/// As many workflows and segments as the issue asks for, that nothing called `Seen` concerns.
fn many() -> Catalog {
    let triggers = [
        "{ event: Bought NN, where: { total: { gte: 5 } } }",
        "{ page: \"/p/NN/**\" }",
        "{ purchase: { item: sku-NN } }",
        "{ message: any, is: clicked, link: \"*/NN\" }",
        "{ trait_changed: traitNN }",
        "{ date: dateNN, repeats: yearly }",
        "{ absence: A NN, not: B NN, within: 2d }",
        "{ segment_entered: segment-NN }",
        "{ consent: offers, is: unsubscribed }",
        "{ schedule: FREQ=DAILY, zone: contact }",
    ];
    let mut text = String::new();
    for n in 0..1_000 {
        let trigger = triggers[n % triggers.len()].replace("NN", &n.to_string());
        let _ = write!(
            text,
            "---\nworkflow: w-{n}\ntrigger: {trigger}\nsteps:\n  - {{ id: p, wait: 1d }}\n---\nsegment: segment-{n}\n\
             where: {{ event: Bought {n}, last: {{ before: 5d }} }}\n"
        );
    }
    text.push_str("---\nworkflow: seen\ntrigger: { event: Seen }\nsteps:\n  - { id: p, wait: 1d }\n");
    catalogs(&text).remove(0)
}

fn seen(at: Timestamp) -> Event {
    Event {
        kind: EventKind::Track,
        name: EventName::from("Seen"),
        message_id: "1".to_owned(),
        occurred_at: at,
        identifiers: Identifiers::default(),
        properties: Map::new(),
        traits: Map::from_iter([("city".to_owned(), json!("Bonn"))]),
        imported: false,
        brought: None,
    }
}

#[test]
fn s3_8_an_event_looks_at_the_triggers_that_it_can_concern_and_at_no_other() {
    let catalog = many();
    assert_eq!(catalog.workflows.len(), 1_001);
    let trace = play_catalogs(vec![catalog.clone()], "until 2d\n+0m traits {\"timezone\": \"Asia/Tokyo\"}");
    let contact: Contact = trace.contact;
    let at = contact.at + Period::from_millis(1_000);
    let event = seen(at);
    let cause = Cause::Event(Box::new(event.clone()));
    let id = InputId::hashed(at, &[b"1"]);
    let input = Input { id, cause, history: None, refused_claims: Vec::new(), hop: 0 };
    assert_eq!(crate::advance::needs(&catalog, &contact, &input, at), None);
    let mut turn = Turn::new(&catalog, contact, &input, at);
    deadlines::fire_due(&mut turn, at);
    let stimulus: Stimulus<'_> = intake::apply_event(&mut turn, &event);
    entering::trigger(&mut turn, &stimulus);
    assert_eq!(turn.n_looked_at.get(), 1, "the trigger of `Seen`");
    assert_eq!(turn.n_segments.get(), 0, "no segment asks for it, or for the city");
    assert_eq!(turn.contact.runs.len(), 1);
    assert_eq!(deadlines::next(&turn, at), None, "nothing is waited for that isn't set");

    let concern = crate::catalog::Concern::Trait("date5".to_owned());
    turn.contact.traits.insert("date5".to_owned(), Value::from("2026-05-01"));
    segments::recompute(&mut turn, &[concern], at);
    assert_eq!((turn.n_looked_at.get(), turn.contact.timers.len()), (2, 1), "the one date that changed");
}
