//! Stopping a job.

use axum::Json;
use axum::extract::State;
use serde_json::json;

use crate::api::jobs::JobView;
use crate::api::note;
use crate::auth::Manager;
use crate::error::{Error, Refusals};
use crate::state::ServerState;
use crate::wire::Parameters;

/// Stops a job where it is. Contacts that it has told stay told.
#[utoipa::path(
    post,
    path = "/api/v1/jobs/{id}/cancel",
    tag = "operation",
    operation_id = "cancel_job",
    summary = "Cancel a job",
    params(("id" = String, Path, description = "Its id")),
    security(("key" = ["manage"])),
    responses(
        (status = 200, body = JobView),
        (status = 409, description = "It is over, or everything relies on it", body = crate::error::ErrorBody),
        Refusals,
    ),
)]
pub(crate) async fn cancel(
    Manager(caller): Manager,
    State(state): State<ServerState>,
    Parameters(id): Parameters<String>,
) -> Result<Json<JobView>, Error> {
    let missing = || Error::not_found("job", &id);
    let job = state.store().job(&caller.workspace, &id).await?.ok_or_else(missing)?;
    // Contacts that never hear of a catalog keep memberships of before, and nobody would know.
    if ["recompute", "postings"].contains(&job.kind.as_str()) {
        return Err(Error::Conflict {
            message: format!(
                "a job of kind `{}` can't be cancelled: segments and triggers rely on it",
                job.kind
            ),
            hint: "publish again: a newer one takes its place",
        });
    }
    if !state.store().job_cancel(&caller.workspace, &id).await? {
        return Err(Error::Conflict {
            message: format!("the job `{id}` is over already"),
            hint: "nothing is left to cancel",
        });
    }
    note(&state, &caller.workspace, &caller, &json!({ "job_cancelled": id })).await?;
    let job = state.store().job(&caller.workspace, &id).await?.ok_or_else(missing)?;
    Ok(Json(JobView::from(job)))
}
