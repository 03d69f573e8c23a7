//! Whether a condition asks of a trait what its type can answer.
//!
//! A number and a text never compare equal, and have no order: a condition that mixes them would let nobody pass, or
//! everybody, without a word.

use serde_json::Value;

use super::names::Reading;
use crate::profile::TraitType;
use crate::source::codes;
use crate::source::suggest::did_you_mean;
use crate::source::yaml::{Entry, Node};

/// Whose trait is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    /// The contact's.
    Contact,
    /// The account's.
    Account,
}

/// Checks the tests beside `trait: NAME` or `account: NAME` against what is declared of it.
pub(super) fn tests(reading: &mut Reading<'_>, of: Of, path: &str, node: &Node) {
    if reading.lenient {
        return;
    }
    let names = reading.names;
    let kind = match of {
        Of::Contact => names.kind_of(path),
        Of::Account => names.account_kind_of(path),
    };
    let Some(kind) = kind else { return };
    for entry in node.entries() {
        if is_test_of(reading, path, kind, entry) {
            for item in entry.value.one_or_many() {
                literal(reading, path, kind, &entry.key, item);
                listed(reading, of, path, entry, item);
            }
        }
    }
}

/// Whether a key is a test that compares with values of the trait's own type; says it if the type has no such test.
fn is_test_of(reading: &mut Reading<'_>, name: &str, kind: TraitType, entry: &Entry) -> bool {
    use TraitType::{Boolean, Date, List, Number, Object, Text};
    let (fits, compares, instead) = match entry.key.as_str() {
        "eq" | "ne" | "in" | "not_in" => {
            (!matches!(kind, List | Object), true, if kind == List { "contains" } else { "exists" })
        }
        "gt" | "gte" | "lt" | "lte" => (matches!(kind, Number | Text | Date), true, "eq"),
        "contains" => (matches!(kind, List | Text), kind == Text, "eq"),
        "starts_with" | "ends_with" => (kind == Text, true, "eq"),
        "matches" => (kind == Text, false, "eq"),
        "within_last" | "within_next" => (kind == Date, false, "gte"),
        _ => return false,
    };
    if !fits {
        let message = format!("the trait `{name}` is {}, which `{}` cannot test", kind.describe(), entry.key);
        let fix = match kind {
            Object => format!("ask a member of it: `trait: {name}.member`"),
            List => format!("write `contains:` in place of `{}:`", entry.key),
            Boolean => "write `eq: true` or `eq: false`".to_owned(),
            Text | Number | Date => {
                format!("write `{instead}:` in place of `{}:`, or change the type in traits.yaml", entry.key)
            }
        };
        let diagnostic = reading.say(&codes::MIXED_TYPES, entry.place, message);
        diagnostic.why = Some("it would never pass".to_owned());
        diagnostic.fix = Some(fix);
    }
    fits && compares
}

/// Checks one value that a trait is compared with, or that it is given.
pub(super) fn literal(reading: &mut Reading<'_>, name: &str, kind: TraitType, key: &str, node: &Node) {
    let value = node.to_json();
    if reading.lenient || is_reference(&value) {
        return;
    }
    let Some(other) = TraitType::of(&value) else { return };
    if kind.takes(other) {
        return;
    }
    let shown = crate::predicate::show(Some(&value));
    let message = format!("the trait `{name}` is {}, and {shown} is {}", kind.describe(), other.describe());
    let fix = match (respelt(kind, &value), kind) {
        (Some(value), _) => format!("write `{key}: {value}`, not `{key}: {shown}`"),
        (None, TraitType::Date) => {
            format!("write a date such as `{key}: 2026-01-05`, or change the type in traits.yaml")
        }
        (None, _) => {
            format!("compare it with {}, or change its type in traits.yaml", kind.describe())
        }
    };
    let diagnostic = reading.say(&codes::MIXED_TYPES, node.place, message);
    diagnostic.why =
        Some(format!("{} and {} are never equal and have no order", kind.describe(), other.describe()));
    diagnostic.fix = Some(fix);
}

/// The value as it would be written for the type, if it is only misspelt.
fn respelt(kind: TraitType, value: &Value) -> Option<Value> {
    match (kind, value) {
        (TraitType::Number, Value::String(text)) => {
            let number: serde_json::Number = text.trim().parse().ok()?;
            Some(Value::Number(number))
        }
        (TraitType::Boolean, Value::String(text)) => text.trim().parse().ok().map(Value::Bool),
        (TraitType::Text, Value::Number(_) | Value::Bool(_)) => Some(Value::String(value.to_string())),
        _ => None,
    }
}

fn is_reference(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.starts_with('$') && text.contains('.'))
}

/// A value that the trait never has.
fn listed(reading: &mut Reading<'_>, of: Of, name: &str, entry: &Entry, node: &Node) {
    let names = reading.names;
    let declared = if of == Of::Contact { &names.traits } else { &names.accounts };
    let Some(rule) = declared.get(name) else { return };
    let value = node.to_json();
    let is_equal = matches!(entry.key.as_str(), "eq" | "ne" | "in" | "not_in");
    if !is_equal || rule.one_of.is_empty() || is_reference(&value) || rule.one_of.contains(&value) {
        return;
    }
    if !TraitType::of(&value).is_some_and(|kind| rule.kind.takes(kind)) {
        return;
    }
    let known: Vec<&str> = rule.one_of.iter().filter_map(Value::as_str).collect();
    let near = value.as_str().and_then(|text| did_you_mean(text, known.iter().copied()));
    let shown = crate::predicate::show(Some(&value));
    let message = format!("the trait `{name}` never is {shown}: traits.yaml lists its values");
    reading.say(&codes::BAD_VALUE, node.place, message).fix =
        Some(near.unwrap_or_else(|| "compare with a listed value, or add this one to `in:`".to_owned()));
}
