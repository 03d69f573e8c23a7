//! Why: what came in for a contact, and what was decided.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wend_domain::id::ContactId;
use wend_domain::input::Input;
use wend_domain::record::Record;
use wend_store::HistoryRow;

use crate::api::{find_contact, joined_history};
use crate::auth::Reader;
use crate::error::{Error, Refusals};
use crate::state::ServerState;
use crate::view::input::InputView;
use crate::view::record::DecisionView;
use crate::view::shown;
use crate::wire::{Filter, Parameters, page_rows};

/// Which part of a contact's history to show.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Page {
    /// Only what came after this number: `next` of the page before.
    after: Option<i64>,
    /// How many inputs to show, 1 to 1,000; 100 if not given.
    limit: Option<usize>,
}

/// A contact's inputs with what was decided, oldest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Why {
    /// The contact's id.
    contact: String,
    /// The inputs.
    entries: Vec<Entry>,
    /// `after` for the next page; none if this is the last.
    next: Option<i64>,
}

/// One input and what was decided.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Entry {
    /// Its number.
    seq: i64,
    /// The contact that took it, if that is another one, which is part of this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    taken_by: Option<String>,
    /// When the contact took it.
    at: String,
    /// The revision of the catalog that decided.
    catalog_revision: u64,
    /// What came in.
    input: InputView,
    /// What was decided, in order.
    decisions: Vec<DecisionView>,
}

/// What came in for a contact, what was decided, by which rule of which version, with which values.
#[utoipa::path(
    get,
    path = "/api/v1/contacts/{reference}/why",
    tag = "contacts",
    summary = "Explain a contact",
    params(("reference" = String, Path, description = "Wend's id, else the user id or any other identifier"), Page),
    security(("key" = ["read"])),
    responses((status = 200, body = Why), Refusals),
)]
pub(crate) async fn why(
    Reader(caller): Reader,
    State(state): State<ServerState>,
    Parameters(reference): Parameters<String>,
    Filter(page): Filter<Page>,
) -> Result<Json<Why>, Error> {
    let limit = page_rows(page.limit)?;
    let contact = find_contact(&state, &caller.workspace, &reference).await?;
    // One row more than is shown tells whether there is a next page.
    let after = page.after.unwrap_or(0);
    let mut rows = joined_history(&state, &caller.workspace, &contact, after, limit + 1).await?;
    let has_next = rows.len() > limit;
    rows.truncate(limit);
    let next = if has_next { rows.last().map(|row| row.seq) } else { None };
    let entries = rows.iter().map(|row| entry(row, contact.id)).collect::<Result<_, _>>()?;
    Ok(Json(Why { contact: contact.id.to_string(), entries, next }))
}

/// An input as it is shown; of another contact than this one it says whose it was.
pub(crate) fn entry(row: &HistoryRow, contact: ContactId) -> Result<Entry, Error> {
    let unreadable = |error: serde_json::Error| {
        Error::internal(anyhow::Error::new(error).context(format!("cannot read the history {}", row.seq)))
    };
    let input: Input = serde_json::from_str(&row.input_json).map_err(unreadable)?;
    let record: Record = serde_json::from_str(&row.record_json).map_err(unreadable)?;
    Ok(Entry {
        seq: row.seq,
        taken_by: (row.contact != contact).then(|| row.contact.to_string()),
        at: shown(row.at),
        catalog_revision: row.catalog_revision,
        input: InputView::from(&input),
        decisions: record.iter().map(DecisionView::from).collect(),
    })
}
