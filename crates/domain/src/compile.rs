//! From the files of a portfolio to a catalog, or to everything that is wrong with them at once.
//!
//! Read in this order: `files` (text to trees), `names` (what there is, and references to it), `operand` and `predicate`
//! (conditions), `traits` and `types` (what is said of traits, and whether conditions agree), `summaries` (what
//! conditions ask of the past), `workflow`, `triggers`, `steps` and `flow` (what happens,
//! and whether it can), `segments`, `templates` with `parts` and `known` (for a crate that knows Liquid), `policies` and `portfolio`
//! (policies of several workflows together), `hooks` (incoming webhooks), `catalogues`, `build` (all of it), `condition`
//! (one outside of any file), `plan` (what applying would
//! change), [`lifecycle`] and [`rollout`] (what is done to a workflow that is published).

mod build;
mod catalogues;
mod condition;
mod files;
mod flow;
mod hooks;
mod known;
pub mod lifecycle;
mod names;
mod operand;
mod others;
mod parts;
mod plan;
mod policies;
mod portfolio;
mod predicate;
pub mod rollout;
mod segments;
mod steps;
mod summaries;
mod templates;
mod traits;
mod triggers;
mod types;
mod workflow;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::behaviour::SummaryId;
use crate::catalog::Catalog;
use crate::id::{SegmentName, WorkflowName, WorkspaceId};
use crate::source::diagnostic::{any_error, in_order};
use crate::source::grammar::FileKind;
use crate::source::{Diagnostic, SourceFile, yaml};

use self::lifecycle::Lifecycle;

pub use condition::{condition, question};
pub use known::{Known, known};
pub use parts::{Head, PartSource, template_name, template_parts};
pub use plan::{
    Change, Choices, Conflict, MigrationChoice, MigrationDefault, Planned, PlannedChange, PlannedKind,
    PlannedMove, difference, plan, plan_with,
};
pub(crate) use steps::needs_id;
pub use workflow::NO_CATEGORY;

/// A published version of a workflow, as the store keeps it: its text never changes (SEMANTICS 9.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedVersion {
    /// The workflow.
    pub workflow: WorkflowName,
    /// The version, from 1.
    pub version: u32,
    /// The file as it was published.
    pub source: SourceFile,
}

/// All that a revision of the catalog is made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Portfolio {
    /// The files as applied, byte for byte, sorted by path: `pull` gives them back.
    pub files: Vec<SourceFile>,
    /// Every version of every workflow ever published, oldest first.
    pub versions: Vec<PublishedVersion>,
    /// Behaviour summaries in use, with the revision that first had them (SEMANTICS 9.5).
    #[serde(default)]
    pub summaries: BTreeMap<SummaryId, u64>,
    /// Segments, with the revision since which each is as it is: until every contact has been told of that revision, it
    /// is being built (SEMANTICS 9.5).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub segments: BTreeMap<SegmentName, u64>,
    /// How workflows are that aren't simply live, and those that don't enter their newest version (SEMANTICS 9.3, 9.4).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub lifecycle: BTreeMap<WorkflowName, Lifecycle>,
    /// The revision that last changed what documents are kept by: segments, summaries, policies, or the versions that
    /// are entered. 0 in a portfolio that was stored before it was kept: then it is the portfolio's own.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub definitions: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's skip_serializing_if wants a reference")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// Whether the files describe the workflow.
fn current_file(portfolio: &Portfolio, workflow: &WorkflowName) -> bool {
    let is_described = |file: &SourceFile| {
        FileKind::of_path(&file.path) == Some(FileKind::Workflow)
            && yaml::parse(file).0.is_some_and(|node| node.text_of("workflow") == Some(workflow.as_str()))
    };
    portfolio.files.iter().any(is_described)
}

/// What compiling gave: a catalog if there is no error, and all findings.
#[derive(Debug, Clone, PartialEq)]
pub struct Compiled {
    /// The catalog; none if there was an error.
    pub catalog: Option<Catalog>,
    /// Everything found, in the order of file and place.
    pub diagnostics: Vec<Diagnostic>,
}

/// Compiles a portfolio as revision `revision` of a workspace's catalog.
///
/// The newest version of a workflow that the files describe is its current one. Older versions, and those of removed
/// workflows, may name templates and segments that are gone. A workflow without any version counts as version 1: a
/// folder that was never applied can be compiled as it is.
pub fn compile(workspace: &WorkspaceId, revision: u64, portfolio: &Portfolio) -> Compiled {
    let mut built = build::build(&portfolio.files);
    let versions = build::versions(&portfolio.versions, &mut built);
    let diagnostics = in_order(std::mem::take(&mut built.diagnostics));
    let catalog =
        (!any_error(&diagnostics)).then(|| build::assemble(workspace, revision, built, versions, portfolio));
    Compiled { catalog, diagnostics }
}

#[cfg(test)]
mod tests;
