//! What applying files would change.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wend_domain::compile::{Planned, PlannedChange};
use wend_domain::source;

use crate::auth::Reader;
use crate::error::{Error, Refusals};
use crate::state::ServerState;
use crate::wire::{Body, SourceFile};

/// The files of a portfolio: all of them; what is missing is removed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Files {
    /// The files.
    files: Vec<SourceFile>,
}

/// What applying files would change.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Plan {
    /// Whether they could be applied: there is no error among the diagnostics.
    valid: bool,
    /// What changes, by kind and name; unchanged things are in it too.
    #[schema(value_type = Vec<Object>)]
    changes: Vec<PlannedChange>,
    /// Everything found in the files.
    #[schema(value_type = Vec<crate::wire::Diagnostic>)]
    diagnostics: Vec<source::Diagnostic>,
}

impl From<Planned> for Plan {
    fn from(planned: Planned) -> Self {
        let Planned { next, changes, diagnostics, .. } = planned;
        Self { valid: next.is_some(), changes, diagnostics }
    }
}

/// What applying these files would change, and everything that is wrong with them. Nothing is applied.
#[utoipa::path(
    post,
    path = "/api/v1/plan",
    tag = "portfolio",
    summary = "Plan a publication",
    request_body = Files,
    security(("key" = ["read"])),
    responses((status = 200, body = Plan), Refusals),
)]
pub(crate) async fn plan(
    Reader(caller): Reader,
    State(state): State<ServerState>,
    Body(files): Body<Files>,
) -> Result<Json<Plan>, Error> {
    let planned = state.engine().plan(&caller.workspace, sources(files.files)?).await?;
    Ok(Json(Plan::from(planned)))
}

/// The files as the compiler takes them.
pub(crate) fn sources(files: Vec<SourceFile>) -> Result<Vec<source::SourceFile>, Error> {
    if files.len() > source::FILES_MAX {
        let message = format!("there are {} files, more than {}", files.len(), source::FILES_MAX);
        return Err(Error::TooLarge(message));
    }
    let mut seen = std::collections::BTreeSet::new();
    if let Some(twice) = files.iter().find(|file| !seen.insert(file.path.as_str())) {
        return Err(Error::Malformed(format!("the file `{}` is there twice", twice.path)));
    }
    Ok(files.into_iter().map(source::SourceFile::from).collect())
}
