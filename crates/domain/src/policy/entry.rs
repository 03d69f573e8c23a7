//! Who is granted a place under entry caps (SEMANTICS 4.3): what the allocator asks, which counts over all contacts.

#[cfg(test)]
mod tests;

use super::{EntryCap, EntrySpan};
use crate::time::{Period, Timestamp};
use crate::zone::{Zone, add_days, local_instant};

/// The milliseconds of an hour.
const HOUR_MS: i64 = 3_600_000;

/// The answer to one who asks for a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Whether there is one.
    pub granted: bool,
    /// The numbers of every cap: `100 of 100 since 2026-01-05T09:00:00Z`.
    pub why: String,
    /// When to ask again; none if the caps that are full say that nobody waits, or never have room again.
    pub room_at: Option<Timestamp>,
}

/// From when until when an entry cap of this span counts at an instant; the end is the first instant of the next span.
pub fn entry_window(span: EntrySpan, at: Timestamp, zone: &Zone) -> (Timestamp, Option<Timestamp>) {
    match span {
        EntrySpan::Hour => {
            let start = at - Period::from_millis(at.as_millis().rem_euclid(HOUR_MS));
            (start, Some(start + Period::from_millis(HOUR_MS)))
        }
        EntrySpan::Day => {
            let midnight = |date: jiff::civil::Date| {
                local_instant(zone, date.to_datetime(jiff::civil::Time::midnight()))
            };
            let today = zone.local(at).date();
            (midnight(today), Some(midnight(add_days(today, 1))))
        }
        EntrySpan::Total => (Timestamp::MIN, None),
    }
}

/// Whether one more contact may enter at `at`, where `used` says how many places of each cap's window are taken.
///
/// A cap without a number counts as unused. All caps must have room; a place takes one of each.
pub fn grant(caps: &[EntryCap], used: &[u32], at: Timestamp, zone: &Zone) -> Place {
    let mut granted = true;
    let mut room_at = Some(at);
    let mut numbers = Vec::new();
    for (n, cap) in caps.iter().enumerate() {
        let used = used.get(n).copied().unwrap_or(0);
        let (start, end) = entry_window(cap.per, at, zone);
        let has_room = used < cap.max;
        let taken = if has_room { used + 1 } else { used };
        numbers.push(match cap.per {
            EntrySpan::Total => format!("{taken} of {} in all", cap.max),
            EntrySpan::Hour | EntrySpan::Day => format!("{taken} of {} since {start}", cap.max),
        });
        if !has_room {
            granted = false;
            let end = end.filter(|_| cap.wait);
            room_at = room_at.zip(end).map(|(room_at, end)| room_at.max(end));
        }
    }
    Place { granted, why: numbers.join("; "), room_at: room_at.filter(|_| !granted) }
}
