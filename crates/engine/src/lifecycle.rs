//! What is done to a workflow that is published: pause, stop, archive, roll back, roll out (SEMANTICS 9.3, 9.4).

use wend_domain::catalog::{Catalog, Status};
use wend_domain::compile::Portfolio;
use wend_domain::compile::lifecycle::{self, Changed, Operation, Refused, Tell};
use wend_domain::id::{WorkflowName, WorkspaceId};
use wend_domain::planted;
use wend_domain::time::Timestamp;
use wend_store::{CatalogRow, Consequences, Holds, NewJob, Publish, RECOMPUTE};

use crate::catalogs::{Loaded, compiled};
use crate::changes::json;
use crate::engine::Engine;
use crate::jobs::new_job;
use crate::jobs::work::JobWork;
use crate::tick::Worker;

/// How often an operation is done again because somebody else published meanwhile.
const CONFLICTS_MAX: usize = 8;

/// What became of an operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LifecycleChange {
    /// It is done, and in use on this node.
    Changed {
        /// The revision that it made.
        revision: u64,
        /// The job that tells those contacts who must hear of it.
        job: Option<String>,
    },
    /// It makes no sense.
    Refused(Refused),
    /// Others published again and again: nothing was done.
    Busy,
}

/// What somebody wants to be done to a workflow.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub(crate) workspace: &'a WorkspaceId,
    pub(crate) workflow: &'a WorkflowName,
    pub(crate) operation: &'a Operation,
    pub(crate) by: &'a str,
    pub(crate) reason: &'a str,
}

impl Engine {
    /// Does something to a workflow, on top of whatever is published.
    ///
    /// It writes nothing to any contact or message: a stop takes as long for a million live runs as for one.
    pub async fn change_lifecycle(
        &self,
        workspace: &WorkspaceId,
        workflow: &WorkflowName,
        operation: &Operation,
        by: &str,
        reason: &str,
    ) -> anyhow::Result<LifecycleChange> {
        let asked = Asked { workspace, workflow, operation, by, reason };
        for _ in 0..CONFLICTS_MAX {
            let (revision, portfolio) = self.portfolio(workspace).await?;
            match self.change_on_top(&asked, revision, &portfolio, self.shared().clock.now()).await? {
                LifecycleChange::Busy => {}
                done => return Ok(done),
            }
        }
        Ok(LifecycleChange::Busy)
    }

    /// Does something to a workflow on top of one revision; [`LifecycleChange::Busy`] if that isn't the latest any more.
    pub(crate) async fn change_on_top(
        &self,
        asked: &Asked<'_>,
        revision: u64,
        portfolio: &Portfolio,
        at: Timestamp,
    ) -> anyhow::Result<LifecycleChange> {
        let Asked { workspace, workflow, operation, by, reason } = *asked;
        let next = revision + 1;
        let Changed { portfolio, tell } = match lifecycle::change(portfolio, next, workflow, operation, at) {
            Ok(changed) => changed,
            Err(refused) => return Ok(LifecycleChange::Refused(refused)),
        };
        let row = CatalogRow { revision: next, at, by: by.to_owned(), portfolio_json: json(&portfolio) };
        let before = self.shared().catalogs.get(workspace);
        let loaded = compiled(workspace, row.clone(), before, self.shared().options.one_thread()).await?;
        let loaded = loaded.keyed(self.shared()).await?;
        let mut job = job_for(tell, workflow, reason, next, by, at);
        if let Some(job) = job.as_mut().filter(|job| job.kind == RECOMPUTE) {
            job.params_json = self.built(workspace).await?.params();
        }
        let id = job.as_ref().map(|job| job.id.clone());
        let what = serde_json::json!({
            "did": operation, "workflow": workflow, "reason": reason, "revision": next,
        });
        let consequences = Consequences {
            jobs: job.into_iter().collect(),
            holds: Some(holds(&loaded.catalog)),
            pairs: None,
            audit_json: Some(what.to_string()),
        };
        match self.store().publish_catalog(workspace, revision, row, consequences).await? {
            Publish::Conflict { .. } => Ok(LifecycleChange::Busy),
            Publish::Published => {
                self.take_into_use(loaded);
                tracing::info!(workspace = %workspace, workflow = %workflow, revision = next, by, "changed a workflow");
                Ok(LifecycleChange::Changed { revision: next, job: id })
            }
        }
    }

    /// Takes a published catalog into use on this node.
    pub(crate) fn take_into_use(&self, loaded: Loaded) {
        let shared = self.shared();
        shared.catalogs.set(loaded);
        for worker in [Worker::Jobs, Worker::Outbox, Worker::Schedules, Worker::Rollouts] {
            shared.wakers.wake(worker);
        }
    }
}

fn job_for(
    tell: Tell,
    workflow: &WorkflowName,
    reason: &str,
    revision: u64,
    by: &str,
    at: Timestamp,
) -> Option<NewJob> {
    let workflow = workflow.clone();
    let work = match tell {
        Tell::Nobody => return None,
        Tell::Everybody => JobWork::Recompute,
        Tell::Resumed => JobWork::Resume { workflow },
        Tell::Discard => JobWork::Discard { workflow, reason: reason.to_owned() },
    };
    Some(new_job(&work, format!("{}-{revision}", work.kind()), revision, by, at))
}

/// The workflows of which nothing is attempted.
pub(crate) fn holds(catalog: &Catalog) -> Holds {
    let held = catalog.workflows.iter().filter(|(_, published)| is_held(published.status));
    let why = |status| if status == Status::Halted { "halted" } else { "paused" };
    held.map(|(name, published)| (name.clone(), why(published.status).to_owned())).collect()
}

/// Whether messages of a workflow rest that are in the outbox already.
pub(crate) fn is_held(status: Status) -> bool {
    match status {
        Status::Paused if planted!("pause-lets-messages-go") => false,
        Status::Paused | Status::Halted => !(status == Status::Halted && planted!("claim-ignores-halt")),
        Status::Live | Status::Archived => false,
    }
}
