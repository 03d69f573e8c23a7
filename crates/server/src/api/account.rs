//! One account: what it is, what is said of it, and who belongs to it.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;
use wend_domain::account::{Account, Member};
use wend_domain::catalog::Catalog;
use wend_store::AccountRow;

use crate::api::audience::{BriefContact, brief};
use crate::api::note;
use crate::auth::{Manager, Reader};
use crate::error::{Error, Refusals};
use crate::ingest::limits::ID_BYTES_MAX;
use crate::state::ServerState;
use crate::view::shown;
use crate::wire::{Body, Filter, Parameters, page_rows};

/// An account.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AccountView {
    /// The team's own id of it.
    id: String,
    /// What is known of it, with the sums over its members.
    #[schema(value_type = Object)]
    traits: Map<String, Value>,
    /// The names of the traits that are sums over its members.
    sums: Vec<String>,
    /// How many members it has.
    n_members: u64,
    /// What of its traits its members hold copies of, because rules or messages read it.
    shared: Vec<String>,
    /// Whether its members are being told of a change.
    telling: bool,
    /// When it was first heard of.
    created_at: String,
    /// When it last took something.
    updated_at: String,
}

impl AccountView {
    /// An account as the store keeps it.
    pub(crate) fn of(row: &AccountRow, catalog: &Catalog) -> Result<Self, Error> {
        let account: Account = serde_json::from_str(&row.document_json).map_err(Error::internal)?;
        Ok(Self {
            traits: account.seen(catalog),
            sums: catalog.traits.accounts.rollups.keys().cloned().collect(),
            n_members: account.n_members,
            shared: account.shared.keys().cloned().collect(),
            telling: account.telling.is_some(),
            created_at: shown(account.created_at),
            updated_at: shown(account.at),
            id: account.id,
        })
    }
}

/// An account of the workspace with its traits and the sums over its members.
#[utoipa::path(
    get,
    path = "/api/v1/accounts/{account}",
    tag = "accounts",
    summary = "Show an account",
    params(("account" = String, Path, description = "The team's own id of the account")),
    security(("key" = ["read"])),
    responses((status = 200, body = AccountView), Refusals),
)]
pub(crate) async fn account(
    Reader(caller): Reader,
    State(state): State<ServerState>,
    Parameters(account): Parameters<String>,
) -> Result<Json<AccountView>, Error> {
    let row = find(&state, &caller.workspace, &account).await?;
    let catalog = state.engine().catalog(&caller.workspace);
    Ok(Json(AccountView::of(&row, &catalog)?))
}

async fn find(
    state: &ServerState,
    workspace: &wend_domain::id::WorkspaceId,
    account: &str,
) -> Result<AccountRow, Error> {
    let row = state.store().account(workspace, account).await?;
    row.ok_or_else(|| Error::not_found("account", account))
}

/// What is said of an account.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AccountTraits {
    /// Traits to set; null removes one. Those that aren't named stay.
    #[schema(value_type = Object)]
    traits: Map<String, Value>,
}

/// Sets traits of an account, as a group call does; an account that is not known yet begins. It takes them in its turn,
/// within a second or so; its members hear of what rules and messages read, page by page.
#[utoipa::path(
    put,
    path = "/api/v1/accounts/{account}",
    tag = "accounts",
    operation_id = "set_account",
    summary = "Set traits of an account",
    params(("account" = String, Path, description = "The team's own id of the account")),
    request_body = AccountTraits,
    security(("key" = ["manage"])),
    responses((status = 202, description = "It is queued for the account"), Refusals),
)]
pub(crate) async fn set(
    Manager(caller): Manager,
    State(state): State<ServerState>,
    Parameters(account): Parameters<String>,
    Body(AccountTraits { traits }): Body<AccountTraits>,
) -> Result<StatusCode, Error> {
    if account.trim().is_empty() || account.len() > ID_BYTES_MAX || account.chars().any(char::is_control) {
        return Err(Error::Malformed(format!("an account's id has 1 to {ID_BYTES_MAX} bytes")));
    }
    let names: Vec<&String> = traits.keys().collect();
    let what = json!({ "account_set": account, "traits": names });
    note(&state, &caller.workspace, &caller, &what).await?;
    state.engine().tell_account(&caller.workspace, &account, traits).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Which members to show.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct MembersPage {
    /// Only those after this one: `next` of the page before.
    after: Option<String>,
    /// How many to show, 1 to 1,000; 100 if not given.
    limit: Option<usize>,
}

/// Members of an account, in the order of their ids.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Members {
    /// The members.
    members: Vec<MemberView>,
    /// `after` for the next page; none if this is the last.
    next: Option<String>,
}

/// A member of an account.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MemberView {
    /// The contact, by Wend's id.
    contact: String,
    /// Who that is; none if the contact is there no more.
    #[serde(skip_serializing_if = "Option::is_none")]
    who: Option<BriefContact>,
    /// Since when.
    since: String,
}

/// The members of an account. Contacts join by a group call, and join or leave by a command.
#[utoipa::path(
    get,
    path = "/api/v1/accounts/{account}/members",
    tag = "accounts",
    operation_id = "account_members",
    summary = "List the members of an account",
    params(("account" = String, Path, description = "The team's own id of the account"), MembersPage),
    security(("key" = ["read"])),
    responses((status = 200, body = Members), Refusals),
)]
pub(crate) async fn members(
    Reader(caller): Reader,
    State(state): State<ServerState>,
    Parameters(account): Parameters<String>,
    Filter(page): Filter<MembersPage>,
) -> Result<Json<Members>, Error> {
    let limit = page_rows(page.limit)?;
    find(&state, &caller.workspace, &account).await?;
    let after = page.after.unwrap_or_default();
    let mut rows = state.store().account_members(&caller.workspace, &account, &after, limit + 1).await?;
    let has_next = rows.len() > limit;
    rows.truncate(limit);
    let next = if has_next { rows.last().map(|(contact, _)| contact.to_string()) } else { None };
    let ids: Vec<_> = rows.iter().map(|(contact, _)| *contact).collect();
    let known = brief(&state, &caller.workspace, &ids).await?;
    let mut known: BTreeMap<_, _> = known.into_iter().map(|contact| (contact.id.clone(), contact)).collect();
    let view = |(contact, text): (wend_domain::id::ContactId, String)| {
        let member: Member = serde_json::from_str(&text).map_err(Error::internal)?;
        let contact = contact.to_string();
        Ok(MemberView { who: known.remove(&contact), contact, since: shown(member.since) })
    };
    Ok(Json(Members { members: rows.into_iter().map(view).collect::<Result<_, Error>>()?, next }))
}
