//! Saying how a task came out.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;
use wend_domain::input::Order;

use crate::api::commands::{Commanded, carry_out_by};
use crate::api::task::find_task;
use crate::api::{checked_person, checked_reason, find_contact};
use crate::auth::Manager;
use crate::error::{Error, Refusals};
use crate::state::ServerState;
use crate::wire::{Body, Parameters};

/// How it came out.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TaskCompletion {
    /// One of the task's outcomes.
    outcome: String,
    /// What else there is to say.
    note: Option<String>,
    /// Who has done it; without it, the key's name.
    by: Option<String>,
}

/// Says how a task came out: the run goes on that way at once.
#[utoipa::path(
    post,
    path = "/api/v1/tasks/{id}/complete",
    tag = "tasks",
    operation_id = "complete_task",
    summary = "Complete a task",
    params(("id" = String, Path, description = "Its id")),
    request_body = TaskCompletion,
    security(("key" = ["manage"])),
    responses(
        (status = 200, description = "The run has gone on", body = Commanded),
        (status = 202, description = "Kept, and queued behind earlier inputs of the contact", body = Commanded),
        (status = 409, description = "It is over, or somebody else has taken it on", body = crate::error::ErrorBody),
        (status = 422, description = "It has no such outcome", body = crate::error::ErrorBody),
        Refusals,
    ),
)]
pub(crate) async fn complete(
    Manager(caller): Manager,
    State(state): State<ServerState>,
    Parameters(id): Parameters<String>,
    Body(completion): Body<TaskCompletion>,
) -> Result<(StatusCode, Json<Commanded>), Error> {
    let TaskCompletion { outcome, note, by } = completion;
    checked_reason(note.as_ref())?;
    let by = checked_person("by", by, &caller)?;
    let task = find_task(&state, &caller.workspace, &id).await?;
    if task.state != "open" {
        return Err(Error::Conflict {
            message: format!("the task is {}: it waits for nobody", task.state),
            hint: "list the open ones with GET /api/v1/tasks",
        });
    }
    if let Some(other) = task.claimed_by.filter(|other| *other != by) {
        return Err(Error::Conflict {
            message: format!("`{other}` has taken the task on"),
            hint: "ask them to give it back, or let them do it",
        });
    }
    let outcomes: Vec<String> = serde_json::from_str(&task.outcomes_json).map_err(Error::internal)?;
    if !outcomes.contains(&outcome) {
        let outcomes = outcomes.join("`, `");
        return Err(Error::Unprocessable(format!(
            "the task has no outcome `{outcome}`: it has `{outcomes}`"
        )));
    }
    let order = Order::CompleteTask { task: task.id, outcome, note };
    // Whom it was for may be part of another contact by now.
    let live = find_contact(&state, &caller.workspace, &task.contact.to_string()).await?;
    carry_out_by(&state, &caller, &by, live.id, order, None).await
}
