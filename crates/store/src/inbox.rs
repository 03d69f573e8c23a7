//! The inbox: inputs that wait for their contact, in order.

use wend_domain::id::{ContactId, WorkspaceId};
use wend_domain::time::Timestamp;

use crate::error::Error;
use crate::open::Store;

/// An input to queue for a contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewInbox {
    /// For whom.
    pub contact: ContactId,
    /// Where it comes from: while one of this source waits for the contact, a second one is not queued.
    pub source: String,
    /// The input.
    pub input_json: String,
    /// Why it could not be processed, if that was tried; nothing of the contact is taken until it is released.
    pub stuck: Option<String>,
    /// When it was queued.
    pub at: Timestamp,
}

/// An input that waits for its contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboxRow {
    /// Its number; inputs are taken in this order.
    pub seq: i64,
    /// For whom.
    pub contact: ContactId,
    /// Where it comes from.
    pub source: String,
    /// The input.
    pub input_json: String,
    /// When it was queued.
    pub created_at: Timestamp,
    /// Why it could not be processed, if that was tried.
    pub error: Option<String>,
}

impl Store {
    /// The workspaces in which queued inputs can be taken.
    pub async fn inbox_ready_workspaces(&self) -> Result<Vec<WorkspaceId>, Error> {
        Err(Error::internal("not reachable yet"))
    }

    /// Inputs that could not be processed, with why, oldest first.
    pub async fn stuck(&self, _workspace: &WorkspaceId, _limit: usize) -> Result<Vec<InboxRow>, Error> {
        Err(Error::internal("not reachable yet"))
    }

    /// Lets a stuck input be tried again, or drops it (the audit keeps it); false if there is none of this number.
    pub async fn stuck_release(
        &self,
        _workspace: &WorkspaceId,
        _seq: i64,
        _drop: bool,
        _at: Timestamp,
    ) -> Result<bool, Error> {
        Err(Error::internal("not reachable yet"))
    }
}
