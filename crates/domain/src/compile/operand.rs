//! Operands, tests and property filters.

use serde_json::Value;

use super::names::Reading;
use crate::pattern::UrlPattern;
use crate::predicate::{PropertyTest, Test};
use crate::source::codes;
use crate::source::grammar::predicate::TEST_FIELDS;
use crate::source::yaml::{Kind, Node, Scalar};
use crate::time::Period;
use crate::value::{Operand, Path};

/// Which data a reference may name.
#[derive(Debug, Clone, Copy)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each kind of data is there or is not, whatever the others are"
)]
pub(super) struct Data {
    /// Whether there are data that a run was or would be entered with.
    pub trigger: bool,
    /// Whether there is a run, and so its variables.
    pub run: bool,
    /// Whether the contact may be asked.
    pub contact: bool,
    /// Whether an event is at hand.
    pub event: bool,
}

impl Data {
    /// Only what is written there.
    pub const LITERALS: Self = Self { trigger: false, run: false, contact: false, event: false };
    /// A contact and nothing else: segments.
    pub const CONTACT: Self = Self { trigger: false, run: false, contact: true, event: false };
    /// A contact who would enter: audiences.
    pub const ENTERING: Self = Self { trigger: true, run: false, contact: true, event: false };
    /// A contact in a run: branches, updates.
    pub const RUN: Self = Self { trigger: true, run: true, contact: true, event: false };

    /// The same with an event at hand.
    pub const fn with_event(self) -> Self {
        Self { event: true, ..self }
    }
}

/// The kinds of references: how they begin.
const REFERENCES: [&str; 4] = ["trigger", "run", "contact", "event"];

/// Reads a scalar as an operand.
pub(super) fn operand(reading: &mut Reading<'_>, node: &Node, data: Data) -> Option<Operand> {
    let Kind::Scalar(scalar) = &node.kind else { return None };
    if let Scalar::Text { text, .. } = scalar
        && let Some((root, rest)) = text.strip_prefix('$').and_then(|rest| rest.split_once('.'))
        && !root.is_empty()
        && root.chars().all(|c| c.is_ascii_alphabetic())
    {
        return reference(reading, node, (text, root, rest), data);
    }
    Some(Operand::Literal(scalar.to_json()))
}

fn reference(
    reading: &mut Reading<'_>,
    node: &Node,
    (text, root, rest): (&str, &str, &str),
    data: Data,
) -> Option<Operand> {
    let Some(path) = Path::parse(rest) else {
        reading.say(&codes::BAD_PATH, node.place, format!("`{text}` names no value")).fix =
            Some(format!("write a path after `${root}.`"));
        return None;
    };
    let (allowed, operand) = match root {
        "trigger" => (data.trigger, Operand::Trigger(path)),
        "run" => (data.run, Operand::Run(path)),
        "contact" => (data.contact, Operand::Contact(path)),
        "event" => (data.event, Operand::Event(path)),
        _ => {
            let diagnostic =
                reading.say(&codes::BAD_REFERENCE, node.place, format!("`{text}` refers to nothing"));
            diagnostic.fix = crate::source::suggest::nearest(root, REFERENCES)
                .map(|near| format!("did you mean `${near}.{rest}`?"))
                .or_else(|| {
                    Some("references begin with `$trigger.`, `$run.`, `$contact.` or `$event.`".to_owned())
                });
            return None;
        }
    };
    if !allowed {
        let (why, fix) = unavailable(root, data);
        let diagnostic =
            reading.say(&codes::BAD_REFERENCE, node.place, format!("`{text}` has nothing to refer to here"));
        diagnostic.why = Some(why.to_owned());
        diagnostic.fix = Some(fix.to_owned());
    }
    Some(operand)
}

/// Why a reference isn't available, and what to do.
fn unavailable(root: &str, data: Data) -> (&'static str, &'static str) {
    match root {
        _ if !data.contact => (
            "past events are summarised once for all contacts and runs, so the filter must be the same for all",
            "compare with a plain value",
        ),
        "run" if data.trigger => (
            "`$run` is what steps of the run have set, and there is no run yet",
            "compare with a plain value, with `$trigger.…` or with `$contact.…`",
        ),
        "trigger" | "run" if !data.event => {
            ("a segment is asked outside of any run", "compare with a plain value, or with `$contact.…`")
        }
        "trigger" | "run" => (
            "`$trigger` and `$run` are data of a run, and there is no run yet",
            "compare with a plain value, with `$contact.…` or with `$event.…`",
        ),
        _ => (
            "`$event` is the event that is just arriving, and here none is",
            "use `$trigger.…` for the event that began the run",
        ),
    }
}

/// Reads the tests of an object, in the table's order, so that the order in the file doesn't matter.
pub(super) fn tests(reading: &mut Reading<'_>, node: &Node, data: Data) -> Vec<Test> {
    TEST_FIELDS.iter().filter_map(|field| test(reading, field.name, node.get(field.name)?, data)).collect()
}

fn test(reading: &mut Reading<'_>, name: &str, node: &Node, data: Data) -> Option<Test> {
    let mut one = |make: fn(Operand) -> Test| operand(reading, node, data).map(make);
    match name {
        "eq" => one(Test::Eq),
        "ne" => one(Test::Ne),
        "gt" | "gte" | "lt" | "lte" => {
            let operand = operand(reading, node, data)?;
            if matches!(operand, Operand::Literal(Value::Bool(_))) {
                reading
                    .say(&codes::BAD_VALUE, node.place, format!("`{name}` cannot compare truth values"))
                    .fix = Some("use `eq` or `ne`".to_owned());
            }
            Some(match name {
                "gt" => Test::Gt(operand),
                "gte" => Test::Gte(operand),
                "lt" => Test::Lt(operand),
                _ => Test::Lte(operand),
            })
        }
        "contains" => one(Test::Contains),
        "starts_with" | "ends_with" => {
            let operand = operand(reading, node, data)?;
            if matches!(&operand, Operand::Literal(value) if !value.is_string()) {
                reading.say(&codes::BAD_VALUE, node.place, format!("`{name}` compares texts")).fix =
                    Some("put the value in quotes".to_owned());
            }
            Some(if name == "starts_with" { Test::StartsWith(operand) } else { Test::EndsWith(operand) })
        }
        "in" | "not_in" => {
            if node.items().is_empty() {
                reading.say(&codes::EMPTY, node.place, format!("the list of `{name}` is empty")).fix =
                    Some("name at least one value".to_owned());
            }
            let operands = node.items().iter().filter_map(|item| operand(reading, item, data)).collect();
            Some(if name == "in" { Test::In(operands) } else { Test::NotIn(operands) })
        }
        "matches" => url_pattern(node).map(Test::Matches),
        "exists" => node.boolean().map(Test::Exists),
        "within_last" => period(node).map(Test::WithinLast),
        "within_next" => period(node).map(Test::WithinNext),
        _ => None,
    }
}

/// Reads a pattern of addresses, whose form was checked before.
pub(super) fn url_pattern(node: &Node) -> Option<UrlPattern> {
    UrlPattern::parse(node.text()?).ok()
}

/// Reads a property filter: each property with a plain value, or with tests.
pub(super) fn filter(reading: &mut Reading<'_>, node: Option<&Node>, data: Data) -> Vec<PropertyTest> {
    let mut filter = Vec::new();
    for entry in node.map(Node::entries).unwrap_or_default() {
        let Some(path) = Path::parse(&entry.key) else { continue };
        let tests = value_tests(reading, &entry.value, &entry.key, data);
        filter.push(PropertyTest { path, tests });
    }
    filter
}

/// Reads what is asked of one value: a plain value means that it is equal.
pub(super) fn value_tests(reading: &mut Reading<'_>, node: &Node, name: &str, data: Data) -> Vec<Test> {
    if !node.is_map() {
        return operand(reading, node, data).map(Test::Eq).into_iter().collect();
    }
    if node.entries().is_empty() {
        reading.say(&codes::EMPTY, node.place, format!("nothing is asked of `{name}`")).fix =
            Some("write a value, or a test such as `{ exists: true }`".to_owned());
    }
    tests(reading, node, data)
}

/// Reads a period, whose form was checked before.
pub(super) fn period(node: &Node) -> Option<Period> {
    Period::parse(node.text()?)
}

/// The period of a key, if it is there.
pub(super) fn period_of(node: &Node, key: &str) -> Option<Period> {
    period(node.get(key)?)
}

/// The path of a key, if it is there.
pub(super) fn path_of(node: &Node, key: &str) -> Option<Path> {
    Path::parse(node.text_of(key)?)
}
