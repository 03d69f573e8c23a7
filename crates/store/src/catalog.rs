//! Catalogs: everything a team has defined, by revision. A published revision never changes (SEMANTICS 9.1).

use wend_domain::id::WorkspaceId;
use wend_domain::time::Timestamp;

use crate::audit;
use crate::counter;
use crate::driver::value::{Row, params};
use crate::error::Error;
use crate::hold::{self, Holds};
use crate::job::{self, NewJob};
use crate::open::Store;
use crate::posting::{self, PostingPair};
use crate::statement::{Statement, statements};
use crate::workspace;

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

/// What a publication brings about, in the same transaction.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Consequences {
    /// What contacts must hear of.
    pub jobs: Vec<NewJob>,
    /// The workflows that are on hold from now on, and no others; none leaves them as they are.
    pub holds: Option<Holds>,
    /// The pairs of event and property that postings are kept of from now on, and no others; none leaves them as they are.
    pub pairs: Option<Vec<PostingPair>>,
    /// What the audit says of it.
    pub audit_json: Option<String>,
}

statements! {
    LATEST: Statement = Statement::Both(
        "SELECT revision, at, published_by, portfolio_json FROM catalog WHERE workspace = $1
         ORDER BY revision DESC LIMIT 1",
    );
    REVISION: Statement =
        Statement::Both("SELECT COALESCE(MAX(revision), 0) FROM catalog WHERE workspace = $1");
    AT: Statement = Statement::Both(
        "SELECT revision, at, published_by, portfolio_json FROM catalog WHERE workspace = $1 AND revision = $2",
    );
    PUBLISH: Statement = Statement::Both(
        "INSERT INTO catalog (workspace, revision, at, published_by, portfolio_json) VALUES ($1, $2, $3, $4, $5)",
    );
}

impl Store {
    /// The latest catalog; none if nothing was ever published.
    pub async fn catalog_latest(&self, workspace: &WorkspaceId) -> Result<Option<CatalogRow>, Error> {
        self.inner.driver.query_first(LATEST, params![workspace.as_str()]).await?.map(read).transpose()
    }

    /// The latest revision, 0 if nothing was ever published; cheap enough to ask every second.
    pub async fn catalog_revision_number(&self, workspace: &WorkspaceId) -> Result<u64, Error> {
        let row = self.inner.driver.query_first(REVISION, params![workspace.as_str()]).await?;
        row.map_or(Ok(0), |row| row.columns("catalog").count())
    }

    /// The catalog of a revision.
    pub async fn catalog_at(
        &self,
        workspace: &WorkspaceId,
        revision: u64,
    ) -> Result<Option<CatalogRow>, Error> {
        self.inner.driver.query_first(AT, params![workspace.as_str(), revision]).await?.map(read).transpose()
    }

    /// Publishes a catalog on top of the revision that was looked at, with what it brings about.
    pub async fn publish_catalog(
        &self,
        workspace: &WorkspaceId,
        expected: u64,
        row: CatalogRow,
        consequences: Consequences,
    ) -> Result<Publish, Error> {
        if row.revision != expected + 1 {
            return Err(Error::Misuse {
                what: format!("revision {} can't follow revision {expected}: each is one more", row.revision),
            });
        }
        let mut transaction = self.inner.driver.begin().await?;
        workspace::lock(&mut transaction, workspace).await?;
        let latest = transaction.query_first(REVISION, params![workspace.as_str()]).await?;
        let revision: u64 = latest.map_or(Ok(0), |row| row.columns("catalog").count())?;
        if revision != expected {
            return Ok(Publish::Conflict { revision });
        }
        if let Some(what_json) = &consequences.audit_json {
            audit::add(&mut transaction, workspace, row.at, &row.by, what_json).await?;
        }
        let params = params![workspace.as_str(), row.revision, row.at, row.by, row.portfolio_json];
        transaction.execute(PUBLISH, params).await?;
        if let Some(holds) = &consequences.holds {
            hold::set(&mut transaction, workspace, holds).await?;
        }
        if let Some(pairs) = &consequences.pairs {
            posting::declare(&mut transaction, workspace, pairs).await?;
        }
        if !consequences.jobs.is_empty() {
            let total = counter::own(&mut transaction, workspace, counter::CONTACTS).await?;
            for job in consequences.jobs {
                job::add(&mut transaction, workspace, job, total).await?;
            }
        }
        transaction.commit().await?;
        Ok(Publish::Published)
    }
}

fn read(row: Row) -> Result<CatalogRow, Error> {
    let mut row = row.columns("catalog");
    Ok(CatalogRow { revision: row.count()?, at: row.time()?, by: row.text()?, portfolio_json: row.text()? })
}
