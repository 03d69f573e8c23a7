//! Other workflows: entering them, ending them, waiting for them.

use std::collections::BTreeMap;

use super::steps;
use super::turn::Turn;
use crate::id::WorkflowName;
use crate::run::Run;
use crate::time::Timestamp;
use crate::value::Operand;
use crate::workflow::{Enter, Step, SubWorkflow};

/// Lets the contact into another workflow.
pub(super) fn enter(_turn: &mut Turn<'_>, _run: &Run, _enter: &Enter) {}

/// Ends the contact's live runs of another workflow.
pub(super) fn exit(_turn: &mut Turn<'_>, _run: &Run, _name: &WorkflowName) {}

/// Lets the contact into another workflow and waits for the end of that run.
pub(super) fn enter_and_wait(turn: &mut Turn<'_>, run: &Run, step: &Step, _sub: &SubWorkflow) {
    steps::go_to(turn, run.id, step.next);
}

/// Keeps what a workflow that waits for this run gets.
pub(super) fn keep_result(_turn: &mut Turn<'_>, _run: &Run, _result: &BTreeMap<String, Operand>) {}

/// The time-out of a run that waits for another run has come.
pub(super) fn fire(_turn: &mut Turn<'_>, _run: &Run, _deadline: Timestamp) {}
