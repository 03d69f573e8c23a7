//! Entry caps: who asks for a place in a workflow, and how many places of each window are taken (SEMANTICS 4.3).
//!
//! The rule that gives places is the domain's: a [`Granting`] shows it what is asked and what is taken, and writes what
//! it decided, in one transaction.

use std::collections::BTreeMap;

use wend_domain::id::{ContactId, RunId, WorkflowName, WorkspaceId};
use wend_domain::time::Timestamp;

use crate::driver::Transaction;
use crate::driver::value::{Row, Value, params};
use crate::error::Error;
use crate::inbox::{self, NewInbox};
use crate::open::Store;
use crate::statement::{Kind, Many, Statement, statements};

/// A run that asks for a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryRequest {
    /// Whose workflow.
    pub workspace: WorkspaceId,
    /// The run that waits for the answer.
    pub run: RunId,
    /// Its contact.
    pub contact: ContactId,
    /// The workflow.
    pub workflow: WorkflowName,
    /// The version whose caps are asked.
    pub version: u32,
    /// When it asked.
    pub asked_at: Timestamp,
}

/// A window of an entry cap.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CapWindow {
    /// The workflow.
    pub workflow: WorkflowName,
    /// What tells the cap from the workflow's other caps.
    pub cap: String,
    /// When the window began.
    pub since: Timestamp,
}

/// What a run that asked is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryAnswer {
    /// What it asked.
    pub request: EntryRequest,
    /// Whether it got a place.
    pub granted: bool,
    /// The input that tells its contact.
    pub input_json: String,
}

/// A transaction in which requests are answered; dropping it answers none.
pub struct Granting {
    transaction: Transaction,
    /// What is asked, earliest first; other nodes pass over these.
    pub requests: Vec<EntryRequest>,
}

statements! {
    /// A run that was refused asks again; one that has its place keeps it.
    ASK: Many = Many::Insert {
        table: "entry_request",
        columns: &[
            ("workspace", Kind::Text),
            ("run", Kind::Text),
            ("contact", Kind::Text),
            ("workflow", Kind::Text),
            ("version", Kind::Integer),
            ("asked_at", Kind::Integer),
            ("granted", Kind::Integer),
        ],
        conflict: "ON CONFLICT (workspace, run) DO UPDATE SET answered_at = NULL, asked_at = excluded.asked_at,
                   version = excluded.version WHERE entry_request.granted = 0",
    };
    WAITING: Statement = Statement::Both(
        "SELECT workspace, run, contact, workflow, version, asked_at FROM entry_request
         WHERE answered_at IS NULL ORDER BY asked_at, run LIMIT $1 FOR UPDATE SKIP LOCKED",
    );
    ANY_WAITING: Statement =
        Statement::Both("SELECT MIN(asked_at) FROM entry_request WHERE answered_at IS NULL");
    /// Makes the window, and locks it.
    WINDOW: Statement = Statement::Both(
        "INSERT INTO entry_grant (workspace, workflow, cap, window_start, used) VALUES ($1, $2, $3, $4, 0)
         ON CONFLICT (workspace, workflow, cap, window_start) DO UPDATE SET used = entry_grant.used RETURNING used",
    );
    USED: Statement = Statement::Both(
        "SELECT used FROM entry_grant WHERE workspace = $1 AND workflow = $2 AND cap = $3 AND window_start = $4",
    );
    TAKE: Many = Many::Each {
        kinds: &[Kind::Text, Kind::Text, Kind::Text, Kind::Integer, Kind::Integer],
        sqlite: "UPDATE entry_grant SET used = used + $5
                 WHERE workspace = $1 AND workflow = $2 AND cap = $3 AND window_start = $4",
        postgres: "UPDATE entry_grant SET used = entry_grant.used + more.n
                   FROM {rows} AS more (workspace, workflow, cap, window_start, n)
                   WHERE entry_grant.workspace = more.workspace AND entry_grant.workflow = more.workflow
                   AND entry_grant.cap = more.cap AND entry_grant.window_start = more.window_start",
    };
    ANSWER: Many = Many::Each {
        kinds: &[Kind::Text, Kind::Text, Kind::Integer, Kind::Integer],
        sqlite: "UPDATE entry_request SET answered_at = $3, granted = $4 WHERE workspace = $1 AND run = $2",
        postgres: "UPDATE entry_request SET answered_at = given.at, granted = given.granted
                   FROM {rows} AS given (workspace, run, at, granted)
                   WHERE entry_request.workspace = given.workspace AND entry_request.run = given.run",
    };
}

impl Store {
    /// Whether a run waits for an answer.
    pub async fn are_entries_requested(&self) -> Result<bool, Error> {
        let row = self.inner.driver.query_first(ANY_WAITING, params![]).await?;
        Ok(row.map_or(Ok(None), |row| row.columns("entry_request").optional_time())?.is_some())
    }

    /// Takes requests of all workspaces to answer them, earliest first.
    pub async fn begin_granting(&self, limit: usize) -> Result<Granting, Error> {
        let mut transaction = self.inner.driver.begin().await?;
        let rows = transaction.query(WAITING, params![limit]).await?;
        let requests = rows.into_iter().map(read).collect::<Result<_, _>>()?;
        Ok(Granting { transaction, requests })
    }

    /// How many places of a window are taken.
    pub async fn entries_granted(&self, workspace: &WorkspaceId, window: &CapWindow) -> Result<u32, Error> {
        let row = self.inner.driver.query_first(USED, window_key(workspace, window)).await?;
        row.map_or(Ok(0), |row| row.columns("entry_grant").count())
    }
}

impl Granting {
    /// How many places of these windows are taken; until the end of the transaction nobody else takes one.
    pub async fn used(
        &mut self,
        windows: impl IntoIterator<Item = (WorkspaceId, CapWindow)>,
    ) -> Result<BTreeMap<(WorkspaceId, CapWindow), u32>, Error> {
        // In order, so that two nodes never wait for each other in a circle.
        let mut used: BTreeMap<(WorkspaceId, CapWindow), u32> =
            windows.into_iter().map(|window| (window, 0)).collect();
        for ((workspace, window), used) in &mut used {
            let row = self.transaction.query_first(WINDOW, window_key(workspace, window)).await?;
            *used = row.map_or(Ok(0), |row| row.columns("entry_grant").count())?;
        }
        Ok(used)
    }

    /// Answers: takes the places, and puts each answer into the inbox of its contact.
    pub async fn commit(
        mut self,
        answers: Vec<EntryAnswer>,
        taken: BTreeMap<(WorkspaceId, CapWindow), u32>,
        at: Timestamp,
    ) -> Result<(), Error> {
        let take = |((workspace, window), n): ((WorkspaceId, CapWindow), u32)| {
            let mut params = window_key(&workspace, &window);
            params.push(n.into());
            params
        };
        let taken = taken.into_iter().filter(|(_, n)| *n > 0).map(take).collect();
        let (mut answered, mut told) = (Vec::new(), Vec::new());
        for EntryAnswer { request, granted, input_json } in answers {
            let name = request.workspace.as_str();
            answered.push(params![name, request.run, at, i64::from(granted)]);
            let source = format!("grant:{}:{}", request.run, request.asked_at.as_millis());
            let new = NewInbox { contact: request.contact, source, input_json, stuck: None, at };
            told.push(inbox::row_values(&request.workspace, new));
        }
        let bulks = vec![(&TAKE, taken), (&ANSWER, answered), (&inbox::PUT, told)];
        self.transaction.execute_all(bulks).await?;
        self.transaction.commit().await
    }
}

fn window_key(workspace: &WorkspaceId, window: &CapWindow) -> Vec<Value> {
    params![workspace.as_str(), window.workflow.as_str(), window.cap.as_str(), window.since]
}

fn read(row: Row) -> Result<EntryRequest, Error> {
    let mut row = row.columns("entry_request");
    Ok(EntryRequest {
        workspace: row.name()?,
        run: row.id()?,
        contact: row.id()?,
        workflow: row.name()?,
        version: row.count()?,
        asked_at: row.time()?,
    })
}

/// The values of a new request.
pub(crate) fn row_values(request: &EntryRequest) -> Vec<Value> {
    params![
        request.workspace.as_str(),
        request.run,
        request.contact,
        request.workflow.as_str(),
        request.version,
        request.asked_at,
        0_i64
    ]
}
