//! What would decide about an entry if a trigger matched now: the rules of entering, asked without entering.

use super::turn::Turn;
use super::{exclusion, lifecycle};
use crate::catalog::Catalog;
use crate::contact::Contact;
use crate::id::InputId;
use crate::input::{Cause, Input};
use crate::limits::RUNS_PER_CONTACT_MAX;
use crate::time::Timestamp;
use crate::workflow::{Again, Reentry, Workflow};

/// One rule of entering and how it comes out for a contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryCheck {
    /// The rule of SEMANTICS.
    pub rule: &'static str,
    /// What is asked: `status`, `inside`, `reentry`, `exclusive`, `runs` or `held_out`.
    pub asks: &'static str,
    /// Whether it lets the contact in; who is held out goes in, and gets nothing.
    pub passes: bool,
    /// What was found, in words.
    pub found: String,
}

/// How each rule of entering a workflow comes out for a contact now, in the order of SEMANTICS 4.1.
///
/// The trigger, its key and the audience are not among them: there is no trigger, and the audience explains itself.
pub fn entry_checks(
    catalog: &Catalog,
    contact: Contact,
    workflow: &Workflow,
    at: Timestamp,
) -> Vec<EntryCheck> {
    let id = InputId::hashed(at, &[b"entry_checks", &contact.id.to_bytes()]);
    let input = Input { id, cause: Cause::CatalogChanged, history: None, refused_claims: Vec::new(), hop: 0 };
    let turn = Turn::new(catalog, contact, &input, at);
    let is_ghost = super::held_out(catalog, workflow, turn.contact.id);
    vec![
        status(&turn, workflow),
        inside(&turn, workflow),
        reentry(&turn, workflow),
        runs(&turn),
        exclusive(&turn, workflow, is_ghost.is_some()),
        EntryCheck {
            rule: "4.5",
            asks: "held_out",
            passes: is_ghost.is_none(),
            found: is_ghost.map_or_else(|| "not held out".to_owned(), |by| format!("held out of {by}")),
        },
    ]
}

fn status(turn: &Turn<'_>, workflow: &Workflow) -> EntryCheck {
    let closed = lifecycle::closed(turn, workflow);
    EntryCheck {
        rule: "9.4",
        asks: "status",
        passes: closed.is_none(),
        found: closed.map_or_else(|| "the workflow is live".to_owned(), |(_, detail)| detail),
    }
}

fn inside(turn: &Turn<'_>, workflow: &Workflow) -> EntryCheck {
    let live = turn.contact.runs.iter().find(|run| run.workflow == workflow.name);
    let found = match (live, workflow.again, &workflow.key) {
        (None, ..) => "not in it now".to_owned(),
        (Some(run), _, Some(path)) => {
            format!("in it since {}; with another `{path}` a second run begins", run.entered_at)
        }
        (Some(run), Again::Ignore, None) => format!("in it since {}", run.entered_at),
        (Some(run), Again::Refresh, None) => {
            format!("in it since {}; the run would take the new data", run.entered_at)
        }
        (Some(run), Again::Restart, None) => {
            format!("in it since {}; that run would end, and a new one begin", run.entered_at)
        }
    };
    let keeps_out = live.is_some() && workflow.key.is_none() && workflow.again != Again::Restart;
    EntryCheck { rule: "4.2", asks: "inside", passes: !keeps_out, found }
}

fn reentry(turn: &Turn<'_>, workflow: &Workflow) -> EntryCheck {
    let entries = turn.contact.entries.get(&workflow.name);
    // With a key each key has an entry of its own: the latest says the most.
    let last = entries.and_then(|entries| entries.values().max_by_key(|entry| entry.at));
    let (passes, found) = match (workflow.reentry, last) {
        (_, None) => (true, "no earlier entry counts".to_owned()),
        (Reentry::Never, Some(last)) => {
            (workflow.key.is_some(), format!("entered at {}, and never again", last.at))
        }
        (Reentry::Every(period), Some(last)) if last.at + period > turn.at => {
            let again = last.at + period;
            (workflow.key.is_some(), format!("entered at {}, and again from {again} on", last.at))
        }
        (Reentry::AfterExit | Reentry::Always | Reentry::Every(_), Some(last)) => {
            (true, format!("last entered at {}, and may enter again", last.at))
        }
    };
    EntryCheck { rule: "4.2", asks: "reentry", passes, found }
}

fn runs(turn: &Turn<'_>) -> EntryCheck {
    let n_runs = turn.contact.runs.len();
    EntryCheck {
        rule: "4.1",
        asks: "runs",
        passes: n_runs < RUNS_PER_CONTACT_MAX,
        found: format!("{n_runs} of at most {RUNS_PER_CONTACT_MAX} live runs"),
    }
}

fn exclusive(turn: &Turn<'_>, workflow: &Workflow, is_ghost: bool) -> EntryCheck {
    let asked = exclusion::ask(turn, workflow, is_ghost);
    let found = match &asked {
        Err(detail) => detail.clone(),
        Ok(make_way) if make_way.is_empty() => "no other workflow keeps the contact out".to_owned(),
        Ok(make_way) => make_way.iter().map(|(_, why)| why.as_str()).collect::<Vec<_>>().join("; "),
    };
    EntryCheck { rule: "4.7", asks: "exclusive", passes: asked.is_ok(), found }
}
