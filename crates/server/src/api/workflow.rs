//! One workflow: its state, its versions, and who rests where.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use wend_domain::advance::at_step;
use wend_domain::id::WorkflowName;
use wend_domain::workflow::Workflow;

use crate::api::published;
use crate::api::workflows::WorkflowSummary;
use crate::auth::Reader;
use crate::error::{Error, Refusals};
use crate::state::ServerState;
use crate::view::rollout::RolloutView;
use crate::wire::Parameters;

/// A workflow with its versions.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WorkflowView {
    /// What a list says of it.
    #[serde(flatten)]
    summary: WorkflowSummary,
    /// The rollout that is under way.
    #[serde(skip_serializing_if = "Option::is_none")]
    rollout: Option<RolloutView>,
    /// Its versions, newest first.
    versions: Vec<WorkflowVersionView>,
    /// What was counted: entries, refusals, ends and goals, messages by their state and news of them (`news:opened`,
    /// `news:opened_by_machine`, `news:bounced`, …), by their counters' names without the workflow's.
    counted: BTreeMap<String, i64>,
}

/// A version, and who rests in it.
#[derive(Debug, Serialize, ToSchema)]
struct WorkflowVersionView {
    /// Its number.
    version: u32,
    /// How many of its runs are live.
    live: i64,
    /// Its steps, in the order of the file.
    steps: Vec<WorkflowStepView>,
}

/// A step, and how many rest there.
#[derive(Debug, Serialize, ToSchema)]
struct WorkflowStepView {
    /// Its id.
    id: String,
    /// How many runs rest there now.
    here: i64,
    /// How often it was taken, in any version.
    taken: i64,
}

/// The counters of one workflow that its view shows, by what they begin with.
const COUNTED: [&str; 9] =
    ["entered", "refused", "ended", "goal", "requested", "migrated", "failed", "message", "news"];

/// A workflow with its state, rollout and versions, and how many runs rest at each step.
#[utoipa::path(
    get,
    path = "/api/v1/workflows/{name}",
    tag = "workflows",
    summary = "Show a workflow",
    params(("name" = String, Path, description = "The workflow's name")),
    security(("key" = ["read"])),
    responses((status = 200, body = WorkflowView), Refusals),
)]
pub(crate) async fn workflow(
    Reader(caller): Reader,
    State(state): State<ServerState>,
    Parameters(name): Parameters<String>,
) -> Result<Json<WorkflowView>, Error> {
    let published = published(&state, &caller, &name).await?;
    let counters = state.store().counters(&caller.workspace).await?;
    let (_, portfolio) = state.engine().portfolio(&caller.workspace).await?;
    let workflow = WorkflowName::from(name.as_str());
    let lifecycle = portfolio.lifecycle.get(&workflow);
    let summary = WorkflowSummary::of(&workflow, &published, &counters)
        .ok_or_else(|| Error::not_found("workflow", &name))?;
    Ok(Json(WorkflowView {
        summary,
        rollout: lifecycle.and_then(|lifecycle| lifecycle.rollout.as_ref()).map(RolloutView::from),
        versions: published.versions.values().rev().map(|version| of_version(version, &counters)).collect(),
        counted: counted(&name, &counters),
    }))
}

fn of_version(workflow: &Workflow, counters: &BTreeMap<String, i64>) -> WorkflowVersionView {
    let count = |counter: &str| counters.get(counter).copied().unwrap_or(0);
    let step = |id: &wend_domain::id::StepId| WorkflowStepView {
        id: id.to_string(),
        here: count(&at_step(&workflow.name, workflow.version, id)),
        taken: count(&format!("step:{}:{id}", workflow.name)),
    };
    let steps: Vec<WorkflowStepView> = workflow.steps.iter().map(|of| step(&of.id)).collect();
    WorkflowVersionView { version: workflow.version, live: steps.iter().map(|step| step.here).sum(), steps }
}

fn counted(name: &str, counters: &BTreeMap<String, i64>) -> BTreeMap<String, i64> {
    let short = |counter: &str| {
        let (what, rest) = counter.split_once(':')?;
        let rest = rest.strip_prefix(name)?;
        let is_its = COUNTED.contains(&what) && (rest.is_empty() || rest.starts_with(':'));
        is_its.then(|| format!("{what}{rest}"))
    };
    counters.iter().filter_map(|(counter, n)| Some((short(counter)?, *n))).collect()
}
