//! When a contact is active: a small histogram of local hours and weekdays, and the best time that it tells.
//!
//! Occasions are counted per hour of the day and per day of the week, not per hour of the week: a handful of opened
//! messages says something about 24 hours and 7 days, but nothing about 168 hours. When the counts grow beyond
//! [`HOURS_TOTAL_MAX`], all are halved, so that habits of long ago fade.

#[cfg(test)]
mod tests;

use jiff::civil::DateTime;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::time::{Period, Timestamp};
use crate::zone::{TimeOfDay, Weekday, Zone, local_instant, next_local};

/// The total of the hours' counts beyond which all counts are halved.
pub const HOURS_TOTAL_MAX: u32 = 100;

/// The most that one occasion may weigh.
pub const WEIGHT_MAX: u8 = 4;

/// The total of the hours' counts below which a contact's habits are unknown.
pub const HOURS_TOTAL_MIN: u32 = 5;

/// How much of a span is looked at for its best hour: a week, in which every weekday and hour comes up, and a day for
/// an hour that clocks skipped. What comes later can't be better, only later.
pub const LOOKED_AT: Period = Period::from_millis(8 * 24 * 3_600_000);

/// How often a contact was active at which hour and on which weekday, by its own clock.
///
/// Serialises as a text of two characters for each count that isn't zero, 62 at most; see [`Activity::to_text`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Activity {
    hours: [u8; HOURS],
    weekdays: [u8; WEEKDAYS],
}

const HOURS: usize = 24;
const WEEKDAYS: usize = 7;

/// The largest count: seven bits in the text. Halving keeps counts below it; if it didn't, they would stop here.
const COUNT_MAX: u8 = 127;

/// The hours of [`LOOKED_AT`], and those that clocks put back in it repeat.
const HOURS_LOOKED_AT_MAX: usize = 8 * 24 + 26;

impl Activity {
    /// Counts an occasion at this local hour (0 to 23) of this weekday; its weight is held between 1 and
    /// [`WEIGHT_MAX`]. An hour that no clock shows counts for nothing.
    pub fn note(&mut self, hour: u8, weekday: Weekday, weight: u8) {
        let Some(of_hour) = self.hours.get_mut(usize::from(hour)) else { return };
        let weight = weight.clamp(1, WEIGHT_MAX);
        *of_hour = of_hour.saturating_add(weight).min(COUNT_MAX);
        let of_weekday = &mut self.weekdays[weekday as usize];
        *of_weekday = of_weekday.saturating_add(weight).min(COUNT_MAX);
        if self.total() > HOURS_TOTAL_MAX {
            for count in self.hours.iter_mut().chain(&mut self.weekdays) {
                *count /= 2;
            }
        }
    }

    /// Counts an occasion at an instant, as clocks in this zone show it.
    pub fn note_at(&mut self, at: Timestamp, zone: &Zone, weight: u8) {
        let local = zone.local(at);
        self.note(local.hour() as u8, Weekday::of(local.date()), weight);
    }

    /// The habits of two contacts who are one person.
    #[must_use]
    pub fn joined(&self, other: &Self) -> Self {
        let mut joined = self.clone();
        let theirs = other.hours.iter().chain(&other.weekdays);
        for (count, more) in joined.hours.iter_mut().chain(&mut joined.weekdays).zip(theirs) {
            *count = count.saturating_add(*more).min(COUNT_MAX);
        }
        while joined.total() > HOURS_TOTAL_MAX {
            for count in joined.hours.iter_mut().chain(&mut joined.weekdays) {
                *count /= 2;
            }
        }
        joined
    }

    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether enough is known to tell a best time: a total of [`HOURS_TOTAL_MIN`].
    pub fn tells(&self) -> bool {
        self.total() >= HOURS_TOTAL_MIN
    }

    /// The best instant from `after` to `after + within`, both included, by the clocks of this zone.
    ///
    /// - Candidates are the beginnings of local hours in the span, and `after` itself for the hour that is running.
    ///   An hour that clocks skip is none, one that they show twice is one the first time; one that begins late because
    ///   clocks skip its first part begins then.
    /// - The candidate of the highest score wins, and the earliest of equals. The score of an hour is twice its own
    ///   count and once those of both neighbours (23 is a neighbour of 0), times the weekday's count, leaning to the
    ///   average of all weekdays.
    /// - Where habits are unknown, or no hour in the span has any activity, it is the next local `fallback` time if
    ///   that is in the span, else the end of the span.
    /// - A negative `within` counts as none.
    pub fn best_instant(
        &self,
        after: Timestamp,
        within: Period,
        zone: &Zone,
        fallback: TimeOfDay,
    ) -> Timestamp {
        let end = after + within.max(Period::ZERO);
        let mut best = (0, end);
        if self.tells() {
            for (at, score) in self.candidates(after, end, zone) {
                if score > best.0 {
                    best = (score, at);
                }
            }
        }
        match best {
            (0, _) => Some(next_local(zone, after, fallback, &[])).filter(|at| *at <= end).unwrap_or(end),
            (_, at) => at,
        }
    }

    /// The instants that may be chosen, in order, each with its score.
    fn candidates(
        &self,
        after: Timestamp,
        end: Timestamp,
        zone: &Zone,
    ) -> impl Iterator<Item = (Timestamp, u64)> {
        let end = end.min(after + LOOKED_AT);
        let shown = zone.local(after);
        let first = shown.date().at(shown.hour(), 0, 0, 0);
        let mut last = after;
        let beginnings = first
            .series(jiff::Span::new().hours(1))
            .skip(1)
            .take(HOURS_LOOKED_AT_MAX)
            .map(|local| local_instant(zone, local))
            .take_while(move |at| *at <= end)
            // Clocks that go back repeat hours that have begun; skipped hours begin with the first that isn't.
            .filter(move |at| {
                let is_later = *at > last;
                last = last.max(*at);
                is_later
            });
        std::iter::once(after).chain(beginnings).map(|at| (at, self.score(zone.local(at))))
    }

    fn score(&self, local: DateTime) -> u64 {
        let hour = local.hour() as usize;
        let of_hour = |shift: usize| u64::from(self.hours[(hour + shift) % HOURS]);
        let near = 2 * of_hour(0) + of_hour(1) + of_hour(HOURS - 1);
        let of_weekday = u64::from(self.weekdays[Weekday::of(local.date()) as usize]);
        let of_all: u64 = self.weekdays.iter().map(|count| u64::from(*count)).sum();
        // The weekday's share and a seventh of everything, both times seven; one, so that an hour's count is never lost.
        near * (of_weekday * WEEKDAYS as u64 + of_all + 1)
    }

    fn total(&self) -> u32 {
        self.hours.iter().map(|count| u32::from(*count)).sum()
    }

    /// Two characters for each count that isn't zero, in the order of hours and then weekdays, Monday first.
    ///
    /// Each pair is twelve bits in the alphabet of URL-safe base64: five for the place (24 is Monday), seven for the
    /// count.
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        for (place, count) in
            self.hours.iter().chain(&self.weekdays).enumerate().filter(|(_, count)| **count > 0)
        {
            let bits = place << 7 | usize::from(*count);
            for digit in [bits >> 6, bits & 63] {
                text.push(char::from(ALPHABET[digit]));
            }
        }
        text
    }

    /// Reads what [`Activity::to_text`] wrote; `None` if it didn't.
    pub fn from_text(text: &str) -> Option<Self> {
        let mut activity = Self::default();
        let digit = |byte: u8| ALPHABET.iter().position(|known| *known == byte);
        let mut next_place = 0;
        for pair in text.as_bytes().chunks(2) {
            let [high, low] = pair else { return None };
            let bits = digit(*high)? << 6 | digit(*low)?;
            let (place, count) = (bits >> 7, (bits & 127) as u8);
            let slot = activity.hours.iter_mut().chain(&mut activity.weekdays).nth(place)?;
            if count == 0 || place < next_place {
                return None;
            }
            *slot = count;
            next_place = place + 1;
        }
        Some(activity)
    }
}

/// The digits of URL-safe base64.
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

impl Serialize for Activity {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_text())
    }
}

impl<'de> Deserialize<'de> for Activity {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::from_text(&text).ok_or_else(|| {
            serde::de::Error::custom(format!(
                "`{text}` is no activity: expected two characters for each count"
            ))
        })
    }
}
