//! Steps that are gone through several times.

use super::steps;
use super::turn::{About, Turn};
use crate::predicate::holds;
use crate::record::Decision;
use crate::run::Run;
use crate::workflow::{Repeat, Step, Workflow};

/// Begins the next round, or goes on.
///
/// A run that jumps out of a round and comes back goes on counting: so no loop through it is endless. A new round counts
/// those inside it anew.
pub(super) fn take(turn: &mut Turn<'_>, run: &Run, workflow: &Workflow, step: &Step, repeat: &Repeat) {
    let begun = run.rounds.get(&step.id).copied().unwrap_or(0);
    let until = repeat.until.as_ref();
    let is_enough = until.is_some_and(|until| holds(until, &turn.facts_of(run, turn.at, None)));
    let done = is_enough || begun >= repeat.times;
    if done {
        turn.note("3.9", About::run(run), Decision::RoundsDone { rounds: begun });
    } else {
        turn.note("3.9", About::run(run), Decision::Round { round: begun + 1, of: repeat.times });
    }
    let first_inside = workflow.step_index.get(&step.id).map_or(0, |index| index + 1);
    let inside = workflow.steps.iter().skip(first_inside).take(repeat.n_inside);
    if let Some(live) = turn.run_mut(run.id) {
        for step in inside {
            live.rounds.remove(&step.id);
        }
        if done {
            live.rounds.remove(&step.id);
        } else {
            live.rounds.insert(step.id.clone(), begun + 1);
        }
    }
    steps::go_to(turn, run.id, if done { step.next } else { repeat.body });
}
