//! Behaviour summaries: what the document keeps of a contact's events, so that rules need not read history.

mod pieces;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::event::Event;
use crate::id::EventName;
use crate::limits::{NOTED_BYTES_MAX, SUMMARY_ENTRIES_KEPT, SUMMARY_ENTRIES_MAX, TALLIES_MAX};
use crate::predicate::{PropertyTest, literal_test_holds};
use crate::time::{Period, Timestamp};
use crate::value::Path;
pub use pieces::{Closed, Piece};
use pieces::{Part, in_window, n_past};

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
    /// The windows that rules ask.
    pub windows: BTreeSet<Period>,
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
/// `last` have it at once; the questions below leave it out until its time has come. So that they can, `pieces` and
/// `entries` hold every occurrence that is still to come, and then also the newest one that isn't.
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
    /// The older occurrences within the longest window, oldest first.
    #[serde(rename = "p", default, skip_serializing_if = "Vec::is_empty")]
    pub pieces: Vec<Piece>,
    /// The newest occurrences within the longest window, oldest first; all are newer than those of `pieces`.
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
    /// Whether occurrences that still matter are missing here: documents from before there were `pieces` say so, and are
    /// [rebuilt](Self::rebuild) with the next input.
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
    /// The longest window that a rule asks; none if no rule asks a window.
    pub fn window_max(&self) -> Option<Period> {
        self.windows.last().copied()
    }

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
            && self.pieces.is_empty()
        {
            // From now on `last` is the one to come: the one that was must be found in `entries`. It lies before every
            // window, or it would be there, so its value is never asked for.
            self.entries.push(Occurrence(last, 0.0, self.last_noted.clone()));
        }
        self.add_to_totals(definition, &counted);
        if self.pieces.last().is_some_and(|newest| counted.occurred_at <= newest.until()) {
            pieces::insert(&mut self.pieces, counted);
        } else {
            let Counted { occurred_at, value, noted } = counted;
            let place = n_past(&self.entries, occurred_at);
            self.entries.insert(place, Occurrence(occurred_at, value, noted));
        }
        self.forget(definition, at);
    }

    /// Bounds the summary for storing: what is not among the newest is counted as one where no window ends in it.
    pub fn trim(&mut self, definition: &SummaryDefinition, at: Timestamp) {
        self.forget(definition, at);
        if self.entries.len() > SUMMARY_ENTRIES_MAX {
            let boundary = self.entries[self.entries.len() - SUMMARY_ENTRIES_KEPT].0;
            // What occurred at one instant stays together.
            let mut n_older = self.entries.partition_point(|occurrence| occurrence.0 < boundary);
            if n_older == 0 {
                n_older = n_past(&self.entries, boundary);
            }
            self.pieces.push(Piece::Open(self.entries.drain(..n_older).collect()));
        }
        if !self.pieces.is_empty() {
            let n_kept = self.pieces.iter().map(Piece::count).sum::<u64>() + self.entries.len() as u64;
            pieces::tidy(&mut self.pieces, definition, at, self.count > n_kept);
        }
    }

    /// Which part of history must be read before windows are asked at any time from `since` until `at`; mostly none.
    pub fn unread(&self, windows: &BTreeSet<Period>, since: Timestamp, at: Timestamp) -> Option<Stretch> {
        pieces::unread(&self.pieces, windows, since, at)
    }

    /// Takes from history what is [unread](Self::unread).
    pub fn open(
        &mut self,
        definition: &SummaryDefinition,
        history: &[PastEvent],
        since: Timestamp,
        at: Timestamp,
    ) {
        pieces::open(&mut self.pieces, definition, history, since, at);
    }

    /// How many there were by `at`: within a window that ends there, or ever.
    pub fn count_within(&self, at: Timestamp, within: Option<Period>) -> u64 {
        match within {
            Some(_) => self.parts(at, within).map(|part| part.count()).sum(),
            None => self.count.saturating_sub(self.to_come(at).map(|part| part.count()).sum()),
        }
    }

    /// The sum of the value property by `at`: within a window that ends there, or ever.
    pub fn sum_within(&self, at: Timestamp, within: Option<Period>) -> f64 {
        // Added in the order of time, so that every replay rounds alike.
        match within {
            Some(_) => self.parts(at, within).fold(0.0, |sum, part| part.add_to(sum)),
            None if self.next_at(at).is_none() => self.sum,
            None => self.sum - self.to_come(at).fold(0.0, |sum, part| part.add_to(sum)),
        }
    }

    /// When the first one occurred, if any has by `at`.
    pub fn first_at(&self, at: Timestamp) -> Option<Timestamp> {
        self.first.filter(|first| *first <= at)
    }

    /// When the last one by `at` occurred.
    pub fn last_at(&self, at: Timestamp) -> Option<Timestamp> {
        self.last.filter(|last| *last <= at).or_else(|| Some(self.last_of(at, None)?.0))
    }

    /// When the next one occurs that is known but still to come at `at`.
    pub fn next_at(&self, at: Timestamp) -> Option<Timestamp> {
        self.to_come(at).find_map(|part| Some(part.first()?.0))
    }

    /// When the first one in the window that ends at `at` occurred: it is the next to leave it.
    pub fn first_within(&self, at: Timestamp, within: Period) -> Option<Timestamp> {
        Some(self.first_of(at, Some(within))?.0)
    }

    /// When the last one in the window that ends at `at` occurred.
    pub fn last_within(&self, at: Timestamp, within: Period) -> Option<Timestamp> {
        Some(self.last_of(at, Some(within))?.0)
    }

    /// What the noted property said the first time, by `at`: within a window that ends there, or ever.
    pub fn first_noted_at(&self, at: Timestamp, within: Option<Period>) -> Option<&Value> {
        match within {
            Some(_) => self.first_of(at, within)?.1,
            None => self.first_at(at).and(self.first_noted.as_ref()),
        }
    }

    /// What it said the last time, by `at`.
    pub fn last_noted_at(&self, at: Timestamp, within: Option<Period>) -> Option<&Value> {
        match within {
            None if self.last.is_some_and(|last| last <= at) => self.last_noted.as_ref(),
            _ => self.last_of(at, within)?.1,
        }
    }

    /// What it said most often by `at`; of several the one that came last.
    ///
    /// It is exact for as many different values as are kept; of more, a value that makes up a larger part than one in
    /// that many is never missed.
    pub fn most_frequent_at(&self, at: Timestamp, within: Option<Period>) -> Option<Value> {
        let mut tallies = Vec::new();
        if within.is_some() {
            for part in self.parts(at, within) {
                match part {
                    Part::Whole(closed) => add_tallies(&mut tallies, &closed.tallies),
                    Part::Each(entries) => {
                        for Occurrence(occurred_at, _, noted) in entries {
                            tally(&mut tallies, noted.as_ref()?, *occurred_at);
                        }
                    }
                }
            }
        } else {
            tallies.clone_from(&self.tallies);
            let mut uncount = |value: Option<&Value>, n: u64| {
                if let Some(known) = tallies.iter_mut().find(|known| Some(&known.value) == value) {
                    known.n = known.n.saturating_sub(n);
                }
            };
            for part in self.to_come(at) {
                match part {
                    Part::Whole(closed) => {
                        closed.tallies.iter().for_each(|tally| uncount(Some(&tally.value), tally.n));
                    }
                    Part::Each(entries) => entries.iter().for_each(|entry| uncount(entry.2.as_ref(), 1)),
                }
            }
        }
        let most = tallies.into_iter().filter(|tally| tally.n > 0).max_by_key(|tally| (tally.n, tally.last));
        most.map(|tally| tally.value)
    }

    /// What has occurred by `at` and has not left a window, oldest first.
    fn parts(&self, at: Timestamp, within: Option<Period>) -> impl DoubleEndedIterator<Item = Part<'_>> {
        let older = self.pieces.iter().map(move |piece| piece.part(at, within));
        older.chain(std::iter::once(Part::Each(in_window(&self.entries, at, within))))
    }

    fn first_of(&self, at: Timestamp, within: Option<Period>) -> Option<(Timestamp, Option<&Value>)> {
        self.parts(at, within).find_map(Part::first)
    }

    fn last_of(&self, at: Timestamp, within: Option<Period>) -> Option<(Timestamp, Option<&Value>)> {
        self.parts(at, within).rev().find_map(Part::last)
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
        self.forget_pieces(definition, at);
        let n_past = n_past(&self.entries, at);
        let left_the_window = match definition.window_max() {
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

    fn forget_pieces(&mut self, definition: &SummaryDefinition, at: Timestamp) {
        let has_left =
            |then: Timestamp| then <= at && definition.window_max().is_none_or(|window| then + window <= at);
        let are_some_to_come = self.last.is_some_and(|last| last > at);
        while let Some((count, until)) = self.pieces.first().map(|oldest| (oldest.count(), oldest.until())) {
            let n_newer = || self.parts(at, None).map(|part| part.count()).sum::<u64>().saturating_sub(count);
            let suffice = |enough: usize| until <= at && n_newer() >= enough as u64;
            // The newest one that isn't to come must be found as long as others are.
            if (has_left(until) || definition.newest_enough.is_some_and(suffice))
                && (!are_some_to_come || n_newer() > 0)
            {
                self.pieces.remove(0);
                continue;
            }
            if let Some(Piece::Open(entries)) = self.pieces.first_mut() {
                let n_left = entries.partition_point(|occurrence| has_left(occurrence.0));
                let is_newest_past = are_some_to_come && n_left == n_past(entries, at);
                entries.drain(..n_left - usize::from(is_newest_past && n_left > 0));
            }
            return;
        }
    }

    fn to_come(&self, at: Timestamp) -> impl Iterator<Item = Part<'_>> {
        let older = self.pieces.iter().map(move |piece| piece.to_come(at));
        older.chain(std::iter::once(Part::Each(&self.entries[n_past(&self.entries, at)..])))
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

/// Adds how often values occurred elsewhere; if there are too many the rarest leave.
pub(crate) fn add_tallies(tallies: &mut Vec<Tally>, others: &[Tally]) {
    for other in others {
        match tallies.iter_mut().find(|known| known.value == other.value) {
            Some(known) => {
                known.n = known.n.saturating_add(other.n);
                known.last = known.last.max(other.last);
            }
            None => tallies.push(other.clone()),
        }
    }
    if tallies.len() > TALLIES_MAX {
        // The sort is stable: of equally rare ones that are as old the order in which they came decides.
        tallies.sort_by_key(|tally| std::cmp::Reverse((tally.n, tally.last)));
        tallies.truncate(TALLIES_MAX);
    }
}

/// The part of a contact's history whose events occurred between two instants, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// The first instant.
    pub from: Timestamp,
    /// The last instant.
    pub until: Timestamp,
}

impl Stretch {
    /// All of it.
    pub const ALL: Self = Self { from: Timestamp::MIN, until: Timestamp::MAX };

    /// Both, and what lies between them.
    #[must_use]
    pub fn join(self, other: Self) -> Self {
        Self { from: self.from.min(other.from), until: self.until.max(other.until) }
    }

    /// Whether an instant lies in it.
    pub fn has(self, instant: Timestamp) -> bool {
        (self.from..=self.until).contains(&instant)
    }
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
