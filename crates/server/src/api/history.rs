//! A contact's history as it is kept: what `wend test record` makes a test of.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use wend_store::HistoryRow;

use crate::api::find_contact;
use crate::auth::Reader;
use crate::error::{Error, Refusals};
use crate::state::ServerState;
use crate::view::shown;
use crate::wire::{Filter, Parameters, page_rows};

/// Which part of a contact's history to give.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Page {
    /// Only what came after this number: `next` of the page before.
    pub(super) after: Option<i64>,
    /// How many inputs to give, 1 to 1,000; 100 if not given.
    pub(super) limit: Option<usize>,
}

/// A contact's inputs and decisions as they are kept, oldest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct History {
    /// The contact's id.
    contact: String,
    /// The inputs.
    entries: Vec<Kept>,
    /// `after` for the next page; none if this is the last.
    next: Option<i64>,
}

/// One input and what was decided, as they are kept.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Kept {
    /// Its number.
    seq: i64,
    /// When the contact took it.
    at: String,
    /// The revision of the catalog that decided.
    catalog_revision: u64,
    /// The input; past events that were loaded for it are left out, they are inputs of their own.
    #[schema(value_type = Object)]
    input: Value,
    /// What was decided, in order.
    #[schema(value_type = Vec<Object>)]
    record: Value,
}

/// A contact's inputs and decisions in the shape in which they are kept, which may change from version to version: for
/// commands of the server's own version. Everybody else reads `why`.
#[utoipa::path(
    get,
    path = "/api/v1/contacts/{reference}/history",
    tag = "contacts",
    summary = "Give a contact's history as it is kept",
    params(("reference" = String, Path, description = "Wend's id, else the user id or any other identifier"), Page),
    security(("key" = ["read"])),
    responses((status = 200, body = History), Refusals),
)]
pub(crate) async fn history(
    Reader(caller): Reader,
    State(state): State<ServerState>,
    Parameters(reference): Parameters<String>,
    Filter(page): Filter<Page>,
) -> Result<Json<History>, Error> {
    let limit = page_rows(page.limit)?;
    let contact = find_contact(&state, &caller.workspace, &reference).await?;
    // One row more than is given tells whether there is a next page.
    let mut rows =
        state.store().history(&caller.workspace, contact.id, page.after.unwrap_or(0), limit + 1).await?;
    let has_next = rows.len() > limit;
    rows.truncate(limit);
    let next = if has_next { rows.last().map(|row| row.seq) } else { None };
    let entries = rows.iter().map(kept).collect::<Result<_, _>>()?;
    Ok(Json(History { contact: contact.id.to_string(), entries, next }))
}

fn kept(row: &HistoryRow) -> Result<Kept, Error> {
    let unreadable = |error: serde_json::Error| {
        Error::internal(anyhow::Error::new(error).context(format!("cannot read the history {}", row.seq)))
    };
    let mut input: Value = serde_json::from_str(&row.input_json).map_err(unreadable)?;
    if let Some(members) = input.as_object_mut() {
        members.remove("history");
    }
    let record = serde_json::from_str(&row.record_json).map_err(unreadable)?;
    Ok(Kept { seq: row.seq, at: shown(row.at), catalog_revision: row.catalog_revision, input, record })
}
