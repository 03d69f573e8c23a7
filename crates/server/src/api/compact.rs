//! Rewriting the database's files.

use axum::extract::State;
use axum::http::StatusCode;
use serde_json::json;

use crate::api::{DEFAULT_WORKSPACE, note};
use crate::auth::Admin;
use crate::error::{Error, Refusals};
use crate::state::ServerState;

/// Rewrites the database's files without what was deleted, so that nothing of erased people is left in them. Whoever
/// writes waits meanwhile, which takes about as long as a back-up.
#[utoipa::path(
    post,
    path = "/api/v1/compact",
    tag = "operation",
    operation_id = "compact",
    summary = "Compact the database",
    security(("key" = ["admin"])),
    responses((status = 204, description = "It is done"), Refusals),
)]
pub(crate) async fn compact(
    Admin(caller): Admin,
    State(state): State<ServerState>,
) -> Result<StatusCode, Error> {
    if caller.workspace.as_str() != DEFAULT_WORKSPACE {
        return Err(Error::NotYours(
            "only administrators of the workspace `default` may compact the database",
        ));
    }
    state.store().compact().await?;
    note(&state, &caller.workspace, &caller, &json!({ "compacted": true })).await?;
    Ok(StatusCode::NO_CONTENT)
}
