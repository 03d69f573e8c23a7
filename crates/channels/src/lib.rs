//! The outside: providers that carry a message to a person, and the inbox that stands in for them
//! while somebody develops.
//!
//! Read in this order: `outcome` (what became of one attempt), `email` (what is sent, and its
//! bytes), `dkim` (how it is signed), `provider` (what every way to send is), `smtp` and `api` (the ways),
//! `senders` (several of them, and which one carries a message), `development` (every other
//! channel, for now), `inbox` (the development inbox that receives both). [`web`] makes the calls that a
//! user can aim; `dns` looks records up; [`http`] begins the HTTP clients whose aim is our own.
//!
//! **Invariants**
//! - One call of `send` is one attempt. Nothing is retried in here once a byte of a message's content
//!   may have left: repeating is the engine's decision (SEMANTICS 8.3 and 8.4).
//! - [`Outcome::Temporary`] is a promise that the message was *not* taken; whenever that isn't certain
//!   the answer is [`Outcome::Unknown`].
//! - Passwords, private keys and message bodies never reach a log, a `Debug` or an error text.
//!
//! **Absent on purpose:** the store, the engine, templates, consent, and any clock: dates come
//! in with the message. Which sender may carry a message and when is decided by `wend_domain::sending`.

mod outcome;

mod email;

mod dkim;

mod provider;

mod smtp;

mod api;

mod batching;

mod senders;

mod dns;

pub mod http;

pub mod web;

mod development;

mod inbox;

mod reception;

pub mod incoming;

mod receiver;

pub use api::options::ApiWords;
pub use api::{Api, ApiKind, ApiOptions, Error as ApiError};
pub use development::{Development, DevelopmentMessage};
pub use dkim::Dkim;
pub use dns::{Dns, DnsError, RecordKind};
pub use email::{Email, Mailbox};
pub use inbox::{Inbox, InboxOptions, Inspect, Remark, RemarkLink, Remarks};
pub use outcome::{Fault, Outcome};
pub use provider::{Doing, MESSAGE_TAG, Provider};
pub use receiver::{Mailroom, Receiver};
pub use senders::{Carried, NewSender, SenderStatus, Senders, SendersError};
pub use smtp::{Smtp, SmtpOptions};
