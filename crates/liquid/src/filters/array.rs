//! Filters on arrays.

use std::collections::BTreeSet;

use super::Call;
use super::select::{Member, member};
use crate::error::{ErrorKind, Fault};
use crate::number::{Number, Operation};
use crate::render::Work;
use crate::value::{BYTES_PER_STEP, Value, order};

pub(super) fn first<'a>(call: &mut Call<'_, 'a>) -> Value<'a> {
    call.input.first().unwrap_or(Value::Nil)
}

pub(super) fn last<'a>(call: &mut Call<'_, 'a>) -> Value<'a> {
    call.input.last().unwrap_or(Value::Nil)
}

pub(super) fn size<'a>(call: &mut Call<'_, 'a>) -> Value<'a> {
    Value::Int(call.input.size().unwrap_or(0))
}

pub(super) fn join<'a>(call: &mut Call<'_, 'a>) -> Result<Value<'a>, Fault> {
    let glue = call.arguments.first().map(Value::to_text);
    let glue = glue.as_ref().map_or(" ", |glue| glue.as_str());
    let items = call.take_items()?;
    let mut output = String::new();
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            output.push_str(glue);
        }
        item.print(&mut output);
        call.work.check_bytes(output.len())?;
    }
    Ok(Value::owned(output))
}

pub(super) fn concat<'a>(call: &mut Call<'_, 'a>) -> Result<Value<'a>, Fault> {
    let mut items = call.take_items()?;
    match call.argument(0) {
        Value::Array(more) => {
            call.work.burn(more.len() as u64)?;
            items.extend(more.iter().map(Value::from_json));
        }
        Value::List(more) => {
            call.work.burn(more.len() as u64)?;
            items.extend(more.iter().cloned());
        }
        other => {
            let message = format!("filter `concat` needs an array, found {}", other.type_name());
            return Err(Fault::argument(message));
        }
    }
    Ok(Value::list(items))
}

pub(super) fn reverse<'a>(call: &mut Call<'_, 'a>) -> Result<Value<'a>, Fault> {
    let mut items = call.take_items()?;
    items.reverse();
    Ok(Value::list(items))
}

/// Gets a property of every item.
pub(super) fn map<'a>(call: &mut Call<'_, 'a>) -> Result<Value<'a>, Fault> {
    let property = call.argument(0);
    let items = call.take_items()?;
    properties(&items, &property).map(Value::list)
}

fn properties<'a>(items: &[Value<'a>], property: &Value<'a>) -> Result<Vec<Value<'a>>, Fault> {
    items
        .iter()
        .map(|item| match member(item, property) {
            Member::Value(value) => Ok(value),
            Member::Unsupported => Ok(Value::Nil),
            Member::WrongKey => Err(Call::no_property(property)),
        })
        .collect()
}

/// Adds up the items, or a property of them.
pub(super) fn sum<'a>(call: &mut Call<'_, 'a>) -> Result<Value<'a>, Fault> {
    let mut items = call.take_items()?;
    if let Some(property) = call.arguments.first().filter(|property| !property.is_nil()) {
        items = properties(&items, property)?;
    }
    items
        .iter()
        .try_fold(Number::Int(0), |sum, item| sum.apply(Operation::Add, Number::of(item)))
        .map(Number::into_value)
}

/// Drops the items that are nothing, or whose property is.
pub(super) fn compact<'a>(call: &mut Call<'_, 'a>) -> Result<Value<'a>, Fault> {
    let property = call.argument(0);
    let mut items = call.take_items()?;
    if property.is_nil() {
        items.retain(|item| !item.is_nil());
    } else {
        let mut keys = properties(&items, &property)?.into_iter();
        items.retain(|_| keys.next().is_some_and(|key| !key.is_nil()));
    }
    Ok(Value::list(items))
}

/// Drops the items that were there before, or whose property was.
pub(super) fn uniq<'a>(call: &mut Call<'_, 'a>) -> Result<Value<'a>, Fault> {
    let property = call.argument(0);
    let mut items = call.take_items()?;
    let keys = if property.is_nil() { items.clone() } else { properties(&items, &property)? };
    let mut seen = BTreeSet::new();
    let mut is_new = Vec::with_capacity(items.len());
    for key in keys {
        let key = key.inspected();
        call.work.burn((key.len() / BYTES_PER_STEP) as u64)?;
        is_new.push(seen.insert(key));
    }
    let mut is_new = is_new.into_iter();
    items.retain(|_| is_new.next() == Some(true));
    Ok(Value::list(items))
}

/// Sorts numbers or strings; what is nothing comes last.
pub(super) fn sort<'a>(call: &mut Call<'_, 'a>) -> Result<Value<'a>, Fault> {
    sort_by(call, |keys, _| {
        let mut present = keys.iter().filter(|key| !key.is_nil());
        let Some(first) = present.next() else { return Ok(()) };
        match present.find(|key| order(first, key).is_none()) {
            None => Ok(()),
            Some(key) => {
                let message =
                    format!("{} and {} can't be sorted together", first.type_name(), key.type_name());
                Err(Fault::new(ErrorKind::Type, message))
            }
        }
    })
}

/// Sorts as strings without regard to capitals; what is nothing comes last.
pub(super) fn sort_natural<'a>(call: &mut Call<'_, 'a>) -> Result<Value<'a>, Fault> {
    sort_by(call, |keys, work| {
        for key in keys.iter_mut().filter(|key| !key.is_nil()) {
            *key = Value::owned(key.to_text().as_str().to_ascii_lowercase());
            work.burn(key.weight())?;
        }
        Ok(())
    })
}

/// Sorts by keys that `prepare` made comparable with one another.
fn sort_by<'a>(
    call: &mut Call<'_, 'a>,
    prepare: impl FnOnce(&mut Vec<Value<'a>>, &mut Work) -> Result<(), Fault>,
) -> Result<Value<'a>, Fault> {
    let property = call.argument(0);
    let items = call.take_items()?;
    call.work.burn(items.len() as u64)?;
    let mut keys = if property.is_nil() { items.clone() } else { properties(&items, &property)? };
    if keys.len() > 1 {
        prepare(&mut keys, call.work)?;
    }
    let mut pairs: Vec<_> = keys.into_iter().zip(items).collect();
    pairs.sort_by(|(left, _), (right, _)| {
        let nil_last = left.is_nil().cmp(&right.is_nil());
        nil_last.then_with(|| order(left, right).unwrap_or(std::cmp::Ordering::Equal))
    });
    Ok(Value::list(pairs.into_iter().map(|(_, item)| item).collect()))
}
