//! What is done to a workflow that is published: seven short endpoints over one operation of the engine.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wend_domain::compile::lifecycle::Operation;
use wend_domain::id::WorkflowName;
use wend_engine::LifecycleChange;

use crate::api::{checked_reason, published};
use crate::auth::{Caller, Manager};
use crate::error::{Error, ErrorBody, Refusals};
use crate::state::ServerState;
use crate::view::rollout::{RolloutPlan, of_10_000};
use crate::wire::{Body, Parameters};

/// Why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangeReason {
    /// Why, in the caller's words; the audit and "why" say it.
    reason: Option<String>,
}

/// What becomes of live runs, and why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rest {
    /// Whether live runs are given up.
    #[serde(default)]
    discard: bool,
    /// Why, in the caller's words; the audit and "why" say it.
    reason: Option<String>,
}

/// The version that new runs enter from now on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GoBack {
    /// The version.
    to: u32,
    /// Why, in the caller's words; the audit says it.
    reason: Option<String>,
}

/// What is done about a rollout.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RolloutStep {
    /// A version begins to reach contacts.
    Start {
        /// The version; without it, the newest.
        version: Option<u32>,
        /// How.
        plan: RolloutPlan,
    },
    /// It reaches this share of contacts, in percent, and no stage follows by itself any more.
    Share(f64),
    /// The next stage begins now.
    Next,
    /// Everybody enters the new version.
    Finish,
    /// Everybody enters the previous version again.
    Abort,
}

/// What is done about a rollout, and why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RolloutChange {
    /// What.
    #[schema(value_type = Object, example = json!({"start": {"plan": {"stages": [{"percent": 10, "for": "1d"}]}}}))]
    #[serde(rename = "do")]
    step: RolloutStep,
    /// Why, in the caller's words; the audit says it.
    reason: Option<String>,
}

/// What was done.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LifecycleDone {
    /// The workflow.
    workflow: String,
    /// The revision of the portfolio that it made.
    revision: u64,
    /// The job that tells those contacts who must hear of it; none if nobody must.
    job: Option<String>,
}

/// Pauses a workflow: nobody enters, runs rest where they are with their timers kept, messages wait. With `discard`, live
/// runs end.
#[utoipa::path(
    post,
    path = "/api/v1/workflows/{name}/pause",
    tag = "workflows",
    operation_id = "pause_workflow",
    summary = "Pause a workflow",
    params(("name" = String, Path, description = "The workflow's name")),
    request_body = Rest,
    security(("key" = ["manage"])),
    responses((status = 200, body = LifecycleDone), (status = 409, description = "It makes no sense now", body = ErrorBody), Refusals),
)]
pub(crate) async fn pause(
    Manager(caller): Manager,
    State(state): State<ServerState>,
    Parameters(name): Parameters<String>,
    Body(resting): Body<Rest>,
) -> Result<Json<LifecycleDone>, Error> {
    let operation = Operation::Pause { discard: resting.discard };
    change(&state, &caller, name, &operation, resting.reason).await
}

/// After a pause or a stop, the workflow goes on. What fell due meanwhile happens now, never in a burst: waits that follow
/// count from now.
#[utoipa::path(
    post,
    path = "/api/v1/workflows/{name}/resume",
    tag = "workflows",
    operation_id = "resume_workflow",
    summary = "Resume a workflow",
    params(("name" = String, Path, description = "The workflow's name")),
    request_body = ChangeReason,
    security(("key" = ["manage"])),
    responses((status = 200, body = LifecycleDone), (status = 409, description = "It makes no sense now", body = ErrorBody), Refusals),
)]
pub(crate) async fn resume(
    Manager(caller): Manager,
    State(state): State<ServerState>,
    Parameters(name): Parameters<String>,
    Body(why): Body<ChangeReason>,
) -> Result<Json<LifecycleDone>, Error> {
    change(&state, &caller, name, &Operation::Resume, why.reason).await
}

/// The emergency stop: at once nobody enters, nothing advances, and nothing more is attempted, whatever is in the outbox.
/// It takes as long for a million runs as for one.
#[utoipa::path(
    post,
    path = "/api/v1/workflows/{name}/stop",
    tag = "workflows",
    operation_id = "stop_workflow",
    summary = "Stop a workflow at once",
    params(("name" = String, Path, description = "The workflow's name")),
    request_body = ChangeReason,
    security(("key" = ["manage"])),
    responses((status = 200, body = LifecycleDone), (status = 409, description = "It makes no sense now", body = ErrorBody), Refusals),
)]
pub(crate) async fn stop(
    Manager(caller): Manager,
    State(state): State<ServerState>,
    Parameters(name): Parameters<String>,
    Body(why): Body<ChangeReason>,
) -> Result<Json<LifecycleDone>, Error> {
    change(&state, &caller, name, &Operation::Halt, why.reason).await
}

/// Puts a workflow away: nobody enters, lists hide it, its live runs go on to their end. With `discard` they end now.
#[utoipa::path(
    post,
    path = "/api/v1/workflows/{name}/archive",
    tag = "workflows",
    operation_id = "archive_workflow",
    summary = "Archive a workflow",
    params(("name" = String, Path, description = "The workflow's name")),
    request_body = Rest,
    security(("key" = ["manage"])),
    responses((status = 200, body = LifecycleDone), (status = 409, description = "It makes no sense now", body = ErrorBody), Refusals),
)]
pub(crate) async fn archive(
    Manager(caller): Manager,
    State(state): State<ServerState>,
    Parameters(name): Parameters<String>,
    Body(resting): Body<Rest>,
) -> Result<Json<LifecycleDone>, Error> {
    let operation = Operation::Archive { discard: resting.discard };
    change(&state, &caller, name, &operation, resting.reason).await
}

/// Takes an archived workflow out again: contacts enter from now on.
#[utoipa::path(
    post,
    path = "/api/v1/workflows/{name}/restore",
    tag = "workflows",
    operation_id = "restore_workflow",
    summary = "Restore a workflow",
    params(("name" = String, Path, description = "The workflow's name")),
    request_body = ChangeReason,
    security(("key" = ["manage"])),
    responses((status = 200, body = LifecycleDone), (status = 409, description = "It makes no sense now", body = ErrorBody), Refusals),
)]
pub(crate) async fn restore(
    Manager(caller): Manager,
    State(state): State<ServerState>,
    Parameters(name): Parameters<String>,
    Body(why): Body<ChangeReason>,
) -> Result<Json<LifecycleDone>, Error> {
    change(&state, &caller, name, &Operation::Restore, why.reason).await
}

/// Goes back: new runs enter an older version from now on, until the next version is published. Runs that are live stay
/// on theirs.
#[utoipa::path(
    post,
    path = "/api/v1/workflows/{name}/rollback",
    tag = "workflows",
    operation_id = "roll_workflow_back",
    summary = "Go back to a version",
    params(("name" = String, Path, description = "The workflow's name")),
    request_body = GoBack,
    security(("key" = ["manage"])),
    responses((status = 200, body = LifecycleDone), (status = 409, description = "It makes no sense now", body = ErrorBody), Refusals),
)]
pub(crate) async fn rollback(
    Manager(caller): Manager,
    State(state): State<ServerState>,
    Parameters(name): Parameters<String>,
    Body(back): Body<GoBack>,
) -> Result<Json<LifecycleDone>, Error> {
    change(&state, &caller, name, &Operation::Rollback { to: back.to }, back.reason).await
}

/// Rolls a version out: `{"do": {"start": {"plan": …}}}`, `{"do": {"share": 50}}`, `{"do": "next"}`, `{"do": "finish"}` or
/// `{"do": "abort"}`.
#[utoipa::path(
    post,
    path = "/api/v1/workflows/{name}/rollout",
    tag = "workflows",
    operation_id = "roll_workflow_out",
    summary = "Roll a version out",
    params(("name" = String, Path, description = "The workflow's name")),
    request_body = RolloutChange,
    security(("key" = ["manage"])),
    responses((status = 200, body = LifecycleDone), (status = 409, description = "It makes no sense now", body = ErrorBody), Refusals),
)]
pub(crate) async fn rollout(
    Manager(caller): Manager,
    State(state): State<ServerState>,
    Parameters(name): Parameters<String>,
    Body(rolling): Body<RolloutChange>,
) -> Result<Json<LifecycleDone>, Error> {
    let operation = match rolling.step {
        RolloutStep::Start { version, plan } => {
            let newest = published(&state, &caller, &name).await?.versions.keys().next_back().copied();
            let version = version.or(newest).unwrap_or_default();
            Operation::StartRollout { version, plan: plan.try_into()? }
        }
        RolloutStep::Share(percent) => Operation::SetShare { of_10_000: of_10_000(percent)? },
        RolloutStep::Next => Operation::NextStage,
        RolloutStep::Finish => Operation::FinishRollout,
        RolloutStep::Abort => Operation::AbortRollout,
    };
    change(&state, &caller, name, &operation, rolling.reason).await
}

async fn change(
    state: &ServerState,
    caller: &Caller,
    name: String,
    operation: &Operation,
    reason: Option<String>,
) -> Result<Json<LifecycleDone>, Error> {
    checked_reason(reason.as_ref())?;
    published(state, caller, &name).await?;
    let workflow = WorkflowName::from(name.as_str());
    let by = format!("{} ({})", caller.name, caller.key_id);
    let reason = reason.unwrap_or_else(|| format!("by {}", caller.name));
    let changed =
        state.engine().change_lifecycle(&caller.workspace, &workflow, operation, &by, &reason).await?;
    match changed {
        LifecycleChange::Changed { revision, job } => {
            Ok(Json(LifecycleDone { workflow: name, revision, job }))
        }
        LifecycleChange::Refused(refused) => {
            Err(Error::Conflict { message: refused.0, hint: "see its state with GET /api/v1/workflows/NAME" })
        }
        LifecycleChange::Busy => Err(Error::Conflict {
            message: "others published again and again meanwhile: nothing was done".to_owned(),
            hint: "try again",
        }),
    }
}
