//! Values as they go into and come out of a database, and rows of them.

use std::str::FromStr;
use std::sync::Arc;

use wend_domain::id::{ContactId, MessageId, RunId};
use wend_domain::time::Timestamp;

use crate::error::Error;

/// One value.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) enum Value {
    #[default]
    Null,
    Integer(i64),
    Text(String),
    Bytes(Arc<[u8]>),
}

/// One row of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row(pub(crate) Vec<Value>);

/// Makes a list of parameters.
macro_rules! params {
    ($($value:expr),* $(,)?) => { vec![$($crate::driver::value::Value::from($value)),*] };
}

/// The same as an array, for what only borrows them.
macro_rules! values {
    ($($value:expr),* $(,)?) => { [$($crate::driver::value::Value::from($value)),*] };
}

pub(crate) use {params, values};

macro_rules! from {
    ($($type:ty => |$value:ident| $into:expr;)*) => {
        $(impl From<$type> for Value { fn from($value: $type) -> Self { $into } })*
    };
}

from! {
    i64 => |value| Self::Integer(value);
    u64 => |value| Self::Integer(value as i64);
    u32 => |value| Self::Integer(i64::from(value));
    u16 => |value| Self::Integer(i64::from(value));
    usize => |value| Self::Integer(value as i64);
    &str => |value| Self::from(value.to_owned());
    String => |value| Self::Text(without_nul(value));
    Arc<[u8]> => |value| Self::Bytes(value);
    Vec<u8> => |value| Self::Bytes(value.into());
    Timestamp => |value| Self::Integer(value.as_millis());
    ContactId => |value| Self::Text(value.to_string());
    MessageId => |value| Self::Text(value.to_string());
    RunId => |value| Self::Text(value.to_string());
}

/// PostgreSQL can't keep a NUL in a text, so neither database does: what is stored and what is asked for are changed
/// alike. JSON writes it as an escape, so this only concerns identifiers and the like.
fn without_nul(text: String) -> String {
    if text.contains('\0') { text.replace('\0', "\u{FFFD}") } else { text }
}

impl<T> From<Option<T>> for Value
where
    Self: From<T>,
{
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Self::from)
    }
}

impl Row {
    /// Reads the columns one after the other; `table` is for the error if one makes no sense.
    pub(crate) fn columns(self, table: &'static str) -> Columns {
        Columns { table, n_read: 0, values: self.0.into_iter() }
    }
}

/// The columns of a row, read one after the other.
pub(crate) struct Columns {
    table: &'static str,
    n_read: usize,
    values: std::vec::IntoIter<Value>,
}

impl Columns {
    pub(crate) fn value(&mut self) -> Value {
        self.n_read += 1;
        self.values.next().unwrap_or_default()
    }

    fn wrong(&self, why: impl std::fmt::Display) -> Error {
        Error::inconsistent(self.table, format!("column {} of those read", self.n_read), why)
    }

    pub(crate) fn optional_integer(&mut self) -> Result<Option<i64>, Error> {
        match self.value() {
            Value::Null => Ok(None),
            Value::Integer(number) => Ok(Some(number)),
            Value::Text(_) | Value::Bytes(_) => Err(self.wrong("a number is expected")),
        }
    }

    pub(crate) fn optional_text(&mut self) -> Result<Option<String>, Error> {
        match self.value() {
            Value::Null => Ok(None),
            Value::Text(text) => Ok(Some(text)),
            Value::Integer(_) | Value::Bytes(_) => Err(self.wrong("a text is expected")),
        }
    }

    pub(crate) fn integer(&mut self) -> Result<i64, Error> {
        self.optional_integer()?.ok_or_else(|| self.wrong("a number is missing"))
    }

    pub(crate) fn text(&mut self) -> Result<String, Error> {
        self.optional_text()?.ok_or_else(|| self.wrong("a text is missing"))
    }

    pub(crate) fn bytes(&mut self) -> Result<Arc<[u8]>, Error> {
        match self.value() {
            Value::Bytes(bytes) => Ok(bytes),
            Value::Null | Value::Integer(_) | Value::Text(_) => Err(self.wrong("bytes are expected")),
        }
    }

    /// A number that is never negative and never too large for its type.
    pub(crate) fn count<T: TryFrom<i64>>(&mut self) -> Result<T, Error> {
        let number = self.integer()?;
        T::try_from(number).map_err(|_| self.wrong(format!("{number} is out of range")))
    }

    pub(crate) fn time(&mut self) -> Result<Timestamp, Error> {
        self.integer().map(Timestamp::from_millis)
    }

    pub(crate) fn optional_time(&mut self) -> Result<Option<Timestamp>, Error> {
        Ok(self.optional_integer()?.map(Timestamp::from_millis))
    }

    pub(crate) fn name<T: From<String>>(&mut self) -> Result<T, Error> {
        self.text().map(T::from)
    }

    pub(crate) fn optional_name<T: From<String>>(&mut self) -> Result<Option<T>, Error> {
        Ok(self.optional_text()?.map(T::from))
    }

    pub(crate) fn id<T: FromStr<Err: std::fmt::Display>>(&mut self) -> Result<T, Error> {
        let text = self.text()?;
        text.parse().map_err(|error| self.wrong(error))
    }
}
