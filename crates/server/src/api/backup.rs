//! A back-up of the whole installation, taken while it runs.

use std::fs::File;
use std::io::Seek;

use anyhow::Context;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use tokio_util::io::ReaderStream;

use crate::api::{DEFAULT_WORKSPACE, note};
use crate::auth::Admin;
use crate::error::{Error, Refusals};
use crate::state::ServerState;

/// A consistent snapshot of all workspaces: gzip'd JSON lines, the same for both databases.
///
/// It is put together in a file first: a client that reads slowly never holds up the database.
#[utoipa::path(
    get,
    path = "/api/v1/backup",
    tag = "operation",
    summary = "Back up",
    security(("key" = ["admin"])),
    responses((status = 200, description = "The back-up", content_type = "application/gzip"), Refusals),
)]
pub(crate) async fn backup(
    Admin(caller): Admin,
    State(state): State<ServerState>,
) -> Result<Response, Error> {
    if caller.workspace.as_str() != DEFAULT_WORKSPACE {
        return Err(Error::NotYours("only administrators of the workspace `default` may back up"));
    }
    let at = state.now();
    let file = spool(&state).map_err(Error::internal)?;
    let writer = file.try_clone().context("cannot write the back-up").map_err(Error::internal)?;
    // Not buffered: a buffer that is dropped says nothing when the disk is full.
    let report = state.store().dump(at, writer).await?;
    let n_rows: u64 = report.rows.values().sum();
    note(&state, &caller.workspace, &caller, &json!({ "backed_up": { "rows": n_rows } })).await?;
    let (file, length) = rewound(file).map_err(Error::internal)?;
    let stream = ReaderStream::new(tokio::fs::File::from_std(file));
    let headers = [
        (CONTENT_TYPE, "application/gzip".to_owned()),
        (CONTENT_DISPOSITION, "attachment; filename=\"wend.backup\"".to_owned()),
        (CONTENT_LENGTH, length.to_string()),
    ];
    Ok((headers, Body::from_stream(stream)).into_response())
}

/// A file without a name, which is gone once it is sent.
fn spool(state: &ServerState) -> anyhow::Result<File> {
    let folder = &state.options().spool_folder;
    tempfile::tempfile_in(folder).with_context(|| format!("cannot make a file in {}", folder.display()))
}

/// The file at its beginning, and its length.
fn rewound(mut file: File) -> anyhow::Result<(File, u64)> {
    let length = file.metadata().context("cannot measure the back-up")?.len();
    file.rewind().context("cannot read the back-up")?;
    Ok((file, length))
}
