//! Jobs: something that every contact must hear of, page by page through their inboxes.

use wend_domain::id::{ContactId, WorkspaceId};

use crate::error::Error;
use crate::open::Store;

/// The kind of job that shows a new catalog to every contact.
pub const RECOMPUTE: &str = "recompute";

/// A job, and how far it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Its number.
    pub id: i64,
    /// Whose.
    pub workspace: WorkspaceId,
    /// What it is for.
    pub kind: String,
    /// The catalog's revision that it is about.
    pub revision: u64,
    /// The last contact that it has been told to.
    pub cursor: Option<ContactId>,
    /// How many contacts have been told.
    pub done: u64,
    /// How many contacts there were when it began.
    pub total: u64,
    /// Whether all have been told.
    pub finished: bool,
}

impl Store {
    /// The oldest job that isn't finished.
    pub async fn job_next(&self) -> Result<Option<Job>, Error> {
        Err(Error::internal("not reachable yet"))
    }

    /// Queues the inputs of one page and moves the job on; false, and nothing done, if another node moved it first.
    pub async fn job_advance(
        &self,
        _job: &Job,
        _inputs: Vec<(ContactId, String, String)>,
        _cursor: Option<ContactId>,
        _finished: bool,
    ) -> Result<bool, Error> {
        Err(Error::internal("not reachable yet"))
    }

    /// The jobs of a workspace, latest first.
    pub async fn jobs(&self, _workspace: &WorkspaceId) -> Result<Vec<Job>, Error> {
        Err(Error::internal("not reachable yet"))
    }
}
