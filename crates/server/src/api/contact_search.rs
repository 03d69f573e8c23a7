//! Finding contacts, and listing those of a segment or a list.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wend_domain::contact::Contact;
use wend_domain::id::{ContactId, ListName};
use wend_engine::{FoundPage, Search, SearchPlace, Selection};

use crate::api::audience::{AskedSelection, BriefContact, BuildingView, known_list, known_segment};
use crate::auth::{Caller, Reader};
use crate::error::{Error, Refusals};
use crate::state::ServerState;
use crate::view::shown;
use crate::wire::{Body, Filter, Parameters, page_rows};

/// The longest text that is searched for, in bytes.
const TYPED_BYTES_MAX: usize = 200;

/// The digits of a contact's id in the place of a page.
const ID_DIGITS: usize = 32;

/// What is looked for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SearchBody {
    /// An identifier, or the beginning of a name or an e-mail address.
    #[schema(example = "ada")]
    q: Option<String>,
    /// What found contacts must be, besides.
    #[serde(flatten)]
    select: Option<AskedSelection>,
    /// Only those after this place: `next` of the page before.
    after: Option<String>,
    /// How many at most, 1 to 1,000; 100 if not given.
    limit: Option<usize>,
}

/// A page of contacts.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ContactPage {
    /// The contacts.
    contacts: Vec<FoundContact>,
    /// `after` of the next page; none if this is the last. A page may have fewer contacts than were asked for and not be
    /// the last: then many were looked at who turned out not to be meant.
    next: Option<String>,
    /// How many contacts were looked at.
    looked_at: usize,
    /// Whether all members of the segment are known already.
    #[serde(skip_serializing_if = "Option::is_none")]
    building: Option<BuildingView>,
}

/// A contact that was found.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FoundContact {
    /// Who it is.
    #[serde(flatten)]
    contact: BriefContact,
    /// Whether it was found by an identifier as it was typed.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    by_identifier: bool,
    /// Since when the contact is in the segment or on the list.
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<String>,
}

/// Which page.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Page {
    /// Only those after this place: `next` of the page before.
    after: Option<String>,
    /// How many at most, 1 to 1,000; 100 if not given.
    limit: Option<usize>,
}

/// Finds contacts by any identifier, by how a name or an e-mail address begins, and by any condition, in an order that
/// stays the same from page to page.
#[utoipa::path(
    post,
    path = "/api/v1/contacts/search",
    tag = "contacts",
    operation_id = "search_contacts",
    summary = "Find contacts",
    request_body = SearchBody,
    security(("key" = ["read"])),
    responses(
        (status = 200, body = ContactPage),
        (status = 422, description = "The condition makes no sense", body = crate::error::ErrorBody),
        Refusals,
    ),
)]
pub(crate) async fn search(
    Reader(caller): Reader,
    State(state): State<ServerState>,
    Body(body): Body<SearchBody>,
) -> Result<Json<ContactPage>, Error> {
    let SearchBody { q, select, after, limit } = body;
    if q.as_ref().is_some_and(|typed| typed.len() > TYPED_BYTES_MAX) {
        return Err(Error::Malformed(format!("`q` has more than {TYPED_BYTES_MAX} bytes")));
    }
    let catalog = state.engine().catalog(&caller.workspace);
    let select = match select {
        Some(select) => select.checked(&catalog)?,
        None => Selection::All,
    };
    page(&state, &caller, q, select, Page { after, limit }).await
}

/// The contacts in a segment, in an order that stays the same from page to page.
#[utoipa::path(
    get,
    path = "/api/v1/segments/{name}/members",
    tag = "segments",
    operation_id = "segment_members",
    summary = "List the members of a segment",
    params(("name" = String, Path, description = "The segment"), Page),
    security(("key" = ["read"])),
    responses((status = 200, body = ContactPage), Refusals),
)]
pub(crate) async fn segment_members(
    Reader(caller): Reader,
    State(state): State<ServerState>,
    Parameters(name): Parameters<String>,
    Filter(which): Filter<Page>,
) -> Result<Json<ContactPage>, Error> {
    let catalog = state.engine().catalog(&caller.workspace);
    let segment = known_segment(&catalog, &name)?;
    page(&state, &caller, None, Selection::Segment(segment), which).await
}

/// The contacts on a list, in an order that stays the same from page to page.
#[utoipa::path(
    get,
    path = "/api/v1/lists/{name}/members",
    tag = "segments",
    operation_id = "list_members",
    summary = "List the members of a list",
    params(("name" = String, Path, description = "The list"), Page),
    security(("key" = ["read"])),
    responses((status = 200, body = ContactPage), Refusals),
)]
pub(crate) async fn list_members(
    Reader(caller): Reader,
    State(state): State<ServerState>,
    Parameters(name): Parameters<String>,
    Filter(which): Filter<Page>,
) -> Result<Json<ContactPage>, Error> {
    let list = ListName::from(name);
    known_list(&state, &caller.workspace, &list).await?;
    page(&state, &caller, None, Selection::List(list), which).await
}

async fn page(
    state: &ServerState,
    caller: &Caller,
    typed: Option<String>,
    select: Selection,
    Page { after, limit }: Page,
) -> Result<Json<ContactPage>, Error> {
    let after = after.as_deref().map(place).transpose()?;
    let search = Search { typed, select, after, limit: page_rows(limit)? };
    let FoundPage { found, next, looked_at } = state.engine().search(&caller.workspace, &search).await?;
    let since = |contact: &Contact| match &search.select {
        Selection::Segment(name) => contact.segments.get(name).copied(),
        Selection::List(name) => contact.lists.get(name).copied(),
        _ => None,
    };
    let contacts = found
        .iter()
        .map(|found| FoundContact {
            contact: BriefContact::from(&found.contact),
            by_identifier: found.by_identifier,
            since: since(&found.contact).map(shown),
        })
        .collect();
    let building = match &search.select {
        Selection::Segment(name) => {
            let catalog = state.engine().catalog(&caller.workspace);
            let built = state.engine().built(&caller.workspace).await?;
            Some(BuildingView::of(&built, &catalog, name))
        }
        _ => None,
    };
    Ok(Json(ContactPage { contacts, next: next.as_ref().map(written), looked_at, building }))
}

/// A place as clients hand it back.
fn written(place: &SearchPlace) -> String {
    match place {
        SearchPlace::Begin => "b".to_owned(),
        SearchPlace::Contact(contact) => format!("c{contact}"),
        SearchPlace::Term((term, contact)) => format!("t{contact}{term}"),
    }
}

fn place(after: &str) -> Result<SearchPlace, Error> {
    let read = || {
        if after == "b" {
            return Some(SearchPlace::Begin);
        }
        let (kind, rest) = after.split_at_checked(1)?;
        let (id, term) = rest.split_at_checked(ID_DIGITS)?;
        let contact: ContactId = id.parse().ok()?;
        match (kind, term) {
            ("c", "") => Some(SearchPlace::Contact(contact)),
            ("t", term) if !term.is_empty() => Some(SearchPlace::Term((term.to_owned(), contact))),
            _ => None,
        }
    };
    read()
        .ok_or_else(|| Error::Malformed(format!("`after` is `{after}`; expected `next` of the page before")))
}
