//! The outside, as the engine sees it: somebody who carries one message and says how it went.

use std::pin::Pin;

use serde::{Deserialize, Serialize};
use wend_domain::id::{Channel, MessageId, WorkspaceId};
use wend_domain::input::Outcome;
use wend_render::Rendered;

/// Carries rendered messages to providers.
pub trait Courier: Send + Sync {
    /// Whether the channel's provider takes the same key only once (SEMANTICS 8.4).
    fn honours_keys(&self, channel: &Channel) -> bool;

    /// Whether the channel is configured at all.
    fn usable(&self, channel: &Channel) -> bool;

    /// Makes one attempt. A channel that isn't usable is a permanent failure that says nothing bad of the address.
    fn send<'a>(&'a self, parcel: &'a Parcel) -> Pin<Box<dyn Future<Output = Outcome> + Send + 'a>>;
}

/// One message, ready to be carried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parcel {
    /// Whose it is.
    pub workspace: WorkspaceId,
    /// Which one; providers get it as their key.
    pub message: MessageId,
    /// How it goes.
    pub channel: Channel,
    /// Where it goes.
    pub address: String,
    /// The number of the attempt, from 1.
    pub attempt: u32,
    /// What is in it.
    pub content: Rendered,
}

/// What the outbox keeps of a message: where it goes and what was rendered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payload {
    /// Where it goes.
    pub address: String,
    /// What was rendered.
    pub content: Rendered,
}
