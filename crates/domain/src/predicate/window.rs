//! Local days and hours: open or closed, and when that changes.
//!
//! What counts is what the local clock shows, as for quiet hours: where clocks go back, an hour that is open is open
//! twice; where they go forward, what would have opened or closed in the skipped hour does so as the clock jumps.

#[cfg(test)]
mod tests;

use jiff::civil::{Date, DateTime};

use crate::time::{Period, Timestamp};
use crate::workflow::ZoneOf;
use crate::zone::{TimeOfDay, Weekday, Zone, add_days};

/// Local days and hours.
#[derive(Debug, Clone, PartialEq)]
pub struct TimeWindow {
    /// The local time at which it opens.
    pub from: TimeOfDay,
    /// The local time at which it closes; not later than `from` means on the next day.
    pub to: TimeOfDay,
    /// The days on which it opens; empty means every day.
    pub days: Vec<Weekday>,
    /// Whose local time.
    pub zone: ZoneOf,
}

/// How many times of opening and closing a search for the next change looks at: those of a month, in which every
/// weekday comes up, also where clocks skip one of them.
const EDGES_TRIED_MAX: usize = 64;

impl TimeWindow {
    /// Whether an instant is inside.
    pub fn contains(&self, at: Timestamp, zone: &Zone) -> bool {
        let local = zone.local(at);
        let now = local.time();
        let (from, to) = (self.from.to_jiff(), self.to.to_jiff());
        if self.from < self.to {
            return from <= now && now < to && self.opens_on(local.date());
        }
        // Over midnight it belongs to the day on which it opened.
        (from <= now && self.opens_on(local.date()))
            || (now < to && self.opens_on(add_days(local.date(), -1)))
    }

    fn opens_on(&self, date: Date) -> bool {
        self.days.is_empty() || self.days.contains(&Weekday::of(date))
    }

    /// The first instant from `at` on that is inside.
    pub fn opens(&self, at: Timestamp, zone: &Zone) -> Timestamp {
        if self.contains(at, zone) { at } else { self.next_change(at, zone).unwrap_or(at) }
    }

    /// The first instant after `at` at which it opens or closes; none if it is open day and night.
    pub fn next_change(&self, at: Timestamp, zone: &Zone) -> Option<Timestamp> {
        let before = self.contains(at, zone);
        let mut edge = at;
        let mut clock_change = zone.next_clock_change(at);
        for _ in 0..EDGES_TRIED_MAX {
            if clock_change.is_some_and(|change| change <= edge) {
                clock_change = zone.next_clock_change(edge);
            }
            let shown = self.next_shown(zone.local(edge), edge);
            edge = clock_change.map_or(shown, |change| change.min(shown));
            if self.contains(edge, zone) != before {
                return Some(edge);
            }
        }
        None
    }

    /// The first instant after `at` at which a clock that shows `local` then, and isn't moved, shows one of the times.
    fn next_shown(&self, local: DateTime, at: Timestamp) -> Timestamp {
        let now = millis_of_day(local);
        let day = TimeOfDay::DAY.as_millis();
        let shows =
            |time: TimeOfDay| at + Period::from_millis((time.as_millis() - now - 1).rem_euclid(day) + 1);
        shows(self.from).min(shows(self.to))
    }
}

fn millis_of_day(local: DateTime) -> i64 {
    let seconds = (i64::from(local.hour()) * 60 + i64::from(local.minute())) * 60 + i64::from(local.second());
    seconds * 1_000 + i64::from(local.millisecond())
}
