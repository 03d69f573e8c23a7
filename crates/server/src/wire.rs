//! Extractors that refuse in our words, and the documented shapes of what other crates define.

use axum::Json;
use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wend_domain::source;

use crate::error::Error;
use crate::state::ServerState;

/// A JSON body.
#[derive(Debug)]
pub(crate) struct Body<T>(pub T);

/// The parameters of a path.
#[derive(Debug)]
pub(crate) struct Parameters<T>(pub T);

/// The parameters of a query.
#[derive(Debug)]
pub(crate) struct Filter<T>(pub T);

impl<T: DeserializeOwned> FromRequest<ServerState> for Body<T> {
    type Rejection = Error;

    async fn from_request(request: Request, state: &ServerState) -> Result<Self, Error> {
        let read: Result<Json<T>, JsonRejection> = Json::from_request(request, state).await;
        match read {
            Ok(Json(value)) => Ok(Self(value)),
            Err(rejection) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                Err(Error::TooLarge(rejection.body_text()))
            }
            Err(rejection) => Err(Error::Malformed(plain(&rejection.body_text()))),
        }
    }
}

impl<T: DeserializeOwned + Send> FromRequestParts<ServerState> for Parameters<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &ServerState) -> Result<Self, Error> {
        let read: Result<Path<T>, PathRejection> = Path::from_request_parts(parts, state).await;
        read.map(|Path(value)| Self(value))
            .map_err(|rejection| Error::Malformed(plain(&rejection.body_text())))
    }
}

impl<T: DeserializeOwned> FromRequestParts<ServerState> for Filter<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &ServerState) -> Result<Self, Error> {
        let read: Result<Query<T>, QueryRejection> = Query::from_request_parts(parts, state).await;
        read.map(|Query(value)| Self(value))
            .map_err(|rejection| Error::Malformed(plain(&rejection.body_text())))
    }
}

/// What was wrong, without the words for programmers that come before it.
fn plain(text: &str) -> String {
    const BEFORE: [(&str, &str); 4] = [
        ("Failed to deserialize the JSON body into the target type: ", "the body is not as documented: "),
        ("Failed to parse the request body as JSON: ", "the body is not JSON: "),
        ("Failed to deserialize query string: ", "the query is not as documented: "),
        ("Invalid URL: ", "the path is not as documented: "),
    ];
    let found =
        BEFORE.iter().find_map(|(before, ours)| Some(format!("{ours}{}", text.strip_prefix(before)?)));
    found.unwrap_or_else(|| text.to_owned())
}

/// The most rows that one answer lists.
pub(crate) const PAGE_ROWS_MAX: usize = 1_000;

/// The rows that an answer lists if nothing else is asked for.
pub(crate) const PAGE_ROWS: usize = 100;

/// How many rows to list.
pub(crate) fn page_rows(limit: Option<usize>) -> Result<usize, Error> {
    match limit.unwrap_or(PAGE_ROWS) {
        limit @ 1..=PAGE_ROWS_MAX => Ok(limit),
        limit => Err(Error::Malformed(format!("`limit` is {limit}; expected 1 to {PAGE_ROWS_MAX}"))),
    }
}

/// A file of a portfolio.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SourceFile {
    /// The path inside the folder, with `/`.
    #[schema(example = "workflows/welcome.yaml")]
    pub path: String,
    /// The text.
    pub text: String,
}

impl From<SourceFile> for source::SourceFile {
    fn from(file: SourceFile) -> Self {
        Self { path: file.path, text: file.text }
    }
}

impl From<source::SourceFile> for SourceFile {
    fn from(file: source::SourceFile) -> Self {
        Self { path: file.path, text: file.text }
    }
}

/// Something found in a file.
#[derive(Debug, Serialize, ToSchema)]
pub struct Diagnostic {
    /// `error`, `warning` or `note`.
    pub severity: String,
    /// Its code, with a page in the manual.
    #[schema(example = "E0101")]
    pub code: String,
    /// The file's path.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
    /// What is wrong.
    pub message: String,
    /// Why it matters.
    pub why: Option<String>,
    /// How to mend it.
    pub fix: Option<String>,
}

/// A file that two sides changed in different ways.
#[derive(Debug, Serialize, ToSchema)]
pub struct Conflict {
    /// Its path.
    pub path: String,
    /// From what both began with to what is there now, as a unified difference.
    pub theirs: String,
    /// From what is there now to what was to be written.
    pub mine: String,
}
