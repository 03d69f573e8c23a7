//! Giving back what an import changed.

use axum::Json;
use axum::extract::State;
use serde_json::json;

use crate::api::note;
use crate::auth::Manager;
use crate::error::{Error, Refusals};
use crate::state::ServerState;
use crate::view::import::ImportView;
use crate::wire::Parameters;

/// Gives back what an import changed, where nothing newer changed it: traits, lists, tags and consent are as before. It triggers
/// nothing. Contacts that the import made stay, without what it said of them.
#[utoipa::path(
    post,
    path = "/api/v1/imports/{id}/undo",
    tag = "imports",
    operation_id = "undo_import",
    summary = "Undo an import",
    params(("id" = String, Path, description = "Its id")),
    security(("key" = ["manage"])),
    responses(
        (status = 200, body = ImportView),
        (status = 409, description = "It is not finished, or undone already", body = crate::error::ErrorBody),
        Refusals,
    ),
)]
pub(crate) async fn undo(
    Manager(caller): Manager,
    State(state): State<ServerState>,
    Parameters(id): Parameters<String>,
) -> Result<Json<ImportView>, Error> {
    let import = state.engine().import_undo(&caller.workspace, &id, state.now()).await?;
    note(&state, &caller.workspace, &caller, &json!({ "import_undone": id })).await?;
    Ok(Json(ImportView::from(import)))
}
