//! Jobs: something that every contact must hear of, page by page through their inboxes.

use wend_domain::id::{ContactId, WorkspaceId};
use wend_domain::time::Timestamp;

use crate::driver::Transaction;
use crate::driver::value::{Row, params};
use crate::error::Error;
use crate::inbox::{self, NewInbox};
use crate::open::Store;
use crate::statement::{Statement, statements};

/// The kind of job that shows a new catalog to every contact.
pub const RECOMPUTE: &str = "recompute";

/// A job, and how far it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Its id, unique in its workspace.
    pub id: String,
    /// Whose.
    pub workspace: WorkspaceId,
    /// What it is for.
    pub kind: String,
    /// The catalog's revision that it is about.
    pub revision: u64,
    /// The last contact that it has been told to.
    pub cursor: Option<ContactId>,
    /// How many contacts have been told.
    pub done: u64,
    /// How many contacts there were when it began.
    pub total: u64,
    /// Whether all have been told, or a newer job of its kind took its place.
    pub finished: bool,
    /// When it was made.
    pub created_at: Timestamp,
}

/// The columns of a row, in the order in which [`read`] reads them.
macro_rules! columns {
    () => {
        "id, workspace, kind, revision, cursor_contact, done, total, finished, created_at"
    };
}

statements! {
    ADD: Statement = Statement::Both(concat!(
        "INSERT INTO job (", columns!(), ") VALUES ($1, $2, $3, $4, NULL, 0, $5, 0, $6)",
    ));
    /// An unfinished job of an older catalog has nothing left to say: the newer one's goes to everybody too.
    REPLACE: Statement = Statement::Both(
        "UPDATE job SET finished = 1 WHERE workspace = $1 AND kind = $2 AND finished = 0",
    );
    NEXT: Statement = Statement::Both(concat!(
        "SELECT ", columns!(), " FROM job WHERE finished = 0 ORDER BY created_at, workspace, id LIMIT 1",
    ));
    ALL: Statement = Statement::Both(concat!(
        "SELECT ", columns!(), " FROM job WHERE workspace = $1 ORDER BY created_at DESC, revision DESC LIMIT $2",
    ));
    ADVANCE: Statement = Statement::Both(
        "UPDATE job SET cursor_contact = $4, done = done + $5, finished = $6
         WHERE workspace = $1 AND id = $2 AND finished = 0 AND cursor_contact IS NOT DISTINCT FROM CAST($3 AS TEXT)",
    );
}

/// How many jobs a list shows.
const JOBS_SHOWN_MAX: usize = 100;

impl Store {
    /// The oldest job that isn't finished.
    pub async fn job_next(&self) -> Result<Option<Job>, Error> {
        self.inner.driver.query_first(NEXT, params![]).await?.map(read).transpose()
    }

    /// Queues the inputs of one page, each `(contact, input, source)`, and moves the job on; false, and nothing done,
    /// if another node moved it first.
    pub async fn job_advance(
        &self,
        job: &Job,
        inputs: Vec<(ContactId, String, String)>,
        cursor: Option<ContactId>,
        finished: bool,
    ) -> Result<bool, Error> {
        let mut transaction = self.inner.driver.begin().await?;
        let params = params![
            job.workspace.as_str(),
            job.id.as_str(),
            job.cursor,
            cursor,
            inputs.len(),
            i64::from(finished)
        ];
        if transaction.execute(ADVANCE, params).await? == 0 {
            return Ok(false);
        }
        let queued = |(contact, input_json, source)| {
            let new = NewInbox { contact, source, input_json, stuck: None, at: job.created_at };
            inbox::row_values(&job.workspace, new)
        };
        let rows = inputs.into_iter().map(queued).collect();
        transaction.execute_all(vec![(&inbox::PUT, rows)]).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// The jobs of a workspace, latest first, at most a hundred.
    pub async fn jobs(&self, workspace: &WorkspaceId) -> Result<Vec<Job>, Error> {
        let rows = self.inner.driver.query(ALL, params![workspace.as_str(), JOBS_SHOWN_MAX]).await?;
        rows.into_iter().map(read).collect()
    }
}

/// Adds the job that shows a new catalog to everybody.
pub(crate) async fn add_recompute(
    transaction: &mut Transaction,
    workspace: &WorkspaceId,
    revision: u64,
    total: u64,
    at: Timestamp,
) -> Result<(), Error> {
    transaction.execute(REPLACE, params![workspace.as_str(), RECOMPUTE]).await?;
    let id = format!("{RECOMPUTE}-{revision}");
    transaction.execute(ADD, params![id, workspace.as_str(), RECOMPUTE, revision, total, at]).await?;
    Ok(())
}

fn read(row: Row) -> Result<Job, Error> {
    let mut row = row.columns("job");
    Ok(Job {
        id: row.text()?,
        workspace: row.name()?,
        kind: row.text()?,
        revision: row.count()?,
        cursor: row
            .optional_text()?
            .map(|id| id.parse().map_err(|error| Error::inconsistent("job", &id, error)))
            .transpose()?,
        done: row.count()?,
        total: row.count()?,
        finished: row.integer()? != 0,
        created_at: row.time()?,
    })
}
