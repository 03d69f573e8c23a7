//! When an event happened, as far as its client's clock can be believed.

use serde_json::Value;
use wend_domain::time::Timestamp;

/// When an event occurred: the client's time, moved by how far its clock was off when it sent.
///
/// Without `sent` the client's time holds; without `original` the event occurred when it was received.
pub fn occurred_at(original: Option<Timestamp>, sent: Option<Timestamp>, received: Timestamp) -> Timestamp {
    match (original, sent) {
        (Some(original), Some(sent)) => received - sent.since(original),
        (Some(original), None) => original,
        (None, _) => received,
    }
}

/// Reads an instant the way clients write them; `None` if it isn't one.
///
/// RFC 3339 with any offset; without an offset, as UTC; a date alone, as its first instant in UTC; a whole number, as
/// milliseconds since 1970.
pub fn instant(value: &Value) -> Option<Timestamp> {
    match value {
        Value::String(text) => {
            let text = text.trim();
            Timestamp::parse(text).or_else(|| {
                let local: jiff::civil::DateTime = text.parse().ok()?;
                let zoned = local.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
                Some(Timestamp::from_jiff(zoned.timestamp()))
            })
        }
        Value::Number(number) => number.as_i64().map(Timestamp::from_millis),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests;
