//! Filters that look for items by a property: `where`, `reject`, `has`, `find`, `find_index`.

use super::Call;
use crate::error::Fault;
use crate::render::Work;
use crate::value::{Value, equal};

/// What `item[key]` is, in the words of the reference.
pub(super) enum Member<'a> {
    Value(Value<'a>),
    /// The item has no members at all.
    Unsupported,
    /// The item has members, but none could have this key.
    WrongKey,
}

/// Gets `item[key]` for any item: strings have parts and characters, integers have bits.
pub(super) fn member<'a>(item: &Value<'a>, key: &Value<'a>) -> Member<'a> {
    match (item, key) {
        (Value::Object(_) | Value::Loop(_), _) | (Value::Array(_) | Value::List(_), Value::Int(_)) => {
            Member::Value(item.index(key).unwrap_or(Value::Nil))
        }
        (Value::Text(text), Value::Text(part)) => {
            let contains = text.as_str().contains(part.as_str());
            Member::Value(if contains { key.clone() } else { Value::Nil })
        }
        (Value::Text(text), Value::Int(index)) => Member::Value(character(text.as_str(), *index)),
        (Value::Int(number), Value::Int(bit)) => {
            let bit =
                u32::try_from(*bit).map_or(0, |bit| number.checked_shr(bit).unwrap_or(number >> 63) & 1);
            Member::Value(Value::Int(bit))
        }
        (Value::Int(_) | Value::Array(_) | Value::List(_), _) => Member::WrongKey,
        (Value::Text(_), key) if !key.is_nil() => Member::WrongKey,
        _ => Member::Unsupported,
    }
}

fn character<'a>(text: &str, index: i64) -> Value<'a> {
    let found = match usize::try_from(index) {
        Ok(index) => text.chars().nth(index),
        Err(_) => usize::try_from(-(index + 1)).ok().and_then(|index| text.chars().rev().nth(index)),
    };
    found.map_or(Value::Nil, |character| Value::owned(character.to_string()))
}

/// The property that is looked at and the value that it should have.
struct Test<'a> {
    property: Value<'a>,
    target: Value<'a>,
}

impl<'a> Test<'a> {
    fn of(call: &Call<'_, 'a>) -> Self {
        Self { property: call.argument(0), target: call.argument(1) }
    }

    /// Says whether the item passes; `None` if it has no properties at all.
    fn passes(&self, item: &Value<'a>, work: &mut Work) -> Result<Option<bool>, Fault> {
        match member(item, &self.property) {
            Member::Value(value) if self.target.is_nil() => Ok(Some(value.is_truthy())),
            Member::Value(value) => {
                work.burn(value.comparison_weight(&self.target))?;
                Ok(Some(equal(&value, &self.target)))
            }
            Member::Unsupported => Ok(None),
            Member::WrongKey => Err(Call::no_property(&self.property)),
        }
    }
}

/// Finds the first item that passes; the outer `None` means that an item had no properties.
#[expect(clippy::option_option, reason = "the two ways of finding nothing print differently")]
fn first_match<'a>(call: &mut Call<'_, 'a>) -> Result<Option<Option<(usize, Value<'a>)>>, Fault> {
    let test = Test::of(call);
    for (index, item) in call.take_items()?.into_iter().enumerate() {
        match test.passes(&item, call.work)? {
            None => return Ok(None),
            Some(true) => return Ok(Some(Some((index, item)))),
            Some(false) => {}
        }
    }
    Ok(Some(None))
}

pub(super) fn find<'a>(call: &mut Call<'_, 'a>) -> Result<Value<'a>, Fault> {
    Ok(first_match(call)?.flatten().map_or(Value::Nil, |(_, item)| item))
}

pub(super) fn find_index<'a>(call: &mut Call<'_, 'a>) -> Result<Value<'a>, Fault> {
    Ok(first_match(call)?.flatten().map_or(Value::Nil, |(index, _)| Value::Int(index as i64)))
}

pub(super) fn has<'a>(call: &mut Call<'_, 'a>) -> Result<Value<'a>, Fault> {
    Ok(first_match(call)?.map_or(Value::Nil, |found| Value::Bool(found.is_some())))
}

pub(super) fn where_matching<'a>(call: &mut Call<'_, 'a>) -> Result<Value<'a>, Fault> {
    all_matches(call, true)
}

pub(super) fn reject<'a>(call: &mut Call<'_, 'a>) -> Result<Value<'a>, Fault> {
    all_matches(call, false)
}

fn all_matches<'a>(call: &mut Call<'_, 'a>, wanted: bool) -> Result<Value<'a>, Fault> {
    let test = Test::of(call);
    let mut kept = Vec::new();
    for item in call.take_items()? {
        match test.passes(&item, call.work)? {
            None => return Ok(Value::Nil),
            Some(passes) if passes == wanted => kept.push(item),
            Some(_) => {}
        }
    }
    Ok(Value::list(kept))
}
