//! Whether a contact's recorded decisions can be reproduced (SEMANTICS 12.2).

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::find_contact;
use crate::auth::Reader;
use crate::error::{Error, Refusals};
use crate::state::ServerState;
use crate::wire::Parameters;

/// What a replay came to.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Replay {
    /// The contact's id.
    contact: String,
    /// How many inputs were replayed.
    inputs: u64,
    /// Whether every decision came out as it was recorded.
    same: bool,
    /// Where the replay differs from the record; at most 100.
    differences: Vec<DifferenceView>,
}

/// Where a replay differs from the record.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DifferenceView {
    /// The number of the input; none for the contact's document.
    seq: Option<i64>,
    /// What was recorded then.
    recorded: String,
    /// What is decided now.
    replayed: String,
}

/// Replays the contact's recorded inputs, and compares what is decided with what was recorded.
#[utoipa::path(
    get,
    path = "/api/v1/contacts/{reference}/replay",
    tag = "contacts",
    summary = "Replay a contact",
    params(("reference" = String, Path, description = "Wend's id, else the user id or any other identifier")),
    security(("key" = ["read"])),
    responses((status = 200, body = Replay), Refusals),
)]
pub(crate) async fn replay(
    Reader(caller): Reader,
    State(state): State<ServerState>,
    Parameters(reference): Parameters<String>,
) -> Result<Json<Replay>, Error> {
    let contact = find_contact(&state, &caller.workspace, &reference).await?;
    let report = state.engine().replay(&caller.workspace, contact.id).await?;
    let differences = report.differences.into_iter().map(|difference| DifferenceView {
        seq: difference.seq,
        recorded: difference.recorded,
        replayed: difference.replayed,
    });
    let differences: Vec<_> = differences.collect();
    Ok(Json(Replay {
        contact: contact.id.to_string(),
        inputs: report.inputs,
        same: differences.is_empty(),
        differences,
    }))
}
