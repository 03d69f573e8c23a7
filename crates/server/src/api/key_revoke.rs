//! Revoking a key.

use axum::extract::State;
use axum::http::StatusCode;
use serde_json::json;

use crate::api::{administered, note};
use crate::auth::Admin;
use crate::error::{Error, Refusals};
use crate::state::ServerState;
use crate::wire::{Filter, Parameters};

/// Revokes a key: at once on this node, within two seconds on others.
#[utoipa::path(
    delete,
    path = "/api/v1/keys/{id}",
    tag = "keys",
    operation_id = "revoke_key",
    summary = "Revoke a key",
    params(("id" = String, Path, description = "The key's id"), crate::api::keys::Whose),
    security(("key" = ["admin"])),
    responses((status = 204, description = "It is revoked"), Refusals),
)]
pub(crate) async fn revoke(
    Admin(caller): Admin,
    State(state): State<ServerState>,
    Parameters(id): Parameters<String>,
    Filter(whose): Filter<crate::api::keys::Whose>,
) -> Result<StatusCode, Error> {
    let workspace = administered(&state, &caller, whose.workspace.as_deref()).await?;
    if !state.store().key_revoke(&workspace, &id, state.now()).await? {
        return Err(Error::not_found("key", id));
    }
    state.key_cache().forget();
    note(&state, &workspace, &caller, &json!({ "key_revoked": id })).await?;
    Ok(StatusCode::NO_CONTENT)
}
