//! Keys of the API; only their hashes are kept.

use wend_domain::id::WorkspaceId;
use wend_domain::time::Timestamp;

use crate::error::Error;
use crate::open::Store;

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

impl Store {
    /// Keeps a new key.
    pub async fn key_create(&self, _key: KeyRow) -> Result<(), Error> {
        Err(Error::internal("not reachable yet"))
    }

    /// The key with this hash, also if it is revoked.
    pub async fn key_by_hash(&self, _hash: &str) -> Result<Option<KeyRow>, Error> {
        Err(Error::internal("not reachable yet"))
    }

    /// The keys of a workspace, oldest first.
    pub async fn keys(&self, _workspace: &WorkspaceId) -> Result<Vec<KeyRow>, Error> {
        Err(Error::internal("not reachable yet"))
    }

    /// Revokes a key; false if there is no valid one of this id.
    pub async fn key_revoke(
        &self,
        _workspace: &WorkspaceId,
        _id: &str,
        _at: Timestamp,
    ) -> Result<bool, Error> {
        Err(Error::internal("not reachable yet"))
    }
}
