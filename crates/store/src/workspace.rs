//! Workspaces: what everything belongs to.

use rusqlite::Connection;
use wend_domain::id::WorkspaceId;
use wend_domain::time::Timestamp;

use crate::driver::Transaction;
use crate::driver::sqlite;
use crate::driver::value::params;
use crate::error::Error;
use crate::open::Store;
use crate::statement::{Statement, statements};

statements! {
    ALL: Statement = Statement::Both("SELECT workspace FROM workspace ORDER BY workspace");
    CREATE: Statement = Statement::Both(
        "INSERT INTO workspace (workspace, created_at) VALUES ($1, $2) ON CONFLICT (workspace) DO NOTHING",
    );
    LOCK: Statement = Statement::Both("SELECT workspace FROM workspace WHERE workspace = $1 FOR UPDATE");
}

impl Store {
    /// All workspaces, by name.
    pub async fn workspaces(&self) -> Result<Vec<WorkspaceId>, Error> {
        let rows = self.inner.driver.query(ALL, params![]).await?;
        rows.into_iter().map(|row| row.columns("workspace").name()).collect()
    }

    /// Creates a workspace; false if it is there already.
    pub async fn workspace_create(&self, workspace: &WorkspaceId, at: Timestamp) -> Result<bool, Error> {
        Ok(self.inner.driver.execute(CREATE, params![workspace.as_str(), at]).await? > 0)
    }
}

/// All workspaces, by name (SQLite).
pub(crate) fn all(connection: &Connection) -> Result<Vec<WorkspaceId>, Error> {
    let rows = sqlite::query(connection, ALL, &[])?;
    rows.into_iter().map(|row| row.columns("workspace").name()).collect()
}

/// Makes this transaction the only one that changes what people manage in a workspace.
pub(crate) async fn lock(transaction: &mut Transaction, workspace: &WorkspaceId) -> Result<(), Error> {
    match transaction.query_first(LOCK, params![workspace.as_str()]).await? {
        Some(_) => Ok(()),
        None => Err(Error::no_workspace(workspace)),
    }
}
