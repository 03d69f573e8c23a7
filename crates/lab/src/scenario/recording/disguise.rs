//! What of a person is written down: only what rules and templates read, with addresses that are nobody's.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};
use wend_domain::catalog::Catalog;
use wend_domain::input::Cause;
use wend_domain::record::Decision;
use wend_domain::source::SourceFile;
use wend_domain::source::grammar::FileKind;
use wend_domain::source::yaml::{self, Node};

use super::History;

/// How much of a person a recording keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// What rules and templates read; addresses are replaced by examples.
    WhatIsRead,
    /// Everything as it is.
    Everything,
}

/// The trait that every contact's local time comes from.
const ZONE_TRAIT: &str = "timezone";
/// The keys whose value is the path of a trait.
const TRAIT_KEYS: [&str; 3] = ["trait", "trait_changed", "date"];
/// The domain of examples, which nobody can own.
const EXAMPLE_DOMAIN: &str = "example.com";
/// A telephone number that nobody has; the last digits count up.
const EXAMPLE_PHONE: u64 = 15_555_550_100;

/// What stands for a text that only templates read: what a message says decides nothing.
const EXAMPLE_TEXT: &str = "example";

/// What the rules and templates of a portfolio read.
pub(super) struct Read {
    rules: Names,
    templates: Names,
}

/// What some files read.
#[derive(Default)]
struct Names {
    /// The first parts of the paths of traits.
    traits: BTreeSet<String>,
    /// Whether a contact is taken as a whole.
    all_traits: bool,
    /// Every word: a property that is read is among them.
    words: BTreeSet<String>,
}

/// What a name is read for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    /// It may decide something.
    Decides,
    /// A message shows it.
    Shown,
    /// Nothing reads it.
    None,
}

impl Read {
    pub(super) fn of(catalog: &Catalog, files: &[SourceFile]) -> Self {
        let addresses = catalog.policies.channels.values().map(|channel| channel.address.clone());
        let traits = addresses.chain([ZONE_TRAIT.to_owned()]).collect();
        let rules = Names { traits, ..Names::default() };
        let mut read = Self { rules, templates: Names::default() };
        for file in files {
            let names = match FileKind::of_path(&file.path) {
                Some(FileKind::Test) => continue,
                Some(FileKind::Template) => &mut read.templates,
                _ => &mut read.rules,
            };
            if let Some(node) = yaml::parse(file).0 {
                names.node(&node);
            }
        }
        read
    }

    fn of_trait(&self, name: &str) -> Use {
        let reads = |names: &Names| names.all_traits || names.traits.contains(name);
        self.used(reads)
    }

    fn of_property(&self, name: &str) -> Use {
        self.used(|names| names.words.contains(name))
    }

    fn used(&self, reads: impl Fn(&Names) -> bool) -> Use {
        if reads(&self.rules) {
            Use::Decides
        } else if reads(&self.templates) {
            Use::Shown
        } else {
            Use::None
        }
    }
}

impl Names {
    fn node(&mut self, node: &Node) {
        if let Some(text) = node.text() {
            self.text(text);
        }
        for item in node.items() {
            self.node(item);
        }
        for entry in node.entries() {
            self.words.extend(words(&entry.key).map(str::to_owned));
            if let Some(path) = entry.value.text().filter(|_| TRAIT_KEYS.contains(&entry.key.as_str())) {
                self.traits.extend(words(path).next().map(str::to_owned));
            }
            self.node(&entry.value);
        }
    }

    fn text(&mut self, text: &str) {
        self.words.extend(words(text).map(str::to_owned));
        for (at, _) in text.match_indices("contact") {
            let is_word_part = |c: char| c.is_alphanumeric() || c == '_';
            if text[..at].chars().next_back().is_some_and(is_word_part) {
                continue;
            }
            let rest = &text[at + "contact".len()..];
            match rest.chars().next() {
                Some('.') => self.traits.extend(words(&rest[1..]).next().map(str::to_owned)),
                Some('[') => self
                    .traits
                    .extend(words(rest.trim_start_matches(['[', '"', '\''])).next().map(str::to_owned)),
                Some(c) if is_word_part(c) => {}
                // In a tag of a template, the contact as a whole is taken.
                _ => self.all_traits |= is_in_tag(text, at),
            }
        }
    }
}

/// The words of a text, as names of traits and properties are written.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '-')).filter(|word| !word.is_empty())
}

/// Whether a place of a text is inside a tag of a template.
fn is_in_tag(text: &str, at: usize) -> bool {
    let open = text[..at].rfind("{{").max(text[..at].rfind("{%"));
    let closed = text[..at].rfind("}}").max(text[..at].rfind("%}"));
    open > closed
}

/// How a person is written down.
pub(super) struct Disguise<'r> {
    read: &'r Read,
    keep: Keep,
    /// Whether the contact's own id is written down: chance depends on it.
    pub with_id: bool,
    /// What stands for addresses and ids.
    instead: BTreeMap<String, String>,
    left_out: RefCell<BTreeSet<String>>,
}

impl<'r> Disguise<'r> {
    /// The ways to write a person down, the most discreet first: a domain may decide about segments, and an id about
    /// chance.
    pub(super) fn attempts(
        read: &'r Read,
        catalog: &Catalog,
        history: &History<'_>,
        keep: Keep,
    ) -> Vec<Self> {
        let ways = match keep {
            Keep::WhatIsRead => vec![(false, false), (true, false), (false, true), (true, true)],
            Keep::Everything => vec![(true, false), (true, true)],
        };
        let attempt = |(with_domain, with_id)| Self {
            read,
            keep,
            with_id,
            instead: examples(catalog, history, with_domain),
            left_out: RefCell::default(),
        };
        ways.into_iter().map(attempt).collect()
    }

    /// The team's own id, if it is kept.
    pub(super) fn user_id<'h>(&self, history: &History<'h>) -> Option<&'h str> {
        history.user_id.filter(|_| self.keep == Keep::Everything)
    }

    /// The traits that are written down.
    pub(super) fn traits(&self, traits: &Map<String, Value>) -> Map<String, Value> {
        self.chosen(traits, "trait", |name| self.read.of_trait(name))
    }

    /// The properties that are written down.
    pub(super) fn properties(&self, properties: &Map<String, Value>) -> Map<String, Value> {
        self.chosen(properties, "property", |name| self.read.of_property(name))
    }

    /// The answer of another system, as far as it is written down.
    pub(super) fn body(&self, body: &Value) -> Value {
        match body {
            Value::Object(members) => Value::Object(self.properties(members)),
            other => self.value(other),
        }
    }

    /// What was left out, in words.
    pub(super) fn left_out(&self) -> Option<String> {
        let left_out = self.left_out.borrow();
        let names: Vec<&str> = left_out.iter().map(String::as_str).collect();
        (!names.is_empty())
            .then(|| format!("left out, since no rule or template reads it: {}", names.join(", ")))
    }

    fn chosen(
        &self,
        members: &Map<String, Value>,
        kind: &str,
        used: impl Fn(&str) -> Use,
    ) -> Map<String, Value> {
        if self.keep == Keep::Everything {
            return members.clone();
        }
        let mut chosen = Map::new();
        for (name, value) in members {
            let value = match (used(name), value) {
                (Use::None, _) => {
                    self.left_out.borrow_mut().insert(format!("{kind} {name}"));
                    continue;
                }
                (Use::Shown, Value::String(_)) => Value::from(EXAMPLE_TEXT),
                (Use::Shown | Use::Decides, value) => self.value(value),
            };
            chosen.insert(name.clone(), value);
        }
        chosen
    }

    fn value(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.text(text)),
            Value::Array(items) => items.iter().map(|item| self.value(item)).collect(),
            Value::Object(members) => {
                members.iter().map(|(name, value)| (name.clone(), self.value(value))).collect()
            }
            other => other.clone(),
        }
    }

    /// A text without the addresses and ids that are known, and without anything else that looks like an e-mail address.
    pub(super) fn text(&self, text: &str) -> String {
        if self.keep == Keep::Everything {
            return text.to_owned();
        }
        if let Some(instead) = self.instead.get(text) {
            return instead.clone();
        }
        let part = |part: &str| match self.instead.get(part) {
            Some(instead) => instead.clone(),
            None if part.contains('@') => format!("somebody@{EXAMPLE_DOMAIN}"),
            None => part.to_owned(),
        };
        if text.contains('@') {
            text.split(' ').map(part).collect::<Vec<_>>().join(" ")
        } else {
            text.to_owned()
        }
    }
}

/// What stands for each address that the contact ever had, and for the team's own id.
fn examples(catalog: &Catalog, history: &History<'_>, with_domain: bool) -> BTreeMap<String, String> {
    let traits: BTreeSet<&str> =
        catalog.policies.channels.values().map(|channel| channel.address.as_str()).collect();
    let mut found: Vec<(String, String)> = Vec::new();
    let mut find = |name: &str, value: &Value| {
        if let (true, Some(text)) = (traits.contains(name), value.as_str()) {
            found.push((name.to_owned(), text.to_owned()));
        }
    };
    for entry in history.entries {
        if let Cause::Event(event) = &entry.input.cause {
            event.traits.iter().for_each(|(name, value)| find(name, value));
        }
        for line in &entry.record {
            if let Decision::TraitChanged { name, from, to } = &line.decision {
                find(name, from);
                find(name, to);
            }
        }
    }
    history.traits.iter().for_each(|(name, value)| find(name, value));
    let mut instead = BTreeMap::new();
    instead.extend(history.user_id.map(|user_id| (user_id.to_owned(), "test".to_owned())));
    for (name, address) in found {
        let n = instead.len();
        let example = example(&name, &address, n, with_domain);
        instead.entry(address).or_insert(example);
    }
    instead
}

fn example(name: &str, address: &str, n: usize, with_domain: bool) -> String {
    let domain = address.rsplit_once('@').map(|(_, domain)| domain);
    match domain {
        Some(domain) => format!("person{n}@{}", if with_domain { domain } else { EXAMPLE_DOMAIN }),
        None if address.starts_with('+') => format!("+{}", EXAMPLE_PHONE + n as u64),
        None => format!("{name}-{n}"),
    }
}
