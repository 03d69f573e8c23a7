//! Older occurrences of a summary, kept as few numbers for many: what a contact did a thousand times fits its document,
//! and no event of it reads history again.
//!
//! A piece counts as a whole as long as no window ends among its occurrences. Before one does, these are read from history
//! once, and leave the window one by one.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Counted, Occurrence, PastEvent, Stretch, SummaryDefinition, Tally, add_tallies, tally};
use crate::limits::{PIECE_OCCURRENCES, PIECES_MAX, PIECES_TALLIES_MAX};
use crate::time::{Period, Timestamp};

/// Occurrences that lie side by side: those of different pieces don't lie between each other.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Piece {
    /// Each by itself, oldest first and at least one: a window ends among them.
    #[serde(rename = "o")]
    Open(Vec<Occurrence>),
    /// All as one.
    #[serde(rename = "c")]
    Closed(Closed),
}

/// What is kept of occurrences that are counted as one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Closed {
    /// When the first of them was.
    #[serde(rename = "f")]
    pub from: Timestamp,
    /// When the last of them was.
    #[serde(rename = "u")]
    pub until: Timestamp,
    /// How many they are.
    #[serde(rename = "n")]
    pub count: u64,
    /// The sum of the value property.
    #[serde(rename = "s", default, skip_serializing_if = "super::is_zero")]
    pub sum: f64,
    /// What the noted property said the first time.
    #[serde(rename = "fv", default, skip_serializing_if = "Option::is_none")]
    pub first_noted: Option<Value>,
    /// What it said the last time.
    #[serde(rename = "lv", default, skip_serializing_if = "Option::is_none")]
    pub last_noted: Option<Value>,
    /// How often it said what.
    #[serde(rename = "t", default, skip_serializing_if = "Vec::is_empty")]
    pub tallies: Vec<Tally>,
}

/// What of a piece, or of the newest occurrences, lies in a window.
pub(super) enum Part<'a> {
    Whole(&'a Closed),
    Each(&'a [Occurrence]),
}

impl<'a> Part<'a> {
    pub(super) fn count(&self) -> u64 {
        match self {
            Self::Whole(closed) => closed.count,
            Self::Each(entries) => entries.len() as u64,
        }
    }

    /// The sum of the value property, added to another one.
    pub(super) fn add_to(&self, sum: f64) -> f64 {
        match self {
            Self::Whole(closed) => sum + closed.sum,
            Self::Each(entries) => entries.iter().fold(sum, |sum, occurrence| sum + occurrence.1),
        }
    }

    /// When the first one occurred, and what it said.
    pub(super) fn first(self) -> Option<(Timestamp, Option<&'a Value>)> {
        match self {
            Self::Whole(closed) => Some((closed.from, closed.first_noted.as_ref())),
            Self::Each(entries) => entries.first().map(|first| (first.0, first.2.as_ref())),
        }
    }

    /// When the last one occurred, and what it said.
    pub(super) fn last(self) -> Option<(Timestamp, Option<&'a Value>)> {
        match self {
            Self::Whole(closed) => Some((closed.until, closed.last_noted.as_ref())),
            Self::Each(entries) => entries.last().map(|last| (last.0, last.2.as_ref())),
        }
    }
}

impl Piece {
    /// When its first occurrence was.
    pub(super) fn from(&self) -> Timestamp {
        match self {
            Self::Open(entries) => entries.first().map_or(Timestamp::MIN, |first| first.0),
            Self::Closed(closed) => closed.from,
        }
    }

    /// When its last occurrence was.
    pub(super) fn until(&self) -> Timestamp {
        match self {
            Self::Open(entries) => entries.last().map_or(Timestamp::MIN, |last| last.0),
            Self::Closed(closed) => closed.until,
        }
    }

    pub(super) fn count(&self) -> u64 {
        match self {
            Self::Open(entries) => entries.len() as u64,
            Self::Closed(closed) => closed.count,
        }
    }

    /// What of it has occurred by `at` and has not left a window of a length.
    pub(super) fn part(&self, at: Timestamp, within: Option<Period>) -> Part<'_> {
        let is_there =
            |closed: &Closed| closed.from <= at && within.is_none_or(|within| at < closed.until + within);
        match self {
            Self::Open(entries) => Part::Each(in_window(entries, at, within)),
            Self::Closed(closed) if is_there(closed) => Part::Whole(closed),
            Self::Closed(_) => Part::Each(&[]),
        }
    }

    /// What of it is still to come at an instant.
    pub(super) fn to_come(&self, at: Timestamp) -> Part<'_> {
        match self {
            Self::Open(entries) => Part::Each(&entries[n_past(entries, at)..]),
            Self::Closed(closed) if closed.from > at => Part::Whole(closed),
            Self::Closed(_) => Part::Each(&[]),
        }
    }

    /// Adds an occurrence that lies within it.
    fn add(&mut self, counted: Counted) {
        let Counted { occurred_at, value, noted } = counted;
        match self {
            Self::Open(entries) => {
                let place = n_past(entries, occurred_at);
                entries.insert(place, Occurrence(occurred_at, value, noted));
            }
            Self::Closed(closed) => closed.add(&Occurrence(occurred_at, value, noted)),
        }
    }
}

impl Closed {
    /// Occurrences as one; none of none.
    fn of(entries: &[Occurrence]) -> Option<Self> {
        let (first, last) = (entries.first()?, entries.last()?);
        let mut closed = Self {
            from: first.0,
            until: last.0,
            count: 0,
            sum: 0.0,
            first_noted: first.2.clone(),
            last_noted: None,
            tallies: Vec::new(),
        };
        for entry in entries {
            closed.add(entry);
        }
        Some(closed)
    }

    fn add(&mut self, occurrence: &Occurrence) {
        let Occurrence(occurred_at, value, noted) = occurrence;
        self.count = self.count.saturating_add(1);
        self.sum += value;
        if let Some(noted) = noted {
            tally(&mut self.tallies, noted, *occurred_at);
            if *occurred_at >= self.until {
                self.last_noted = Some(noted.clone());
            }
        }
    }

    /// Takes in the one that comes after it.
    fn join(&mut self, next: Self) {
        self.until = next.until;
        self.count = self.count.saturating_add(next.count);
        self.sum += next.sum;
        self.last_noted = next.last_noted;
        add_tallies(&mut self.tallies, &next.tallies);
    }
}

impl SummaryDefinition {
    /// Whether a window ends among occurrences that lie between two instants, at any time from `since` until `at`; or the
    /// present itself comes to lie there.
    fn cuts(&self, (from, until): (Timestamp, Timestamp), since: Timestamp, at: Timestamp) -> bool {
        cut_by(&self.windows, (from, until), since, at)
    }
}

/// The same of any windows.
pub(super) fn cut_by(
    windows: &BTreeSet<Period>,
    (from, until): (Timestamp, Timestamp),
    since: Timestamp,
    at: Timestamp,
) -> bool {
    let is_cut = |period: Period| from + period <= at && since < until + period;
    from < until && (is_cut(Period::ZERO) || windows.iter().any(|window| is_cut(*window)))
}

/// Which part of history must be read before windows can be asked at any time from `since` until `at`.
pub(super) fn unread(
    pieces: &[Piece],
    windows: &BTreeSet<Period>,
    since: Timestamp,
    at: Timestamp,
) -> Option<Stretch> {
    let mut unread: Option<Stretch> = None;
    for piece in pieces {
        if let Piece::Closed(closed) = piece
            && cut_by(windows, (closed.from, closed.until), since, at)
        {
            let stretch = Stretch { from: closed.from, until: closed.until };
            unread = Some(unread.map_or(stretch, |known| known.join(stretch)));
        }
    }
    unread
}

/// Takes the occurrences of those pieces apart among which a window ends at any time from `since` until `at`.
///
/// What history has no longer is counted as one until the last of it has left.
pub(super) fn open(
    pieces: &mut [Piece],
    definition: &SummaryDefinition,
    history: &[PastEvent],
    since: Timestamp,
    at: Timestamp,
) {
    for piece in pieces {
        let Piece::Closed(closed) = piece else { continue };
        if !definition.cuts((closed.from, closed.until), since, at) {
            continue;
        }
        let mut entries: Vec<Occurrence> = history
            .iter()
            .filter(|event| (closed.from..=closed.until).contains(&event.occurred_at))
            .filter_map(|event| definition.counted(&event.name, &event.properties, event.occurred_at))
            .map(|counted| Occurrence(counted.occurred_at, counted.value, counted.noted))
            .collect();
        entries.sort_by_key(|occurrence| occurrence.0);
        if !entries.is_empty() {
            *piece = Piece::Open(entries);
        }
    }
}

/// Adds an occurrence that is no newer than the newest of the pieces.
pub(super) fn insert(pieces: &mut Vec<Piece>, counted: Counted) {
    let place = pieces.partition_point(|piece| piece.from() <= counted.occurred_at);
    match place.checked_sub(1).and_then(|before| pieces.get_mut(before)) {
        Some(piece) if counted.occurred_at <= piece.until() => piece.add(counted),
        _ => {
            let Counted { occurred_at, value, noted } = counted;
            pieces.insert(place, Piece::Open(vec![Occurrence(occurred_at, value, noted)]));
        }
    }
}

/// Counts as one what needn't be kept by itself any more at an instant, and keeps the pieces few.
///
/// `are_leaving` says that the oldest leave the longest window one by one: the next is then among them.
pub(super) fn tidy(
    pieces: &mut Vec<Piece>,
    definition: &SummaryDefinition,
    at: Timestamp,
    are_leaving: bool,
) {
    let mut tidied = Vec::with_capacity(pieces.len());
    for piece in pieces.drain(..) {
        match piece {
            Piece::Closed(_) => tidied.push(piece),
            Piece::Open(entries) => {
                let is_leaving = are_leaving && tidied.is_empty();
                tidied.extend(close(&entries, definition, at, is_leaving));
            }
        }
    }
    while is_too_much(&tidied) && join_smallest(&mut tidied, definition, at) {}
    *pieces = tidied;
}

/// Occurrences in pieces of about [`PIECE_OCCURRENCES`], those closed among which no window ends; the first stays open if
/// it is leaving.
fn close(
    entries: &[Occurrence],
    definition: &SummaryDefinition,
    at: Timestamp,
    is_leaving: bool,
) -> Vec<Piece> {
    let mut chunks: Vec<Vec<Occurrence>> = Vec::new();
    // What occurred at one instant stays together: a piece begins and ends with all of it.
    for instant in entries.chunk_by(|one, other| one.0 == other.0) {
        match chunks.last_mut() {
            Some(chunk) if chunk.len() + instant.len() <= PIECE_OCCURRENCES => {
                chunk.extend_from_slice(instant);
            }
            _ => chunks.push(instant.to_vec()),
        }
    }
    let piece = |(place, chunk): (usize, Vec<Occurrence>)| {
        let closed = Closed::of(&chunk)?;
        let is_open = definition.cuts((closed.from, closed.until), at, at)
            || (is_leaving && place == 0 && chunk.len() <= PIECE_OCCURRENCES);
        Some(if is_open { Piece::Open(chunk) } else { Piece::Closed(closed) })
    };
    chunks.into_iter().enumerate().filter_map(piece).collect()
}

fn is_too_much(pieces: &[Piece]) -> bool {
    let n_tallies = |piece: &Piece| match piece {
        Piece::Open(_) => 0,
        Piece::Closed(closed) => closed.tallies.len(),
    };
    pieces.len() > PIECES_MAX || pieces.iter().map(n_tallies).sum::<usize>() > PIECES_TALLIES_MAX
}

/// Joins the two neighbours that are fewest together and have no window end among or between them; whether there are any.
fn join_smallest(pieces: &mut Vec<Piece>, definition: &SummaryDefinition, at: Timestamp) -> bool {
    let size = |place: usize| match (&pieces[place], &pieces[place + 1]) {
        (Piece::Closed(one), Piece::Closed(next)) if !definition.cuts((one.from, next.until), at, at) => {
            Some(one.count.saturating_add(next.count))
        }
        _ => None,
    };
    let places = 0..pieces.len().saturating_sub(1);
    let smallest = places.filter_map(|place| Some((size(place)?, place))).min();
    let Some((_, place)) = smallest else { return false };
    if let Piece::Closed(next) = pieces.remove(place + 1)
        && let Piece::Closed(one) = &mut pieces[place]
    {
        one.join(next);
    }
    true
}

/// Those in the window that ends at `at`, oldest first: each leaves it exactly `within` after it occurred.
pub(super) fn in_window(entries: &[Occurrence], at: Timestamp, within: Option<Period>) -> &[Occurrence] {
    let past = &entries[..n_past(entries, at)];
    match within {
        Some(within) => &past[past.partition_point(|occurrence| occurrence.0 + within <= at)..],
        None => past,
    }
}

/// How many entries, from the oldest on, have occurred by `at`.
pub(super) fn n_past(entries: &[Occurrence], at: Timestamp) -> usize {
    entries.partition_point(|occurrence| occurrence.0 <= at)
}
