//! What the workspace's workflows counted.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::auth::Reader;
use crate::error::{Error, Refusals};
use crate::state::ServerState;

/// Counters by name.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Counters {
    /// The counters.
    counters: BTreeMap<String, i64>,
}

/// What was counted: entries, refusals by reason, goals, messages by state.
#[utoipa::path(
    get,
    path = "/api/v1/counters",
    tag = "workflows",
    summary = "Show counters",
    security(("key" = ["read"])),
    responses((status = 200, body = Counters), Refusals),
)]
pub(crate) async fn counters(
    Reader(caller): Reader,
    State(state): State<ServerState>,
) -> Result<Json<Counters>, Error> {
    Ok(Json(Counters { counters: state.store().counters(&caller.workspace).await? }))
}
