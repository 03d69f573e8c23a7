//! From the objects of a call to events, through the one parser of events, so that the same limits hold.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};
use wend_domain::event::{Event, EventKind};
use wend_domain::hook::{Hook, Mapped};
use wend_domain::id::digest;
use wend_domain::time::Timestamp;

use crate::collect::hooks::body::Objects;
use crate::ingest::{Bad, Endpoint, Envelope, bounded, event, kept};

/// Below this a number is a time in seconds, from there on in milliseconds: as seconds it is the year 5138.
const SECONDS_BELOW: f64 = 1e11;

/// How many bytes of the hash of a body its message id has.
const HASH_BYTES: usize = 16;

/// What a call holds.
#[derive(Debug, Default)]
pub(super) struct Read {
    /// The events, in the order in which they came.
    pub events: Vec<Event>,
    /// What could not be read, and why.
    pub bad: Vec<Bad>,
    /// How many objects the hook isn't meant for.
    pub ignored: usize,
}

/// Reads the objects of a call.
pub(super) fn read(hook: &Hook, bodies: Objects, at: Timestamp) -> Read {
    let mut read = Read::default();
    for (index, body) in bodies.into_iter().enumerate() {
        let body = match body {
            Ok(body) => body,
            Err((why, text)) => {
                let reason = bounded(&format!("the hook `{}`: {why}", hook.name));
                read.bad.push(Bad { index, event_json: kept(&text), reason });
                continue;
            }
        };
        let Some(mapped) = hook.read(&body, at) else {
            read.ignored += 1;
            continue;
        };
        match events(hook, &body, mapped, at) {
            Ok(events) => read.events.extend(events),
            Err((reason, call)) => {
                let reason = bounded(&format!("the hook `{}`: {reason}", hook.name));
                let event_json = kept(&with_body(call, hook, &body));
                read.bad.push(Bad { index, event_json, reason });
            }
        }
    }
    read
}

/// The events of one object: what happened, and before it what is known of the person from now on.
fn events(
    hook: &Hook,
    body: &Map<String, Value>,
    mapped: Mapped,
    at: Timestamp,
) -> Result<Vec<Event>, (String, Map<String, Value>)> {
    let Mapped { user_id, anonymous_id, message_id, occurred_at, properties, traits } = mapped;
    let id = stable_id(hook, body, message_id.as_ref());
    let is_nobody = [&user_id, &anonymous_id].into_iter().all(|id| id.as_ref().is_none_or(is_blank));
    let mut call = Map::from_iter([("messageId".to_owned(), Value::from(id.as_str()))]);
    call.extend(user_id.map(|id| ("userId".to_owned(), id)));
    call.extend(anonymous_id.map(|id| ("anonymousId".to_owned(), id)));
    let timestamp = occurred_at.as_ref().filter(|value| !is_blank(value)).map(instant);
    if let Some(Ok(timestamp)) = &timestamp {
        call.insert("timestamp".to_owned(), Value::from(timestamp.as_str()));
    }
    let mut identify = call.clone();
    call.extend([
        ("type".to_owned(), Value::from("track")),
        ("event".to_owned(), Value::from(hook.event.as_str())),
        ("properties".to_owned(), Value::Object(properties)),
    ]);
    if is_nobody {
        return Err((nobody(hook), call));
    }
    if let Some(Err(why)) = timestamp {
        return Err((why, call));
    }
    let mut events = Vec::new();
    if !traits.is_empty() {
        identify.extend([
            ("type".to_owned(), Value::from("identify")),
            ("messageId".to_owned(), Value::from(format!("{id}:traits"))),
            ("traits".to_owned(), Value::Object(traits)),
        ]);
        match parsed(EventKind::Identify, &identify, at) {
            Ok(event) => events.push(event),
            Err(reason) => return Err((reason, call)),
        }
    }
    match parsed(EventKind::Track, &call, at) {
        Ok(event) => events.push(event),
        Err(mut reason) => {
            if hook.properties.is_none() {
                let _ = write!(reason, "; the hook's `properties` can name what is needed of a large body");
            }
            return Err((reason, call));
        }
    }
    Ok(events)
}

fn parsed(kind: EventKind, call: &Map<String, Value>, at: Timestamp) -> Result<Event, String> {
    let envelope =
        Envelope { endpoint: Endpoint::Single(kind), received_at: at, sent_at: None, anonymous_id: None };
    event::parse(&json!(call).to_string(), 0, &envelope)
}

/// The same for the same call, however often it comes.
fn stable_id(hook: &Hook, body: &Map<String, Value>, given: Option<&Value>) -> String {
    let given = match given {
        Some(Value::String(text)) if !text.trim().is_empty() => Some(text.clone()),
        Some(Value::Number(number)) => Some(number.to_string()),
        _ => None,
    };
    let id = given.unwrap_or_else(|| {
        let hash = digest("hook body", &[json!(body).to_string().as_bytes()]);
        hash[..HASH_BYTES].iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    });
    format!("{}:{id}", hook.name)
}

/// Null and blank texts count as absent, as in events.
fn is_blank(value: &Value) -> bool {
    value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty())
}

fn nobody(hook: &Hook) -> String {
    let paths = [&hook.user_id, &hook.anonymous_id].into_iter().flatten();
    let paths: Vec<String> = paths.map(|path| format!("`{path}`")).collect();
    format!("nobody is named: there is nothing at {}", paths.join(" or "))
}

/// A time as other systems write it, as events have it.
fn instant(value: &Value) -> Result<String, String> {
    let number = match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse::<f64>().ok(),
        _ => None,
    };
    let Some(number) = number.filter(|number| number.is_finite()) else {
        return match value {
            Value::String(text) => Ok(text.clone()),
            other => {
                Err(format!("its time is {other}; expected RFC 3339, or seconds or milliseconds since 1970"))
            }
        };
    };
    let millis = if number.abs() < SECONDS_BELOW { number * 1_000.0 } else { number };
    Ok(Timestamp::from_millis(millis.round() as i64).to_string())
}

/// A refused call with what the other system sent, so that it can be mended and sent again.
fn with_body(mut call: Map<String, Value>, hook: &Hook, body: &Map<String, Value>) -> String {
    if hook.properties.is_some() {
        call.insert("hook".to_owned(), json!({ "name": hook.name, "body": body }));
    }
    Value::Object(call).to_string()
}

#[cfg(test)]
mod tests;
