//! Values of traits and properties, paths into them, and operands of rules.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A dotted path into an object: `address.city`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Path(Vec<String>);

impl Path {
    /// Reads a dotted path; `None` if a part is empty.
    pub fn parse(text: &str) -> Option<Self> {
        let parts: Vec<String> = text.split('.').map(str::to_owned).collect();
        parts.iter().all(|part| !part.is_empty()).then_some(Self(parts))
    }

    /// The parts in order; never empty.
    pub fn parts(&self) -> &[String] {
        &self.0
    }

    /// The first part: the trait or property that must change for the value to change.
    pub fn root(&self) -> &str {
        &self.0[0]
    }

    /// What stands at this path, if anything.
    pub fn get<'a>(&self, object: &'a serde_json::Map<String, Value>) -> Option<&'a Value> {
        let (first, rest) = self.0.split_first()?;
        rest.iter().try_fold(object.get(first)?, |value, part| match value {
            Value::Object(map) => map.get(part),
            Value::Array(list) => part.parse::<usize>().ok().and_then(|index| list.get(index)),
            _ => None,
        })
    }
}

impl std::fmt::Display for Path {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.join("."))
    }
}

/// A value in a rule: written there, or looked up when the rule is asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operand {
    /// The value itself.
    Literal(Value),
    /// `$trigger.path`: the data that the run was entered with.
    Trigger(Path),
    /// `$contact.path`: a trait of the contact.
    Contact(Path),
    /// `$run.path`: a variable of the run.
    Run(Path),
    /// `$event.path`: a property of the event at hand.
    Event(Path),
}
