//! What a template computes with: values that borrow from the data wherever they can.

mod compare;
mod print;

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;

use serde_json::{Map, Value as Json};

pub(crate) use compare::{compare, equal, order};

use crate::syntax::Literal;

/// How deep data is followed when it is printed, compared or flattened.
pub(crate) const DEPTH_MAX: usize = 128;

/// How many bytes may be read or written for one step of fuel.
pub(crate) const BYTES_PER_STEP: usize = 64;

/// The longest text that anything is printed as, whatever a rendering allows.
pub(crate) const PRINT_BYTES_MAX: usize = 64 * 1024 * 1024;

/// A value; `'a` is the data that the template is rendered with.
#[derive(Debug, Clone)]
pub(crate) enum Value<'a> {
    Nil,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(Text<'a>),
    Array(&'a [Json]),
    Object(&'a Map<String, Json>),
    List(Rc<Vec<Value<'a>>>),
    Range(i64, i64),
    Loop(Rc<LoopState>),
    Blank,
    Empty,
}

/// A string, owned as little as possible.
#[derive(Debug, Clone)]
pub(crate) enum Text<'a> {
    /// In the data.
    Borrowed(&'a str),
    /// In the template or in a variable.
    Shared(Arc<str>),
    /// Just made by a filter.
    Owned(String),
    /// What `escape` or `raw` made, or `capture` caught where output is escaped: not to be escaped again.
    Markup(Arc<str>),
}

impl Text<'_> {
    pub(crate) fn as_str(&self) -> &str {
        match self {
            Self::Borrowed(text) => text,
            Self::Shared(text) | Self::Markup(text) => text,
            Self::Owned(text) => text,
        }
    }
}

/// Where a `for` or `tablerow` is: what templates see as `forloop` and `tablerowloop`.
#[derive(Debug)]
pub(crate) struct LoopState {
    pub(crate) name: Arc<str>,
    pub(crate) length: usize,
    pub(crate) index: Cell<usize>,
    /// The columns of a `tablerow`.
    pub(crate) columns: Option<usize>,
    pub(crate) parent: Option<Rc<LoopState>>,
}

impl LoopState {
    /// Gets the value of a property.
    fn property<'a>(&self, name: &str) -> Option<Value<'a>> {
        let index = self.index.get();
        let count = |number: usize| Some(Value::Int(number as i64));
        match (name, self.columns) {
            ("length", _) => count(self.length),
            ("index", _) => count(index + 1),
            ("index0", _) => count(index),
            ("rindex", _) => count(self.length.saturating_sub(index)),
            ("rindex0", _) => count(self.length.saturating_sub(index + 1)),
            ("first", _) => Some(Value::Bool(index == 0)),
            ("last", _) => Some(Value::Bool(index + 1 >= self.length)),
            ("name", None) => Some(Value::Text(Text::Shared(self.name.clone()))),
            ("parentloop", None) => Some(self.parent.clone().map_or(Value::Nil, Value::Loop)),
            ("col", Some(columns)) => count(index % columns + 1),
            ("col0", Some(columns)) => count(index % columns),
            ("row", Some(columns)) => count(index / columns + 1),
            ("col_first", Some(columns)) => Some(Value::Bool(index.is_multiple_of(columns))),
            ("col_last", Some(_)) => Some(Value::Bool(self.is_last_column())),
            _ => None,
        }
    }

    /// Says whether the cell at hand ends its row.
    pub(crate) fn is_last_column(&self) -> bool {
        self.columns.is_some_and(|columns| (self.index.get() + 1).is_multiple_of(columns))
    }
}

impl<'a> Value<'a> {
    pub(crate) fn from_json(json: &'a Json) -> Self {
        match json {
            Json::Null => Self::Nil,
            Json::Bool(truth) => Self::Bool(*truth),
            Json::Number(number) => match (number.as_i64(), number.as_u64(), number.as_f64()) {
                (Some(number), _, _) => Self::Int(number),
                // Too large for 64 bits with a sign: kept exact as its digits.
                (None, Some(number), _) => Self::owned(number.to_string()),
                (None, None, Some(number)) => Self::Float(number),
                (None, None, None) => Self::Nil,
            },
            Json::String(text) => Self::Text(Text::Borrowed(text)),
            Json::Array(items) => Self::Array(items),
            Json::Object(map) => Self::Object(map),
        }
    }

    pub(crate) fn from_literal(literal: &Literal) -> Self {
        match literal {
            Literal::Nil => Self::Nil,
            Literal::Bool(truth) => Self::Bool(*truth),
            Literal::Int(number) => Self::Int(*number),
            Literal::Float(number) => Self::Float(*number),
            Literal::Text(text) => Self::Text(Text::Shared(text.clone())),
            Literal::Blank => Self::Blank,
            Literal::Empty => Self::Empty,
        }
    }

    pub(crate) fn owned(text: String) -> Self {
        Self::Text(Text::Owned(text))
    }

    pub(crate) fn list(items: Vec<Self>) -> Self {
        Self::List(Rc::new(items))
    }

    /// A key and a value of an object.
    pub(crate) fn pair(key: &'a str, value: &'a Json) -> Self {
        Self::list(vec![Self::Text(Text::Borrowed(key)), Self::from_json(value)])
    }

    /// Makes the value cheap to copy, as it is about to be kept in a variable.
    pub(crate) fn into_shared(self) -> Self {
        match self {
            Self::Text(Text::Owned(text)) => Self::Text(Text::Shared(text.into())),
            other => other,
        }
    }

    pub(crate) fn is_truthy(&self) -> bool {
        !matches!(self, Self::Nil | Self::Bool(false))
    }

    pub(crate) fn is_nil(&self) -> bool {
        matches!(self, Self::Nil)
    }

    /// A string, an array or an object without anything in it.
    pub(crate) fn is_empty(&self) -> bool {
        match self {
            Self::Text(text) => text.as_str().is_empty(),
            Self::Array(items) => items.is_empty(),
            Self::List(items) => items.is_empty(),
            Self::Object(map) => map.is_empty(),
            _ => false,
        }
    }

    /// Nothing that a reader would see: empty, false, nil or white space.
    pub(crate) fn is_blank(&self) -> bool {
        match self {
            Self::Nil | Self::Bool(false) => true,
            Self::Text(text) => text.as_str().trim().is_empty(),
            other => other.is_empty(),
        }
    }

    /// The steps of fuel that it costs to look at the whole value once.
    pub(crate) fn weight(&self) -> u64 {
        match self {
            Self::Text(text) => (text.as_str().len() / BYTES_PER_STEP) as u64,
            Self::Array(items) => items.len() as u64,
            Self::Object(map) => map.len() as u64,
            Self::List(items) => items.iter().map(|item| 1 + item.text_weight()).sum(),
            _ => 0,
        }
    }

    /// The steps of fuel that it costs to look at everything inside the value.
    fn deep_weight(&self, depth: usize) -> u64 {
        if depth == 0 {
            return 0;
        }
        let inner = |json| Self::from_json(json).deep_weight(depth - 1);
        match self {
            Self::Array(items) => 1 + items.iter().map(inner).sum::<u64>(),
            Self::Object(map) => 1 + map.values().map(inner).sum::<u64>(),
            Self::List(items) => 1 + items.iter().map(|item| item.deep_weight(depth - 1)).sum::<u64>(),
            other => 1 + other.text_weight(),
        }
    }

    /// The steps of fuel that it costs to compare two values.
    pub(crate) fn comparison_weight(&self, other: &Value<'_>) -> u64 {
        let is_container =
            |value: &Value<'_>| matches!(value, Value::Array(_) | Value::Object(_) | Value::List(_));
        if is_container(other) {
            return self.deep_weight(DEPTH_MAX).saturating_add(other.deep_weight(DEPTH_MAX));
        }
        self.weight().saturating_add(other.weight())
    }

    fn text_weight(&self) -> u64 {
        match self {
            Self::Text(text) => (text.as_str().len() / BYTES_PER_STEP) as u64,
            _ => 0,
        }
    }

    /// Follows `[key]`.
    pub(crate) fn index(&self, key: &Value<'a>) -> Option<Value<'a>> {
        match (self, key) {
            (Self::Object(map), Self::Text(key)) => map.get(key.as_str()).map(Self::from_json),
            (Self::Array(items), Self::Int(index)) => at(items, *index).map(Self::from_json),
            (Self::List(items), Self::Int(index)) => at(items, *index).cloned(),
            (Self::Loop(state), Self::Text(key)) => state.property(key.as_str()),
            _ => None,
        }
    }

    /// Follows `.name`, which on what has no such key may be `size`, `first` or `last`.
    pub(crate) fn property(&self, name: &str) -> Option<Value<'a>> {
        match self {
            Self::Object(map) => {
                if let Some(value) = map.get(name) {
                    return Some(Self::from_json(value));
                }
            }
            Self::Loop(state) => return state.property(name),
            _ => {}
        }
        match name {
            "size" => self.size().map(Self::Int),
            "first" => self.first(),
            "last" => self.last(),
            _ => None,
        }
    }

    /// The number of characters, items or keys; eight bytes for an integer, as in the reference.
    pub(crate) fn size(&self) -> Option<i64> {
        match self {
            Self::Text(text) => Some(text.as_str().chars().count() as i64),
            Self::Array(items) => Some(items.len() as i64),
            Self::List(items) => Some(items.len() as i64),
            Self::Object(map) => Some(map.len() as i64),
            Self::Range(start, end) => Some(range_length(*start, *end)),
            Self::Int(_) => Some(8),
            _ => None,
        }
    }

    /// The first item, or the first key and value.
    pub(crate) fn first(&self) -> Option<Value<'a>> {
        match self {
            Self::Array(items) => items.first().map(Self::from_json),
            Self::List(items) => items.first().cloned(),
            Self::Object(map) => map.iter().next().map(|(key, value)| Self::pair(key, value)),
            Self::Range(start, _) => Some(Self::Int(*start)),
            _ => None,
        }
    }

    /// The last item.
    pub(crate) fn last(&self) -> Option<Value<'a>> {
        match self {
            Self::Array(items) => items.last().map(Self::from_json),
            Self::List(items) => items.last().cloned(),
            Self::Range(_, end) => Some(Self::Int(*end)),
            _ => None,
        }
    }
}

/// Finds an item, counted from the end if the index is negative.
fn at<T>(items: &[T], index: i64) -> Option<&T> {
    let index = if index < 0 { index.checked_add(items.len() as i64)? } else { index };
    items.get(usize::try_from(index).ok()?)
}

/// How many numbers a range has.
pub(crate) fn range_length(start: i64, end: i64) -> i64 {
    if end < start { 0 } else { end.saturating_sub(start).saturating_add(1) }
}
