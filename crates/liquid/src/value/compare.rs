//! When two values are equal, which is less, and what contains what.

use std::cmp::Ordering;

use serde_json::Value as Json;

use super::{DEPTH_MAX, Text, Value};
use crate::error::{ErrorKind, Fault};
use crate::syntax::Operator;

/// Says whether two values are equal.
pub(crate) fn equal(left: &Value<'_>, right: &Value<'_>) -> bool {
    equal_within(left, right, DEPTH_MAX)
}

fn equal_within(left: &Value<'_>, right: &Value<'_>, depth: usize) -> bool {
    if depth == 0 {
        return false;
    }
    match (left, right) {
        (Value::Blank, Value::Blank) | (Value::Empty, Value::Empty) | (Value::Nil, Value::Nil) => true,
        (Value::Blank, other) | (other, Value::Blank) => other.is_blank(),
        (Value::Empty, other) | (other, Value::Empty) => other.is_empty(),
        (Value::Bool(left), Value::Bool(right)) => left == right,
        (Value::Int(_) | Value::Float(_), Value::Int(_) | Value::Float(_)) => {
            number_order(left, right) == Some(Ordering::Equal)
        }
        (Value::Text(left), Value::Text(right)) => left.as_str() == right.as_str(),
        (Value::Range(left_start, left_end), Value::Range(right_start, right_end)) => {
            (left_start, left_end) == (right_start, right_end)
        }
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left.iter().all(|(key, value)| {
                    right.get(key).is_some_and(|other| equal_json(value, other, depth - 1))
                })
        }
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len()
                && left.iter().zip(*right).all(|(left, right)| equal_json(left, right, depth - 1))
        }
        (Value::List(left), Value::List(right)) => {
            left.len() == right.len()
                && left.iter().zip(right.iter()).all(|(left, right)| equal_within(left, right, depth - 1))
        }
        (Value::List(list), Value::Array(array)) | (Value::Array(array), Value::List(list)) => {
            list.len() == array.len()
                && list
                    .iter()
                    .zip(*array)
                    .all(|(item, json)| equal_within(item, &Value::from_json(json), depth - 1))
        }
        (Value::Loop(left), Value::Loop(right)) => std::rc::Rc::ptr_eq(left, right),
        _ => false,
    }
}

fn equal_json(left: &Json, right: &Json, depth: usize) -> bool {
    equal_within(&Value::from_json(left), &Value::from_json(right), depth)
}

/// Orders two numbers exactly; `None` if one isn't a number.
fn number_order(left: &Value<'_>, right: &Value<'_>) -> Option<Ordering> {
    match (left, right) {
        (Value::Int(left), Value::Int(right)) => Some(left.cmp(right)),
        (Value::Float(left), Value::Float(right)) => left.partial_cmp(right),
        (Value::Int(left), Value::Float(right)) => int_float_order(*left, *right),
        (Value::Float(left), Value::Int(right)) => int_float_order(*right, *left).map(Ordering::reverse),
        _ => None,
    }
}

/// Orders an integer and a float without rounding the integer.
fn int_float_order(int: i64, float: f64) -> Option<Ordering> {
    const TWO_TO_63: f64 = 9_223_372_036_854_775_808.0;
    if float.is_nan() {
        return None;
    }
    if float >= TWO_TO_63 {
        return Some(Ordering::Less);
    }
    if float < -TWO_TO_63 {
        return Some(Ordering::Greater);
    }
    let whole = float.trunc();
    Some(int.cmp(&(whole as i64)).then_with(|| 0.0_f64.total_cmp(&(float - whole + 0.0))))
}

/// Orders two values of the same type; `None` if they have no order.
pub(crate) fn order(left: &Value<'_>, right: &Value<'_>) -> Option<Ordering> {
    match (left, right) {
        (Value::Text(left), Value::Text(right)) => Some(left.as_str().cmp(right.as_str())),
        _ => number_order(left, right),
    }
}

/// Applies an operator of a condition.
pub(crate) fn compare<'a>(operator: Operator, left: &Value<'a>, right: &Value<'a>) -> Result<bool, Fault> {
    let is = |accepted: fn(Ordering) -> bool| match order(left, right) {
        Some(ordering) => Ok(accepted(ordering)),
        None if is_ordered(left) && is_ordered(right) => {
            let message = format!("{} can't be compared with {}", left.type_name(), right.type_name());
            Err(Fault::new(ErrorKind::Type, message))
        }
        None => Ok(false),
    };
    match operator {
        Operator::Equal => Ok(equal(left, right)),
        Operator::NotEqual => Ok(!equal(left, right)),
        Operator::Less => is(Ordering::is_lt),
        Operator::LessOrEqual => is(Ordering::is_le),
        Operator::Greater => is(Ordering::is_gt),
        Operator::GreaterOrEqual => is(Ordering::is_ge),
        Operator::Contains => Ok(contains(left, right)),
    }
}

fn is_ordered(value: &Value<'_>) -> bool {
    matches!(value, Value::Int(_) | Value::Float(_) | Value::Text(_))
}

/// Says whether a string has a part, an array an item or an object a key.
fn contains<'a>(whole: &Value<'a>, part: &Value<'a>) -> bool {
    if !part.is_truthy() {
        return false;
    }
    match (whole, part) {
        (Value::Text(whole), Value::Text(part)) => whole.as_str().contains(part.as_str()),
        (Value::Text(whole), part) => whole.as_str().contains(part.to_text().as_str()),
        (Value::Object(map), Value::Text(key)) => map.contains_key(key.as_str()),
        (Value::Array(items), part) => items.iter().any(|item| equal(&Value::from_json(item), part)),
        (Value::List(items), part) => items.iter().any(|item| equal(item, part)),
        (Value::Range(start, end), part) => {
            let at_least = number_order(part, &Value::Int(*start)).is_some_and(Ordering::is_ge);
            at_least && number_order(part, &Value::Int(*end)).is_some_and(Ordering::is_le)
        }
        _ => false,
    }
}

impl<'a> Value<'a> {
    /// What a message calls a value of this type.
    pub(crate) fn type_name(&self) -> &'static str {
        match self {
            Self::Nil => "nothing",
            Self::Bool(_) => "a truth value",
            Self::Int(_) | Self::Float(_) => "a number",
            Self::Text(_) | Self::Blank | Self::Empty => "a string",
            Self::Array(_) | Self::List(_) => "an array",
            Self::Object(_) => "an object",
            Self::Range(..) => "a range",
            Self::Loop(_) => "a loop",
        }
    }

    /// The value as a string, without copying it if it is one.
    pub(crate) fn to_text(&self) -> Text<'a> {
        if let Self::Text(text) = self {
            return text.clone();
        }
        let mut text = String::new();
        self.print(&mut text);
        Text::Owned(text)
    }
}
