//! Events that made no sense.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use wend_store::QuarantineRow;

use crate::auth::Reader;
use crate::error::{Error, Refusals};
use crate::state::ServerState;
use crate::view::shown;
use crate::wire::{Filter, page_rows};

/// Which of them to show.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Page {
    /// Only older ones than this: `next` of the page before.
    before: Option<String>,
    /// How many to show, 1 to 1,000; 100 if not given.
    limit: Option<usize>,
}

/// Events that made no sense, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Quarantine {
    /// The events.
    events: Vec<Quarantined>,
    /// `before` for the next page; none if this is the last.
    next: Option<String>,
}

/// An event that made no sense.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Quarantined {
    /// Its id.
    id: String,
    /// When it came.
    at: String,
    /// What is wrong with it.
    reason: String,
    /// What was sent: the event, or a text if it isn't JSON.
    #[schema(value_type = Object)]
    event: Value,
    /// The id of the key that it came with.
    key: String,
}

impl From<QuarantineRow> for Quarantined {
    fn from(row: QuarantineRow) -> Self {
        // What isn't JSON is kept as a JSON string, so this only fails if someone else wrote it.
        let event = serde_json::from_str(&row.event_json).unwrap_or(Value::String(row.event_json));
        Self { id: row.id, at: shown(row.at), reason: row.reason, event, key: row.key_id }
    }
}

/// Events that made no sense, newest first, with the reason. At most 100,000 are kept.
#[utoipa::path(
    get,
    path = "/api/v1/quarantine",
    tag = "events",
    summary = "List quarantined events",
    params(Page),
    security(("key" = ["read"])),
    responses((status = 200, body = Quarantine), Refusals),
)]
pub(crate) async fn quarantine(
    Reader(caller): Reader,
    State(state): State<ServerState>,
    Filter(page): Filter<Page>,
) -> Result<Json<Quarantine>, Error> {
    let limit = page_rows(page.limit)?;
    let mut rows =
        state.store().quarantine_list(&caller.workspace, page.before.as_deref(), limit + 1).await?;
    let has_next = rows.len() > limit;
    rows.truncate(limit);
    let next = if has_next { rows.last().map(|row| row.id.clone()) } else { None };
    Ok(Json(Quarantine { events: rows.into_iter().map(Quarantined::from).collect(), next }))
}
