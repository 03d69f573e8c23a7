//! Messages, newest first.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wend_domain::id::{Channel, StepId, WorkflowName};
use wend_domain::message::MessageState;
use wend_store::MessageFilter;

use crate::api::find_contact;
use crate::auth::Reader;
use crate::error::{Error, Refusals};
use crate::state::ServerState;
use crate::view::message::MessageView;
use crate::wire::{Filter, page_rows};

/// Which messages to show; what is not given doesn't narrow the list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Page {
    /// The state: `scheduled`, `rendering`, `pending`, `sent`, `blocked`, `expired`, `cancelled`, `failed`, `uncertain`.
    state: Option<String>,
    /// The workflow.
    workflow: Option<String>,
    /// The step that sends it.
    step: Option<String>,
    /// The contact: Wend's id, else the user id or any other identifier.
    contact: Option<String>,
    /// The channel.
    channel: Option<String>,
    /// Only older ones than this message: `next` of the page before.
    before: Option<String>,
    /// How many to show, 1 to 1,000; 100 if not given.
    limit: Option<usize>,
}

/// Messages, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Messages {
    /// The messages.
    messages: Vec<MessageView>,
    /// `before` for the next page; none if this is the last.
    next: Option<String>,
}

/// Messages of the workspace, newest first, with what became of them and why.
#[utoipa::path(
    get,
    path = "/api/v1/messages",
    tag = "messages",
    summary = "List messages",
    params(Page),
    security(("key" = ["read"])),
    responses((status = 200, body = Messages), Refusals),
)]
pub(crate) async fn messages(
    Reader(caller): Reader,
    State(state): State<ServerState>,
    Filter(page): Filter<Page>,
) -> Result<Json<Messages>, Error> {
    let limit = page_rows(page.limit)?;
    if let Some(name) = page.state.as_deref().filter(|name| !MessageState::NAMES.contains(name)) {
        let names = MessageState::NAMES.join(", ");
        return Err(Error::Malformed(format!("`state` is `{name}`; expected one of {names}")));
    }
    let contact = match &page.contact {
        Some(reference) => Some(find_contact(&state, &caller.workspace, reference).await?),
        None => None,
    };
    let before = match &page.before {
        Some(id) => Some(id.parse().map_err(|error| Error::Malformed(format!("`before`: {error}")))?),
        None => None,
    };
    let filter = MessageFilter {
        state: page.state,
        contact: contact.as_ref().map(|contact| contact.id),
        workflow: page.workflow.map(WorkflowName::from),
        step: page.step.map(StepId::from),
        channel: page.channel.map(Channel::from),
        before,
        // One more than is shown tells whether there is a next page.
        limit: limit + 1,
    };
    let mut rows = state.store().messages(&caller.workspace, &filter).await?;
    for part in contact.iter().flat_map(|contact| contact.merged.keys()) {
        let filter = MessageFilter { contact: Some(*part), ..filter.clone() };
        rows.extend(state.store().messages(&caller.workspace, &filter).await?);
    }
    if contact.is_some() {
        rows.sort_by_key(|row| std::cmp::Reverse(row.id));
    }
    let has_next = rows.len() > limit;
    rows.truncate(limit);
    let next = if has_next { rows.last().map(|row| row.id.to_string()) } else { None };
    let messages = rows.iter().map(MessageView::of_row).collect::<Result<_, _>>()?;
    Ok(Json(Messages { messages, next }))
}
