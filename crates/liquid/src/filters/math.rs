//! Filters on numbers.

use super::Call;
use crate::error::Fault;
use crate::number::{Number, Operation};
use crate::value::Value;

fn apply<'a>(call: &Call<'_, 'a>, operation: Operation) -> Result<Value<'a>, Fault> {
    let operand = Number::of(&call.argument(0));
    Number::of(&call.input).apply(operation, operand).map(Number::into_value)
}

pub(super) fn plus<'a>(call: &mut Call<'_, 'a>) -> Result<Value<'a>, Fault> {
    apply(call, Operation::Add)
}

pub(super) fn minus<'a>(call: &mut Call<'_, 'a>) -> Result<Value<'a>, Fault> {
    apply(call, Operation::Subtract)
}

pub(super) fn times<'a>(call: &mut Call<'_, 'a>) -> Result<Value<'a>, Fault> {
    apply(call, Operation::Multiply)
}

pub(super) fn divided_by<'a>(call: &mut Call<'_, 'a>) -> Result<Value<'a>, Fault> {
    apply(call, Operation::Divide)
}

pub(super) fn modulo<'a>(call: &mut Call<'_, 'a>) -> Result<Value<'a>, Fault> {
    apply(call, Operation::Modulo)
}

pub(super) fn abs<'a>(call: &mut Call<'_, 'a>) -> Result<Value<'a>, Fault> {
    Number::of(&call.input).absolute().map(Number::into_value)
}

pub(super) fn ceil<'a>(call: &mut Call<'_, 'a>) -> Result<Value<'a>, Fault> {
    Number::of(&call.input).to_int_by(f64::ceil).map(Number::into_value)
}

pub(super) fn floor<'a>(call: &mut Call<'_, 'a>) -> Result<Value<'a>, Fault> {
    Number::of(&call.input).to_int_by(f64::floor).map(Number::into_value)
}

/// Rounds to the digits asked for, or to a whole number.
pub(super) fn round<'a>(call: &mut Call<'_, 'a>) -> Result<Value<'a>, Fault> {
    let digits = match Number::of(&call.argument(0)).to_int_by(f64::trunc)? {
        Number::Int(digits) => digits,
        Number::Float(_) => 0,
    };
    Number::of(&call.input).round(digits).map(Number::into_value)
}

pub(super) fn at_least<'a>(call: &mut Call<'_, 'a>) -> Value<'a> {
    let (number, bound) = (Number::of(&call.input), Number::of(&call.argument(0)));
    if bound.order(number).is_gt() { bound.into_value() } else { number.into_value() }
}

pub(super) fn at_most<'a>(call: &mut Call<'_, 'a>) -> Value<'a> {
    let (number, bound) = (Number::of(&call.input), Number::of(&call.argument(0)));
    if bound.order(number).is_lt() { bound.into_value() } else { number.into_value() }
}
