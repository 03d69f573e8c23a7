//! How a test is written: values as YAML on one line, and the frame of the file.

use serde_json::{Map, Value};

use super::happened::Happened;
use super::{History, whole_second};
use crate::scenario::clock::Clock;

/// What YAML reads as something else than a text.
const NO_TEXTS: [&str; 9] = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];

/// A test without its expectations.
pub(super) struct Frame {
    head: String,
    tail: String,
}

impl Frame {
    pub(super) fn of(test: &str, clock: &Clock, history: &History<'_>, happened: &Happened) -> Self {
        let contact = match object(&happened.contact) {
            _ if happened.contact.is_empty() => String::new(),
            contact => format!("contact: {contact}\n"),
        };
        let head = format!("test: {}\n{contact}", quoted(test));
        let mut tail = format!("at: {}\nwhen:", clock.written(clock.start()));
        for line in &happened.lines {
            tail.push_str("\n  - ");
            tail.push_str(line);
        }
        if happened.lines.is_empty() {
            tail.push_str(" []");
        }
        tail.push_str("\nuntil: ");
        tail.push_str(&clock.after(whole_second(history.now)));
        Self { head, tail }
    }

    /// The file with remarks above it and these expectations.
    pub(super) fn with(&self, remarks: &[String], expectations: &[String]) -> String {
        let mut text = String::new();
        for remark in remarks {
            text.push_str("# ");
            text.push_str(&remark.replace('\n', " "));
            text.push('\n');
        }
        text.push_str(&self.head);
        text.push_str(&self.tail);
        text.push_str("\nexpect:");
        for expectation in expectations {
            text.push_str("\n  - ");
            text.push_str(expectation);
        }
        if expectations.is_empty() {
            text.push_str(" []");
        }
        text.push('\n');
        text
    }
}

/// An object on one line, its keys in this order.
pub(super) fn line(members: &[(&str, String)]) -> String {
    let members: Vec<String> = members.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    format!("{{ {} }}", members.join(", "))
}

/// A value on one line.
pub(super) fn flow(value: &Value) -> String {
    match value {
        Value::String(text) => quoted(text),
        Value::Array(items) => format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", ")),
        Value::Object(members) => object(members),
        other => other.to_string(),
    }
}

/// An object's members on one line.
pub(super) fn object(members: &Map<String, Value>) -> String {
    if members.is_empty() {
        return "{}".to_owned();
    }
    let members: Vec<String> =
        members.iter().map(|(name, value)| format!("{}: {}", quoted(name), flow(value))).collect();
    format!("{{ {} }}", members.join(", "))
}

/// A text, in quotation marks if it needs them.
pub(super) fn quoted(text: &str) -> String {
    let is_plain = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.ends_with(|c: char| c.is_ascii_alphanumeric())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || " _./@-".contains(c))
        && !NO_TEXTS.contains(&text.to_lowercase().as_str());
    if is_plain { text.to_owned() } else { Value::from(text).to_string() }
}
