//! The filter `date`: from what people write as a time to what they want to read.

mod parse;
mod strftime;

pub(super) use strftime::strftime;

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use super::Call;
use crate::error::Fault;
use crate::value::Value;

/// Formats a time; what can't be read as a time is given back unchanged.
pub(super) fn date<'a>(call: &mut Call<'_, 'a>) -> Result<Value<'a>, Fault> {
    let format = call.argument(0).to_text();
    if format.as_str().is_empty() {
        return Ok(call.input.clone());
    }
    let (locale, zone) = (call.locale()?, call.zone()?);
    let is_moved = call.named("zone").is_some();
    Ok(match time_of(&call.input, call.work.now, &zone) {
        Some(time) if is_moved => {
            let time = time.with_time_zone(zone);
            Value::owned(strftime(&time, format.as_str(), locale))
        }
        Some(time) => Value::owned(strftime(&time, format.as_str(), locale)),
        None => call.input.clone(),
    })
}

/// Reads a value as a time; a text that names its own zone stays in it, anything else is in this one.
pub(super) fn time_of(value: &Value<'_>, now: Timestamp, zone: &TimeZone) -> Option<Zoned> {
    let from_seconds = |seconds| Timestamp::from_second(seconds).ok().map(|time| time.to_zoned(zone.clone()));
    match value {
        Value::Int(seconds) => from_seconds(*seconds),
        Value::Float(seconds) => from_seconds(seconds.floor() as i64),
        Value::Text(text) => {
            let text = text.as_str().trim();
            if text.eq_ignore_ascii_case("now") || text.eq_ignore_ascii_case("today") {
                return Some(now.to_zoned(zone.clone()));
            }
            if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
                return from_seconds(text.parse().ok()?);
            }
            parse::parse(text, now, zone)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests;
