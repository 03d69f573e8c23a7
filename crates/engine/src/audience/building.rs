//! Which segments are being built: new or changed ones are, until every contact has taken in what they mean now
//! (SEMANTICS 9.5).
//!
//! No decision about a contact waits for that: whatever a contact takes next brings it up to date first, with its
//! history if need be. What waits is whoever asks for all contacts of a segment at once.

use serde::{Deserialize, Serialize};
use wend_domain::catalog::Catalog;
use wend_domain::id::{SegmentName, WorkspaceId};
use wend_store::{Job, RECOMPUTE, Store};

use crate::changes::json;
use crate::engine::Engine;

/// How far all memberships are built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Built {
    /// The revision up to which every contact has taken in what segments mean.
    pub whole: u64,
    /// The job that tells contacts of a later one; none if there is none, or all has been told.
    pub job: Option<Job>,
}

/// The part of a job's parameters that says up to which revision all was whole when it was made.
#[derive(Serialize, Deserialize)]
struct Params {
    kind: String,
    whole: u64,
}

impl Built {
    /// Whether a segment is being built.
    pub fn is_building(&self, catalog: &Catalog, segment: &SegmentName) -> bool {
        self.job.as_ref().is_some_and(|job| !job.cancelled) && self.lacks(catalog, segment)
    }

    /// Whether somebody has stopped the job that was building a segment, so that some contacts don't know of it.
    pub fn is_incomplete(&self, catalog: &Catalog, segment: &SegmentName) -> bool {
        self.job.as_ref().is_some_and(|job| job.cancelled) && self.lacks(catalog, segment)
    }

    fn lacks(&self, catalog: &Catalog, segment: &SegmentName) -> bool {
        catalog.segment_since(segment) > self.whole
    }

    /// What a job that tells contacts of the next revision keeps.
    pub(crate) fn params(&self) -> String {
        json(&Params { kind: RECOMPUTE.to_owned(), whole: self.whole })
    }
}

/// How far the memberships of a workspace are built.
pub(crate) async fn built(store: &Store, catalog: &Catalog) -> anyhow::Result<Built> {
    let workspace = &catalog.workspace;
    let Some(job) = store.job_latest(workspace, RECOMPUTE).await? else {
        return Ok(Built { whole: catalog.revision, job: None });
    };
    let all_told = job.finished && !job.cancelled;
    if all_told && !store.inbox_has_source(workspace, &format!("job:{}", job.id)).await? {
        return Ok(Built { whole: catalog.revision.max(job.revision), job: None });
    }
    // A job of before this was kept says nothing: then nothing counts as whole.
    let whole = serde_json::from_str(&job.params_json).map_or(0, |params: Params| params.whole);
    Ok(Built { whole, job: Some(job) })
}

impl Engine {
    /// How far the memberships of a workspace are built.
    pub async fn built(&self, workspace: &WorkspaceId) -> anyhow::Result<Built> {
        built(self.store(), &self.catalog(workspace)).await
    }
}
