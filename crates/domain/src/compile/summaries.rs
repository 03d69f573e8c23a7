//! Behaviour summaries: what all rules together ask of past events.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::behaviour::{SummaryDefinition, SummaryId};
use crate::id::{EventName, digest};
use crate::limits::SUMMARY_ENTRIES_MAX;
use crate::predicate::{Measure, PropertyTest, Test};
use crate::profile::Reckoning;
use crate::time::Period;
use crate::value::{Operand, Path};

/// The hexadecimal digits of a summary's id: 64 bits keep a portfolio's few thousand apart.
const ID_DIGITS: usize = 16;

/// All summaries that any rule asks, with what suffices for all of them.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Summaries {
    definitions: BTreeMap<SummaryId, SummaryDefinition>,
    /// The traits of accounts that rules ask: members hold copies of them.
    account_traits: BTreeSet<String>,
}

impl Summaries {
    /// Notes that a rule asks `measure` of events, and names the summary that answers it.
    pub fn ask(
        &mut self,
        event: EventName,
        mut filter: Vec<PropertyTest>,
        value: Option<Path>,
        measure: &Measure,
    ) -> SummaryId {
        filter.sort_by(|a, b| a.path.cmp(&b.path));
        self.keep(SummaryDefinition {
            event,
            filter,
            value,
            windows: measure.window().into_iter().collect(),
            newest_enough: newest_enough(measure),
            noted: None,
            tallied: false,
            since: 0,
        })
    }

    /// Notes that a computed trait asks something of events, and names the summary that answers it: the same that
    /// conditions ask, if it counts the same.
    pub fn compute(
        &mut self,
        event: EventName,
        mut filter: Vec<PropertyTest>,
        property: Option<Path>,
        what: Reckoning,
        within: Option<Period>,
    ) -> SummaryId {
        filter.sort_by(|a, b| a.path.cmp(&b.path));
        let newest_enough = match (what, within) {
            (_, None) => Some(0),
            (Reckoning::Last | Reckoning::LastAt, Some(_)) => Some(1),
            (_, Some(_)) => None,
        };
        let (value, noted) = match what {
            Reckoning::Sum => (property, None),
            Reckoning::First | Reckoning::Last | Reckoning::MostFrequent => (None, property),
            Reckoning::Count | Reckoning::FirstAt | Reckoning::LastAt => (None, None),
        };
        let tallied = what == Reckoning::MostFrequent && within.is_none();
        self.keep(SummaryDefinition {
            event,
            filter,
            value,
            windows: within.into_iter().collect(),
            newest_enough,
            noted,
            tallied,
            since: 0,
        })
    }

    /// Notes that a rule asks a trait of accounts.
    pub fn ask_account(&mut self, name: &str) {
        self.account_traits.insert(name.to_owned());
    }

    /// The traits of accounts that rules ask.
    pub fn account_traits(&self) -> BTreeSet<String> {
        self.account_traits.clone()
    }

    fn keep(&mut self, asked: SummaryDefinition) -> SummaryId {
        let id = id(&asked);
        self.merge(id.clone(), asked);
        id
    }

    fn merge(&mut self, id: SummaryId, asked: SummaryDefinition) {
        match self.definitions.get_mut(&id) {
            None => {
                self.definitions.insert(id, asked);
            }
            Some(known) => {
                known.windows.extend(asked.windows);
                known.newest_enough = match (known.newest_enough, asked.newest_enough) {
                    (Some(a), Some(b)) => Some(a.max(b)),
                    _ => None,
                };
            }
        }
    }

    /// Takes in what other rules ask.
    pub fn absorb(&mut self, other: Self) {
        for (id, definition) in other.definitions {
            self.merge(id, definition);
        }
        self.account_traits.extend(other.account_traits);
    }

    /// The definitions, each with the revision that first had it.
    pub fn finish(
        self,
        since: &BTreeMap<SummaryId, u64>,
        revision: u64,
    ) -> BTreeMap<SummaryId, SummaryDefinition> {
        let mut definitions = self.definitions;
        for (id, definition) in &mut definitions {
            definition.since = since.get(id).copied().unwrap_or(revision);
        }
        definitions
    }
}

/// The hash of what is counted and kept: event, filter, value and noted property, each in one spelling.
fn id(asked: &SummaryDefinition) -> SummaryId {
    let mut spelled = String::new();
    for property in &asked.filter {
        spelled.push_str(&property.path.to_string());
        spelled.push('\u{0}');
        for test in &property.tests {
            spelled.push_str(&spell(test));
            spelled.push('\u{0}');
        }
        spelled.push('\u{1}');
    }
    let value = asked.value.as_ref().map(ToString::to_string).unwrap_or_default();
    let noted = asked.noted.as_ref().map(ToString::to_string).unwrap_or_default();
    let mut parts = vec![asked.event.as_str().as_bytes(), spelled.as_bytes(), value.as_bytes()];
    if asked.noted.is_some() {
        parts.extend([noted.as_bytes(), if asked.tallied { b"tallied" } else { b"noted" }]);
    }
    let digest = digest("summary", &parts);
    SummaryId(blake3::Hash::from(digest).to_hex()[..ID_DIGITS].to_owned())
}

fn spell(test: &Test) -> String {
    let many = |operands: &[Operand]| operands.iter().map(one).collect::<Vec<_>>().join("\u{2}");
    match test {
        Test::Eq(operand) => format!("eq {}", one(operand)),
        Test::Ne(operand) => format!("ne {}", one(operand)),
        Test::Gt(operand) => format!("gt {}", one(operand)),
        Test::Gte(operand) => format!("gte {}", one(operand)),
        Test::Lt(operand) => format!("lt {}", one(operand)),
        Test::Lte(operand) => format!("lte {}", one(operand)),
        Test::In(operands) => format!("in {}", many(operands)),
        Test::NotIn(operands) => format!("not_in {}", many(operands)),
        Test::Contains(operand) => format!("contains {}", one(operand)),
        Test::StartsWith(operand) => format!("starts_with {}", one(operand)),
        Test::EndsWith(operand) => format!("ends_with {}", one(operand)),
        Test::Matches(pattern) => format!("matches {pattern:?}"),
        Test::Exists(wanted) => format!("exists {wanted}"),
        Test::WithinLast(period) => format!("within_last {}", period.as_millis()),
        Test::WithinNext(period) => format!("within_next {}", period.as_millis()),
    }
}

fn one(operand: &Operand) -> String {
    match operand {
        Operand::Literal(value) => value.to_string(),
        Operand::Trigger(path) => format!("$trigger.{path}"),
        Operand::Contact(path) => format!("$contact.{path}"),
        Operand::Run(path) => format!("$run.{path}"),
        Operand::Event(path) => format!("$event.{path}"),
    }
}

/// How many of the newest occurrences suffice to answer; none if all in the window are needed.
fn newest_enough(measure: &Measure) -> Option<usize> {
    match measure {
        // Totals, first and last are kept apart from single occurrences.
        Measure::Count { within: None, .. }
        | Measure::Sum { within: None, .. }
        | Measure::First(_)
        | Measure::Last(_) => Some(0),
        Measure::Sum { within: Some(_), .. } => None,
        Measure::Count { tests, within: Some(_) } => {
            let needed = tests.iter().map(needed).try_fold(0, |most, needed| needed.map(|n| n.max(most)));
            needed.filter(|n| *n <= SUMMARY_ENTRIES_MAX)
        }
    }
}

/// How many must be counted before the answer of a test cannot change by more of them.
fn needed(test: &Test) -> Option<usize> {
    let above = |operand: &Operand, more: usize| match operand {
        Operand::Literal(Value::Number(number)) => {
            let number = number.as_f64()?.ceil();
            (number < SUMMARY_ENTRIES_MAX as f64).then(|| number.max(0.0) as usize + more).or_else(|| {
                (number <= SUMMARY_ENTRIES_MAX as f64 && more == 0).then_some(SUMMARY_ENTRIES_MAX)
            })
        }
        _ => None,
    };
    match test {
        Test::Gte(operand) | Test::Lt(operand) => above(operand, 0),
        Test::Gt(operand) | Test::Lte(operand) | Test::Eq(operand) | Test::Ne(operand) => above(operand, 1),
        Test::In(operands) | Test::NotIn(operands) => operands
            .iter()
            .map(|operand| above(operand, 1))
            .try_fold(0, |most, needed| needed.map(|n| n.max(most))),
        Test::Contains(_)
        | Test::StartsWith(_)
        | Test::EndsWith(_)
        | Test::Matches(_)
        | Test::WithinLast(_)
        | Test::WithinNext(_) => None,
        Test::Exists(_) => Some(0),
    }
}
