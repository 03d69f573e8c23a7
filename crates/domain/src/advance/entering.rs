//! Who may enter a workflow whose trigger matches, and who may not (SEMANTICS 4).

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::triggers::{self, Match};
use super::turn::{About, Stimulus, Turn};
use super::{exclusion, grants, holdouts, leaving, lifecycle};
use crate::contact::Entry;
use crate::event::Event;
use crate::id::{RunId, WorkflowName};
use crate::limits::{ENTRY_KEYS_MAX, RUNS_PER_CONTACT_MAX};
use crate::predicate::holds;
use crate::record::{Decision, Refusal};
use crate::run::{EndReason, Run, RunState};
use crate::time::Timestamp;
use crate::workflow::{Again, Reentry, Trigger, Workflow};

/// Lets the contact into the workflows whose triggers match, in order of priority and name.
pub(super) fn trigger(turn: &mut Turn<'_>, stimulus: &Stimulus<'_>) {
    let mut done: BTreeSet<(WorkflowName, String)> = BTreeSet::new();
    for found in triggers::matches(turn, stimulus) {
        // Several triggers of one workflow that match the same input are one entry: the first in the file's order.
        if !done.insert((found.workflow.name.clone(), found.apart.clone())) {
            continue;
        }
        if !stimulus.is_machines_news {
            enter(turn, found, stimulus.event);
        } else if turn.may_derive() {
            enter_deeper(turn, |turn| enter(turn, found, None));
        }
    }
}

/// Lets the contact in one hop deeper than what is looked at, so that what a machine told doesn't go round for ever
/// (SEMANTICS 3.14).
pub(super) fn enter_deeper(
    turn: &mut Turn<'_>,
    enter: impl FnOnce(&mut Turn<'_>) -> Option<RunId>,
) -> Option<RunId> {
    let hop = turn.hop;
    turn.hop = hop.saturating_add(1);
    let run = enter(turn);
    if let Some(run) = run {
        turn.run_hops.insert(run, turn.hop);
    }
    turn.hop = hop;
    run
}

/// Starts a run because a program or a person asks for it, if the workflow has an `api` or a `manual` trigger.
pub(super) fn start(turn: &mut Turn<'_>, name: &WorkflowName, data: &Map<String, Value>, by_hand: bool) {
    let (word, wanted) = if by_hand { ("manual", Trigger::Manual) } else { ("api", Trigger::Api) };
    let workflow = turn.catalog.version_for(name, turn.contact.id).cloned();
    let place = workflow.and_then(|workflow| {
        let number = workflow.triggers.iter().position(|trigger| *trigger == wanted)?;
        Some((workflow, number))
    });
    let Some((workflow, number)) = place else {
        let detail = format!("the workflow `{name}` has no live version with the trigger `{word}`");
        let decision = Decision::Refused { reason: Refusal::NoApiTrigger, detail };
        return turn.note("4.1", About::default(), decision);
    };
    let what = if by_hand { "hand" } else { "api" }.to_owned();
    enter(turn, Match { workflow, number, what, data: data.clone(), apart: String::new() }, None);
}

/// Lets the contact into a workflow because a step of the run `from` says so, if it has a `workflow` trigger for that.
///
/// With `replace`, a live run of the same key ends as replaced. Answers the run that began; one of a workflow without
/// steps has ended already, so that it isn't live. The caller bounds chains of workflows that enter one another.
pub(super) fn enter_by_workflow(
    turn: &mut Turn<'_>,
    from: &Run,
    name: &WorkflowName,
    data: Map<String, Value>,
    replace: bool,
) -> Option<RunId> {
    let lets_in = |trigger: &Trigger| match trigger {
        Trigger::Workflow(None) => true,
        Trigger::Workflow(Some(other)) => *other == from.workflow,
        _ => false,
    };
    let workflow = turn.catalog.version_for(name, turn.contact.id).cloned();
    let place = workflow.and_then(|workflow| {
        let number = workflow.triggers.iter().position(lets_in)?;
        Some((workflow, number))
    });
    let Some((workflow, number)) = place else {
        let detail = format!(
            "the workflow `{name}` has no live version with the trigger `workflow: {}`",
            from.workflow
        );
        let decision = Decision::Refused { reason: Refusal::NoWorkflowTrigger, detail };
        turn.note("4.1", About::run(from), decision);
        turn.count(format!("refused:{name}:{}", Refusal::NoWorkflowTrigger.as_str()));
        return None;
    };
    let what = format!("workflow {}", from.workflow);
    let found = Match { workflow, number, what, data, apart: String::new() };
    if replace { enter_as(turn, found, None, Again::Restart) } else { enter(turn, found, None) }
}

/// Lets the contact in, or says why not (SEMANTICS 4.1, 4.2).
pub(super) fn enter(turn: &mut Turn<'_>, found: Match, event: Option<&Event>) -> Option<RunId> {
    let again = found.workflow.again;
    enter_as(turn, found, event, again)
}

/// The same, with another answer to what happens while the run of its key is live.
fn enter_as(turn: &mut Turn<'_>, found: Match, event: Option<&Event>, again: Again) -> Option<RunId> {
    let workflow = &*found.workflow;
    let Some(key) = key_of(workflow, &found.data) else {
        let path = workflow.key.as_ref().map(ToString::to_string).unwrap_or_default();
        refuse(turn, workflow, "4.2", Refusal::NoKey, format!("`{path}` is missing"));
        return None;
    };
    let live = turn
        .contact
        .runs
        .iter()
        .find(|run| run.workflow == workflow.name && run.key == key)
        .map(|run| run.id);
    let is_refreshed = live.is_some() && again == Again::Refresh;
    if let Some((refusal, detail)) = lifecycle::closed(turn, workflow).filter(|_| !is_refreshed) {
        refuse(turn, workflow, "9.4", refusal, detail);
        return None;
    }
    match (live, again) {
        // Who still asks for a place has begun nothing that could begin anew: the request stands, with the new data.
        (Some(id), Again::Restart) if grants::is_asking(turn, id) => {
            refresh(turn, id, found.data);
            return None;
        }
        (Some(_), Again::Ignore) => {
            refuse(turn, workflow, "4.2", Refusal::AlreadyInside, format!("key `{key}`"));
            return None;
        }
        (Some(id), Again::Refresh) => {
            refresh(turn, id, found.data);
            return None;
        }
        (Some(_), Again::Restart) | (None, _) => {}
    }
    if let Some((rule, refusal, detail)) = refusal(turn, &found, &key, live.is_some(), event) {
        refuse(turn, workflow, rule, refusal, detail);
        return None;
    }
    let held_out = holdouts::held_out_by(turn, workflow);
    let make_way = match exclusion::ask(turn, workflow, held_out.is_some()) {
        Ok(make_way) => make_way,
        Err(detail) => {
            refuse(turn, workflow, "4.7", Refusal::Exclusive, detail);
            return None;
        }
    };
    if let Some(id) = live {
        leaving::end(turn, id, EndReason::Replaced, &found.what, "4.2");
    }
    // Who is in the workflow already has a place under its entry caps.
    let asks_first = live.is_none() && !workflow.entry_caps.is_empty();
    if !asks_first {
        exclusion::make_way(turn, make_way);
    }
    Some(begin(turn, found, &key, event.map(|event| event.occurred_at), held_out, asks_first))
}

/// What tells the runs of a workflow apart, read from the trigger's data; none if it is missing.
pub(super) fn key_of(workflow: &Workflow, data: &Map<String, Value>) -> Option<String> {
    match &workflow.key {
        None => Some(String::new()),
        Some(path) => match path.get(data)? {
            Value::String(text) => Some(text.clone()),
            Value::Null => None,
            other => Some(other.to_string()),
        },
    }
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

pub(super) fn refuse(turn: &mut Turn<'_>, workflow: &Workflow, rule: &str, reason: Refusal, detail: String) {
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

/// Makes the run; under entry caps it rests until it is granted a place (SEMANTICS 4.3).
fn begin(
    turn: &mut Turn<'_>,
    found: Match,
    key: &str,
    occurred_at: Option<Timestamp>,
    held_out: Option<String>,
    asks_first: bool,
) -> RunId {
    let workflow = &*found.workflow;
    let parts = turn.next_id_parts();
    let id = RunId::hashed(turn.at, &[&parts[0], &parts[1], &parts[2]]);
    let Some(first) = workflow.entry else {
        entered(turn, workflow, id, key, found.what, held_out);
        let reason = EndReason::Completed;
        turn.count(format!("ended:{}:{}", workflow.name, reason.as_str()));
        let about = About { run: Some(id), ..About::workflow(workflow) };
        let detail = "the workflow has no steps".to_owned();
        turn.note("5.3", about, Decision::Ended { reason, detail });
        return id;
    };
    let step = workflow.steps[first].id.clone();
    let state = if asks_first {
        RunState::Requested { step, since: turn.at, again_at: None, hop: turn.hop }
    } else {
        RunState::At { step }
    };
    turn.contact.runs.push(Run {
        id,
        workflow: workflow.name.clone(),
        version: workflow.version,
        key: key.to_owned(),
        entered_at: turn.at,
        occurred_at: occurred_at.filter(|occurred_at| *occurred_at < turn.at),
        trigger: found.data,
        state,
        visits: BTreeMap::new(),
        goals: Vec::new(),
        variables: Map::new(),
        variants: BTreeMap::new(),
        rounds: BTreeMap::new(),
        ghost: held_out.is_some(),
        paused_at: None,
        parent: None,
    });
    if asks_first {
        grants::request(turn, id);
    } else {
        entered(turn, workflow, id, key, found.what, held_out);
    }
    id
}

/// Records that a run has entered, and what re-entry needs of it.
pub(super) fn entered(
    turn: &mut Turn<'_>,
    workflow: &Workflow,
    id: RunId,
    key: &str,
    trigger: String,
    held_out: Option<String>,
) {
    let about = || About { run: Some(id), ..About::workflow(workflow) };
    turn.note("4.1", about(), Decision::Entered { trigger, key: key.to_owned() });
    let is_ghost = held_out.is_some();
    turn.count(holdouts::counter(format!("entered:{}", workflow.name), is_ghost));
    turn.count(holdouts::counter(format!("entered:{}:v{}", workflow.name, workflow.version), is_ghost));
    if let Some(by) = held_out {
        turn.note("4.5", about(), Decision::HeldOut { by });
    }
    remember_entry(turn, workflow, key);
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
    let n = entries.get(key).map_or(0, |entry| entry.n).saturating_add(1);
    entries.insert(key.to_owned(), Entry { at, n });
}
