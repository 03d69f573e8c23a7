//! One contact's passage through one version of a workflow.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::id::{MessageId, RunId, StepId, WorkflowName};
use crate::time::Timestamp;

/// A live run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// Its id.
    pub id: RunId,
    /// The workflow.
    pub workflow: WorkflowName,
    /// The version that it stays on (SEMANTICS 9.1).
    pub version: u32,
    /// What tells runs of one workflow apart; empty if the workflow has no key.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub key: String,
    /// When it began.
    pub entered_at: Timestamp,
    /// When the event that triggered it occurred, if that was before: goals count from here (SEMANTICS 2.1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occurred_at: Option<Timestamp>,
    /// The data it was entered with, or refreshed with.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub trigger: Map<String, Value>,
    /// Where it rests.
    pub state: RunState,
    /// How often each sending step was visited, for the keys of messages (SEMANTICS 8.1).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub visits: BTreeMap<StepId, u32>,
    /// The goals that it has reached, by name (SEMANTICS 5.2).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub goals: Vec<String>,
    /// Its variables.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub variables: Map<String, Value>,
    /// The variant that it went through in each experiment: they get the credit of its goals (SEMANTICS 5.2).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub variants: BTreeMap<String, String>,
    /// How many rounds each repeating step has begun.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub rounds: BTreeMap<StepId, u32>,
    /// Whether the contact is held out: nothing leaves, and what would have is recorded (SEMANTICS 4.5).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ghost: bool,
    /// Since when a person has paused it (SEMANTICS 11.1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paused_at: Option<Timestamp>,
    /// The run that waits for its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<RunId>,
}

/// Where a run rests.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunState {
    /// About to take a step; only inside one input.
    At {
        /// The step.
        step: StepId,
    },
    /// Asleep until `until`: fixed on entry; only a migration computes it again (SEMANTICS 2.4).
    Waiting {
        /// The wait step.
        step: StepId,
        /// When it was entered.
        since: Timestamp,
        /// The deadline.
        until: Timestamp,
    },
    /// Waiting for one of several things (SEMANTICS 6.1).
    WaitingFor {
        /// The step.
        step: StepId,
        /// When it was entered.
        since: Timestamp,
        /// The time-out; none means never.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Timestamp>,
    },
    /// Resting at a send step until its intent is released, blocked or expired (SEMANTICS 7.0).
    Sending {
        /// The step.
        step: StepId,
        /// The message.
        message: MessageId,
    },
    /// Resting at a webhook step until the other system has answered, or finally has not.
    Calling {
        /// The step.
        step: StepId,
        /// The call: a message to a machine.
        message: MessageId,
    },
    /// Resting at a task step until a person has done it (SEMANTICS 11.2).
    Tasked {
        /// The step.
        step: StepId,
        /// The task: a message to a colleague.
        message: MessageId,
        /// When it was entered.
        since: Timestamp,
        /// When it is overdue.
        until: Timestamp,
        /// When it goes to somebody else; none if it doesn't or has.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        escalate_at: Option<Timestamp>,
    },
    /// Resting until a run of another workflow ends.
    Child {
        /// The step.
        step: StepId,
        /// That run.
        run: RunId,
        /// When it was entered.
        since: Timestamp,
        /// The time-out; none means never.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Timestamp>,
    },
    /// Not let in yet: waits for the grant of an entry cap (SEMANTICS 4.3).
    Requested {
        /// The first step.
        step: StepId,
        /// When it was asked for.
        since: Timestamp,
        /// When it is asked for again, if it was refused until then.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        again_at: Option<Timestamp>,
        /// How many hops what asked for it is from what a client or person did: the answer is as many (SEMANTICS 3.14).
        #[serde(default, skip_serializing_if = "is_zero")]
        hop: u32,
    },
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's skip_serializing_if wants a reference")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

impl RunState {
    /// The step at which the run is.
    pub fn step(&self) -> &StepId {
        match self {
            Self::At { step }
            | Self::Waiting { step, .. }
            | Self::WaitingFor { step, .. }
            | Self::Sending { step, .. }
            | Self::Calling { step, .. }
            | Self::Tasked { step, .. }
            | Self::Child { step, .. }
            | Self::Requested { step, .. } => step,
        }
    }
}

/// Why a run ended (SEMANTICS 5.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    /// It reached the end of its steps.
    Completed,
    /// It reached a goal that exits.
    Goal,
    /// An exit condition held.
    ExitCondition,
    /// It came to an exit step, or to a blocked message with `on_blocked: exit`.
    ExitStep,
    /// The contact unsubscribed from the workflow's category.
    Unsubscribed,
    /// A person removed it.
    RemovedByHand,
    /// A new run of the same key took its place.
    Replaced,
    /// A publish moved the contact out.
    MigratedOut,
    /// It could not go on.
    Failed,
}

impl EndReason {
    /// All reasons, in the order of SEMANTICS 5.3.
    pub const ALL: [Self; 9] = [
        Self::Completed,
        Self::Goal,
        Self::ExitCondition,
        Self::ExitStep,
        Self::Unsubscribed,
        Self::RemovedByHand,
        Self::Replaced,
        Self::MigratedOut,
        Self::Failed,
    ];

    /// Its name in records, counters and test files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::Goal => "goal",
            Self::ExitCondition => "exit_condition",
            Self::ExitStep => "exit_step",
            Self::Unsubscribed => "unsubscribed",
            Self::RemovedByHand => "removed_by_hand",
            Self::Replaced => "replaced",
            Self::MigratedOut => "migrated_out",
            Self::Failed => "failed",
        }
    }

    /// The reason of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == name)
    }
}

/// What is kept of an ended run whose goals may still be reached: windows outlive the run (SEMANTICS 5.2).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClosedRun {
    /// Its id.
    pub id: RunId,
    /// The workflow.
    pub workflow: WorkflowName,
    /// The version that gets the credit.
    pub version: u32,
    /// Its key.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub key: String,
    /// When it began: goal windows count from here.
    pub entered_at: Timestamp,
    /// When the event that triggered it occurred, if that was before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occurred_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Timestamp,
    /// Why.
    pub reason: EndReason,
    /// The data it was entered with: goals may ask for it.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub trigger: Map<String, Value>,
    /// The goals that it has reached.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub goals: Vec<String>,
    /// Its variables: goals may ask for them.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub variables: Map<String, Value>,
    /// The variants that it went through.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub variants: BTreeMap<String, String>,
    /// Whether the contact was held out.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ghost: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_has_one_name_however_it_is_written() {
        for reason in EndReason::ALL {
            assert_eq!(serde_json::to_value(reason).unwrap(), reason.as_str());
            assert_eq!(EndReason::named(reason.as_str()), Some(reason));
        }
    }
}
