//! Hold-outs: who gets nothing, so that the rest can be compared with them (SEMANTICS 4.5, 7.8).
//!
//! A held-out contact's run is a ghost: it waits, branches and reaches goals like any other, and its messages meet
//! everything that messages meet; what would leave the run is recorded instead. What isn't a ghost never sees one.

use super::turn::{About, Turn};
use crate::catalog::Catalog;
use crate::id::{ContactId, chance};
use crate::message::Message;
use crate::record::Decision;
use crate::run::Run;
use crate::workflow::{Action, Workflow};

/// How many parts all contacts are divided into.
const ALL: u64 = 10_000;

/// Stands for all workflows in the draw of the global hold-out: no workflow can be called so.
const ALL_WORKFLOWS: &str = "*";

/// What holds a contact out of a workflow, with the numbers; none if it is let in.
///
/// The draw is of the contact and of what it is held out of, so it stays what it is, and each is independent of others.
pub fn held_out(catalog: &Catalog, workflow: &Workflow, contact: ContactId) -> Option<String> {
    if workflow.transactional {
        return None;
    }
    let global = &catalog.policies.holdout;
    let is_meant = global.categories.is_empty() || global.categories.contains(&workflow.category);
    let of_all = if is_meant { global.of_10_000 } else { 0 };
    let drawn = |from: &str, of_10_000: u32| {
        let parts = [catalog.workspace.as_str().as_bytes(), from.as_bytes(), &contact.to_bytes()];
        let drawn = chance("holdout", &parts, ALL);
        (drawn < u64::from(of_10_000)).then(|| format!("drew {drawn} of {ALL}, below {of_10_000}"))
    };
    let name = workflow.name.as_str();
    drawn(ALL_WORKFLOWS, of_all)
        .map(|why| format!("all workflows ({why})"))
        .or_else(|| drawn(name, workflow.holdout).map(|why| format!("the workflow {name} ({why})")))
}

/// What holds this contact out of a workflow.
pub(super) fn held_out_by(turn: &Turn<'_>, workflow: &Workflow) -> Option<String> {
    held_out(turn.catalog, workflow, turn.contact.id)
}

/// The name of a counter of runs: those of ghosts are counted apart.
pub(super) fn counter(name: String, is_ghost: bool) -> String {
    if is_ghost { name + ":ghost" } else { name }
}

/// Records what a ghost's step would have done beyond the run, if it is such a step; then the run goes on.
pub(super) fn would_have(turn: &mut Turn<'_>, run: &Run, action: &Action) -> bool {
    if !run.ghost {
        return false;
    }
    let what = match action {
        Action::Update(changes) => format!("the contact would be updated ({} changes)", changes.len()),
        Action::Emit { event, .. } => format!("the event {event} would be emitted"),
        // These know of ghosts themselves.
        Action::Call(_)
        | Action::Enter(_)
        | Action::ExitWorkflow(_)
        | Action::SubWorkflow(_)
        | Action::Send(_)
        | Action::Wait(_)
        | Action::WaitFor(_)
        | Action::Branch { .. }
        | Action::Split(_)
        | Action::Set(_)
        | Action::Task(_)
        | Action::Repeat(_)
        | Action::Note
        | Action::Exit { .. }
        | Action::GoTo(_) => return false,
    };
    turn.note("4.5", About::run(run), Decision::WouldHave { what });
    true
}

/// Whether a message takes another one into account: a real one sees no ghosts.
pub(super) fn sees(message: &Message, other: &Message) -> bool {
    message.ghost || !other.ghost
}
