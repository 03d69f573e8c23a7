//! The outbox: what is to be handed to providers, written before it is acted on.

use wend_domain::id::{Channel, ContactId, MessageId, WorkspaceId};
use wend_domain::time::Timestamp;

use crate::error::Error;
use crate::open::Store;

/// A message to hand to a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewOutbox {
    /// The message.
    pub message: MessageId,
    /// To whom.
    pub contact: ContactId,
    /// How it goes.
    pub channel: Channel,
    /// From when on it may be attempted.
    pub due_at: Timestamp,
    /// Past this it is not attempted any more.
    pub expires_at: Option<Timestamp>,
    /// What was rendered.
    pub payload_json: String,
}

/// A message that this node has claimed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxRow {
    /// Whose.
    pub workspace: WorkspaceId,
    /// The message.
    pub message: MessageId,
    /// To whom.
    pub contact: ContactId,
    /// How it goes.
    pub channel: Channel,
    /// How often it was claimed, this time included.
    pub attempts: u32,
    /// From when on it might be attempted.
    pub due_at: Timestamp,
    /// Past this it is not attempted any more.
    pub expires_at: Option<Timestamp>,
    /// What was rendered.
    pub payload_json: String,
}

impl Store {
    /// Claims pending rows that are due, earliest first, of all workspaces: from now on this node attempts them.
    pub async fn claim_outbox(&self, _at: Timestamp, _limit: usize) -> Result<Vec<OutboxRow>, Error> {
        Err(Error::internal("not reachable yet"))
    }

    /// When the earliest pending row is due.
    pub async fn next_outbox_due(&self) -> Result<Option<Timestamp>, Error> {
        Err(Error::internal("not reachable yet"))
    }

    /// Takes over attempts of nodes that are gone: nobody knows what became of them.
    pub async fn orphaned_attempts(&self, _limit: usize) -> Result<Vec<OutboxRow>, Error> {
        Err(Error::internal("not reachable yet"))
    }
}
