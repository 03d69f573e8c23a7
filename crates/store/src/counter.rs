//! Counters: appended as deltas, rolled up by the janitor, because a hot row would make nodes wait for each other.

use std::collections::BTreeMap;

use wend_domain::id::WorkspaceId;

use crate::error::Error;
use crate::open::Store;

impl Store {
    /// All counters of a workspace, without the store's own.
    pub async fn counters(&self, _workspace: &WorkspaceId) -> Result<BTreeMap<String, i64>, Error> {
        Err(Error::internal("not reachable yet"))
    }
}
