//! Catalogs: everything a team has defined, by revision. A published revision never changes (SEMANTICS 9.1).

use wend_domain::id::WorkspaceId;
use wend_domain::time::Timestamp;

use crate::error::Error;
use crate::open::Store;

/// A published catalog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogRow {
    /// Its number: the first is 1, each is one more than the last.
    pub revision: u64,
    /// When it was published.
    pub at: Timestamp,
    /// By whom.
    pub by: String,
    /// What it says.
    pub portfolio_json: String,
}

/// What became of a publication.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Publish {
    /// It is the latest now.
    Published,
    /// Somebody else published meanwhile: look at theirs, and publish again on top.
    Conflict {
        /// The latest revision.
        revision: u64,
    },
}

impl Store {
    /// The latest catalog; none if nothing was ever published.
    pub async fn catalog_latest(&self, _workspace: &WorkspaceId) -> Result<Option<CatalogRow>, Error> {
        Err(Error::internal("not reachable yet"))
    }

    /// The latest revision, 0 if nothing was ever published; cheap enough to ask every second.
    pub async fn catalog_revision_number(&self, _workspace: &WorkspaceId) -> Result<u64, Error> {
        Err(Error::internal("not reachable yet"))
    }

    /// The catalog of a revision.
    pub async fn catalog_at(
        &self,
        _workspace: &WorkspaceId,
        _revision: u64,
    ) -> Result<Option<CatalogRow>, Error> {
        Err(Error::internal("not reachable yet"))
    }

    /// Publishes a catalog on top of the revision that was looked at, and a job that shows it to every contact.
    pub async fn publish_catalog(
        &self,
        _workspace: &WorkspaceId,
        _expected: u64,
        _row: CatalogRow,
    ) -> Result<Publish, Error> {
        Err(Error::internal("not reachable yet"))
    }
}
