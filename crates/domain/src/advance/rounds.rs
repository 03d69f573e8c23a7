//! Steps that are gone through several times.

use super::steps;
use super::turn::Turn;
use crate::run::Run;
use crate::workflow::{Repeat, Step};

/// Begins the next round, or goes on.
pub(super) fn take(turn: &mut Turn<'_>, run: &Run, step: &Step, _repeat: &Repeat) {
    steps::go_to(turn, run.id, step.next);
}
