//! Arithmetic as in the reference: integers stay integers, decimals are computed as
//! decimals, so that 10.1 minus 2.2 is 7.9.

use std::cmp::Ordering;
use std::fmt::Write as _;

use crate::error::Fault;
use crate::value::Value;

/// The most digits after the point that are computed exactly.
const SCALE_MAX: u32 = 36;

/// A number that a filter computes with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Number {
    Int(i64),
    Float(f64),
}

/// `mantissa` divided by ten to the power of `scale`.
#[derive(Debug, Clone, Copy)]
struct Decimal {
    mantissa: i128,
    scale: u32,
}

/// The operations that filters offer.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Operation {
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
}

impl Number {
    /// Reads any value as a number; what isn't one is zero.
    pub(crate) fn of(value: &Value<'_>) -> Self {
        match value {
            Value::Int(number) => Self::Int(*number),
            Value::Float(number) => Self::Float(*number),
            Value::Text(text) => Self::parse(text.as_str()),
            _ => Self::Int(0),
        }
    }

    /// Reads the number that a string is or begins with.
    fn parse(text: &str) -> Self {
        let text = text.trim();
        let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
        let whole_bytes = unsigned.bytes().take_while(u8::is_ascii_digit).count();
        if let Some(fraction) = unsigned[whole_bytes..].strip_prefix('.') {
            let is_decimal =
                whole_bytes > 0 && !fraction.is_empty() && fraction.bytes().all(|byte| byte.is_ascii_digit());
            if is_decimal
                && let Ok(number) = text.parse::<f64>()
                && number.is_finite()
            {
                return Self::Float(number);
            }
        }
        let prefix = &text[..text.len() - unsigned.len() + whole_bytes];
        match prefix.parse::<i64>() {
            Ok(number) => Self::Int(number),
            Err(_) if whole_bytes > 0 => match prefix.parse::<f64>() {
                Ok(number) if number.is_finite() => Self::Float(number),
                _ => Self::Int(0),
            },
            Err(_) => Self::Int(0),
        }
    }

    pub(crate) fn into_value<'a>(self) -> Value<'a> {
        match self {
            Self::Int(number) => Value::Int(number),
            Self::Float(number) => Value::Float(number),
        }
    }

    fn as_float(self) -> f64 {
        match self {
            Self::Int(number) => number as f64,
            Self::Float(number) => number,
        }
    }

    fn is_zero(self) -> bool {
        matches!(self, Self::Int(0)) || matches!(self, Self::Float(number) if number == 0.0)
    }

    /// Computes; overflow and division by zero are errors.
    pub(crate) fn apply(self, operation: Operation, operand: Self) -> Result<Self, Fault> {
        if matches!(operation, Operation::Divide | Operation::Modulo) && operand.is_zero() {
            return Err(Fault::argument("division by zero: test the divisor with `if` first"));
        }
        if let (Self::Int(left), Self::Int(right)) = (self, operand) {
            let result = match operation {
                Operation::Add => left.checked_add(right),
                Operation::Subtract => left.checked_sub(right),
                Operation::Multiply => left.checked_mul(right),
                Operation::Divide => floor_divide(left, right),
                Operation::Modulo => floor_modulo(left, right),
            };
            return result.map(Self::Int).ok_or_else(too_large);
        }
        let exact = match (Decimal::of(self), Decimal::of(operand)) {
            (Some(left), Some(right)) => left.apply(operation, right),
            _ => None,
        };
        let result = exact.unwrap_or_else(|| approximate(operation, self.as_float(), operand.as_float()));
        if result.is_finite() { Ok(Self::Float(result)) } else { Err(too_large()) }
    }

    /// Drops the sign.
    pub(crate) fn absolute(self) -> Result<Self, Fault> {
        match self {
            Self::Int(number) => number.checked_abs().map(Self::Int).ok_or_else(too_large),
            Self::Float(number) => Ok(Self::Float(number.abs())),
        }
    }

    /// Rounds to an integer with this function of floats.
    pub(crate) fn to_int_by(self, rounding: fn(f64) -> f64) -> Result<Self, Fault> {
        const TWO_TO_63: f64 = 9_223_372_036_854_775_808.0;
        match self {
            Self::Int(_) => Ok(self),
            Self::Float(number) => {
                let rounded = rounding(number);
                if (-TWO_TO_63..TWO_TO_63).contains(&rounded) {
                    Ok(Self::Int(rounded as i64))
                } else {
                    Err(too_large())
                }
            }
        }
    }

    /// Rounds half away from zero to this many digits after the point.
    pub(crate) fn round(self, digits: i64) -> Result<Self, Fault> {
        if digits > 0
            && let Self::Float(number) = self
        {
            let rounded = match (Decimal::of(self), u32::try_from(digits)) {
                (Some(decimal), Ok(digits)) if digits < decimal.scale => {
                    decimal.rounded_to(digits).and_then(Decimal::to_float).unwrap_or(number)
                }
                _ => number,
            };
            return Ok(Self::Float(rounded));
        }
        let whole = self.to_int_by(f64::round)?;
        let Self::Int(number) = whole else { return Ok(whole) };
        if digits >= 0 {
            return Ok(whole);
        }
        let unit = u32::try_from(digits.unsigned_abs()).ok().and_then(|power| 10_i128.checked_pow(power));
        let Some(unit) = unit else { return Ok(Self::Int(0)) };
        let rounded = divide_rounded(i128::from(number), unit).checked_mul(unit);
        rounded.and_then(|number| i64::try_from(number).ok()).map(Self::Int).ok_or_else(too_large)
    }

    /// The digits with so many after the point, rounded half away from zero: `1234.50`.
    pub(crate) fn fixed(self, digits: u32) -> Option<String> {
        let decimal = Decimal::of(self)?;
        let decimal = if decimal.scale > digits {
            decimal.rounded_to(digits)?
        } else {
            Decimal { mantissa: decimal.scaled_to(digits)?, scale: digits }
        };
        Some(decimal.digits())
    }

    /// The digits of the number divided by ten to the power of `digits`, with so many after the point.
    pub(crate) fn shifted(self, digits: u32) -> Option<String> {
        let decimal = Decimal::of(self)?.rounded_to(0)?;
        Some(Decimal { mantissa: decimal.mantissa, scale: digits }.digits())
    }

    /// The fewest digits that read as this number, without an exponent and without zeros at the end: `1234.5`.
    pub(crate) fn shortest(self) -> Option<String> {
        Some(Decimal::of(self)?.digits())
    }

    /// Orders two numbers.
    pub(crate) fn order(self, other: Self) -> Ordering {
        crate::value::order(&self.into_value(), &other.into_value()).unwrap_or(Ordering::Equal)
    }
}

impl Decimal {
    /// The shortest decimal that reads as this number; `None` if it has too many digits.
    fn of(number: Number) -> Option<Self> {
        let float = match number {
            Number::Int(number) => return Some(Self { mantissa: i128::from(number), scale: 0 }),
            Number::Float(float) => float,
        };
        let text = format!("{float:e}");
        let (digits, exponent) = text.split_once('e')?;
        let exponent: i32 = exponent.parse().ok()?;
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let mantissa: i128 = format!("{whole}{fraction}").parse().ok()?;
        let scale = fraction.len() as i32 - exponent;
        match u32::try_from(scale) {
            Ok(scale) if scale <= SCALE_MAX => Some(Self { mantissa, scale }),
            Ok(_) => None,
            Err(_) => {
                let mantissa = mantissa.checked_mul(10_i128.checked_pow(scale.unsigned_abs())?)?;
                Some(Self { mantissa, scale: 0 })
            }
        }
    }

    /// Sign, digits, point, digits.
    fn digits(self) -> String {
        let sign = if self.mantissa < 0 { "-" } else { "" };
        let scale = self.scale as usize;
        let digits = format!("{:0>width$}", self.mantissa.unsigned_abs(), width = scale + 1);
        let (whole, fraction) = digits.split_at(digits.len() - scale);
        if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
    }

    fn to_float(self) -> Option<f64> {
        format!("{}e-{}", self.mantissa, self.scale).parse().ok()
    }

    fn apply(self, operation: Operation, other: Self) -> Option<f64> {
        if matches!(operation, Operation::Multiply) {
            let mantissa = self.mantissa.checked_mul(other.mantissa)?;
            return Self { mantissa, scale: self.scale + other.scale }.to_float();
        }
        let scale = self.scale.max(other.scale);
        let (left, right) = (self.scaled_to(scale)?, other.scaled_to(scale)?);
        let mantissa = match operation {
            Operation::Add => left.checked_add(right)?,
            Operation::Subtract => left.checked_sub(right)?,
            Operation::Modulo => {
                let remainder = left.checked_rem(right)?;
                if remainder != 0 && (remainder < 0) != (right < 0) { remainder + right } else { remainder }
            }
            Operation::Divide | Operation::Multiply => return None,
        };
        Self { mantissa, scale }.to_float()
    }

    fn scaled_to(self, scale: u32) -> Option<i128> {
        self.mantissa.checked_mul(10_i128.checked_pow(scale - self.scale)?)
    }

    fn rounded_to(self, digits: u32) -> Option<Self> {
        let unit = 10_i128.checked_pow(self.scale - digits)?;
        Some(Self { mantissa: divide_rounded(self.mantissa, unit), scale: digits })
    }
}

/// Divides by a positive unit, rounding half away from zero.
fn divide_rounded(number: i128, unit: i128) -> i128 {
    let (quotient, remainder) = (number / unit, number % unit);
    if remainder.unsigned_abs() >= unit.unsigned_abs().div_ceil(2) {
        quotient + number.signum()
    } else {
        quotient
    }
}

fn approximate(operation: Operation, left: f64, right: f64) -> f64 {
    match operation {
        Operation::Add => left + right,
        Operation::Subtract => left - right,
        Operation::Multiply => left * right,
        Operation::Divide => left / right,
        Operation::Modulo => left - right * (left / right).floor(),
    }
}

fn floor_divide(left: i64, right: i64) -> Option<i64> {
    let quotient = left.checked_div(right)?;
    let is_inexact = left.checked_rem(right)? != 0;
    if is_inexact && (left < 0) != (right < 0) { quotient.checked_sub(1) } else { Some(quotient) }
}

fn floor_modulo(left: i64, right: i64) -> Option<i64> {
    let remainder = left.wrapping_rem(right);
    if remainder != 0 && (remainder < 0) != (right < 0) {
        remainder.checked_add(right)
    } else {
        Some(remainder)
    }
}

fn too_large() -> Fault {
    Fault::argument("the number is too large to compute with")
}

/// Appends a float: always with a point, with an exponent if it is very large or small.
pub(crate) fn print_float(number: f64, output: &mut String) {
    const PLAIN_BELOW: f64 = 1e16;
    const PLAIN_FROM: f64 = 1e-4;
    const INFALLIBLE: &str = "a string takes any text";
    let size = number.abs();
    if size != 0.0 && !(PLAIN_FROM..PLAIN_BELOW).contains(&size) && number.is_finite() {
        let text = format!("{number:e}");
        let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let point = if digits.contains('.') { "" } else { ".0" };
        let (sign, exponent) = exponent.strip_prefix('-').map_or(('+', exponent), |exponent| ('-', exponent));
        write!(output, "{digits}{point}e{sign}{exponent:0>2}").expect(INFALLIBLE);
        return;
    }
    let start = output.len();
    write!(output, "{number}").expect(INFALLIBLE);
    if !output[start..].contains(['.', 'N', 'i']) {
        output.push_str(".0");
    }
}
