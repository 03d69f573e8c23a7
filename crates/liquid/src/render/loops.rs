//! `for` and `tablerow`.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;

use serde_json::Value as Json;

use super::{Flow, Renderer};
use crate::error::Fault;
use crate::filters::to_integer;
use crate::number::Number;
use crate::syntax::{Expression, Loop, Offset};
use crate::value::{LoopState, Value, range_length};

/// What a loop goes through, without copying it.
pub(super) enum Items<'a> {
    Json(&'a [Json]),
    List(Rc<Vec<Value<'a>>>),
    Range(i64, i64),
}

impl<'a> Items<'a> {
    /// Gets what can be gone through; anything else is nothing to go through.
    pub(super) fn of(value: &Value<'a>) -> Self {
        match value {
            Value::Array(items) => Self::Json(items),
            Value::List(items) => Self::List(items.clone()),
            Value::Range(start, end) => Self::Range(*start, *end),
            Value::Object(map) => {
                Self::List(Rc::new(map.iter().map(|(key, value)| Value::pair(key, value)).collect()))
            }
            text @ Value::Text(_) if !text.is_empty() => Self::List(Rc::new(vec![text.clone()])),
            _ => Self::Json(&[]),
        }
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Self::Json(items) => items.len(),
            Self::List(items) => items.len(),
            Self::Range(start, end) => range_length(*start, *end) as usize,
        }
    }

    pub(super) fn get(&self, index: usize) -> Value<'a> {
        match self {
            Self::Json(items) => items.get(index).map_or(Value::Nil, Value::from_json),
            Self::List(items) => items.get(index).cloned().unwrap_or(Value::Nil),
            Self::Range(start, _) => Value::Int(start.saturating_add(index as i64)),
        }
    }
}

/// The part of a collection that a loop goes through.
struct Segment<'a> {
    items: Items<'a>,
    start: usize,
    length: usize,
}

impl<'a> Segment<'a> {
    /// Cuts from an offset on, at most as many as the limit says.
    fn cut(collection: &Value<'a>, offset: i64, limit: Option<i64>) -> Self {
        let items = Items::of(collection);
        let available = items.len();
        if matches!(collection, Value::Text(_)) {
            // A string is one item, wherever the loop begins.
            return Self { items, start: 0, length: available };
        }
        let end = limit.map_or(available, |limit| {
            usize::try_from(offset.saturating_add(limit)).unwrap_or(0).min(available)
        });
        let start = usize::try_from(offset).unwrap_or(0).min(available);
        Self { items, start, length: end.saturating_sub(start) }
    }

    fn get(&self, index: usize, is_reversed: bool) -> Value<'a> {
        let index = if is_reversed { self.length - 1 - index } else { index };
        self.items.get(self.start + index)
    }
}

impl<'a> Renderer<'_, 'a> {
    pub(super) fn for_loop(&mut self, head: &Loop) -> Result<Flow, Fault> {
        let segment = self.for_segment(head).map_err(|fault| fault.or_at(head.at))?;
        if segment.length == 0 {
            return match &head.otherwise {
                Some(block) => self.block(block),
                None => Ok(Flow::Next),
            };
        }
        let state = self.loop_state(&head.name, segment.length, None);
        let outer_loop = self.frame.current_loop.replace(state.clone());
        let scopes = self.frame.scopes.len();
        self.frame.scopes.push((self.forloop.clone(), Value::Loop(state.clone())));
        self.frame.scopes.push((head.variable.clone(), Value::Nil));
        for index in 0..segment.length {
            self.work.burn(1).map_err(|fault| fault.or_at(head.at))?;
            state.index.set(index);
            self.set_innermost(segment.get(index, head.reversed));
            if self.block(&head.block)? == Flow::Break {
                break;
            }
        }
        self.frame.scopes.truncate(scopes);
        self.frame.current_loop = outer_loop;
        Ok(Flow::Next)
    }

    /// Gives the loop variable, which is the innermost, its next value.
    fn set_innermost(&mut self, value: Value<'a>) {
        if let Some((_, innermost)) = self.frame.scopes.last_mut() {
            *innermost = value;
        }
    }

    /// Makes what a template sees of a loop.
    pub(super) fn loop_state(&self, name: &Arc<str>, length: usize, columns: Option<usize>) -> Rc<LoopState> {
        let parent = if columns.is_none() { self.frame.current_loop.clone() } else { None };
        Rc::new(LoopState { name: name.clone(), length, index: Cell::new(0), columns, parent })
    }

    fn for_segment(&mut self, head: &Loop) -> Result<Segment<'a>, Fault> {
        let collection = self.required(&head.collection)?;
        let offset = match &head.offset {
            None => 0,
            Some(Offset::Continue) => self.frame.offsets.get(&head.name).copied().unwrap_or(0),
            Some(Offset::At(expression)) => match self.evaluate(expression)? {
                Value::Nil => 0,
                value => to_integer(&value, "the offset of the loop")?,
            },
        };
        let limit = match &head.limit {
            None => None,
            Some(expression) => match self.evaluate(expression)? {
                Value::Nil => None,
                value => Some(to_integer(&value, "the limit of the loop")?),
            },
        };
        let segment = Segment::cut(&collection, offset, limit);
        self.frame.offsets.insert(head.name.clone(), offset.saturating_add(segment.length as i64));
        Ok(segment)
    }

    pub(super) fn table_row(&mut self, head: &Loop) -> Result<Flow, Fault> {
        let collection = self.required(&head.collection)?;
        if !collection.is_truthy() {
            return Ok(Flow::Next);
        }
        let offset = match &head.offset {
            Some(Offset::At(expression)) => self.lenient_integer(Some(expression))?.unwrap_or(0),
            Some(Offset::Continue) | None => 0,
        };
        let limit = self.lenient_integer(head.limit.as_ref())?;
        let segment = Segment::cut(&collection, offset, limit);
        let columns = match self.lenient_integer(head.columns.as_ref())? {
            Some(columns) if columns > 0 => columns as usize,
            // A row that never ends.
            Some(_) => usize::MAX,
            None => segment.length.max(1),
        };
        let state = self.loop_state(&head.name, segment.length, Some(columns));
        let scopes = self.frame.scopes.len();
        self.frame.scopes.push((self.tablerowloop.clone(), Value::Loop(state.clone())));
        self.frame.scopes.push((head.variable.clone(), Value::Nil));
        self.push_text("<tr class=\"row1\">\n")?;
        for index in 0..segment.length {
            self.work.burn(1).map_err(|fault| fault.or_at(head.at))?;
            state.index.set(index);
            self.set_innermost(segment.get(index, false));
            self.push_text(&format!("<td class=\"col{}\">", index % columns + 1))?;
            let flow = self.block(&head.block)?;
            self.push_text("</td>")?;
            if flow == Flow::Break {
                break;
            }
            if state.is_last_column() && index + 1 < segment.length {
                self.push_text(&format!("</tr>\n<tr class=\"row{}\">", index / columns + 2))?;
            }
        }
        self.push_text("</tr>\n")?;
        self.frame.scopes.truncate(scopes);
        Ok(Flow::Next)
    }

    /// Reads an argument of `tablerow`, which takes whatever can be read as a number; what
    /// can't is zero.
    fn lenient_integer(&mut self, expression: Option<&Expression>) -> Result<Option<i64>, Fault> {
        let Some(expression) = expression else { return Ok(None) };
        let value = self.evaluate(expression)?;
        match Number::of(&value).to_int_by(f64::trunc)? {
            Number::Int(number) => Ok(Some(number)),
            Number::Float(_) => Ok(None),
        }
    }
}
