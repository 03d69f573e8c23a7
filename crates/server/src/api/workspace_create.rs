//! Making a workspace.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use wend_domain::id::WorkspaceId;

use crate::api::{DEFAULT_WORKSPACE, checked_name, note};
use crate::auth::Admin;
use crate::error::{Error, Refusals};
use crate::state::ServerState;
use crate::wire::Body;

/// The workspace to make.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Workspace {
    /// Its name.
    name: String,
}

/// Makes a workspace. Its first key is made with `POST /api/v1/keys` and its name.
#[utoipa::path(
    post,
    path = "/api/v1/workspaces",
    tag = "workspaces",
    operation_id = "create_workspace",
    summary = "Create a workspace",
    request_body = Workspace,
    security(("key" = ["admin"])),
    responses(
        (status = 201, body = Workspace),
        (status = 409, description = "There is one of this name", body = crate::error::ErrorBody),
        Refusals,
    ),
)]
pub(crate) async fn create(
    Admin(caller): Admin,
    State(state): State<ServerState>,
    Body(wanted): Body<Workspace>,
) -> Result<(StatusCode, Json<Workspace>), Error> {
    if caller.workspace.as_str() != DEFAULT_WORKSPACE {
        return Err(Error::NotYours("only administrators of the workspace `default` may create workspaces"));
    }
    checked_name("workspace's name", &wanted.name)?;
    let workspace = WorkspaceId::from(wanted.name.as_str());
    if !state.store().workspace_create(&workspace, state.now()).await? {
        return Err(Error::Conflict {
            message: format!("there is a workspace `{workspace}` already"),
            hint: "choose another name",
        });
    }
    note(&state, &caller.workspace, &caller, &json!({ "workspace_created": workspace })).await?;
    Ok((StatusCode::CREATED, Json(wanted)))
}
