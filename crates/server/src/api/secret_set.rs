//! Setting a secret.

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use wend_engine::{SECRET_BYTES_MAX, SECRET_NAME_MAX, SecretSet};
use wend_store::SECRETS_MAX;

use crate::api::note;
use crate::auth::Admin;
use crate::error::{Error, Refusals};
use crate::state::ServerState;
use crate::wire::{Body, Parameters};

/// What the secret is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SecretValue {
    /// Its text. It is sealed at once and never shown again.
    value: String,
}

/// Sets a secret, or another value of it: webhook steps use it as `{{ secrets.NAME }}`, hooks to check signatures. It is
/// sealed with the installation's key and can't be read back.
#[utoipa::path(
    put,
    path = "/api/v1/secrets/{name}",
    tag = "secrets",
    operation_id = "set_secret",
    summary = "Set a secret",
    params(("name" = String, Path, description = "Its name: letters, digits, dashes and underscores")),
    request_body = SecretValue,
    security(("key" = ["admin"])),
    responses(
        (status = 204, description = "It is set"),
        (status = 409, description = "There are too many, or the installation has no key", body = crate::error::ErrorBody),
        Refusals,
    ),
)]
pub(crate) async fn set(
    Admin(caller): Admin,
    State(state): State<ServerState>,
    Parameters(name): Parameters<String>,
    Body(SecretValue { value }): Body<SecretValue>,
) -> Result<StatusCode, Error> {
    if value.is_empty() {
        return Err(Error::Malformed("`value` is empty; remove the secret with DELETE".to_owned()));
    }
    match state.engine().set_secret(&caller.workspace, &name, &value, &caller.name).await? {
        SecretSet::Set => {}
        SecretSet::NoKey => {
            return Err(Error::Conflict {
                message: "this installation has no key to seal secrets with".to_owned(),
                hint: "give the server a data folder or `secrets_key`; see the manual's page of operations",
            });
        }
        SecretSet::BadName => {
            return Err(Error::Malformed(format!(
                "`{name}` cannot be a secret's name: 1 to {SECRET_NAME_MAX} letters, digits, `_` and `-`"
            )));
        }
        SecretSet::TooLong => {
            return Err(Error::TooLarge(format!("the secret has more than {SECRET_BYTES_MAX} bytes")));
        }
        SecretSet::TooMany => {
            return Err(Error::Conflict {
                message: format!("the workspace has {SECRETS_MAX} secrets already"),
                hint: "remove secrets that are not used any more",
            });
        }
    }
    note(&state, &caller.workspace, &caller, &json!({ "secret_set": name })).await?;
    Ok(StatusCode::NO_CONTENT)
}
