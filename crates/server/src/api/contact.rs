//! One contact.

use axum::Json;
use axum::extract::State;

use crate::api::find_with_way;
use crate::auth::Reader;
use crate::error::{Error, Refusals};
use crate::state::ServerState;
use crate::view::contact::ContactView;
use crate::wire::Parameters;

/// What is known of a contact: profile, consent, segments, runs and messages.
#[utoipa::path(
    get,
    path = "/api/v1/contacts/{reference}",
    tag = "contacts",
    summary = "Show a contact",
    params(("reference" = String, Path, description = "Wend's id, else the user id or any other identifier")),
    security(("key" = ["read"])),
    responses((status = 200, body = ContactView), Refusals),
)]
pub(crate) async fn contact(
    Reader(caller): Reader,
    State(state): State<ServerState>,
    Parameters(reference): Parameters<String>,
) -> Result<Json<ContactView>, Error> {
    let (contact, meant) = find_with_way(&state, &caller.workspace, &reference).await?;
    let redirected_from = meant.map(|meant| meant.to_string());
    Ok(Json(ContactView { redirected_from, ..ContactView::from(&contact) }))
}
