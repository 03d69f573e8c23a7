//! Stopping an import.

use axum::Json;
use axum::extract::State;
use serde_json::json;

use crate::api::note;
use crate::auth::Manager;
use crate::error::{Error, Refusals};
use crate::state::ServerState;
use crate::view::import::ImportView;
use crate::wire::Parameters;

/// Stops an import, a dry run or an undo where it is. What it has taken in stays, and can be undone.
#[utoipa::path(
    post,
    path = "/api/v1/imports/{id}/cancel",
    tag = "imports",
    operation_id = "cancel_import",
    summary = "Cancel an import",
    params(("id" = String, Path, description = "Its id")),
    security(("key" = ["manage"])),
    responses(
        (status = 200, body = ImportView),
        (status = 409, description = "Nothing is under way", body = crate::error::ErrorBody),
        Refusals,
    ),
)]
pub(crate) async fn cancel(
    Manager(caller): Manager,
    State(state): State<ServerState>,
    Parameters(id): Parameters<String>,
) -> Result<Json<ImportView>, Error> {
    let import = state.engine().import_cancel(&caller.workspace, &id, state.now()).await?;
    note(&state, &caller.workspace, &caller, &json!({ "import_cancelled": id })).await?;
    Ok(Json(ImportView::from(import)))
}
