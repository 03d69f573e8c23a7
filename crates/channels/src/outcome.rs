//! What became of one attempt to hand a message over.

use std::time::Duration;

/// The answer to one attempt, as far as it can be known.
///
/// The engine decides by the variant alone (SEMANTICS section 8); the texts are for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The provider took responsibility for the message.
    Accepted {
        /// The provider's words.
        reply: String,
        /// What the provider calls the message from now on: its webhooks name it so.
        id: Option<String>,
    },
    /// The message was certainly not taken, and a later attempt may succeed.
    Temporary {
        /// The provider's words, or ours when it never answered.
        reply: String,
        /// Whose doing it is: whether another provider may be asked at once.
        fault: Fault,
        /// How long the provider asks us to wait.
        retry_after: Option<Duration>,
    },
    /// The message was certainly not taken, and no later attempt would be.
    Permanent {
        /// The provider's words, or ours when the message itself is unfit.
        reply: String,
        /// Whether the address itself is bad, so that nothing should be sent to it again.
        suppress: bool,
    },
    /// The message may or may not have been taken: the answer was lost.
    Unknown {
        /// What happened instead of an answer.
        what: String,
    },
}

/// Whose doing it is that a message wasn't taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The message's or its recipient's: another provider would say the same.
    Message,
    /// The provider's: it is away, broken, or doesn't know us.
    Provider,
    /// Ours: we ask more of it than it takes.
    Haste,
}

impl Outcome {
    /// A refusal that says nothing bad about the address.
    pub(crate) fn unfit(reply: impl Into<String>) -> Self {
        Self::Permanent { reply: reply.into(), suppress: false }
    }

    /// A failure before the message could have been taken, by the provider's fault.
    pub(crate) fn temporary(reply: impl Into<String>) -> Self {
        Self::Temporary { reply: reply.into(), fault: Fault::Provider, retry_after: None }
    }

    /// A refusal of this message for now.
    pub(crate) fn not_now(reply: impl Into<String>) -> Self {
        Self::Temporary { reply: reply.into(), fault: Fault::Message, retry_after: None }
    }
}
