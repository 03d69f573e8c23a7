//! Who is in a workflow now, and where.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wend_domain::contact::Contact;
use wend_domain::id::ContactId;

use crate::api::audience::BriefContact;
use crate::api::published;
use crate::auth::Reader;
use crate::error::{Error, Refusals};
use crate::state::ServerState;
use crate::view::contact::RunView;
use crate::wire::{Filter, Parameters, page_rows};

/// How many contacts one request looks at: runs are in their contacts' documents, so that those without one are looked
/// at too.
const LOOKED_AT_MAX: usize = 10_000;

/// How many contacts are read at once.
const READ_AT_ONCE: usize = 500;

/// Which runs to list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Page {
    /// Only those at this step.
    step: Option<String>,
    /// Only those of this version.
    version: Option<u32>,
    /// Only those of contacts after this one: `next` of the page before.
    after: Option<String>,
    /// How many at most, 1 to 1,000; 100 if not given.
    limit: Option<usize>,
}

/// Live runs, by contact.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WorkflowRuns {
    /// The runs.
    runs: Vec<WorkflowRun>,
    /// `after` of the next page; none if this is the last. A page may have fewer runs than were asked for and not be
    /// the last: then many contacts were looked at who have none.
    next: Option<String>,
    /// How many contacts were looked at.
    looked_at: usize,
}

/// A live run, and whose it is.
#[derive(Debug, Serialize, ToSchema)]
struct WorkflowRun {
    /// The contact.
    contact: BriefContact,
    /// The run.
    run: RunView,
}

/// The live runs of a workflow, at one step or at all, with their contacts.
#[utoipa::path(
    get,
    path = "/api/v1/workflows/{name}/runs",
    tag = "workflows",
    operation_id = "workflow_runs",
    summary = "List the live runs of a workflow",
    params(("name" = String, Path, description = "The workflow's name"), Page),
    security(("key" = ["read"])),
    responses((status = 200, body = WorkflowRuns), Refusals),
)]
pub(crate) async fn runs(
    Reader(caller): Reader,
    State(state): State<ServerState>,
    Parameters(name): Parameters<String>,
    Filter(page): Filter<Page>,
) -> Result<Json<WorkflowRuns>, Error> {
    published(&state, &caller, &name).await?;
    let Page { step, version, after, limit } = page;
    let limit = page_rows(limit)?;
    let mut after: Option<ContactId> = match after {
        Some(id) => Some(id.parse().map_err(|error| Error::Malformed(format!("`after`: {error}")))?),
        None => None,
    };
    let mut found = WorkflowRuns { runs: Vec::new(), next: None, looked_at: 0 };
    loop {
        let contacts = state.store().contacts_page(&caller.workspace, after, READ_AT_ONCE).await?;
        let is_last = contacts.len() < READ_AT_ONCE;
        for (id, document) in contacts {
            if found.runs.len() >= limit || found.looked_at >= LOOKED_AT_MAX {
                found.next = after.map(|after| after.to_string());
                return Ok(Json(found));
            }
            (after, found.looked_at) = (Some(id), found.looked_at + 1);
            let contact = Contact::from_bytes(&document).map_err(Error::internal)?;
            let meant = contact.runs.iter().filter(|run| {
                run.workflow.as_str() == name
                    && step.as_ref().is_none_or(|step| run.state.step().as_str() == step)
                    && version.is_none_or(|version| run.version == version)
            });
            found.runs.extend(
                meant.map(|run| WorkflowRun {
                    contact: BriefContact::from(&contact),
                    run: RunView::from(run),
                }),
            );
        }
        if is_last {
            return Ok(Json(found));
        }
    }
}
