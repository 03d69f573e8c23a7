//! What browser libraries ask before they send anything: where to send events.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::routing::{MethodRouter, get};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::auth::{self, Scope};
use crate::error::Error;
use crate::state::ServerState;
use crate::wire::{Filter, Parameters};

/// The longest name of a host that is repeated in an answer, in bytes.
const HOST_BYTES_MAX: usize = 253 + 6;

/// A write key in a query.
#[derive(Debug, Deserialize)]
pub(crate) struct WriteKey {
    #[serde(rename = "writeKey")]
    pub write_key: Option<String>,
}

/// The routes; a library's base address may end in a folder of its own.
pub(crate) fn routes() -> Router<ServerState> {
    let segment: MethodRouter<ServerState> = get(segment_settings);
    let rudder: MethodRouter<ServerState> = get(rudder_settings);
    Router::new()
        .route("/v1/projects/{write_key}/settings", segment.clone())
        .route("/v1/projects/{write_key}/settings/", segment)
        .route("/sourceConfig", rudder.clone())
        .route("/sourceConfig/", rudder.clone())
        .route("/cfg/sourceConfig", rudder.clone())
        .route("/cfg/sourceConfig/", rudder)
}

/// Where the library of Segment sends a key's events.
#[utoipa::path(
    get,
    path = "/v1/projects/{write_key}/settings",
    tag = "events",
    summary = "Settings for Segment's browser library",
    params(("write_key" = String, Path, description = "The write key")),
    responses((status = 200, description = "Where to send events", body = Object), crate::error::Refusals),
)]
pub(crate) async fn segment_settings(
    State(state): State<ServerState>,
    Parameters(write_key): Parameters<String>,
    headers: HeaderMap,
) -> Result<Json<Value>, Error> {
    auth::caller(&state, &write_key, Scope::Ingest).await?;
    let (protocol, host) = public_address(&state, &headers)?;
    Ok(Json(json!({
        "integrations": {
            "Segment.io": { "apiKey": write_key, "apiHost": format!("{host}/v1"), "protocol": protocol },
        },
        "plan": { "track": { "__default": { "enabled": true, "integrations": {} } } },
    })))
}

/// What the library of `RudderStack` may do with a key.
#[utoipa::path(
    get,
    path = "/sourceConfig",
    tag = "events",
    summary = "Settings for RudderStack's browser library",
    params(("writeKey" = Option<String>, Query, description = "The write key, if it isn't in `Authorization`")),
    responses((status = 200, description = "The source and its settings", body = Object), crate::error::Refusals),
)]
pub(crate) async fn rudder_settings(
    State(state): State<ServerState>,
    Filter(query): Filter<WriteKey>,
    headers: HeaderMap,
) -> Result<Json<Value>, Error> {
    let write_key =
        auth::write_key(&headers).or(query.write_key).ok_or(Error::Unauthorized("no write key was given"))?;
    let caller = auth::caller(&state, &write_key, Scope::Ingest).await?;
    let off = json!({ "enabled": false });
    Ok(Json(json!({
        "source": {
            "id": caller.key_id,
            "name": caller.name,
            "writeKey": write_key,
            "workspaceId": caller.workspace,
            "enabled": true,
            "destinations": [],
            "connections": [],
            "config": { "statsCollection": { "errors": off, "metrics": off } },
            "dataplanes": {},
        },
    })))
}

/// How browsers reach this server: protocol and host.
fn public_address(state: &ServerState, headers: &HeaderMap) -> Result<(String, String), Error> {
    if let Some(url) = &state.options().public_url {
        let (protocol, host) = url.split_once("://").unwrap_or(("https", url));
        return Ok((protocol.to_owned(), host.trim_end_matches('/').to_owned()));
    }
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let host = text("host").ok_or_else(|| Error::Malformed("the header `Host` is missing".to_owned()))?;
    let is_host = host.len() <= HOST_BYTES_MAX
        && host.chars().all(|letter| letter.is_ascii_alphanumeric() || "-._:[]".contains(letter));
    if !is_host {
        return Err(Error::Malformed("the header `Host` is not a host".to_owned()));
    }
    let is_secure = text("x-forwarded-proto").is_some_and(|protocol| protocol.eq_ignore_ascii_case("https"));
    Ok((if is_secure { "https" } else { "http" }.to_owned(), host.to_owned()))
}
