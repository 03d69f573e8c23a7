//! The pixel and the redirect by which messages tell that they were opened and that a link was followed.
//!
//! **Invariants**
//! - A redirect leads only where the signed link says: nobody can make one that leads elsewhere.
//! - Whoever follows a link gets there, whatever becomes of the report of it.
//! - Addresses of visitors are looked at and not kept; no cookie is set.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_TYPE, LOCATION, USER_AGENT};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use wend_domain::id::{MessageId, WorkspaceId};
use wend_domain::limits::AGENT_BYTES_MAX;
use wend_domain::link::{Tracked, Visited};
use wend_domain::report::{Report, Told, Visit, machine};
use wend_domain::time::{Period, Timestamp};

use crate::state::ServerState;

/// A transparent picture of one pixel.
const PIXEL: &[u8] =
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;";

/// How long a redirect may wait for its report to be committed.
const REPORT_FOR_MAX: Duration = Duration::from_millis(500);

/// The longest name of a workspace in a path, in bytes.
const WORKSPACE_BYTES_MAX: usize = 64;

/// How long the same visit again says nothing new: whoever loads a pixel in a loop causes one commit, not thousands.
const SAME_FOR: Period = Period::from_millis(10_000);

/// The most visits that are remembered for that.
const VISITS_MAX: usize = 10_000;

/// Headers by which programs say that nobody looks yet.
const AHEAD: [&str; 4] = ["purpose", "sec-purpose", "x-purpose", "x-moz"];

/// What stands in them.
const AHEAD_VALUES: [&str; 2] = ["prefetch", "preview"];

/// The header in which a proxy says whom it speaks for; the last address in it is the one that the proxy saw.
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The routes that messages lead to.
pub(crate) fn routes() -> Router<ServerState> {
    Router::new().route("/o/{workspace}/{link}", get(open)).route("/c/{workspace}/{link}", get(click))
}

/// Visits that were reported a moment ago.
#[derive(Default)]
pub(crate) struct Recent(Mutex<BTreeMap<(MessageId, [u8; 8]), Timestamp>>);

impl Recent {
    /// Whether a visit is a new one; it is remembered from now on.
    fn is_new(&self, tracked: &Tracked, visit: &Visit, at: Timestamp) -> bool {
        let target = match &tracked.visited {
            Visited::Pixel => "",
            Visited::Hidden => "hidden",
            Visited::Link(target) => target,
        };
        // A person may come right after a scanner.
        let who = [target.as_bytes(), visit.agent.as_bytes(), &[u8::from(visit.prefetch)]];
        let hash = MessageId::hashed(Timestamp::default(), &who).to_bytes();
        let key = (tracked.message, hash[8..].try_into().expect("an id has 16 bytes"));
        let mut visits = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if visits.len() >= VISITS_MAX {
            visits.retain(|_, last| at.since(*last) < SAME_FOR);
        }
        if visits.len() >= VISITS_MAX {
            // Too many within seconds: which of them come twice isn't worth more memory.
            return true;
        }
        let is_new = visits.get(&key).is_none_or(|last| at.since(*last) >= SAME_FOR);
        if is_new {
            visits.insert(key, at);
        }
        is_new
    }
}

/// Answers with the pixel, whatever the link is: a broken picture helps nobody.
async fn open(
    State(state): State<ServerState>,
    method: Method,
    Path(place): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    if let Some((workspace, tracked)) = read(&state, place).await
        && tracked.visited == Visited::Pixel
    {
        report(&state, &workspace, &tracked, &method, &headers).await;
    }
    ([(CONTENT_TYPE, HeaderValue::from_static("image/gif"))], Bytes::from_static(PIXEL)).into_response()
}

/// Leads to the link's target.
async fn click(
    State(state): State<ServerState>,
    method: Method,
    Path(place): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let Some((workspace, tracked)) = read(&state, place).await else {
        return (StatusCode::NOT_FOUND, "This link is broken: it may have been cut off.\n").into_response();
    };
    let target = match &tracked.visited {
        Visited::Link(target) => HeaderValue::from_str(target).ok(),
        Visited::Hidden | Visited::Pixel => None,
    };
    if tracked.visited != Visited::Pixel {
        report(&state, &workspace, &tracked, &method, &headers).await;
    }
    match target {
        Some(target) => (StatusCode::FOUND, [(LOCATION, target)]).into_response(),
        None => StatusCode::NO_CONTENT.into_response(),
    }
}

/// What a link says, if it is one of ours.
async fn read(state: &ServerState, (workspace, link): (String, String)) -> Option<(WorkspaceId, Tracked)> {
    if workspace.len() > WORKSPACE_BYTES_MAX {
        return None;
    }
    let workspace = WorkspaceId::from(workspace);
    let key = match state.engine().link_key(&workspace).await {
        Ok(key) => key?,
        Err(error) => {
            tracing::error!(error = format!("{error:#}"), "the key of links could not be read");
            return None;
        }
    };
    let tracked = Tracked::read(&link, &key, &workspace)?;
    Some((workspace, tracked))
}

/// Reports a visit; whatever becomes of that, the visitor goes on.
async fn report(
    state: &ServerState,
    workspace: &WorkspaceId,
    tracked: &Tracked,
    method: &Method,
    headers: &HeaderMap,
) {
    let at = state.now();
    let visit = visit(method, headers);
    if !state.recent().is_new(tracked, &visit, at) {
        return;
    }
    let (what, source) = match &tracked.visited {
        Visited::Pixel => (Told::Opened { visit }, "pixel"),
        Visited::Hidden => (Told::Clicked { link: None, visit }, "link"),
        Visited::Link(target) => (Told::Clicked { link: Some(target.clone()), visit }, "link"),
    };
    let report = Report { what, occurred_at: at, source: source.to_owned(), address: None };
    let reports = vec![(tracked.contact, tracked.message, report)];
    // What is queued is committed also if nobody waits for it any more.
    let committed = state.engine().report_of(workspace, reports);
    match tokio::time::timeout(REPORT_FOR_MAX, committed).await {
        Ok(Ok(())) | Err(_) => {}
        Ok(Err(error)) => tracing::warn!(%error, message.id = %tracked.message, "a visit could not be kept"),
    }
}

fn visit(method: &Method, headers: &HeaderMap) -> Visit {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let says_ahead = |name: &str| {
        let said = text(name).to_ascii_lowercase();
        AHEAD_VALUES.iter().any(|value| said.contains(value))
    };
    let agent: String = text(USER_AGENT.as_str()).chars().take(AGENT_BYTES_MAX).collect();
    Visit {
        agent,
        network: address(headers).and_then(machine::network),
        prefetch: method == Method::HEAD || AHEAD.iter().any(|name| says_ahead(name)),
        said_machine: false,
    }
}

/// The visitor's address, as the proxy before this server says; none without a proxy.
fn address(headers: &HeaderMap) -> Option<IpAddr> {
    let said = headers.get_all(FORWARDED_FOR).iter().next_back()?.to_str().ok()?;
    said.rsplit(',').next()?.trim().parse().ok()
}
