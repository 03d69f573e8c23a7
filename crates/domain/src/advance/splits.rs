//! Splits: who goes which way by chance, and stays there (SEMANTICS 10).

use super::steps;
use super::turn::Turn;
use crate::run::Run;
use crate::workflow::Split;

/// Sends the run down the variant of its contact.
pub(super) fn take(turn: &mut Turn<'_>, run: &Run, split: &Split) {
    steps::go_to(turn, run.id, split.variants.first().and_then(|variant| variant.target));
}
