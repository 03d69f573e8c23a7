//! Where the runs of older versions go, step by step (SEMANTICS 9.2).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::id::StepId;
use crate::input::Move;

/// Where the runs of a workflow's older versions are to go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(default)]
pub struct MigrationChoice {
    /// The versions whose runs are meant; empty means all older ones.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub from: Vec<u32>,
    /// What becomes of the runs at a step that isn't named.
    pub default: MigrationDefault,
    /// What becomes of the runs at a step, by its id in the older version.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub steps: BTreeMap<StepId, Move>,
}

/// What becomes of the runs at a step of which nothing else is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum MigrationDefault {
    /// To the same step of the new version, or to what it was renamed to; a step that is gone must be decided on.
    #[default]
    Same,
    /// They stay on their version.
    Stay,
    /// Out.
    Exit,
}

/// Where the runs at one step of an older version go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedMove {
    /// The older version.
    pub version: u32,
    /// The step.
    pub step: StepId,
    /// What it does, in a word: `wait`, `send`.
    pub action: String,
    /// Where its runs go; none if that must be decided before anything is applied.
    pub goes: Option<Move>,
    /// Whether they begin the new step anew, because it rests for something else.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub anew: bool,
}
