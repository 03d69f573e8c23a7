//! Long work over all contacts.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use wend_store::Job;

use crate::auth::Reader;
use crate::error::{Error, Refusals};
use crate::state::ServerState;
use crate::view::shown;

/// Long work over all contacts, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Jobs {
    /// The jobs.
    jobs: Vec<JobView>,
}

/// One job and how far it is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct JobView {
    /// Its id.
    id: String,
    /// What it is for: `recompute` shows a new catalog to every contact.
    kind: String,
    /// The catalog revision that it is about.
    revision: u64,
    /// How many contacts are done.
    done: u64,
    /// How many contacts there were when it began.
    total: u64,
    /// Whether it is finished.
    finished: bool,
    /// When it was begun.
    created_at: String,
}

impl From<Job> for JobView {
    fn from(job: Job) -> Self {
        let Job { id, kind, revision, done, total, finished, created_at, workspace: _, cursor: _ } = job;
        Self { id, kind, revision, done, total, finished, created_at: shown(created_at) }
    }
}

/// Long work over all contacts of the workspace, and how far it is.
#[utoipa::path(
    get,
    path = "/api/v1/jobs",
    tag = "operation",
    summary = "List jobs",
    security(("key" = ["read"])),
    responses((status = 200, body = Jobs), Refusals),
)]
pub(crate) async fn jobs(
    Reader(caller): Reader,
    State(state): State<ServerState>,
) -> Result<Json<Jobs>, Error> {
    let jobs = state.store().jobs(&caller.workspace).await?;
    Ok(Json(Jobs { jobs: jobs.into_iter().map(JobView::from).collect() }))
}
