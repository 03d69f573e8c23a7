//! Tasks: what colleagues are to do for a contact, one row each, for lists and screens.

use wend_domain::id::{ContactId, MessageId, RunId, StepId, WorkflowName, WorkspaceId};
use wend_domain::time::Timestamp;

use crate::driver::value::{Row, Value, params};
use crate::error::Error;
use crate::open::Store;
use crate::statement::{Kind, Many, Statement, statements};

/// The state of a task that waits for a person.
const OPEN: &str = "open";

/// A task as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskRow {
    /// Its id.
    pub id: MessageId,
    /// About whom.
    pub contact: ContactId,
    /// The run that waits for it.
    pub run: RunId,
    /// The workflow.
    pub workflow: WorkflowName,
    /// The workflow's version.
    pub version: u32,
    /// The step.
    pub step: StepId,
    /// Who is to do it: a person or a team.
    pub assignee: String,
    /// What is to be done; none leaves the title of a row that is there.
    pub title: Option<String>,
    /// What else to know; none leaves the note of a row that is there.
    pub note: Option<String>,
    /// How it may come out, as a JSON list of names.
    pub outcomes_json: String,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When it is overdue.
    pub due_at: Timestamp,
    /// Whether it has gone to somebody else for want of an answer.
    pub escalated: bool,
    /// The state's name.
    pub state: String,
    /// How it came out.
    pub outcome: Option<String>,
    /// What the person adds.
    pub outcome_note: Option<String>,
    /// Who has done it.
    pub done_by: Option<String>,
    /// Who has taken it on; only [`Store::task_claim`] changes it.
    pub claimed_by: Option<String>,
    /// When it took this state.
    pub updated_at: Timestamp,
}

/// Which tasks to list; what is none doesn't narrow the list.
#[derive(Debug, Clone, Default)]
pub struct TaskFilter {
    /// The state's name; none means those that are open.
    pub state: Option<String>,
    /// Who is to do it.
    pub assignee: Option<String>,
    /// About whom, whatever the state.
    pub contact: Option<ContactId>,
    /// The workflow.
    pub workflow: Option<WorkflowName>,
    /// Who has taken it on.
    pub claimed_by: Option<String>,
    /// Only those after this one in the order of the list.
    pub after: Option<(Timestamp, MessageId)>,
    /// At most so many.
    pub limit: usize,
}

/// What became of a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TaskClaim {
    /// The task is theirs, or nobody's again.
    Claimed,
    /// Somebody else has it.
    Taken {
        /// Who.
        by: String,
    },
    /// It doesn't wait for anybody any more.
    Closed {
        /// The state's name.
        state: String,
    },
    /// There is no such task.
    Unknown,
}

/// The columns of a row, in the order in which [`read`] reads them.
macro_rules! columns {
    () => {
        "task, contact, run, workflow, version, step, assignee, title, note, outcomes_json, opened_at, due_at, escalated, \
         state, outcome, outcome_note, done_by, claimed_by, updated_at"
    };
}

/// What narrows a list besides the index that it goes through.
macro_rules! filters {
    () => {
        "AND (due_at, task) > ($2, $3) AND (CAST($5 AS TEXT) IS NULL OR workflow = $5)
         AND (CAST($6 AS TEXT) IS NULL OR claimed_by = $6) ORDER BY due_at, task LIMIT $4"
    };
}

statements! {
    GET: Statement =
        Statement::Both(concat!("SELECT ", columns!(), " FROM task WHERE workspace = $1 AND task = $2"));
    OF_STATE: Statement = Statement::Both(concat!(
        "SELECT ", columns!(), " FROM task WHERE workspace = $1 AND state = $7 ", filters!(),
    ));
    OF_ASSIGNEE: Statement = Statement::Both(concat!(
        "SELECT ", columns!(), " FROM task WHERE workspace = $1 AND state = $7 AND assignee = $8 ", filters!(),
    ));
    OF_CONTACT: Statement = Statement::Both(concat!(
        "SELECT ", columns!(), " FROM task WHERE workspace = $1 AND contact = $7
         AND (CAST($8 AS TEXT) IS NULL OR state = $8) AND (CAST($9 AS TEXT) IS NULL OR assignee = $9) ", filters!(),
    ));
    COUNTS: Statement = Statement::Both(
        "SELECT assignee, COUNT(*) FROM task WHERE workspace = $1 AND state = $2 GROUP BY assignee ORDER BY assignee",
    );
    CLAIM: Statement = Statement::Both(
        "UPDATE task SET claimed_by = $3, updated_at = $4 WHERE workspace = $1 AND task = $2 AND state = 'open'
         AND (claimed_by IS NULL OR claimed_by = $5)",
    );
    PUT: Many = Many::Insert {
        table: "task",
        columns: &[
            ("workspace", Kind::Text),
            ("task", Kind::Text),
            ("contact", Kind::Text),
            ("run", Kind::Text),
            ("workflow", Kind::Text),
            ("version", Kind::Integer),
            ("step", Kind::Text),
            ("assignee", Kind::Text),
            ("title", Kind::Text),
            ("note", Kind::Text),
            ("outcomes_json", Kind::Text),
            ("opened_at", Kind::Integer),
            ("due_at", Kind::Integer),
            ("escalated", Kind::Integer),
            ("state", Kind::Text),
            ("outcome", Kind::Text),
            ("outcome_note", Kind::Text),
            ("done_by", Kind::Text),
            ("updated_at", Kind::Integer),
        ],
        // Whoever has taken on a task that goes to somebody else has it no longer.
        conflict: "ON CONFLICT (workspace, task) DO UPDATE SET
                   contact = excluded.contact, assignee = excluded.assignee, title = COALESCE(excluded.title, task.title),
                   note = COALESCE(excluded.note, task.note), due_at = excluded.due_at,
                   escalated = excluded.escalated, state = excluded.state, outcome = excluded.outcome,
                   outcome_note = excluded.outcome_note, done_by = excluded.done_by,
                   claimed_by = CASE WHEN task.assignee = excluded.assignee THEN task.claimed_by END,
                   updated_at = excluded.updated_at",
    };
}

impl Store {
    /// Tasks, those that are due first at the head.
    pub async fn tasks(&self, workspace: &WorkspaceId, filter: &TaskFilter) -> Result<Vec<TaskRow>, Error> {
        let (after_due, after_task) = match filter.after {
            Some((due_at, task)) => (due_at.as_millis(), task.to_string()),
            None => (i64::MIN, String::new()),
        };
        let mut params = params![
            workspace.as_str(),
            after_due,
            after_task,
            filter.limit,
            filter.workflow.as_ref().map(WorkflowName::as_str),
            filter.claimed_by.as_deref()
        ];
        let state = filter.state.as_deref();
        let statement = match (filter.contact, filter.assignee.as_deref()) {
            (Some(contact), assignee) => {
                params.extend(params![contact, state, assignee]);
                OF_CONTACT
            }
            (None, Some(assignee)) => {
                params.extend(params![state.unwrap_or(OPEN), assignee]);
                OF_ASSIGNEE
            }
            (None, None) => {
                params.extend(params![state.unwrap_or(OPEN)]);
                OF_STATE
            }
        };
        self.inner.driver.query(statement, params).await?.into_iter().map(read).collect()
    }

    /// One task.
    pub async fn task(&self, workspace: &WorkspaceId, id: MessageId) -> Result<Option<TaskRow>, Error> {
        self.inner.driver.query_first(GET, params![workspace.as_str(), id]).await?.map(read).transpose()
    }

    /// How many open tasks each assignee has.
    pub async fn task_counts(&self, workspace: &WorkspaceId) -> Result<Vec<(String, u64)>, Error> {
        let rows = self.inner.driver.query(COUNTS, params![workspace.as_str(), OPEN]).await?;
        let read = |row: Row| {
            let mut row = row.columns("task");
            Ok((row.text()?, row.count()?))
        };
        rows.into_iter().map(read).collect()
    }

    /// Somebody takes a task on, or, with `release`, gives it back.
    pub async fn task_claim(
        &self,
        workspace: &WorkspaceId,
        id: MessageId,
        by: &str,
        release: bool,
        at: Timestamp,
    ) -> Result<TaskClaim, Error> {
        let claimed_by = (!release).then_some(by);
        let params = params![workspace.as_str(), id, claimed_by, at, by];
        if self.inner.driver.execute(CLAIM, params).await? > 0 {
            return Ok(TaskClaim::Claimed);
        }
        Ok(match self.task(workspace, id).await? {
            None => TaskClaim::Unknown,
            Some(task) if task.state != OPEN => TaskClaim::Closed { state: task.state },
            Some(task) => TaskClaim::Taken { by: task.claimed_by.unwrap_or_default() },
        })
    }
}

fn read(row: Row) -> Result<TaskRow, Error> {
    let mut row = row.columns("task");
    Ok(TaskRow {
        id: row.id()?,
        contact: row.id()?,
        run: row.id()?,
        workflow: row.name()?,
        version: row.count()?,
        step: row.name()?,
        assignee: row.text()?,
        title: row.optional_text()?,
        note: row.optional_text()?,
        outcomes_json: row.text()?,
        opened_at: row.time()?,
        due_at: row.time()?,
        escalated: row.integer()? != 0,
        state: row.text()?,
        outcome: row.optional_text()?,
        outcome_note: row.optional_text()?,
        done_by: row.optional_text()?,
        claimed_by: row.optional_text()?,
        updated_at: row.time()?,
    })
}

/// The values of a row, without who has taken it on.
pub(crate) fn row_values(workspace: &WorkspaceId, row: TaskRow) -> Vec<Value> {
    params![
        workspace.as_str(),
        row.id,
        row.contact,
        row.run,
        row.workflow.as_str(),
        row.version,
        row.step.as_str(),
        row.assignee,
        row.title,
        row.note,
        row.outcomes_json,
        row.opened_at,
        row.due_at,
        i64::from(row.escalated),
        row.state,
        row.outcome,
        row.outcome_note,
        row.done_by,
        row.updated_at
    ]
}
