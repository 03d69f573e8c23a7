//! The workspaces.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::DEFAULT_WORKSPACE;
use crate::auth::Admin;
use crate::error::{Error, Refusals};
use crate::state::ServerState;

/// Workspaces.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Workspaces {
    /// Their names.
    workspaces: Vec<String>,
}

/// All workspaces for administrators of `default`, else only one's own.
#[utoipa::path(
    get,
    path = "/api/v1/workspaces",
    tag = "workspaces",
    summary = "List workspaces",
    security(("key" = ["admin"])),
    responses((status = 200, body = Workspaces), Refusals),
)]
pub(crate) async fn workspaces(
    Admin(caller): Admin,
    State(state): State<ServerState>,
) -> Result<Json<Workspaces>, Error> {
    let workspaces = if caller.workspace.as_str() == DEFAULT_WORKSPACE {
        state.store().workspaces().await?
    } else {
        vec![caller.workspace]
    };
    Ok(Json(Workspaces { workspaces: workspaces.iter().map(ToString::to_string).collect() }))
}
