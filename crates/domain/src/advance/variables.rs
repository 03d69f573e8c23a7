//! Variables of a run.

use super::turn::Turn;
use crate::run::Run;
use crate::workflow::VariableChange;

/// Changes the variables of a run.
pub(super) fn change(_turn: &mut Turn<'_>, _run: &Run, _changes: &[VariableChange]) {}
