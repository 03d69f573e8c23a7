//! Files that are imported: the file in pieces, how far the work is, and what became of its rows.

use wend_domain::id::WorkspaceId;
use wend_domain::time::Timestamp;

use crate::driver::value::{Row, Value, params};
use crate::error::Error;
use crate::open::Store;
use crate::statement::{Kind, Many, Statement, statements};
use crate::work::Work;

/// The most imports that a workspace keeps; beyond it, old ones have to be removed first.
pub const IMPORTS_MAX: usize = 1_000;

/// How many imports a list shows.
const IMPORTS_SHOWN_MAX: usize = 100;

/// An import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportRow {
    /// Whose.
    pub workspace: WorkspaceId,
    /// Its id.
    pub id: String,
    /// What people call it: the file's name.
    pub name: String,
    /// How far it is: `receiving`, `uploaded`, `checking`, `checked`, `running`, `finished`, …
    pub state: String,
    /// How many steps it has taken.
    pub revision: u64,
    /// What is known of the file, as JSON.
    pub about_json: String,
    /// How far the work is, as JSON.
    pub progress_json: String,
    /// Who began it.
    pub made_by: String,
    /// When it was begun.
    pub created_at: Timestamp,
    /// When it last moved.
    pub updated_at: Timestamp,
}

/// A step of an import: what it is afterwards, and what is written with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportStep {
    /// The import as it was: nothing is written if it has moved since.
    pub id: String,
    /// The revision that it had.
    pub revision: u64,
    /// How far it is afterwards.
    pub state: String,
    /// What is known of the file afterwards, if that changes.
    pub about_json: Option<String>,
    /// How far the work is afterwards.
    pub progress_json: String,
    /// When.
    pub at: Timestamp,
    /// What became of some rows.
    pub page: Option<ImportPage>,
}

/// What became of some rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportPage {
    /// `check` or `run`.
    pub kind: String,
    /// The first row's number.
    pub n: u64,
    /// How many of them are bad.
    pub n_bad: u64,
    /// The rows as JSON.
    pub rows_json: String,
}

/// The columns of an import, in the order in which [`read`] reads them.
macro_rules! columns {
    () => {
        "workspace, id, name, state, revision, about_json, progress_json, made_by, created_at, updated_at"
    };
}

statements! {
    ADD: Statement = Statement::Both(
        "INSERT INTO import (workspace, id, name, state, revision, about_json, progress_json, made_by, created_at,
                             updated_at)
         VALUES ($1, $2, $3, $4, 0, $5, $6, $7, $8, $8)",
    );
    COUNT: Statement = Statement::Both("SELECT COUNT(*) FROM import WHERE workspace = $1");
    GET: Statement =
        Statement::Both(concat!("SELECT ", columns!(), " FROM import WHERE workspace = $1 AND id = $2"));
    LOCK: Statement = Statement::Both(concat!(
        "SELECT ", columns!(), " FROM import WHERE workspace = $1 AND id = $2 FOR UPDATE"
    ));
    ALL: Statement = Statement::Both(concat!(
        "SELECT ", columns!(), " FROM import WHERE workspace = $1 ORDER BY id DESC LIMIT $2"
    ));
    UNDER_WAY: Statement = Statement::Both(concat!(
        "SELECT ", columns!(), " FROM import WHERE state IN ('checking', 'running', 'undoing')
         ORDER BY updated_at LIMIT $1"
    ));
    MOVE: Statement = Statement::Both(
        "UPDATE import SET state = $4, revision = revision + 1, about_json = COALESCE($5, about_json),
                progress_json = $6, updated_at = $7
         WHERE workspace = $1 AND id = $2 AND revision = $3",
    );
    /// The same for a step that was locked before: it can't have moved.
    STEP: Many = Many::Each {
        kinds: &[Kind::Text, Kind::Text, Kind::Integer, Kind::Text, Kind::Text, Kind::Text, Kind::Integer],
        sqlite: "UPDATE import SET state = $4, revision = $3 + 1, about_json = COALESCE($5, about_json),
                        progress_json = $6, updated_at = $7
                 WHERE workspace = $1 AND id = $2",
        postgres: "UPDATE import SET state = step.state, revision = step.revision + 1,
                          about_json = COALESCE(step.about_json, import.about_json),
                          progress_json = step.progress_json, updated_at = step.at
                   FROM {rows} AS step (workspace, id, revision, state, about_json, progress_json, at)
                   WHERE import.workspace = step.workspace AND import.id = step.id",
    };
    PAGE_ADD: Many = Many::Insert {
        table: "import_page",
        columns: &[
            ("workspace", Kind::Text),
            ("import", Kind::Text),
            ("kind", Kind::Text),
            ("n", Kind::Integer),
            ("n_bad", Kind::Integer),
            ("rows_json", Kind::Text),
        ],
        conflict: "",
    };
    CHUNK_ADD: Many = Many::Insert {
        table: "import_chunk",
        columns: &[
            ("workspace", Kind::Text),
            ("import", Kind::Text),
            ("n", Kind::Integer),
            ("bytes", Kind::Bytes),
        ],
        conflict: "",
    };
    CHUNKS: Statement = Statement::Both(
        "SELECT bytes FROM import_chunk WHERE workspace = $1 AND import = $2 AND n >= $3 ORDER BY n LIMIT $4",
    );
    PAGES: Statement = Statement::Both(
        "SELECT kind, n, n_bad, rows_json FROM import_page
         WHERE workspace = $1 AND import = $2 AND kind = $3 AND n > $4 AND n_bad >= $5 ORDER BY n LIMIT $6",
    );
    CHUNKS_REMOVE: Statement =
        Statement::Both("DELETE FROM import_chunk WHERE workspace = $1 AND import = $2");
    PAGES_REMOVE: Statement =
        Statement::Both("DELETE FROM import_page WHERE workspace = $1 AND import = $2 AND kind = $3");
    ALL_PAGES_REMOVE: Statement =
        Statement::Both("DELETE FROM import_page WHERE workspace = $1 AND import = $2");
    REMOVE: Statement = Statement::Both("DELETE FROM import WHERE workspace = $1 AND id = $2 AND revision = $3");
    OLD: Statement = Statement::Both(
        "SELECT id FROM import WHERE workspace = $1 AND updated_at < $2
                AND state NOT IN ('checking', 'running', 'undoing') ORDER BY id LIMIT $3",
    );
    OLD_REMOVE: Statement = Statement::Both("DELETE FROM import WHERE workspace = $1 AND id = $2");
}

impl Store {
    /// Begins an import; false if the workspace has too many.
    pub async fn import_create(&self, row: &ImportRow) -> Result<bool, Error> {
        let mut transaction = self.inner.driver.begin().await?;
        let count = transaction.query_first(COUNT, params![row.workspace.as_str()]).await?;
        let n_rows: usize = count.map_or(Ok(0), |row| row.columns("import").count())?;
        if n_rows >= IMPORTS_MAX {
            return Ok(false);
        }
        let ImportRow { workspace, id, name, state, about_json, progress_json, made_by, created_at, .. } =
            row;
        let params = params![
            workspace.as_str(),
            id.as_str(),
            name.as_str(),
            state.as_str(),
            about_json.as_str(),
            progress_json.as_str(),
            made_by.as_str(),
            *created_at
        ];
        transaction.execute(ADD, params).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// Keeps pieces of an import's file; the first is number `n`.
    pub async fn import_chunks_add(
        &self,
        workspace: &WorkspaceId,
        id: &str,
        n: u64,
        chunks: Vec<Vec<u8>>,
    ) -> Result<(), Error> {
        let mut transaction = self.inner.driver.begin().await?;
        let rows = (n..).zip(chunks).map(|(n, bytes)| params![workspace.as_str(), id, n, bytes]).collect();
        transaction.execute_all(vec![(&CHUNK_ADD, rows)]).await?;
        transaction.commit().await
    }

    /// Pieces of an import's file, from number `n` on.
    pub async fn import_chunks(
        &self,
        workspace: &WorkspaceId,
        id: &str,
        n: u64,
        limit: usize,
    ) -> Result<Vec<std::sync::Arc<[u8]>>, Error> {
        let rows = self.inner.driver.query(CHUNKS, params![workspace.as_str(), id, n, limit]).await?;
        rows.into_iter().map(|row| row.columns("import_chunk").bytes()).collect()
    }

    /// One import.
    pub async fn import(&self, workspace: &WorkspaceId, id: &str) -> Result<Option<ImportRow>, Error> {
        self.inner.driver.query_first(GET, params![workspace.as_str(), id]).await?.map(read).transpose()
    }

    /// The imports of a workspace, latest first, at most a hundred.
    pub async fn imports(&self, workspace: &WorkspaceId) -> Result<Vec<ImportRow>, Error> {
        let rows = self.inner.driver.query(ALL, params![workspace.as_str(), IMPORTS_SHOWN_MAX]).await?;
        rows.into_iter().map(read).collect()
    }

    /// Imports that have work to do, in all workspaces: who has waited longest first.
    pub async fn imports_under_way(&self) -> Result<Vec<ImportRow>, Error> {
        let rows = self.inner.driver.query(UNDER_WAY, params![IMPORTS_SHOWN_MAX]).await?;
        rows.into_iter().map(read).collect()
    }

    /// Takes a step outside a batch; false, and nothing done, if the import has moved meanwhile.
    pub async fn import_move(&self, workspace: &WorkspaceId, step: ImportStep) -> Result<bool, Error> {
        let mut transaction = self.inner.driver.begin().await?;
        let params = params![
            workspace.as_str(),
            step.id.as_str(),
            step.revision,
            step.state,
            step.about_json,
            step.progress_json,
            step.at
        ];
        if transaction.execute(MOVE, params).await? == 0 {
            return Ok(false);
        }
        let pages = step.page.into_iter().map(|page| page_values(workspace, &step.id, page)).collect();
        transaction.execute_all(vec![(&PAGE_ADD, pages)]).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// What became of rows after a number, in pages; `bad_only` leaves pages out that have no bad row.
    pub async fn import_pages(
        &self,
        workspace: &WorkspaceId,
        id: &str,
        kind: &str,
        after: u64,
        bad_only: bool,
        limit: usize,
    ) -> Result<Vec<ImportPage>, Error> {
        let params = params![workspace.as_str(), id, kind, after, i64::from(bad_only), limit];
        let rows = self.inner.driver.query(PAGES, params).await?;
        let page = |row: Row| {
            let mut row = row.columns("import_page");
            Ok(ImportPage { kind: row.text()?, n: row.count()?, n_bad: row.count()?, rows_json: row.text()? })
        };
        rows.into_iter().map(page).collect()
    }

    /// Forgets an import's file: nothing of it is needed any more.
    pub async fn import_forget_file(&self, workspace: &WorkspaceId, id: &str) -> Result<(), Error> {
        self.inner.driver.execute(CHUNKS_REMOVE, params![workspace.as_str(), id]).await.map(drop)
    }

    /// Forgets what became of rows.
    pub async fn import_forget_pages(
        &self,
        workspace: &WorkspaceId,
        id: &str,
        kind: &str,
    ) -> Result<(), Error> {
        self.inner.driver.execute(PAGES_REMOVE, params![workspace.as_str(), id, kind]).await.map(drop)
    }

    /// Forgets an import and all that belongs to it; false if it has moved meanwhile.
    pub async fn import_remove(
        &self,
        workspace: &WorkspaceId,
        id: &str,
        revision: u64,
    ) -> Result<bool, Error> {
        let mut transaction = self.inner.driver.begin().await?;
        if transaction.execute(REMOVE, params![workspace.as_str(), id, revision]).await? == 0 {
            return Ok(false);
        }
        transaction.execute(CHUNKS_REMOVE, params![workspace.as_str(), id]).await?;
        transaction.execute(ALL_PAGES_REMOVE, params![workspace.as_str(), id]).await?;
        transaction.commit().await?;
        Ok(true)
    }
}

impl Work {
    /// An import as it is now; nobody else moves it until the end of the transaction.
    pub async fn import_locked(&mut self, id: &str) -> Result<Option<ImportRow>, Error> {
        let rows = self.query(LOCK, params![self.workspace.as_str(), id]).await?;
        rows.into_iter().next().map(read).transpose()
    }
}

/// Removes imports that nobody has touched since an instant, some at a time; answers how many.
pub(crate) async fn remove_old(
    transaction: &mut crate::driver::Transaction,
    workspace: &WorkspaceId,
    cutoff: Timestamp,
    limit: usize,
) -> Result<u64, Error> {
    let rows = transaction.query(OLD, params![workspace.as_str(), cutoff, limit]).await?;
    let n_rows = rows.len() as u64;
    for row in rows {
        let id = row.columns("import").text()?;
        for statement in [CHUNKS_REMOVE, ALL_PAGES_REMOVE, OLD_REMOVE] {
            transaction.execute(statement, params![workspace.as_str(), id.as_str()]).await?;
        }
    }
    Ok(n_rows)
}

/// What a commit writes of a step: the import's row, and what became of its rows.
pub(crate) fn step_rows(
    workspace: &WorkspaceId,
    step: Option<ImportStep>,
) -> (Vec<Vec<Value>>, Vec<Vec<Value>>) {
    let Some(step) = step else { return (Vec::new(), Vec::new()) };
    let row = params![
        workspace.as_str(),
        step.id.as_str(),
        step.revision,
        step.state,
        step.about_json,
        step.progress_json,
        step.at
    ];
    let pages = step.page.into_iter().map(|page| page_values(workspace, &step.id, page)).collect();
    (vec![row], pages)
}

fn page_values(workspace: &WorkspaceId, import: &str, page: ImportPage) -> Vec<Value> {
    params![workspace.as_str(), import, page.kind, page.n, page.n_bad, page.rows_json]
}

fn read(row: Row) -> Result<ImportRow, Error> {
    let mut row = row.columns("import");
    Ok(ImportRow {
        workspace: row.name()?,
        id: row.text()?,
        name: row.text()?,
        state: row.text()?,
        revision: row.count()?,
        about_json: row.text()?,
        progress_json: row.text()?,
        made_by: row.text()?,
        created_at: row.time()?,
        updated_at: row.time()?,
    })
}
