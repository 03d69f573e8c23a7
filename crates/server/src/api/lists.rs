//! Static lists.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::auth::Reader;
use crate::error::{Error, Refusals};
use crate::state::ServerState;

/// All lists that anybody is or was on.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Lists {
    /// The lists, by name.
    lists: Vec<ListRow>,
}

/// A list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ListRow {
    /// Its name.
    name: String,
    /// How many contacts are on it.
    n_contacts: i64,
}

/// The lists of the workspace with how many contacts are on each.
#[utoipa::path(
    get,
    path = "/api/v1/lists",
    tag = "segments",
    summary = "List lists",
    security(("key" = ["read"])),
    responses((status = 200, body = Lists), Refusals),
)]
pub(crate) async fn lists(
    Reader(caller): Reader,
    State(state): State<ServerState>,
) -> Result<Json<Lists>, Error> {
    let counters = state.store().counters_between(&caller.workspace, "list:", "list;").await?;
    let row = |(name, n_contacts): (String, i64)| ListRow {
        name: name.strip_prefix("list:").unwrap_or(&name).to_owned(),
        n_contacts,
    };
    Ok(Json(Lists { lists: counters.into_iter().map(row).collect() }))
}
