//! What a person asks for a contact (SEMANTICS 11.1).

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use wend_domain::id::ContactId;
use wend_domain::input::{Command, Order};
use wend_engine::CommandError;

use crate::api::{checked_reason, find_contact, note};
use crate::auth::{Caller, Manager};
use crate::error::{Error, Refusals};
use crate::state::ServerState;
use crate::view::record::DecisionView;
use crate::wire::{Body, Parameters};

/// What is asked for, and why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    /// One of these, with its values:
    /// `start_run` `{workflow, data, by_hand}`;
    /// `on_runs` `{runs: {run?, workflow?, step?}, what}`, where `what` is `"end"`, `"pause"`, `"resume"`, `"skip"` or
    /// `{"move": STEP}`; without `run`, `workflow` and `step` all live runs are meant;
    /// `complete_task` `{task, outcome, note?}`; `list` `{list, on}`; `tag` `{tag, on}`;
    /// `channel_consent` `{channel, answer}` and `category_consent` `{category, answer}` with the answer `subscribed` or
    /// `unsubscribed`; `answers` as in `POST …/consent`; `suppression` `{channel, address, suppressed}`; `requeue_message` `{message}`.
    #[schema(
        value_type = Object,
        example = json!({"on_runs": {"runs": {"workflow": "welcome"}, "what": {"move": "offer"}}}),
    )]
    order: Order,
    /// Why, in the caller's words.
    reason: Option<String>,
}

/// What came of a command.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Commanded {
    /// The contact.
    contact: String,
    /// Whether it waits behind earlier inputs of the contact; it is kept and will be carried out.
    queued: bool,
    /// What was decided, in order.
    decisions: Vec<DecisionView>,
}

/// Carries out a command on a contact: it is an input like any other, and "why" shows it.
#[utoipa::path(
    post,
    path = "/api/v1/contacts/{reference}/commands",
    tag = "contacts",
    operation_id = "command_contact",
    summary = "Command a contact",
    params(("reference" = String, Path, description = "Wend's id, else the user id or any other identifier")),
    request_body = Asked,
    security(("key" = ["manage"])),
    responses(
        (status = 200, description = "Carried out", body = Commanded),
        (status = 202, description = "Kept, and queued behind earlier inputs of the contact", body = Commanded),
        (status = 409, description = "It could not be processed", body = crate::error::ErrorBody),
        Refusals,
    ),
)]
pub(crate) async fn command(
    Manager(caller): Manager,
    State(state): State<ServerState>,
    Parameters(reference): Parameters<String>,
    Body(asked): Body<Asked>,
) -> Result<(StatusCode, Json<Commanded>), Error> {
    checked_reason(asked.reason.as_ref())?;
    let contact = find_contact(&state, &caller.workspace, &reference).await?;
    carry_out(&state, &caller, contact.id, asked.order, asked.reason).await
}

/// Carries out an order, and notes who gave it.
pub(crate) async fn carry_out(
    state: &ServerState,
    caller: &Caller,
    contact: ContactId,
    order: Order,
    reason: Option<String>,
) -> Result<(StatusCode, Json<Commanded>), Error> {
    carry_out_by(state, caller, &caller.name, contact, order, reason).await
}

/// The same in somebody's name.
pub(crate) async fn carry_out_by(
    state: &ServerState,
    caller: &Caller,
    by: &str,
    contact: ContactId,
    order: Order,
    reason: Option<String>,
) -> Result<(StatusCode, Json<Commanded>), Error> {
    let what = json!({ "command": order, "contact": contact, "by": by, "reason": reason });
    let command = Command { by: by.to_owned(), reason, order };
    let (status, queued, record) = match state.engine().command(&caller.workspace, contact, command).await {
        Ok(record) => (StatusCode::OK, false, record),
        Err(CommandError::Queued) => (StatusCode::ACCEPTED, true, Vec::new()),
        Err(CommandError::NoSuchContact) => return Err(Error::not_found("contact", contact)),
        Err(CommandError::Stuck { why }) => {
            tracing::warn!(contact.id = %contact, why, "a command could not be processed");
            return Err(Error::Conflict {
                message: "the command could not be processed; it is kept with the contact's stuck inputs"
                    .to_owned(),
                hint: "see GET /api/v1/stuck for why; retry or drop it there",
            });
        }
        Err(CommandError::NotAccepted(error)) => return Err(error.into()),
    };
    note(state, &caller.workspace, caller, &what).await?;
    let decisions = record.iter().map(DecisionView::from).collect();
    Ok((status, Json(Commanded { contact: contact.to_string(), queued, decisions })))
}
