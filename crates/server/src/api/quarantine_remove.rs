//! Forgetting an event that made no sense.

use axum::extract::State;
use axum::http::StatusCode;
use serde_json::json;

use crate::api::note;
use crate::auth::Manager;
use crate::error::{Error, Refusals};
use crate::state::ServerState;
use crate::wire::Parameters;

/// Forgets a quarantined event for good.
#[utoipa::path(
    delete,
    path = "/api/v1/quarantine/{id}",
    tag = "events",
    operation_id = "drop_quarantined",
    summary = "Drop a quarantined event",
    params(("id" = String, Path, description = "Its id")),
    security(("key" = ["manage"])),
    responses((status = 204, description = "It is gone"), Refusals),
)]
pub(crate) async fn remove(
    Manager(caller): Manager,
    State(state): State<ServerState>,
    Parameters(id): Parameters<String>,
) -> Result<StatusCode, Error> {
    if !state.store().quarantine_remove(&caller.workspace, &id).await? {
        return Err(Error::not_found("quarantined event", id));
    }
    note(&state, &caller.workspace, &caller, &json!({ "quarantine_dropped": id })).await?;
    Ok(StatusCode::NO_CONTENT)
}
