//! Deadlines of a contact that belong to no run: what time alone changes or brings.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::id::{SegmentName, WorkflowName};
use crate::time::Timestamp;

/// One deadline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Timer {
    /// When.
    pub at: Timestamp,
    /// What it is for.
    pub of: TimerOf,
    /// What tells timers of one trigger apart; empty if there is one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub key: String,
    /// The data that the trigger will bring.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub data: Map<String, Value>,
}

/// What a deadline is for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimerOf {
    /// The membership of a segment may flip.
    Segment(SegmentName),
    /// A computed trait may take another value.
    Computed(String),
    /// A trigger of a workflow matches: a date, an absence, a set time.
    Trigger {
        /// The workflow.
        workflow: WorkflowName,
        /// The trigger's place in the file.
        number: usize,
    },
}
