//! A file that is to be imported comes in.

use std::time::Duration;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;
use http_body_util::BodyExt as _;
use rand::RngCore;
use serde::Deserialize;
use serde_json::json;
use wend_engine::imports::{Declared, Format, ImportError, Upload};

use crate::api::note;
use crate::auth::Manager;
use crate::error::{Error, Refusals};
use crate::state::ServerState;
use crate::view::import::ImportView;
use crate::wire::Filter;

/// The longest name of a file, in bytes.
const NAME_BYTES_MAX: usize = 200;

/// How long the next piece of a file may be under way.
const PIECE_MAX: Duration = Duration::from_mins(1);

/// What the caller says of the file; what isn't said is found out.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct File {
    /// What people call it: the file's name.
    name: Option<String>,
    /// `csv` or `json_lines`.
    #[param(value_type = Option<String>)]
    format: Option<Format>,
    /// How its bytes are read: `utf-8`, `utf-16le`, `utf-16be`, `windows-1252` or another name that browsers know.
    encoding: Option<String>,
    /// What separates cells: one character, or `tab`.
    delimiter: Option<String>,
}

/// Keeps a file that is to be imported, CSV or JSON Lines, at most 8 GB: nothing is done with it yet.
///
/// The answer says what the file is and how it might be imported. It is read as it comes: only pieces of it are ever in
/// memory.
#[utoipa::path(
    post,
    path = "/api/v1/imports",
    tag = "imports",
    operation_id = "upload_import",
    summary = "Upload a file to import",
    params(File),
    request_body(content = String, content_type = "application/octet-stream", description = "The file as it is"),
    security(("key" = ["manage"])),
    responses(
        (status = 201, description = "It is kept", body = ImportView),
        (status = 409, description = "There are too many imports", body = crate::error::ErrorBody),
        (status = 422, description = "It is no table, with what it seems to be", body = crate::error::ErrorBody),
        Refusals,
    ),
)]
pub(crate) async fn upload(
    Manager(caller): Manager,
    State(state): State<ServerState>,
    Filter(file): Filter<File>,
    body: Body,
) -> Result<(StatusCode, Json<ImportView>), Error> {
    let _place = state.uploading().try_acquire().map_err(|_| Error::Overloaded { retry_after_s: 1 })?;
    let name = file.name.unwrap_or_else(|| "upload".to_owned());
    if name.is_empty() || name.len() > NAME_BYTES_MAX || name.chars().any(char::is_control) {
        return Err(Error::Malformed(format!("`name` must have 1 to {NAME_BYTES_MAX} bytes")));
    }
    let declared = Declared {
        name: name.clone(),
        format: file.format,
        encoding: file.encoding,
        delimiter: file.delimiter.as_deref().map(delimiter).transpose()?,
    };
    let at = state.now();
    // Ids sort by time, so that the latest comes first.
    let id = format!("{:012x}{:08x}", at.as_millis().max(0), state.with_random(RngCore::next_u32));
    let engine = state.engine();
    let upload = engine.import_begin(&caller.workspace, id.clone(), declared, &caller.name, at).await?;
    let import = match receive(upload, body, &state).await {
        Ok(import) => import,
        Err(error) => {
            // What came of it is of no use.
            if let Err(error) = engine.import_forget(&caller.workspace, &id).await {
                tracing::warn!(%error, import = id, "a file that did not come in whole could not be removed");
            }
            return Err(error);
        }
    };
    let what = json!({ "import_uploaded": { "id": id, "name": name, "bytes": import.about.bytes } });
    note(&state, &caller.workspace, &caller, &what).await?;
    Ok((StatusCode::CREATED, Json(ImportView::from(import))))
}

async fn receive(
    mut upload: Upload,
    mut body: Body,
    state: &ServerState,
) -> Result<wend_engine::imports::Import, Error> {
    loop {
        let frame = tokio::time::timeout(PIECE_MAX, body.frame()).await.map_err(|_| Error::TooSlow)?;
        let Some(frame) = frame else { break };
        let frame = frame.map_err(|_| Error::Malformed("the file was cut off".to_owned()))?;
        if let Ok(bytes) = frame.into_data() {
            upload.push(&bytes).await?;
        }
    }
    let finished: Result<_, ImportError> = upload.finish(state.now()).await;
    Ok(finished?)
}

fn delimiter(text: &str) -> Result<u8, Error> {
    match text.as_bytes() {
        b"tab" | b"\\t" => Ok(b'\t'),
        [byte] if byte.is_ascii() && !matches!(byte, b'"' | b'\n' | b'\r') => Ok(*byte),
        _ => Err(Error::Malformed("`delimiter` must be one character such as `;`, or `tab`".to_owned())),
    }
}
