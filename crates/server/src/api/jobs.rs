//! Long work over many contacts.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use wend_engine::JobWork;
use wend_store::Job;

use crate::api::audience::counted;
use crate::auth::Reader;
use crate::error::{Error, Refusals};
use crate::state::ServerState;
use crate::view::shown;

/// Long work over many contacts, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Jobs {
    /// The jobs, at most a hundred.
    jobs: Vec<JobView>,
}

/// One job and how far it is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct JobView {
    /// Its id.
    id: String,
    /// What it is for: `recompute` shows a new catalog to every contact, `migrate` moves runs, `backfill` lets those in
    /// who match already, `resume` and `discard` go with the life cycle, `schedule` and `business` with triggers,
    /// `postings` reads the past for a business trigger, `bulk` is what a person asked for, `count` counts who is meant.
    kind: String,
    /// `running`, `finished` or `cancelled`.
    state: &'static str,
    /// What exactly, and of which contacts.
    #[schema(value_type = Object)]
    work: Value,
    /// Who asked for it.
    by: String,
    /// The catalog revision that it is about.
    revision: u64,
    /// How many contacts a second it looks at, at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pace: Option<u32>,
    /// How many contacts it has looked at.
    looked_at: u64,
    /// How many contacts it has told.
    done: u64,
    /// How many contacts it is to look at; more may come while it runs.
    total: u64,
    /// Whether it is finished.
    finished: bool,
    /// When it was begun.
    created_at: String,
    /// What it has counted so far, if it counts: how many contacts it asked, and how many are meant by each selection
    /// alone, by each two, and by all.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Object)]
    result: Option<Value>,
}

impl From<Job> for JobView {
    fn from(job: Job) -> Self {
        let state = match (job.cancelled, job.finished) {
            (true, _) => "cancelled",
            (false, true) => "finished",
            (false, false) => "running",
        };
        let result = match JobWork::of(&job) {
            Ok(JobWork::Count { of }) => Some(counted(&of, job.result_json.as_deref())),
            Ok(_) | Err(_) => None,
        };
        Self {
            result,
            work: serde_json::from_str(&job.params_json).unwrap_or_default(),
            id: job.id,
            kind: job.kind,
            state,
            by: job.by,
            revision: job.revision,
            pace: job.pace,
            looked_at: job.looked_at,
            done: job.done,
            total: job.total,
            finished: job.finished,
            created_at: shown(job.created_at),
        }
    }
}

/// Long work over many contacts of the workspace, and how far it is.
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
