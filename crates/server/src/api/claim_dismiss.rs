//! Dismissing a claim that was looked at.

use axum::extract::State;
use axum::http::StatusCode;
use serde_json::json;

use crate::api::note;
use crate::auth::Manager;
use crate::error::{Error, Refusals};
use crate::state::ServerState;
use crate::wire::Parameters;

/// Takes a refused claim off the list; if it is refused again, it stands there anew.
#[utoipa::path(
    delete,
    path = "/api/v1/claims/{id}",
    tag = "contacts",
    operation_id = "dismiss_refused_claim",
    summary = "Dismiss a refused claim",
    params(("id" = String, Path, description = "Its id")),
    security(("key" = ["manage"])),
    responses((status = 204, description = "It is off the list"), Refusals),
)]
pub(crate) async fn dismiss(
    Manager(caller): Manager,
    State(state): State<ServerState>,
    Parameters(id): Parameters<String>,
) -> Result<StatusCode, Error> {
    if !state.store().refused_claim_remove(&caller.workspace, &id).await? {
        return Err(Error::not_found("refused claim", id));
    }
    note(&state, &caller.workspace, &caller, &json!({ "claim_dismissed": id })).await?;
    Ok(StatusCode::NO_CONTENT)
}
