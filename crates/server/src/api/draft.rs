//! One draft.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::drafts::{DraftHead, text_of};
use crate::api::publication::portfolio_at;
use crate::auth::Reader;
use crate::error::{Error, Refusals};
use crate::state::ServerState;
use crate::wire::Parameters;

/// A draft with its text, and what is published in its place.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DraftView {
    /// What a list says of it.
    #[serde(flatten)]
    head: DraftHead,
    /// The text.
    text: String,
    /// What is published now; none if nothing is.
    published: Option<String>,
    /// Whether somebody published another text since the draft was begun: publishing it would be refused.
    is_behind: bool,
}

/// A draft with its text, and what is published in its place.
#[utoipa::path(
    get,
    path = "/api/v1/drafts/{path}",
    tag = "drafts",
    summary = "Show a draft",
    params(("path" = String, Path, description = "The file's path, its slashes as %2F", example = "workflows%2Fwelcome.yaml")),
    security(("key" = ["read"])),
    responses((status = 200, body = DraftView), Refusals),
)]
pub(crate) async fn draft(
    Reader(caller): Reader,
    State(state): State<ServerState>,
    Parameters(path): Parameters<String>,
) -> Result<Json<DraftView>, Error> {
    let workspace = &caller.workspace;
    let row = state.store().draft(workspace, &path).await?.ok_or_else(|| Error::not_found("draft", &path))?;
    let (revision, current) = state.engine().portfolio(workspace).await?;
    let is_behind = revision != row.base_revision && {
        let base = portfolio_at(&state, workspace, row.base_revision).await?;
        text_of(&base, &path) != text_of(&current, &path)
    };
    let published = text_of(&current, &path).map(str::to_owned);
    Ok(Json(DraftView { head: DraftHead::from(&row), text: row.text, published, is_behind }))
}
