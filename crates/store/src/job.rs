//! Jobs: something that many contacts must hear of, page by page through their inboxes.

use std::collections::BTreeSet;

use wend_domain::id::{ContactId, WorkspaceId};
use wend_domain::time::Timestamp;

use crate::counter;
use crate::driver::Transaction;
use crate::driver::value::{Row, params};
use crate::error::Error;
use crate::inbox::{self, NewInbox};
use crate::open::Store;
use crate::statement::{Kind, Many, Statement, statements};

/// The kind of job that shows a new catalog to every contact: a newer one takes the place of an unfinished one.
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
    /// What exactly it tells, and to whom; its kind says how to read it.
    pub params_json: String,
    /// How many contacts a second it looks at, at most; none means as fast as it goes.
    pub pace: Option<u32>,
    /// Who asked for it.
    pub by: String,
    /// The last contact that it has looked at.
    pub cursor: Option<ContactId>,
    /// How many contacts it has looked at.
    pub looked_at: u64,
    /// How many contacts have been told.
    pub done: u64,
    /// How many contacts it was to look at when it began.
    pub total: u64,
    /// Whether it has come to its end, was cancelled, or a newer job of its kind took its place.
    pub finished: bool,
    /// Whether somebody cancelled it.
    pub cancelled: bool,
    /// When it goes on.
    pub next_at: Timestamp,
    /// When it was made.
    pub created_at: Timestamp,
    /// What it has counted so far, if it counts.
    pub result_json: Option<String>,
}

/// A job to be begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewJob {
    /// Its id: a second job of the same id is not made.
    pub id: String,
    /// What it is for.
    pub kind: String,
    /// The catalog's revision that it is about.
    pub revision: u64,
    /// What exactly it tells, and to whom.
    pub params_json: String,
    /// How many contacts a second it looks at, at most.
    pub pace: Option<u32>,
    /// Who asks for it.
    pub by: String,
    /// The only contacts that it looks at; none means that its kind says which ones.
    pub contacts: Option<BTreeSet<ContactId>>,
    /// When it is made.
    pub at: Timestamp,
    /// From when on it goes.
    pub begins_at: Timestamp,
}

/// How far one page brings a job.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JobPage {
    /// What contacts are told: each a contact, the input, and its source, which makes a second telling harmless.
    pub inputs: Vec<(ContactId, String, String)>,
    /// How many contacts were looked at.
    pub looked_at: usize,
    /// The last of them.
    pub cursor: Option<ContactId>,
    /// Whether it was the last page.
    pub finished: bool,
    /// When the job goes on.
    pub next_at: Timestamp,
    /// What it has counted so far, this page included, if it counts.
    pub result_json: Option<String>,
}

/// The columns of a row, in the order in which [`read`] reads them.
macro_rules! columns {
    () => {
        "id, workspace, kind, revision, params_json, pace, made_by, cursor_contact, looked_at, done, total, finished, \
         cancelled, next_at, created_at, result_json"
    };
}

statements! {
    ADD: Statement = Statement::Both(
        "INSERT INTO job (workspace, id, kind, revision, params_json, pace, made_by, cursor_contact, looked_at, done,
                          total, finished, cancelled, next_at, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, NULL, 0, 0, $8, 0, 0, $9, $10) ON CONFLICT (workspace, id) DO NOTHING",
    );
    CONTACT: Many = Many::Insert {
        table: "job_contact",
        columns: &[("workspace", Kind::Text), ("job", Kind::Text), ("contact", Kind::Text)],
        conflict: "ON CONFLICT (workspace, job, contact) DO NOTHING",
    };
    CONTACTS: Statement = Statement::Both(
        "SELECT contact FROM job_contact WHERE workspace = $1 AND job = $2 AND contact > $3 ORDER BY contact LIMIT $4",
    );
    /// An unfinished job of an older catalog has nothing left to say: the newer one's goes to everybody too.
    REPLACE: Statement = Statement::Both(
        "UPDATE job SET finished = 1 WHERE workspace = $1 AND kind = $2 AND finished = 0",
    );
    READY: Statement = Statement::Both(concat!(
        "SELECT ", columns!(), " FROM job WHERE finished = 0 AND next_at <= $1
         ORDER BY created_at, workspace, id LIMIT $2",
    ));
    NEXT_AT: Statement = Statement::Both("SELECT MIN(next_at) FROM job WHERE finished = 0");
    ALL: Statement = Statement::Both(concat!(
        "SELECT ", columns!(), " FROM job WHERE workspace = $1 ORDER BY created_at DESC, revision DESC, id LIMIT $2",
    ));
    LATEST: Statement = Statement::Both(concat!(
        "SELECT ", columns!(), " FROM job WHERE workspace = $1 AND kind = $2 ORDER BY revision DESC, id LIMIT 1",
    ));
    GET: Statement =
        Statement::Both(concat!("SELECT ", columns!(), " FROM job WHERE workspace = $1 AND id = $2"));
    ADVANCE: Statement = Statement::Both(
        "UPDATE job SET cursor_contact = $4, done = done + $5, looked_at = looked_at + $6, finished = $7, next_at = $8,
                result_json = $9
         WHERE workspace = $1 AND id = $2 AND finished = 0 AND cursor_contact IS NOT DISTINCT FROM CAST($3 AS TEXT)",
    );
    CANCEL: Statement = Statement::Both(
        "UPDATE job SET finished = 1, cancelled = 1 WHERE workspace = $1 AND id = $2 AND finished = 0",
    );
}

/// How many jobs a list shows.
const JOBS_SHOWN_MAX: usize = 100;

/// How many jobs are looked at for one that can go on.
const JOBS_READY_MAX: usize = 20;

impl Store {
    /// Jobs that can go on at an instant, oldest first, at most twenty.
    pub async fn jobs_ready(&self, at: Timestamp) -> Result<Vec<Job>, Error> {
        let rows = self.inner.driver.query(READY, params![at, JOBS_READY_MAX]).await?;
        rows.into_iter().map(read).collect()
    }

    /// When the next unfinished job goes on; none if all are finished.
    pub async fn next_job_at(&self) -> Result<Option<Timestamp>, Error> {
        let row = self.inner.driver.query_first(NEXT_AT, params![]).await?;
        row.map_or(Ok(None), |row| row.columns("job").optional_time())
    }

    /// Makes a job; false if there is one of this id.
    pub async fn job_create(&self, workspace: &WorkspaceId, job: NewJob) -> Result<bool, Error> {
        let mut transaction = self.inner.driver.begin().await?;
        let total = counter::own(&mut transaction, workspace, counter::CONTACTS).await?;
        let is_new = add(&mut transaction, workspace, job, total).await?;
        transaction.commit().await?;
        Ok(is_new)
    }

    /// The contacts that a job was made for, a page after one of them.
    pub async fn job_contacts(
        &self,
        job: &Job,
        after: Option<ContactId>,
        limit: usize,
    ) -> Result<Vec<ContactId>, Error> {
        let after = after.map(|contact| contact.to_string()).unwrap_or_default();
        let params = params![job.workspace.as_str(), job.id.as_str(), after, limit];
        let rows = self.inner.driver.query(CONTACTS, params).await?;
        rows.into_iter().map(|row| row.columns("job_contact").id()).collect()
    }

    /// Queues the inputs of one page and moves the job on; false, and nothing done, if another node moved it first or it
    /// was cancelled meanwhile.
    pub async fn job_advance(&self, job: &Job, page: JobPage) -> Result<bool, Error> {
        let mut transaction = self.inner.driver.begin().await?;
        let params = params![
            job.workspace.as_str(),
            job.id.as_str(),
            job.cursor,
            page.cursor,
            page.inputs.len(),
            page.looked_at,
            i64::from(page.finished),
            page.next_at,
            page.result_json
        ];
        if transaction.execute(ADVANCE, params).await? == 0 {
            return Ok(false);
        }
        let queued = |(contact, input_json, source)| {
            let new = NewInbox { contact, source, input_json, stuck: None, at: job.created_at };
            inbox::row_values(&job.workspace, new)
        };
        let rows = page.inputs.into_iter().map(queued).collect();
        transaction.execute_all(vec![(&inbox::PUT, rows)]).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// Stops a job where it is; false if there is none of this id that isn't finished.
    pub async fn job_cancel(&self, workspace: &WorkspaceId, id: &str) -> Result<bool, Error> {
        Ok(self.inner.driver.execute(CANCEL, params![workspace.as_str(), id]).await? > 0)
    }

    /// One job.
    pub async fn job(&self, workspace: &WorkspaceId, id: &str) -> Result<Option<Job>, Error> {
        self.inner.driver.query_first(GET, params![workspace.as_str(), id]).await?.map(read).transpose()
    }

    /// The job of a kind that is about the latest revision.
    pub async fn job_latest(&self, workspace: &WorkspaceId, kind: &str) -> Result<Option<Job>, Error> {
        let row = self.inner.driver.query_first(LATEST, params![workspace.as_str(), kind]).await?;
        row.map(read).transpose()
    }

    /// The jobs of a workspace, latest first, at most a hundred.
    pub async fn jobs(&self, workspace: &WorkspaceId) -> Result<Vec<Job>, Error> {
        let rows = self.inner.driver.query(ALL, params![workspace.as_str(), JOBS_SHOWN_MAX]).await?;
        rows.into_iter().map(read).collect()
    }
}

/// Makes a job in a transaction; false if there is one of this id. `total` is how many contacts it looks at, unless it
/// names them itself.
pub(crate) async fn add(
    transaction: &mut Transaction,
    workspace: &WorkspaceId,
    job: NewJob,
    total: u64,
) -> Result<bool, Error> {
    if job.kind == RECOMPUTE {
        transaction.execute(REPLACE, params![workspace.as_str(), RECOMPUTE]).await?;
    }
    let total = job.contacts.as_ref().map_or(total, |contacts| contacts.len() as u64);
    let params = params![
        workspace.as_str(),
        job.id.as_str(),
        job.kind,
        job.revision,
        job.params_json,
        job.pace,
        job.by,
        total,
        job.begins_at,
        job.at
    ];
    if transaction.execute(ADD, params).await? == 0 {
        return Ok(false);
    }
    let contacts = job.contacts.into_iter().flatten();
    let rows = contacts.map(|contact| params![workspace.as_str(), job.id.as_str(), contact]).collect();
    transaction.execute_all(vec![(&CONTACT, rows)]).await?;
    Ok(true)
}

fn read(row: Row) -> Result<Job, Error> {
    let mut row = row.columns("job");
    Ok(Job {
        id: row.text()?,
        workspace: row.name()?,
        kind: row.text()?,
        revision: row.count()?,
        params_json: row.text()?,
        pace: row
            .optional_integer()?
            .map(|pace| {
                u32::try_from(pace).map_err(|error| Error::inconsistent("job", pace.to_string(), error))
            })
            .transpose()?,
        by: row.text()?,
        cursor: row
            .optional_text()?
            .map(|id| id.parse().map_err(|error| Error::inconsistent("job", &id, error)))
            .transpose()?,
        looked_at: row.count()?,
        done: row.count()?,
        total: row.count()?,
        finished: row.integer()? != 0,
        cancelled: row.integer()? != 0,
        next_at: row.time()?,
        created_at: row.time()?,
        result_json: row.optional_text()?,
    })
}
