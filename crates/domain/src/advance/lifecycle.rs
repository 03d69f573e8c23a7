//! What pausing, stopping and archiving a workflow means for a contact, and what happens when it goes on (SEMANTICS 9.4).

use super::leaving;
use super::migration;
use super::turn::{About, Stimulus, Turn};
use crate::catalog::Status;
use crate::id::WorkflowName;
use crate::input::Migration;
use crate::record::{Decision, Refusal};
use crate::run::EndReason;
use crate::workflow::Workflow;

/// Why nobody enters a workflow now, if so.
pub(super) fn closed(turn: &Turn<'_>, workflow: &Workflow) -> Option<(Refusal, String)> {
    let (refusal, how) = match turn.catalog.status(&workflow.name) {
        Status::Live => return None,
        Status::Paused => (Refusal::Paused, "is paused"),
        Status::Halted => (Refusal::Halted, "was stopped"),
        Status::Archived => (Refusal::Archived, "is archived"),
    };
    Some((refusal, format!("`{}` {how}", workflow.name)))
}

/// Moves the contact's runs of a workflow to another version.
pub(super) fn migrate(turn: &mut Turn<'_>, migration: &Migration) {
    migration::migrate(turn, migration);
    super::stimulate(turn, &Stimulus::default());
}

/// A workflow goes on after a pause or a stop: what fell due meanwhile fires next, as before any input (SEMANTICS 2.7).
pub(super) fn note_resumed(turn: &mut Turn<'_>, workflow: &WorkflowName) {
    for id in turn.runs_in_order(|run| run.workflow == *workflow && !turn.is_held(run)) {
        if let Some(about) = turn.run(id).map(About::run) {
            turn.note("9.4", about, Decision::Resumed);
        }
    }
}

/// Gives up the contact's live runs of a workflow.
pub(super) fn discard(turn: &mut Turn<'_>, workflow: &WorkflowName, reason: &str) {
    for id in turn.runs_in_order(|run| run.workflow == *workflow) {
        leaving::end(turn, id, EndReason::RemovedByHand, reason, "9.4");
    }
    super::stimulate(turn, &Stimulus::default());
}
