//! Opening and closing the store.

use std::path::PathBuf;
use std::sync::Arc;

use wend_domain::id::WorkspaceId;

use crate::error::Error;
use crate::work::Work;

/// Where everything is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Database {
    /// One file in a folder that belongs to one process at a time.
    Sqlite {
        /// The folder; it is created if missing.
        folder: PathBuf,
    },
    /// A PostgreSQL that any number of nodes share.
    Postgres {
        /// `postgres://user:password@host:port/database`.
        url: String,
    },
}

/// What the store must know to open.
#[derive(Debug, Clone)]
pub struct StoreOptions {
    /// Where everything is kept.
    pub database: Database,
    /// The name of this process, of no other and of no earlier one: attempts are claimed under it.
    pub node: String,
    /// SQLite: how many changes may wait to be folded.
    pub tail_changes_max: usize,
    /// SQLite: how many bytes of documents may wait to be folded.
    pub tail_bytes_max: usize,
}

/// Everything that survives a crash. Cheap to clone: all clones are the same store.
#[derive(Clone)]
pub struct Store {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {}

impl Store {
    /// Opens the database: migrates it, takes the folder (SQLite) or the node's name (PostgreSQL), and rebuilds the
    /// tail of changes that were not folded yet.
    pub async fn open(_options: StoreOptions) -> Result<Self, Error> {
        Err(Error::internal("not reachable yet"))
    }

    /// Applies the migrations that are missing and answers their names.
    pub async fn migrate(_database: &Database) -> Result<Vec<String>, Error> {
        Err(Error::internal("not reachable yet"))
    }

    /// Begins one transaction of a workspace; on SQLite it waits until it is the only one.
    pub async fn begin(&self, _workspace: &WorkspaceId) -> Result<Work, Error> {
        Err(Error::internal("not reachable yet"))
    }

    /// Closes the database in order; a store that is dropped instead loses nothing.
    pub async fn close(self) -> Result<(), Error> {
        Err(Error::internal("not reachable yet"))
    }
}
