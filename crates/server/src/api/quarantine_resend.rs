//! Sending a quarantined event again, mended or as it is.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use wend_domain::event::Event;
use wend_domain::time::Timestamp;

use crate::api::note;
use crate::auth::Manager;
use crate::collect::Collected;
use crate::error::{Error, Refusals};
use crate::ingest::{self, Arrival, Endpoint};
use crate::state::ServerState;
use crate::wire::{Body, Parameters};

/// The event to send in place of the one in quarantine.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Resend {
    /// The mended event, with its `type`; without it the one in quarantine is sent as it is.
    #[schema(value_type = Option<Object>)]
    event: Option<Value>,
    /// Whether it is history that triggers nothing, as if it came through `/v1/import`.
    #[serde(default)]
    imported: bool,
}

/// Sends a quarantined event again. If it still makes no sense the answer says why, and it stays in quarantine.
#[utoipa::path(
    post,
    path = "/api/v1/quarantine/{id}/resend",
    tag = "events",
    operation_id = "resend_quarantined",
    summary = "Send a quarantined event again",
    params(("id" = String, Path, description = "Its id")),
    request_body = Resend,
    security(("key" = ["manage"])),
    responses((status = 200, description = "It is committed", body = Collected), Refusals),
)]
pub(crate) async fn resend(
    Manager(caller): Manager,
    State(state): State<ServerState>,
    Parameters(id): Parameters<String>,
    Body(resend): Body<Resend>,
) -> Result<Json<Collected>, Error> {
    let row = state
        .store()
        .quarantine_get(&caller.workspace, &id)
        .await?
        .ok_or_else(|| Error::not_found("quarantined event", &id))?;
    let text = resend.event.map_or(row.event_json, |event| event.to_string());
    // The event is as old as when it first came, unless it says otherwise.
    let event = read(&text, row.at, resend.imported)?;
    state.engine().ingest(&caller.workspace, vec![event]).await?;
    state.store().quarantine_remove(&caller.workspace, &id).await?;
    note(&state, &caller.workspace, &caller, &json!({ "quarantine_resent": id })).await?;
    Ok(Json(Collected { success: true, quarantined: 0, reasons: Vec::new() }))
}

fn read(text: &str, received_at: Timestamp, imported: bool) -> Result<Event, Error> {
    let body = format!("{{\"batch\":[{text}]}}");
    let arrival = Arrival {
        endpoint: Endpoint::Batch { imported },
        received_at,
        sent_at: None,
        anonymous_id: None,
        body: body.as_bytes(),
    };
    let parsed = ingest::parse(&arrival).map_err(|error| Error::Malformed(error.to_string()))?;
    match (parsed.events.into_iter().next(), parsed.bad.first()) {
        (Some(event), None) => Ok(event),
        (_, Some(bad)) => Err(Error::Malformed(format!("still no event: {}", bad.reason))),
        (None, None) => Err(Error::Malformed("there is no event to send".to_owned())),
    }
}
