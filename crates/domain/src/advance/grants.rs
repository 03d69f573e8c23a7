//! Entry caps: a run that asks for a place, and the answer (SEMANTICS 4.3).

use super::turn::Turn;
use crate::input::Grant;
use crate::run::Run;
use crate::time::Timestamp;

/// Takes the answer to a request.
pub(super) fn answer(_turn: &mut Turn<'_>, _grant: &Grant) {}

/// A run that found no room asks again.
pub(super) fn fire(_turn: &mut Turn<'_>, _run: &Run, _deadline: Timestamp) {}
