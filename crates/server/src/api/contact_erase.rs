//! Erasing a person.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use crate::api::{checked_reason, find_contact, note};
use crate::auth::Admin;
use crate::error::{Error, Refusals};
use crate::state::ServerState;
use crate::view::shown;
use crate::wire::{Body, Parameters};

/// Why somebody is erased.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Erase {
    /// Why, in the caller's words; the audit keeps it, so it must not name the person.
    reason: String,
}

/// Who was erased.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ErasedView {
    /// Wend's id of the contact: the only thing that is left, in the audit and in backups.
    contact: String,
    /// When.
    at: String,
}

/// Erases a person for good: the document, identifiers, history, messages and their contents, what waits, tasks, refused
/// events, the ledger of consent. The addresses stay suppressed, as keyed hashes, so that nobody writes to them again.
/// An event that names the person later makes a new contact, who knows nothing of the old one.
///
/// Bytes stay in free places of the database's files until something else is written there; `POST /api/v1/compact`
/// rewrites the files. Backups that were made before still have the person.
#[utoipa::path(
    post,
    path = "/api/v1/contacts/{reference}/erase",
    tag = "contacts",
    operation_id = "erase_contact",
    summary = "Erase a person",
    params(("reference" = String, Path, description = "Wend's id, else the user id, else an anonymous id")),
    request_body = Erase,
    security(("key" = ["admin"])),
    responses((status = 200, description = "They are erased", body = ErasedView), Refusals),
)]
pub(crate) async fn erase(
    Admin(caller): Admin,
    State(state): State<ServerState>,
    Parameters(reference): Parameters<String>,
    Body(Erase { reason }): Body<Erase>,
) -> Result<Json<ErasedView>, Error> {
    checked_reason(Some(&reason))?;
    let contact = find_contact(&state, &caller.workspace, &reference).await?;
    let at = state.now();
    state.engine().erase(&caller.workspace, &contact, &caller.name).await?;
    note(&state, &caller.workspace, &caller, &json!({ "erased": contact.id, "reason": reason })).await?;
    Ok(Json(ErasedView { contact: contact.id.to_string(), at: shown(at) }))
}
