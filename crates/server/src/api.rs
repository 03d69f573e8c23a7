//! The management API: one endpoint a file, each with its documentation and handler.
//!
//! Errors are in [`crate::error`], scopes are told by the extractor that a handler takes first.
//!
//! **Invariants.** A handler only sees the caller's own workspace. What changes something is noted in the audit, with
//! who did it. Every list is paged and bounded.

mod account;
mod accounts;
mod apply;
mod audience;
mod audit;
mod backup;
mod bulk;
mod business_event;
mod catalogues;
mod claim_dismiss;
mod claims;
mod commands;
mod compact;
mod consent;
mod consent_answer;
mod contact;
mod contact_archive;
mod contact_erase;
mod contact_search;
mod contact_segments;
mod counters;
mod domain_check;
mod draft;
mod draft_publish;
mod draft_remove;
mod draft_save;
mod drafts;
mod example;
mod examples;
mod export;
mod history;
mod import;
mod import_cancel;
mod import_preview;
mod import_remove;
mod import_report;
mod import_start;
mod import_undo;
mod import_upload;
mod imports;
mod job;
mod job_cancel;
mod jobs;
mod key_create;
mod key_revoke;
mod keys;
mod lifecycle;
mod lists;
mod merge;
mod message;
mod message_requeue;
mod messages;
mod plan;
mod portfolio;
mod publication;
mod quarantine;
mod quarantine_remove;
mod quarantine_resend;
mod replay;
mod report;
mod secret_remove;
mod secret_set;
mod secrets;
mod segment;
mod segment_preview;
mod segment_why;
mod segments;
mod status;
mod stuck;
mod stuck_drop;
mod stuck_retry;
mod suppressions;
mod task;
mod task_claim;
mod task_complete;
mod tasks;
pub(crate) mod team;
mod template;
mod template_check;
mod template_preview;
mod templates;
mod tests_play;
mod traits;
mod why;
mod workflow;
mod workflow_runs;
mod workflow_start;
mod workflow_why;
mod workflows;
mod workspace_create;
mod workspaces;

use axum::extract::DefaultBodyLimit;
use serde_json::Value;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use wend_domain::catalog::Published;
use wend_domain::contact::Contact;
use wend_domain::id::{ContactId, WorkflowName, WorkspaceId};
use wend_store::HistoryRow;

use crate::auth::Caller;
use crate::error::Error;
use crate::state::ServerState;

/// The largest body of a request that isn't a publication, in bytes.
const BODY_BYTES_MAX: usize = 64 * 1024;

/// The largest publication, in bytes: some thousand files.
const PUBLICATION_BYTES_MAX: usize = 32 * 1024 * 1024;

/// The workspace whose administrators may look after all others.
pub(crate) const DEFAULT_WORKSPACE: &str = "default";

/// The longest name of a workspace or key, in bytes.
const NAME_BYTES_MAX: usize = 64;

/// The longest reason that comes with a command, in bytes.
const REASON_BYTES_MAX: usize = 1_000;

/// The longest name of a person, in bytes.
const PERSON_BYTES_MAX: usize = 200;

/// All endpoints with their documentation.
pub(crate) fn routes() -> OpenApiRouter<ServerState> {
    OpenApiRouter::new()
        .routes(routes!(status::status))
        .routes(routes!(portfolio::portfolio))
        .routes(routes!(workflows::workflows))
        .routes(routes!(workflow::workflow))
        .routes(routes!(workflow_runs::runs))
        .routes(routes!(workflow_start::start))
        .routes(routes!(lifecycle::pause))
        .routes(routes!(lifecycle::resume))
        .routes(routes!(lifecycle::stop))
        .routes(routes!(lifecycle::archive))
        .routes(routes!(lifecycle::restore))
        .routes(routes!(lifecycle::rollback))
        .routes(routes!(lifecycle::rollout))
        .routes(routes!(drafts::drafts))
        .routes(routes!(templates::templates))
        .routes(routes!(template::template))
        .routes(routes!(catalogues::catalogues))
        .routes(routes!(tasks::tasks))
        .routes(routes!(task::task))
        .routes(routes!(task_claim::claim))
        .routes(routes!(task_complete::complete))
        .routes(routes!(business_event::take))
        .routes(routes!(secrets::secrets))
        .routes(routes!(secret_set::set, secret_remove::remove))
        .routes(routes!(messages::messages))
        .routes(routes!(message::message))
        .routes(routes!(message_requeue::requeue))
        .routes(routes!(keys::keys, key_create::create))
        .routes(routes!(key_revoke::revoke))
        .routes(routes!(team::team, team::add))
        .routes(routes!(team::remove))
        .routes(routes!(examples::examples))
        .routes(routes!(example::example))
        .routes(routes!(workspaces::workspaces, workspace_create::create))
        .routes(routes!(quarantine::quarantine))
        .routes(routes!(quarantine_remove::remove))
        .routes(routes!(quarantine_resend::resend))
        .routes(routes!(stuck::stuck))
        .routes(routes!(stuck_retry::retry))
        .routes(routes!(stuck_drop::drop))
        .routes(routes!(imports::imports))
        .routes(routes!(import::import, import_remove::remove))
        .routes(routes!(import_cancel::cancel))
        .routes(routes!(import_undo::undo))
        .routes(routes!(domain_check::domain_check))
        .routes(routes!(jobs::jobs))
        .routes(routes!(job::job))
        .routes(routes!(job_cancel::cancel))
        .routes(routes!(counters::counters))
        .routes(routes!(report::report))
        .routes(routes!(workflow_why::why))
        .routes(routes!(audit::audit))
        .merge(routes_of_people())
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .merge(publications())
}

/// The endpoints that take whole files.
fn publications() -> OpenApiRouter<ServerState> {
    OpenApiRouter::new()
        .routes(routes!(plan::plan))
        .routes(routes!(tests_play::play))
        .routes(routes!(apply::apply))
        .routes(routes!(draft::draft, draft_save::save, draft_remove::remove))
        .routes(routes!(draft_publish::publish_draft))
        .routes(routes!(catalogues::catalogue, catalogues::upload, catalogues::remove))
        .routes(routes!(bulk::bulk))
        .routes(routes!(import_preview::preview))
        .routes(routes!(import_start::start))
        .routes(routes!(template_check::check))
        .routes(routes!(template_preview::preview))
        .routes(routes!(template_preview::test))
        .layer(DefaultBodyLimit::max(PUBLICATION_BYTES_MAX))
}

/// The endpoints about contacts, what they belong to, and what they agreed to.
fn routes_of_people() -> OpenApiRouter<ServerState> {
    OpenApiRouter::new()
        .routes(routes!(contact::contact))
        .routes(routes!(merge::merge))
        .routes(routes!(claims::claims))
        .routes(routes!(claim_dismiss::dismiss))
        .routes(routes!(why::why))
        .routes(routes!(history::history))
        .routes(routes!(replay::replay))
        .routes(routes!(commands::command))
        .routes(routes!(contact_search::search))
        .routes(routes!(contact_segments::memberships))
        .routes(routes!(segments::segments))
        .routes(routes!(segment::segment))
        .routes(routes!(contact_search::segment_members))
        .routes(routes!(segment_preview::preview))
        .routes(routes!(segment_preview::overlap))
        .routes(routes!(segment_why::why))
        .routes(routes!(lists::lists))
        .routes(routes!(segment::list))
        .routes(routes!(contact_search::list_members))
        .routes(routes!(consent::ledger, consent_answer::give))
        .routes(routes!(contact_archive::archive))
        .routes(routes!(contact_erase::erase))
        .routes(routes!(suppressions::suppressions, suppressions::suppress))
        .routes(routes!(suppressions::remove))
        .routes(routes!(traits::traits))
        .routes(routes!(accounts::accounts))
        .routes(routes!(account::account, account::set))
        .routes(routes!(account::members))
}

/// The endpoints that take as long as they take: large files come in and go out.
pub(crate) fn slow_routes() -> OpenApiRouter<ServerState> {
    OpenApiRouter::new()
        .routes(routes!(backup::backup))
        .routes(routes!(import_upload::upload))
        .routes(routes!(export::export))
        .routes(routes!(import_report::report))
        .routes(routes!(compact::compact))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
}

/// The contact that a path means: by our id, else by user id, by an id in another system as `namespace:id`, by anonymous
/// id, by e-mail address or by phone number. One that is part of another contact means that one.
pub(crate) async fn find_contact(
    state: &ServerState,
    workspace: &WorkspaceId,
    reference: &str,
) -> Result<Contact, Error> {
    Ok(find_with_way(state, workspace, reference).await?.0)
}

/// The same, with the contact that was meant if it is part of the one that is answered.
pub(crate) async fn find_with_way(
    state: &ServerState,
    workspace: &WorkspaceId,
    reference: &str,
) -> Result<(Contact, Option<ContactId>), Error> {
    let meant = state.engine().meant(workspace, reference).await?;
    let meant = meant.ok_or_else(|| Error::not_found("contact", reference))?;
    let contact = Contact::from_bytes(&meant.document).map_err(Error::internal)?;
    let way = (meant.named != meant.contact).then_some(meant.named);
    Ok((contact, way))
}

/// The history of a contact and of those that are part of it, oldest first: `limit` rows after a number.
pub(crate) async fn joined_history(
    state: &ServerState,
    workspace: &WorkspaceId,
    contact: &Contact,
    after: i64,
    limit: usize,
) -> Result<Vec<HistoryRow>, Error> {
    let mut rows = state.store().history(workspace, contact.id, after, limit).await?;
    for part in contact.merged.keys() {
        rows.extend(state.store().history(workspace, *part, after, limit).await?);
    }
    rows.sort_by_key(|row| row.seq);
    rows.truncate(limit);
    Ok(rows)
}

/// Notes in the audit who did what.
pub(crate) async fn note(
    state: &ServerState,
    workspace: &WorkspaceId,
    by: &Caller,
    what: &Value,
) -> Result<(), Error> {
    let who = format!("{} ({})", by.name, by.key_id);
    Ok(state.store().audit_add(workspace, state.now(), &who, &what.to_string()).await?)
}

/// A workflow that was ever published, wherever that was.
async fn published(state: &ServerState, caller: &Caller, name: &str) -> Result<Published, Error> {
    let catalog = state.engine().latest_catalog(&caller.workspace).await?;
    let published = catalog.workflows.get(&WorkflowName::from(name)).cloned();
    published.ok_or_else(|| Error::not_found("workflow", name))
}

/// A name for a workspace or key: short, and safe in paths and logs.
fn checked_name(kind: &str, name: &str) -> Result<(), Error> {
    let fits = !name.is_empty()
        && name.len() <= NAME_BYTES_MAX
        && name.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_.".contains(letter));
    if fits {
        return Ok(());
    }
    Err(Error::Malformed(format!(
        "the {kind} `{name}` must have 1 to {NAME_BYTES_MAX} letters, digits, dashes, dots or underscores"
    )))
}

/// A reason in a person's words.
fn checked_reason(reason: Option<&String>) -> Result<(), Error> {
    match reason {
        Some(reason) if reason.len() > REASON_BYTES_MAX => {
            Err(Error::Malformed(format!("`reason` has more than {REASON_BYTES_MAX} bytes")))
        }
        _ => Ok(()),
    }
}

/// Who does something, if the caller speaks for a person: a name of their own, else the key's.
fn checked_person(field: &str, name: Option<String>, caller: &Caller) -> Result<String, Error> {
    let Some(name) = name else { return Ok(caller.name.clone()) };
    if name.trim().is_empty() || name.len() > PERSON_BYTES_MAX || name.chars().any(char::is_control) {
        return Err(Error::Malformed(format!("`{field}` must have 1 to {PERSON_BYTES_MAX} bytes")));
    }
    Ok(name)
}

/// The workspace that an administrator asks about: their own, or any if they look after all.
async fn administered(
    state: &ServerState,
    caller: &Caller,
    asked: Option<&str>,
) -> Result<WorkspaceId, Error> {
    let Some(asked) = asked.filter(|asked| *asked != caller.workspace.as_str()) else {
        return Ok(caller.workspace.clone());
    };
    // The same answer whether or not it exists: another workspace's name is none of the caller's business.
    let missing = || Error::not_found("workspace", asked);
    if caller.workspace.as_str() != DEFAULT_WORKSPACE {
        return Err(missing());
    }
    let workspace = WorkspaceId::from(asked);
    if state.store().workspaces().await?.contains(&workspace) { Ok(workspace) } else { Err(missing()) }
}
