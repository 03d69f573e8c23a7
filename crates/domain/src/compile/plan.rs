//! What applying a folder would change (SEMANTICS 9.2).

mod choices;
mod definitions;
mod difference;
mod migration;
mod references;
mod steps;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use self::migration::Versions;
use super::build::{Built, Version, assemble, build, versions};
use super::lifecycle::{self, Lifecycle};
use super::{Portfolio, PublishedVersion, compile, rollout};
use crate::catalog::{Catalog, Status};
use crate::id::{StepId, TemplateName, WorkflowName, WorkspaceId};
use crate::input::Migration;
use crate::source::diagnostic::{Diagnostic, any_error, in_order};
use crate::source::grammar::FileKind;
use crate::source::{SourceFile, yaml};
use crate::time::Timestamp;
use crate::workflow::{Action, Workflow};

pub use difference::{Conflict, difference};
pub use migration::{MigrationChoice, MigrationDefault, PlannedMove};

/// What a folder would become.
#[derive(Debug, Clone, PartialEq)]
pub struct Planned {
    /// The next portfolio; none if there is an error, and then nothing is applied.
    pub next: Option<Portfolio>,
    /// Its catalog.
    pub catalog: Option<Catalog>,
    /// What changes, by kind and name; unchanged things are in it too.
    pub changes: Vec<PlannedChange>,
    /// Everything found in the files and in the choices.
    pub diagnostics: Vec<Diagnostic>,
    /// The runs that move once it is applied: each is a job of its own.
    pub migrations: Vec<Migration>,
    /// Whether every contact must hear of the new revision; else only those that migrations move.
    pub tell: bool,
}

/// What applying a folder is to do besides; nothing is done that isn't chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(default)]
pub struct Choices {
    /// Where the runs of older versions go. Without a choice they stay on their version (SEMANTICS 9.1).
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub migrations: BTreeMap<WorkflowName, MigrationChoice>,
    /// New versions that reach contacts by and by (SEMANTICS 9.3).
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub rollouts: BTreeMap<WorkflowName, rollout::Plan>,
}

impl Planned {
    /// With an error nothing is applied.
    fn none(changes: Vec<PlannedChange>, diagnostics: Vec<Diagnostic>) -> Self {
        let (next, catalog, migrations) = (None, None, Vec::new());
        Self { next, catalog, changes, diagnostics, migrations, tell: false }
    }
}

/// What becomes of one thing that a file describes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedChange {
    /// What it is.
    pub kind: PlannedKind,
    /// Its name; the path for tests.
    pub name: String,
    /// What becomes of it.
    pub change: Change,
    /// The version that new runs enter now; workflows only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_version: Option<u32>,
    /// The version that new runs will enter; workflows only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_version: Option<u32>,
    /// New steps.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps_added: Vec<StepId>,
    /// Steps that are gone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps_removed: Vec<StepId>,
    /// Steps that do something else, or lead elsewhere.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps_changed: Vec<StepId>,
    /// Steps with another id, by `was:`: the former one and the new one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps_renamed: Vec<(StepId, StepId)>,
    /// Whether only comments, layout or the order of keys changed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub text_only: bool,
    /// Where the runs of every older version go, step by step; workflows only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub moves: Vec<PlannedMove>,
    /// Whether it moves; workflows only.
    #[serde(default, skip_serializing_if = "is_live")]
    pub status: Status,
    /// The new version reaches contacts by and by, as was chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rollout: Option<rollout::Plan>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's skip_serializing_if wants a reference")]
fn is_live(status: &Status) -> bool {
    *status == Status::Live
}

/// What a file describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum PlannedKind {
    Workflow,
    Segment,
    Template,
    Policies,
    Traits,
    Hook,
    Catalogue,
    Partial,
    Layout,
    Test,
}

/// What becomes of a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Change {
    Added,
    Changed,
    Removed,
    Unchanged,
}

/// Plans to replace the files of a portfolio.
///
/// `revision` is the revision that applying would make: the current one plus 1. A workflow gets a new version only if
/// its compiled form changed; comments and layout change no version.
pub fn plan(workspace: &WorkspaceId, revision: u64, current: &Portfolio, files: Vec<SourceFile>) -> Planned {
    plan_with(workspace, revision, current, files, &Choices::default(), Timestamp::default())
}

/// Plans to replace the files of a portfolio, and what was chosen besides, at an instant.
pub fn plan_with(
    workspace: &WorkspaceId,
    revision: u64,
    current: &Portfolio,
    mut files: Vec<SourceFile>,
    choices: &Choices,
    at: Timestamp,
) -> Planned {
    files.sort();
    let mut built = build(&files);
    let published = versions(&current.versions, &mut built);
    let mut diagnostics = in_order(std::mem::take(&mut built.diagnostics));
    if any_error(&diagnostics) {
        return Planned::none(Vec::new(), diagnostics);
    }
    let newest: BTreeMap<&WorkflowName, &Workflow> =
        published.iter().map(|version| (&version.name, &version.draft.workflow)).collect();
    let comparison =
        Comparison { old: &build(&current.files), new: &built, newest: &newest, current, files: &files };
    let mut changes = comparison.all();
    let (mut next, renewed) = with_versions(current, &built, &newest, &files);
    let described: BTreeSet<WorkflowName> = built.drafts.keys().cloned().collect();
    let names = choices::Published { renewed: &renewed, described: &described };
    diagnostics.extend(choices::apply(&mut next, &names, choices, at));
    let published = versions(&next.versions, &mut built);
    built.diagnostics.clear();
    let migrations = migrate(&next, &published, &described, choices, &mut changes, &mut diagnostics);
    if any_error(&diagnostics) {
        return Planned::none(changes, in_order(diagnostics));
    }
    let before = compile(workspace, revision, current).catalog;
    let draft = assemble(workspace, revision, built, published, &next);
    next.summaries = definitions::since(revision, before.as_ref(), current, &draft);
    next.segments = definitions::segments_since(revision, before.as_ref(), current, &next.summaries, &draft);
    let Some(mut catalog) = compile(workspace, revision, &next).catalog else {
        return Planned::none(changes, in_order(diagnostics));
    };
    if next != *current {
        next.definitions = definitions::revision_of(revision, before.as_ref(), current, &catalog);
    }
    let tell = next.definitions == revision;
    catalog.definitions = if next.definitions == 0 { revision } else { next.definitions };
    if let Some(before) = &before {
        diagnostics.extend(references::gone(before, &catalog, &next.versions, &migrations));
    }
    let diagnostics = in_order(diagnostics);
    Planned { next: Some(next), catalog: Some(catalog), changes, diagnostics, migrations, tell }
}

/// The next portfolio with its new versions, and the workflows that get one.
fn with_versions(
    current: &Portfolio,
    built: &Built,
    newest: &BTreeMap<&WorkflowName, &Workflow>,
    files: &[SourceFile],
) -> (Portfolio, BTreeSet<WorkflowName>) {
    let mut next = Portfolio { files: files.to_vec(), summaries: BTreeMap::new(), ..current.clone() };
    let mut renewed = BTreeSet::new();
    for (name, (path, draft)) in &built.drafts {
        if newest.get(name).is_some_and(|newest| same(newest, &draft.workflow)) {
            continue;
        }
        let Some(source) = files.iter().find(|file| file.path == *path).cloned() else { continue };
        let version = lifecycle::versions(current, name).max().unwrap_or(0) + 1;
        next.versions.push(PublishedVersion { workflow: name.clone(), version, source });
        renewed.insert(name.clone());
    }
    (next, renewed)
}

/// Says where runs go, as was chosen; adds to each change what it means for runs.
fn migrate(
    next: &Portfolio,
    published: &[Version],
    described: &BTreeSet<WorkflowName>,
    choices: &Choices,
    changes: &mut [PlannedChange],
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Migration> {
    let mut migrations = Vec::new();
    for name in choices.migrations.keys().filter(|name| !described.contains(*name)) {
        let message = format!("no file describes a workflow `{name}` to which runs could move");
        diagnostics.push(choices::bad_choice(name, message, "leave its migration out"));
    }
    for change in changes.iter_mut().filter(|change| change.kind == PlannedKind::Workflow) {
        let name = WorkflowName::from(change.name.as_str());
        let lifecycle = next.lifecycle.get(&name);
        change.status = lifecycle.map_or(Status::Live, |lifecycle| lifecycle.status);
        let choice = choices.migrations.get(&name);
        let Some(to) = change.to_version else { continue };
        change.rollout = choices.rollouts.get(&name).cloned();
        if choice.is_none() && change.from_version == change.to_version {
            continue;
        }
        if let (Some(rollout), Some(_)) = (lifecycle.and_then(|lifecycle| lifecycle.rollout.as_ref()), choice)
        {
            let message = format!(
                "runs of `{name}` can't move while version {} reaches contacts by and by",
                rollout.version
            );
            diagnostics.push(choices::bad_choice(&name, message, "move them when its rollout has finished"));
            continue;
        }
        let moves = Versions::of(&name, to, published).moves(choice);
        change.moves = moves.steps;
        migrations.extend(moves.migrations);
        diagnostics.extend(moves.diagnostics);
    }
    migrations
}

/// Whether two versions of a workflow do the same.
fn same(a: &Workflow, b: &Workflow) -> bool {
    let bare = |workflow: &Workflow| {
        let mut workflow = Workflow { version: 0, ..workflow.clone() };
        for step in &mut workflow.steps {
            step.line = 0;
            nameless(&mut step.action);
        }
        workflow
    };
    bare(a) == bare(b)
}

/// Takes away the names of inline texts: they name the version.
fn nameless(action: &mut Action) {
    match action {
        Action::Call(call) => call.content.name = TemplateName::from(""),
        Action::Task(task) => task.content.name = TemplateName::from(""),
        _ => {}
    }
}

/// Two states of a portfolio side by side.
struct Comparison<'a> {
    old: &'a Built,
    new: &'a Built,
    /// The newest published version of each workflow.
    newest: &'a BTreeMap<&'a WorkflowName, &'a Workflow>,
    current: &'a Portfolio,
    files: &'a [SourceFile],
}

impl Comparison<'_> {
    fn all(&self) -> Vec<PlannedChange> {
        let (old, new) = (texts(&self.current.files), texts(self.files));
        let things: BTreeSet<&(PlannedKind, String)> = old.keys().chain(new.keys()).collect();
        let mut changes = Vec::new();
        for thing in things {
            let change = match (old.get(thing), new.get(thing)) {
                (None, _) => Change::Added,
                (_, None) => Change::Removed,
                (a, b) if a == b => Change::Unchanged,
                _ => Change::Changed,
            };
            changes.push(self.one(thing.0, &thing.1, change));
        }
        changes
    }

    fn one(&self, kind: PlannedKind, name: &str, change: Change) -> PlannedChange {
        let mut planned = PlannedChange {
            kind,
            name: name.to_owned(),
            change,
            from_version: None,
            to_version: None,
            steps_added: Vec::new(),
            steps_removed: Vec::new(),
            steps_changed: Vec::new(),
            steps_renamed: Vec::new(),
            text_only: false,
            moves: Vec::new(),
            status: Status::Live,
            rollout: None,
        };
        let same = match kind {
            PlannedKind::Workflow => {
                self.workflow(&mut planned);
                planned.from_version == planned.to_version
            }
            PlannedKind::Segment => self.old.segments.get(name) == self.new.segments.get(name),
            PlannedKind::Template => {
                let content = |built: &Built| built.templates.get(name).map(|t| t.content_hash.clone());
                content(self.old) == content(self.new)
            }
            PlannedKind::Hook => self.old.hooks.get(name) == self.new.hooks.get(name),
            PlannedKind::Catalogue => self.old.catalogues.get(name) == self.new.catalogues.get(name),
            PlannedKind::Partial => self.old.partials.get(name) == self.new.partials.get(name),
            PlannedKind::Layout => self.old.names.layouts.get(name) == self.new.names.layouts.get(name),
            PlannedKind::Policies => self.old.policies == self.new.policies,
            PlannedKind::Traits => self.old.traits == self.new.traits,
            PlannedKind::Test => false,
        };
        planned.text_only = change == Change::Changed && same;
        planned
    }

    fn workflow(&self, planned: &mut PlannedChange) {
        let name = WorkflowName::from(planned.name.as_str());
        let newest = self.newest.get(&name).copied();
        let last = newest.map(|workflow| workflow.version);
        let was_there = self.old.drafts.contains_key(&name);
        let pinned = self.current.lifecycle.get(&name).and_then(Lifecycle::entered);
        planned.from_version = pinned.or(last).filter(|_| was_there);
        let Some((_, draft)) = self.new.drafts.get(&name) else { return };
        let unchanged = newest.is_some_and(|newest| same(newest, &draft.workflow));
        planned.to_version = if unchanged { pinned.or(last) } else { Some(last.unwrap_or(0) + 1) };
        if let Some(newest) = newest.filter(|_| !unchanged && was_there) {
            steps::compare(newest, draft, planned);
        }
    }
}

/// The files by what they describe; ignored ones are left out.
fn texts(files: &[SourceFile]) -> BTreeMap<(PlannedKind, String), &str> {
    files.iter().filter_map(|file| Some((thing(file)?, file.text.as_str()))).collect()
}

fn thing(file: &SourceFile) -> Option<(PlannedKind, String)> {
    let kind = FileKind::of_path(&file.path)?;
    let named = || yaml::parse(file).0.and_then(|node| Some(node.text_of(kind.key()?)?.to_owned()));
    Some(match kind {
        FileKind::Workflow => (PlannedKind::Workflow, named()?),
        FileKind::Segment => (PlannedKind::Segment, named()?),
        FileKind::Template => (PlannedKind::Template, named()?),
        FileKind::Hook => (PlannedKind::Hook, named()?),
        FileKind::Catalogue => (PlannedKind::Catalogue, named()?),
        FileKind::Partial => (PlannedKind::Partial, named()?),
        FileKind::Layout => (PlannedKind::Layout, named()?),
        FileKind::Policies => (PlannedKind::Policies, file.path.clone()),
        FileKind::Traits => (PlannedKind::Traits, file.path.clone()),
        FileKind::Test => (PlannedKind::Test, file.path.clone()),
    })
}

#[cfg(test)]
mod tests;
