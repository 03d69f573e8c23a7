//! Tasks: a run waits for a person (SEMANTICS 11.2).

use super::steps;
use super::turn::Turn;
use crate::id::MessageId;
use crate::run::Run;
use crate::time::Timestamp;
use crate::workflow::{Step, TaskStep, Workflow};

/// A task step wants a person to do something; the run rests until it is done or overdue.
pub(super) fn open(turn: &mut Turn<'_>, run: &Run, _workflow: &Workflow, step: &Step, _task: &TaskStep) {
    steps::go_to(turn, run.id, step.next);
}

/// A person says how a task came out.
pub(super) fn complete(
    _turn: &mut Turn<'_>,
    _task: MessageId,
    _outcome: &str,
    _note: Option<&str>,
    _by: &str,
) {
}

/// A deadline of a run that rests at a task has come: it escalates, or is overdue.
pub(super) fn fire(_turn: &mut Turn<'_>, _run: &Run, _deadline: Timestamp) {}
