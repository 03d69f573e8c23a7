//! What applying files would change.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wend_domain::compile::{Planned, PlannedChange};
use wend_domain::id::WorkspaceId;
use wend_domain::source;
use wend_engine::{Backfill, BackfillPreview};

use crate::api::publication::{Chosen, sources};
use crate::auth::Reader;
use crate::error::{Error, Refusals};
use crate::state::ServerState;
use crate::wire::{Body, SourceFile};

/// The files of a portfolio: all of them; what is missing is removed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Files {
    /// The files.
    files: Vec<SourceFile>,
    /// What becomes of runs and contacts.
    #[serde(default)]
    choices: Chosen,
}

/// What applying files would change.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Plan {
    /// The revision that it was planned on top of; after applying, the one that it made. Send it as `base`.
    planned_on: u64,
    /// Whether they could be applied: there is no error among the diagnostics.
    valid: bool,
    /// What changes, by kind and name; unchanged things are in it too. `moves` of a workflow says for every step of its
    /// older versions where runs go.
    #[schema(value_type = Vec<Object>)]
    changes: Vec<PlannedChange>,
    /// Who rests where now, in workflows that change.
    waiting: Vec<Waiting>,
    /// Who would be let in by the backfills that were chosen.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    backfill: Vec<BackfillView>,
    /// Everything found in the files and in the choices.
    #[schema(value_type = Vec<crate::wire::Diagnostic>)]
    diagnostics: Vec<source::Diagnostic>,
}

/// How many runs rest at a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Waiting {
    /// The workflow.
    workflow: String,
    /// The version.
    version: u32,
    /// The step.
    step: String,
    /// How many.
    runs: i64,
}

/// Who would be let in by a backfill, as of now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct BackfillView {
    /// The workflow.
    workflow: String,
    /// How many contacts were looked at.
    looked_at: usize,
    /// How many of them would enter.
    would_enter: usize,
    /// Why the others would not, with how many each.
    refused: BTreeMap<String, usize>,
    /// Whether all contacts were looked at; else the oldest 100,000.
    is_whole: bool,
}

impl From<BackfillPreview> for BackfillView {
    fn from(preview: BackfillPreview) -> Self {
        let BackfillPreview { workflow, looked_at, would_enter, refused, is_whole } = preview;
        Self { workflow: workflow.to_string(), looked_at, would_enter, refused, is_whole }
    }
}

impl Plan {
    /// The plan with who rests in the workflows that it changes.
    pub(crate) fn new(planned_on: u64, planned: Planned, mut waiting: Vec<Waiting>) -> Self {
        let Planned { next, changes, diagnostics, .. } = planned;
        let is_concerned = |name: &str| {
            changes
                .iter()
                .any(|change| change.name == name && change.change != wend_domain::compile::Change::Unchanged)
        };
        waiting.retain(|waiting| is_concerned(&waiting.workflow));
        Self { planned_on, valid: next.is_some(), changes, waiting, backfill: Vec::new(), diagnostics }
    }
}

/// Who rests where, in all workflows.
pub(crate) async fn waiting(state: &ServerState, workspace: &WorkspaceId) -> Result<Vec<Waiting>, Error> {
    let counters: BTreeMap<String, i64> = state.store().counters(workspace).await?;
    let read = |(counter, runs): (String, i64)| {
        let (workflow, rest) = counter.strip_prefix("at:")?.split_once(":v")?;
        let (version, step) = rest.split_once(':')?;
        let (workflow, step) = (workflow.to_owned(), step.to_owned());
        Some(Waiting { workflow, version: version.parse().ok()?, step, runs })
    };
    Ok(counters.into_iter().filter(|(_, runs)| *runs != 0).filter_map(read).collect())
}

/// What applying these files would change, who rests where and where each run would go, and everything that is wrong
/// with them. Nothing is applied.
#[utoipa::path(
    post,
    path = "/api/v1/plan",
    tag = "portfolio",
    summary = "Plan a publication",
    request_body = Files,
    security(("key" = ["read"])),
    responses((status = 200, body = Plan), Refusals),
)]
pub(crate) async fn plan(
    Reader(caller): Reader,
    State(state): State<ServerState>,
    Body(files): Body<Files>,
) -> Result<Json<Plan>, Error> {
    let Files { files, choices } = files;
    let (choices, backfill) = choices.read()?;
    let workspace = &caller.workspace;
    let revision = state.store().catalog_revision_number(workspace).await?;
    let planned = state.engine().plan_publication(workspace, sources(files)?, choices).await?;
    let catalog = planned.catalog.clone().map(Arc::new);
    let mut plan = Plan::new(revision, planned, waiting(&state, workspace).await?);
    for Backfill { workflow, .. } in &backfill {
        let Some(catalog) = &catalog else { continue };
        if !catalog.workflows.contains_key(workflow) {
            return Err(Error::not_found("workflow", workflow));
        }
        plan.backfill.push(state.engine().preview_backfill(workspace, catalog, workflow).await?.into());
    }
    Ok(Json(plan))
}
