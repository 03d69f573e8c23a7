//! Doing something to many contacts at once.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use rand::RngCore;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use wend_domain::catalog::Catalog;
use wend_domain::compile::condition;
use wend_domain::id::{ContactId, ListName, SegmentName, StepId, WorkflowName, WorkspaceId};
use wend_domain::identity::{Identifier, IdentifierKind};
use wend_domain::input::{Command, Order};
use wend_domain::source::Diagnostic;
use wend_engine::{BULK_IDS_MAX, JobWork, Selection};

use crate::api::jobs::JobView;
use crate::api::{checked_name, checked_reason, note};
use crate::auth::Manager;
use crate::error::{Error, Refusals};
use crate::ingest::limits::ID_BYTES_MAX;
use crate::state::ServerState;
use crate::wire::Body;

/// How many ids are looked up in one transaction.
const LOOKED_UP_AT_ONCE: usize = 500;

/// How many unknown ids an answer shows.
const UNKNOWN_SHOWN_MAX: usize = 10;

/// Of which contacts, what, and why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Bulk {
    /// Of which.
    select: BulkSelection,
    /// What: an order as for one contact. `on_runs` without `run`, `start_run`, `list`, `tag` and consent can be given to
    /// many at once.
    #[schema(value_type = Object, example = json!({"on_runs": {"runs": {"workflow": "welcome"}, "what": "end"}}))]
    order: Order,
    /// Why, in the caller's words: it stands in every contact's explanation.
    reason: String,
    /// How many contacts a second are looked at, at most.
    pace: Option<u32>,
    /// The job's id: a second request of the same id does nothing.
    id: Option<String>,
}

/// Contacts, selected in one of these ways.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum BulkSelection {
    /// Everybody: `true`.
    All(bool),
    /// Those in a segment when the job looks at them.
    Segment(String),
    /// Those on a list when the job looks at them.
    List(String),
    /// Those with a tag when the job looks at them.
    Tag(String),
    /// Those with a live run of a workflow, at a step if one is named.
    Runs {
        /// The workflow.
        workflow: String,
        /// The step.
        step: Option<String>,
    },
    /// These, by our own ids, at most 100,000.
    Ids(Vec<String>),
    /// These, by the team's own ids, at most 100,000.
    UserIds(Vec<String>),
    /// Those for whom a condition of the file format holds when the job looks at them.
    #[schema(value_type = Object)]
    Where(Value),
}

/// What was begun.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BulkBegun {
    /// The job; see how far it is with `GET /api/v1/jobs/{id}`.
    job: JobView,
    /// How many of the ids are nobody's.
    n_unknown: usize,
    /// The first of them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unknown: Vec<String>,
}

/// Does something to many contacts, by a job that goes from one to the next: each takes it as an input like any other,
/// and "why" shows it with the reason.
#[utoipa::path(
    post,
    path = "/api/v1/bulk",
    tag = "contacts",
    operation_id = "begin_bulk",
    summary = "Command many contacts",
    request_body = Bulk,
    security(("key" = ["manage"])),
    responses(
        (status = 202, description = "The job has begun", body = BulkBegun),
        (status = 409, description = "There is a job of this id", body = crate::error::ErrorBody),
        (status = 422, description = "It can't be done to many, or the condition makes no sense", body = crate::error::ErrorBody),
        Refusals,
    ),
)]
pub(crate) async fn bulk(
    Manager(caller): Manager,
    State(state): State<ServerState>,
    Body(bulk): Body<Bulk>,
) -> Result<(StatusCode, Json<BulkBegun>), Error> {
    let Bulk { select, order, reason, pace, id } = bulk;
    if reason.trim().is_empty() {
        return Err(Error::Malformed(
            "`reason` is empty: say why, many people's runs will show it".to_owned(),
        ));
    }
    checked_reason(Some(&reason))?;
    if pace == Some(0) {
        return Err(Error::Malformed("`pace` is 0: nobody would ever be looked at".to_owned()));
    }
    let catalog = state.engine().latest_catalog(&caller.workspace).await?;
    check_order(&order, &catalog)?;
    let (select, contacts, unknown) = selection(&state, &caller.workspace, select, &catalog).await?;
    let id = match id {
        Some(id) => {
            checked_name("job's id", &id)?;
            format!("bulk-{id}")
        }
        None => format!("bulk-{:016x}", state.with_random(RngCore::next_u64)),
    };
    let what = json!({ "bulk": id, "select": select, "command": order, "reason": reason });
    let command = Command { by: caller.name.clone(), reason: Some(reason), order };
    let work = JobWork::Bulk { select, command };
    let engine = state.engine();
    if !engine.begin_job(&caller.workspace, id.clone(), &work, contacts, pace, &caller.name).await? {
        return Err(Error::Conflict {
            message: format!("there is a job `{id}` already: nothing was begun"),
            hint: "see how far it is with GET /api/v1/jobs/ID, or choose another id",
        });
    }
    note(&state, &caller.workspace, &caller, &what).await?;
    let job = state.store().job(&caller.workspace, &id).await?.ok_or_else(|| Error::not_found("job", &id))?;
    let n_unknown = unknown.len();
    let unknown = unknown.into_iter().take(UNKNOWN_SHOWN_MAX).collect();
    Ok((StatusCode::ACCEPTED, Json(BulkBegun { job: JobView::from(job), n_unknown, unknown })))
}

/// Refuses what makes no sense for many contacts, or names what isn't there.
fn check_order(order: &Order, catalog: &Catalog) -> Result<(), Error> {
    let for_one = match order {
        Order::OnRuns { runs, .. } if runs.run.is_some() => Some("one run is one contact's"),
        Order::CompleteTask { .. } => Some("a task is one contact's"),
        Order::RequeueMessage { .. } => Some("a message is one contact's"),
        Order::Merge { .. } => Some("two contacts are one person or not"),
        Order::Suppression { .. } => Some("an address is one contact's"),
        Order::UndoImport { .. } => Some("an import is undone with POST /api/v1/imports/ID/undo"),
        Order::Answers(answers) if answers.via.is_some() => Some("a message is one contact's"),
        _ => None,
    };
    if let Some(why) = for_one {
        return Err(Error::Unprocessable(format!(
            "{why}: give the order with POST /api/v1/contacts/…/commands"
        )));
    }
    let workflow = match order {
        Order::OnRuns { runs, .. } => runs.workflow.as_ref(),
        Order::StartRun { workflow, .. } => Some(workflow),
        _ => None,
    };
    match workflow.filter(|workflow| !catalog.workflows.contains_key(*workflow)) {
        Some(workflow) => Err(Error::not_found("workflow", workflow)),
        None => Ok(()),
    }
}

/// Who is meant: how the job finds them, those who were named, and the names that are nobody's.
async fn selection(
    state: &ServerState,
    workspace: &WorkspaceId,
    select: BulkSelection,
    catalog: &Catalog,
) -> Result<(Selection, Option<BTreeSet<ContactId>>, Vec<String>), Error> {
    let select = match select {
        BulkSelection::All(true) => Selection::All,
        BulkSelection::All(false) => {
            return Err(Error::Malformed("`all` is false: that is nobody".to_owned()));
        }
        BulkSelection::Segment(name) => {
            let segment = SegmentName::from(name);
            if !catalog.segments.contains_key(&segment) {
                return Err(Error::not_found("segment", segment));
            }
            Selection::Segment(segment)
        }
        BulkSelection::List(list) => Selection::List(ListName::from(list)),
        BulkSelection::Tag(tag) => Selection::Tag(tag),
        BulkSelection::Runs { workflow, step } => {
            let workflow = WorkflowName::from(workflow);
            if !catalog.workflows.contains_key(&workflow) {
                return Err(Error::not_found("workflow", workflow));
            }
            Selection::Runs { workflow, step: step.map(StepId::from) }
        }
        BulkSelection::Where(of) => {
            condition(catalog, &of).map_err(|found| Error::Unprocessable(said(&found)))?;
            Selection::Where(of)
        }
        BulkSelection::Ids(ids) => return named(state, workspace, &ids, known_ids).await,
        BulkSelection::UserIds(ids) => return named(state, workspace, &ids, known_user_ids).await,
    };
    Ok((select, None, Vec::new()))
}

pub(super) fn said(found: &[Diagnostic]) -> String {
    let said: Vec<String> = found.iter().map(|found| found.message.clone()).collect();
    format!("the condition makes no sense: {}", said.join("; "))
}

/// Looks ids up, some hundred at a time.
async fn named(
    state: &ServerState,
    workspace: &WorkspaceId,
    ids: &[String],
    known: impl AsyncFn(&ServerState, &WorkspaceId, &[String]) -> Result<Vec<(String, ContactId)>, Error>,
) -> Result<(Selection, Option<BTreeSet<ContactId>>, Vec<String>), Error> {
    if ids.len() > BULK_IDS_MAX {
        return Err(Error::TooLarge(format!("there are {} ids, more than {BULK_IDS_MAX}", ids.len())));
    }
    if ids.is_empty() {
        return Err(Error::Malformed("no ids are given: that is nobody".to_owned()));
    }
    let (mut found, mut unknown) = (BTreeSet::new(), Vec::new());
    for ids in ids.chunks(LOOKED_UP_AT_ONCE) {
        let known = known(state, workspace, ids).await?;
        let names: BTreeSet<&str> = known.iter().map(|(name, _)| name.as_str()).collect();
        unknown.extend(ids.iter().filter(|id| !names.contains(id.as_str())).cloned());
        found.extend(known.iter().map(|(_, contact)| *contact));
    }
    Ok((Selection::Ids, Some(found), unknown))
}

async fn known_ids(
    state: &ServerState,
    workspace: &WorkspaceId,
    ids: &[String],
) -> Result<Vec<(String, ContactId)>, Error> {
    let parsed: Vec<(String, ContactId)> =
        ids.iter().filter_map(|id| Some((id.clone(), id.parse().ok()?))).collect();
    let mut work = state.store().begin(workspace).await?;
    let known = work.contacts(&parsed.iter().map(|(_, contact)| *contact).collect()).await?;
    Ok(parsed.into_iter().filter(|(_, contact)| known.contains_key(contact)).collect())
}

async fn known_user_ids(
    state: &ServerState,
    workspace: &WorkspaceId,
    ids: &[String],
) -> Result<Vec<(String, ContactId)>, Error> {
    let is_possible = |id: &&String| id.len() <= ID_BYTES_MAX && !id.chars().any(char::is_control);
    let identifier = |id: &String| Identifier { kind: IdentifierKind::UserId, value: id.clone() };
    let mut work = state.store().begin(workspace).await?;
    let known = work.identities(&ids.iter().filter(is_possible).map(identifier).collect()).await?;
    Ok(known.into_iter().map(|(identifier, contact)| (identifier.value, contact)).collect())
}
