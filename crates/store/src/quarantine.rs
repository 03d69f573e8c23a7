//! The quarantine: events that made no sense, with the reason, to be sent again after a fix.

use wend_domain::id::WorkspaceId;
use wend_domain::time::Timestamp;

use crate::error::Error;
use crate::open::Store;

/// The most events that a workspace's quarantine keeps; beyond it the oldest leave.
pub const QUARANTINE_ROWS_MAX: usize = 100_000;

/// An event that made no sense.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuarantineRow {
    /// Its id.
    pub id: String,
    /// When it came.
    pub at: Timestamp,
    /// What was wrong with it.
    pub reason: String,
    /// The event as it came.
    pub event_json: String,
    /// The id of the key that it came with.
    pub key_id: String,
}

impl Store {
    /// Keeps events that made no sense; an id that is there already is left as it is.
    pub async fn quarantine_add(
        &self,
        _workspace: &WorkspaceId,
        _rows: Vec<QuarantineRow>,
    ) -> Result<(), Error> {
        Err(Error::internal("not reachable yet"))
    }

    /// Events before one of them (none: up to now), latest first.
    pub async fn quarantine_list(
        &self,
        _workspace: &WorkspaceId,
        _before: Option<&str>,
        _limit: usize,
    ) -> Result<Vec<QuarantineRow>, Error> {
        Err(Error::internal("not reachable yet"))
    }

    /// One event.
    pub async fn quarantine_get(
        &self,
        _workspace: &WorkspaceId,
        _id: &str,
    ) -> Result<Option<QuarantineRow>, Error> {
        Err(Error::internal("not reachable yet"))
    }

    /// Forgets an event, because it was sent again or is not wanted; false if it isn't there.
    pub async fn quarantine_remove(&self, _workspace: &WorkspaceId, _id: &str) -> Result<bool, Error> {
        Err(Error::internal("not reachable yet"))
    }
}
