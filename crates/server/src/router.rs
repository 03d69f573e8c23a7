//! The router with everything around it: limits, headers, request ids, errors as JSON.

use std::time::Duration;

use axum::extract::Request;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router, middleware};
use rand::RngCore;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::TimeoutLayer;
use tracing::Instrument;

use crate::error::Error;
use crate::openapi::openapi;
use crate::state::ServerState;
use crate::{api, app, collect, health, pages, providers, tracking};

/// The longest that a request may take, except a back-up.
const REQUEST_FOR_MAX: Duration = Duration::from_mins(1);

/// The longest request id of a client or proxy that is taken over, in bytes.
const REQUEST_ID_BYTES_MAX: usize = 64;

/// The name by which a request is found in the log.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What every answer forbids browsers to do with it, unless it says otherwise itself.
const SECURITY_HEADERS: [(HeaderName, &str); 5] = [
    (CACHE_CONTROL, "no-store"),
    (CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    (REFERRER_POLICY, "no-referrer"),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (X_FRAME_OPTIONS, "DENY"),
];

/// All routes, with limits, headers and errors around them.
pub fn router(state: ServerState) -> Router {
    let (api, _) = api::routes().merge(health::routes()).split_for_parts();
    let (slow, _) = api::slow_routes().split_for_parts();
    Router::new()
        .merge(api)
        .merge(collect::routes())
        .merge(collect::hooks::routes())
        .merge(app::routes())
        .merge(pages::routes())
        .merge(tracking::routes())
        .merge(providers::routes())
        .route("/openapi.json", get(async || Json(openapi())))
        .layer(middleware::map_response(say_too_slow))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, REQUEST_FOR_MAX))
        .merge(slow)
        .fallback(app::page_or_nothing)
        .method_not_allowed_fallback(async || Error::MethodNotAllowed)
        .layer(CatchPanicLayer::custom(say_panic))
        .layer(middleware::map_response(secure))
        .layer(middleware::from_fn_with_state(state.clone(), identify))
        .with_state(state)
}

/// Gives each request an id, which its answer and all that is logged of it carry.
async fn identify(
    axum::extract::State(state): axum::extract::State<ServerState>,
    request: Request,
    next: Next,
) -> Response {
    let id = request_id(request.headers())
        .unwrap_or_else(|| format!("{:016x}", state.with_random(RngCore::next_u64)));
    // The path may name a person: what is logged is the route.
    let route = request.extensions().get::<axum::extract::MatchedPath>().map(|path| path.as_str().to_owned());
    let span = tracing::info_span!("request", request.id = id, method = %request.method(), route);
    let mut response = next.run(request).instrument(span.clone()).await;
    span.in_scope(|| tracing::debug!(status = response.status().as_u16(), "answered"));
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

/// The id that a client or proxy gave, if it is harmless in a log.
fn request_id(headers: &HeaderMap) -> Option<String> {
    let id = headers.get(REQUEST_ID)?.to_str().ok()?;
    let is_harmless = !id.is_empty()
        && id.len() <= REQUEST_ID_BYTES_MAX
        && id.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_.".contains(letter));
    is_harmless.then(|| id.to_owned())
}

async fn secure(mut response: Response) -> Response {
    for (name, value) in SECURITY_HEADERS {
        // Pages and the application's own files say themselves what browsers may do with them, and for how long.
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

/// A time-out has no body of its own.
async fn say_too_slow(response: Response) -> Response {
    let is_bare = response.status() == StatusCode::REQUEST_TIMEOUT
        && response.headers().get(axum::http::header::CONTENT_TYPE).is_none();
    if is_bare { Error::TooSlow.into_response() } else { response }
}

/// The answer to a request whose handler panicked; the panic is logged, not told.
#[expect(clippy::needless_pass_by_value, reason = "the layer hands the panic over")]
fn say_panic(panic: Box<dyn std::any::Any + Send + 'static>) -> Response {
    let text = panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_default();
    Error::internal(anyhow::anyhow!("a handler panicked: {text}")).into_response()
}

#[cfg(test)]
mod tests;
