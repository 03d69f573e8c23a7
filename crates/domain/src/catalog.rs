//! Everything that a team has defined, compiled and immutable, with a revision number.

mod index;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::behaviour::{SummaryDefinition, SummaryId};
use crate::id::{SegmentName, TemplateName, WorkflowName, WorkspaceId};
use crate::policy::Policies;
use crate::segment::Segment;
use crate::template::Template;
use crate::workflow::Workflow;

pub use index::{Concern, Index};

/// A workspace's catalog.
#[derive(Debug, Clone, PartialEq)]
pub struct Catalog {
    /// Whose it is.
    pub workspace: WorkspaceId,
    /// Its number; every change makes the next one. 0 is the empty catalog.
    pub revision: u64,
    /// Workflows with all versions that may still have live runs.
    pub workflows: BTreeMap<WorkflowName, Published>,
    /// Segments.
    pub segments: BTreeMap<SegmentName, Segment>,
    /// Segments in an order in which each comes after those that its rule names.
    pub segment_order: Vec<SegmentName>,
    /// Templates.
    pub templates: BTreeMap<TemplateName, Template>,
    /// Policies.
    pub policies: Policies,
    /// Behaviour summaries that any rule asks.
    pub summaries: BTreeMap<SummaryId, SummaryDefinition>,
    /// What can concern an input, so that the portfolio is never scanned.
    pub index: Index,
}

/// A workflow's versions.
#[derive(Debug, Clone, PartialEq)]
pub struct Published {
    /// The version that new runs enter; none if the workflow was removed and only its runs remain.
    pub current: Option<u32>,
    /// By number.
    pub versions: BTreeMap<u32, Arc<Workflow>>,
}

impl Catalog {
    /// A catalog in which nothing is defined yet.
    pub fn empty(workspace: WorkspaceId) -> Self {
        Self {
            workspace,
            revision: 0,
            workflows: BTreeMap::new(),
            segments: BTreeMap::new(),
            segment_order: Vec::new(),
            templates: BTreeMap::new(),
            policies: Policies::default(),
            summaries: BTreeMap::new(),
            index: Index::default(),
        }
    }

    /// The version that new runs of a workflow enter.
    pub fn current(&self, name: &WorkflowName) -> Option<&Arc<Workflow>> {
        let published = self.workflows.get(name)?;
        published.versions.get(&published.current?)
    }

    /// A version of a workflow.
    pub fn version(&self, name: &WorkflowName, version: u32) -> Option<&Arc<Workflow>> {
        self.workflows.get(name)?.versions.get(&version)
    }
}
