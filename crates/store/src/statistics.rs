//! Numbers for the doctor and for metrics.

use std::collections::BTreeMap;

use wend_domain::id::WorkspaceId;
use wend_domain::time::Timestamp;

use crate::error::Error;
use crate::open::Store;

/// How much there is of everything in a workspace.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Statistics {
    /// Contacts ever created.
    pub contacts: i64,
    /// Inputs ever kept in history.
    pub history: i64,
    /// Rows of the outbox by state: `pending`, `attempting`.
    pub outbox: BTreeMap<String, i64>,
    /// Queued inputs.
    pub inbox: i64,
    /// Queued inputs that could not be processed.
    pub stuck: i64,
    /// Events in quarantine.
    pub quarantine: i64,
    /// The earliest alarm.
    pub oldest_alarm: Option<Timestamp>,
    /// Changes of all workspaces that wait to be folded; always 0 on PostgreSQL.
    pub tail_changes: usize,
    /// Bytes of documents that wait to be folded; always 0 on PostgreSQL.
    pub tail_bytes: usize,
}

impl Store {
    /// How much there is of everything in a workspace.
    pub async fn statistics(&self, _workspace: &WorkspaceId) -> Result<Statistics, Error> {
        Err(Error::internal("not reachable yet"))
    }
}
