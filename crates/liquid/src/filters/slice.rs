//! Filters that cut strings and arrays.

use super::string::is_space;
use super::{Call, to_integer};
use crate::error::Fault;
use crate::value::Value;

/// What `truncate` and `truncatewords` put for what they cut.
const ELLIPSIS: &str = "...";

/// Takes characters or items from a position on, one if no length is given.
pub(super) fn slice<'a>(call: &mut Call<'_, 'a>) -> Result<Value<'a>, Fault> {
    let offset = to_integer(&call.argument(0), "the position for `slice`")?;
    let length = match call.argument(1) {
        Value::Nil => 1,
        length => to_integer(&length, "the length for `slice`")?,
    };
    match &call.input {
        Value::Array(items) => {
            let items =
                bounds(items.len(), offset, length).map_or(&[][..], |(start, end)| &items[start..end]);
            Ok(Value::Array(items))
        }
        Value::List(items) => {
            let items =
                bounds(items.len(), offset, length).map_or(&[][..], |(start, end)| &items[start..end]);
            Ok(Value::list(items.to_vec()))
        }
        other => {
            let text = other.to_text();
            let n_characters = text.as_str().chars().count();
            let part = bounds(n_characters, offset, length)
                .map(|(start, end)| text.as_str().chars().skip(start).take(end - start).collect())
                .unwrap_or_default();
            Ok(Value::owned(part))
        }
    }
}

/// Where a slice begins and ends; a negative offset counts from the end.
fn bounds(available: usize, offset: i64, length: i64) -> Option<(usize, usize)> {
    let available_signed = available as i64;
    let start = if offset < 0 { offset.checked_add(available_signed)? } else { offset };
    let start = usize::try_from(start).ok().filter(|start| *start <= available)?;
    let length = usize::try_from(length).ok()?;
    Some((start, start.saturating_add(length).min(available)))
}

/// Cuts a string to this many characters, with what is put for the rest among them.
pub(super) fn truncate<'a>(call: &mut Call<'_, 'a>) -> Result<Value<'a>, Fault> {
    const LENGTH_DEFAULT: i64 = 50;
    let length = match call.arguments.first() {
        None => LENGTH_DEFAULT,
        Some(length) => to_integer(length, "the length for `truncate`")?,
    };
    let length = usize::try_from(length).unwrap_or(0);
    let text = call.input.to_text();
    if text.as_str().chars().count() <= length {
        return Ok(Value::Text(text));
    }
    let end = ending(call);
    let kept = length.saturating_sub(end.chars().count());
    let mut result: String = text.as_str().chars().take(kept).collect();
    result.push_str(&end);
    Ok(Value::owned(result))
}

fn ending(call: &Call<'_, '_>) -> String {
    call.arguments.get(1).map_or(ELLIPSIS.to_owned(), |end| end.to_text().as_str().to_owned())
}

/// Cuts a string to this many words.
pub(super) fn truncate_words<'a>(call: &mut Call<'_, 'a>) -> Result<Value<'a>, Fault> {
    const WORDS_DEFAULT: i64 = 15;
    let words_max = match call.arguments.first() {
        None => WORDS_DEFAULT,
        Some(words) => to_integer(words, "the number of words for `truncatewords`")?,
    };
    let words_max = usize::try_from(words_max).unwrap_or(0).max(1);
    let text = call.input.to_text();
    let mut rest = text.as_str().trim_start_matches(is_space);
    let mut result = String::new();
    for n_words in 0..words_max {
        let end = rest.find(is_space).unwrap_or(rest.len());
        if n_words > 0 {
            result.push(' ');
        }
        result.push_str(&rest[..end]);
        if end == rest.len() {
            return Ok(Value::Text(text));
        }
        rest = rest[end..].trim_start_matches(is_space);
        if rest.is_empty() && n_words + 1 < words_max {
            return Ok(Value::Text(text));
        }
    }
    result.push_str(&ending(call));
    Ok(Value::owned(result))
}

/// Splits a string; a space splits at any white space, nothing splits into characters.
pub(super) fn split<'a>(call: &mut Call<'_, 'a>) -> Result<Value<'a>, Fault> {
    let (text, separator) = (call.input.to_text(), call.argument(0).to_text());
    let (text, separator) = (text.as_str(), separator.as_str());
    call.work.burn(text.len() as u64 / 4)?;
    let owned = |part: &str| Value::owned(part.to_owned()).into_shared();
    let mut parts: Vec<Value<'a>> = match separator {
        " " => text.split(is_space).filter(|part| !part.is_empty()).map(owned).collect(),
        "" => text.chars().map(|character| Value::owned(character.to_string()).into_shared()).collect(),
        _ => text.split(separator).map(owned).collect(),
    };
    while parts.last().is_some_and(Value::is_empty) {
        parts.pop();
    }
    Ok(Value::list(parts))
}
