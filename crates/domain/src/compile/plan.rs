//! What applying a folder would change (SEMANTICS 9.2).

mod difference;
mod migration;
mod steps;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::build::{Built, assemble, build, versions};
use super::{Portfolio, PublishedVersion, compile, rollout};
use crate::behaviour::SummaryId;
use crate::catalog::{Catalog, Status};
use crate::id::{StepId, WorkflowName, WorkspaceId};
use crate::input::Migration;
use crate::source::diagnostic::{Diagnostic, any_error, in_order};
use crate::source::grammar::FileKind;
use crate::source::{SourceFile, yaml};
use crate::time::Timestamp;
use crate::workflow::Workflow;

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
    fn none(diagnostics: Vec<Diagnostic>) -> Self {
        let (next, catalog, changes, migrations) = (None, None, Vec::new(), Vec::new());
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
    Hook,
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
    _choices: &Choices,
    _at: Timestamp,
) -> Planned {
    files.sort();
    let mut built = build(&files);
    let published = versions(&current.versions, &mut built);
    let diagnostics = in_order(std::mem::take(&mut built.diagnostics));
    if any_error(&diagnostics) {
        return Planned::none(diagnostics);
    }
    let newest: BTreeMap<&WorkflowName, &Workflow> =
        published.iter().map(|version| (&version.name, &version.draft.workflow)).collect();
    let changes =
        Comparison { old: &build(&current.files), new: &built, newest: &newest, current, files: &files }
            .all();
    let mut next = Portfolio { files, summaries: BTreeMap::new(), ..current.clone() };
    for (name, (path, draft)) in &built.drafts {
        let known = newest.get(name);
        if known.is_some_and(|known| same(known, &draft.workflow)) {
            continue;
        }
        let last =
            current.versions.iter().filter(|version| version.workflow == *name).map(|v| v.version).max();
        let source = next.files.iter().find(|file| file.path == *path).cloned();
        next.versions.extend(source.map(|source| PublishedVersion {
            workflow: name.clone(),
            version: last.unwrap_or(0) + 1,
            source,
        }));
    }
    let published = versions(&next.versions, &mut built);
    let draft = assemble(workspace, revision, built, published, &next);
    next.summaries = since(revision, workspace, current, &draft);
    let catalog = compile(workspace, revision, &next).catalog;
    let tell = catalog.as_ref().is_some_and(|catalog| catalog.definitions == revision);
    let next = catalog.is_some().then_some(next);
    Planned { next, catalog, changes, diagnostics, migrations: Vec::new(), tell }
}

/// The revision that first had each summary as it is now.
///
/// A summary of which a rule newly asks more (a longer window, more occurrences) begins anew: documents don't hold
/// what it now needs (SEMANTICS 9.5).
fn since(
    revision: u64,
    workspace: &WorkspaceId,
    current: &Portfolio,
    draft: &Catalog,
) -> BTreeMap<SummaryId, u64> {
    let before =
        compile(workspace, revision, current).catalog.map(|catalog| catalog.summaries).unwrap_or_default();
    let since = |id: &SummaryId| {
        let (old, new) = (before.get(id)?, &draft.summaries[id]);
        let enough = |n: Option<usize>| n.unwrap_or(usize::MAX);
        let wider = new.window_max > old.window_max || enough(new.newest_enough) > enough(old.newest_enough);
        current.summaries.get(id).copied().filter(|_| !wider)
    };
    draft.summaries.keys().map(|id| (id.clone(), since(id).unwrap_or(revision))).collect()
}

/// Whether two versions of a workflow do the same.
fn same(a: &Workflow, b: &Workflow) -> bool {
    let bare = |workflow: &Workflow| {
        let mut workflow = Workflow { version: 0, ..workflow.clone() };
        workflow.steps.iter_mut().for_each(|step| step.line = 0);
        workflow
    };
    bare(a) == bare(b)
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
            PlannedKind::Policies => self.old.policies == self.new.policies,
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
        planned.from_version = last.filter(|_| was_there);
        let Some((_, draft)) = self.new.drafts.get(&name) else { return };
        let unchanged = newest.is_some_and(|newest| same(newest, &draft.workflow));
        planned.to_version = if unchanged { last } else { Some(last.unwrap_or(0) + 1) };
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
        FileKind::Policies => (PlannedKind::Policies, file.path.clone()),
        FileKind::Test => (PlannedKind::Test, file.path.clone()),
    })
}
