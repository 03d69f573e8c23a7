//! The words by which contacts are found: what they are called, and what they belong to.
//!
//! A term is a kind, a colon and a value, all in lower case. Terms of one kind that begin alike lie side by side, so a
//! prefix is a span of them. They only offer candidates: whoever finds a contact by one reads its document.

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use serde_json::Value;

use crate::contact::Contact;
use crate::id::{ListName, SegmentName};
use crate::limits::{NAME_TERMS_MAX, TERM_BYTES_MAX};

/// The traits whose value is a name, or a part of one.
const NAME_TRAITS: [&str; 6] = ["name", "first_name", "firstName", "last_name", "lastName", "username"];

/// The trait that is an e-mail address.
const EMAIL_TRAIT: &str = "email";

/// A part of the term, after everything that begins with what comes before it.
const LAST: char = char::MAX;

/// The term of an e-mail address.
pub fn email(address: &str) -> String {
    term('e', address)
}

/// The term of a name, or of a word of one.
pub fn name(name: &str) -> String {
    term('n', name)
}

/// The term of the contacts in a segment.
pub fn segment(segment: &SegmentName) -> String {
    exact('s', segment.as_str())
}

/// The term of the contacts on a list.
pub fn list(list: &ListName) -> String {
    exact('l', list.as_str())
}

/// The term of the contacts with a tag.
pub fn tag(tag: &str) -> String {
    exact('t', tag)
}

/// All terms of a contact.
pub fn of(contact: &Contact) -> BTreeSet<String> {
    Mark::of(contact).terms()
}

/// All that a contact's terms are made of.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    segments: Vec<SegmentName>,
    lists: Vec<ListName>,
    tags: BTreeSet<String>,
    email: Option<String>,
    names: [Option<String>; NAME_TRAITS.len()],
}

impl Mark {
    /// What a contact's terms are made of now.
    pub fn of(contact: &Contact) -> Self {
        let text = |name: &str| text_of(contact, name).map(str::to_owned);
        Self {
            segments: contact.segments.keys().cloned().collect(),
            lists: contact.lists.keys().cloned().collect(),
            tags: contact.tags.clone(),
            email: text(EMAIL_TRAIT),
            names: NAME_TRAITS.map(text),
        }
    }

    /// The terms that the contact has gained and lost since; from now on this is what it has now.
    pub fn move_to(&mut self, contact: &Contact) -> (Vec<String>, Vec<String>) {
        if self.is_of(contact) {
            return (Vec::new(), Vec::new());
        }
        let before = self.terms();
        *self = Self::of(contact);
        let after = self.terms();
        let gained = after.difference(&before).cloned().collect();
        let lost = before.difference(&after).cloned().collect();
        (gained, lost)
    }

    /// Whether nothing has changed: nearly always, and quicker to see than to make terms.
    fn is_of(&self, contact: &Contact) -> bool {
        self.segments.iter().eq(contact.segments.keys())
            && self.lists.iter().eq(contact.lists.keys())
            && self.tags == contact.tags
            && self.email.as_deref() == text_of(contact, EMAIL_TRAIT)
            && NAME_TRAITS
                .iter()
                .zip(&self.names)
                .all(|(name, known)| known.as_deref() == text_of(contact, name))
    }

    fn terms(&self) -> BTreeSet<String> {
        let mut terms: BTreeSet<String> = self.segments.iter().map(segment).collect();
        terms.extend(self.lists.iter().map(list));
        terms.extend(self.tags.iter().map(|known| tag(known)));
        terms.extend(self.email.as_deref().map(email));
        let mut names: BTreeSet<String> = BTreeSet::new();
        for written in self.names.iter().flatten() {
            names.insert(name(written));
            names.extend(written.split_whitespace().map(name));
        }
        let [_, first, first_camel, last, last_camel, _] = &self.names;
        if let (Some(first), Some(last)) =
            (first.as_ref().or(first_camel.as_ref()), last.as_ref().or(last_camel.as_ref()))
        {
            names.insert(name(&format!("{first} {last}")));
        }
        terms.extend(names.into_iter().take(NAME_TERMS_MAX));
        terms
    }
}

/// A trait that is a text.
fn text_of<'a>(contact: &'a Contact, name: &str) -> Option<&'a str> {
    contact.traits.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
}

/// The spans of terms that begin with what somebody has typed, as e-mail addresses and as names: each from its first
/// term to the end, which is not one of them.
pub fn spans(typed: &str) -> [(String, String); 2] {
    let span = |from: String| {
        let to = format!("{from}{LAST}");
        (from, to)
    };
    [span(email(typed)), span(name(typed))]
}

/// A term whose value people write in many ways: in lower case, with single spaces.
fn term(kind: char, value: &str) -> String {
    let words: Vec<String> = value.split_whitespace().map(str::to_lowercase).collect();
    exact(kind, &words.join(" "))
}

fn exact(kind: char, value: &str) -> String {
    format!("{kind}:{}", &value[..value.floor_char_boundary(TERM_BYTES_MAX)])
}
