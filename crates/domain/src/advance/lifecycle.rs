//! What publishing, pausing and stopping a workflow means for its runs (SEMANTICS 9).

use super::turn::Turn;
use crate::id::WorkflowName;
use crate::input::Migration;

/// Moves the contact's runs of a workflow to another version.
pub(super) fn migrate(_turn: &mut Turn<'_>, _migration: &Migration) {}

/// Goes on after a pause or a stop.
pub(super) fn resume(_turn: &mut Turn<'_>, _workflow: &WorkflowName) {}

/// Gives up the contact's live runs of a workflow.
pub(super) fn discard(_turn: &mut Turn<'_>, _workflow: &WorkflowName, _reason: &str) {}
