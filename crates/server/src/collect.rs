//! Where clients send events: the endpoints of the libraries of Segment and `RudderStack`, as they call
//! them.
//!
//! Read in this order: this file (from a request to its answer), [`cors`] (browsers), [`settings`] (what browser
//! libraries ask before they send anything), [`hooks`] (calls of other systems), [`docs`] (what the API's description
//! says of them).

pub(crate) mod cors;
pub(crate) mod docs;
pub(crate) mod hooks;
pub(crate) mod settings;

use axum::body::Body;
use axum::extract::{Query, Request, State};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use axum::routing::{MethodRouter, post};
use axum::{Json, Router, middleware};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http_body_util::LengthLimitError;
use serde::Serialize;
use tokio::sync::{Semaphore, SemaphorePermit};
use utoipa::ToSchema;
use wend_domain::event::EventKind;
use wend_domain::id::{InputId, WorkspaceId};
use wend_domain::time::Timestamp;
use wend_engine::IngestError;
use wend_store::QuarantineRow;

use crate::auth::{self, Caller, Scope};
use crate::counts::Counter;
use crate::error::{Error, ToClient, UNAVAILABLE_RETRY_AFTER_S};
use crate::ingest::limits::BODY_BYTES_MAX;
use crate::ingest::{self, Arrival, Bad, Endpoint, Parsed, Unreadable};
use crate::state::ServerState;

/// The paths that take events; each also with a slash behind it. Never a redirect: a client counts it as delivered.
pub(crate) const PATHS: [(&str, Endpoint); 16] = [
    ("/v1/track", Endpoint::Single(EventKind::Track)),
    ("/v1/identify", Endpoint::Single(EventKind::Identify)),
    ("/v1/page", Endpoint::Single(EventKind::Page)),
    ("/v1/screen", Endpoint::Single(EventKind::Screen)),
    ("/v1/group", Endpoint::Single(EventKind::Group)),
    ("/v1/alias", Endpoint::Single(EventKind::Alias)),
    ("/v1/batch", Endpoint::Batch { imported: false }),
    ("/v1/import", Endpoint::Batch { imported: true }),
    ("/v1/t", Endpoint::Single(EventKind::Track)),
    ("/v1/i", Endpoint::Single(EventKind::Identify)),
    ("/v1/p", Endpoint::Single(EventKind::Page)),
    ("/v1/s", Endpoint::Single(EventKind::Screen)),
    ("/v1/g", Endpoint::Single(EventKind::Group)),
    ("/v1/a", Endpoint::Single(EventKind::Alias)),
    ("/v1/b", Endpoint::Batch { imported: false }),
    ("/beacon/v1/batch", Endpoint::Batch { imported: false }),
];

/// Bodies above this many bytes are read on a thread for long work.
const READ_INLINE_BYTES_MAX: usize = 32 * 1024;

/// How many reasons an answer shows; the rest stands in quarantine.
const REASONS_SHOWN_MAX: usize = 10;

/// After how many seconds a client may come again when too many requests are under way.
const FULL_RETRY_AFTER_S: u32 = 1;

/// The answer to events that were taken.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Collected {
    /// Always true: what could be read is committed.
    pub success: bool,
    /// How many of the events could not be read; they are kept in quarantine.
    #[serde(skip_serializing_if = "is_zero")]
    pub quarantined: usize,
    /// The first of the reasons.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<Reason>,
}

/// Why an event could not be read.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Reason {
    /// Its place in the batch, from 0.
    pub index: usize,
    /// What is wrong with it.
    pub reason: String,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's skip_serializing_if wants a reference")]
fn is_zero(number: &usize) -> bool {
    *number == 0
}

/// The routes that clients of events use.
pub(crate) fn routes() -> Router<ServerState> {
    let mut router = Router::new();
    for (path, endpoint) in PATHS {
        let route: MethodRouter<ServerState> =
            post(move |State(state): State<ServerState>, request: Request| async move {
                let answer = collect(&state, endpoint, request).await;
                count(&state, &answer);
                answer.map(Json).map_err(ToClient)
            });
        router = router.route(path, route.clone()).route(&format!("{path}/"), route);
    }
    // Inside the layer, so that preflights come to it.
    router
        .merge(settings::routes())
        .method_not_allowed_fallback(async || Error::MethodNotAllowed)
        .layer(middleware::from_fn(cors::cors))
}

/// Takes the events of a request: answers after they are committed.
async fn collect(state: &ServerState, endpoint: Endpoint, request: Request) -> Result<Collected, Error> {
    let at = state.now();
    let (parts, body) = request.into_parts();
    let key = auth::write_key(&parts.headers).or_else(|| query_key(&parts));
    let known = match key {
        Some(key) => Some(auth::caller(state, &key, Scope::Ingest).await?),
        None => None,
    };
    let receiving = place(state.receiving())?;
    let bytes = bytes(&parts.headers, body).await;
    // A client that sends slowly takes no place from those whose bodies are here.
    let _collecting = place(state.collecting())?;
    drop(receiving);
    let read = match bytes {
        Ok(bytes) => read(endpoint, at, &parts.headers, bytes).await?,
        Err(unreadable) => Err((unreadable, Bytes::new())),
    };
    let parsed = match read {
        Ok(parsed) => parsed,
        Err((unreadable, bytes)) => return refuse(state, known.as_ref(), at, unreadable, &bytes).await,
    };
    let caller = match (known, &parsed.write_key) {
        (Some(caller), _) => caller,
        (None, Some(key)) => auth::caller(state, key, Scope::Ingest).await?,
        (None, None) => return Err(Error::Unauthorized("no write key was given")),
    };
    take(state, &caller, at, parsed).await
}

/// A place among the requests of a kind, if there is one left.
fn place(places: &Semaphore) -> Result<SemaphorePermit<'_>, Error> {
    places.try_acquire().map_err(|_| Error::Overloaded { retry_after_s: FULL_RETRY_AFTER_S })
}

/// Commits what was read.
async fn take(
    state: &ServerState,
    caller: &Caller,
    at: Timestamp,
    parsed: Parsed,
) -> Result<Collected, Error> {
    let Parsed { events, bad, write_key: _ } = parsed;
    let n_events = events.len();
    state
        .limiter()
        .take(&caller.key_id, n_events + bad.len(), at)
        .map_err(|retry_after_s| Error::Overloaded { retry_after_s })?;
    if !events.is_empty() {
        state.engine().ingest(&caller.workspace, events).await?;
    }
    // After the events: if this fails the client sends all again, and the events are known by their ids.
    let reasons = bad
        .iter()
        .take(REASONS_SHOWN_MAX)
        .map(|bad| Reason { index: bad.index, reason: bad.reason.clone() })
        .collect();
    let quarantined = bad.len();
    quarantine(state, caller, at, bad).await?;
    state.counts().add(Counter::EventsAccepted, n_events);
    state.counts().add(Counter::EventsQuarantined, quarantined);
    Ok(Collected { success: true, quarantined, reasons })
}

/// Keeps what could not be read, where its owner sees it, and says so.
async fn refuse(
    state: &ServerState,
    caller: Option<&Caller>,
    at: Timestamp,
    unreadable: Unreadable,
    bytes: &[u8],
) -> Result<Collected, Error> {
    state.counts().add(Counter::RequestsUnreadable, 1);
    let reason = unreadable.to_string();
    if let Some(caller) = caller {
        let event_json = ingest::kept(&String::from_utf8_lossy(bytes));
        let whole = Bad { index: 0, event_json, reason: format!("the whole request: {reason}") };
        quarantine(state, caller, at, vec![whole]).await?;
    }
    Err(match unreadable {
        Unreadable::TooLarge(reason) => Error::TooLarge(reason),
        Unreadable::Malformed(reason) => Error::Malformed(reason),
    })
}

async fn quarantine(state: &ServerState, caller: &Caller, at: Timestamp, bad: Vec<Bad>) -> Result<(), Error> {
    if bad.is_empty() {
        return Ok(());
    }
    let rows = bad.into_iter().map(|bad| row(&caller.workspace, &caller.key_id, at, bad)).collect();
    Ok(state.store().quarantine_add(&caller.workspace, rows).await?)
}

fn row(workspace: &WorkspaceId, key_id: &str, at: Timestamp, bad: Bad) -> QuarantineRow {
    let Bad { index, event_json, reason } = bad;
    let parts = [
        workspace.as_str().as_bytes(),
        key_id.as_bytes(),
        event_json.as_bytes(),
        &(index as u64).to_be_bytes(),
    ];
    // Ids sort by time, so that lists can be paged by them.
    let id = InputId::hashed(at, &parts).to_string();
    QuarantineRow { id, at, reason, event_json, key_id: key_id.to_owned() }
}

/// The body's bytes, at most as many as a batch may have.
async fn bytes(headers: &HeaderMap, body: Body) -> Result<Bytes, Unreadable> {
    let too_large = || Unreadable::TooLarge(format!("the body is larger than {BODY_BYTES_MAX} bytes"));
    let announced =
        headers.get("content-length").and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > BODY_BYTES_MAX) {
        return Err(too_large());
    }
    axum::body::to_bytes(body, BODY_BYTES_MAX).await.map_err(|error| {
        let source = std::error::Error::source(&error);
        if source.is_some_and(<dyn std::error::Error>::is::<LengthLimitError>) {
            return too_large();
        }
        Unreadable::Malformed("the body was cut off".to_owned())
    })
}

/// What came of reading a body: with the bytes, if they can't be read.
type Read = Result<Parsed, (Unreadable, Bytes)>;

async fn read(endpoint: Endpoint, at: Timestamp, headers: &HeaderMap, bytes: Bytes) -> Result<Read, Error> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let is_long_work = bytes.len() > READ_INLINE_BYTES_MAX;
    let sent_at = text("sentat");
    let anonymous_id = text("anonymousid")
        .and_then(|encoded| STANDARD.decode(encoded).ok())
        .and_then(|decoded| String::from_utf8(decoded).ok());
    let work = move || {
        let arrival = Arrival {
            endpoint,
            received_at: at,
            sent_at: sent_at.as_deref(),
            anonymous_id: anonymous_id.as_deref(),
            body: &bytes,
        };
        ingest::parse(&arrival).map_err(|unreadable| (unreadable, bytes.clone()))
    };
    if is_long_work {
        return tokio::task::spawn_blocking(work).await.map_err(Error::internal);
    }
    Ok(work())
}

/// The write key in the query: a beacon can't have headers.
fn query_key(parts: &Parts) -> Option<String> {
    let query: Query<settings::WriteKey> = Query::try_from_uri(&parts.uri).ok()?;
    query.0.write_key.filter(|key| !key.is_empty())
}

/// Counts what was refused; what was read is counted where it is read.
fn count(state: &ServerState, answer: &Result<Collected, Error>) {
    if let Err(error) = answer {
        count_refusal(state, error);
    }
}

fn count_refusal(state: &ServerState, error: &Error) {
    let counter = match error {
        Error::Unauthorized(_) | Error::Forbidden { .. } => Counter::RequestsUnauthorized,
        Error::Overloaded { .. } => Counter::RequestsOverloaded,
        Error::Unavailable { .. } => Counter::RequestsUnavailable,
        _ => return,
    };
    state.counts().add(counter, 1);
}

impl From<IngestError> for Error {
    fn from(error: IngestError) -> Self {
        match error {
            IngestError::Overloaded { retry_after_s } => Self::Overloaded { retry_after_s },
            IngestError::Unavailable { what, retry_after_s } => {
                tracing::warn!(what, "events cannot be kept");
                Self::Unavailable { what: "events cannot be kept now", retry_after_s }
            }
            IngestError::Stopping => {
                Self::Unavailable { what: "the server is stopping", retry_after_s: UNAVAILABLE_RETRY_AFTER_S }
            }
        }
    }
}
