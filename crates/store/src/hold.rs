//! Workflows on hold: nothing of theirs leaves the outbox while they are stopped or paused (SEMANTICS 9.4).

use std::collections::BTreeMap;

use wend_domain::id::{WorkflowName, WorkspaceId};

use crate::driver::Transaction;
use crate::driver::value::params;
use crate::error::Error;
use crate::lane;
use crate::open::Store;
use crate::statement::{Statement, statements};

statements! {
    ALL: Statement =
        Statement::Both("SELECT workflow, why FROM workflow_hold WHERE workspace = $1 ORDER BY workflow");
    PUT: Statement = Statement::Both(
        "INSERT INTO workflow_hold (workspace, workflow, why) VALUES ($1, $2, $3)
         ON CONFLICT (workspace, workflow) DO UPDATE SET why = excluded.why",
    );
    REMOVE: Statement = Statement::Both("DELETE FROM workflow_hold WHERE workspace = $1 AND workflow = $2");
}

/// Workflows on hold, each with why: `halted`, `paused`.
pub type Holds = BTreeMap<WorkflowName, String>;

impl Store {
    /// The workflows of a workspace that are on hold.
    pub async fn holds(&self, workspace: &WorkspaceId) -> Result<Holds, Error> {
        let rows = self.inner.driver.query(ALL, params![workspace.as_str()]).await?;
        rows.into_iter().map(read).collect()
    }
}

/// Makes these the workflows of a workspace that are on hold; what was held of others may go again.
pub(crate) async fn set(
    transaction: &mut Transaction,
    workspace: &WorkspaceId,
    holds: &Holds,
) -> Result<(), Error> {
    let name = workspace.as_str();
    let rows = transaction.query(ALL, params![name]).await?;
    let before = rows.into_iter().map(read).collect::<Result<Holds, _>>()?;
    for (workflow, why) in holds.iter().filter(|(workflow, why)| before.get(*workflow) != Some(why)) {
        transaction.execute(PUT, params![name, workflow.as_str(), why.as_str()]).await?;
        lane::shut(transaction, &lane::of_workflow(workspace, workflow)).await?;
    }
    for workflow in before.keys().filter(|workflow| !holds.contains_key(*workflow)) {
        transaction.execute(REMOVE, params![name, workflow.as_str()]).await?;
        lane::open(transaction, &lane::of_workflow(workspace, workflow)).await?;
    }
    Ok(())
}

fn read(row: crate::driver::value::Row) -> Result<(WorkflowName, String), Error> {
    let mut row = row.columns("workflow_hold");
    Ok((row.name()?, row.text()?))
}
