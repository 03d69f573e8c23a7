//! What a caller of the engine may have to decide by.

/// After how many seconds a client should try again when a queue is full.
pub const OVERLOADED_RETRY_AFTER_S: u32 = 1;

/// After how many seconds a client should try again when the database is away.
pub const UNAVAILABLE_RETRY_AFTER_S: u32 = 5;

/// Why events were not accepted: none of them was, and the client should send all of them again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IngestError {
    /// More comes in than can be taken.
    #[error("the input queue is full: try again in {retry_after_s} s")]
    Overloaded {
        /// When to try again.
        retry_after_s: u32,
    },
    /// The database is away.
    #[error("events cannot be kept now ({what}): try again in {retry_after_s} s")]
    Unavailable {
        /// What happened.
        what: String,
        /// When to try again.
        retry_after_s: u32,
    },
    /// This process is about to end.
    #[error("wend is stopping: try again")]
    Stopping,
}

impl IngestError {
    pub(crate) fn overloaded() -> Self {
        Self::Overloaded { retry_after_s: OVERLOADED_RETRY_AFTER_S }
    }

    pub(crate) fn unavailable(what: impl Into<String>) -> Self {
        Self::Unavailable { what: what.into(), retry_after_s: UNAVAILABLE_RETRY_AFTER_S }
    }
}

/// Why a command was not carried out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CommandError {
    /// There is no such contact.
    #[error("there is no such contact")]
    NoSuchContact,
    /// It waits in the contact's inbox, behind inputs that are taken first.
    #[error("accepted, and queued behind earlier inputs of the contact")]
    Queued,
    /// It could not be processed; it is kept with the contact's stuck inputs.
    #[error("it could not be processed and is kept with the contact's stuck inputs: {why}")]
    Stuck {
        /// Why.
        why: String,
    },
    /// It was not accepted; the same reasons as for events.
    #[error(transparent)]
    NotAccepted(#[from] IngestError),
}
