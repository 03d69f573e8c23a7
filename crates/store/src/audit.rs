//! The audit: who did what to the installation.

use wend_domain::id::WorkspaceId;
use wend_domain::time::Timestamp;

use crate::error::Error;
use crate::open::Store;

/// One thing that somebody did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRow {
    /// Its number, in the order in which things were done.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: String,
    /// What.
    pub what_json: String,
}

impl Store {
    /// Notes what somebody did.
    pub async fn audit_add(
        &self,
        _workspace: &WorkspaceId,
        _at: Timestamp,
        _by: &str,
        _what_json: &str,
    ) -> Result<(), Error> {
        Err(Error::internal("not reachable yet"))
    }

    /// What was done before a number (none: up to now), latest first.
    pub async fn audit(
        &self,
        _workspace: &WorkspaceId,
        _before: Option<i64>,
        _limit: usize,
    ) -> Result<Vec<AuditRow>, Error> {
        Err(Error::internal("not reachable yet"))
    }
}
