//! Exclusion: groups of workflows of which a contact is in one at a time (SEMANTICS 4.7).

use super::leaving;
use super::turn::Turn;
use crate::id::RunId;
use crate::run::{EndReason, Run, RunState};
use crate::workflow::Workflow;

/// The runs that make way for an entry, each with why; or why the contact may not enter.
///
/// Who asks for a place under an entry cap isn't in the workflow yet: the groups are asked again when it is granted. A
/// ghost keeps out ghosts only, and ends only ghosts.
pub(super) fn ask(
    turn: &Turn<'_>,
    workflow: &Workflow,
    is_ghost: bool,
) -> Result<Vec<(RunId, String)>, String> {
    let mut make_way = Vec::new();
    let groups = turn.catalog.policies.exclusive.iter();
    for group in groups.filter(|group| group.workflows.contains(&workflow.name)) {
        let is_meant = |run: &Run| {
            run.workflow != workflow.name
                && group.workflows.contains(&run.workflow)
                && !matches!(run.state, RunState::Requested { .. })
                && (is_ghost || !run.ghost)
        };
        for run in turn.runs_in_order(is_meant).into_iter().filter_map(|id| turn.run(id)) {
            let theirs =
                turn.catalog.version(&run.workflow, run.version).map_or(0, |workflow| workflow.priority);
            let ours = workflow.priority;
            let name = format!("of the group `{}`", group.group);
            if !group.replace || ours <= theirs {
                let inside = format!("the contact is in `{}` {name} since {}", run.workflow, run.entered_at);
                let priorities = format!("; its priority is {theirs}, this one's is {ours}");
                return Err(if group.replace { inside + &priorities } else { inside });
            }
            if run.ghost == is_ghost {
                let why =
                    format!("`{}` {name} takes its place: priority {ours} over {theirs}", workflow.name);
                make_way.push((run.id, why));
            }
        }
    }
    Ok(make_way)
}

/// Ends the runs that make way for an entry.
pub(super) fn make_way(turn: &mut Turn<'_>, runs: Vec<(RunId, String)>) {
    for (id, why) in runs {
        leaving::end(turn, id, EndReason::Replaced, &why, "4.7");
    }
}
