//! Publishing a draft: what is published, with this one file in place of its own.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;
use wend_domain::compile::difference;
use wend_domain::source::SourceFile;
use wend_engine::Publication;

use crate::api::apply::Published;
use crate::api::drafts::text_of;
use crate::api::plan::{Plan, waiting};
use crate::api::publication::{Chosen, portfolio_at, publish};
use crate::auth::Manager;
use crate::error::{Error, Refusals};
use crate::state::ServerState;
use crate::wire::{Body, Parameters};

/// Which revision of the draft, and what becomes of runs.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DraftPublication {
    /// The revision of the draft that was looked at.
    revision: u64,
    /// What becomes of runs and contacts.
    #[serde(default)]
    choices: Chosen,
}

/// Publishes a draft: the other files stay as they are published. The draft is gone afterwards. If somebody published
/// another text of the same file since the draft was begun nothing is published, and the answer shows what they changed.
#[utoipa::path(
    post,
    path = "/api/v1/drafts/{path}/publish",
    tag = "drafts",
    operation_id = "publish_draft",
    summary = "Publish a draft",
    params(("path" = String, Path, description = "The file's path, its slashes as %2F", example = "workflows%2Fwelcome.yaml")),
    request_body = DraftPublication,
    security(("key" = ["manage"])),
    responses(
        (status = 200, body = Published),
        (status = 409, description = "Somebody else saved or published it meanwhile: with the difference", body = crate::error::ErrorBody),
        (status = 422, description = "The files or the choices have errors", body = crate::error::ErrorBody),
        Refusals,
    ),
)]
pub(crate) async fn publish_draft(
    Manager(caller): Manager,
    State(state): State<ServerState>,
    Parameters(path): Parameters<String>,
    Body(wanted): Body<DraftPublication>,
) -> Result<Json<Published>, Error> {
    let workspace = &caller.workspace;
    let row = state.store().draft(workspace, &path).await?.ok_or_else(|| Error::not_found("draft", &path))?;
    if row.revision != wanted.revision {
        return Err(Error::Conflict {
            message: format!("`{}` saved revision {} of the draft meanwhile", row.by, row.revision),
            hint: "look at it, then publish that revision",
        });
    }
    let (choices, backfill) = wanted.choices.read()?;
    let (revision, current) = state.engine().portfolio(workspace).await?;
    let draft = SourceFile { path: path.clone(), text: row.text };
    let base = portfolio_at(&state, workspace, row.base_revision).await?;
    if text_of(&base, &path) != text_of(&current, &path) {
        let only =
            |files: &[SourceFile]| files.iter().filter(|file| file.path == path).cloned().collect::<Vec<_>>();
        let conflicts = difference(&only(&base.files), &only(&current.files), std::slice::from_ref(&draft));
        let message =
            format!("somebody published another `{path}` since the draft was begun: nothing was published");
        return Err(Error::Diverged { message, revision, conflicts });
    }
    let mut files = current.files;
    files.retain(|file| file.path != path);
    files.push(draft);
    let waiting = waiting(&state, workspace).await?;
    let publication = Publication { files, base: Some(revision), choices, backfill };
    let (revision, planned, jobs) = publish(&state, &caller, publication).await?;
    // Whoever saved it in this moment keeps their work: only the revision that was published goes.
    state.store().draft_remove(workspace, &path, wanted.revision).await?;
    Ok(Json(Published { revision, jobs, plan: Plan::new(revision, planned, waiting) }))
}
