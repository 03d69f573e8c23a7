//! Triggers, and who may enter (SEMANTICS 3.8, 4).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::{Map, Value};

use super::intake::is_late;
use super::leaving::{self, event_matches};
use super::turn::{About, SegmentChange, Stimulus, TraitChange, Turn};
use crate::contact::Entry;
use crate::event::Event;
use crate::id::{RunId, WorkflowName};
use crate::limits::{ENTRY_KEYS_MAX, RUNS_PER_CONTACT_MAX};
use crate::predicate::holds;
use crate::record::{Decision, Refusal};
use crate::run::{EndReason, Run, RunState};
use crate::time::Timestamp;
use crate::workflow::{Again, Reentry, Trigger, Workflow};

/// A trigger that matched.
pub(super) struct Match {
    pub workflow: Arc<Workflow>,
    /// Its place in the file.
    pub number: usize,
    pub what: String,
    pub data: Map<String, Value>,
}

/// Lets the contact into the workflows whose triggers match, in order of priority and name.
pub(super) fn trigger(turn: &mut Turn<'_>, stimulus: &Stimulus<'_>) {
    let mut matches = matches(turn, stimulus);
    matches.sort_by(|a, b| {
        let priority = b.workflow.priority.cmp(&a.workflow.priority);
        priority.then_with(|| (&a.workflow.name, a.number).cmp(&(&b.workflow.name, b.number)))
    });
    let mut done: BTreeSet<WorkflowName> = BTreeSet::new();
    for found in matches {
        // Several triggers of one workflow that match the same input are one entry: the first in the file's order.
        if done.insert(found.workflow.name.clone()) {
            enter(turn, found, stimulus.event);
        }
    }
}

/// Starts a run by command, if the workflow has an `api` trigger; false if it has none or doesn't exist.
pub(super) fn trigger_by_api(turn: &mut Turn<'_>, name: &WorkflowName, data: &Map<String, Value>) -> bool {
    let Some(workflow) = turn.catalog.version_for(name, turn.contact.id).cloned() else { return false };
    if !workflow.triggers.iter().any(|trigger| matches!(trigger, Trigger::Api)) {
        return false;
    }
    enter(turn, Match { workflow, number: 0, what: "api".to_owned(), data: data.clone() }, None);
    true
}

/// Looks up, without scanning the portfolio, the triggers that this stimulus matches.
fn matches(turn: &mut Turn<'_>, stimulus: &Stimulus<'_>) -> Vec<Match> {
    let mut found = Vec::new();
    if let Some(event) = stimulus.event {
        match_event(turn, event, &mut found);
    }
    for change in &stimulus.traits {
        match_trait(turn, change, &mut found);
    }
    for change in &stimulus.segments {
        match_segment(turn, change, &mut found);
    }
    // An imported or late event updates the profile, and that triggers nothing either (SEMANTICS 2.1).
    if stimulus.event.is_some_and(|event| is_late(event, turn.at)) {
        found.retain(|found| found.what.starts_with("event"));
    }
    found
}

fn match_event(turn: &mut Turn<'_>, event: &Event, found: &mut Vec<Match>) {
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
        let data = event.properties.clone();
        found.push(Match { workflow: workflow.clone(), number: place.number, what, data });
    }
    for workflow in too_late {
        let decision = Decision::TooLateToTrigger { occurred_at: event.occurred_at };
        turn.note("2.1", About::workflow(&workflow), decision);
        turn.count(format!("refused:{}:late", workflow.name));
    }
}

fn match_trait(turn: &Turn<'_>, change: &TraitChange, found: &mut Vec<Match>) {
    for place in turn.catalog.index.triggers_by_trait.get(&change.name).into_iter().flatten() {
        let Some((workflow, trigger)) = turn.trigger_at(place) else { continue };
        let Trigger::TraitChanged { path, from, to } = trigger else { continue };
        let before = at_path(path.parts(), change.from.as_ref());
        let after = at_path(path.parts(), change.to.as_ref());
        let is_meant = before != after
            && from.as_ref().is_none_or(|from| before == Some(from))
            && to.as_ref().is_none_or(|to| after == Some(to));
        if is_meant {
            let mut data = Map::new();
            data.insert("trait".to_owned(), Value::String(path.to_string()));
            data.insert("from".to_owned(), before.cloned().unwrap_or(Value::Null));
            data.insert("to".to_owned(), after.cloned().unwrap_or(Value::Null));
            let what = format!("trait {path} changed");
            found.push(Match { workflow: workflow.clone(), number: place.number, what, data });
        }
    }
}

/// What stands at a path whose first part is the changed trait itself.
fn at_path<'v>(parts: &[String], value: Option<&'v Value>) -> Option<&'v Value> {
    parts[1..].iter().try_fold(value?, |value, part| value.get(part))
}

fn match_segment(turn: &Turn<'_>, change: &SegmentChange, found: &mut Vec<Match>) {
    for place in turn.catalog.index.triggers_by_segment.get(&change.segment).into_iter().flatten() {
        let Some((workflow, trigger)) = turn.trigger_at(place) else { continue };
        let verb = match trigger {
            Trigger::SegmentEntered(_) if change.entered => "entered",
            Trigger::SegmentLeft(_) if !change.entered => "left",
            _ => continue,
        };
        let mut data = Map::new();
        data.insert("segment".to_owned(), Value::String(change.segment.to_string()));
        let what = format!("segment {} {verb}", change.segment);
        found.push(Match { workflow: workflow.clone(), number: place.number, what, data });
    }
}

/// Lets the contact in, or says why not (SEMANTICS 4.1, 4.2).
fn enter(turn: &mut Turn<'_>, found: Match, event: Option<&Event>) {
    let workflow = &*found.workflow;
    let key = match &workflow.key {
        None => String::new(),
        Some(path) => match path.get(&found.data) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Null) | None => {
                return refuse(turn, workflow, "4.2", Refusal::NoKey, format!("`{path}` is missing"));
            }
            Some(other) => other.to_string(),
        },
    };
    let live = turn
        .contact
        .runs
        .iter()
        .find(|run| run.workflow == workflow.name && run.key == key)
        .map(|run| run.id);
    match (live, workflow.again) {
        (Some(_), Again::Ignore) => {
            return refuse(turn, workflow, "4.2", Refusal::AlreadyInside, format!("key `{key}`"));
        }
        (Some(id), Again::Refresh) => return refresh(turn, id, found.data),
        (Some(_), Again::Restart) | (None, _) => {}
    }
    if let Some((rule, refusal, detail)) = refusal(turn, &found, &key, live.is_some(), event) {
        return refuse(turn, workflow, rule, refusal, detail);
    }
    if let Some(id) = live {
        leaving::end(turn, id, EndReason::Replaced, &found.what, "4.2");
    }
    begin(turn, found, key, event.map(|event| event.occurred_at));
}

/// The first reason for which the contact may not enter, in the order of SEMANTICS 4.1.
fn refusal(
    turn: &Turn<'_>,
    found: &Match,
    key: &str,
    is_restart: bool,
    event: Option<&Event>,
) -> Option<(&'static str, Refusal, String)> {
    let workflow = &*found.workflow;
    let facts = turn.facts_entering(&found.data, event);
    if !is_restart && turn.ended.contains(&(workflow.name.clone(), key.to_owned())) {
        return Some(("4.2", Refusal::SameInput, "this input ended the last run".to_owned()));
    }
    if !holds(&workflow.audience, &facts) {
        return Some(("4.1", Refusal::Audience, "the contact is not in the audience".to_owned()));
    }
    // Re-entry speaks of those who have left; while a run is live, `again` decides.
    let last = turn.contact.entries.get(&workflow.name).and_then(|entries| entries.get(key));
    match (workflow.reentry, last.filter(|_| !is_restart)) {
        (Reentry::Never, Some(last)) => {
            return Some(("4.2", Refusal::Reentry, format!("entered at {}, and never again", last.at)));
        }
        (Reentry::Every(period), Some(last)) if last.at + period > turn.at => {
            let detail = format!("entered at {}, and again from {} on", last.at, last.at + period);
            return Some(("4.2", Refusal::Reentry, detail));
        }
        (_, None) | (Reentry::AfterExit | Reentry::Always | Reentry::Every(_), Some(_)) => {}
    }
    if leaving::exit_condition_holds(workflow, &facts) {
        return Some(("4.1", Refusal::ExitCondition, "an exit condition already holds".to_owned()));
    }
    if turn.contact.runs.len() >= RUNS_PER_CONTACT_MAX && !is_restart {
        let detail = format!("the contact has {RUNS_PER_CONTACT_MAX} live runs");
        return Some(("4.1", Refusal::TooManyRuns, detail));
    }
    None
}

fn refuse(turn: &mut Turn<'_>, workflow: &Workflow, rule: &str, reason: Refusal, detail: String) {
    turn.note(rule, About::workflow(workflow), Decision::Refused { reason, detail });
    turn.count(format!("refused:{}:{}", workflow.name, reason.as_str()));
}

/// The live run takes the trigger's new data; what ends it, or its wait, may now hold.
fn refresh(turn: &mut Turn<'_>, id: RunId, data: Map<String, Value>) {
    let Some(run) = turn.run_mut(id) else { return };
    run.trigger = data;
    let (about, key) = (About::run(run), run.key.clone());
    turn.note("4.2", about, Decision::Refreshed { key });
    turn.derive(Stimulus::default());
}

fn begin(turn: &mut Turn<'_>, found: Match, key: String, occurred_at: Option<Timestamp>) {
    let workflow = &*found.workflow;
    let parts = turn.next_id_parts();
    let id = RunId::hashed(turn.at, &[&parts[0], &parts[1], &parts[2]]);
    let about = About { run: Some(id), ..About::workflow(workflow) };
    turn.note("4.1", about, Decision::Entered { trigger: found.what, key: key.clone() });
    turn.count(format!("entered:{}", workflow.name));
    remember_entry(turn, workflow, &key);
    let Some(first) = workflow.entry else {
        let reason = EndReason::Completed;
        turn.count(format!("ended:{}:{}", workflow.name, reason.as_str()));
        let about = About { run: Some(id), ..About::workflow(workflow) };
        let detail = "the workflow has no steps".to_owned();
        return turn.note("5.3", about, Decision::Ended { reason, detail });
    };
    turn.contact.runs.push(Run {
        id,
        workflow: workflow.name.clone(),
        version: workflow.version,
        key,
        entered_at: turn.at,
        occurred_at: occurred_at.filter(|occurred_at| *occurred_at < turn.at),
        trigger: found.data,
        state: RunState::At { step: workflow.steps[first].id.clone() },
        visits: BTreeMap::new(),
        goals: Vec::new(),
        variables: Map::new(),
        variants: BTreeMap::new(),
        rounds: BTreeMap::new(),
        ghost: false,
        paused_at: None,
        parent: None,
    });
}

/// Remembers the entry as long as re-entry asks for it; old keys leave the document.
fn remember_entry(turn: &mut Turn<'_>, workflow: &Workflow, key: &str) {
    let at = turn.at;
    let entries = turn.contact.entries.entry(workflow.name.clone()).or_default();
    match workflow.reentry {
        Reentry::Always | Reentry::AfterExit => entries.clear(),
        Reentry::Every(period) => entries.retain(|_, entry| entry.at + period > at),
        Reentry::Never => {}
    }
    if entries.len() >= ENTRY_KEYS_MAX
        && let Some(oldest) = entries.iter().min_by_key(|(_, entry)| entry.at).map(|(key, _)| key.clone())
    {
        entries.remove(&oldest);
    }
    let n = entries.get(key).map_or(0, |entry| entry.n) + 1;
    entries.insert(key.to_owned(), Entry { at, n });
}

/// Lets the contact into a workflow that another run names; none if it was refused.
pub(super) fn enter_by_workflow(
    turn: &mut Turn<'_>,
    from: &Run,
    name: &WorkflowName,
    data: Map<String, Value>,
    _replace: bool,
) -> Option<RunId> {
    let Some(workflow) = turn.catalog.version_for(name, turn.contact.id).cloned() else {
        let detail = format!("there is no workflow `{name}`");
        turn.note("4.6", About::run(from), Decision::Refused { reason: Refusal::NoWorkflowTrigger, detail });
        return None;
    };
    let before: BTreeSet<RunId> = turn.contact.runs.iter().map(|run| run.id).collect();
    let what = format!("workflow {}", from.workflow);
    enter(turn, Match { workflow, number: 0, what, data }, None);
    turn.contact.runs.iter().map(|run| run.id).find(|id| !before.contains(id))
}
