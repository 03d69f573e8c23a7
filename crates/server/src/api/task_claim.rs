//! Taking a task on.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use wend_store::TaskClaim;

use crate::api::task::find_task;
use crate::api::tasks::TaskView;
use crate::api::{checked_person, note};
use crate::auth::Manager;
use crate::error::{Error, Refusals};
use crate::state::ServerState;
use crate::wire::{Body, Parameters};

/// Who takes it on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TaskTaker {
    /// Who; without it, the key's name.
    by: Option<String>,
    /// Whether they give it back instead.
    #[serde(default)]
    release: bool,
}

/// Takes a task on, so that nobody else does it too, or gives it back. The run doesn't notice.
#[utoipa::path(
    post,
    path = "/api/v1/tasks/{id}/claim",
    tag = "tasks",
    operation_id = "claim_task",
    summary = "Take a task on",
    params(("id" = String, Path, description = "Its id")),
    request_body = TaskTaker,
    security(("key" = ["manage"])),
    responses(
        (status = 200, body = TaskView),
        (status = 409, description = "Somebody else has it, or it is over", body = crate::error::ErrorBody),
        Refusals,
    ),
)]
pub(crate) async fn claim(
    Manager(caller): Manager,
    State(state): State<ServerState>,
    Parameters(id): Parameters<String>,
    Body(claim): Body<TaskTaker>,
) -> Result<Json<TaskView>, Error> {
    let by = checked_person("by", claim.by, &caller)?;
    let task = find_task(&state, &caller.workspace, &id).await?;
    let at = state.now();
    match state.store().task_claim(&caller.workspace, task.id, &by, claim.release, at).await? {
        TaskClaim::Claimed => {}
        TaskClaim::Taken { by } => {
            return Err(Error::Conflict {
                message: format!("`{by}` has taken the task on"),
                hint: "ask them to give it back, or let them do it",
            });
        }
        TaskClaim::Closed { state } => {
            return Err(Error::Conflict {
                message: format!("the task is {state}: it waits for nobody"),
                hint: "list the open ones with GET /api/v1/tasks",
            });
        }
        TaskClaim::Unknown => return Err(Error::not_found("task", &id)),
    }
    let what = if claim.release { "task_released" } else { "task_claimed" };
    note(&state, &caller.workspace, &caller, &json!({ what: id, "by": by })).await?;
    Ok(Json(TaskView::from(find_task(&state, &caller.workspace, &id).await?)))
}
