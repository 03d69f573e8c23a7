//! Rollouts: what was counted when each of them began, so that its gates count from there (SEMANTICS 9.3).

use wend_domain::id::{WorkflowName, WorkspaceId};
use wend_domain::time::Timestamp;

use crate::driver::value::params;
use crate::error::Error;
use crate::open::Store;
use crate::statement::{Statement, statements};

statements! {
    GET: Statement = Statement::Both(
        "SELECT counters_json FROM rollout_start WHERE workspace = $1 AND workflow = $2 AND since = $3",
    );
    PUT: Statement = Statement::Both(
        "INSERT INTO rollout_start (workspace, workflow, since, counters_json) VALUES ($1, $2, $3, $4)
         ON CONFLICT (workspace, workflow, since) DO NOTHING",
    );
}

impl Store {
    /// What was counted when a rollout began; none if nobody has noted it.
    pub async fn rollout_start(
        &self,
        workspace: &WorkspaceId,
        workflow: &WorkflowName,
        since: Timestamp,
    ) -> Result<Option<String>, Error> {
        let params = params![workspace.as_str(), workflow.as_str(), since];
        let row = self.inner.driver.query_first(GET, params).await?;
        row.map(|row| row.columns("rollout_start").text()).transpose()
    }

    /// Notes what was counted when a rollout began, unless somebody has.
    pub async fn rollout_start_note(
        &self,
        workspace: &WorkspaceId,
        workflow: &WorkflowName,
        since: Timestamp,
        counters_json: &str,
    ) -> Result<(), Error> {
        let params = params![workspace.as_str(), workflow.as_str(), since, counters_json];
        self.inner.driver.execute(PUT, params).await?;
        Ok(())
    }
}
