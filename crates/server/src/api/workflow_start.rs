//! Starting a run by hand or by another system.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use wend_domain::id::WorkflowName;
use wend_domain::input::Order;

use crate::api::commands::{Commanded, carry_out};
use crate::api::{checked_reason, find_contact};
use crate::auth::Manager;
use crate::error::{Error, Refusals};
use crate::state::ServerState;
use crate::wire::{Body, Parameters};

/// Whom to start it for, and with what.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Start {
    /// Wend's id, else the user id or any other identifier.
    contact: String,
    /// The trigger's data; the workflow's key is read from it.
    #[serde(default)]
    #[schema(value_type = Object)]
    data: Map<String, Value>,
    /// Why, in the caller's words.
    reason: Option<String>,
    /// Whether a person asks, rather than a program: then the workflow's triggers must include `manual`, not `api`.
    #[serde(default)]
    by_hand: bool,
}

/// Starts a workflow whose triggers include `api`, or `manual` for a person, for one contact. Whether it entered, and if not why, is in the
/// decisions.
#[utoipa::path(
    post,
    path = "/api/v1/workflows/{name}/start",
    tag = "workflows",
    operation_id = "start_run",
    summary = "Start a run",
    params(("name" = String, Path, description = "The workflow's name")),
    request_body = Start,
    security(("key" = ["manage"])),
    responses(
        (status = 200, description = "Carried out", body = Commanded),
        (status = 202, description = "Kept, and queued behind earlier inputs of the contact", body = Commanded),
        Refusals,
    ),
)]
pub(crate) async fn start(
    Manager(caller): Manager,
    State(state): State<ServerState>,
    Parameters(name): Parameters<String>,
    Body(start): Body<Start>,
) -> Result<(StatusCode, Json<Commanded>), Error> {
    checked_reason(start.reason.as_ref())?;
    let workflow = WorkflowName::from(name);
    if !state.engine().latest_catalog(&caller.workspace).await?.workflows.contains_key(&workflow) {
        return Err(Error::not_found("workflow", &workflow));
    }
    let contact = find_contact(&state, &caller.workspace, &start.contact).await?;
    let order = Order::StartRun { workflow, data: start.data, by_hand: start.by_hand };
    carry_out(&state, &caller, contact.id, order, start.reason).await
}
