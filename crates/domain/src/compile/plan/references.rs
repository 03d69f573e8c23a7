//! What older versions still use and a publication takes away (SEMANTICS 9.2).

use std::collections::BTreeSet;

use crate::catalog::Catalog;
use crate::compile::PublishedVersion;
use crate::input::{Migration, Move};
use crate::predicate::Predicate;
use crate::source::codes;
use crate::source::diagnostic::Diagnostic;
use crate::source::yaml::Place;
use crate::workflow::{Action, Occasion, Workflow};

/// Something that a version uses: what kind of thing it is, and its name.
type Used = (&'static str, String);

/// Warnings for what this publication takes away from versions that nobody enters any more but runs may be on.
pub(super) fn gone(
    before: &Catalog,
    after: &Catalog,
    published: &[PublishedVersion],
    migrations: &[Migration],
) -> Vec<Diagnostic> {
    let (had, has) = (there(before), there(after));
    let gone: BTreeSet<&Used> = had.difference(&has).collect();
    let mut found = Vec::new();
    if gone.is_empty() {
        return found;
    }
    for version in published {
        let Some(workflow) = after.version(&version.workflow, version.version) else { continue };
        let is_entered = after.entered(&workflow.name).any(|entered| entered.version == workflow.version);
        if is_entered || is_left(workflow, migrations) {
            continue;
        }
        for (kind, name) in used(workflow).iter().filter(|used| gone.contains(used)) {
            let (number, of) = (workflow.version, &workflow.name);
            let message = format!("version {number} of `{of}` still uses the {kind} `{name}`, which is gone");
            let fix = "keep it until the runs of that version have ended, or move them";
            found.push(
                Diagnostic::new(&codes::GONE_FOR_RUNS, &version.source.path, Place::START, message).fix(fix),
            );
        }
    }
    found
}

/// Whether all runs of a version are moved away with the publication.
fn is_left(workflow: &Workflow, migrations: &[Migration]) -> bool {
    migrations.iter().any(|migration| {
        migration.workflow == workflow.name
            && migration.from.contains(&workflow.version)
            && !migration.steps.values().any(|goes| *goes == Move::Stay)
    })
}

fn there(catalog: &Catalog) -> BTreeSet<Used> {
    let templates = catalog.templates.keys().map(|name| ("template", name.to_string()));
    let segments = catalog.segments.keys().map(|name| ("segment", name.to_string()));
    let entered = catalog.workflows.iter().filter(|(_, published)| published.current.is_some());
    templates.chain(segments).chain(entered.map(|(name, _)| ("workflow", name.to_string()))).collect()
}

/// The condition of an occasion, if it is one.
fn condition_of(occasion: &Occasion) -> Option<&Predicate> {
    match occasion {
        Occasion::Condition(condition) => Some(condition),
        Occasion::Event(_) | Occasion::Engaged(_) => None,
    }
}

/// What the live runs of a version still use.
fn used(workflow: &Workflow) -> BTreeSet<Used> {
    let mut used = BTreeSet::new();
    let mut asked: Vec<&Predicate> = Vec::new();
    asked.extend(workflow.exit_when.iter().filter_map(condition_of));
    for step in &workflow.steps {
        match &step.action {
            Action::Send(send) => {
                used.insert(("template", send.template.to_string()));
            }
            Action::Enter(enter) => {
                used.insert(("workflow", enter.workflow.to_string()));
            }
            Action::SubWorkflow(sub) => {
                used.insert(("workflow", sub.enter.workflow.to_string()));
            }
            Action::ExitWorkflow(name) => {
                used.insert(("workflow", name.to_string()));
            }
            Action::Branch { arms, .. } => asked.extend(arms.iter().map(|(condition, _)| condition)),
            Action::WaitFor(wait) => {
                asked.extend(wait.alternatives.iter().filter_map(|(occasion, _)| condition_of(occasion)));
            }
            Action::Repeat(repeat) => asked.extend(&repeat.until),
            Action::Wait(_)
            | Action::Update(_)
            | Action::Emit { .. }
            | Action::Split(_)
            | Action::Set(_)
            | Action::Call(_)
            | Action::Task(_)
            | Action::Note
            | Action::Exit { .. }
            | Action::GoTo(_) => {}
        }
    }
    for condition in asked {
        condition.walk(&mut |part| {
            if let Predicate::Segment(segment) = part {
                used.insert(("segment", segment.to_string()));
            }
        });
    }
    used
}
