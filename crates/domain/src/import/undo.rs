//! What an import changed of a contact, and what of it nothing newer has changed: that is given back.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::consent::Frequency;
use crate::id::ListName;
use crate::input::{Cause, Command, Input, Order};
use crate::record::{Decision, Record};
use crate::time::Timestamp;

/// How a record names that there is no answer of consent any more.
pub const UNANSWERED: &str = "unanswered";

/// One thing that is given back; it is only done if the contact still is as the import left it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Restore {
    /// A trait.
    Trait {
        /// Its name.
        name: String,
        /// What the import made of it; null if it removed it.
        is: Value,
        /// What it was before; null if it was not there.
        was: Value,
    },
    /// A list that the import put the contact on, or took it off.
    List {
        /// The list.
        list: ListName,
        /// Whether the contact was on it before.
        was: bool,
    },
    /// A tag that the import gave or took.
    Tag {
        /// The tag.
        tag: String,
        /// Whether the contact had it before.
        was: bool,
    },
    /// An answer of consent.
    Consent {
        /// Of what, as records name it: `channel email`, `category news`.
        of: String,
        /// The answer before; none if there was none.
        was: Option<String>,
        /// What the import made of it.
        is: String,
    },
    /// Until when the contact wants no marketing.
    Pause {
        /// What the import made of it.
        is: Timestamp,
        /// What it was before.
        was: Option<Timestamp>,
    },
    /// How much marketing the contact wants at most.
    Frequency {
        /// What the import made of it.
        is: Frequency,
        /// What it was before.
        was: Option<Frequency>,
    },
    /// An address that the import suppressed.
    Suppressed {
        /// The channel and address, as `email:ann@example.com`.
        address: String,
    },
}

/// What an import did to one contact.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Undo {
    /// What is to be given back.
    pub restore: Vec<Restore>,
    /// What stays because something newer changed it, by name.
    pub kept: Vec<String>,
    /// Whether the import made the contact, and nothing came in for it since.
    pub only_imported: bool,
}

/// What is looked at: a thing of the contact, by a name that people can read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Thing {
    Trait(String),
    List(ListName),
    Tag(String),
    Consent(String),
    Pause,
    Frequency,
}

/// The state of a thing before the import first changed it, and after whatever changed it last.
struct Changed {
    was: Value,
    is: Value,
    newer: bool,
}

/// Works out the undo of an import from a contact's whole history, oldest first.
pub fn undo(import: &str, history: impl IntoIterator<Item = (Input, Record)>) -> Undo {
    let mut things: BTreeMap<Thing, Changed> = BTreeMap::new();
    let mut consent: BTreeMap<String, Value> = BTreeMap::new();
    let (mut pause, mut frequency) = (Value::Null, Value::Null);
    let mut suppressed = Vec::new();
    let (mut n_inputs, mut n_own, mut created) = (0_usize, 0_usize, false);
    for (input, record) in history {
        n_inputs += 1;
        let is_own = is_of(&input, import);
        if is_own && matches!(input.cause, Cause::Command(_)) {
            // It was undone once.
            suppressed.clear();
        }
        n_own += usize::from(is_own);
        for line in record {
            let change = match line.decision {
                Decision::Created => {
                    created |= is_own;
                    continue;
                }
                Decision::TraitChanged { name, from, to } => (Thing::Trait(name), from, to),
                Decision::ListChanged { list, on } => (Thing::List(list), Value::from(!on), Value::from(on)),
                Decision::TagChanged { tag, on } => (Thing::Tag(tag), Value::from(!on), Value::from(on)),
                Decision::ConsentChanged { of, answer } => {
                    let is = if answer == UNANSWERED { Value::Null } else { Value::from(answer) };
                    let was = consent.insert(of.clone(), is.clone()).unwrap_or_default();
                    (Thing::Consent(of), was, is)
                }
                Decision::MarketingPaused { until } => {
                    let is = until.map_or(Value::Null, |until| Value::from(until.as_millis()));
                    (Thing::Pause, std::mem::replace(&mut pause, is.clone()), is)
                }
                Decision::FrequencyChosen { frequency: is } => {
                    let is = Frequency::parse(&is).map_or(Value::Null, |is| Value::from(is.to_string()));
                    (Thing::Frequency, std::mem::replace(&mut frequency, is.clone()), is)
                }
                Decision::SuppressionChanged { suppressed: true, .. } if is_own => {
                    suppressed.extend(addresses(&input));
                    continue;
                }
                _ => continue,
            };
            note(&mut things, change, is_own);
        }
    }
    let mut undo = Undo { only_imported: created && n_own == n_inputs, ..Undo::default() };
    for (thing, changed) in things {
        if changed.newer {
            undo.kept.push(thing.name());
        } else if changed.was != changed.is {
            undo.restore.extend(thing.restore(changed));
        }
    }
    suppressed.dedup();
    undo.restore.extend(suppressed.into_iter().map(|address| Restore::Suppressed { address }));
    undo
}

/// Whether an input is a row of the import; an undo of it counts as such, so that a second one finds nothing newer.
fn is_of(input: &Input, import: &str) -> bool {
    let event = match &input.cause {
        Cause::Event(event) => event,
        Cause::Command(Command { order: Order::UndoImport { import: undone, .. }, .. }) => {
            return undone == import;
        }
        _ => return false,
    };
    event.brought.as_ref().is_some_and(|brought| brought.import == import)
        || event.message_id.strip_prefix("import:").and_then(|id| id.strip_prefix(import)).is_some_and(
            // Further anonymous ids of a row bring nothing of their own.
            |rest| rest.starts_with(':'),
        )
}

fn addresses(input: &Input) -> Vec<String> {
    let brought = input.cause.event().and_then(|event| event.brought.as_ref());
    brought.into_iter().flat_map(|brought| brought.suppressed.keys().cloned()).collect()
}

fn note(things: &mut BTreeMap<Thing, Changed>, (thing, was, is): (Thing, Value, Value), is_own: bool) {
    match things.get_mut(&thing) {
        Some(changed) if is_own && !changed.newer => changed.is = is,
        // The import changed it again after something newer had: it is given back what that left.
        Some(changed) if is_own => *changed = Changed { was, is, newer: false },
        Some(changed) => changed.newer = true,
        None if is_own => drop(things.insert(thing, Changed { was, is, newer: false })),
        None => {}
    }
}

impl Thing {
    fn name(&self) -> String {
        match self {
            Self::Trait(name) => format!("trait {name}"),
            Self::List(list) => format!("list {list}"),
            Self::Tag(tag) => format!("tag {tag}"),
            Self::Consent(of) => format!("consent for {of}"),
            Self::Pause => "pause".to_owned(),
            Self::Frequency => "frequency".to_owned(),
        }
    }

    fn restore(self, Changed { was, is, .. }: Changed) -> Option<Restore> {
        let was_on = was.as_bool().unwrap_or_default();
        let instant = |value: &Value| value.as_i64().map(Timestamp::from_millis);
        let frequency = |value: &Value| value.as_str().and_then(Frequency::parse);
        Some(match self {
            Self::Trait(name) => Restore::Trait { name, is, was },
            Self::List(list) => Restore::List { list, was: was_on },
            Self::Tag(tag) => Restore::Tag { tag, was: was_on },
            Self::Consent(of) => {
                Restore::Consent { of, was: was.as_str().map(str::to_owned), is: is.as_str()?.to_owned() }
            }
            Self::Pause => Restore::Pause { is: instant(&is)?, was: instant(&was) },
            Self::Frequency => Restore::Frequency { is: frequency(&is)?, was: frequency(&was) },
        })
    }
}
