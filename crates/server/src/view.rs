//! What the API shows of contacts, messages and records: stable shapes, all times as RFC 3339 in UTC.
//!
//! **Invariant.** A view only renames and rearranges: nothing is decided here.

pub mod contact;
pub(crate) mod import;
pub mod input;
pub mod message;
pub mod record;
pub(crate) mod rollout;

use serde_json::{Map, Value};
use wend_domain::time::Timestamp;

/// An instant as the API shows it.
pub(crate) fn shown(at: Timestamp) -> String {
    at.to_string()
}

/// The members of our documents that are instants, kept as milliseconds.
const INSTANTS: [&str; 9] =
    ["may_change_at", "until", "at", "deadline", "date", "occurred_at", "expires_at", "due_at", "since"];

/// Shows the instants among an object's members as RFC 3339.
pub(crate) fn with_instants_shown(mut object: Map<String, Value>) -> Map<String, Value> {
    for (name, value) in &mut object {
        if INSTANTS.contains(&name.as_str())
            && let Some(millis) = value.as_i64()
        {
            *value = Value::from(shown(Timestamp::from_millis(millis)));
        }
    }
    object
}

/// Shows every instant in a document as RFC 3339, however deep it stands.
pub(crate) fn show_instants(document: &mut Value) {
    match document {
        Value::Object(members) => {
            *members = with_instants_shown(std::mem::take(members));
            members.values_mut().for_each(show_instants);
        }
        Value::Array(items) => items.iter_mut().for_each(show_instants),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// A document of ours as a JSON object.
pub(crate) fn object(document: &impl serde::Serialize) -> Map<String, Value> {
    match serde_json::to_value(document) {
        Ok(Value::Object(object)) => object,
        Ok(other) => Map::from_iter([("is".to_owned(), other)]),
        Err(_) => Map::new(),
    }
}
