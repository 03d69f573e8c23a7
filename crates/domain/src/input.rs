//! What may happen to a contact.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::behaviour::PastEvent;
use crate::consent::Answer;
use crate::event::Event;
use crate::id::{Category, Channel, InputId, MessageId, RunId, WorkflowName};
use crate::predicate::Engagement;

/// One input of one contact.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Input {
    /// Its id: ids made while it is processed are hashes of it (SEMANTICS 12.2).
    pub id: InputId,
    /// What happened.
    pub cause: Cause,
    /// The events that were loaded because [`needs`](crate::advance::needs) asked for them; part of the input, so that
    /// a replay sees the same (SEMANTICS 12.2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub history: Option<Vec<PastEvent>>,
    /// Identifiers that were not granted in full (kind, value, why): the record says so (SEMANTICS 13.2).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refused_claims: Vec<(String, String, String)>,
    /// How many hops it is from what a client or person did: an event that a step emits is one deeper than the input
    /// that moved the run (SEMANTICS 3.14).
    #[serde(default, skip_serializing_if = "is_zero")]
    pub hop: u32,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's skip_serializing_if wants a reference")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// The contact did something.
    Event(Box<Event>),
    /// The contact's alarm came due.
    Alarm,
    /// A person or the API asks for something.
    Command(Command),
    /// There is news about a message.
    News(News),
    /// The catalog has a new revision: segments and summaries are brought up to date.
    CatalogChanged,
}

/// What a person or the API asks for (SEMANTICS 11.1).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Command {
    /// Who asks: a key's name, later a person's.
    pub by: String,
    /// Why, in their words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What they want.
    pub order: Order,
}

/// What can be asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// Enter a workflow whose triggers include `api`.
    StartRun {
        /// Which one.
        workflow: WorkflowName,
        /// The trigger's data; the workflow's key is read from it.
        data: Map<String, Value>,
    },
    /// End a run.
    EndRun {
        /// Which one.
        run: RunId,
    },
    /// Answer a question of consent for a channel.
    ChannelConsent {
        /// The channel.
        channel: Channel,
        /// The answer.
        answer: Answer,
    },
    /// Answer a question of consent for a category.
    CategoryConsent {
        /// The category.
        category: Category,
        /// The answer.
        answer: Answer,
    },
    /// Stop using an address, or use it again.
    Suppression {
        /// The channel.
        channel: Channel,
        /// The address.
        address: String,
        /// Whether it is suppressed from now on.
        suppressed: bool,
    },
    /// Try a failed or uncertain message again.
    RequeueMessage {
        /// Which one.
        message: MessageId,
    },
}

/// News about a message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct News {
    /// Which one.
    pub message: MessageId,
    /// What became of it.
    pub what: NewsKind,
}

/// What may become of a message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NewsKind {
    /// It was rendered: its content stands in the outbox when this input's effects do.
    Rendered,
    /// Its template could not be rendered.
    RenderFailed {
        /// The template's name, line, column and what is wrong.
        error: String,
    },
    /// It was handed to the provider, which answered or didn't.
    Attempted {
        /// The number of the attempt, from 1.
        attempt: u32,
        /// How it went.
        outcome: Outcome,
    },
    /// It was found expired at the claim: no attempt was made.
    ExpiredAtClaim,
    /// The contact, or the contact's mailbox, did something with it.
    Engaged(Engagement),
}

/// How an attempt went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The provider took it.
    Accepted {
        /// Its words.
        reply: String,
    },
    /// Certainly not delivered; it may go later.
    Temporary {
        /// The provider's words, or what went wrong.
        reply: String,
    },
    /// It will never go.
    Permanent {
        /// The provider's words.
        reply: String,
        /// Whether the address itself is bad (SEMANTICS 8.3).
        suppress: bool,
    },
    /// It may or may not have been taken (SEMANTICS 8.4).
    Unknown {
        /// What happened: a lost connection, a crash.
        what: String,
    },
}
