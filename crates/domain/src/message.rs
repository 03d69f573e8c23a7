//! Messages as a contact's ledger keeps them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::id::{Category, Channel, ContactId, MessageId, RunId, StepId, TemplateName, WorkflowName};
use crate::limits::LATE_MS;
use crate::predicate::Engagement;
use crate::report::Reported;
use crate::time::{Period, Timestamp};

/// One message to one contact, from the intent on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// Its id: a hash of run, step and visit (SEMANTICS 8.1).
    pub id: MessageId,
    /// Whom it is for.
    #[serde(default, skip_serializing_if = "MessageKind::is_send")]
    pub kind: MessageKind,
    /// The contact for whom it was wanted, if that one has become part of this one: its rows are kept under it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<ContactId>,
    /// The run that wants it.
    pub run: RunId,
    /// The workflow.
    pub workflow: WorkflowName,
    /// Its version.
    pub version: u32,
    /// The step.
    pub step: StepId,
    /// The channel.
    pub channel: Channel,
    /// The category.
    pub category: Category,
    /// Whether it skips marketing rules (SEMANTICS 7.12).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub transactional: bool,
    /// The template.
    pub template: TemplateName,
    /// The template's content at release (SEMANTICS 7.4).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub content_hash: String,
    /// Where it goes.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub address: String,
    /// When the step wanted it.
    pub intent_at: Timestamp,
    /// The instant for which room is reserved in caps; none if none is held (SEMANTICS 7.9).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reserved_at: Option<Timestamp>,
    /// Past this it is not sent any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// How often it was handed to a provider.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub attempts: u32,
    /// Whether an attempt may have delivered it, and it is to be tried again: whatever keeps that from happening, it is
    /// uncertain (SEMANTICS 8.4).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub may_have_gone: bool,
    /// How many hops its release was from what a client or person did: what its provider answers is as many (SEMANTICS
    /// 3.14).
    #[serde(default, skip_serializing_if = "is_zero")]
    pub hop: u32,
    /// The sender that carried it, once one took it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub sender: String,
    /// What its provider calls it, if it told: webhooks name it so.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub provider_id: String,
    /// What has become of it.
    pub state: MessageState,
    /// When it took that state.
    pub state_at: Timestamp,
    /// What has happened since, and when first.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub engagement: BTreeMap<Engagement, Timestamp>,
    /// The links that were clicked, in the order of their first clicks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<String>,
    /// What was reported of it besides: machines, bounces.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reported: Option<Box<Reported>>,
    /// Whether the contact is held out: it takes room only among messages that would have gone (SEMANTICS 7.8).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ghost: bool,
}

/// Whom a message is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum MessageKind {
    /// The contact: policies and consent speak of it.
    #[default]
    Send,
    /// Another system: a webhook call. It goes through the same outbox, with the same key and the same attempts.
    Call,
    /// A colleague: a task.
    Task,
}

impl MessageKind {
    /// Whether it is for the contact.
    pub fn is_send(&self) -> bool {
        *self == Self::Send
    }

    /// Its name in counters.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Send => "message",
            Self::Call => "call",
            Self::Task => "task",
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's skip_serializing_if wants a reference")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// Whether a message with this expiry must not be attempted any more (SEMANTICS 2.7, 7.7).
pub fn is_expired(expires_at: Option<Timestamp>, at: Timestamp) -> bool {
    expires_at.is_some_and(|expires_at| expires_at <= at)
}

/// Whether a message that was due then is so late that it meets everything that can stop it again (SEMANTICS 7.13).
pub fn is_late(due_at: Timestamp, at: Timestamp) -> bool {
    at.since(due_at) >= Period::from_millis(LATE_MS)
}

/// What has become of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "is")]
pub enum MessageState {
    /// Deferred by policies to this instant; room is reserved.
    Scheduled {
        /// When.
        until: Timestamp,
    },
    /// In the holding window of its channel, at whose close one of several goes (SEMANTICS 7.11).
    Held {
        /// The close.
        until: Timestamp,
    },
    /// Asked to be rendered, in the same transaction or soon after.
    Rendering,
    /// Rendered and in the outbox: released.
    Pending {
        /// From when on it may be attempted.
        due_at: Timestamp,
    },
    /// The provider took it.
    Sent,
    /// A policy stopped it.
    Blocked {
        /// The rule of SEMANTICS, such as `7.3`.
        rule: String,
        /// What stopped it, with the numbers.
        why: String,
    },
    /// It was not sent before it expired.
    Expired,
    /// It was taken back before any attempt: the run ended or the contact opted out.
    Cancelled {
        /// Why.
        why: String,
    },
    /// It failed for good.
    Failed {
        /// The template's error or the provider's words.
        why: String,
    },
    /// It would have gone, but the contact is held out (SEMANTICS 7.8).
    Ghost,
    /// A task that waits for a person.
    Open,
    /// Whether it was sent is unknown, and it will not be tried again (SEMANTICS 8.4).
    Uncertain {
        /// What happened.
        why: String,
    },
}

impl MessageState {
    /// Its name in tables, filters and screens.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Scheduled { .. } => "scheduled",
            Self::Held { .. } => "held",
            Self::Rendering => "rendering",
            Self::Pending { .. } => "pending",
            Self::Sent => "sent",
            Self::Blocked { .. } => "blocked",
            Self::Expired => "expired",
            Self::Cancelled { .. } => "cancelled",
            Self::Failed { .. } => "failed",
            Self::Ghost => "ghost",
            Self::Open => "open",
            Self::Uncertain { .. } => "uncertain",
        }
    }

    /// The names of all states, for filters and their documentation.
    pub const NAMES: [&'static str; 12] = [
        "scheduled",
        "held",
        "rendering",
        "pending",
        "sent",
        "blocked",
        "expired",
        "cancelled",
        "failed",
        "ghost",
        "open",
        "uncertain",
    ];

    /// Whether nothing more will happen to it by itself.
    pub fn is_settled(&self) -> bool {
        match self {
            Self::Scheduled { .. }
            | Self::Held { .. }
            | Self::Rendering
            | Self::Pending { .. }
            | Self::Open => false,
            Self::Sent
            | Self::Blocked { .. }
            | Self::Expired
            | Self::Cancelled { .. }
            | Self::Failed { .. }
            | Self::Ghost
            | Self::Uncertain { .. } => true,
        }
    }
}
