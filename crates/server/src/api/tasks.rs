//! What colleagues are to do for contacts.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use wend_domain::id::{MessageId, WorkflowName};
use wend_domain::time::Timestamp;
use wend_store::{TaskFilter, TaskRow};

use crate::api::find_contact;
use crate::auth::Reader;
use crate::error::{Error, Refusals};
use crate::state::ServerState;
use crate::view::shown;
use crate::wire::{Filter, page_rows};

/// The states that a task can have.
const STATES: [&str; 4] = ["open", "done", "overdue", "cancelled"];

/// Which tasks.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// `open`, `done`, `overdue` or `cancelled`; without it those that are open, and of a contact all.
    state: Option<String>,
    /// Only those that this person or team is to do.
    assignee: Option<String>,
    /// Only those about this contact.
    contact: Option<String>,
    /// Only those of this workflow.
    workflow: Option<String>,
    /// Only those that this person has taken on.
    claimed_by: Option<String>,
    /// Only those after this one: `next` of the page before.
    after: Option<String>,
    /// How many at most.
    limit: Option<usize>,
}

/// Tasks, those that are due first at the head.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TaskList {
    /// The tasks.
    tasks: Vec<TaskView>,
    /// `after` of the next page; none if this is the last.
    next: Option<String>,
    /// How many tasks are open, by who is to do them.
    open: std::collections::BTreeMap<String, u64>,
}

/// A task.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TaskView {
    /// Its id.
    id: String,
    /// About whom.
    contact: String,
    /// What is to be done.
    title: Option<String>,
    /// What else to know.
    note: Option<String>,
    /// Who is to do it: a person or a team.
    assignee: String,
    /// `open`, `done`, `overdue` or `cancelled`.
    state: String,
    /// How it may come out.
    #[schema(value_type = Vec<String>)]
    outcomes: Value,
    /// The workflow, its version, step and run.
    workflow: String,
    /// Its version.
    version: u32,
    /// The step.
    step: String,
    /// The run that waits for it.
    run: String,
    /// When it was opened.
    opened_at: String,
    /// When it is overdue.
    due_at: String,
    /// Whether it has gone to somebody else for want of an answer.
    escalated: bool,
    /// Who has taken it on.
    claimed_by: Option<String>,
    /// How it came out.
    outcome: Option<String>,
    /// What the person added.
    outcome_note: Option<String>,
    /// Who has done it.
    done_by: Option<String>,
    /// When it took this state.
    updated_at: String,
}

impl From<TaskRow> for TaskView {
    fn from(row: TaskRow) -> Self {
        Self {
            id: row.id.to_string(),
            contact: row.contact.to_string(),
            title: row.title,
            note: row.note,
            assignee: row.assignee,
            state: row.state,
            outcomes: serde_json::from_str(&row.outcomes_json).unwrap_or_default(),
            workflow: row.workflow.to_string(),
            version: row.version,
            step: row.step.to_string(),
            run: row.run.to_string(),
            opened_at: shown(row.opened_at),
            due_at: shown(row.due_at),
            escalated: row.escalated,
            claimed_by: row.claimed_by,
            outcome: row.outcome,
            outcome_note: row.outcome_note,
            done_by: row.done_by,
            updated_at: shown(row.updated_at),
        }
    }
}

/// What colleagues are to do, those that are due first at the head.
#[utoipa::path(
    get,
    path = "/api/v1/tasks",
    tag = "tasks",
    summary = "List tasks",
    params(Wanted),
    security(("key" = ["read"])),
    responses((status = 200, body = TaskList), Refusals),
)]
pub(crate) async fn tasks(
    Reader(caller): Reader,
    State(state): State<ServerState>,
    Filter(wanted): Filter<Wanted>,
) -> Result<Json<TaskList>, Error> {
    let Wanted { state: wanted_state, assignee, contact, workflow, claimed_by, after, limit } = wanted;
    if let Some(unknown) = wanted_state.as_ref().filter(|state| !STATES.contains(&state.as_str())) {
        return Err(Error::Malformed(format!(
            "`state` is `{unknown}`; expected one of {}",
            STATES.join(", ")
        )));
    }
    let contact = match contact {
        Some(reference) => Some(find_contact(&state, &caller.workspace, &reference).await?.id),
        None => None,
    };
    let limit = page_rows(limit)?;
    let filter = TaskFilter {
        state: wanted_state,
        assignee,
        contact,
        workflow: workflow.map(WorkflowName::from),
        claimed_by,
        after: after.as_deref().map(place).transpose()?,
        limit,
    };
    let rows = state.store().tasks(&caller.workspace, &filter).await?;
    let last = rows.last().filter(|_| rows.len() == limit);
    let next = last.map(|row| format!("{}-{}", row.due_at.as_millis(), row.id));
    let open = state.store().task_counts(&caller.workspace).await?.into_iter().collect();
    Ok(Json(TaskList { tasks: rows.into_iter().map(TaskView::from).collect(), next, open }))
}

/// Where a page begins.
fn place(after: &str) -> Result<(Timestamp, MessageId), Error> {
    let read = || {
        let (due_at, task) = after.rsplit_once('-')?;
        Some((Timestamp::from_millis(due_at.parse().ok()?), task.parse().ok()?))
    };
    read()
        .ok_or_else(|| Error::Malformed(format!("`after` is `{after}`; expected `next` of the page before")))
}
