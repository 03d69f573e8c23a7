use serde_json::{Map, json};
use wend_domain::behaviour::SummaryId;
use wend_domain::catalog::Catalog;
use wend_domain::event::{Event, EventKind};
use wend_domain::id::WorkspaceId;
use wend_domain::identity::Identifiers;
use wend_store::Changes;

use super::*;
use crate::changes::Following;

/// An event of one user.
pub(crate) fn event() -> Event {
    Event {
        kind: EventKind::Track,
        name: EventName::from("Seen"),
        message_id: "m".to_owned(),
        occurred_at: Timestamp::default(),
        identifiers: Identifiers { user_id: Some("ada".to_owned()), ..Identifiers::default() },
        properties: Map::new(),
        traits: Map::new(),
        imported: false,
        brought: None,
    }
}

fn loaded() -> Loaded {
    Loaded::new(Catalog::empty(WorkspaceId::from("w")), None)
}

fn waiting(arrival: usize, event: Event) -> Waiting {
    let source = format!("event:{}", event.message_id);
    let cause = Cause::Event(Box::new(event));
    Waiting { arrival: Some(arrival), source, origin: Origin::Fresh { cause, refused_claims: Vec::new() } }
}

fn lane(stored: Option<&[u8]>, is_closed: bool, events: Vec<Event>) -> Lane {
    let contact = ContactId::hashed(Timestamp::default(), &[b"ada"]);
    let mut lane = Lane::new(contact, stored.map(<[u8]>::to_vec), is_closed);
    for (arrival, event) in events.into_iter().enumerate() {
        lane.push(waiting(arrival, event));
    }
    lane
}

fn numbered(n: usize) -> Event {
    Event { message_id: format!("m{n}"), ..event() }
}

fn changes(lane: Lane) -> Changes {
    let (mut changes, mut following) = (Changes::default(), Following::default());
    lane.changes.finish(&"shop".into(), lane.contact, &mut changes, &mut following);
    changes
}

#[test]
fn s12_2_a_lane_that_is_run_again_makes_the_same_inputs_and_documents() {
    let run = || {
        let mut lane = lane(None, false, vec![numbered(1), numbered(2)]);
        lane.run(&loaded(), Timestamp::from_millis(5));
        changes(lane)
    };
    let (one, other) = (run(), run());
    assert_eq!(one.history, other.history);
    assert_eq!(one.contacts, other.contacts);
    let ids: BTreeSet<String> = one
        .history
        .iter()
        .map(|row| serde_json::from_str::<Input>(&row.input_json).unwrap().id.to_string())
        .collect();
    assert_eq!(ids.len(), 2, "each input has an id of its own");
}

#[test]
fn s3_2_an_event_that_comes_twice_is_in_the_history_of_events_once() {
    let mut lane = lane(None, false, vec![numbered(1), numbered(1)]);
    lane.run(&loaded(), Timestamp::from_millis(5));
    let events: Vec<_> = changes(lane).history.into_iter().map(|row| row.event).collect();
    assert_eq!(events, [Some(EventName::from("Seen")), None]);
}

#[test]
fn s3_15_what_is_too_large_is_stuck_and_what_follows_queues_behind() {
    let large = Event {
        traits: json!({ "essay": "x".repeat(CONTACT_BYTES_MAX) }).as_object().unwrap().clone(),
        ..numbered(2)
    };
    let mut lane = lane(None, false, vec![numbered(1), large, numbered(3)]);
    lane.run(&loaded(), Timestamp::from_millis(5));
    assert!(matches!(&lane.fates[0], (Some(0), Fate::Taken(_))));
    assert!(
        matches!(&lane.fates[1], (Some(1), Fate::Stuck(why)) if why.contains("would have")),
        "{:?}",
        lane.fates
    );
    assert_eq!(lane.fates[2], (Some(2), Fate::Queued));
    let changes = changes(lane);
    let inbox: Vec<_> =
        changes.inbox_add.iter().map(|row| (row.source.as_str(), row.stuck.is_some())).collect();
    assert_eq!(inbox, [("event:m2", true), ("event:m3", false)]);
    assert_eq!(changes.history.len(), 1);
}

#[test]
fn s3_15_an_input_on_which_the_rules_panic_is_stuck_and_what_came_before_it_stands() {
    // No compiler makes such a catalog: its index names a summary that it doesn't have.
    let mut catalog = Catalog::empty(WorkspaceId::from("w"));
    let missing = SummaryId("missing".to_owned());
    catalog.index.summaries_by_event.insert(EventName::from("Boom"), vec![missing]);
    let boom = Event { name: EventName::from("Boom"), ..numbered(2) };
    let mut lane = lane(None, false, vec![numbered(1), boom, numbered(3)]);
    lane.run(&Loaded::new(catalog, None), Timestamp::from_millis(5));
    assert!(matches!(&lane.fates[0], (Some(0), Fate::Taken(_))));
    assert!(
        matches!(&lane.fates[1], (Some(1), Fate::Stuck(why)) if why.starts_with("panic: ")),
        "{:?}",
        lane.fates
    );
    assert_eq!(lane.fates[2], (Some(2), Fate::Queued));
    assert_eq!(changes(lane).history.len(), 1);
}

#[test]
fn s3_15_an_unreadable_document_is_left_as_it_is() {
    let mut lane = lane(Some(b"{"), false, vec![numbered(1)]);
    lane.run(&loaded(), Timestamp::from_millis(5));
    assert!(matches!(&lane.fates[0], (Some(0), Fate::Stuck(why)) if why.contains("cannot read")));
    assert!(changes(lane).contacts.is_empty());
}

#[test]
fn a_document_of_a_newer_catalog_is_not_touched() {
    let newer = Contact::new(ContactId::hashed(Timestamp::default(), &[b"ada"]), 7, Timestamp::default());
    let mut lane = lane(Some(&newer.to_bytes()), false, vec![numbered(1)]);
    lane.run(&loaded(), Timestamp::from_millis(5));
    assert_eq!(lane.progress, Progress::CatalogIsOlder);
    assert!(lane.fates.is_empty());
}

#[test]
fn an_alarm_of_a_closed_contact_is_postponed_and_not_queued() {
    let contact = Contact::new(ContactId::hashed(Timestamp::default(), &[b"ada"]), 0, Timestamp::default());
    let mut lane = lane(Some(&contact.to_bytes()), true, Vec::new());
    let origin = Origin::Fresh { cause: Cause::Alarm, refused_claims: Vec::new() };
    lane.push(Waiting { arrival: Some(0), source: "alarm".to_owned(), origin });
    lane.run(&loaded(), Timestamp::from_millis(5));
    let changes = changes(lane);
    assert!(changes.inbox_add.is_empty());
    assert_eq!(changes.contacts[0].alarm, Some(Timestamp::from_millis(5) + ALARM_POSTPONED));
    assert_eq!(changes.contacts[0].document, contact.to_bytes());
}
