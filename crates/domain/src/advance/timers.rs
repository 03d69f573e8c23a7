//! Deadlines of the contact that belong to no run: dates, absences, set times.

use jiff::civil::DateTime;

use super::turn::Turn;
use crate::id::WorkflowName;
use crate::input::Business;

/// A set time has come, or will have where the contact is.
pub(super) fn scheduled(
    _turn: &mut Turn<'_>,
    _workflow: &WorkflowName,
    _trigger: usize,
    _occurrence: DateTime,
) {
}

/// Something happened in the business that concerns the contact.
pub(super) fn business(_turn: &mut Turn<'_>, _business: &Business) {}

/// A publish lets those in who match already (SEMANTICS 4.4).
pub(super) fn backfill(_turn: &mut Turn<'_>, _workflow: &WorkflowName) {}
