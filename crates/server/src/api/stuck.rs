//! Inputs that could not be processed (SEMANTICS 3.15).

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wend_domain::input::Input;
use wend_store::InboxRow;

use crate::auth::Reader;
use crate::error::{Error, Refusals};
use crate::state::ServerState;
use crate::view::input::InputView;
use crate::view::shown;
use crate::wire::{Filter, page_rows};

/// How many of them to show.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Page {
    /// How many to show, 1 to 1,000; 100 if not given.
    limit: Option<usize>,
}

/// Inputs that could not be processed, oldest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Stuck {
    /// The inputs.
    inputs: Vec<StuckInput>,
}

/// An input that could not be processed; later inputs of its contact wait behind it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StuckInput {
    /// Its number.
    seq: i64,
    /// The contact.
    contact: String,
    /// Where it came from.
    source: String,
    /// When it was kept.
    created_at: String,
    /// Why it could not be processed.
    why: Option<String>,
    /// What came in; none if even that can't be read.
    input: Option<InputView>,
}

impl From<&InboxRow> for StuckInput {
    fn from(row: &InboxRow) -> Self {
        let input: Option<Input> = serde_json::from_str(&row.input_json).ok();
        Self {
            seq: row.seq,
            contact: row.contact.to_string(),
            source: row.source.clone(),
            created_at: shown(row.created_at),
            why: row.error.clone(),
            input: input.as_ref().map(InputView::from),
        }
    }
}

/// Inputs that could not be processed, with why; each holds up its contact until it is retried or dropped.
#[utoipa::path(
    get,
    path = "/api/v1/stuck",
    tag = "operation",
    summary = "List stuck inputs",
    params(Page),
    security(("key" = ["read"])),
    responses((status = 200, body = Stuck), Refusals),
)]
pub(crate) async fn stuck(
    Reader(caller): Reader,
    State(state): State<ServerState>,
    Filter(page): Filter<Page>,
) -> Result<Json<Stuck>, Error> {
    let rows = state.store().stuck(&caller.workspace, page_rows(page.limit)?).await?;
    Ok(Json(Stuck { inputs: rows.iter().map(StuckInput::from).collect() }))
}
