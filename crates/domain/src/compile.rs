//! From the files of a portfolio to a catalog, or to everything that is wrong with them at once.
//!
//! Read in this order: `files` (text to trees), `names` (what there is, and references to it), `operand` and `predicate`
//! (conditions), `summaries` (what conditions ask of the past), `workflow`, `steps` and `flow` (what happens, and whether
//! it can), `segments`, `templates` with `parts` (for a crate that knows Liquid), `policies` and `portfolio`
//! (policies of several workflows together), `build` (all of it), `plan` (what applying would change).

mod build;
mod files;
mod flow;
mod names;
mod operand;
mod parts;
mod plan;
mod policies;
mod portfolio;
mod predicate;
mod segments;
mod steps;
mod summaries;
mod templates;
mod workflow;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::behaviour::SummaryId;
use crate::catalog::Catalog;
use crate::id::{WorkflowName, WorkspaceId};
use crate::source::diagnostic::{any_error, in_order};
use crate::source::{Diagnostic, SourceFile};

pub use parts::{PartSource, template_parts};
pub use plan::{Change, Planned, PlannedChange, PlannedKind, plan};
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
    let catalog = (!any_error(&diagnostics))
        .then(|| build::assemble(workspace, revision, built, versions, &portfolio.summaries));
    Compiled { catalog, diagnostics }
}

#[cfg(test)]
mod tests;
