//! Saying that two contacts are one person.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;
use wend_domain::input::Order;

use crate::api::commands::{Commanded, carry_out};
use crate::api::{checked_reason, find_contact};
use crate::auth::Manager;
use crate::error::{Error, Refusals};
use crate::state::ServerState;
use crate::wire::{Body, Parameters};

/// Who else it is, and why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MergeWith {
    /// The other contact, referred to as in the path.
    with: String,
    /// Why, in the caller's words.
    reason: Option<String>,
}

/// Makes two contacts one: the known one stays, else the older one; the other becomes part of it, with its history, runs
/// and consent. Two who are known by different user ids, or by different ids in one other system, stay two: `decisions`
/// says so. It can't be undone.
#[utoipa::path(
    post,
    path = "/api/v1/contacts/{reference}/merge",
    tag = "contacts",
    operation_id = "merge_contacts",
    summary = "Merge two contacts",
    params(("reference" = String, Path, description = "Wend's id, else a user id or any other identifier")),
    request_body = MergeWith,
    security(("key" = ["manage"])),
    responses(
        (status = 200, description = "Looked at; what was decided", body = Commanded),
        (status = 202, description = "Kept, and queued behind earlier inputs of the contact", body = Commanded),
        (status = 409, description = "It could not be processed", body = crate::error::ErrorBody),
        Refusals,
    ),
)]
pub(crate) async fn merge(
    Manager(caller): Manager,
    State(state): State<ServerState>,
    Parameters(reference): Parameters<String>,
    Body(asked): Body<MergeWith>,
) -> Result<(StatusCode, Json<Commanded>), Error> {
    checked_reason(asked.reason.as_ref())?;
    let contact = find_contact(&state, &caller.workspace, &reference).await?;
    let other = find_contact(&state, &caller.workspace, &asked.with).await?;
    carry_out(&state, &caller, contact.id, Order::Merge { with: other.id }, asked.reason).await
}
