//! YAML text to a tree in which every value knows where it stands.
//!
//! What the format doesn't want is refused here: anchors and aliases, tags, several documents, keys that are not plain
//! text, keys given twice, and anything beyond the bounds.

mod build;
mod scalar;

use super::diagnostic::Diagnostic;
use super::{FILE_BYTES_MAX, SourceFile, codes};

pub use scalar::{Scalar, Style};

/// The deepest nesting of lists and objects.
pub const DEPTH_MAX: usize = 60;

/// The most values in one file.
pub const NODES_MAX: usize = 100_000;

/// A place in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
}

impl Place {
    /// Where every file begins.
    pub const START: Self = Self { line: 1, column: 1 };
}

/// A range of a file, in characters from 0; `end` is exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The first character.
    pub start: usize,
    /// The character after the last one.
    pub end: usize,
}

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Where it begins.
    pub place: Place,
    /// Which characters it covers; for a text block, its content without the header.
    pub span: Span,
    /// What it is.
    pub kind: Kind,
}

/// What a value is.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// A text, number, truth value or nothing.
    Scalar(Scalar),
    /// A list.
    List {
        /// Its items.
        items: Vec<Node>,
        /// Whether it was written with brackets.
        flow: bool,
    },
    /// An object.
    Map {
        /// Its entries in the order of the file.
        entries: Vec<Entry>,
        /// Whether it was written with braces.
        flow: bool,
    },
}

/// One key of an object with its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// Where the key stands.
    pub place: Place,
    /// Which characters the key covers.
    pub span: Span,
    /// The value.
    pub value: Node,
}

/// Reads a file; every finding is an error, and then there may be no tree.
pub fn parse(file: &SourceFile) -> (Option<Node>, Vec<Diagnostic>) {
    if file.text.len() > FILE_BYTES_MAX {
        let message = format!("the file has {} bytes, more than {FILE_BYTES_MAX}", file.text.len());
        let diagnostic = Diagnostic::new(&codes::TOO_LARGE, &file.path, Place::START, message);
        return (None, vec![diagnostic.fix("split it into several files")]);
    }
    build::build(file)
}

impl Node {
    /// The value of a key of an object.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// A key of an object with its value.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries().iter().find(|entry| entry.key == key)
    }

    /// The entries of an object; none if it isn't one.
    pub fn entries(&self) -> &[Entry] {
        match &self.kind {
            Kind::Map { entries, .. } => entries,
            Kind::Scalar(_) | Kind::List { .. } => &[],
        }
    }

    /// The items of a list; none if it isn't one.
    pub fn items(&self) -> &[Node] {
        match &self.kind {
            Kind::List { items, .. } => items,
            Kind::Scalar(_) | Kind::Map { .. } => &[],
        }
    }

    /// The JSON pointer to what stands at a place: `/blocks/sections/0`.
    pub fn pointer(&self, place: Place) -> String {
        let is_before = |other: &Place| (other.line, other.column) <= (place.line, place.column);
        let entry = self.entries().iter().rfind(|entry| is_before(&entry.place));
        if let Some(entry) = entry {
            let key = entry.key.replace('~', "~0").replace('/', "~1");
            return format!("/{key}{}", entry.value.pointer(place));
        }
        let items = self.items().iter().enumerate();
        let item = items.rev().find(|(_, item)| is_before(&item.place));
        item.map_or_else(String::new, |(index, item)| format!("/{index}{}", item.pointer(place)))
    }

    /// The items of a list, or the value itself where one stands for a list of one.
    pub fn one_or_many(&self) -> &[Node] {
        match &self.kind {
            Kind::List { items, .. } => items,
            Kind::Scalar(_) | Kind::Map { .. } => std::slice::from_ref(self),
        }
    }

    /// The text, if it is one; a number or a truth value isn't.
    pub fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Scalar(Scalar::Text { text, .. }) => Some(text),
            _ => None,
        }
    }

    /// The text of a key of an object.
    pub fn text_of(&self, key: &str) -> Option<&str> {
        self.get(key)?.text()
    }

    /// The whole number, if it is one.
    pub fn integer(&self) -> Option<i64> {
        match self.kind {
            Kind::Scalar(Scalar::Integer(number)) => Some(number),
            _ => None,
        }
    }

    /// The truth value, if it is one.
    pub fn boolean(&self) -> Option<bool> {
        match self.kind {
            Kind::Scalar(Scalar::Boolean(truth)) => Some(truth),
            _ => None,
        }
    }

    /// Whether it is an object.
    pub fn is_map(&self) -> bool {
        matches!(self.kind, Kind::Map { .. })
    }

    /// What it is, in a person's words.
    pub fn type_name(&self) -> &'static str {
        match &self.kind {
            Kind::Scalar(scalar) => scalar.type_name(),
            Kind::List { .. } => "a list",
            Kind::Map { .. } => "an object",
        }
    }

    /// The value as JSON; places are left behind.
    pub fn to_json(&self) -> serde_json::Value {
        match &self.kind {
            Kind::Scalar(scalar) => scalar.to_json(),
            Kind::List { items, .. } => items.iter().map(Self::to_json).collect(),
            Kind::Map { entries, .. } => {
                entries.iter().map(|entry| (entry.key.clone(), entry.value.to_json())).collect()
            }
        }
    }
}

#[cfg(test)]
mod tests;
