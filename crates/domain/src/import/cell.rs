//! One cell to one value.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};

use super::quoted;
use crate::time::Timestamp;

/// What a column's cells are read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CellType {
    /// As it stands.
    Text,
    /// A number with a decimal point.
    Number,
    /// A number with a decimal comma; points between its digits group them.
    DecimalComma,
    /// `true` or `false`, `yes` or `no`, `1` or `0`.
    Boolean,
    /// A day or an instant in ISO 8601.
    Date,
    /// A day as day, month, year.
    DateDmy,
    /// A day as month, day, year.
    DateMdy,
    /// Texts with a separator between them.
    List,
    /// JSON of any kind.
    Json,
}

/// The types by their names, in the order in which they are listed to people.
pub const CELL_TYPES: [(&str, CellType); 9] = [
    ("text", CellType::Text),
    ("number", CellType::Number),
    ("decimal_comma", CellType::DecimalComma),
    ("boolean", CellType::Boolean),
    ("date", CellType::Date),
    ("date_dmy", CellType::DateDmy),
    ("date_mdy", CellType::DateMdy),
    ("list", CellType::List),
    ("json", CellType::Json),
];

/// What separates the members of a list.
pub const LIST_SEPARATORS: [char; 2] = ['|', ';'];

/// What a type's cells must look like, and how to mend one that doesn't.
type Refused = (String, &'static str);

impl CellType {
    /// From its name.
    pub fn parse(name: &str) -> Option<Self> {
        CELL_TYPES.iter().find(|(known, _)| *known == name).map(|(_, cell_type)| *cell_type)
    }

    /// Its name.
    pub fn as_str(self) -> &'static str {
        CELL_TYPES.iter().find(|(_, known)| *known == self).map_or("text", |(name, _)| name)
    }

    /// Reads a cell that isn't empty; else why it can't be read, and how to mend it.
    pub fn read(self, cell: &str) -> Result<Value, Refused> {
        let trimmed = cell.trim();
        let refused = |what: &str, fix: &'static str| (format!("{} is not {what}", quoted(cell)), fix);
        match self {
            Self::Text => Ok(Value::from(cell)),
            Self::Number => number(trimmed).ok_or_else(|| {
                refused("a number", "write digits with a decimal point, or map the column `as text`")
            }),
            Self::DecimalComma => decimal_comma(trimmed).ok_or_else(|| {
                refused("a number with a decimal comma", "write digits such as 1.234,50, or map it `as text`")
            }),
            Self::Boolean => boolean(trimmed).map(Value::from).ok_or_else(|| {
                refused("true or false", "write true or false, yes or no, 1 or 0, or map it `as text`")
            }),
            Self::Date => date(trimmed).map(Value::from).ok_or_else(|| {
                refused("a date", "write 2026-01-31 or 2026-01-31T12:00:00Z, or map it `as date_dmy`")
            }),
            Self::DateDmy => day(trimmed, [2, 1, 0]).map(Value::from).ok_or_else(|| {
                refused("a date with day, month and year", "write 31.01.2026, or map it `as date_mdy`")
            }),
            Self::DateMdy => day(trimmed, [2, 0, 1]).map(Value::from).ok_or_else(|| {
                refused("a date with month, day and year", "write 01/31/2026, or map it `as date_dmy`")
            }),
            Self::List => Ok(list(cell)),
            Self::Json => serde_json::from_str(cell).map_err(|error| {
                let reason = format!("{} is not JSON: {error}", quoted(cell));
                (reason, "write JSON such as {\"a\": 1}, or map it `as text`")
            }),
        }
    }
}

/// The members of a list: JSON, or texts with `|` or `;` between them.
fn list(cell: &str) -> Value {
    if cell.trim_start().starts_with('[')
        && let Ok(list @ Value::Array(_)) = serde_json::from_str(cell)
    {
        return list;
    }
    let members = cell.split(LIST_SEPARATORS).map(str::trim).filter(|member| !member.is_empty());
    Value::Array(members.map(Value::from).collect())
}

/// A number as JSON keeps it: a whole one stays whole.
pub(super) fn number(text: &str) -> Option<Value> {
    let text = text.strip_prefix('+').unwrap_or(text);
    if let Ok(whole) = text.parse::<i64>() {
        return Some(Value::from(whole));
    }
    // `inf`, `nan` and the like are words.
    if !text.starts_with(|letter: char| letter.is_ascii_digit() || "-.".contains(letter)) {
        return None;
    }
    text.parse::<f64>().ok().and_then(Number::from_f64).map(Value::Number)
}

fn decimal_comma(text: &str) -> Option<Value> {
    if text.contains(',') && text.rfind(',') < text.rfind('.') {
        return None;
    }
    number(&text.replace('.', "").replace(',', "."))
}

pub(super) fn boolean(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "y" | "1" | "on" | "ja" | "oui" | "si" | "sí" => Some(true),
        "false" | "no" | "n" | "0" | "off" | "nein" | "non" => Some(false),
        _ => None,
    }
}

/// A day as `2026-01-31`, an instant as RFC 3339 in UTC.
pub(super) fn date(text: &str) -> Option<String> {
    if text.len() == 10 {
        return text.parse::<Date>().ok().map(|day| day.to_string());
    }
    instant(text).map(|instant| instant.to_string())
}

/// An instant: RFC 3339 with any offset, without an offset as UTC, a date alone as its first instant in UTC.
pub fn instant(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    Timestamp::parse(text).or_else(|| {
        let local: DateTime = text.parse().ok()?;
        Some(Timestamp::from_jiff(local.to_zoned(TimeZone::UTC).ok()?.timestamp()))
    })
}

/// A day whose year, month and day stand at these places.
fn day(text: &str, [year, month, day]: [usize; 3]) -> Option<String> {
    let parts: Vec<i16> =
        text.split(['.', '/', '-']).map(|part| part.trim().parse().ok()).collect::<Option<_>>()?;
    if parts.len() != 3 || parts[year] < 1000 {
        return None;
    }
    let small = |place: usize| i8::try_from(parts[place]).ok();
    Date::new(parts[year], small(month)?, small(day)?).ok().map(|day| day.to_string())
}

/// An instant as a place for instants takes it: milliseconds since 1970, or a text.
pub(super) fn instant_of(value: &Value) -> Option<Timestamp> {
    match value {
        Value::String(text) => instant(text),
        Value::Number(number) => number.as_i64().map(Timestamp::from_millis),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}
