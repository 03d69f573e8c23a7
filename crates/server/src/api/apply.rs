//! Publishing files.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::plan::Plan;
use crate::api::publication::{BackfillChoice, Chosen, checked_base, publish, sources};
use crate::auth::Manager;
use crate::error::{Error, Refusals};
use crate::state::ServerState;
use crate::view::rollout::RolloutPlan;
use crate::wire::{Body, SourceFile};

/// What to publish, and on top of what.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Publication {
    /// All files; what is missing is removed.
    files: Vec<SourceFile>,
    /// The revision that the files were made from. If others changed files since then, nothing is applied, and the
    /// answer shows what they changed; that a workflow was paused meanwhile is no conflict.
    base: Option<u64>,
    /// Only publish on top of exactly this revision.
    expected_revision: Option<u64>,
    /// Where the runs of older versions go, by workflow; see the answer of plan for what must be decided.
    #[serde(default)]
    #[schema(value_type = Object)]
    migrations: std::collections::BTreeMap<
        wend_domain::id::WorkflowName,
        wend_domain::compile::MigrationChoice,
    >,
    /// New versions that reach contacts by and by, by workflow.
    #[serde(default)]
    #[schema(value_type = Object)]
    rollouts: std::collections::BTreeMap<wend_domain::id::WorkflowName, RolloutPlan>,
    /// Workflows that let those in who match already.
    #[serde(default)]
    backfill: Vec<BackfillChoice>,
}

/// What was published.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Published {
    /// The revision that decides from now on.
    revision: u64,
    /// The jobs that tell contacts.
    jobs: Vec<String>,
    /// What changed.
    #[serde(flatten)]
    plan: Plan,
}
