//! Who is let in because they match already when a workflow is published (SEMANTICS 4.4).

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::entering::{self, key_of, refuse};
use super::steps;
use super::triggers::{Match, object};
use super::turn::Turn;
use crate::behaviour::PastEvent;
use crate::catalog::Catalog;
use crate::event::{Event, EventKind};
use crate::id::{ContactId, EventName, WorkflowName};
use crate::identity::Identifiers;
use crate::input::Input;
use crate::limits::RUNS_PER_CONTACT_MAX;
use crate::predicate::{MessageTest, Predicate, holds};
use crate::record::Refusal;
use crate::time::{Period, Timestamp};
use crate::workflow::{Trigger, Workflow};

/// How far back events count unless the publish says it: 30 days.
const WITHIN: Period = Period::from_millis(30 * 86_400_000);

/// The events of the contact's history that a backfill of a workflow asks for.
pub(super) fn events_asked(
    catalog: &Catalog,
    contact: ContactId,
    name: &WorkflowName,
) -> BTreeSet<EventName> {
    let triggers = catalog.version_for(name, contact).map_or(&[][..], |workflow| &workflow.triggers);
    let event = |trigger: &Trigger| match trigger {
        Trigger::Event { matches, .. } => Some(matches.event.clone()),
        _ => None,
    };
    triggers.iter().filter_map(event).collect()
}

/// Lets the contact in by the first trigger that matches as things are now.
pub(super) fn take(turn: &mut Turn<'_>, input: &Input, name: &WorkflowName, within: Option<Period>) {
    let Some(workflow) = turn.catalog.version_for(name, turn.contact.id).cloned() else { return };
    let since = turn.at - within.unwrap_or(WITHIN);
    let history = input.history.as_deref().unwrap_or_default();
    for (number, trigger) in workflow.triggers.iter().enumerate() {
        let found = matching(turn, &workflow, trigger, history, since);
        if found.is_empty() {
            continue;
        }
        for (data, event) in found {
            let what = "backfill".to_owned();
            let apart = String::new();
            let found = Match { workflow: workflow.clone(), number, what, data, apart };
            entering::enter(turn, found, event.as_ref());
        }
        return steps::advance_moved(turn);
    }
    let detail = "none of its triggers matches the contact as it is now".to_owned();
    refuse(turn, &workflow, "4.4", Refusal::NoMatch, detail);
}

/// The data of each entry that a trigger would have led to; an event also for `$event`.
fn matching(
    turn: &Turn<'_>,
    workflow: &Workflow,
    trigger: &Trigger,
    history: &[PastEvent],
    since: Timestamp,
) -> Vec<(Map<String, Value>, Option<Event>)> {
    let now = |predicate: Predicate, data: Map<String, Value>| {
        if holds(&predicate, &turn.facts_at(turn.at)) { vec![(data, None)] } else { Vec::new() }
    };
    match trigger {
        Trigger::Event { matches, .. } => {
            let is_it = |event: &PastEvent| {
                let event = event_of(event);
                let facts = turn.facts_entering(&event.properties, Some(&event));
                event.occurred_at > since && matches.is(&event.name, &event.properties, &facts)
            };
            newest_of_each_key(workflow, history.iter().filter(|event| is_it(event)).collect())
        }
        Trigger::TraitChanged { path, to: Some(to), .. } if path.get(&turn.contact.traits) == Some(to) => {
            let data = [("trait", Value::from(path.to_string())), ("from", Value::Null), ("to", to.clone())];
            vec![(object(data), None)]
        }
        Trigger::SegmentEntered(segment) => {
            let data = object([("segment", Value::from(segment.as_str()))]);
            now(Predicate::Segment(segment.clone()), data)
        }
        Trigger::Consent { of, is } => now(Predicate::Consent { of: of.clone(), is: *is }, Map::new()),
        Trigger::Message(test) => {
            let within = Some(turn.at.since(since));
            now(Predicate::Message(MessageTest { within, ..test.clone() }), Map::new())
        }
        // The audience alone decides.
        Trigger::Api | Trigger::Manual => vec![(Map::new(), None)],
        Trigger::TraitChanged { .. }
        | Trigger::SegmentLeft(_)
        | Trigger::Date(_)
        | Trigger::Absence(_)
        | Trigger::Schedule(_)
        | Trigger::Business(_)
        | Trigger::Workflow(_) => Vec::new(),
    }
}

/// One entry for each key, with the newest of its events, oldest first.
fn newest_of_each_key(
    workflow: &Workflow,
    mut events: Vec<&PastEvent>,
) -> Vec<(Map<String, Value>, Option<Event>)> {
    events.sort_by_key(|event| event.occurred_at);
    let mut keys = BTreeSet::new();
    let newest = events.iter().rev().filter(|event| keys.insert(key_of(workflow, &event.properties)));
    let mut found: Vec<_> = newest
        .take(RUNS_PER_CONTACT_MAX)
        .map(|event| (event.properties.clone(), Some(event_of(event))))
        .collect();
    found.reverse();
    found
}

/// An event of history as one that arrives.
fn event_of(past: &PastEvent) -> Event {
    Event {
        kind: EventKind::Track,
        name: past.name.clone(),
        message_id: String::new(),
        occurred_at: past.occurred_at,
        identifiers: Identifiers::default(),
        properties: past.properties.clone(),
        traits: Map::new(),
        imported: false,
        brought: None,
    }
}
