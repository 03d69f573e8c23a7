//! How the installation is doing, as far as the caller's workspace sees it.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

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
    }))
}
