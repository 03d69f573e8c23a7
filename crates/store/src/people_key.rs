//! The key of a workspace's signed links and of the hashes of its suppressed addresses.

use wend_domain::id::WorkspaceId;
use wend_domain::time::Timestamp;

use crate::driver::value::{Row, params};
use crate::error::Error;
use crate::open::Store;
use crate::statement::{Statement, statements};

statements! {
    GET: Statement = Statement::Both("SELECT key_text FROM workspace_key WHERE workspace = $1");
    PUT: Statement = Statement::Both(
        "INSERT INTO workspace_key (workspace, key_text, at) VALUES ($1, $2, $3) ON CONFLICT (workspace) DO NOTHING",
    );
}

impl Store {
    /// A workspace's key as it is kept; none if there is none yet.
    pub async fn workspace_key(&self, workspace: &WorkspaceId) -> Result<Option<String>, Error> {
        let rows = self.inner.driver.query(GET, params![workspace.as_str()]).await?;
        let read = |row: Row| row.columns("workspace_key").text();
        rows.into_iter().next().map(read).transpose()
    }

    /// Keeps a workspace's key unless there is one; answers the one that is kept.
    pub async fn workspace_key_put(
        &self,
        workspace: &WorkspaceId,
        key_text: &str,
        at: Timestamp,
    ) -> Result<String, Error> {
        self.inner.driver.execute(PUT, params![workspace.as_str(), key_text, at]).await?;
        let kept = self.workspace_key(workspace).await?;
        kept.ok_or_else(|| Error::internal("the key of a workspace is gone right after it was kept"))
    }
}
