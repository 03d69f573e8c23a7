//! Accounts, in the order of their ids.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::account::AccountView;
use crate::auth::Reader;
use crate::error::{Error, Refusals};
use crate::state::ServerState;
use crate::wire::{Filter, page_rows};

/// Which accounts to show.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Page {
    /// Only those after this one: `next` of the page before.
    after: Option<String>,
    /// How many to show, 1 to 1,000; 100 if not given.
    limit: Option<usize>,
}

/// Accounts, in the order of their ids.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Accounts {
    /// The accounts.
    accounts: Vec<AccountView>,
    /// `after` for the next page; none if this is the last.
    next: Option<String>,
}

/// The accounts (groups) of the workspace with their traits and the sums over their members.
#[utoipa::path(
    get,
    path = "/api/v1/accounts",
    tag = "accounts",
    summary = "List accounts",
    params(Page),
    security(("key" = ["read"])),
    responses((status = 200, body = Accounts), Refusals),
)]
pub(crate) async fn accounts(
    Reader(caller): Reader,
    State(state): State<ServerState>,
    Filter(page): Filter<Page>,
) -> Result<Json<Accounts>, Error> {
    let limit = page_rows(page.limit)?;
    let after = page.after.unwrap_or_default();
    let mut rows = state.store().accounts(&caller.workspace, &after, limit + 1).await?;
    let has_next = rows.len() > limit;
    rows.truncate(limit);
    let next = if has_next { rows.last().map(|row| row.account.clone()) } else { None };
    let catalog = state.engine().catalog(&caller.workspace);
    let accounts = rows.iter().map(|row| AccountView::of(row, &catalog)).collect::<Result<_, _>>()?;
    Ok(Json(Accounts { accounts, next }))
}
