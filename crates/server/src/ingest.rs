//! From the bytes that a client sent to events, and to what is wrong with those that aren't: pure.
//!
//! Read in this order: [`body`] (bytes to text), [`split`] (text to members, without judging them), [`event`] (one
//! event's text to an event, or the reason why not), `context` (what of its surroundings is kept), [`time`] (when it
//! happened), [`limits`].
//!
//! **Invariants.** One bad event never fails its batch. Nothing here reads a clock or the network: the same request,
//! received at the same instant, always gives the same events, so that a retry counts once.

pub mod body;
mod context;
pub mod event;
pub mod limits;
pub mod split;
pub mod time;

use serde_json::Value;
use wend_domain::event::{Event, EventKind};
use wend_domain::time::Timestamp;

use crate::ingest::body::BodyError;
use crate::ingest::limits::{BATCH_EVENTS_MAX, QUARANTINED_BYTES_MAX, REASON_CHARS_MAX};

/// What an endpoint takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Endpoint {
    /// One event of one kind.
    Single(EventKind),
    /// Many events, each with its `type`.
    Batch {
        /// Whether they are history that triggers nothing (SEMANTICS 2.1).
        imported: bool,
    },
}

/// A request as it came in, as far as events depend on it.
#[derive(Debug, Clone, Copy)]
pub struct Arrival<'a> {
    /// Where it came in.
    pub endpoint: Endpoint,
    /// When.
    pub received_at: Timestamp,
    /// The header `SentAt`.
    pub sent_at: Option<&'a str>,
    /// The header `AnonymousId`, decoded: it counts for events that name nobody.
    pub anonymous_id: Option<&'a str>,
    /// The body as it was sent.
    pub body: &'a [u8],
}

/// What a request holds.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Parsed {
    /// The write key in the body, for clients that send none elsewhere.
    pub write_key: Option<String>,
    /// The events, in the order in which they were sent.
    pub events: Vec<Event>,
    /// What isn't an event, and why.
    pub bad: Vec<Bad>,
}

/// Something that was sent and is no event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bad {
    /// Its place in the batch, from 0.
    pub index: usize,
    /// What was sent: its JSON, or a JSON string of its beginning if it isn't JSON or too large.
    pub event_json: String,
    /// What is wrong with it, and how to mend it.
    pub reason: String,
}

/// A request that as a whole can't be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// It is larger than the limits allow.
    #[error("{0}")]
    TooLarge(String),
    /// It has no events that could be told apart.
    #[error("{0}")]
    Malformed(String),
}

/// What the members around a batch say of all its events.
pub(crate) struct Envelope<'a> {
    pub endpoint: Endpoint,
    pub received_at: Timestamp,
    pub sent_at: Option<Timestamp>,
    pub anonymous_id: Option<&'a str>,
}

/// Reads a request.
pub fn parse(arrival: &Arrival<'_>) -> Result<Parsed, Unreadable> {
    let text = body::text(arrival.body).map_err(|error| match error {
        BodyError::TooLarge => Unreadable::TooLarge(error.to_string()),
        BodyError::BadGzip(_) => Unreadable::Malformed(error.to_string()),
    })?;
    let members = split::object(&text).map_err(|error| {
        Unreadable::Malformed(format!("the body is not a JSON object (plain or gzip): {error}"))
    })?;
    // The last one wins, as in other JSON parsers.
    let member = |name: &str| members.iter().rev().find(|(key, _)| *key == name).map(|(_, text)| *text);
    let value = |name: &str| member(name).and_then(|text| serde_json::from_str::<Value>(text).ok());
    let envelope = Envelope {
        endpoint: arrival.endpoint,
        received_at: arrival.received_at,
        sent_at: value("sentAt")
            .as_ref()
            .and_then(time::instant)
            .or_else(|| time::instant(&Value::from(arrival.sent_at?))),
        anonymous_id: arrival.anonymous_id,
    };
    let write_key = value("writeKey").and_then(|key| key.as_str().map(str::to_owned));
    let mut parsed = Parsed { write_key, ..Parsed::default() };
    for (index, text) in events(arrival.endpoint, &text, member("batch"))?.into_iter().enumerate() {
        match event::parse(text, index, &envelope) {
            Ok(event) => parsed.events.push(event),
            Err(reason) => {
                let event_json = event::with_type(&kept(text), arrival.endpoint);
                parsed.bad.push(Bad { index, event_json, reason: bounded(&reason) });
            }
        }
    }
    Ok(parsed)
}

/// The texts of a request's events.
fn events<'a>(endpoint: Endpoint, body: &'a str, batch: Option<&'a str>) -> Result<Vec<&'a str>, Unreadable> {
    if let Endpoint::Single(_) = endpoint {
        return Ok(vec![body.trim()]);
    }
    let batch = batch.ok_or_else(|| {
        Unreadable::Malformed("the body has no `batch`: expected {\"batch\": [ … ]}".to_owned())
    })?;
    let events = split::array(batch, BATCH_EVENTS_MAX)
        .map_err(|error| Unreadable::Malformed(format!("`batch` is not an array: {error}")))?;
    if events.len() > BATCH_EVENTS_MAX {
        return Err(Unreadable::TooLarge(format!("the batch has more than {BATCH_EVENTS_MAX} events")));
    }
    Ok(events)
}

/// What is kept of something refused: its JSON if it is JSON and not too large, else a JSON string of its beginning.
pub fn kept(text: &str) -> String {
    let is_json =
        text.len() <= QUARANTINED_BYTES_MAX && serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok();
    if is_json {
        return text.to_owned();
    }
    let end = text.floor_char_boundary(QUARANTINED_BYTES_MAX);
    Value::from(&text[..end]).to_string()
}

/// A reason that quotes what was sent stays short.
pub(crate) fn bounded(reason: &str) -> String {
    match reason.char_indices().nth(REASON_CHARS_MAX) {
        Some((end, _)) => format!("{}…", &reason[..end]),
        None => reason.to_owned(),
    }
}

#[cfg(test)]
mod tests;
