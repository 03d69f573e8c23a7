//! What comes out of a decision, as values: the shell commits them, then acts.

use serde::Serialize;
use serde_json::Value;

use crate::event::Event;
use crate::id::{Channel, MessageId, TemplateName};
use crate::message::Message;
use crate::time::Timestamp;

/// One thing for the shell to do.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Render a message now; [`NewsKind::Rendered`](crate::input::NewsKind::Rendered) or `RenderFailed` is the answer, as
    /// the next input of the same contact, in the same transaction.
    Render(Box<Render>),
    /// The contact's own next input of the same transaction: an event that a step emitted.
    ///
    /// [`take`](crate::advance::take) feeds it back by itself; nothing is left for the shell to do.
    Emit {
        /// The event.
        event: Box<Event>,
        /// Its hop.
        hop: u32,
    },
    /// Put the rendered message into the outbox.
    Dispatch {
        /// Which one.
        message: MessageId,
        /// From when on it may be attempted.
        due_at: Timestamp,
        /// Past this it must not be attempted.
        expires_at: Option<Timestamp>,
    },
    /// Try the message in the outbox again.
    Retry {
        /// Which one.
        message: MessageId,
        /// When.
        due_at: Timestamp,
    },
    /// Take the message out of the outbox unless it is being attempted (SEMANTICS 5.1, 7.13).
    Cancel {
        /// Which one.
        message: MessageId,
    },
    /// The message is done with: its outbox row goes.
    Settle {
        /// Which one.
        message: MessageId,
    },
    /// The message has a new state: lists of messages show it.
    Show(Box<Message>),
    /// Add to a counter.
    Count {
        /// Its name, such as `entered:cart-rescue`.
        counter: String,
        /// By how much.
        by: i64,
    },
}

/// What it takes to render a message.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Render {
    /// Which message.
    pub message: MessageId,
    /// On which channel.
    pub channel: Channel,
    /// With which template.
    pub template: TemplateName,
    /// To which address.
    pub address: String,
    /// What the template can read: `contact`, `trigger`, `workflow`, `message`.
    pub context: Value,
    /// The zone in which the template shows times.
    pub zone: String,
    /// When.
    pub at: Timestamp,
    /// How many hops the intent is from what a client or person did; the answer is as many (SEMANTICS 3.14).
    pub hop: u32,
}
