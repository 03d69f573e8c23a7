//! The keys of a workspace.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wend_store::KeyRow;

use crate::api::administered;
use crate::auth::Admin;
use crate::error::{Error, Refusals};
use crate::state::ServerState;
use crate::view::shown;
use crate::wire::Filter;

/// Whose keys.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Whose {
    /// The workspace, if it isn't the caller's; only for administrators of `default`.
    pub(crate) workspace: Option<String>,
}

/// A key, without its secret.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct KeyView {
    /// Its id.
    id: String,
    /// The workspace.
    workspace: String,
    /// What people call it.
    name: String,
    /// `ingest`, `read`, `manage` or `admin`.
    scope: String,
    /// When it was made.
    created_at: String,
    /// When it stopped being valid.
    revoked_at: Option<String>,
}

/// The keys of a workspace.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Keys {
    /// The keys, oldest first, revoked ones too.
    keys: Vec<KeyView>,
}

impl From<&KeyRow> for KeyView {
    fn from(row: &KeyRow) -> Self {
        Self {
            id: row.id.clone(),
            workspace: row.workspace.to_string(),
            name: row.name.clone(),
            scope: row.scope.clone(),
            created_at: shown(row.created_at),
            revoked_at: row.revoked_at.map(shown),
        }
    }
}

/// The keys of a workspace, without their secrets, which nobody can show any more.
#[utoipa::path(
    get,
    path = "/api/v1/keys",
    tag = "keys",
    summary = "List keys",
    params(Whose),
    security(("key" = ["admin"])),
    responses((status = 200, body = Keys), Refusals),
)]
pub(crate) async fn keys(
    Admin(caller): Admin,
    State(state): State<ServerState>,
    Filter(whose): Filter<Whose>,
) -> Result<Json<Keys>, Error> {
    let workspace = administered(&state, &caller, whose.workspace.as_deref()).await?;
    let rows = state.store().keys(&workspace).await?;
    Ok(Json(Keys { keys: rows.iter().map(KeyView::from).collect() }))
}
