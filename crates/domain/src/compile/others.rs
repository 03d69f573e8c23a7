//! Workflows that let contacts into other ones: whether those allow it.

use super::build::Built;
use crate::source::codes;
use crate::source::diagnostic::Diagnostic;
use crate::source::yaml::Place;
use crate::workflow::{Action, Trigger, Workflow};

/// Finds the steps that enter a workflow which has no trigger for it.
pub(super) fn check(built: &mut Built) {
    let mut found = Vec::new();
    for (path, draft) in built.drafts.values() {
        for step in &draft.workflow.steps {
            let enter = match &step.action {
                Action::Enter(enter) => enter,
                Action::SubWorkflow(sub) => &sub.enter,
                _ => continue,
            };
            // One that doesn't exist was said before.
            let Some((_, other)) = built.drafts.get(&enter.workflow) else { continue };
            if lets_in(&other.workflow, &draft.workflow) {
                continue;
            }
            let (name, from) = (&enter.workflow, &draft.workflow.name);
            let message = format!("`{name}` lets nobody in from `{from}`");
            let place = Place { line: step.line, column: 1 };
            found.push(
                Diagnostic::new(&codes::NOT_ENTERED, path, place, message)
                    .fix(format!("add `- {{ workflow: {from} }}` to the triggers of `{name}`")),
            );
        }
    }
    built.diagnostics.append(&mut found);
}

/// Whether a workflow has a trigger that another one can pull.
fn lets_in(workflow: &Workflow, from: &Workflow) -> bool {
    workflow.triggers.iter().any(|trigger| match trigger {
        Trigger::Workflow(name) => name.as_ref().is_none_or(|name| *name == from.name),
        _ => false,
    })
}
