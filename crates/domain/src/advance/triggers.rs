//! The triggers that something that happened matches: looked up by what can concern it, never scanned (SEMANTICS 3.8).

use std::sync::Arc;

use serde_json::{Map, Value};

use super::intake::is_late;
use super::leaving::event_matches;
use super::turn::{About, Engaged, SegmentChange, Stimulus, TraitChange, Turn};
use super::{entering, sending, steps, timers};
use crate::consent::Answer;
use crate::contact::{Timer, TimerOf};
use crate::event::Event;
use crate::input::Business;
use crate::predicate::{ConsentOf, news_passes};
use crate::record::{Decision, Refusal};
use crate::workflow::{Trigger, Workflow};

/// A trigger that matched.
pub(super) struct Match {
    pub workflow: Arc<Workflow>,
    /// Its place in the file.
    pub number: usize,
    pub what: String,
    pub data: Map<String, Value>,
    /// What tells several matches of one trigger apart that are entries of their own; empty for all others.
    pub apart: String,
}

impl Match {
    fn new(workflow: &Arc<Workflow>, number: usize, what: String, data: Map<String, Value>) -> Self {
        Self { workflow: workflow.clone(), number, what, data, apart: String::new() }
    }
}

/// The triggers that a stimulus matches, in order of priority, name and place in the file (SEMANTICS 3.12).
pub(super) fn matches(turn: &mut Turn<'_>, stimulus: &Stimulus<'_>) -> Vec<Match> {
    let mut found = Vec::new();
    if let Some(event) = stimulus.event {
        of_event(turn, event, &mut found);
    }
    // An imported or late event updates the profile, and that triggers nothing either (SEMANTICS 2.1).
    if stimulus.event.is_none_or(|event| !is_late(event, turn.at)) {
        for change in &stimulus.traits {
            of_trait(turn, change, &mut found);
        }
        for change in &stimulus.segments {
            of_segment(turn, change, &mut found);
        }
        for (of, answer) in &stimulus.consents {
            of_consent(turn, of, *answer, &mut found);
        }
        for timer in &stimulus.timers {
            found.extend(of_timer(turn, timer));
        }
        if let Some(news) = stimulus.engaged.as_ref().filter(|news| news.is_first) {
            of_news(turn, news, &mut found);
        }
    }
    found.sort_by(|a, b| {
        let priority = b.workflow.priority.cmp(&a.workflow.priority);
        priority
            .then_with(|| (&a.workflow.name, &a.apart, a.number).cmp(&(&b.workflow.name, &b.apart, b.number)))
    });
    found
}

fn of_event(turn: &mut Turn<'_>, event: &Event, found: &mut Vec<Match>) {
    let catalog = turn.catalog;
    let mut too_late: Vec<Arc<Workflow>> = Vec::new();
    for place in catalog.index.triggers_by_event.get(&event.name).into_iter().flatten() {
        let Some((workflow, trigger)) = turn.trigger_at(place) else { continue };
        let Trigger::Event { matches, late } = trigger else { continue };
        let facts = turn.facts_entering(&event.properties, Some(event));
        if !event_matches(matches, event, &facts) {
            continue;
        }
        if is_late(event, turn.at) && !late {
            too_late.push(workflow.clone());
            continue;
        }
        let what = format!("event {}", event.name);
        found.push(Match::new(workflow, place.number, what, event.properties.clone()));
    }
    for workflow in too_late {
        let decision = Decision::TooLateToTrigger { occurred_at: event.occurred_at };
        turn.note("2.1", About::workflow(&workflow), decision);
        turn.count(format!("refused:{}:late", workflow.name));
    }
}

fn of_trait(turn: &Turn<'_>, change: &TraitChange, found: &mut Vec<Match>) {
    for place in turn.catalog.index.triggers_by_trait.get(&change.name).into_iter().flatten() {
        let Some((workflow, trigger)) = turn.trigger_at(place) else { continue };
        let Trigger::TraitChanged { path, from, to } = trigger else { continue };
        let before = at_path(path.parts(), change.from.as_ref());
        let after = at_path(path.parts(), change.to.as_ref());
        let is_meant = before != after
            && from.as_ref().is_none_or(|from| before == Some(from))
            && to.as_ref().is_none_or(|to| after == Some(to));
        if is_meant {
            let data = object([
                ("trait", Value::String(path.to_string())),
                ("from", before.cloned().unwrap_or(Value::Null)),
                ("to", after.cloned().unwrap_or(Value::Null)),
            ]);
            found.push(Match::new(workflow, place.number, format!("trait {path} changed"), data));
        }
    }
}

/// What stands at a path whose first part is the changed trait itself.
fn at_path<'v>(parts: &[String], value: Option<&'v Value>) -> Option<&'v Value> {
    parts[1..].iter().try_fold(value?, |value, part| value.get(part))
}

fn of_segment(turn: &Turn<'_>, change: &SegmentChange, found: &mut Vec<Match>) {
    for place in turn.catalog.index.triggers_by_segment.get(&change.segment).into_iter().flatten() {
        let Some((workflow, trigger)) = turn.trigger_at(place) else { continue };
        let verb = match trigger {
            Trigger::SegmentEntered(_) if change.entered => "entered",
            Trigger::SegmentLeft(_) if !change.entered => "left",
            _ => continue,
        };
        let data = object([("segment", Value::String(change.segment.to_string()))]);
        found.push(Match::new(workflow, place.number, format!("segment {} {verb}", change.segment), data));
    }
}

fn of_consent(turn: &Turn<'_>, of: &ConsentOf, answer: Answer, found: &mut Vec<Match>) {
    for place in turn.catalog.index.triggers_by_consent.get(of).into_iter().flatten() {
        let Some((workflow, trigger)) = turn.trigger_at(place) else { continue };
        if !matches!(trigger, Trigger::Consent { is, .. } if *is == answer) {
            continue;
        }
        let (kind, name) = match of {
            ConsentOf::Channel(channel) => ("channel", channel.as_str()),
            ConsentOf::Category(category) => ("category", category.as_str()),
        };
        let said = match answer {
            Answer::Subscribed => "subscribed",
            Answer::Unsubscribed => "unsubscribed",
        };
        let data = object([(kind, Value::from(name)), ("answer", Value::from(said))]);
        found.push(Match::new(workflow, place.number, format!("{kind} {name} {said}"), data));
    }
}

fn of_news(turn: &Turn<'_>, news: &Engaged, found: &mut Vec<Match>) {
    let Some(message) = sending::message(turn, news.message) else { return };
    for template in [Some(&message.template), None] {
        let places = turn.catalog.index.triggers_by_news.get(&(news.what, template.cloned()));
        for place in places.into_iter().flatten() {
            let Some((workflow, Trigger::Message(test))) = turn.trigger_at(place) else { continue };
            let facts = turn.facts_at(turn.judged);
            if !news_passes(test, message, news.what, news.link.as_deref(), &facts) {
                continue;
            }
            let mut data = object([
                ("message", Value::from(message.id.to_string())),
                ("template", Value::from(message.template.as_str())),
                ("workflow", Value::from(message.workflow.as_str())),
                ("step", Value::from(message.step.as_str())),
                ("channel", Value::from(message.channel.as_str())),
                ("is", Value::from(news.what.as_str())),
            ]);
            if let Some(link) = &news.link {
                data.insert("link".to_owned(), Value::from(link.as_str()));
            }
            let what = format!("message {} {}", message.template, news.what.as_str());
            found.push(Match::new(workflow, place.number, what, data));
        }
    }
}

/// A deadline of a trigger that has come.
fn of_timer(turn: &Turn<'_>, timer: &Timer) -> Option<Match> {
    let TimerOf::Trigger { number, .. } = timer.of else { return None };
    let (workflow, trigger) = timers::trigger_of(turn, timer)?;
    let what = match trigger {
        Trigger::Date(date) => format!("the date {}", date.path),
        Trigger::Absence(absence) => format!("the absence of {}", absence.not.event),
        Trigger::Schedule(schedule) => format!("the schedule {}", schedule.recurrence.describe()),
        _ => return None,
    };
    let apart = timer.key.clone();
    Some(Match { apart, ..Match::new(workflow, number, what, timer.data.clone()) })
}

/// Something happened in the business that concerns the contact, by the evidence that comes with it.
pub(super) fn business(turn: &mut Turn<'_>, business: &Business) {
    // Who has become part of this contact may be told of the same.
    let once = format!("business:{}:{}:{}", business.id, business.workflow, business.trigger);
    if !turn.contact.seen.insert(&once, turn.at) {
        let message_id = business.id.clone();
        return turn.note("3.2", About::default(), Decision::Duplicate { message_id });
    }
    let workflow = turn.catalog.version_for(&business.workflow, turn.contact.id).cloned();
    let trigger = workflow.as_ref().and_then(|workflow| workflow.triggers.get(business.trigger));
    let (Some(workflow), Some(Trigger::Business(trigger))) = (&workflow, trigger) else {
        let why = format!("the workflow `{}` has no such business trigger any more", business.workflow);
        return turn.note("4.1", About::default(), Decision::NotDone { why });
    };
    let facts = turn.facts_entering(&business.properties, None);
    let refusal = if !trigger.matches.is(&business.event, &business.properties, &facts) {
        Some(format!("`{}` is not what the trigger asks for", business.event))
    } else if business.evidence_at + trigger.within <= business.occurred_at {
        Some(format!("the last {} was at {}, too long before", trigger.event, business.evidence_at))
    } else {
        None
    };
    if let Some(detail) = refusal {
        return entering::refuse(turn, workflow, "4.1", Refusal::NoMatch, detail);
    }
    let what = format!("business event {}", business.event);
    let data = business.properties.clone();
    let found = Match::new(workflow, business.trigger, what, data);
    entering::enter(turn, found, None);
    steps::advance_moved(turn);
}

/// The trigger's data, member by member.
pub(super) fn object<const N: usize>(members: [(&str, Value); N]) -> Map<String, Value> {
    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
