//! Forgetting an import.

use axum::extract::State;
use axum::http::StatusCode;
use serde_json::json;

use crate::api::note;
use crate::auth::Manager;
use crate::error::{Error, Refusals};
use crate::state::ServerState;
use crate::wire::Parameters;

/// Forgets an import, with its file and report; contacts stay as they are, and it can't be undone any more.
#[utoipa::path(
    delete,
    path = "/api/v1/imports/{id}",
    tag = "imports",
    operation_id = "remove_import",
    summary = "Remove an import",
    params(("id" = String, Path, description = "Its id")),
    security(("key" = ["manage"])),
    responses(
        (status = 204, description = "It is gone"),
        (status = 409, description = "It is under way: cancel it first", body = crate::error::ErrorBody),
        Refusals,
    ),
)]
pub(crate) async fn remove(
    Manager(caller): Manager,
    State(state): State<ServerState>,
    Parameters(id): Parameters<String>,
) -> Result<StatusCode, Error> {
    state.engine().import_forget(&caller.workspace, &id).await?;
    note(&state, &caller.workspace, &caller, &json!({ "import_removed": id })).await?;
    Ok(StatusCode::NO_CONTENT)
}
