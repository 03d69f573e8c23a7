//! A file as items with the comments and blank lines that belong to them, ready to be printed.

mod build;

use std::collections::BTreeMap;

use super::Known;
use super::comments::Comment;
use super::text::Text;
use crate::source::grammar::Object;
use crate::source::yaml::Node;

/// A comment on a line of its own.
#[derive(Debug)]
pub(super) struct Lead {
    pub text: String,
    pub blank_before: bool,
}

/// A key with its value, or an item of a list.
#[derive(Debug)]
pub(super) struct Item {
    /// The comments before it.
    pub leads: Vec<Lead>,
    pub blank_before: bool,
    /// The key as it was written; none for an item of a list.
    pub key: Option<String>,
    pub value: Value,
    /// The comment on its line, with the blanks before it.
    pub trailing: Option<(usize, String)>,
}

/// How a value is laid out.
#[derive(Debug)]
pub(super) enum Value {
    /// On the line of its key.
    Inline(String),
    /// Over several lines as they were written: the first, and the others with their indentation beyond the item's.
    Verbatim { first: String, rest: Vec<(isize, String)> },
    /// A text block: its header, and its lines without their indentation.
    Block { header: String, lines: Vec<String> },
    /// An object over several lines.
    Map(Items),
    /// A list over several lines.
    List(Items),
}

/// The items of an object or a list, and the comments after the last one.
#[derive(Debug)]
pub(super) struct Items {
    pub items: Vec<Item>,
    pub tail: Vec<Lead>,
}

/// Lays out a whole file; none if it has a form that can't be laid out safely.
pub(super) fn root(text: &Text, known: &Known, node: &Node, comments: Vec<Comment>) -> Option<Items> {
    build::root(text, known, node, comments)
}

/// The place of each key in the table's order; none if a key is unknown, because then the order is the author's.
pub(super) fn canonical<'k>(
    object: &Object,
    keys: impl Iterator<Item = &'k str>,
) -> Option<BTreeMap<&'k str, usize>> {
    let names: Vec<&str> = object.fields().map(|field| field.name).collect();
    let mut places = BTreeMap::new();
    for key in keys {
        let known = names.iter().position(|name| *name == key).map(|place| place + 1);
        // Free keys come first where they say what the object is (the channel of a send), else last.
        let free = object.rest.as_ref().map(|rest| if rest.exactly_one { 0 } else { names.len() + 1 });
        places.insert(key, known.or(free)?);
    }
    Some(places)
}

impl Value {
    /// Whether a blank line after it would belong to it: a text block that keeps its end.
    fn keeps_end(&self) -> bool {
        match self {
            Self::Block { header, .. } => header.contains('+'),
            Self::Map(inner) | Self::List(inner) => {
                inner.tail.is_empty() && inner.items.last().is_some_and(|item| item.value.keeps_end())
            }
            Self::Inline(_) | Self::Verbatim { .. } => false,
        }
    }
}

impl Items {
    /// Brings keys into the table's order, between blank lines and comments only: what a comment explains stays under it.
    fn sort(&mut self, places: &BTreeMap<&str, usize>) {
        let mut begin = 0;
        while begin < self.items.len() {
            let apart = |item: &Item| item.blank_before || !item.leads.is_empty();
            let n = self.items[begin + 1..].iter().take_while(|item| !apart(item)).count() + 1;
            let group = &mut self.items[begin..begin + n];
            let place = |item: &Item| item.key.as_deref().and_then(|key| places.get(key)).copied();
            let first = group.iter().filter_map(place).min();
            // A comment with a blank line under it speaks of the group, not of its first key.
            let of_group = group[0].leads.is_empty() || group[0].blank_before;
            let moves = !group.iter().any(|item| item.value.keeps_end());
            if moves && (of_group || place(&group[0]) == first) {
                let leads = std::mem::take(&mut group[0].leads);
                let blank_before = std::mem::take(&mut group[0].blank_before);
                group.sort_by_key(place);
                group[0].leads = leads;
                group[0].blank_before = blank_before;
            }
            begin += n;
        }
    }
}
