//! Throwing a draft away.

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::json;

use crate::api::note;
use crate::auth::Manager;
use crate::error::{Error, Refusals};
use crate::state::ServerState;
use crate::wire::{Filter, Parameters};

/// Which revision of the draft.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Seen {
    /// The revision that was looked at; without it, whatever is there.
    revision: Option<u64>,
}

/// Throws a draft away. What is published stays.
#[utoipa::path(
    delete,
    path = "/api/v1/drafts/{path}",
    tag = "drafts",
    operation_id = "remove_draft",
    summary = "Remove a draft",
    params(
        ("path" = String, Path, description = "The file's path, its slashes as %2F", example = "workflows%2Fwelcome.yaml"),
        Seen,
    ),
    security(("key" = ["manage"])),
    responses(
        (status = 204, description = "It is gone"),
        (status = 409, description = "Somebody else saved it meanwhile", body = crate::error::ErrorBody),
        Refusals,
    ),
)]
pub(crate) async fn remove(
    Manager(caller): Manager,
    State(state): State<ServerState>,
    Parameters(path): Parameters<String>,
    Filter(seen): Filter<Seen>,
) -> Result<StatusCode, Error> {
    let workspace = &caller.workspace;
    let row = state.store().draft(workspace, &path).await?.ok_or_else(|| Error::not_found("draft", &path))?;
    let revision = seen.revision.unwrap_or(row.revision);
    if !state.store().draft_remove(workspace, &path, revision).await? {
        return Err(Error::Conflict {
            message: format!("`{}` saved revision {} of the draft meanwhile", row.by, row.revision),
            hint: "look at it, then remove that revision",
        });
    }
    note(&state, workspace, &caller, &json!({ "draft_removed": path, "revision": revision })).await?;
    Ok(StatusCode::NO_CONTENT)
}
