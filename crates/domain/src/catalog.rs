//! Everything that a team has defined, compiled and immutable, with a revision number.

mod index;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::behaviour::{SummaryDefinition, SummaryId};
use crate::catalogue::Catalogue;
use crate::hook::Hook;
use crate::id::{
    CatalogueName, ContactId, HookName, SegmentName, TemplateName, WorkflowName, WorkspaceId, chance,
};
use crate::policy::Policies;
use crate::profile::Traits;
use crate::segment::Segment;
use crate::template::{Partial, Template};
use crate::workflow::Workflow;

pub use index::{Concern, Index, Place};

/// A workspace's catalog.
#[derive(Debug, Clone, PartialEq)]
pub struct Catalog {
    /// Whose it is.
    pub workspace: WorkspaceId,
    /// Its number; every change makes the next one. 0 is the empty catalog.
    pub revision: u64,
    /// The revision at which segments, summaries or triggers last changed: documents of an older one are brought up to
    /// date; a pause or a stop of a workflow is none.
    pub definitions: u64,
    /// Workflows with all versions that may still have live runs.
    pub workflows: BTreeMap<WorkflowName, Published>,
    /// Segments.
    pub segments: BTreeMap<SegmentName, Segment>,
    /// Segments in an order in which each comes after those that its rule names.
    pub segment_order: Vec<SegmentName>,
    /// The revision since which each segment means what it means now; one that isn't here, since this one.
    pub segments_since: BTreeMap<SegmentName, u64>,
    /// Templates.
    pub templates: BTreeMap<TemplateName, Template>,
    /// Incoming webhooks.
    pub hooks: BTreeMap<HookName, Hook>,
    /// What templates look up.
    pub catalogues: Arc<BTreeMap<CatalogueName, Catalogue>>,
    /// Pieces of content that templates print, by name.
    pub partials: Arc<BTreeMap<String, Partial>>,
    /// What is said of traits.
    pub traits: Traits,
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
    /// Whether it moves.
    pub status: Status,
    /// The version that takes the place of the current one, contact by contact.
    pub rollout: Option<Rollout>,
}

/// Whether a workflow moves (SEMANTICS 9.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It does.
    #[default]
    Live,
    /// Nobody enters; runs rest where they are, their timers kept.
    Paused,
    /// Nobody enters, nothing advances, nothing is attempted.
    Halted,
    /// Nobody enters; its runs go on to their end.
    Archived,
}

impl Status {
    /// Whether runs go on: those of an archived workflow do.
    pub fn moves(self) -> bool {
        matches!(self, Self::Live | Self::Archived)
    }
}

/// A version that reaches a share of all contacts (SEMANTICS 9.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rollout {
    /// The new version.
    pub version: u32,
    /// How many of 10,000 contacts enter it; the others enter the current one.
    pub of_10_000: u32,
}

impl Catalog {
    /// A catalog in which nothing is defined yet.
    pub fn empty(workspace: WorkspaceId) -> Self {
        Self {
            workspace,
            revision: 0,
            definitions: 0,
            workflows: BTreeMap::new(),
            segments: BTreeMap::new(),
            segment_order: Vec::new(),
            segments_since: BTreeMap::new(),
            templates: BTreeMap::new(),
            hooks: BTreeMap::new(),
            catalogues: Arc::default(),
            partials: Arc::default(),
            traits: Traits::default(),
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

    /// The versions of a workflow that contacts enter now: the current one, and the one that is rolled out.
    pub fn entered(&self, name: &WorkflowName) -> impl Iterator<Item = &Arc<Workflow>> {
        let published = self.workflows.get(name);
        let rollout = published.and_then(|published| published.rollout).map(|rollout| rollout.version);
        let current = published.and_then(|published| published.current);
        let rollout = rollout.filter(|version| current.is_some() && current != Some(*version));
        let version = move |version| published.and_then(|published| published.versions.get(&version));
        current.into_iter().chain(rollout).filter_map(version)
    }

    /// The version of a workflow that this contact enters: the draw doesn't depend on the version, so nobody flips back
    /// while a rollout grows (SEMANTICS 9.3).
    pub fn version_for(&self, name: &WorkflowName, contact: ContactId) -> Option<&Arc<Workflow>> {
        let published = self.workflows.get(name)?;
        let current = published.current?;
        let version = published.rollout.filter(|rollout| {
            let parts: [&[u8]; 3] =
                [self.workspace.as_str().as_bytes(), name.as_str().as_bytes(), &contact.to_bytes()];
            chance("rollout", &parts, 10_000) < u64::from(rollout.of_10_000)
        });
        published.versions.get(&version.map_or(current, |rollout| rollout.version))
    }

    /// The revision since which a segment means what it means now.
    pub fn segment_since(&self, name: &SegmentName) -> u64 {
        self.segments_since.get(name).copied().unwrap_or(self.revision)
    }

    /// Whether a workflow moves.
    pub fn status(&self, name: &WorkflowName) -> Status {
        self.workflows.get(name).map_or(Status::Live, |published| published.status)
    }

    /// Whether messages of a workflow may be attempted now: not while it is paused or stopped (SEMANTICS 9.4).
    pub fn may_attempt(&self, name: &WorkflowName) -> bool {
        self.status(name).moves()
    }

    /// A version of a workflow.
    pub fn version(&self, name: &WorkflowName, version: u32) -> Option<&Arc<Workflow>> {
        self.workflows.get(name)?.versions.get(&version)
    }
}
