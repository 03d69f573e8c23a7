//! The ledger of a contact's consent.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wend_domain::consent::ConsentChange;
use wend_domain::id::ContactId;
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
    let parts: Vec<ContactId> = contact.parts().collect();
    let (mut at, mut after) = begin(&parts, page.after.as_deref())?;
    let mut rows = Vec::new();
    // One row more than is given tells whether there is a next page.
    while let Some(part) = parts.get(at).filter(|_| rows.len() <= limit) {
        let wanted = limit + 1 - rows.len();
        let lines = state.store().consent_changes(&caller.workspace, *part, &after, wanted).await?;
        rows.extend(lines.into_iter().map(|line| (*part, line)));
        (at, after) = (at + 1, String::new());
    }
    let has_next = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| has_next).map(|(part, row)| format!("{part}{PLACE}{}", row.id));
    let changes = rows.iter().map(|(_, row)| ChangeView::of_row(row)).collect::<Result<_, _>>()?;
    Ok(Json(Ledger { contact: contact.id.to_string(), changes, next }))
}

/// Stands between the contact and the line in the place of a page.
const PLACE: char = '.';

/// Where a page begins: the number of the contact among those that are this person, and the line after which.
fn begin(parts: &[ContactId], after: Option<&str>) -> Result<(usize, String), Error> {
    let Some(after) = after else { return Ok((0, String::new())) };
    let place = after.split_once(PLACE).and_then(|(part, line)| {
        let at = parts.iter().position(|known| known.to_string() == part)?;
        Some((at, line.to_owned()))
    });
    place.ok_or_else(|| Error::Malformed(format!("`after` is `{after}`; expected `next` of the page before")))
}
