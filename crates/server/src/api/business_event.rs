//! Business events: what happened that is nobody's own event.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use wend_domain::id::EventName;
use wend_domain::time::{Period, Timestamp};
use wend_engine::BusinessTaken;

use crate::auth::Manager;
use crate::error::{Error, Refusals};
use crate::ingest::limits::{EVENT_BYTES_MAX, MESSAGE_ID_BYTES_MAX, NAME_BYTES_MAX};
use crate::state::ServerState;
use crate::wire::Body;

/// How far ahead of the server's clock an event may have occurred.
const AHEAD_MAX: Period = Period::from_millis(5 * 60_000);

/// Something that happened in the business.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BusinessEvent {
    /// Its id: what comes twice counts once.
    #[schema(example = "price-4711-2026-11-22")]
    id: String,
    /// What happened, as triggers name it.
    #[schema(example = "Price Dropped")]
    event: String,
    /// What it says of itself.
    #[serde(default)]
    #[schema(value_type = Object)]
    properties: Map<String, Value>,
    /// When it happened, as RFC 3339; without it, when it comes in.
    occurred_at: Option<String>,
}

/// What became of a business event.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BusinessEventAnswer {
    /// Whether it came before: then nothing happens.
    duplicate: bool,
    /// The jobs that tell the contacts whom it concerns; none if no workflow asks for it.
    jobs: Vec<String>,
}

/// Takes something that happened in the business. Workflows with a trigger `business:` for it let those contacts in whose
/// own events of late match, by jobs.
#[utoipa::path(
    post,
    path = "/v1/business-events",
    tag = "events",
    operation_id = "take_business_event",
    summary = "Take a business event",
    request_body = BusinessEvent,
    security(("key" = ["manage"])),
    responses(
        (status = 202, description = "It is committed; jobs go on", body = BusinessEventAnswer),
        (status = 200, description = "It came before", body = BusinessEventAnswer),
        (status = 409, description = "A workflow that asks for it is not ready yet", body = crate::error::ErrorBody),
        Refusals,
    ),
)]
pub(crate) async fn take(
    // A write key stands in web pages: with one, anybody could send a mail to everybody.
    Manager(caller): Manager,
    State(state): State<ServerState>,
    Body(taken): Body<BusinessEvent>,
) -> Result<(StatusCode, Json<BusinessEventAnswer>), Error> {
    let BusinessEvent { id, event, properties, occurred_at } = taken;
    named("id", &id, MESSAGE_ID_BYTES_MAX)?;
    named("event", &event, NAME_BYTES_MAX)?;
    if Value::Object(properties.clone()).to_string().len() > EVENT_BYTES_MAX {
        return Err(Error::TooLarge(format!("`properties` has more than {EVENT_BYTES_MAX} bytes")));
    }
    let at = state.now();
    state
        .limiter()
        .take(&caller.key_id, 1, at)
        .map_err(|retry_after_s| Error::Overloaded { retry_after_s })?;
    let occurred_at = match &occurred_at {
        None => at,
        Some(text) => {
            Timestamp::parse(text).filter(|occurred_at| *occurred_at <= at + AHEAD_MAX).ok_or_else(|| {
                Error::Malformed(format!("`occurred_at` is `{text}`; expected an instant of the past"))
            })?
        }
    };
    let (workspace, event) = (&caller.workspace, EventName::from(event));
    match state.engine().business_event(workspace, &id, event, properties, occurred_at, &caller.name).await? {
        BusinessTaken::Taken { jobs } => {
            Ok((StatusCode::ACCEPTED, Json(BusinessEventAnswer { duplicate: false, jobs })))
        }
        BusinessTaken::Duplicate => {
            Ok((StatusCode::OK, Json(BusinessEventAnswer { duplicate: true, jobs: Vec::new() })))
        }
        BusinessTaken::NotReady { pair } => Err(Error::Conflict {
            message: format!(
                "what contacts did before is still being read: `{}` by its property `{}`",
                pair.event, pair.property
            ),
            hint: "send the event again when the job `postings` is finished; see GET /api/v1/jobs",
        }),
    }
}

fn named(field: &str, text: &str, bytes_max: usize) -> Result<(), Error> {
    if text.trim().is_empty() || text.len() > bytes_max || text.chars().any(char::is_control) {
        let what = format!("`{field}` must have 1 to {bytes_max} bytes and no control characters");
        return Err(Error::Malformed(what));
    }
    Ok(())
}
