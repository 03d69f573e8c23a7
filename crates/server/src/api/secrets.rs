//! The names of the secrets that calls and hooks use.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::auth::Reader;
use crate::error::{Error, Refusals};
use crate::state::ServerState;
use crate::view::shown;

/// The secrets of a workspace, by name.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Secrets {
    /// The secrets, without what they are.
    secrets: Vec<SecretView>,
}

/// A secret, without what it is: nobody can read that back.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SecretView {
    /// Its name.
    name: String,
    /// When it was set.
    set_at: String,
    /// By whom.
    set_by: String,
}

/// The names of the secrets, with when they were set and by whom. What they are is never shown.
#[utoipa::path(
    get,
    path = "/api/v1/secrets",
    tag = "secrets",
    summary = "List secrets",
    security(("key" = ["read"])),
    responses((status = 200, body = Secrets), Refusals),
)]
pub(crate) async fn secrets(
    Reader(caller): Reader,
    State(state): State<ServerState>,
) -> Result<Json<Secrets>, Error> {
    let rows = state.store().secrets(&caller.workspace).await?;
    let view =
        |row: wend_store::SecretRow| SecretView { name: row.name, set_at: shown(row.at), set_by: row.by };
    Ok(Json(Secrets { secrets: rows.into_iter().map(view).collect() }))
}
