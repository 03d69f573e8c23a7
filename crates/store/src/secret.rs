//! Secrets of calls: sealed texts, which nothing in here can open.

use std::collections::BTreeMap;

use wend_domain::id::WorkspaceId;
use wend_domain::time::Timestamp;

use crate::driver::value::{Row, params};
use crate::error::Error;
use crate::open::Store;
use crate::statement::{Statement, statements};

/// The most secrets of a workspace.
pub const SECRETS_MAX: usize = 1_000;

/// A secret, without what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretRow {
    /// Its name.
    pub name: String,
    /// When it was set.
    pub at: Timestamp,
    /// By whom.
    pub by: String,
}

statements! {
    ALL: Statement = Statement::Both("SELECT name, at, set_by FROM secret WHERE workspace = $1 ORDER BY name");
    SEALED: Statement = Statement::Both("SELECT name, sealed FROM secret WHERE workspace = $1 ORDER BY name");
    PUT: Statement = Statement::Both(
        "INSERT INTO secret (workspace, name, sealed, at, set_by)
         SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($3 AS TEXT), CAST($4 AS BIGINT), CAST($5 AS TEXT)
         WHERE (SELECT COUNT(*) FROM secret WHERE workspace = $1 AND name <> $2) < $6
         ON CONFLICT (workspace, name) DO UPDATE SET sealed = excluded.sealed, at = excluded.at,
         set_by = excluded.set_by",
    );
    REMOVE: Statement = Statement::Both("DELETE FROM secret WHERE workspace = $1 AND name = $2");
}

impl Store {
    /// The names of a workspace's secrets.
    pub async fn secrets(&self, workspace: &WorkspaceId) -> Result<Vec<SecretRow>, Error> {
        let rows = self.inner.driver.query(ALL, params![workspace.as_str()]).await?;
        let read = |row: Row| {
            let mut row = row.columns("secret");
            Ok(SecretRow { name: row.text()?, at: row.time()?, by: row.text()? })
        };
        rows.into_iter().map(read).collect()
    }

    /// A workspace's secrets as they are sealed, by name.
    pub async fn secrets_sealed(&self, workspace: &WorkspaceId) -> Result<BTreeMap<String, String>, Error> {
        let rows = self.inner.driver.query(SEALED, params![workspace.as_str()]).await?;
        let read = |row: Row| {
            let mut row = row.columns("secret");
            Ok((row.text()?, row.text()?))
        };
        rows.into_iter().map(read).collect()
    }

    /// Sets a secret, sealed; false if there are [`SECRETS_MAX`] others.
    pub async fn secret_set(
        &self,
        workspace: &WorkspaceId,
        row: SecretRow,
        sealed: &str,
    ) -> Result<bool, Error> {
        let params = params![workspace.as_str(), row.name, sealed, row.at, row.by, SECRETS_MAX];
        Ok(self.inner.driver.execute(PUT, params).await? > 0)
    }

    /// Removes a secret; false if there is none of this name.
    pub async fn secret_remove(&self, workspace: &WorkspaceId, name: &str) -> Result<bool, Error> {
        Ok(self.inner.driver.execute(REMOVE, params![workspace.as_str(), name]).await? > 0)
    }
}
