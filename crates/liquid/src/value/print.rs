//! How values look in the text.

use std::fmt::Write as _;

use super::{DEPTH_MAX, PRINT_BYTES_MAX, Value};
use crate::number::print_float;

/// Writing into a `String` can't fail.
const INFALLIBLE: &str = "a string takes any text";

impl Value<'_> {
    /// Appends the value as a reader sees it.
    pub(crate) fn print(&self, output: &mut String) {
        self.print_within(output, DEPTH_MAX);
    }

    fn print_within(&self, output: &mut String, depth: usize) {
        if depth == 0 {
            return;
        }
        match self {
            Self::Nil | Self::Blank | Self::Empty => {}
            Self::Bool(truth) => output.push_str(if *truth { "true" } else { "false" }),
            Self::Int(number) => write!(output, "{number}").expect(INFALLIBLE),
            Self::Float(number) => print_float(*number, output),
            Self::Text(text) => output.push_str(text.as_str()),
            Self::Array(items) => {
                for item in *items {
                    Value::from_json(item).print_within(output, depth - 1);
                }
            }
            Self::List(items) => {
                for item in items.iter() {
                    // A list may hold the same large string many times over.
                    if output.len() > PRINT_BYTES_MAX {
                        return;
                    }
                    item.print_within(output, depth - 1);
                }
            }
            Self::Object(_) => self.inspect(output, depth),
            Self::Range(start, end) => write!(output, "{start}..{end}").expect(INFALLIBLE),
            Self::Loop(state) if state.columns.is_some() => output.push_str("Liquid::TablerowloopDrop"),
            Self::Loop(_) => output.push_str("Liquid::ForloopDrop"),
        }
    }

    /// The value as it looks inside an object, by which two values of any type can be told apart.
    pub(crate) fn inspected(&self) -> String {
        let mut output = String::new();
        self.inspect(&mut output, DEPTH_MAX);
        output
    }

    /// Appends the value as it looks inside an object: strings in quotes, nothing as `nil`.
    fn inspect(&self, output: &mut String, depth: usize) {
        if depth == 0 {
            return;
        }
        match self {
            Self::Nil => output.push_str("nil"),
            Self::Text(text) => inspect_text(text.as_str(), output),
            Self::Object(map) => {
                output.push('{');
                for (index, (key, value)) in map.iter().enumerate() {
                    if index > 0 {
                        output.push_str(", ");
                    }
                    inspect_text(key, output);
                    output.push_str("=>");
                    Value::from_json(value).inspect(output, depth - 1);
                }
                output.push('}');
            }
            Self::Array(items) => inspect_items(items.iter().map(Value::from_json), output, depth),
            Self::List(items) => inspect_items(items.iter().cloned(), output, depth),
            other => other.print_within(output, depth),
        }
    }
}

fn inspect_items<'a>(items: impl Iterator<Item = Value<'a>>, output: &mut String, depth: usize) {
    output.push('[');
    for (index, item) in items.enumerate() {
        if index > 0 {
            output.push_str(", ");
        }
        item.inspect(output, depth - 1);
    }
    output.push(']');
}

fn inspect_text(text: &str, output: &mut String) {
    output.push('"');
    for character in text.chars() {
        match character {
            '"' => output.push_str("\\\""),
            '\\' => output.push_str("\\\\"),
            '\n' => output.push_str("\\n"),
            '\r' => output.push_str("\\r"),
            '\t' => output.push_str("\\t"),
            other => output.push(other),
        }
    }
    output.push('"');
}
