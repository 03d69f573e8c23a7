//! Publishing files.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wend_engine::Applied;

use crate::api::plan::{Plan, sources};
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
    /// Only publish on top of this revision; without it, on top of whatever is there.
    expected_revision: Option<u64>,
}

/// What was published.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Published {
    /// The revision that decides from now on.
    revision: u64,
    /// What changed.
    #[serde(flatten)]
    plan: Plan,
}

/// Publishes files as the next revision, if there is no error in them; else nothing is applied.
#[utoipa::path(
    post,
    path = "/api/v1/apply",
    tag = "portfolio",
    summary = "Publish",
    request_body = Publication,
    security(("key" = ["manage"])),
    responses(
        (status = 200, body = Published),
        (status = 409, description = "Somebody else published meanwhile", body = crate::error::ErrorBody),
        (status = 422, description = "The files have errors", body = crate::error::ErrorBody),
        Refusals,
    ),
)]
pub(crate) async fn apply(
    Manager(caller): Manager,
    State(state): State<ServerState>,
    Body(publication): Body<Publication>,
) -> Result<Json<Published>, Error> {
    let files = sources(publication.files)?;
    let by = format!("{} ({})", caller.name, caller.key_id);
    match state.engine().apply(&caller.workspace, files, publication.expected_revision, &by).await? {
        Applied::Applied { revision, planned } => {
            Ok(Json(Published { revision, plan: Plan::from(*planned) }))
        }
        Applied::Invalid { diagnostics } => Err(Error::Invalid(diagnostics)),
        Applied::Conflict { revision } => Err(Error::Conflict {
            message: format!("somebody published revision {revision} meanwhile: nothing was applied"),
            hint: "pull or plan again, and apply on top of theirs",
        }),
    }
}
