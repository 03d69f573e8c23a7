//! Everything about a person, for that person.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use wend_domain::id::{ContactId, WorkspaceId};
use wend_store::MessageFilter;

use crate::api::consent::ChangeView;
use crate::api::message::{MessageWithContent, with_content};
use crate::api::why::{Entry, entry};
use crate::api::{find_contact, joined_history, note};
use crate::auth::Manager;
use crate::error::{Error, Refusals};
use crate::state::ServerState;
use crate::view::contact::ContactView;
use crate::view::shown;
use crate::wire::{Filter, PAGE_ROWS_MAX, Parameters};

/// How many inputs one page of the archive has.
const ENTRIES: usize = PAGE_ROWS_MAX;

/// The most messages and lines of the ledger in an archive: more than a contact gets in the years that they are kept.
const ROWS_MAX: usize = 20_000;

/// Which part of the archive to give.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Page {
    /// Only what happened after this number: `next` of the page before. Later pages have the history only.
    after: Option<i64>,
}

/// Everything about a person.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Archive {
    /// When it was put together.
    made_at: String,
    /// What is known, chosen and under way; on the first page only.
    contact: Option<ContactView>,
    /// Every answer of consent, oldest first; on the first page only.
    consent: Vec<ChangeView>,
    /// Every message with its content while that is kept, newest first; on the first page only.
    messages: Vec<MessageWithContent>,
    /// What came in and what was decided, oldest first.
    history: Vec<Entry>,
    /// `after` for the next page; none if this is the last.
    next: Option<i64>,
}

/// Everything that is kept about a person (GDPR, Articles 15 and 20): profile, consent, messages with what was in them,
/// and what happened, in pages of 1,000. `wend contact archive` makes files of it that people can read.
#[utoipa::path(
    get,
    path = "/api/v1/contacts/{reference}/archive",
    tag = "contacts",
    operation_id = "archive_contact",
    summary = "Give everything about a person",
    params(("reference" = String, Path, description = "Wend's id, else the user id, else an anonymous id"), Page),
    security(("key" = ["manage"])),
    responses((status = 200, body = Archive), Refusals),
)]
pub(crate) async fn archive(
    Manager(caller): Manager,
    State(state): State<ServerState>,
    Parameters(reference): Parameters<String>,
    Filter(page): Filter<Page>,
) -> Result<Json<Archive>, Error> {
    let workspace = &caller.workspace;
    let contact = find_contact(&state, workspace, &reference).await?;
    let after = page.after.unwrap_or(0);
    // One row more than is given tells whether there is a next page.
    let mut rows = joined_history(&state, workspace, &contact, after, ENTRIES + 1).await?;
    let has_next = rows.len() > ENTRIES;
    rows.truncate(ENTRIES);
    let next = if has_next { rows.last().map(|row| row.seq) } else { None };
    let history = rows.iter().map(|row| entry(row, contact.id)).collect::<Result<_, _>>()?;
    let mut archive = Archive {
        made_at: shown(state.now()),
        contact: None,
        consent: Vec::new(),
        messages: Vec::new(),
        history,
        next,
    };
    if page.after.is_none() {
        archive.contact = Some(ContactView::from(&contact));
        for part in contact.parts() {
            archive.consent.extend(ledger(&state, workspace, part).await?);
            archive.messages.extend(messages(&state, workspace, part).await?);
        }
        note(&state, workspace, &caller, &json!({ "archived": contact.id })).await?;
    }
    Ok(Json(archive))
}

async fn ledger(
    state: &ServerState,
    workspace: &WorkspaceId,
    contact: ContactId,
) -> Result<Vec<ChangeView>, Error> {
    let rows = state.store().consent_changes(workspace, contact, "", ROWS_MAX).await?;
    rows.iter().map(ChangeView::of_row).collect()
}

async fn messages(
    state: &ServerState,
    workspace: &WorkspaceId,
    contact: ContactId,
) -> Result<Vec<MessageWithContent>, Error> {
    let mut filter =
        MessageFilter { contact: Some(contact), limit: PAGE_ROWS_MAX, ..MessageFilter::default() };
    let mut messages = Vec::new();
    loop {
        let rows = state.store().messages(workspace, &filter).await?;
        let is_last = rows.len() < filter.limit;
        filter.before = rows.last().map(|row| row.id);
        for row in rows {
            messages.push(with_content(state, workspace, &row).await?);
        }
        if is_last || messages.len() >= ROWS_MAX {
            return Ok(messages);
        }
    }
}
