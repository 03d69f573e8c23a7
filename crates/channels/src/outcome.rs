//! What became of one attempt to hand a message over.

/// The answer to one attempt, as far as it can be known.
///
/// The engine decides by the variant alone (SEMANTICS section 8); the texts are for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The provider took responsibility for the message.
    Accepted {
        /// The provider's words, often with its own id of the message.
        reply: String,
    },
    /// The message was certainly not taken, and a later attempt may succeed.
    Temporary {
        /// The provider's words, or ours when it never answered.
        reply: String,
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

impl Outcome {
    /// A refusal that says nothing bad about the address.
    pub(crate) fn unfit(reply: impl Into<String>) -> Self {
        Self::Permanent { reply: reply.into(), suppress: false }
    }

    /// A failure before the message could have been taken.
    pub(crate) fn temporary(reply: impl Into<String>) -> Self {
        Self::Temporary { reply: reply.into() }
    }
}
