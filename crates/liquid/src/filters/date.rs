//! The filter `date`: from what people write as a time to what they want to read.

mod parse;
mod strftime;

use jiff::Zoned;

use super::Call;
use crate::render::Work;
use crate::value::Value;

/// Formats a time; what can't be read as a time is given back unchanged.
pub(super) fn date<'a>(call: &mut Call<'_, 'a>) -> Value<'a> {
    let format = call.argument(0).to_text();
    if format.as_str().is_empty() {
        return call.input.clone();
    }
    match time_of(&call.input, call.work) {
        Some(time) => Value::owned(strftime::strftime(&time, format.as_str())),
        None => call.input.clone(),
    }
}

fn time_of(value: &Value<'_>, work: &Work) -> Option<Zoned> {
    match value {
        Value::Int(seconds) => from_seconds(*seconds, work),
        Value::Float(seconds) => from_seconds(seconds.floor() as i64, work),
        Value::Text(text) => {
            let text = text.as_str().trim();
            if text.eq_ignore_ascii_case("now") || text.eq_ignore_ascii_case("today") {
                return Some(work.now.to_zoned(work.time_zone.clone()));
            }
            if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
                return from_seconds(text.parse().ok()?, work);
            }
            parse::parse(text, work)
        }
        _ => None,
    }
}

fn from_seconds(seconds: i64, work: &Work) -> Option<Zoned> {
    let timestamp = jiff::Timestamp::from_second(seconds).ok()?;
    Some(timestamp.to_zoned(work.time_zone.clone()))
}

#[cfg(test)]
mod tests;
