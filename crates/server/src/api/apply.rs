//! Publishing files.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::plan::{Plan, waiting};
use crate::api::publication::{Chosen, checked_base, publish, sources};
use crate::auth::Manager;
use crate::error::{Error, Refusals};
use crate::state::ServerState;
use crate::wire::{Body, SourceFile};

/// What to publish, and on top of what.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Publication {
    /// All files; what is missing is removed.
    files: Vec<SourceFile>,
    /// The revision that the files were made from. If others changed files since then, nothing is applied, and the
    /// answer shows what they changed; that a workflow was paused meanwhile is no conflict.
    base: Option<u64>,
    /// Only publish on top of exactly this revision.
    expected_revision: Option<u64>,
    /// What becomes of runs and contacts.
    #[serde(default)]
    choices: Chosen,
}

/// What was published.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Published {
    /// The revision that decides from now on.
    pub revision: u64,
    /// The jobs that tell contacts.
    pub jobs: Vec<String>,
    /// What changed.
    #[serde(flatten)]
    pub plan: Plan,
}

/// Publishes files as the next revision, if there is no error in them and every run has somewhere to go; else nothing is
/// applied.
#[utoipa::path(
    post,
    path = "/api/v1/apply",
    tag = "portfolio",
    summary = "Publish",
    request_body = Publication,
    security(("key" = ["manage"])),
    responses(
        (status = 200, body = Published),
        (status = 409, description = "Others changed files meanwhile: with the differences", body = crate::error::ErrorBody),
        (status = 422, description = "The files or the choices have errors", body = crate::error::ErrorBody),
        Refusals,
    ),
)]
pub(crate) async fn apply(
    Manager(caller): Manager,
    State(state): State<ServerState>,
    Body(wanted): Body<Publication>,
) -> Result<Json<Published>, Error> {
    let Publication { files, base, expected_revision, choices } = wanted;
    let files = sources(files)?;
    let (choices, backfill) = choices.read()?;
    let workspace = &caller.workspace;
    if let Some(expected) = expected_revision {
        let revision = state.store().catalog_revision_number(workspace).await?;
        if revision != expected {
            let message = format!(
                "the latest revision is {revision}, not {expected}: somebody published meanwhile, and nothing was applied"
            );
            return Err(Error::Diverged { message, revision, conflicts: Vec::new() });
        }
    }
    let base = base.or(expected_revision);
    checked_base(&state, workspace, base).await?;
    let waiting = waiting(&state, workspace).await?;
    let publication = wend_engine::Publication { files, base, choices, backfill };
    let (revision, planned, jobs) = publish(&state, &caller, publication).await?;
    Ok(Json(Published { revision, jobs, plan: Plan::new(revision, planned, waiting) }))
}
