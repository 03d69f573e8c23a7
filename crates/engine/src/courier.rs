//! The outside, as the engine sees it: somebody who carries one message and says how it went.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use wend_domain::id::{Channel, MessageId, WorkspaceId};
use wend_domain::input::{Answered, Outcome, Receipt};
use wend_domain::report::Report;
use wend_domain::sending::gate::RoomWanted;
use wend_domain::sending::records::Judged;
use wend_domain::time::{Period, Timestamp};
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
        Box::pin(std::future::ready(WebReply { outcome, answer: None, retry_after: None }))
    }

    /// Reads what a provider tells by webhook, if the call proves that it comes from there. A courier without providers
    /// reads nothing.
    fn read_told(&self, call: ProviderCall) -> Telling<'_> {
        Box::pin(std::future::ready(Err(NotTold::NoSuchProvider(call.provider))))
    }

    /// Makes one attempt. A channel that isn't usable is a permanent failure that says nothing bad of the address.
    fn send<'a>(&'a self, parcel: &'a Parcel) -> Pin<Box<dyn Future<Output = Outcome> + Send + 'a>>;

    /// Makes one attempt, or says that it can't be made now; one who never has to wait only sends.
    fn carry<'a>(&'a self, parcel: &'a Parcel) -> Pin<Box<dyn Future<Output = Carried> + Send + 'a>> {
        Box::pin(async { Carried::Made(self.send(parcel).await, None) })
    }

    /// Room that senders which are warming up want of the store, which counts it for all nodes.
    fn room_wanted(&self, _at: Timestamp) -> Vec<(String, RoomWanted)> {
        Vec::new()
    }

    /// What the store gave of it.
    fn room_granted(&self, _sender: &str, _wanted: &RoomWanted, _n_granted: u32) {}

    /// Looks for the DNS records that a domain needs before mail from it arrives, or says why it can't.
    fn check_domain<'a>(&'a self, domain: &'a str) -> Checking<'a> {
        let _ = domain;
        Box::pin(std::future::ready(Err("no senders of e-mail are configured here".to_owned())))
    }

    /// How each sender is doing.
    fn senders(&self, _at: Timestamp) -> Vec<SenderView> {
        Vec::new()
    }
}

/// What a provider's call tells, which may take a look at a certificate.
pub type Telling<'a> = Pin<Box<dyn Future<Output = Result<Vec<(MessageId, Report)>, NotTold>> + Send + 'a>>;

/// A look at a domain's DNS records, which takes a while.
pub type Checking<'a> = Pin<Box<dyn Future<Output = Result<Vec<Judged>, String>> + Send + 'a>>;

/// What became of a parcel that was to be carried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Carried {
    /// An attempt was made.
    Made(Outcome, Option<Receipt>),
    /// No attempt was made: nobody may carry it now.
    Wait {
        /// Until when, at the earliest; later than now.
        until: Timestamp,
        /// What holds it.
        why: String,
    },
}

/// How a sender is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SenderView {
    /// What it is called.
    pub name: String,
    /// How it sends: `smtp`, `ses`, and so on.
    pub kind: &'static str,
    /// Senders of a higher tier are only asked when none of a lower one can.
    pub tier: u32,
    /// How often it is the first one asked, within its tier.
    pub weight: u32,
    /// Its circuit breaker: `closed`, `open` or `trying`.
    pub breaker: &'static str,
    /// Until when it is left alone, by its breaker or because the provider asked for a pause.
    pub until: Option<Timestamp>,
    /// The day of its warm-up, from 1, and that day's bound.
    pub warming_up: Option<(u32, u32)>,
    /// How many attempts of this process came to what: `accepted`, `temporary`, `permanent`, `unknown`.
    pub outcomes: BTreeMap<&'static str, u64>,
    /// The last failure in the provider's own words, and when.
    pub failed: Option<(Timestamp, String)>,
}

/// A provider's call, as it came in; its secrets can't be printed.
#[expect(missing_debug_implementations, reason = "secrets are in it")]
pub struct ProviderCall {
    /// The provider's name.
    pub provider: String,
    /// What proves that a call is the provider's; one a line, so that one can follow another.
    pub secrets: String,
    /// The headers by their names in lower case.
    pub headers: Vec<(String, String)>,
    /// The raw bytes.
    pub body: Vec<u8>,
    /// When it came.
    pub at: Timestamp,
}

/// Why a provider's call tells nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotTold {
    /// No such provider is known.
    #[error("there is no provider `{0}`")]
    NoSuchProvider(String),
    /// The call doesn't prove that it comes from the provider.
    #[error("{0}")]
    Unproven(String),
    /// It makes no sense.
    #[error("{0}")]
    Unreadable(String),
    /// What it takes to look at it can't be had now.
    #[error("{0}")]
    NotNow(String),
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
    /// How long it asks us to wait before the next attempt.
    pub retry_after: Option<Period>,
}

/// What the outbox keeps of a message: where it goes and what was rendered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payload {
    /// Where it goes.
    pub address: String,
    /// What was rendered.
    pub content: Rendered,
}
