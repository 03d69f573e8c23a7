//! One task.

use axum::Json;
use axum::extract::State;
use wend_domain::id::{MessageId, WorkspaceId};
use wend_store::TaskRow;

use crate::api::tasks::TaskView;
use crate::auth::Reader;
use crate::error::{Error, Refusals};
use crate::state::ServerState;
use crate::wire::Parameters;

/// One task.
#[utoipa::path(
    get,
    path = "/api/v1/tasks/{id}",
    tag = "tasks",
    summary = "Show a task",
    params(("id" = String, Path, description = "Its id")),
    security(("key" = ["read"])),
    responses((status = 200, body = TaskView), Refusals),
)]
pub(crate) async fn task(
    Reader(caller): Reader,
    State(state): State<ServerState>,
    Parameters(id): Parameters<String>,
) -> Result<Json<TaskView>, Error> {
    Ok(Json(TaskView::from(find_task(&state, &caller.workspace, &id).await?)))
}

/// The task of an id.
pub(crate) async fn find_task(
    state: &ServerState,
    workspace: &WorkspaceId,
    id: &str,
) -> Result<TaskRow, Error> {
    let missing = || Error::not_found("task", id);
    let parsed: MessageId = id.parse().map_err(|_| missing())?;
    state.store().task(workspace, parsed).await?.ok_or_else(missing)
}
