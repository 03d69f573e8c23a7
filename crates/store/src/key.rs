//! Keys of the API; only their hashes are kept.

use wend_domain::id::WorkspaceId;
use wend_domain::time::Timestamp;

use crate::driver::value::{Row, params};
use crate::error::Error;
use crate::open::Store;
use crate::statement::{Statement, statements};
use crate::workspace;

/// A key of the API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRow {
    /// Its id, which may be shown.
    pub id: String,
    /// Whose.
    pub workspace: WorkspaceId,
    /// What people call it.
    pub name: String,
    /// What it may do.
    pub scope: String,
    /// The hash of the secret.
    pub hash: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it stopped being valid.
    pub revoked_at: Option<Timestamp>,
}

/// The columns of a row, in the order in which [`read`] reads them.
macro_rules! columns {
    () => {
        "id, workspace, name, scope, hash, created_at, revoked_at"
    };
}

statements! {
    CREATE: Statement = Statement::Both(concat!(
        "INSERT INTO api_key (", columns!(), ") VALUES ($1, $2, $3, $4, $5, $6, $7)",
    ));
    BY_HASH: Statement = Statement::Both(concat!("SELECT ", columns!(), " FROM api_key WHERE hash = $1"));
    ALL: Statement = Statement::Both(concat!(
        "SELECT ", columns!(), " FROM api_key WHERE workspace = $1 ORDER BY created_at, id",
    ));
    REVOKE: Statement = Statement::Both(
        "UPDATE api_key SET revoked_at = $3 WHERE workspace = $1 AND id = $2 AND revoked_at IS NULL",
    );
}

impl Store {
    /// Keeps a new key.
    pub async fn key_create(&self, key: KeyRow) -> Result<(), Error> {
        let mut transaction = self.inner.driver.begin().await?;
        workspace::lock(&mut transaction, &key.workspace).await?;
        let params = params![
            key.id,
            key.workspace.as_str(),
            key.name,
            key.scope,
            key.hash,
            key.created_at,
            key.revoked_at
        ];
        transaction.execute(CREATE, params).await?;
        transaction.commit().await
    }

    /// The key with this hash, also if it is revoked.
    pub async fn key_by_hash(&self, hash: &str) -> Result<Option<KeyRow>, Error> {
        self.inner.driver.query_first(BY_HASH, params![hash]).await?.map(read).transpose()
    }

    /// The keys of a workspace, oldest first.
    pub async fn keys(&self, workspace: &WorkspaceId) -> Result<Vec<KeyRow>, Error> {
        let rows = self.inner.driver.query(ALL, params![workspace.as_str()]).await?;
        rows.into_iter().map(read).collect()
    }

    /// Revokes a key; false if there is no valid one of this id.
    pub async fn key_revoke(&self, workspace: &WorkspaceId, id: &str, at: Timestamp) -> Result<bool, Error> {
        Ok(self.inner.driver.execute(REVOKE, params![workspace.as_str(), id, at]).await? > 0)
    }
}

fn read(row: Row) -> Result<KeyRow, Error> {
    let mut row = row.columns("api_key");
    Ok(KeyRow {
        id: row.text()?,
        workspace: row.name()?,
        name: row.text()?,
        scope: row.text()?,
        hash: row.text()?,
        created_at: row.time()?,
        revoked_at: row.optional_time()?,
    })
}
