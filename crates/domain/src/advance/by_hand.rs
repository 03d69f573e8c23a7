//! What people do to runs (SEMANTICS 11.1).

use super::leaving;
use super::turn::{About, Turn};
use crate::input::{Command, RunOrder, Runs};
use crate::record::Decision;
use crate::run::{EndReason, Run};

/// Does something to the live runs that are meant.
pub(super) fn on_runs(turn: &mut Turn<'_>, command: &Command, runs: &Runs, what: &RunOrder) {
    let meant = |run: &Run| {
        runs.run.is_none_or(|id| run.id == id)
            && runs.workflow.as_ref().is_none_or(|workflow| run.workflow == *workflow)
            && runs.step.as_ref().is_none_or(|step| run.state.step() == step)
    };
    let ids = turn.runs_in_order(meant);
    if ids.is_empty() {
        let why = match runs.run {
            Some(run) => format!("the contact has no live run {run}"),
            None => "the contact has no such live run".to_owned(),
        };
        return turn.note("11.1", About::default(), Decision::NotDone { why });
    }
    let detail = command.reason.clone().unwrap_or_else(|| format!("by {}", command.by));
    for id in ids {
        match what {
            RunOrder::End => leaving::end(turn, id, EndReason::RemovedByHand, &detail, "11.1"),
            RunOrder::Pause | RunOrder::Resume | RunOrder::Move(_) | RunOrder::Skip => {}
        }
    }
}
