//! Removing a secret.

use axum::extract::State;
use axum::http::StatusCode;
use serde_json::json;

use crate::api::note;
use crate::auth::Admin;
use crate::error::{Error, Refusals};
use crate::state::ServerState;
use crate::wire::Parameters;

/// Removes a secret: calls and hooks that use it fail from now on, and say so.
#[utoipa::path(
    delete,
    path = "/api/v1/secrets/{name}",
    tag = "secrets",
    operation_id = "remove_secret",
    summary = "Remove a secret",
    params(("name" = String, Path, description = "Its name")),
    security(("key" = ["admin"])),
    responses((status = 204, description = "It is gone"), Refusals),
)]
pub(crate) async fn remove(
    Admin(caller): Admin,
    State(state): State<ServerState>,
    Parameters(name): Parameters<String>,
) -> Result<StatusCode, Error> {
    if !state.store().secret_remove(&caller.workspace, &name).await? {
        return Err(Error::not_found("secret", &name));
    }
    note(&state, &caller.workspace, &caller, &json!({ "secret_removed": name })).await?;
    Ok(StatusCode::NO_CONTENT)
}
