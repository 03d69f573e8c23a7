//! Workspaces: what everything belongs to.

use wend_domain::id::WorkspaceId;
use wend_domain::time::Timestamp;

use crate::error::Error;
use crate::open::Store;

impl Store {
    /// All workspaces, by name.
    pub async fn workspaces(&self) -> Result<Vec<WorkspaceId>, Error> {
        Err(Error::internal("not reachable yet"))
    }

    /// Creates a workspace; false if it is there already.
    pub async fn workspace_create(&self, _workspace: &WorkspaceId, _at: Timestamp) -> Result<bool, Error> {
        Err(Error::internal("not reachable yet"))
    }
}
