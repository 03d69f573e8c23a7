//! Drafts: files that somebody works on and has not published.

use wend_domain::id::WorkspaceId;
use wend_domain::time::Timestamp;

use crate::driver::Transaction;
use crate::driver::value::{Row, params};
use crate::error::Error;
use crate::open::Store;
use crate::statement::{Statement, statements};
use crate::workspace;

/// The most drafts of a workspace.
pub const DRAFTS_MAX: usize = 5_000;

/// A draft as it was saved last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftRow {
    /// The file's path.
    pub path: String,
    /// How often it was saved, from 1.
    pub revision: u64,
    /// The catalog's revision whose file it began with.
    pub base_revision: u64,
    /// The text.
    pub text: String,
    /// When it was saved.
    pub at: Timestamp,
    /// By whom.
    pub by: String,
}

/// What became of a saved draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DraftSaved {
    /// It is kept, under this revision.
    Saved {
        /// The revision.
        revision: u64,
    },
    /// Somebody else saved or removed it since the caller looked.
    Conflict {
        /// What is there now.
        current: Option<Box<DraftRow>>,
    },
    /// There are [`DRAFTS_MAX`] others.
    TooMany,
}

/// The columns of a row, in the order in which [`read`] reads them.
macro_rules! columns {
    () => {
        "path, revision, base_revision, text, at, saved_by"
    };
}

statements! {
    GET: Statement =
        Statement::Both(concat!("SELECT ", columns!(), " FROM draft WHERE workspace = $1 AND path = $2"));
    ALL: Statement =
        Statement::Both(concat!("SELECT ", columns!(), " FROM draft WHERE workspace = $1 ORDER BY path LIMIT $2"));
    COUNT: Statement = Statement::Both("SELECT COUNT(*) FROM draft WHERE workspace = $1");
    PUT: Statement = Statement::Both(
        "INSERT INTO draft (workspace, path, revision, base_revision, text, at, saved_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (workspace, path) DO UPDATE SET revision = excluded.revision,
         base_revision = excluded.base_revision, text = excluded.text, at = excluded.at, saved_by = excluded.saved_by",
    );
    REMOVE: Statement =
        Statement::Both("DELETE FROM draft WHERE workspace = $1 AND path = $2 AND revision = $3");
}

impl Store {
    /// The drafts of a workspace, by path.
    pub async fn drafts(&self, workspace: &WorkspaceId) -> Result<Vec<DraftRow>, Error> {
        let rows = self.inner.driver.query(ALL, params![workspace.as_str(), DRAFTS_MAX]).await?;
        rows.into_iter().map(read).collect()
    }

    /// One draft.
    pub async fn draft(&self, workspace: &WorkspaceId, path: &str) -> Result<Option<DraftRow>, Error> {
        self.inner.driver.query_first(GET, params![workspace.as_str(), path]).await?.map(read).transpose()
    }

    /// Saves a draft on top of the revision that was looked at (0: there was none); the row's own revision counts for
    /// nothing.
    pub async fn draft_save(
        &self,
        workspace: &WorkspaceId,
        expected: u64,
        row: DraftRow,
    ) -> Result<DraftSaved, Error> {
        let mut transaction = self.inner.driver.begin().await?;
        workspace::lock(&mut transaction, workspace).await?;
        let current = get(&mut transaction, workspace, &row.path).await?;
        if current.as_ref().map_or(0, |current| current.revision) != expected {
            return Ok(DraftSaved::Conflict { current: current.map(Box::new) });
        }
        if current.is_none() {
            let rows = transaction.query(COUNT, params![workspace.as_str()]).await?;
            let n_drafts: usize =
                rows.into_iter().next().map_or(Ok(0), |row| row.columns("draft").count())?;
            if n_drafts >= DRAFTS_MAX {
                return Ok(DraftSaved::TooMany);
            }
        }
        let revision = expected + 1;
        let params =
            params![workspace.as_str(), row.path, revision, row.base_revision, row.text, row.at, row.by];
        transaction.execute(PUT, params).await?;
        transaction.commit().await?;
        Ok(DraftSaved::Saved { revision })
    }

    /// Removes a draft of this revision; false if it isn't there any more.
    pub async fn draft_remove(
        &self,
        workspace: &WorkspaceId,
        path: &str,
        revision: u64,
    ) -> Result<bool, Error> {
        Ok(self.inner.driver.execute(REMOVE, params![workspace.as_str(), path, revision]).await? > 0)
    }
}

async fn get(
    transaction: &mut Transaction,
    workspace: &WorkspaceId,
    path: &str,
) -> Result<Option<DraftRow>, Error> {
    transaction.query_first(GET, params![workspace.as_str(), path]).await?.map(read).transpose()
}

fn read(row: Row) -> Result<DraftRow, Error> {
    let mut row = row.columns("draft");
    Ok(DraftRow {
        path: row.text()?,
        revision: row.count()?,
        base_revision: row.count()?,
        text: row.text()?,
        at: row.time()?,
        by: row.text()?,
    })
}
