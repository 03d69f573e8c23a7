//! The workflows that were ever published.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wend_domain::catalog::{Published, Status};
use wend_domain::id::WorkflowName;

use crate::auth::Reader;
use crate::error::{Error, Refusals};
use crate::state::ServerState;
use crate::wire::Filter;

/// Which workflows.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// Whether archived ones are listed too.
    #[serde(default)]
    archived: bool,
}

/// The workflows of a workspace.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Workflows {
    /// The workflows, by name.
    workflows: Vec<WorkflowSummary>,
}

/// A workflow in a line.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WorkflowSummary {
    /// Its name.
    pub name: String,
    /// What a person reads.
    pub title: String,
    /// Whom to ask.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// For finding it.
    pub tags: Vec<String>,
    /// What a contact can opt out of.
    pub category: String,
    /// High goes first.
    pub priority: i32,
    /// `live`, `paused`, `halted`, `archived`, or `removed` if it isn't in the files any more and only its runs remain.
    pub status: &'static str,
    /// The version that new runs enter.
    pub current: Option<u32>,
    /// The newest version.
    pub newest: u32,
    /// How many runs are live.
    pub live: i64,
    /// How many entered so far.
    pub entered: i64,
}

/// Whether a workflow moves, in a word.
fn status(published: &Published) -> &'static str {
    match published.status {
        Status::Paused => "paused",
        Status::Halted => "halted",
        Status::Archived => "archived",
        Status::Live if published.current.is_none() => "removed",
        Status::Live => "live",
    }
}

impl WorkflowSummary {
    /// A published workflow with what was counted; none if it has no version.
    pub(crate) fn of(
        name: &WorkflowName,
        published: &Published,
        counters: &BTreeMap<String, i64>,
    ) -> Option<Self> {
        let (newest, latest) = published.versions.last_key_value()?;
        let shown = published.current.and_then(|current| published.versions.get(&current)).unwrap_or(latest);
        let at = format!("at:{name}:");
        let resting = counters.range(at.clone()..).take_while(|(counter, _)| counter.starts_with(&at));
        Some(Self {
            name: name.to_string(),
            title: shown.title.clone(),
            owner: shown.owner.clone(),
            tags: shown.tags.clone(),
            category: shown.category.to_string(),
            priority: shown.priority,
            status: status(published),
            current: published.current,
            newest: *newest,
            live: resting.map(|(_, n)| n).sum(),
            entered: counters.get(&format!("entered:{name}")).copied().unwrap_or(0),
        })
    }
}

/// The workflows that were ever published, with their state and how many runs are live.
#[utoipa::path(
    get,
    path = "/api/v1/workflows",
    tag = "workflows",
    summary = "List workflows",
    params(Wanted),
    security(("key" = ["read"])),
    responses((status = 200, body = Workflows), Refusals),
)]
pub(crate) async fn workflows(
    Reader(caller): Reader,
    State(state): State<ServerState>,
    Filter(wanted): Filter<Wanted>,
) -> Result<Json<Workflows>, Error> {
    let catalog = state.engine().catalog(&caller.workspace);
    let counters = state.store().counters(&caller.workspace).await?;
    let listed = catalog
        .workflows
        .iter()
        .filter(|(_, published)| wanted.archived || published.status != Status::Archived);
    let workflows = listed.filter_map(|(name, published)| WorkflowSummary::of(name, published, &counters));
    Ok(Json(Workflows { workflows: workflows.collect() }))
}
