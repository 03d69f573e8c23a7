//! Saving a draft.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wend_domain::compile::difference;
use wend_domain::id::WorkspaceId;
use wend_domain::source::{FILE_BYTES_MAX, SourceFile};
use wend_store::{DRAFTS_MAX, DraftRow, DraftSaved};

use crate::api::drafts::{checked_path, text_of};
use crate::api::publication::{checked_base, portfolio_at};
use crate::auth::Manager;
use crate::error::{Error, Refusals};
use crate::state::ServerState;
use crate::wire::{Body, Parameters};

/// What to save, and on top of what.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DraftText {
    /// The whole text; it may be half done.
    text: String,
    /// The revision of the draft that was looked at; 0 if there was none.
    expected_revision: u64,
    /// The revision of the portfolio whose file the draft began with; without it, that of the draft that is there, else
    /// the latest.
    base_revision: Option<u64>,
}

/// What was saved.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DraftRevision {
    /// The draft's revision from now on.
    revision: u64,
}

/// Saves a draft on top of the one that was looked at. If somebody else saved meanwhile nothing is saved, and the answer
/// shows what they changed.
#[utoipa::path(
    put,
    path = "/api/v1/drafts/{path}",
    tag = "drafts",
    operation_id = "save_draft",
    summary = "Save a draft",
    params(("path" = String, Path, description = "The file's path, its slashes as %2F", example = "workflows%2Fwelcome.yaml")),
    request_body = DraftText,
    security(("key" = ["manage"])),
    responses(
        (status = 200, body = DraftRevision),
        (status = 409, description = "Somebody else saved it meanwhile: with the difference", body = crate::error::ErrorBody),
        Refusals,
    ),
)]
pub(crate) async fn save(
    Manager(caller): Manager,
    State(state): State<ServerState>,
    Parameters(path): Parameters<String>,
    Body(wanted): Body<DraftText>,
) -> Result<Json<DraftRevision>, Error> {
    checked_path(&path)?;
    let DraftText { text, expected_revision, base_revision } = wanted;
    if text.len() > FILE_BYTES_MAX {
        return Err(Error::TooLarge(format!(
            "the file has {} bytes, more than {FILE_BYTES_MAX}",
            text.len()
        )));
    }
    let workspace = &caller.workspace;
    checked_base(&state, workspace, base_revision).await?;
    let base_revision = match base_revision {
        Some(base) => base,
        None => match state.store().draft(workspace, &path).await? {
            Some(row) => row.base_revision,
            None => state.store().catalog_revision_number(workspace).await?,
        },
    };
    let row = DraftRow {
        path: path.clone(),
        revision: 0,
        base_revision,
        text: text.clone(),
        at: state.now(),
        by: caller.name.clone(),
    };
    match state.store().draft_save(workspace, expected_revision, row).await? {
        DraftSaved::Saved { revision } => Ok(Json(DraftRevision { revision })),
        DraftSaved::Conflict { current: None } => Err(Error::Conflict {
            message: format!("there is no draft of `{path}` any more: somebody removed or published it"),
            hint: "save it with `expected_revision` 0 to begin a new one",
        }),
        DraftSaved::Conflict { current: Some(current) } => {
            Err(diverged(&state, workspace, *current, &path, text).await?)
        }
        DraftSaved::TooMany => Err(Error::Conflict {
            message: format!("the workspace has {DRAFTS_MAX} drafts already"),
            hint: "publish or remove drafts that nobody works on any more",
        }),
    }
}

async fn diverged(
    state: &ServerState,
    workspace: &WorkspaceId,
    current: DraftRow,
    path: &str,
    text: String,
) -> Result<Error, Error> {
    let base = portfolio_at(state, workspace, current.base_revision).await?;
    let file = |text: &str| SourceFile { path: path.to_owned(), text: text.to_owned() };
    let base: Vec<SourceFile> = text_of(&base, path).map(file).into_iter().collect();
    let (by, revision) = (current.by, current.revision);
    let conflicts = difference(&base, &[file(&current.text)], &[file(&text)]);
    let message =
        format!("`{by}` saved revision {revision} of the draft `{path}` meanwhile: yours was not saved");
    Ok(Error::Diverged { message, revision, conflicts })
}
