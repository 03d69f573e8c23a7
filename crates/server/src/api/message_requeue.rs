//! Trying a failed or uncertain message again.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;
use wend_domain::input::Order;

use crate::api::commands::{Commanded, carry_out};
use crate::api::{checked_reason, find_contact, message};
use crate::auth::Manager;
use crate::error::{Error, Refusals};
use crate::state::ServerState;
use crate::wire::{Body, Parameters};

/// Why a message is tried again.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Requeue {
    /// Why, in the caller's words.
    reason: Option<String>,
}

/// Puts a failed or uncertain message back into the outbox, or says in the decisions why not.
#[utoipa::path(
    post,
    path = "/api/v1/messages/{id}/requeue",
    tag = "messages",
    operation_id = "requeue_message",
    summary = "Try a message again",
    params(("id" = String, Path, description = "The message's id")),
    request_body = Requeue,
    security(("key" = ["manage"])),
    responses(
        (status = 200, description = "Carried out", body = Commanded),
        (status = 202, description = "Kept, and queued behind earlier inputs of the contact", body = Commanded),
        Refusals,
    ),
)]
pub(crate) async fn requeue(
    Manager(caller): Manager,
    State(state): State<ServerState>,
    Parameters(id): Parameters<String>,
    Body(requeue): Body<Requeue>,
) -> Result<(StatusCode, Json<Commanded>), Error> {
    checked_reason(requeue.reason.as_ref())?;
    let row = message::find(&state, &caller.workspace, &id).await?;
    // Whom it was for may be part of another contact by now.
    let live = find_contact(&state, &caller.workspace, &row.contact.to_string()).await?;
    carry_out(&state, &caller, live.id, Order::RequeueMessage { message: row.id }, requeue.reason).await
}
