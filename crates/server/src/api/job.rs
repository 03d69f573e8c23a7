//! One job.

use axum::Json;
use axum::extract::State;

use crate::api::jobs::JobView;
use crate::auth::Reader;
use crate::error::{Error, Refusals};
use crate::state::ServerState;
use crate::wire::Parameters;

/// One job and how far it is.
#[utoipa::path(
    get,
    path = "/api/v1/jobs/{id}",
    tag = "operation",
    summary = "Show a job",
    params(("id" = String, Path, description = "Its id")),
    security(("key" = ["read"])),
    responses((status = 200, body = JobView), Refusals),
)]
pub(crate) async fn job(
    Reader(caller): Reader,
    State(state): State<ServerState>,
    Parameters(id): Parameters<String>,
) -> Result<Json<JobView>, Error> {
    let job = state.store().job(&caller.workspace, &id).await?;
    Ok(Json(JobView::from(job.ok_or_else(|| Error::not_found("job", &id))?)))
}
