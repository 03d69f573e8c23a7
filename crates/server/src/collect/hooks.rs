//! Where other systems call: their calls become ordinary events, as the files under `hooks/` say.
//!
//! Read in this order: this file (from a request to its answer), [`signature`] (where a call comes from), [`body`] (what
//! is in it), [`mapping`] (from there to events).
//!
//! **Invariant.** Nothing of a call whose key or signature isn't good is kept.

mod body;
mod mapping;
mod signature;

use axum::extract::{Query, Request, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::routing::post;
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wend_domain::hook::Hook;
use wend_domain::id::HookName;

use crate::auth::{self, Caller, Scope};
use crate::collect::{Reason, bytes, count_refusal, place, refuse, take};
use crate::error::{Error, Refusals};
use crate::ingest::Parsed;
use crate::state::ServerState;
use crate::wire::Parameters;

/// A key in the query of a call: other systems are mostly given an address and nothing else.
#[derive(Debug, Deserialize)]
struct Key {
    key: Option<String>,
}

/// The answer to a call.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Called {
    /// Always true: what could be read is committed.
    success: bool,
    /// How many events it made.
    events: usize,
    /// How many bodies the hook isn't meant for: its `where` doesn't hold.
    ignored: usize,
    /// How many could not be read; they are kept in quarantine.
    quarantined: usize,
    /// The first of the reasons.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    reasons: Vec<Reason>,
}

/// The route that other systems call.
pub(crate) fn routes() -> Router<ServerState> {
    Router::new().route("/v1/hooks/{hook}", post(call)).route("/v1/hooks/{hook}/", post(call))
}

/// Takes a call of another system: a JSON object, a list of up to 1,000 of them, or a form, plain or gzip, up to 500 KB.
/// The file `hooks/NAME.yaml` says what becomes of it. It answers once the events are committed.
///
/// A body that comes twice counts once. What names nobody, or makes no sense, is kept in quarantine and answered with 202
/// and the reason: many systems call for days, or give up the address, if they are refused.
#[utoipa::path(
    post,
    path = "/v1/hooks/{hook}",
    tag = "events",
    operation_id = "call_hook",
    summary = "Take a call of another system",
    params(
        ("hook" = String, Path, description = "The hook's name"),
        ("key" = Option<String>, Query, description = "The write key, if it isn't in a header"),
    ),
    request_body(content = Object, description = "What the other system sends"),
    security(("write_key" = []), ("key" = ["ingest"])),
    responses(
        (status = 200, description = "It is committed", body = Called),
        (status = 202, description = "Some of it was set aside", body = Called),
        Refusals,
    ),
)]
pub(crate) async fn call(
    State(state): State<ServerState>,
    Parameters(name): Parameters<String>,
    request: Request,
) -> Result<(StatusCode, Json<Called>), Error> {
    let answer = called(&state, &name, request).await;
    if let Err(error) = &answer {
        count_refusal(&state, error);
    }
    let called = answer?;
    let status = if called.quarantined == 0 { StatusCode::OK } else { StatusCode::ACCEPTED };
    Ok((status, Json(called)))
}

async fn called(state: &ServerState, name: &str, request: Request) -> Result<Called, Error> {
    let at = state.now();
    let (parts, body) = request.into_parts();
    let caller = caller(state, &parts).await?;
    let hook_name = HookName::from(name);
    let mut catalog = state.engine().catalog(&caller.workspace);
    if !catalog.hooks.contains_key(&hook_name) {
        // Another node may have published it just now; who posts here may never post the same again.
        catalog = state.engine().latest_catalog(&caller.workspace).await?;
    }
    let hook = catalog.hooks.get(&hook_name).ok_or_else(|| Error::not_found("hook", name))?;
    let receiving = place(state.receiving())?;
    let bytes = bytes(&parts.headers, body).await;
    let _collecting = place(state.collecting())?;
    drop(receiving);
    let bytes = match bytes {
        Ok(bytes) => bytes,
        Err(unreadable) => {
            // What is cut off can't be proved to come from anybody.
            let known = hook.signature.is_none().then_some(&caller);
            return Err(refused(state, known, at, unreadable, &[]).await);
        }
    };
    check_signature(state, &caller, hook, &parts, &bytes).await?;
    let bodies = match body::read(&parts.headers, &bytes) {
        Ok(bodies) => bodies,
        Err(unreadable) => return Err(refused(state, Some(&caller), at, unreadable, &bytes).await),
    };
    let mapping::Read { events, bad, ignored } = mapping::read(hook, bodies, at);
    let n_events = events.len();
    let taken = take(state, &caller, at, Parsed { write_key: None, events, bad }).await?;
    let (quarantined, reasons) = (taken.quarantined, taken.reasons);
    Ok(Called { success: true, events: n_events, ignored, quarantined, reasons })
}

async fn refused(
    state: &ServerState,
    known: Option<&Caller>,
    at: wend_domain::time::Timestamp,
    unreadable: crate::ingest::Unreadable,
    bytes: &[u8],
) -> Error {
    match refuse(state, known, at, unreadable, bytes).await {
        Err(error) => error,
        Ok(_) => Error::internal(anyhow::anyhow!("what can't be read was not refused")),
    }
}

/// Whose key the call has.
async fn caller(state: &ServerState, parts: &Parts) -> Result<Caller, Error> {
    let in_query = || {
        let query: Query<Key> = Query::try_from_uri(&parts.uri).ok()?;
        query.0.key.filter(|key| !key.is_empty())
    };
    let key = auth::write_key(&parts.headers).or_else(in_query);
    let key =
        key.ok_or(Error::Unauthorized("no write key was given: send it as `?key=` or in `Authorization`"))?;
    auth::caller(state, &key, Scope::Ingest).await
}

/// Refuses a call that doesn't prove where it comes from.
async fn check_signature(
    state: &ServerState,
    caller: &Caller,
    hook: &Hook,
    parts: &Parts,
    bytes: &[u8],
) -> Result<(), Error> {
    let Some(wanted) = &hook.signature else { return Ok(()) };
    let Some(secret) = state.engine().secret(&caller.workspace, &wanted.secret).await? else {
        tracing::error!(
            workspace = %caller.workspace, hook = hook.name.as_str(), secret = wanted.secret,
            "a hook's secret is not set: its calls are refused"
        );
        return Err(Error::Unavailable {
            what: "the hook's secret is not set",
            retry_after_s: crate::error::UNAVAILABLE_RETRY_AFTER_S,
        });
    };
    let given = parts.headers.get(&wanted.header).and_then(|value| value.to_str().ok());
    signature::check(wanted.style, secret.as_bytes(), given, bytes, state.now()).map_err(Error::Unauthorized)
}
