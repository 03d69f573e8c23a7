//! What a portfolio says of traits.

use std::collections::{BTreeMap, BTreeSet};

use super::names::Reading;
use super::operand::{Data, filter, path_of, period_of};
use super::summaries::Summaries;
use crate::id::EventName;
use crate::limits::{COMPUTED_TRAITS_MAX, ROLLUPS_MAX};
use crate::profile::{AccountTraits, Computed, Reckoning, Rollup, TraitFormat, TraitRule, TraitType, Traits};
use crate::source::codes;
use crate::source::yaml::{Entry, Node};
use crate::value::Path;

/// Reads what is declared; what has the wrong shape was said before and is left out.
pub(super) fn declared(node: &Node) -> BTreeMap<String, TraitRule> {
    let entries = entries(node, "traits").iter();
    entries.filter_map(|entry| Some((entry.key.clone(), rule(entry)?))).collect()
}

/// Which traits are computed, with their type if it is known.
pub(super) fn computed_kinds(node: &Node) -> BTreeMap<String, Option<TraitType>> {
    let kind = |entry: &Entry| reckoning(&entry.value).and_then(|(what, _)| what.kind());
    entries(node, "computed").iter().map(|entry| (entry.key.clone(), kind(entry))).collect()
}

/// Compiles what is said of traits.
pub(super) fn traits(reading: &mut Reading<'_>, summaries: &mut Summaries, node: &Node) -> Traits {
    rules(reading, node);
    let computed = entries(node, "computed");
    if let Some(entry) = computed.get(COMPUTED_TRAITS_MAX) {
        let message =
            format!("there are {} computed traits, more than {COMPUTED_TRAITS_MAX}", computed.len());
        reading.say(&codes::TOO_LARGE, entry.place, message).fix =
            Some("ask conditions of events where no message shows the number".to_owned());
    }
    let computed = computed.iter().filter_map(|entry| {
        trait_name(reading, entry);
        if reading.names.traits.contains_key(&entry.key) {
            let message = format!("`{}` is declared and computed at once", entry.key);
            reading.say(&codes::BAD_NAME, entry.place, message).fix =
                Some("remove it from `traits:`, or give one of them another name".to_owned());
        }
        Some((entry.key.clone(), compute(reading, summaries, entry)?))
    });
    let computed = computed.collect();
    let accounts = node.get("accounts").map(|node| accounts(reading, node)).unwrap_or_default();
    Traits { computed, accounts, declared: reading.names.traits.clone() }
}

/// The sums over members that are defined.
pub(super) fn rollup_names(accounts: &Node) -> BTreeSet<String> {
    entries(accounts, "rollups").iter().map(|entry| entry.key.clone()).collect()
}

/// Compiles what is said of accounts.
fn accounts(reading: &mut Reading<'_>, node: &Node) -> AccountTraits {
    rules(reading, node);
    let rollups = entries(node, "rollups");
    if let Some(entry) = rollups.get(ROLLUPS_MAX) {
        let message = format!("there are {} sums over members, more than {ROLLUPS_MAX}", rollups.len());
        reading.say(&codes::TOO_LARGE, entry.place, message).fix =
            Some("remove those that nobody reads".to_owned());
    }
    let mut compiled = AccountTraits { declared: reading.names.accounts.clone(), ..AccountTraits::default() };
    for entry in rollups {
        trait_name(reading, entry);
        if reading.names.accounts.contains_key(&entry.key) {
            let message = format!("`{}` is declared and summed up at once", entry.key);
            reading.say(&codes::BAD_NAME, entry.place, message).fix =
                Some("remove it from `traits:`, or give one of them another name".to_owned());
        }
        if let Some(rollup) = rollup(reading, entry) {
            compiled.rollups.insert(entry.key.clone(), rollup);
        }
    }
    compiled
}

fn rollup(reading: &mut Reading<'_>, entry: &Entry) -> Option<Rollup> {
    let node = &entry.value;
    let sum = path_of(node, "sum");
    if node.get("count").is_none() && sum.is_none() {
        return None;
    }
    if let (Some(path), Some(value)) = (&sum, node.get("sum"))
        && let Some(kind) = reading.names.kind_of(&path.to_string()).filter(|kind| *kind != TraitType::Number)
    {
        let message = format!("the trait `{path}` is {}, which cannot be added up", kind.describe());
        reading.say(&codes::MIXED_TYPES, value.place, message).fix =
            Some("add up a number, or count members with `count: members`".to_owned());
    }
    let filter = filter(reading, node.get("where"), Data::LITERALS);
    for member in node.get("where").map(Node::entries).unwrap_or_default() {
        if let Some(moving) = ["within_last", "within_next"].iter().find_map(|key| member.value.entry(key)) {
            let message = format!("`{}` changes with time alone, and nobody would report it", moving.key);
            reading.say(&codes::BAD_VALUE, moving.place, message).fix =
                Some("compute a trait of events with `within:`, and ask that".to_owned());
        }
        if member.value.is_map() {
            super::types::tests(reading, super::types::Of::Contact, &member.key, &member.value);
        } else if let Some(kind) = reading.names.kind_of(&member.key) {
            super::types::literal(reading, &member.key, kind, &member.key, &member.value);
        }
    }
    let title = node.text_of("title").unwrap_or(&entry.key).to_owned();
    Some(Rollup { title, sum, filter })
}

fn entries<'n>(node: &'n Node, key: &str) -> &'n [Entry] {
    node.get(key).map(Node::entries).unwrap_or_default()
}

fn compute(reading: &mut Reading<'_>, summaries: &mut Summaries, entry: &Entry) -> Option<Computed> {
    let node = &entry.value;
    let event = EventName::from(node.text_of("event")?);
    let filter = filter(reading, node.get("where"), Data::LITERALS);
    let (what, property) = reckoning(node)?;
    let within = period_of(node, "within");
    Some(Computed {
        title: node.text_of("title").unwrap_or(&entry.key).to_owned(),
        personal: node.get("personal").and_then(Node::boolean).unwrap_or(false),
        summary: summaries.compute(event, filter, property, what, within),
        what,
        within,
    })
}

/// What is computed, and of which property.
fn reckoning(node: &Node) -> Option<(Reckoning, Option<Path>)> {
    let of = |instant: Reckoning, value: Reckoning, key: &str| match path_of(node, key) {
        Some(path) => (value, Some(path)),
        None => (instant, None),
    };
    let key =
        ["count", "sum", "first", "last", "most_frequent"].into_iter().find(|key| node.get(key).is_some())?;
    Some(match key {
        "count" => (Reckoning::Count, None),
        "sum" => (Reckoning::Sum, Some(path_of(node, key)?)),
        "first" => of(Reckoning::FirstAt, Reckoning::First, key),
        "last" => of(Reckoning::LastAt, Reckoning::Last, key),
        _ => (Reckoning::MostFrequent, Some(path_of(node, key)?)),
    })
}

fn rule(entry: &Entry) -> Option<TraitRule> {
    let node = &entry.value;
    let flag = |key: &str| node.get(key).and_then(Node::boolean).unwrap_or(false);
    Some(TraitRule {
        title: node.text_of("title").unwrap_or(&entry.key).to_owned(),
        kind: TraitType::named(node.text_of("type")?)?,
        required: flag("required"),
        format: node.text_of("format").and_then(TraitFormat::parse),
        one_of: node.get("in").map(Node::items).unwrap_or_default().iter().map(Node::to_json).collect(),
        personal: flag("personal"),
    })
}

/// Says what contradicts itself.
fn rules(reading: &mut Reading<'_>, node: &Node) {
    for entry in entries(node, "traits") {
        trait_name(reading, entry);
        one(reading, entry);
    }
}

/// A trait is named whole: what is inside of it has the type `object`.
fn trait_name(reading: &mut Reading<'_>, entry: &Entry) {
    if let Some((root, _)) = entry.key.split_once('.') {
        let message = format!("`{}` is a member of the trait `{root}`", entry.key);
        reading.say(&codes::BAD_NAME, entry.place, message).fix =
            Some(format!("declare `{root}` with `type: object`"));
    }
}

fn one(reading: &mut Reading<'_>, entry: &Entry) {
    let Some(rule) = rule(entry) else { return };
    let kind = rule.kind;
    if rule.format.is_some() && kind != TraitType::Text {
        let place = entry.value.get("format").map_or(entry.place, |node| node.place);
        let message = format!("`format` is for texts, and `{}` is {}", entry.key, kind.describe());
        reading.say(&codes::MIXED_TYPES, place, message).fix =
            Some("remove `format:`, or write `type: text`".to_owned());
    }
    let Some(list) = entry.value.get("in") else { return };
    if list.items().is_empty() {
        reading.say(&codes::EMPTY, list.place, format!("no value of `{}` would be right", entry.key)).fix =
            Some("name at least one value, or remove `in:`".to_owned());
    }
    if matches!(kind, TraitType::List | TraitType::Object) {
        let message = format!("`in` lists single values, and `{}` is {}", entry.key, kind.describe());
        reading.say(&codes::MIXED_TYPES, list.place, message).fix = Some("remove `in:`".to_owned());
        return;
    }
    for item in list.items() {
        super::types::literal(reading, &entry.key, kind, "in", item);
    }
}
