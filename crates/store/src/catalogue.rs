//! Catalogues that were uploaded: what templates look up and no file describes.

use wend_domain::id::WorkspaceId;
use wend_domain::time::Timestamp;

use crate::driver::value::{Row, params};
use crate::error::Error;
use crate::open::Store;
use crate::statement::{Statement, statements};

/// The most uploaded catalogues of a workspace.
pub const CATALOGUES_MAX: usize = 100;

/// An uploaded catalogue without its rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogueRow {
    /// Its name.
    pub name: String,
    /// The column by which a row is found.
    pub key_column: String,
    /// How often it was uploaded, from 1.
    pub revision: u64,
    /// How many rows it has.
    pub n_rows: u64,
    /// When it was uploaded.
    pub at: Timestamp,
    /// By whom.
    pub by: String,
}

statements! {
    ALL: Statement = Statement::Both(
        "SELECT name, key_column, revision, n_rows, at, set_by FROM catalogue WHERE workspace = $1 ORDER BY name",
    );
    ROWS: Statement =
        Statement::Both("SELECT rows_json FROM catalogue WHERE workspace = $1 AND name = $2 AND revision = $3");
    PUT: Statement = Statement::Both(
        "INSERT INTO catalogue (workspace, name, key_column, revision, n_rows, rows_json, at, set_by)
         SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($3 AS TEXT), 1, CAST($4 AS BIGINT), CAST($5 AS TEXT),
                CAST($6 AS BIGINT), CAST($7 AS TEXT)
         WHERE (SELECT COUNT(*) FROM catalogue WHERE workspace = $1 AND name <> $2) < $8
         ON CONFLICT (workspace, name) DO UPDATE SET key_column = excluded.key_column,
         revision = catalogue.revision + 1, n_rows = excluded.n_rows, rows_json = excluded.rows_json,
         at = excluded.at, set_by = excluded.set_by",
    );
    REMOVE: Statement = Statement::Both("DELETE FROM catalogue WHERE workspace = $1 AND name = $2");
}

impl Store {
    /// The uploaded catalogues of a workspace without their rows; cheap enough to ask every second.
    pub async fn catalogues(&self, workspace: &WorkspaceId) -> Result<Vec<CatalogueRow>, Error> {
        let rows = self.inner.driver.query(ALL, params![workspace.as_str()]).await?;
        let read = |row: Row| {
            let mut row = row.columns("catalogue");
            Ok(CatalogueRow {
                name: row.text()?,
                key_column: row.text()?,
                revision: row.count()?,
                n_rows: row.count()?,
                at: row.time()?,
                by: row.text()?,
            })
        };
        rows.into_iter().map(read).collect()
    }

    /// The rows of a catalogue as JSON; none if it was uploaded again or removed meanwhile.
    pub async fn catalogue_rows(
        &self,
        workspace: &WorkspaceId,
        name: &str,
        revision: u64,
    ) -> Result<Option<String>, Error> {
        let row = self.inner.driver.query_first(ROWS, params![workspace.as_str(), name, revision]).await?;
        row.map(|row| row.columns("catalogue").text()).transpose()
    }

    /// Takes a catalogue in place of the one of its name; its revision is counted here. False if there are
    /// [`CATALOGUES_MAX`] others.
    pub async fn catalogue_put(
        &self,
        workspace: &WorkspaceId,
        row: CatalogueRow,
        rows_json: &str,
    ) -> Result<bool, Error> {
        let CatalogueRow { name, key_column, revision: _, n_rows, at, by } = row;
        let params = params![workspace.as_str(), name, key_column, n_rows, rows_json, at, by, CATALOGUES_MAX];
        Ok(self.inner.driver.execute(PUT, params).await? > 0)
    }

    /// Removes a catalogue; false if there is none of this name.
    pub async fn catalogue_remove(&self, workspace: &WorkspaceId, name: &str) -> Result<bool, Error> {
        Ok(self.inner.driver.execute(REMOVE, params![workspace.as_str(), name]).await? > 0)
    }
}
