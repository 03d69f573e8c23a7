//! Scalars by the core schema of YAML 1.2: `yes` and `10:00` are texts, `0x1F` and `1e3` are numbers.

use serde_json::Value;

/// A text, number, truth value or nothing.
#[derive(Debug, Clone, PartialEq)]
pub enum Scalar {
    /// Nothing: `null`, `~` or an empty value.
    Null,
    /// `true` or `false`.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// Another number.
    Number(f64),
    /// A text.
    Text {
        /// The text.
        text: String,
        /// How it was written.
        style: Style,
    },
}

/// How a text was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Without quotes.
    Plain,
    /// With quotes.
    Quoted,
    /// As a block after `|` or `>`.
    Block,
}

impl Scalar {
    /// What a scalar without quotes means.
    pub(super) fn plain(text: &str) -> Self {
        match text {
            "" | "~" | "null" | "Null" | "NULL" => return Self::Null,
            "true" | "True" | "TRUE" => return Self::Boolean(true),
            "false" | "False" | "FALSE" => return Self::Boolean(false),
            _ => {}
        }
        number(text).unwrap_or_else(|| Self::Text { text: text.to_owned(), style: Style::Plain })
    }

    /// What it is, in a person's words.
    pub(super) fn type_name(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Boolean(_) => "a truth value",
            Self::Integer(_) | Self::Number(_) => "a number",
            Self::Text { .. } => "a text",
        }
    }

    /// The value as JSON.
    pub fn to_json(&self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Boolean(truth) => Value::Bool(*truth),
            Self::Integer(number) => Value::from(*number),
            Self::Number(number) => Value::from(*number),
            Self::Text { text, .. } => Value::from(text.as_str()),
        }
    }
}

/// Reads a number of the core schema; whole numbers that don't fit 64 bits, `.inf` and `.nan` stay texts.
fn number(text: &str) -> Option<Scalar> {
    for (prefix, radix) in [("0x", 16), ("0o", 8)] {
        if let Some(digits) = text.strip_prefix(prefix) {
            let plain = digits.chars().all(|c| c.is_digit(radix));
            return i64::from_str_radix(digits, radix).ok().filter(|_| plain).map(Scalar::Integer);
        }
    }
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if !unsigned.is_empty() && unsigned.bytes().all(|b| b.is_ascii_digit()) {
        return text.parse().ok().map(Scalar::Integer);
    }
    let shaped = unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        && unsigned.contains(|c: char| c.is_ascii_digit())
        && unsigned.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | 'e' | 'E' | '-' | '+'));
    let number: f64 = shaped.then(|| text.parse().ok()).flatten()?;
    number.is_finite().then_some(Scalar::Number(number))
}
