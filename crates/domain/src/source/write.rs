//! Values written as the text of a file: what an editor that works on JSON saves.
//!
//! **Invariant:** reading what was written gives the same value.

use std::fmt::Write as _;

use serde_json::{Map, Value};

use super::SourceFile;
use super::format::format;

/// How many spaces each level is further in.
const INDENT: usize = 2;

/// The deepest nesting that is written in lines; what is deeper is written as JSON, which is YAML too.
const DEPTH_MAX: usize = 40;

/// Writes an object as a file of this path, laid out as `wend fmt` does.
pub fn file_of(path: &str, object: &Map<String, Value>) -> SourceFile {
    let mut text = String::new();
    entries(object, 0, &mut text);
    let file = SourceFile { path: path.to_owned(), text };
    match format(&file) {
        Ok(text) => SourceFile { text, ..file },
        Err(_) => file,
    }
}

fn entries(object: &Map<String, Value>, depth: usize, out: &mut String) {
    for (index, (key, value)) in object.iter().enumerate() {
        if index > 0 || depth == 0 {
            indent(depth, out);
        }
        out.push_str(&word(key));
        out.push(':');
        nested(value, depth, out);
    }
}

/// A value after its key, or after the dash of its item.
fn nested(value: &Value, depth: usize, out: &mut String) {
    match value {
        Value::Object(object) if !object.is_empty() && depth < DEPTH_MAX => {
            out.push('\n');
            indent(depth + 1, out);
            entries(object, depth + 1, out);
        }
        Value::Array(items) if !items.is_empty() && depth < DEPTH_MAX => {
            out.push('\n');
            for item in items {
                indent(depth + 1, out);
                out.push('-');
                match item {
                    Value::Object(object) if !object.is_empty() => {
                        out.push(' ');
                        entries(object, depth + 2, out);
                    }
                    item => nested(item, depth + 1, out),
                }
            }
        }
        Value::String(text) if is_block(text) => lines(text, depth, out),
        Value::String(text) => _ = writeln!(out, " {}", word(text)),
        value => _ = writeln!(out, " {value}"),
    }
}

fn indent(depth: usize, out: &mut String) {
    out.extend(std::iter::repeat_n(' ', depth * INDENT));
}

/// Whether a text can stand as it is, line by line.
fn is_block(text: &str) -> bool {
    let first = text.lines().next().unwrap_or_default();
    text.trim_end_matches('\n').contains('\n')
        && !first.starts_with([' ', '\t'])
        && !first.is_empty()
        && !text.ends_with("\n\n")
        && text.lines().all(|line| !line.ends_with([' ', '\t']) && !line.starts_with('\t'))
        && text.chars().all(|c| {
            c == '\n' || c == '\t' || !c.is_control() && !matches!(c, '\u{feff}' | '\u{2028}' | '\u{2029}')
        })
}

fn lines(text: &str, depth: usize, out: &mut String) {
    out.push_str(if text.ends_with('\n') { " |\n" } else { " |-\n" });
    for line in text.lines() {
        if !line.is_empty() {
            indent(depth + 1, out);
            out.push_str(line);
        }
        out.push('\n');
    }
}

/// A text on one line: plain if nothing in it can mean something else, else as JSON writes it.
fn word(text: &str) -> String {
    let is_word = text.starts_with(char::is_alphabetic)
        && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/'))
        && !MEANT_OTHERWISE.contains(&text.to_ascii_lowercase().as_str());
    if is_word { text.to_owned() } else { Value::from(text).to_string() }
}

/// Words that some readers of YAML take for values.
const MEANT_OTHERWISE: [&str; 12] =
    ["true", "false", "null", "yes", "no", "on", "off", "y", "n", "inf", "nan", ".nan"];

#[cfg(test)]
mod tests;
