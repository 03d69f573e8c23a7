//! Schedules: when each workflow with set times begins next (SEMANTICS 4.1).

use wend_domain::id::{WorkflowName, WorkspaceId};
use wend_domain::time::Timestamp;

use crate::audit;
use crate::counter;
use crate::driver::value::{Row, params};
use crate::error::Error;
use crate::job::{self, NewJob};
use crate::open::Store;
use crate::statement::{Statement, statements};

/// When a workflow begins next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScheduleRow {
    /// Whose.
    pub workspace: WorkspaceId,
    /// The workflow.
    pub workflow: WorkflowName,
    /// The trigger's place in the file.
    pub place: usize,
    /// What the times follow from: another text means that they are computed anew.
    pub rule: String,
    /// The local time of the next occurrence.
    pub occurrence: String,
    /// When it begins, wherever that is first.
    pub next_at: Timestamp,
}

/// What becomes of a schedule.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ScheduleStep {
    /// The row from now on; none if nothing comes after it, or there is no such trigger any more.
    pub next: Option<ScheduleRow>,
    /// The job that tells contacts of the occurrence.
    pub job: Option<NewJob>,
    /// What the audit says of it.
    pub audit_json: Option<String>,
}

/// The columns of a row, in the order in which [`read`] reads them.
macro_rules! columns {
    () => {
        "workspace, workflow, place, rule, occurrence, next_at"
    };
}

statements! {
    OF_WORKSPACE: Statement = Statement::Both(concat!(
        "SELECT ", columns!(), " FROM schedule WHERE workspace = $1 ORDER BY workflow, place",
    ));
    DUE: Statement = Statement::Both(concat!(
        "SELECT ", columns!(), " FROM schedule WHERE next_at <= $1 ORDER BY next_at, workspace, workflow, place LIMIT $2",
    ));
    NEXT: Statement = Statement::Both("SELECT MIN(next_at) FROM schedule");
    ADD: Statement = Statement::Both(
        "INSERT INTO schedule (workspace, workflow, place, rule, occurrence, next_at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (workspace, workflow, place) DO NOTHING",
    );
    CHANGE: Statement = Statement::Both(
        "UPDATE schedule SET rule = $6, occurrence = $7, next_at = $8
         WHERE workspace = $1 AND workflow = $2 AND place = $3 AND rule = $4 AND next_at = $5",
    );
    REMOVE: Statement = Statement::Both(
        "DELETE FROM schedule WHERE workspace = $1 AND workflow = $2 AND place = $3 AND rule = $4 AND next_at = $5",
    );
}

impl Store {
    /// The schedules of a workspace.
    pub async fn schedules(&self, workspace: &WorkspaceId) -> Result<Vec<ScheduleRow>, Error> {
        let rows = self.inner.driver.query(OF_WORKSPACE, params![workspace.as_str()]).await?;
        rows.into_iter().map(read).collect()
    }

    /// Schedules of all workspaces that are due, earliest first.
    pub async fn schedules_due(&self, at: Timestamp, limit: usize) -> Result<Vec<ScheduleRow>, Error> {
        let rows = self.inner.driver.query(DUE, params![at, limit]).await?;
        rows.into_iter().map(read).collect()
    }

    /// When the next schedule is due.
    pub async fn next_schedule_at(&self) -> Result<Option<Timestamp>, Error> {
        let row = self.inner.driver.query_first(NEXT, params![]).await?;
        row.map_or(Ok(None), |row| row.columns("schedule").optional_time())
    }

    /// Begins a schedule, unless it has begun.
    pub async fn schedule_add(&self, row: &ScheduleRow) -> Result<bool, Error> {
        let params = params![
            row.workspace.as_str(),
            row.workflow.as_str(),
            row.place,
            row.rule.as_str(),
            row.occurrence.as_str(),
            row.next_at
        ];
        Ok(self.inner.driver.execute(ADD, params).await? > 0)
    }

    /// Moves a schedule on from where it was seen, with what that brings about; false, and nothing done, if another node
    /// moved it first.
    pub async fn schedule_step(
        &self,
        seen: &ScheduleRow,
        step: ScheduleStep,
        at: Timestamp,
    ) -> Result<bool, Error> {
        let mut transaction = self.inner.driver.begin().await?;
        let workspace = &seen.workspace;
        let mut params =
            params![workspace.as_str(), seen.workflow.as_str(), seen.place, seen.rule.as_str(), seen.next_at];
        let n_rows = match &step.next {
            None => transaction.execute(REMOVE, params).await?,
            Some(next) => {
                params.extend(params![next.rule.as_str(), next.occurrence.as_str(), next.next_at]);
                transaction.execute(CHANGE, params).await?
            }
        };
        if n_rows == 0 {
            return Ok(false);
        }
        if let Some(job) = step.job {
            let total = counter::own(&mut transaction, workspace, counter::CONTACTS).await?;
            job::add(&mut transaction, workspace, job, total).await?;
        }
        if let Some(what_json) = &step.audit_json {
            audit::add(&mut transaction, workspace, at, "schedule", what_json).await?;
        }
        transaction.commit().await?;
        Ok(true)
    }
}

fn read(row: Row) -> Result<ScheduleRow, Error> {
    let mut row = row.columns("schedule");
    Ok(ScheduleRow {
        workspace: row.name()?,
        workflow: row.name()?,
        place: row.count()?,
        rule: row.text()?,
        occurrence: row.text()?,
        next_at: row.time()?,
    })
}
