//! Why a contact is in a segment, or why not.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use wend_domain::audience::Question;

use crate::api::audience::known_segment;
use crate::api::find_contact;
use crate::auth::Reader;
use crate::error::{Error, Refusals};
use crate::state::ServerState;
use crate::view::{show_instants, shown};
use crate::wire::Parameters;

/// Why a contact is in a segment, or isn't.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MembershipWhy {
    /// The contact.
    contact: String,
    /// The segment.
    segment: String,
    /// Whether the contact is in it now.
    inside: bool,
    /// Since when, if it has been told.
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<String>,
    /// The answer and what made it so, in one sentence.
    text: String,
    /// The whole rule: what was asked, what was found, and how each part came out.
    #[schema(value_type = Object)]
    explanation: Value,
    /// The same as lines for people.
    lines: Vec<String>,
    /// When time alone may change the answer next.
    #[serde(skip_serializing_if = "Option::is_none")]
    may_change_at: Option<String>,
}

/// Why a contact is in a segment, or why not: every part of the rule with the values of this contact, as of now.
#[utoipa::path(
    get,
    path = "/api/v1/segments/{name}/why/{reference}",
    tag = "segments",
    operation_id = "why_segment",
    summary = "Explain a membership",
    params(
        ("name" = String, Path, description = "The segment"),
        ("reference" = String, Path, description = "Wend's id, else the user id, else an anonymous id"),
    ),
    security(("key" = ["read"])),
    responses((status = 200, body = MembershipWhy), Refusals),
)]
pub(crate) async fn why(
    Reader(caller): Reader,
    State(state): State<ServerState>,
    Parameters((name, reference)): Parameters<(String, String)>,
) -> Result<Json<MembershipWhy>, Error> {
    let catalog = state.engine().catalog(&caller.workspace);
    let segment = known_segment(&catalog, &name)?;
    let contact = find_contact(&state, &caller.workspace, &reference).await?;
    let id = contact.id.to_string();
    let since = contact.segments.get(&segment).copied();
    let question = Question::of_segment(&catalog, &segment);
    let told = state.engine().explain(&caller.workspace, contact, &question).await?;
    let rule = told.parts.first().unwrap_or(&told);
    let mut explanation = serde_json::to_value(rule).map_err(Error::internal)?;
    show_instants(&mut explanation);
    Ok(Json(MembershipWhy {
        contact: id,
        segment: name,
        inside: told.holds,
        since: since.filter(|_| told.holds).map(shown),
        text: told.sentence(),
        explanation,
        lines: rule.lines(),
        may_change_at: rule.may_change_at.map(shown),
    }))
}
