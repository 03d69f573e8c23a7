//! Dropping a stuck input.

use axum::extract::State;
use axum::http::StatusCode;
use serde_json::json;

use crate::api::note;
use crate::auth::Manager;
use crate::error::{Error, Refusals};
use crate::state::ServerState;
use crate::wire::Parameters;

/// Drops a stuck input, so that its contact goes on without it; the audit keeps it.
#[utoipa::path(
    post,
    path = "/api/v1/stuck/{seq}/drop",
    tag = "operation",
    operation_id = "drop_stuck",
    summary = "Drop a stuck input",
    params(("seq" = i64, Path, description = "Its number")),
    security(("key" = ["manage"])),
    responses((status = 204, description = "It is dropped"), Refusals),
)]
pub(crate) async fn drop(
    Manager(caller): Manager,
    State(state): State<ServerState>,
    Parameters(seq): Parameters<i64>,
) -> Result<StatusCode, Error> {
    if !state.store().stuck_release(&caller.workspace, seq, true, state.now()).await? {
        return Err(Error::not_found("stuck input", seq));
    }
    note(&state, &caller.workspace, &caller, &json!({ "stuck_dropped": seq })).await?;
    Ok(StatusCode::NO_CONTENT)
}
