//! Filters that change strings.

use super::Call;
use crate::error::Fault;
use crate::value::{Text, Value};

/// White space as the reference strips and splits it.
pub(super) fn is_space(character: char) -> bool {
    character.is_ascii_whitespace() || matches!(character, '\x0b' | '\0')
}

pub(super) fn upcase(text: &str) -> String {
    text.to_uppercase()
}

pub(super) fn downcase(text: &str) -> String {
    text.to_lowercase()
}

/// Makes the first character a capital and the others small.
pub(super) fn capitalize(text: &str) -> String {
    let mut characters = text.chars();
    let Some(first) = characters.next() else { return String::new() };
    let mut result: String = first.to_uppercase().collect();
    result.push_str(&characters.as_str().to_lowercase());
    result
}

pub(super) fn strip(text: &str) -> String {
    text.trim_matches(is_space).to_owned()
}

pub(super) fn lstrip(text: &str) -> String {
    text.trim_start_matches(is_space).to_owned()
}

pub(super) fn rstrip(text: &str) -> String {
    text.trim_end_matches(is_space).to_owned()
}

pub(super) fn strip_newlines(text: &str) -> String {
    text.replace("\r\n", "").replace('\n', "")
}

/// The argument, if the input is nothing, false or empty.
pub(super) fn default<'a>(call: &mut Call<'_, 'a>) -> Value<'a> {
    let allows_false = call.named.iter().any(|(_, value)| value.is_truthy());
    let is_missing = if allows_false { call.input.is_nil() } else { !call.input.is_truthy() };
    if is_missing || call.input.is_empty() || matches!(call.input, Value::Blank | Value::Empty) {
        return if call.arguments.is_empty() { Value::owned(String::new()) } else { call.argument(0) };
    }
    call.input.clone()
}

pub(super) fn append<'a>(call: &mut Call<'_, 'a>) -> Value<'a> {
    joined(&call.input, &call.argument(0))
}

pub(super) fn prepend<'a>(call: &mut Call<'_, 'a>) -> Value<'a> {
    joined(&call.argument(0), &call.input)
}

fn joined<'a>(left: &Value<'a>, right: &Value<'a>) -> Value<'a> {
    let mut result = match left.to_text() {
        Text::Owned(text) => text,
        text => text.as_str().to_owned(),
    };
    right.print(&mut result);
    Value::owned(result)
}

/// Replaces every occurrence, having counted how long the result will be.
pub(super) fn replace<'a>(call: &mut Call<'_, 'a>) -> Result<Value<'a>, Fault> {
    let (text, from, to) = (call.input.to_text(), call.argument(0).to_text(), call.argument(1).to_text());
    let (text, from, to) = (text.as_str(), from.as_str(), to.as_str());
    let matches = text.matches(from).count();
    let added = matches.saturating_mul(to.len());
    let removed = matches.saturating_mul(from.len());
    call.work.check_bytes(text.len().saturating_add(added).saturating_sub(removed))?;
    Ok(Value::owned(text.replace(from, to)))
}

pub(super) fn replace_first<'a>(call: &mut Call<'_, 'a>) -> Value<'a> {
    let position = |text: &str, from: &str| text.find(from);
    replace_one(call, position, &call.argument(1))
}

pub(super) fn replace_last<'a>(call: &mut Call<'_, 'a>) -> Value<'a> {
    let position = |text: &str, from: &str| text.rfind(from);
    replace_one(call, position, &call.argument(1))
}

pub(super) fn remove<'a>(call: &mut Call<'_, 'a>) -> Value<'a> {
    let part = call.argument(0).to_text();
    if part.as_str().is_empty() {
        return Value::Text(call.input.to_text());
    }
    Value::owned(call.input.to_text().as_str().replace(part.as_str(), ""))
}

pub(super) fn remove_first<'a>(call: &mut Call<'_, 'a>) -> Value<'a> {
    replace_one(call, |text, from| text.find(from), &Value::Nil)
}

pub(super) fn remove_last<'a>(call: &mut Call<'_, 'a>) -> Value<'a> {
    replace_one(call, |text, from| text.rfind(from), &Value::Nil)
}

fn replace_one<'a>(
    call: &Call<'_, 'a>,
    position: impl Fn(&str, &str) -> Option<usize>,
    replacement: &Value<'a>,
) -> Value<'a> {
    let (text, from) = (call.input.to_text(), call.argument(0).to_text());
    let (text, from) = (text.as_str(), from.as_str());
    let Some(start) = position(text, from) else { return Value::owned(text.to_owned()) };
    let mut result = text[..start].to_owned();
    replacement.print(&mut result);
    result.push_str(&text[start + from.len()..]);
    Value::owned(result)
}
