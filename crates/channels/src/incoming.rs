//! What comes back from outside: mail that bounced or was answered, and what providers tell by webhook, read into the
//! one set of reports that the rules know.
//!
//! Read in this order: [`mail`] (bounces, complaints, answers), [`webhook`] (providers).
//!
//! **Invariants**
//! - Nothing in here panics, whatever the bytes are; everything that is kept is bounded.
//! - What a webhook says is looked at only after its signature over the raw bytes is good.

pub mod mail;
pub mod webhook;
