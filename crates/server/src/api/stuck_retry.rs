//! Letting a stuck input be tried again.

use axum::extract::State;
use axum::http::StatusCode;
use serde_json::json;

use crate::api::note;
use crate::auth::Manager;
use crate::error::{Error, Refusals};
use crate::state::ServerState;
use crate::wire::Parameters;

/// Lets a stuck input be tried again, for example after the workflow was mended.
#[utoipa::path(
    post,
    path = "/api/v1/stuck/{seq}/retry",
    tag = "operation",
    operation_id = "retry_stuck",
    summary = "Try a stuck input again",
    params(("seq" = i64, Path, description = "Its number")),
    security(("key" = ["manage"])),
    responses((status = 204, description = "It will be tried"), Refusals),
)]
pub(crate) async fn retry(
    Manager(caller): Manager,
    State(state): State<ServerState>,
    Parameters(seq): Parameters<i64>,
) -> Result<StatusCode, Error> {
    if !state.store().stuck_release(&caller.workspace, seq, false, state.now()).await? {
        return Err(Error::not_found("stuck input", seq));
    }
    note(&state, &caller.workspace, &caller, &json!({ "stuck_retried": seq })).await?;
    Ok(StatusCode::NO_CONTENT)
}
