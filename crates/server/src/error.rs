//! What a client is told when something can't be done: status, code, message and hint, all in this file.
//!
//! **Invariant.** The text of an internal fault is logged and never leaves the server.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;
use wend_domain::compile::Conflict;
use wend_domain::source;

use crate::auth::Scope;

/// What a path that nothing serves is called, in `there is no …`.
pub(crate) const NO_PATH: &str = "such path";

/// Why a request was not answered as asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no key, or not a valid one.
    #[error("{0}")]
    Unauthorized(&'static str),
    /// The key is valid and may not do this.
    #[error("this needs a key of scope `{needs}`; the key given has scope `{has}`")]
    Forbidden {
        /// What it would take.
        needs: Scope,
        /// What the key has.
        has: Scope,
    },
    /// The key's scope would do, but not in its workspace.
    #[error("{0}")]
    NotYours(&'static str),
    /// What is asked for isn't there.
    #[error("there is no {what}")]
    NotFound {
        /// What was looked for, with its name.
        what: String,
    },
    /// The path exists and takes other methods.
    #[error("this path does not take this method")]
    MethodNotAllowed,
    /// The request makes no sense.
    #[error("{0}")]
    Malformed(String),
    /// The request is larger than the limits allow.
    #[error("{0}")]
    TooLarge(String),
    /// The request took too long to come in or to be answered.
    #[error("the request took too long")]
    TooSlow,
    /// What is asked for is at odds with what is there.
    #[error("{message}")]
    Conflict {
        /// What is at odds with what.
        message: String,
        /// What to do about it.
        hint: &'static str,
    },
    /// What is there has changed in the same places as what was to be written.
    #[error("{message}")]
    Diverged {
        /// Who changed what.
        message: String,
        /// The revision that is there now.
        revision: u64,
        /// The files that both changed, with the differences.
        conflicts: Vec<Conflict>,
    },
    /// The request can be read, and what it asks for can't work.
    #[error("{0}")]
    Unprocessable(String),
    /// Files don't compile.
    #[error("the files have errors: nothing was applied")]
    Invalid(Vec<source::Diagnostic>),
    /// A condition doesn't compile.
    #[error("the condition makes no sense")]
    BadCondition(Vec<source::Diagnostic>),
    /// Too much at once.
    #[error("too many requests at once")]
    Overloaded {
        /// When to try again, in whole seconds.
        retry_after_s: u32,
    },
    /// Somebody tries passwords.
    #[error("too many tries to sign in with this address")]
    TooManyTries {
        /// When to try again, in whole seconds.
        retry_after_s: u32,
    },
    /// The database is away, or the server is stopping.
    #[error("{what}")]
    Unavailable {
        /// What is missing, in words for a client.
        what: &'static str,
        /// When to try again, in whole seconds.
        retry_after_s: u32,
    },
    /// A fault of ours.
    #[error("something went wrong inside; it was logged with the request id")]
    Internal(#[source] anyhow::Error),
}

/// How long a client should stay away while the database is gone, in seconds.
pub const UNAVAILABLE_RETRY_AFTER_S: u32 = 5;

/// The body of every error.
#[derive(Debug, Serialize, ToSchema)]
pub struct ErrorBody {
    /// What went wrong.
    pub error: ErrorDetail,
}

/// What went wrong.
#[derive(Debug, Serialize, ToSchema)]
pub struct ErrorDetail {
    /// What a program decides by.
    #[schema(example = "not_found")]
    pub code: &'static str,
    /// What a person reads.
    pub message: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<&'static str>,
    /// Everything that is wrong with files, with places.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<crate::wire::Diagnostic>)]
    pub diagnostics: Vec<source::Diagnostic>,
    /// The revision that is there now, if what was to be written began with another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revision: Option<u64>,
    /// The files that both sides changed, with the differences.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<crate::wire::Conflict>)]
    pub conflicts: Vec<Conflict>,
}

impl Error {
    /// Something of this kind and name isn't there.
    pub fn not_found(kind: &str, name: impl std::fmt::Display) -> Self {
        Self::NotFound { what: format!("{kind} `{name}`") }
    }

    /// A fault of ours.
    pub fn internal(error: impl Into<anyhow::Error>) -> Self {
        Self::Internal(error.into())
    }

    /// Its status.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Unauthorized(_) => StatusCode::UNAUTHORIZED,
            Self::Forbidden { .. } | Self::NotYours(_) => StatusCode::FORBIDDEN,
            Self::NotFound { .. } => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::Malformed(_) => StatusCode::BAD_REQUEST,
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::Conflict { .. } | Self::Diverged { .. } => StatusCode::CONFLICT,
            Self::Invalid(_) | Self::BadCondition(_) | Self::Unprocessable(_) => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
            Self::Overloaded { .. } | Self::TooManyTries { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Unavailable { .. } => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// What a program decides by.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unauthorized(_) => "unauthorized",
            Self::Forbidden { .. } | Self::NotYours(_) => "forbidden",
            Self::NotFound { .. } => "not_found",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::Malformed(_) => "malformed",
            Self::TooLarge(_) => "too_large",
            Self::TooSlow => "too_slow",
            Self::Conflict { .. } | Self::Diverged { .. } => "conflict",
            Self::Invalid(_) | Self::BadCondition(_) | Self::Unprocessable(_) => "invalid",
            Self::Overloaded { .. } => "overloaded",
            Self::TooManyTries { .. } => "too_many_tries",
            Self::Unavailable { .. } => "unavailable",
            Self::Internal(_) => "internal",
        }
    }

    fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Unauthorized(_) => Some(
                "send `Authorization: Bearer SECRET` (management) or the write key as Basic user (events)",
            ),
            Self::Forbidden { .. } => Some("create a key with `wend key create --scope SCOPE`"),
            Self::Conflict { hint, .. } => Some(hint),
            Self::Diverged { .. } => Some("pull, put both changes together, and apply on top of theirs"),
            Self::Overloaded { .. } | Self::TooManyTries { .. } | Self::Unavailable { .. } => {
                Some("try again after `Retry-After` seconds")
            }
            Self::Invalid(_) => Some("mend the files; `wend check` shows the same without a server"),
            Self::BadCondition(_) => Some("write it as `where:` of a segment's file"),
            Self::TooLarge(_) => Some("send less at once"),
            Self::Internal(_) => Some("look for the response's `X-Request-Id` in the server's log"),
            Self::NotFound { what } if what != NO_PATH => None,
            Self::NotFound { .. } | Self::MethodNotAllowed => Some("see /openapi.json for what there is"),
            Self::Malformed(_) | Self::Unprocessable(_) | Self::TooSlow | Self::NotYours(_) => None,
        }
    }

    fn retry_after_s(&self) -> Option<u32> {
        match self {
            Self::Overloaded { retry_after_s }
            | Self::TooManyTries { retry_after_s }
            | Self::Unavailable { retry_after_s, .. } => Some(*retry_after_s),
            _ => None,
        }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        self.respond(|error| Json(ErrorBody { error }).into_response())
    }
}

/// An error as it is told to clients of events.
///
/// Those for Python look for `code` and `message` at the top. One of them takes an error without them for a broken
/// connection, and tries a refusal again for minutes while its queue waits.
pub(crate) struct ToClient(pub Error);

/// The body of an error to a client of events.
#[derive(Debug, Serialize)]
struct ClientErrorBody {
    code: &'static str,
    message: String,
    error: ErrorDetail,
}

impl IntoResponse for ToClient {
    fn into_response(self) -> Response {
        self.0.respond(|error| {
            let (code, message) = (error.code, error.message.clone());
            Json(ClientErrorBody { code, message, error }).into_response()
        })
    }
}

impl Error {
    /// The answer, with a body made of what there is to say.
    fn respond(self, body: impl FnOnce(ErrorDetail) -> Response) -> Response {
        if let Self::Internal(error) = &self {
            tracing::error!(error = format!("{error:#}"), "a request failed inside");
        }
        let (status, code, hint, retry_after_s) =
            (self.status(), self.code(), self.hint(), self.retry_after_s());
        let message = self.to_string();
        let mut detail = ErrorDetail {
            code,
            message,
            hint,
            diagnostics: Vec::new(),
            revision: None,
            conflicts: Vec::new(),
        };
        match self {
            Self::Invalid(diagnostics) | Self::BadCondition(diagnostics) => {
                detail.diagnostics = diagnostics;
            }
            Self::Diverged { revision, conflicts, .. } => {
                (detail.revision, detail.conflicts) = (Some(revision), conflicts);
            }
            _ => {}
        }
        let mut response = body(detail);
        *response.status_mut() = status;
        if let Some(seconds) = retry_after_s {
            // Whole seconds: clients ignore a date.
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds.max(1)));
        }
        if status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

impl From<wend_store::Error> for Error {
    fn from(error: wend_store::Error) -> Self {
        match error {
            wend_store::Error::Unavailable { what } => {
                tracing::warn!(what, "the database is unavailable");
                Self::Unavailable {
                    what: "the database is unavailable",
                    retry_after_s: UNAVAILABLE_RETRY_AFTER_S,
                }
            }
            wend_store::Error::Conflict { .. } => Self::Overloaded { retry_after_s: 1 },
            other => Self::internal(other),
        }
    }
}

impl From<anyhow::Error> for Error {
    /// What the engine could not do: mostly, because the store could not.
    fn from(error: anyhow::Error) -> Self {
        match error.downcast::<wend_store::Error>() {
            Ok(error) => error.into(),
            Err(error) => Self::Internal(error),
        }
    }
}

/// The refusals that any endpoint may answer with, for its documentation.
#[derive(utoipa::IntoResponses)]
#[expect(dead_code, reason = "it only documents")]
pub(crate) enum Refusals {
    /// The request makes no sense.
    #[response(status = 400)]
    Malformed(ErrorBody),
    /// There is no key, or not a valid one.
    #[response(status = 401)]
    Unauthorized(ErrorBody),
    /// The key may not do this.
    #[response(status = 403)]
    Forbidden(ErrorBody),
    /// It isn't there.
    #[response(status = 404)]
    NotFound(ErrorBody),
    /// The request is larger than the limits allow.
    #[response(status = 413)]
    TooLarge(ErrorBody),
    /// Too much at once: try again after `Retry-After` seconds.
    #[response(status = 429)]
    Overloaded(ErrorBody),
    /// A fault inside; nothing of it is told.
    #[response(status = 500)]
    Internal(ErrorBody),
    /// The database is away: try again after `Retry-After` seconds.
    #[response(status = 503)]
    Unavailable(ErrorBody),
}

#[cfg(test)]
mod tests;
