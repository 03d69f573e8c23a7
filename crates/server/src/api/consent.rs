//! The ledger of a contact's consent.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wend_domain::consent::ConsentChange;
use wend_store::ConsentRow;

use crate::api::find_contact;
use crate::auth::Reader;
use crate::error::{Error, Refusals};
use crate::state::ServerState;
use crate::view::shown;
use crate::wire::{Filter, Parameters, page_rows};

/// Which part of the ledger to give.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Page {
    /// Only what came after this: `next` of the page before.
    after: Option<String>,
    /// How many lines to give, 1 to 1,000; 100 if not given.
    limit: Option<usize>,
}

/// Everything that was answered for a contact, oldest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Ledger {
    /// The contact's id.
    contact: String,
    /// The lines.
    changes: Vec<ChangeView>,
    /// `after` for the next page; none if this is the last.
    next: Option<String>,
}

/// One line of the ledger.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ChangeView {
    /// What it is about: `category news`, `channel email`, `pause`, `frequency` or `address email`.
    of: String,
    /// What was answered: `subscribed`, `unsubscribed`, `unconfirmed`, `until …`, `at most …`, `suppressed`, ….
    answer: String,
    /// When it took effect.
    at: String,
    /// Where it came from.
    source: String,
    /// What allows messages, if somebody said: `consent`, `contract`, `legal_obligation` or `legitimate_interest`.
    legal_basis: Option<&'static str>,
    /// The message whose link was followed.
    message: Option<String>,
}

impl ChangeView {
    /// A line as it is shown.
    pub(crate) fn of_row(row: &ConsentRow) -> Result<Self, Error> {
        let change: ConsentChange = serde_json::from_str(&row.change_json).map_err(|error| {
            Error::internal(
                anyhow::Error::new(error).context(format!("cannot read the line {} of consent", row.id)),
            )
        })?;
        Ok(Self {
            of: change.of,
            answer: change.answer,
            at: shown(change.at),
            source: change.source,
            legal_basis: change.basis.map(wend_domain::consent::Basis::as_str),
            message: change.via.map(|message| message.to_string()),
        })
    }
}

/// Every answer of consent that was ever given for a contact, with source, legal basis and time: what proves that a
/// message was allowed.
#[utoipa::path(
    get,
    path = "/api/v1/contacts/{reference}/consent",
    tag = "contacts",
    operation_id = "consent_ledger",
    summary = "Give a contact's ledger of consent",
    params(("reference" = String, Path, description = "Wend's id, else the user id, else an anonymous id"), Page),
    security(("key" = ["read"])),
    responses((status = 200, body = Ledger), Refusals),
)]
pub(crate) async fn ledger(
    Reader(caller): Reader,
    State(state): State<ServerState>,
    Parameters(reference): Parameters<String>,
    Filter(page): Filter<Page>,
) -> Result<Json<Ledger>, Error> {
    let limit = page_rows(page.limit)?;
    let contact = find_contact(&state, &caller.workspace, &reference).await?;
    let after = page.after.unwrap_or_default();
    // One row more than is given tells whether there is a next page.
    let mut rows = state.store().consent_changes(&caller.workspace, contact.id, &after, limit + 1).await?;
    let has_next = rows.len() > limit;
    rows.truncate(limit);
    let next = if has_next { rows.last().map(|row| row.id.clone()) } else { None };
    let changes = rows.iter().map(ChangeView::of_row).collect::<Result<_, _>>()?;
    Ok(Json(Ledger { contact: contact.id.to_string(), changes, next }))
}
