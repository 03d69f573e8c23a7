//! A contact's memberships: those of now, and how they came and went.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use wend_domain::input::Input;
use wend_domain::record::{Decision, Record};
use wend_store::HistoryRow;

use crate::api::find_contact;
use crate::api::history::Page;
use crate::auth::Reader;
use crate::error::{Error, Refusals};
use crate::state::ServerState;
use crate::view::shown;
use crate::wire::{Filter, Parameters, page_rows};

/// A contact's memberships.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Memberships {
    /// The contact's id.
    contact: String,
    /// The segments that the contact is in, and since when.
    #[schema(value_type = Object)]
    segments: BTreeMap<String, String>,
    /// The lists that the contact is on, and since when.
    #[schema(value_type = Object)]
    lists: BTreeMap<String, String>,
    /// How memberships changed, oldest first; as far back as history is kept.
    changes: Vec<MembershipChange>,
    /// `after` for the next page; none if this is the last. A page may have no changes and not be the last.
    next: Option<i64>,
}

/// A membership that began or ended.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MembershipChange {
    /// The number of the input that changed it: `after` of `why` one less shows it.
    seq: i64,
    /// When.
    at: String,
    /// The segment.
    #[serde(skip_serializing_if = "Option::is_none")]
    segment: Option<String>,
    /// The list.
    #[serde(skip_serializing_if = "Option::is_none")]
    list: Option<String>,
    /// Whether it began.
    entered: bool,
    /// What kind of input changed it: `event`, `alarm` (the passing of time), `catalog_changed` (the definition), …
    by: &'static str,
    /// The event's name, if it was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    event: Option<String>,
}

/// The segments and lists of a contact, and how they came and went, read from history.
#[utoipa::path(
    get,
    path = "/api/v1/contacts/{reference}/segments",
    tag = "contacts",
    operation_id = "contact_segments",
    summary = "Show a contact's memberships",
    params(("reference" = String, Path, description = "Wend's id, else the user id, else an anonymous id"), Page),
    security(("key" = ["read"])),
    responses((status = 200, body = Memberships), Refusals),
)]
pub(crate) async fn memberships(
    Reader(caller): Reader,
    State(state): State<ServerState>,
    Parameters(reference): Parameters<String>,
    Filter(page): Filter<Page>,
) -> Result<Json<Memberships>, Error> {
    let limit = page_rows(page.limit)?;
    let contact = find_contact(&state, &caller.workspace, &reference).await?;
    let rows =
        state.store().history(&caller.workspace, contact.id, page.after.unwrap_or(0), limit + 1).await?;
    let next = if rows.len() > limit { rows.get(limit - 1).map(|row| row.seq) } else { None };
    let mut changes = Vec::new();
    for row in rows.iter().take(limit) {
        changes.append(&mut changes_of(row)?);
    }
    Ok(Json(Memberships {
        contact: contact.id.to_string(),
        segments: contact.segments.iter().map(|(name, since)| (name.to_string(), shown(*since))).collect(),
        lists: contact.lists.iter().map(|(name, since)| (name.to_string(), shown(*since))).collect(),
        changes,
        next,
    }))
}

fn changes_of(row: &HistoryRow) -> Result<Vec<MembershipChange>, Error> {
    let unreadable = |error: serde_json::Error| {
        Error::internal(anyhow::Error::new(error).context(format!("cannot read the history {}", row.seq)))
    };
    let record: Record = serde_json::from_str(&row.record_json).map_err(unreadable)?;
    let changed = record.into_iter().filter_map(|line| match line.decision {
        Decision::SegmentEntered { segment } => Some((Some(segment.to_string()), None, true)),
        Decision::SegmentLeft { segment } => Some((Some(segment.to_string()), None, false)),
        Decision::ListChanged { list, on } => Some((None, Some(list.to_string()), on)),
        _ => None,
    });
    let changed: Vec<_> = changed.collect();
    if changed.is_empty() {
        return Ok(Vec::new());
    }
    let input: Input = serde_json::from_str(&row.input_json).map_err(unreadable)?;
    let change = |(segment, list, entered)| MembershipChange {
        seq: row.seq,
        at: shown(row.at),
        segment,
        list,
        entered,
        by: input.cause.name(),
        event: input.cause.event().map(|event| event.name.to_string()),
    };
    Ok(changed.into_iter().map(change).collect())
}
