//! The rows of a file are taken in, or only tried.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use wend_domain::import::mapping::Settings;

use crate::api::note;
use crate::auth::Manager;
use crate::error::{Error, Refusals};
use crate::state::ServerState;
use crate::view::import::ImportView;
use crate::wire::{Body, Parameters};

/// How to import.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ImportStart {
    /// The settings; without them, those that were suggested.
    #[schema(value_type = Option<Object>)]
    settings: Option<Settings>,
    /// Whether it is only tried: every row is reported, and nothing changes.
    #[serde(default)]
    dry_run: bool,
}

/// Begins to take the rows of an uploaded file in. They are imported events (they trigger nothing unless a trigger says
/// `late: true`); a bad row is reported and stops nothing.
#[utoipa::path(
    post,
    path = "/api/v1/imports/{id}/start",
    tag = "imports",
    operation_id = "start_import",
    summary = "Start an import, or a dry run",
    params(("id" = String, Path, description = "Its id")),
    request_body = ImportStart,
    security(("key" = ["manage"])),
    responses(
        (status = 202, description = "It has begun", body = ImportView),
        (status = 409, description = "Its file isn't there, or it is under way", body = crate::error::ErrorBody),
        (status = 422, description = "The settings make no sense for the file", body = crate::error::ErrorBody),
        Refusals,
    ),
)]
pub(crate) async fn start(
    Manager(caller): Manager,
    State(state): State<ServerState>,
    Parameters(id): Parameters<String>,
    Body(start): Body<ImportStart>,
) -> Result<(StatusCode, Json<ImportView>), Error> {
    let engine = state.engine();
    let settings = match start.settings {
        Some(settings) => settings,
        None => engine.import(&caller.workspace, &id).await?.about.suggested,
    };
    let what = json!({ "import_started": { "id": id, "dry_run": start.dry_run, "settings": settings } });
    let import = engine.import_start(&caller.workspace, &id, settings, start.dry_run, state.now()).await?;
    note(&state, &caller.workspace, &caller, &what).await?;
    Ok((StatusCode::ACCEPTED, Json(ImportView::from(import))))
}
