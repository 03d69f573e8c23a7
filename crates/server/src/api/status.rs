//! How the installation is doing, as far as the caller's workspace sees it.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use wend_engine::SenderView;

use crate::auth::Reader;
use crate::error::{Error, Refusals};
use crate::state::ServerState;
use crate::view::shown;

/// How the installation is doing.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Status {
    /// The version of the server.
    version: &'static str,
    /// The caller's workspace.
    workspace: String,
    /// What the caller's key may do.
    scope: crate::auth::Scope,
    /// What time it is on the server.
    at: String,
    /// Whether the engine is running.
    ready: bool,
    /// The revision of the catalog that decides now; 0 before anything was published.
    catalog_revision: u64,
    /// Contacts ever created.
    contacts: i64,
    /// Inputs ever kept in history.
    history: i64,
    /// Messages in the outbox, by state.
    outbox: BTreeMap<String, i64>,
    /// Inputs that wait for their contact.
    inbox: i64,
    /// Inputs that could not be processed.
    stuck: i64,
    /// Events in quarantine.
    quarantine: i64,
    /// The earliest deadline that anybody waits for.
    oldest_alarm: Option<String>,
    /// Changes that wait to be folded.
    tail_changes: usize,
    /// Bytes that wait to be folded.
    tail_bytes: usize,
    /// The senders of e-mail, as the process that answers sees them.
    senders: Vec<Sender>,
}

/// How a sender of e-mail is doing.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Sender {
    /// What it is called.
    name: String,
    /// How it sends: `smtp`, `ses`, `sendgrid`, `postmark`, `mailgun` or `resend`.
    kind: &'static str,
    /// Senders of a higher tier are only asked when none of a lower one can carry a message.
    tier: u32,
    /// How often it is asked first, compared with the others of its tier.
    weight: u32,
    /// Its circuit breaker: `closed`, `open`, or `trying` with one message.
    breaker: &'static str,
    /// Until when it is left alone, by its breaker or because the provider asked for a pause.
    until: Option<String>,
    /// The day of its warm-up, from 1.
    warm_up_day: Option<u32>,
    /// That day's limit, over all processes.
    warm_up_limit: Option<u32>,
    /// How many attempts came to what: `accepted`, `temporary`, `permanent`, `unknown`.
    attempts: BTreeMap<&'static str, u64>,
    /// When it failed last.
    failed_at: Option<String>,
    /// How, in the provider's own words.
    failure: Option<String>,
}

fn sender(view: SenderView) -> Sender {
    let (failed_at, failure) = view.failed.map(|(at, words)| (shown(at), words)).unzip();
    let (warm_up_day, warm_up_limit) = view.warming_up.unzip();
    Sender {
        name: view.name,
        kind: view.kind,
        tier: view.tier,
        weight: view.weight,
        breaker: view.breaker,
        until: view.until.map(shown),
        warm_up_day,
        warm_up_limit,
        attempts: view.outcomes,
        failed_at,
        failure,
    }
}

/// How the installation is doing, in numbers.
#[utoipa::path(
    get,
    path = "/api/v1/status",
    tag = "operation",
    summary = "How the installation is doing",
    security(("key" = ["read"])),
    responses((status = 200, body = Status), Refusals),
)]
pub(crate) async fn status(
    Reader(caller): Reader,
    State(state): State<ServerState>,
) -> Result<Json<Status>, Error> {
    let statistics = state.store().statistics(&caller.workspace).await?;
    let catalog_revision = state.store().catalog_revision_number(&caller.workspace).await?;
    Ok(Json(Status {
        version: env!("CARGO_PKG_VERSION"),
        workspace: caller.workspace.to_string(),
        scope: caller.scope,
        at: shown(state.now()),
        ready: state.engine().ready(),
        catalog_revision,
        contacts: statistics.contacts,
        history: statistics.history,
        outbox: statistics.outbox,
        inbox: statistics.inbox,
        stuck: statistics.stuck,
        quarantine: statistics.quarantine,
        oldest_alarm: statistics.oldest_alarm.map(shown),
        tail_changes: statistics.tail_changes,
        tail_bytes: statistics.tail_bytes,
        senders: state.engine().senders().into_iter().map(sender).collect(),
    }))
}
