//! The janitor: folds, rolls up counters and enforces retention, a bounded piece at a time.

use std::collections::BTreeMap;

use wend_domain::time::Timestamp;

use crate::error::Error;
use crate::open::Store;

/// What the janitor has done in one go.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JanitorReport {
    /// Contacts whose changes were folded.
    pub folded: usize,
    /// Counter deltas that were rolled up.
    pub rolled_up: u64,
    /// Rows whose time was over, by table.
    pub removed: BTreeMap<&'static str, u64>,
    /// Whether there is more to do at once.
    pub more: bool,
}

impl Store {
    /// Does a bounded piece of the housekeeping.
    pub async fn janitor(&self, _at: Timestamp) -> Result<JanitorReport, Error> {
        Err(Error::internal("not reachable yet"))
    }

    /// Folds everything.
    pub async fn fold_all(&self) -> Result<(), Error> {
        Err(Error::internal("not reachable yet"))
    }
}
