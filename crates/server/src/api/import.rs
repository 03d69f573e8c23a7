//! One import.

use axum::Json;
use axum::extract::State;

use crate::auth::Reader;
use crate::error::{Error, Refusals};
use crate::state::ServerState;
use crate::view::import::ImportView;
use crate::wire::Parameters;

/// One import: what the file is, how it might be imported, and how far the work is.
#[utoipa::path(
    get,
    path = "/api/v1/imports/{id}",
    tag = "imports",
    summary = "Show an import",
    params(("id" = String, Path, description = "Its id")),
    security(("key" = ["read"])),
    responses((status = 200, body = ImportView), Refusals),
)]
pub(crate) async fn import(
    Reader(caller): Reader,
    State(state): State<ServerState>,
    Parameters(id): Parameters<String>,
) -> Result<Json<ImportView>, Error> {
    Ok(Json(ImportView::from(state.engine().import(&caller.workspace, &id).await?)))
}
