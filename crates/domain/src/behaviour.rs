//! Behaviour summaries: what the document keeps of a contact's events, so that rules need not read history.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::event::Event;
use crate::id::EventName;
use crate::limits::{NOTED_BYTES_MAX, SUMMARY_ENTRIES_MAX, TALLIES_MAX};
use crate::predicate::{PropertyTest, literal_test_holds};
use crate::time::{Period, Timestamp};
use crate::value::Path;

/// The hash of a summary's definition: two rules that count the same events share one summary.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SummaryId(pub String);

/// Which events a summary is of, and how much of them must be kept for all rules that ask it.
#[derive(Debug, Clone, PartialEq)]
pub struct SummaryDefinition {
    /// The event's name.
    pub event: EventName,
    /// Property filters; operands are literals only.
    pub filter: Vec<PropertyTest>,
    /// The property that is summed, if any rule sums.
    pub value: Option<Path>,
    /// The longest window that a rule asks; none if no rule asks a window.
    pub window_max: Option<Period>,
    /// How many of the newest occurrences suffice for every rule: a rule "at least 2 within 90 days" needs 2.
    /// None if a rule needs all that lie in the window (sums, upper bounds beyond [`SUMMARY_ENTRIES_MAX`]).
    ///
    /// [`SUMMARY_ENTRIES_MAX`]: crate::limits::SUMMARY_ENTRIES_MAX
    pub newest_enough: Option<usize>,
    /// The property whose values are kept, if any computed trait asks for them; only events that have it are counted.
    pub noted: Option<Path>,
    /// Whether it is kept how often each of these values ever occurred.
    pub tallied: bool,
    /// The catalog revision that first had it: a document of an older one needs history before it can be asked
    /// (SEMANTICS 9.5).
    pub since: u64,
}

/// One occurrence that a summary holds by itself: when, the number that is summed, and the value that is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Occurrence(
    /// When.
    pub Timestamp,
    /// The value property.
    pub f64,
    /// What the noted property said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub Option<Value>,
);

/// How often a value occurred.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tally {
    /// The value.
    #[serde(rename = "v")]
    pub value: Value,
    /// How often.
    #[serde(rename = "n")]
    pub n: u64,
    /// When it last did.
    #[serde(rename = "l")]
    pub last: Timestamp,
}

/// What a contact's document keeps for one [`SummaryDefinition`].
///
/// An event may claim to have occurred later than it is now (a client's clock runs ahead). `count`, `sum`, `first` and
/// `last` have it at once; the questions below leave it out until its time has come. So that they can, `entries` holds
/// every occurrence that is still to come, and then also the newest one that isn't.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
pub struct Summary {
    /// How many there were, ever.
    #[serde(rename = "n")]
    pub count: u64,
    /// The sum of the value property, ever.
    #[serde(rename = "s", default, skip_serializing_if = "is_zero")]
    pub sum: f64,
    /// When the first one occurred.
    #[serde(rename = "f", default, skip_serializing_if = "Option::is_none")]
    pub first: Option<Timestamp>,
    /// When the last one occurred.
    #[serde(rename = "l", default, skip_serializing_if = "Option::is_none")]
    pub last: Option<Timestamp>,
    /// The newest occurrences within the longest window, oldest first.
    #[serde(rename = "e", default, skip_serializing_if = "Vec::is_empty")]
    pub entries: Vec<Occurrence>,
    /// What the noted property said the first time.
    #[serde(rename = "fv", default, skip_serializing_if = "Option::is_none")]
    pub first_noted: Option<Value>,
    /// What it said the last time.
    #[serde(rename = "lv", default, skip_serializing_if = "Option::is_none")]
    pub last_noted: Option<Value>,
    /// How often each value ever occurred, if that is kept.
    #[serde(rename = "t", default, skip_serializing_if = "Vec::is_empty")]
    pub tallies: Vec<Tally>,
    /// Whether occurrences that still matter had to leave `entries`: they must be read from history when asked.
    #[serde(rename = "x", default, skip_serializing_if = "std::ops::Not::not")]
    pub spilled: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's skip_serializing_if wants a reference")]
fn is_zero(number: &f64) -> bool {
    *number == 0.0
}

/// What a summary takes of an event that it counts.
#[derive(Debug, Clone, PartialEq)]
pub struct Counted {
    occurred_at: Timestamp,
    value: f64,
    noted: Option<Value>,
}

/// A contact's summaries by definition.
pub type Summaries = BTreeMap<SummaryId, Summary>;

impl SummaryDefinition {
    /// What the summary counts of an event, if it is of such events.
    ///
    /// Tests that change with time are judged as of the event, and dates are read in UTC, so that an event that was
    /// counted stays counted.
    pub fn counted(
        &self,
        name: &EventName,
        properties: &Map<String, Value>,
        occurred_at: Timestamp,
    ) -> Option<Counted> {
        let counts = *name == self.event
            && self.filter.iter().all(|filter| {
                let value = filter.path.get(properties);
                filter.tests.iter().all(|test| literal_test_holds(test, value, occurred_at))
            });
        if !counts {
            return None;
        }
        let noted = match &self.noted {
            Some(path) => Some(path.get(properties).filter(|value| may_be_noted(value))?.clone()),
            None => None,
        };
        let value = self.value.as_ref().and_then(|path| path.get(properties)?.as_f64()).unwrap_or(0.0);
        Some(Counted { occurred_at, value, noted })
    }
}

/// Whether a value is short enough to be kept: lists and objects never are.
fn may_be_noted(value: &Value) -> bool {
    match value {
        Value::String(text) => text.len() <= NOTED_BYTES_MAX,
        Value::Number(_) | Value::Bool(_) => true,
        Value::Null | Value::Array(_) | Value::Object(_) => false,
    }
}

impl Summary {
    /// The summary of a whole history, in any order, as of `at`.
    ///
    /// It holds every occurrence that any rule may ask for; [`trim`](Self::trim) it before it is stored.
    pub fn rebuild<'a>(
        definition: &SummaryDefinition,
        history: impl Iterator<Item = &'a PastEvent>,
        at: Timestamp,
    ) -> Self {
        let mut summary = Self::default();
        for counted in
            history.filter_map(|event| definition.counted(&event.name, &event.properties, event.occurred_at))
        {
            summary.add_to_totals(definition, &counted);
            let Counted { occurred_at, value, noted } = counted;
            summary.entries.push(Occurrence(occurred_at, value, noted));
        }
        summary.entries.sort_by_key(|occurrence| occurrence.0);
        summary.forget(definition, at);
        summary
    }

    /// Adds an event that [the definition counts](SummaryDefinition::counted), also one that comes late.
    ///
    /// Occurrences that no rule can ask for any more are forgotten. Nothing is spilled here, so that rules that are asked
    /// next see what they saw before and the event: [`trim`](Self::trim) spills, before the document is stored.
    pub fn note(&mut self, definition: &SummaryDefinition, counted: Counted, at: Timestamp) {
        if let Some(last) = self.last
            && counted.occurred_at > at
            && self.entries.is_empty()
        {
            // From now on `last` is the one to come: the one that was must be found in `entries`. It lies before every
            // window, or it would be there, so its value is never asked for.
            self.entries.push(Occurrence(last, 0.0, self.last_noted.clone()));
        }
        self.add_to_totals(definition, &counted);
        let Counted { occurred_at, value, noted } = counted;
        let place = self.entries.partition_point(|known| known.0 <= occurred_at);
        self.entries.insert(place, Occurrence(occurred_at, value, noted));
        self.forget(definition, at);
    }

    /// Bounds the summary for storing: at most [`SUMMARY_ENTRIES_MAX`] entries, the newest ones.
    pub fn trim(&mut self, definition: &SummaryDefinition, at: Timestamp) {
        self.forget(definition, at);
        let too_many = self.entries.len().saturating_sub(SUMMARY_ENTRIES_MAX);
        if too_many > 0 {
            self.entries.drain(..too_many);
            self.spilled = true;
        }
    }

    /// How many there were by `at`: within a window that ends there, or ever.
    pub fn count_within(&self, at: Timestamp, within: Option<Period>) -> u64 {
        match within {
            Some(within) => self.window(at, within).count() as u64,
            None => self.count.saturating_sub(self.to_come(at).len() as u64),
        }
    }

    /// The sum of the value property by `at`: within a window that ends there, or ever.
    pub fn sum_within(&self, at: Timestamp, within: Option<Period>) -> f64 {
        // Added in the order of time, so that every replay rounds alike.
        let sum = |values: &mut dyn Iterator<Item = &Occurrence>| {
            values.fold(0.0, |sum, occurrence| sum + occurrence.1)
        };
        if let Some(within) = within {
            return sum(&mut self.window(at, within));
        }
        let to_come = self.to_come(at);
        if to_come.is_empty() { self.sum } else { self.sum - sum(&mut to_come.iter()) }
    }

    /// When the first one occurred, if any has by `at`.
    pub fn first_at(&self, at: Timestamp) -> Option<Timestamp> {
        self.first.filter(|first| *first <= at)
    }

    /// When the last one by `at` occurred.
    pub fn last_at(&self, at: Timestamp) -> Option<Timestamp> {
        let newest_past = || self.entries[..self.n_past(at)].last().map(|occurrence| occurrence.0);
        self.last.filter(|last| *last <= at).or_else(newest_past)
    }

    /// When the next one occurs that is known but still to come at `at`.
    pub fn next_at(&self, at: Timestamp) -> Option<Timestamp> {
        self.to_come(at).first().map(|occurrence| occurrence.0)
    }

    /// The occurrences in the window that ends at `at`, oldest first: each leaves it exactly `within` after it occurred.
    pub fn window(&self, at: Timestamp, within: Period) -> impl Iterator<Item = &Occurrence> {
        self.entries[..self.n_past(at)].iter().filter(move |occurrence| at < occurrence.0 + within)
    }

    /// What the noted property said the first time, by `at`: within a window that ends there, or ever.
    pub fn first_noted_at(&self, at: Timestamp, within: Option<Period>) -> Option<&Value> {
        match within {
            Some(within) => self.window(at, within).next()?.2.as_ref(),
            None => self.first_at(at).and(self.first_noted.as_ref()),
        }
    }

    /// What it said the last time, by `at`.
    pub fn last_noted_at(&self, at: Timestamp, within: Option<Period>) -> Option<&Value> {
        match within {
            Some(within) => self.window(at, within).last()?.2.as_ref(),
            None if self.last.is_some_and(|last| last <= at) => self.last_noted.as_ref(),
            None => self.entries[..self.n_past(at)].last()?.2.as_ref(),
        }
    }

    /// What it said most often by `at`; of several the one that came last.
    ///
    /// Ever is exact for as many different values as are kept; of more, a value that makes up a larger part than one in
    /// that many is never missed.
    pub fn most_frequent_at(&self, at: Timestamp, within: Option<Period>) -> Option<Value> {
        let mut tallies = Vec::new();
        if let Some(within) = within {
            for Occurrence(occurred_at, _, noted) in self.window(at, within) {
                tally(&mut tallies, noted.as_ref()?, *occurred_at);
            }
        } else {
            tallies.clone_from(&self.tallies);
            for Occurrence(_, _, noted) in self.to_come(at) {
                if let Some(known) = tallies.iter_mut().find(|known| Some(&known.value) == noted.as_ref()) {
                    known.n = known.n.saturating_sub(1);
                }
            }
        }
        let most = tallies.into_iter().filter(|tally| tally.n > 0).max_by_key(|tally| (tally.n, tally.last));
        most.map(|tally| tally.value)
    }

    fn add_to_totals(&mut self, definition: &SummaryDefinition, counted: &Counted) {
        let Counted { occurred_at, value, noted } = counted;
        let occurred_at = *occurred_at;
        if noted.is_some() {
            if self.first.is_none_or(|first| occurred_at < first) {
                self.first_noted.clone_from(noted);
            }
            if self.last.is_none_or(|last| last <= occurred_at) {
                self.last_noted.clone_from(noted);
            }
        }
        if definition.tallied
            && let Some(noted) = noted
        {
            tally(&mut self.tallies, noted, occurred_at);
        }
        self.count = self.count.saturating_add(1);
        self.sum += value;
        self.first = Some(self.first.map_or(occurred_at, |first| first.min(occurred_at)));
        self.last = Some(self.last.map_or(occurred_at, |last| last.max(occurred_at)));
    }

    /// Drops what no rule can ask for any more: what left the longest window, and all but the newest that suffice.
    fn forget(&mut self, definition: &SummaryDefinition, at: Timestamp) {
        let n_past = self.n_past(at);
        let left_the_window = match definition.window_max {
            Some(window) => self.entries[..n_past].partition_point(|occurrence| occurrence.0 + window <= at),
            None => n_past,
        };
        let beyond_enough = definition.newest_enough.map_or(0, |enough| n_past.saturating_sub(enough));
        let mut n_forgotten = left_the_window.max(beyond_enough);
        if n_forgotten == n_past && n_past < self.entries.len() {
            // Some are still to come: `last` is one of them, so the newest one that isn't must be found here.
            n_forgotten = n_past.saturating_sub(1);
        }
        if n_forgotten > 0 {
            // What was spilled is older than what is forgotten now, so it doesn't matter any more either.
            self.spilled = false;
        }
        self.entries.drain(..n_forgotten);
    }

    /// How many entries, from the oldest on, have occurred by `at`.
    fn n_past(&self, at: Timestamp) -> usize {
        self.entries.partition_point(|occurrence| occurrence.0 <= at)
    }

    fn to_come(&self, at: Timestamp) -> &[Occurrence] {
        &self.entries[self.n_past(at)..]
    }
}

/// Counts a value; where no more different ones are kept, it takes the place of the one that is least frequent and oldest,
/// and its number: so what is frequent always gets in, and stays.
fn tally(tallies: &mut Vec<Tally>, value: &Value, at: Timestamp) {
    if let Some(known) = tallies.iter_mut().find(|known| known.value == *value) {
        known.n = known.n.saturating_add(1);
        known.last = known.last.max(at);
        return;
    }
    let mut n = 1;
    if tallies.len() >= TALLIES_MAX
        && let Some(least) = (0..tallies.len()).min_by_key(|place| (tallies[*place].n, tallies[*place].last))
    {
        n = tallies.remove(least).n.saturating_add(1);
    }
    tallies.push(Tally { value: value.clone(), n, last: at });
}

/// A past event, as history gives it back for [`Summary::rebuild`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PastEvent {
    /// Its name.
    pub name: EventName,
    /// When it occurred.
    pub occurred_at: Timestamp,
    /// What it said.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub properties: Map<String, Value>,
}

impl From<&Event> for PastEvent {
    fn from(event: &Event) -> Self {
        Self {
            name: event.name.clone(),
            occurred_at: event.occurred_at,
            properties: event.properties.clone(),
        }
    }
}
