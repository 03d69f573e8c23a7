//! The workspace's list of addresses that must not be used: listing, adding, taking back.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use wend_domain::id::{Channel, WorkspaceId};
use wend_store::SuppressionRow;

use crate::api::note;
use crate::auth::{Manager, Reader};
use crate::error::{Error, Refusals};
use crate::state::ServerState;
use crate::view::shown;
use crate::wire::{Body, Filter, page_rows};

/// The most addresses of one request.
const ADDRESSES_MAX: usize = 1_000;

/// The longest address, in bytes.
const ADDRESS_BYTES_MAX: usize = 500;

/// The longest reason, in bytes.
const REASON_BYTES_MAX: usize = 500;

/// The channel that is meant if none is said.
const EMAIL: &str = "email";

/// Which of them to show.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Page {
    /// Only what this address has, whoever it belongs to.
    address: Option<String>,
    /// The channel of that address; `email` if not given.
    channel: Option<String>,
    /// Only those after this: `next` of the page before.
    after: Option<String>,
    /// How many to show, 1 to 1,000; 100 if not given.
    limit: Option<usize>,
}

/// Addresses that must not be used.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Suppressions {
    /// The addresses.
    suppressions: Vec<ListedView>,
    /// `after` for the next page; none if this is the last.
    next: Option<String>,
}

/// An address that must not be used.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ListedView {
    /// Its channel.
    channel: String,
    /// The address; none if its person was erased, of whom only a keyed hash is left.
    address: Option<String>,
    /// Why.
    reason: String,
    /// Since when.
    since: String,
    /// Who said so; `contact` if it follows from a contact's bounce, complaint or command.
    by: String,
}

impl From<SuppressionRow> for ListedView {
    fn from(row: SuppressionRow) -> Self {
        let SuppressionRow { channel, hash: _, address, reason, since, set_by } = row;
        Self { channel: channel.to_string(), address, reason, since: shown(since), by: set_by }
    }
}

/// Addresses to add or to take back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Mentioned {
    /// At most 1,000 of them; contacts need not have them yet.
    addresses: Vec<String>,
    /// Their channel; `email` if not given.
    channel: Option<String>,
    /// Why, in the caller's words.
    reason: Option<String>,
}

/// What became of addresses.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Listed {
    /// How many were taken.
    taken: usize,
    /// Those that were not on the list, when they were to be taken back.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unknown: Vec<String>,
}

/// The addresses that must not be used. A message to one of them is stopped when it is about to go, whoever has the
/// address by then.
#[utoipa::path(
    get,
    path = "/api/v1/suppressions",
    tag = "contacts",
    operation_id = "suppressions",
    summary = "List suppressed addresses",
    params(Page),
    security(("key" = ["read"])),
    responses((status = 200, body = Suppressions), Refusals),
)]
pub(crate) async fn suppressions(
    Reader(caller): Reader,
    State(state): State<ServerState>,
    Filter(page): Filter<Page>,
) -> Result<Json<Suppressions>, Error> {
    let limit = page_rows(page.limit)?;
    if let Some(address) = page.address {
        let channel = Channel::from(page.channel.unwrap_or_else(|| EMAIL.to_owned()));
        let hash = state.engine().address_hash(&caller.workspace, &channel, &address).await?;
        let found = state.store().suppressed(&caller.workspace, &[hash]).await?;
        let suppressions = found.into_values().map(ListedView::from).collect();
        return Ok(Json(Suppressions { suppressions, next: None }));
    }
    let after = page.after.unwrap_or_default();
    let mut rows = state.store().suppressions(&caller.workspace, &after, limit + 1).await?;
    let has_next = rows.len() > limit;
    rows.truncate(limit);
    let next = if has_next { rows.last().map(|row| row.hash.clone()) } else { None };
    Ok(Json(Suppressions { suppressions: rows.into_iter().map(ListedView::from).collect(), next }))
}

/// Puts addresses on the list, also such that no contact has yet. Those that are on it stay as they are.
#[utoipa::path(
    post,
    path = "/api/v1/suppressions",
    tag = "contacts",
    operation_id = "suppress",
    summary = "Suppress addresses",
    request_body = Mentioned,
    security(("key" = ["manage"])),
    responses((status = 200, body = Listed), Refusals),
)]
pub(crate) async fn suppress(
    Manager(caller): Manager,
    State(state): State<ServerState>,
    Body(asked): Body<Mentioned>,
) -> Result<Json<Listed>, Error> {
    let (channel, reason) = checked(&asked)?;
    let reason = reason.unwrap_or_else(|| format!("by {}", caller.name));
    let hashes = hashes(&state, &caller.workspace, &channel, &asked.addresses).await?;
    let taken = asked.addresses.len();
    let rows = asked.addresses.into_iter().zip(hashes).map(|(address, hash)| SuppressionRow {
        channel: channel.clone(),
        hash,
        address: Some(address.trim().to_owned()),
        reason: reason.clone(),
        since: state.now(),
        set_by: caller.name.clone(),
    });
    state.store().suppressions_add(&caller.workspace, rows.collect()).await?;
    // Not which: the audit outlives the people that it would name.
    let what = json!({ "suppressed": taken, "channel": channel, "reason": reason });
    note(&state, &caller.workspace, &caller, &what).await?;
    Ok(Json(Listed { taken, unknown: Vec::new() }))
}

/// Takes addresses off the list. What a contact's own bounce or complaint suppressed is taken back for the contact with
/// `suppression` of `POST /api/v1/contacts/…/commands`; an erased person's address stays for ever.
#[utoipa::path(
    post,
    path = "/api/v1/suppressions/remove",
    tag = "contacts",
    operation_id = "unsuppress",
    summary = "Use addresses again",
    request_body = Mentioned,
    security(("key" = ["manage"])),
    responses((status = 200, body = Listed), Refusals),
)]
pub(crate) async fn remove(
    Manager(caller): Manager,
    State(state): State<ServerState>,
    Body(asked): Body<Mentioned>,
) -> Result<Json<Listed>, Error> {
    let (channel, reason) = checked(&asked)?;
    let hashes = hashes(&state, &caller.workspace, &channel, &asked.addresses).await?;
    let (mut taken, mut unknown) = (0, Vec::new());
    for (address, hash) in asked.addresses.into_iter().zip(hashes) {
        if state.store().suppression_remove(&caller.workspace, &hash).await? {
            taken += 1;
        } else {
            unknown.push(address);
        }
    }
    let what = json!({ "unsuppressed": taken, "channel": channel, "reason": reason });
    note(&state, &caller.workspace, &caller, &what).await?;
    Ok(Json(Listed { taken, unknown }))
}

fn checked(asked: &Mentioned) -> Result<(Channel, Option<String>), Error> {
    let n_addresses = asked.addresses.len();
    if n_addresses == 0 || n_addresses > ADDRESSES_MAX {
        return Err(Error::Malformed(format!(
            "`addresses` has {n_addresses}; expected 1 to {ADDRESSES_MAX}"
        )));
    }
    let is_one = |address: &String| {
        let address = address.trim();
        !address.is_empty() && address.len() <= ADDRESS_BYTES_MAX && !address.chars().any(char::is_control)
    };
    if let Some(place) = asked.addresses.iter().position(|address| !is_one(address)) {
        return Err(Error::Malformed(format!(
            "address {} can't be one: expected 1 to {ADDRESS_BYTES_MAX} bytes on one line",
            place + 1
        )));
    }
    if asked.reason.as_ref().is_some_and(|reason| reason.len() > REASON_BYTES_MAX) {
        return Err(Error::Malformed(format!("`reason` has more than {REASON_BYTES_MAX} bytes")));
    }
    let channel = asked.channel.clone().unwrap_or_else(|| EMAIL.to_owned());
    Ok((Channel::from(channel), asked.reason.clone()))
}

async fn hashes(
    state: &ServerState,
    workspace: &WorkspaceId,
    channel: &Channel,
    addresses: &[String],
) -> Result<Vec<String>, Error> {
    let mut hashes = Vec::with_capacity(addresses.len());
    for address in addresses {
        hashes.push(state.engine().address_hash(workspace, channel, address).await?);
    }
    Ok(hashes)
}
