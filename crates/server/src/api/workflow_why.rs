//! Whether a workflow would let a contact in now, and why.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;
use wend_domain::advance::entry_checks;
use wend_domain::audience::Question;
use wend_domain::id::WorkflowName;

use crate::api::find_contact;
use crate::auth::Reader;
use crate::error::{Error, Refusals};
use crate::state::ServerState;
use crate::wire::Parameters;

/// Whether a workflow would let a contact in, if one of its triggers matched now.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EntryWhy {
    /// The contact.
    contact: String,
    /// The workflow.
    workflow: String,
    /// The version that the contact would enter; none if the workflow was removed.
    version: Option<u32>,
    /// Whether it would be let in.
    may_enter: bool,
    /// Every rule of entering, and how it comes out, in the order in which they are asked.
    checks: Vec<EntryCheckView>,
}

/// One rule of entering.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EntryCheckView {
    /// The rule of the manual's semantics chapter.
    #[schema(example = "4.2")]
    rule: String,
    /// What is asked: `status`, `inside`, `audience`, `reentry`, `runs`, `exclusive` or `held_out`.
    asks: String,
    /// Whether it lets the contact in. Who is held out goes in and gets nothing.
    passes: bool,
    /// What was found, in words.
    text: String,
    /// Of the audience: the whole condition with what was found, as lines for people.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    lines: Vec<String>,
}

/// Why a workflow would let a contact in now, or why it wouldn't: every rule of entering with this contact's values.
///
/// What was decided at past triggers stands in the contact's `why`.
#[utoipa::path(
    get,
    path = "/api/v1/workflows/{name}/why/{reference}",
    tag = "workflows",
    operation_id = "why_workflow",
    summary = "Explain an entry",
    params(
        ("name" = String, Path, description = "The workflow"),
        ("reference" = String, Path, description = "Wend's id, else the user id, else an anonymous id"),
    ),
    security(("key" = ["read"])),
    responses((status = 200, body = EntryWhy), Refusals),
)]
pub(crate) async fn why(
    Reader(caller): Reader,
    State(state): State<ServerState>,
    Parameters((name, reference)): Parameters<(String, String)>,
) -> Result<Json<EntryWhy>, Error> {
    let catalog = state.engine().latest_catalog(&caller.workspace).await?;
    let workflow_name = WorkflowName::from(name.as_str());
    if !catalog.workflows.contains_key(&workflow_name) {
        return Err(Error::not_found("workflow", &name));
    }
    let contact = find_contact(&state, &caller.workspace, &reference).await?;
    let id = contact.id;
    let Some(workflow) = catalog.version_for(&workflow_name, id) else {
        let (contact, workflow) = (id.to_string(), name);
        return Ok(Json(EntryWhy { contact, workflow, version: None, may_enter: false, checks: Vec::new() }));
    };
    let mut checks: Vec<EntryCheckView> = entry_checks(&catalog, contact.clone(), workflow, state.now())
        .into_iter()
        .map(|check| EntryCheckView {
            rule: check.rule.to_owned(),
            asks: check.asks.to_owned(),
            passes: check.passes,
            text: check.found,
            lines: Vec::new(),
        })
        .collect();
    let question = Question::new(workflow.audience.clone(), BTreeMap::new());
    let told = state.engine().explain(&caller.workspace, contact, &question).await?;
    let audience = EntryCheckView {
        rule: "4.1".to_owned(),
        asks: "audience".to_owned(),
        passes: told.holds,
        text: told.sentence(),
        lines: told.lines(),
    };
    let place = checks.iter().position(|check| check.asks == "reentry").unwrap_or(checks.len());
    checks.insert(place, audience);
    let may_enter = checks.iter().all(|check| check.passes || check.asks == "held_out");
    Ok(Json(EntryWhy {
        contact: id.to_string(),
        workflow: name,
        version: Some(workflow.version),
        may_enter,
        checks,
    }))
}
