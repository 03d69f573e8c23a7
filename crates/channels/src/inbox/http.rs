//! The development inbox over HTTP: the API for scripts, and who may ask.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{DefaultBodyLimit, Path, Query, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Json, Router};
use serde_json::json;

use super::page;
use super::remarks::{Inspect, Inspector};
use super::shown::{self, EMAIL, Shown};
use super::spool::{Kept, Spool, Wanted};
use crate::development::DevelopmentMessage;

/// The most bytes of a message of another channel.
const MESSAGE_BYTES_MAX: usize = 1024 * 1024;
/// The most messages that one list holds, and how many it holds unasked.
const LIST_MAX: usize = 1_000;
const LIST_DEFAULT: usize = 100;
/// The most characters of an idempotency key, of a channel's name and of an address.
const KEY_CHARS_MAX: usize = 255;
const CHANNEL_CHARS_MAX: usize = 64;
const ADDRESS_CHARS_MAX: usize = 4_096;

/// A refusal, as JSON.
pub(super) struct Refusal(StatusCode, String);

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.0, Json(json!({ "error": self.1 }))).into_response()
    }
}

/// All routes of the inbox.
pub(super) fn router(spool: Arc<Spool>, inspect: Option<Inspect>) -> Router {
    Router::new()
        .route("/", get(page::list))
        .route("/mail/{id}", get(page::mail))
        .route("/mail/{id}/html", get(page::html))
        .route("/style.css", get(page::style))
        .route("/api/mails", get(list).delete(clear))
        .route("/api/mails/{id}", get(one))
        .route("/api/mails/{id}/raw", get(raw))
        .route("/api/messages", axum::routing::post(keep))
        .layer(DefaultBodyLimit::max(MESSAGE_BYTES_MAX))
        .layer(middleware::from_fn(guard))
        .layer(Extension(Inspector(inspect)))
        .with_state(spool)
}

/// Refuses names other than `localhost`: a page elsewhere could point its own name at this machine and
/// read the mail through the visitor's browser.
async fn guard(request: Request, next: Next) -> Response {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit()));
    let name = name.map_or(host, |(name, _)| name).trim_matches(['[', ']']);
    if name != "localhost" && name.parse::<IpAddr>().is_err() {
        let why = "ask for the development inbox by its IP address or as localhost";
        return Refusal(StatusCode::FORBIDDEN, why.to_owned()).into_response();
    }
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, header::HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, header::HeaderValue::from_static("no-referrer"));
    headers.insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    response
}

/// Runs what blocks on the disk, and turns its failure into an answer.
async fn on_disk<T: Send + 'static>(
    spool: Arc<Spool>,
    work: impl FnOnce(&Spool) -> std::io::Result<T> + Send + 'static,
) -> Result<T, Refusal> {
    let done = tokio::task::spawn_blocking(move || work(&spool)).await;
    done.map_err(std::io::Error::other).flatten().map_err(|error| {
        tracing::error!(%error, "the development inbox cannot use its folder");
        Refusal(StatusCode::SERVICE_UNAVAILABLE, "the inbox's folder can't be used; see the log".to_owned())
    })
}

/// One message in full, or a 404.
pub(super) async fn fetch(spool: Arc<Spool>, id: &str) -> Result<(Shown, Vec<u8>), Refusal> {
    let missing = || Refusal(StatusCode::NOT_FOUND, format!("there is no message {id}"));
    let number = id.parse().map_err(|_| missing())?;
    let found = on_disk(spool, move |spool| {
        Ok(spool.read(number)?.map(|(summary, bytes)| (shown::show(summary, &bytes), bytes)))
    });
    found.await?.ok_or_else(missing)
}

async fn list(
    State(spool): State<Arc<Spool>>,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<Response, Refusal> {
    let Query(wanted) = wanted.map_err(|error| Refusal(StatusCode::BAD_REQUEST, error.body_text()))?;
    let limit = wanted.limit.unwrap_or(LIST_DEFAULT);
    if !(1..=LIST_MAX).contains(&limit) {
        return Err(Refusal(StatusCode::BAD_REQUEST, format!("limit is {limit}; it may be 1 to {LIST_MAX}")));
    }
    let mails = spool.list(&wanted, limit);
    // A full page may have a successor; `next` is what to give as `after`.
    let next = if mails.len() == limit { mails.last().map(|mail| mail.id) } else { None };
    Ok(Json(json!({ "mails": mails, "next": next })).into_response())
}

async fn one(
    State(spool): State<Arc<Spool>>,
    Extension(inspector): Extension<Inspector>,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let (shown, _) = fetch(spool, &id).await?;
    let shown = shown.with_remarks(inspector);
    Ok(Json(shown).into_response())
}

async fn raw(State(spool): State<Arc<Spool>>, Path(id): Path<String>) -> Result<Response, Refusal> {
    let (shown, bytes) = fetch(spool, &id).await?;
    // Plain text, so that a browser shows it and runs nothing.
    let kind = if shown.summary.channel == EMAIL { "text/plain; charset=utf-8" } else { "application/json" };
    Ok(([(header::CONTENT_TYPE, kind)], bytes).into_response())
}

async fn clear(State(spool): State<Arc<Spool>>) -> Result<Response, Refusal> {
    let removed = on_disk(spool, Spool::clear).await?;
    Ok(Json(json!({ "removed": removed })).into_response())
}

async fn keep(
    State(spool): State<Arc<Spool>>,
    headers: HeaderMap,
    message: Result<Json<DevelopmentMessage>, JsonRejection>,
) -> Result<Response, Refusal> {
    let Json(message) = message.map_err(|error| Refusal(error.status(), error.body_text()))?;
    let key = headers.get("Idempotency-Key").map_or(Ok(message.message.as_str()), |key| key.to_str());
    let key =
        key.map_err(|_| Refusal(StatusCode::BAD_REQUEST, "the Idempotency-Key isn't ASCII".to_owned()))?;
    check(key, &message)?;
    let key = key.to_owned();
    match on_disk(spool, move |spool| spool.keep_message(&key, &message)).await? {
        Kept::New(id) => {
            Ok((StatusCode::CREATED, Json(json!({ "id": id, "kept_before": false }))).into_response())
        }
        Kept::Before(id) => Ok(Json(json!({ "id": id, "kept_before": true })).into_response()),
        Kept::Conflict(id) => {
            let why = format!("another message was kept under this Idempotency-Key, as {id}");
            Err(Refusal(StatusCode::CONFLICT, why))
        }
    }
}

fn check(key: &str, message: &DevelopmentMessage) -> Result<(), Refusal> {
    let refuse = |why: String| Err(Refusal(StatusCode::UNPROCESSABLE_ENTITY, why));
    for (what, text, chars_max) in [
        ("Idempotency-Key", key, KEY_CHARS_MAX),
        ("channel", message.channel.as_str(), CHANNEL_CHARS_MAX),
        ("to", message.to.as_str(), ADDRESS_CHARS_MAX),
        ("message", message.message.as_str(), KEY_CHARS_MAX),
    ] {
        if text.is_empty() || text.chars().count() > chars_max {
            return refuse(format!("{what} must have 1 to {chars_max} characters"));
        }
    }
    if message.channel == EMAIL {
        return refuse("e-mail comes in over SMTP".to_owned());
    }
    Ok(())
}
