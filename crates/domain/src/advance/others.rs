//! Other workflows: entering them, ending them, waiting for them (SEMANTICS 4.6, 5.4).

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::turn::{About, Turn};
use super::{calls, entering, leaving, steps, variables};
use crate::id::{RunId, WorkflowName};
use crate::record::{Decision, Refusal};
use crate::run::{EndReason, Run, RunState};
use crate::time::Timestamp;
use crate::value::Operand;
use crate::workflow::{Action, Enter, Step, SubWorkflow};

/// The member of a result that says how the run ended.
const ENDED: &str = "ended";

/// How a run ended that did not begin.
const REFUSED: &str = "refused";

/// Lets the contact into another workflow.
pub(super) fn enter(turn: &mut Turn<'_>, run: &Run, enter: &Enter) {
    if run.ghost {
        return would_have(turn, run, format!("the contact enters {}", enter.workflow));
    }
    let _ = begin(turn, run, enter);
}

/// Lets the contact in, one hop deeper than the run that wants it, so that workflows that enter one another end
/// (SEMANTICS 3.14); none if the contact was refused.
fn begin(turn: &mut Turn<'_>, run: &Run, enter: &Enter) -> Option<RunId> {
    if !turn.may_derive() {
        return None;
    }
    let data = values(turn, run, &enter.data);
    entering::enter_deeper(turn, |turn| {
        entering::enter_by_workflow(turn, run, &enter.workflow, data, enter.replace)
    })
}

/// Ends the contact's live runs of another workflow.
pub(super) fn exit(turn: &mut Turn<'_>, run: &Run, name: &WorkflowName) {
    if run.ghost {
        return would_have(turn, run, format!("the contact's runs of {name} end"));
    }
    let detail = format!("step {}/{}", run.workflow, run.state.step());
    for id in turn.runs_in_order(|other| other.workflow == *name && other.id != run.id) {
        leaving::end(turn, id, EndReason::Replaced, &detail, "5.4");
    }
}

/// Lets the contact into another workflow and waits for the end of that run.
pub(super) fn enter_and_wait(turn: &mut Turn<'_>, run: &Run, step: &Step, sub: &SubWorkflow) {
    if run.ghost {
        would_have(turn, run, format!("the contact enters {}, and the run waits", sub.enter.workflow));
        return steps::go_to(turn, run.id, step.next);
    }
    let n_lines = turn.record.len();
    let child = begin(turn, run, &sub.enter);
    let workflow = sub.enter.workflow.clone();
    let since = turn.at;
    let Some(child) = child else {
        let result = refused(turn, n_lines);
        keep(turn, run.id, sub, result);
        return steps::go_to(turn, run.id, step.next);
    };
    if turn.run(child).is_none() {
        // A workflow without steps is over at once.
        let result = result_of(EndReason::Completed, Map::new());
        turn.note(
            "5.4",
            About::run(run),
            Decision::RunReturned { of: workflow, reason: EndReason::Completed },
        );
        keep(turn, run.id, sub, result);
        return steps::go_to(turn, run.id, step.next);
    }
    if let Some(child) = turn.run_mut(child) {
        child.parent = Some(run.id);
    }
    let until = sub.timeout.as_ref().map(|(period, _)| since + *period);
    turn.note("5.4", About::run(run), Decision::WaitsForRun { of: workflow, until });
    if let Some(live) = turn.run_mut(run.id) {
        live.state = RunState::Child { step: step.id.clone(), run: child, since, until };
    }
}

/// Why the contact was refused, from what was recorded since; the run goes on with that for a result.
fn refused(turn: &Turn<'_>, n_lines: usize) -> Map<String, Value> {
    let why = turn.record[n_lines..].iter().rev().find_map(|line| match &line.decision {
        Decision::Refused { reason, .. } => Some(reason.as_str()),
        _ => None,
    });
    refusal(why.unwrap_or("chain_cut"))
}

fn refusal(why: &str) -> Map<String, Value> {
    let mut result = Map::new();
    result.insert(ENDED.to_owned(), Value::from(REFUSED));
    result.insert("reason".to_owned(), Value::from(why));
    result
}

/// Keeps what a workflow that waits for this run gets.
pub(super) fn keep_result(turn: &mut Turn<'_>, run: &Run, result: &BTreeMap<String, Operand>) {
    if run.parent.is_some() && !result.is_empty() {
        let result = values(turn, run, result);
        turn.results.insert(run.id, result);
    }
}

/// A run has ended: those that wait for it go on, with the result.
pub(super) fn child_ended(turn: &mut Turn<'_>, child: &Run, reason: EndReason) {
    let given = turn.results.remove(&child.id).unwrap_or_default();
    let waits = |run: &Run| matches!(run.state, RunState::Child { run, .. } if run == child.id);
    for id in turn.runs_in_order(waits) {
        let Some(parent) = turn.run(id).cloned() else { continue };
        let decision = Decision::RunReturned { of: child.workflow.clone(), reason };
        turn.note("5.4", About::run(&parent), decision);
        if let Some(Action::SubWorkflow(sub)) =
            calls::action(turn, &parent.workflow, parent.version, parent.state.step())
        {
            keep(turn, id, sub, result_of(reason, given.clone()));
        }
        steps::proceed_after(turn, id);
    }
}

/// A run was not let in after all: the one that waits for it goes on, with that for a result.
pub(super) fn child_refused(turn: &mut Turn<'_>, child: &Run, reason: Refusal) {
    let Some(parent) = child.parent.and_then(|parent| turn.run(parent)).cloned() else { return };
    let RunState::Child { step, run, .. } = &parent.state else { return };
    if *run != child.id {
        return;
    }
    let Some(workflow) = turn.workflow_of(&parent) else { return };
    let Some((_, step)) = workflow.step(step) else { return };
    if let Action::SubWorkflow(sub) = &step.action {
        keep(turn, parent.id, sub, refusal(reason.as_str()));
    }
    steps::go_to(turn, parent.id, step.next);
}

/// The time-out of a run that waits for another run has come; that one goes on alone.
pub(super) fn fire(turn: &mut Turn<'_>, run: &Run, deadline: Timestamp) {
    let RunState::Child { step, until: Some(until), .. } = &run.state else { return };
    if *until > deadline {
        return;
    }
    turn.note("5.4", About::run(run), Decision::TimedOut { deadline: *until });
    match calls::action(turn, &run.workflow, run.version, step) {
        Some(Action::SubWorkflow(SubWorkflow { timeout: Some((_, target)), .. })) => {
            steps::go_to(turn, run.id, *target);
        }
        _ => steps::proceed_after(turn, run.id),
    }
}

/// `ended` says how; what the exit step gives stands beside it.
fn result_of(reason: EndReason, mut given: Map<String, Value>) -> Map<String, Value> {
    given.insert(ENDED.to_owned(), Value::from(reason.as_str()));
    given
}

fn keep(turn: &mut Turn<'_>, run: RunId, sub: &SubWorkflow, result: Map<String, Value>) {
    if let Some(variable) = &sub.save {
        variables::keep(turn, run, variable, Value::Object(result));
    }
}

fn would_have(turn: &mut Turn<'_>, run: &Run, what: String) {
    turn.note("4.5", About::run(run), Decision::WouldHave { what });
}

fn values(turn: &Turn<'_>, run: &Run, operands: &BTreeMap<String, Operand>) -> Map<String, Value> {
    let value = |(name, operand): (&String, &Operand)| {
        steps::resolve(turn, run, operand).map(|value| (name.clone(), value))
    };
    operands.iter().filter_map(value).collect()
}
