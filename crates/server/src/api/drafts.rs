//! Drafts: files that somebody works on and has not published.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use wend_domain::compile::Portfolio;
use wend_domain::source::grammar::FileKind;
use wend_store::DraftRow;

use crate::auth::Reader;
use crate::error::{Error, Refusals};
use crate::state::ServerState;
use crate::view::shown;

/// The drafts of a workspace, by path.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Drafts {
    /// The drafts, without their texts.
    drafts: Vec<DraftHead>,
}

/// A draft without its text.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DraftHead {
    /// The file's path.
    pub path: String,
    /// How often it was saved, from 1: what a save must expect.
    pub revision: u64,
    /// The revision of the portfolio whose file it began with.
    pub base_revision: u64,
    /// When it was saved.
    pub saved_at: String,
    /// By whom.
    pub saved_by: String,
}

impl From<&DraftRow> for DraftHead {
    fn from(row: &DraftRow) -> Self {
        Self {
            path: row.path.clone(),
            revision: row.revision,
            base_revision: row.base_revision,
            saved_at: shown(row.at),
            saved_by: row.by.clone(),
        }
    }
}

/// The path of a draft: that of a file that a portfolio may have.
pub(crate) fn checked_path(path: &str) -> Result<(), Error> {
    let is_safe = path.split('/').all(|part| !part.is_empty() && part != "." && part != "..");
    if is_safe && FileKind::of_path(path).is_some() && !path.chars().any(char::is_control) {
        return Ok(());
    }
    let places: Vec<&str> = FileKind::ALL.into_iter().map(FileKind::pattern).collect();
    Err(Error::Malformed(format!("`{path}` is no file of a portfolio: expected {}", places.join(", "))))
}

/// The text of a file of a portfolio; none if it isn't there.
pub(crate) fn text_of<'a>(portfolio: &'a Portfolio, path: &str) -> Option<&'a str> {
    portfolio.files.iter().find(|file| file.path == path).map(|file| file.text.as_str())
}

/// The drafts of the workspace, without their texts.
#[utoipa::path(
    get,
    path = "/api/v1/drafts",
    tag = "drafts",
    summary = "List drafts",
    security(("key" = ["read"])),
    responses((status = 200, body = Drafts), Refusals),
)]
pub(crate) async fn drafts(
    Reader(caller): Reader,
    State(state): State<ServerState>,
) -> Result<Json<Drafts>, Error> {
    let rows = state.store().drafts(&caller.workspace).await?;
    Ok(Json(Drafts { drafts: rows.iter().map(DraftHead::from).collect() }))
}
