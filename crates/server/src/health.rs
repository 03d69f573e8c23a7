//! Whether the process lives, whether it can work, and what can be watched. No key is needed.

use axum::Json;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::error::{Error, UNAVAILABLE_RETRY_AFTER_S};
use crate::state::ServerState;

/// Prometheus's text format.
const METRICS_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Fine.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Fine {
    /// `ok`.
    status: &'static str,
}

/// The endpoints without keys.
pub(crate) fn routes() -> OpenApiRouter<ServerState> {
    OpenApiRouter::new().routes(routes!(health)).routes(routes!(ready)).routes(routes!(metrics))
}

/// The process lives; nothing else is asked.
#[utoipa::path(
    get,
    path = "/health",
    tag = "operation",
    summary = "Whether the process lives",
    responses((status = 200, body = Fine)),
)]
pub(crate) async fn health() -> Json<Fine> {
    Json(Fine { status: "ok" })
}

/// The database answers and the engine takes events.
#[utoipa::path(
    get,
    path = "/ready",
    tag = "operation",
    summary = "Whether events are taken",
    responses(
        (status = 200, body = Fine),
        (status = 503, description = "Not now", body = crate::error::ErrorBody),
    ),
)]
pub(crate) async fn ready(State(state): State<ServerState>) -> Result<Json<Fine>, Error> {
    let retry_after_s = UNAVAILABLE_RETRY_AFTER_S;
    if !state.engine().ready() {
        return Err(Error::Unavailable { what: "the engine does not take events now", retry_after_s });
    }
    match state.store().workspaces().await {
        Ok(_) => Ok(Json(Fine { status: "ok" })),
        Err(error) => {
            tracing::warn!(%error, "the database does not answer");
            Err(Error::Unavailable { what: "the database does not answer", retry_after_s })
        }
    }
}

/// What can be watched, for Prometheus. It names workspaces and channels and nobody's data; keep it inside your network.
#[utoipa::path(
    get,
    path = "/metrics",
    tag = "operation",
    summary = "Metrics",
    responses((status = 200, description = "Prometheus's text format", content_type = "text/plain", body = String)),
)]
pub(crate) async fn metrics(State(state): State<ServerState>) -> impl IntoResponse {
    let text = with_counts(&state.engine().metrics().encode(), &state.counts().encode());
    ([(CONTENT_TYPE, METRICS_TYPE)], text)
}

/// The server's counts stand before the end that `OpenMetrics` wants.
fn with_counts(engine: &str, counts: &str) -> String {
    const END: &str = "# EOF\n";
    match engine.strip_suffix(END) {
        Some(engine) => format!("{engine}{counts}{END}"),
        None => format!("{engine}{counts}"),
    }
}
