//! Making a key.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use crate::api::keys::KeyView;
use crate::api::{administered, checked_name, note};
use crate::auth::{Admin, Scope, new_key};
use crate::error::{Error, Refusals};
use crate::state::ServerState;
use crate::wire::Body;

/// The most keys of a workspace that are not revoked.
const KEYS_MAX: usize = 1_000;

/// The key to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wanted {
    /// What people call it; the audit and "why" say it.
    name: String,
    /// What it may do.
    scope: Scope,
    /// The workspace, if it isn't the caller's; only for administrators of `default`.
    workspace: Option<String>,
}

/// A key with its secret.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Made {
    /// The key.
    #[serde(flatten)]
    key: KeyView,
    /// Its secret: shown now and never again.
    secret: String,
}

/// Makes a key. Its secret is in the answer and nowhere else: only its hash is kept.
#[utoipa::path(
    post,
    path = "/api/v1/keys",
    tag = "keys",
    operation_id = "create_key",
    summary = "Create a key",
    request_body = Wanted,
    security(("key" = ["admin"])),
    responses(
        (status = 201, body = Made),
        (status = 409, description = "There are too many keys", body = crate::error::ErrorBody),
        Refusals,
    ),
)]
pub(crate) async fn create(
    Admin(caller): Admin,
    State(state): State<ServerState>,
    Body(wanted): Body<Wanted>,
) -> Result<(StatusCode, Json<Made>), Error> {
    checked_name("key's name", &wanted.name)?;
    let workspace = administered(&state, &caller, wanted.workspace.as_deref()).await?;
    let n_valid = state.store().keys(&workspace).await?.iter().filter(|key| key.revoked_at.is_none()).count();
    if n_valid >= KEYS_MAX {
        return Err(Error::Conflict {
            message: format!("the workspace has {KEYS_MAX} keys already"),
            hint: "revoke keys that are not used any more",
        });
    }
    let at = state.now();
    let made = state.with_random(|random| new_key(random, &workspace, &wanted.name, wanted.scope, at));
    let key = KeyView::from(&made.row);
    let what = json!({ "key_created": made.row.id, "name": wanted.name, "scope": wanted.scope });
    state.store().key_create(made.row).await?;
    note(&state, &workspace, &caller, &what).await?;
    Ok((StatusCode::CREATED, Json(Made { key, secret: made.secret })))
}
