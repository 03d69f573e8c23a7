//! What the beginning of a file would become.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use wend_domain::import::mapping::Settings;

use crate::auth::Reader;
use crate::error::{Error, Refusals};
use crate::state::ServerState;
use crate::wire::{Body, Parameters};

/// What the beginning of a file would become.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ImportPreviewView {
    /// What is wrong with the settings: `{column?, reason, fix}` each. Then there are no rows.
    #[schema(value_type = Vec<Object>)]
    faults: Value,
    /// The columns: `{column, target, cells, n_empty, n_bad}` each, of the first thousand rows.
    #[schema(value_type = Vec<Object>)]
    columns: Value,
    /// The first twenty rows: `{row, line, says?, fault?}` each.
    #[schema(value_type = Vec<Object>)]
    rows: Value,
}

/// Shows what the first rows of an uploaded file would become with some settings; nothing is done.
#[utoipa::path(
    post,
    path = "/api/v1/imports/{id}/preview",
    tag = "imports",
    operation_id = "preview_import",
    summary = "Preview an import",
    params(("id" = String, Path, description = "Its id")),
    request_body(content = Object, description = "The settings: `columns` (its name to `user_id`, `trait:NAME as TYPE`, \
        `list:NAME`, `tag:NAME`, `channel:NAME`, `category:NAME`, `lists`, `tags`, `traits`, `created_at`, `consent_at`, \
        `consent_source` or `ignore`), `rest` (`ignore` or `traits`), `duplicates` (`update`, `fill` or `skip`), `empty` \
        (`keep` or `clear`), `formulas` (`as_they_stand` or `escaped`), `list`, `tag`, `consent_source`"),
    security(("key" = ["read"])),
    responses(
        (status = 200, body = ImportPreviewView),
        (status = 409, description = "Its file isn't there", body = crate::error::ErrorBody),
        Refusals,
    ),
)]
pub(crate) async fn preview(
    Reader(caller): Reader,
    State(state): State<ServerState>,
    Parameters(id): Parameters<String>,
    Body(settings): Body<Settings>,
) -> Result<Json<ImportPreviewView>, Error> {
    let preview = state.engine().import_preview(&caller.workspace, &id, settings, state.now()).await?;
    let value = |value: Result<Value, serde_json::Error>| value.map_err(Error::internal);
    Ok(Json(ImportPreviewView {
        faults: value(serde_json::to_value(&preview.faults))?,
        columns: value(serde_json::to_value(&preview.columns))?,
        rows: value(serde_json::to_value(&preview.rows))?,
    }))
}
