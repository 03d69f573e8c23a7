//! The outside, as the engine sees it: somebody who carries one message and says how it went.

use std::pin::Pin;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use wend_domain::id::{Channel, MessageId, WorkspaceId};
use wend_domain::input::{Answered, Outcome};
use wend_render::Rendered;

/// Carries rendered messages to providers.
pub trait Courier: Send + Sync {
    /// Whether the channel's provider takes the same key only once (SEMANTICS 8.4).
    fn honours_keys(&self, channel: &Channel) -> bool;

    /// Whether the channel is configured at all.
    fn usable(&self, channel: &Channel) -> bool;

    /// Makes one attempt at a webhook step's call. A courier that makes no calls refuses all of them.
    fn call(&self, request: WebRequest) -> Pin<Box<dyn Future<Output = WebReply> + Send + '_>> {
        drop(request);
        let reply = "calls of other systems are not configured".to_owned();
        let outcome = Outcome::Permanent { reply, suppress: false };
        Box::pin(std::future::ready(WebReply { outcome, answer: None }))
    }

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

/// One call of another system, secrets and all: it can't be printed.
#[expect(missing_debug_implementations, reason = "secrets are in it")]
pub struct WebRequest {
    /// Whose it is.
    pub workspace: WorkspaceId,
    /// Which one; the other system gets it as its key.
    pub message: MessageId,
    /// The number of the attempt, from 1.
    pub attempt: u32,
    /// `GET`, `POST`, `PUT`, `PATCH` or `DELETE`.
    pub method: String,
    /// The whole URL.
    pub url: String,
    /// Names and values.
    pub headers: Vec<(String, String)>,
    /// What is sent along.
    pub body: Option<String>,
    /// How long it may take.
    pub timeout: Duration,
}

/// How an attempt at a call went.
#[derive(Debug, Clone, PartialEq)]
pub struct WebReply {
    /// What to do next.
    pub outcome: Outcome,
    /// What the other system answered, if it did.
    pub answer: Option<Answered>,
}

/// What the outbox keeps of a message: where it goes and what was rendered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payload {
    /// Where it goes.
    pub address: String,
    /// What was rendered.
    pub content: Rendered,
}
