//! Steps that change the contact or the run, emit events, or end the run.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Context;
use crate::compile::names::Reading;
use crate::compile::operand::{Data, operand};
use crate::compile::predicate::{answer, consent_of};
use crate::compile::types;
use crate::id::{EventName, ListName};
use crate::source::codes;
use crate::source::yaml::{Entry, Kind, Node};
use crate::value::{Operand, Path};
use crate::workflow::{Action, Change, VariableChange};

/// What becomes of a trait or a variable.
enum NewValue {
    Set(Operand),
    Add(Operand),
    Remove,
}

impl Context<'_, '_> {
    pub(super) fn update(&mut self, node: &Node) -> Vec<Change> {
        let mut changes = Vec::new();
        for entry in node.get("traits").map(Node::entries).unwrap_or_default() {
            let Some((path, value)) = self.new_value(&entry.key, &entry.value) else { continue };
            if let Some(kind) = self.reading.names.kind_of(&entry.key)
                && matches!(value, NewValue::Set(_))
            {
                types::literal(self.reading, &entry.key, kind, &entry.key, &entry.value);
            }
            if self.reading.names.computed.contains_key(path.root()) && !self.reading.lenient {
                let message = format!("the trait `{}` is computed, so no step can change it", path.root());
                self.reading.say(&codes::BAD_VALUE, entry.place, message).fix = Some(
                    "change a trait of another name, or emit an event that it is computed of".to_owned(),
                );
            }
            changes.push(match value {
                NewValue::Set(operand) => Change::Set(path, operand),
                NewValue::Add(operand) => Change::Add(path, operand),
                NewValue::Remove => Change::Remove(path),
            });
        }
        let lists = self.membership(node, "lists");
        changes.extend(lists.into_iter().map(|(name, on)| Change::List(ListName::from(name), on)));
        let tags = self.membership(node, "tags");
        changes.extend(tags.into_iter().map(|(name, on)| Change::Tag(name.to_owned(), on)));
        for entry in node.get("consent").map(Node::entries).unwrap_or_default() {
            let of = consent_of(self.reading, &entry.key, entry.place);
            changes.push(Change::Consent(of, answer(entry.value.text())));
        }
        let asks =
            |entry: &Entry| entry.value.entries().iter().any(|entry| !entry.value.one_or_many().is_empty());
        if changes.is_empty() && !node.entries().iter().any(asks) {
            self.reading.say(&codes::EMPTY, node.place, "this update changes nothing").fix =
                Some("name `traits:`, `lists:`, `tags:` or `consent:`".to_owned());
        }
        changes
    }

    pub(super) fn emit(&mut self, node: &Node) -> Option<Action> {
        let event = EventName::from(node.text_of("event")?);
        Some(Action::Emit { event, properties: self.operands(node.get("with")) })
    }

    pub(super) fn set(&mut self, node: &Node) -> Vec<VariableChange> {
        if node.entries().is_empty() {
            self.reading.say(&codes::EMPTY, node.place, "this step sets nothing").fix =
                Some("name a variable with its value: `{ score: 3 }`".to_owned());
        }
        let mut changes = Vec::new();
        for entry in node.entries() {
            let Some((path, value)) = self.new_value(&entry.key, &entry.value) else { continue };
            changes.push(match value {
                NewValue::Set(operand) => VariableChange::Set(path, operand),
                NewValue::Add(operand) => VariableChange::Add(path, operand),
                NewValue::Remove => VariableChange::Remove(path),
            });
        }
        changes
    }

    pub(super) fn exit(&mut self, node: &Node) -> Action {
        let reason = node.text().or(node.text_of("reason")).map(ToOwned::to_owned);
        Action::Exit { reason, result: self.operands(node.get("result")) }
    }

    /// Values by name: written, or looked up when the step is taken.
    pub(super) fn operands(&mut self, node: Option<&Node>) -> BTreeMap<String, Operand> {
        let mut operands = BTreeMap::new();
        for entry in node.map(Node::entries).unwrap_or_default() {
            if let Some(operand) = any_value(self.reading, &entry.value) {
                operands.insert(entry.key.clone(), operand);
            }
        }
        operands
    }

    /// A new value, or a change of the one that is there.
    fn new_value(&mut self, key: &str, value: &Node) -> Option<(Path, NewValue)> {
        let path = Path::parse(key)?;
        let Some(add) = value.get("add") else {
            if value.get("remove").is_some() {
                return Some((path, NewValue::Remove));
            }
            return any_value(self.reading, value).map(|operand| (path, NewValue::Set(operand)));
        };
        let operand = operand(self.reading, add, Data::RUN);
        if matches!(&operand, Some(Operand::Literal(Value::String(_)))) {
            self.reading.say(&codes::BAD_VALUE, add.place, "only a number can be added").fix =
                Some("write a number, or a reference such as `$trigger.total`".to_owned());
        }
        operand.map(|operand| (path, NewValue::Add(operand)))
    }

    /// The names under `add` and `remove`; one in both would be a riddle.
    fn membership<'n>(&mut self, node: &'n Node, key: &str) -> Vec<(&'n str, bool)> {
        let Some(node) = node.get(key) else { return Vec::new() };
        let named = |key: &str| node.get(key).map(Node::one_or_many).unwrap_or_default();
        for both in named("remove") {
            if named("add").iter().any(|added| added.text() == both.text()) {
                let name = both.text().unwrap_or_default();
                let message = format!("`{name}` is added and removed by the same step");
                self.reading.say(&codes::BAD_VALUE, both.place, message).fix =
                    Some("remove one of the two".to_owned());
            }
        }
        let with = |key: &str, on: bool| named(key).iter().filter_map(Node::text).map(move |name| (name, on));
        with("add", true).chain(with("remove", false)).collect()
    }
}

/// A value that is written or looked up; lists are written only.
fn any_value(reading: &mut Reading<'_>, node: &Node) -> Option<Operand> {
    match &node.kind {
        Kind::List { .. } => Some(Operand::Literal(node.to_json())),
        Kind::Scalar(_) => operand(reading, node, Data::RUN),
        Kind::Map { .. } => None,
    }
}
