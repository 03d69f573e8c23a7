//! Who did what to the installation.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use wend_store::AuditRow;

use crate::auth::Admin;
use crate::error::{Error, Refusals};
use crate::state::ServerState;
use crate::view::shown;
use crate::wire::{Filter, page_rows};

/// Which part of the audit to show.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Page {
    /// Only what was done before this number: `next` of the page before.
    before: Option<i64>,
    /// How many to show, 1 to 1,000; 100 if not given.
    limit: Option<usize>,
}

/// What was done, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Audit {
    /// What was done.
    entries: Vec<Done>,
    /// `before` for the next page; none if this is the last.
    next: Option<i64>,
}

/// One thing that somebody did.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Done {
    /// Its number.
    seq: i64,
    /// When.
    at: String,
    /// Who.
    by: String,
    /// What.
    #[schema(value_type = Object)]
    what: Value,
}

impl From<AuditRow> for Done {
    fn from(row: AuditRow) -> Self {
        let what = serde_json::from_str(&row.what_json).unwrap_or(Value::String(row.what_json));
        Self { seq: row.seq, at: shown(row.at), by: row.by, what }
    }
}

/// Who did what to the workspace, newest first.
#[utoipa::path(
    get,
    path = "/api/v1/audit",
    tag = "operation",
    summary = "Show the audit",
    params(Page),
    security(("key" = ["admin"])),
    responses((status = 200, body = Audit), Refusals),
)]
pub(crate) async fn audit(
    Admin(caller): Admin,
    State(state): State<ServerState>,
    Filter(page): Filter<Page>,
) -> Result<Json<Audit>, Error> {
    let limit = page_rows(page.limit)?;
    let mut rows = state.store().audit(&caller.workspace, page.before, limit + 1).await?;
    let has_next = rows.len() > limit;
    rows.truncate(limit);
    let next = if has_next { rows.last().map(|row| row.seq) } else { None };
    Ok(Json(Audit { entries: rows.into_iter().map(Done::from).collect(), next }))
}
