//! What came in for a contact and what was decided, in order, kept for "why" and for replays.

use wend_domain::id::{ContactId, EventName, WorkspaceId};
use wend_domain::time::Timestamp;

use crate::error::Error;
use crate::open::Store;

/// One input of a contact that was processed, to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewHistory {
    /// Whose.
    pub contact: ContactId,
    /// When the contact took it.
    pub at: Timestamp,
    /// The catalog that it was decided with.
    pub catalog_revision: u64,
    /// The event's name, if it was an event.
    pub event: Option<EventName>,
    /// When the client says that it happened, if it was an event.
    pub occurred_at: Option<Timestamp>,
    /// The input.
    pub input_json: String,
    /// What was decided, and why.
    pub record_json: String,
}

/// One input of a contact as it was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryRow {
    /// Its number: later ones of the same contact have higher ones.
    pub seq: i64,
    /// Whose.
    pub contact: ContactId,
    /// When the contact took it.
    pub at: Timestamp,
    /// The catalog that it was decided with.
    pub catalog_revision: u64,
    /// The event's name, if it was an event.
    pub event: Option<EventName>,
    /// When the client says that it happened, if it was an event.
    pub occurred_at: Option<Timestamp>,
    /// The input.
    pub input_json: String,
    /// What was decided, and why.
    pub record_json: String,
}

impl Store {
    /// A contact's history after a number, oldest first.
    pub async fn history(
        &self,
        _workspace: &WorkspaceId,
        _contact: ContactId,
        _after_seq: i64,
        _limit: usize,
    ) -> Result<Vec<HistoryRow>, Error> {
        Err(Error::internal("not reachable yet"))
    }
}
