//! Identifiers that contacts claimed and did not get.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wend_store::RefusedClaim;

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

/// Claims that were not granted, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Claims {
    /// The claims.
    claims: Vec<ClaimView>,
    /// `before` for the next page; none if this is the last.
    next: Option<String>,
}

/// A claim that was not granted.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ClaimView {
    /// Its id.
    id: String,
    /// `user_id`, `external`, `anonymous_id`, `email` or `phone`; `contact` for one that was thought to be the same person.
    kind: String,
    /// The identifier.
    value: String,
    /// The contact that claimed it.
    contact: String,
    /// Why it did not get it.
    why: String,
    /// When it was first refused.
    first_at: String,
    /// When it was last refused.
    last_at: String,
    /// How often.
    times: i64,
}

impl From<RefusedClaim> for ClaimView {
    fn from(claim: RefusedClaim) -> Self {
        Self {
            id: claim.id,
            kind: claim.kind,
            value: claim.value,
            contact: claim.contact.to_string(),
            why: claim.why,
            first_at: shown(claim.first_at),
            last_at: shown(claim.last_at),
            times: claim.times,
        }
    }
}

/// Identifiers that contacts claimed and did not get, because somebody else held them first or because they are none, and
/// contacts that were thought to be one person and stay two.
#[utoipa::path(
    get,
    path = "/api/v1/claims",
    tag = "contacts",
    operation_id = "list_refused_claims",
    summary = "List refused claims of identifiers",
    params(Page),
    security(("key" = ["read"])),
    responses((status = 200, body = Claims), Refusals),
)]
pub(crate) async fn claims(
    Reader(caller): Reader,
    State(state): State<ServerState>,
    Filter(page): Filter<Page>,
) -> Result<Json<Claims>, Error> {
    let limit = page_rows(page.limit)?;
    let mut rows = state.store().refused_claims(&caller.workspace, page.before.as_deref(), limit + 1).await?;
    let has_next = rows.len() > limit;
    rows.truncate(limit);
    let next = if has_next { rows.last().map(|row| row.id.clone()) } else { None };
    Ok(Json(Claims { claims: rows.into_iter().map(ClaimView::from).collect(), next }))
}
