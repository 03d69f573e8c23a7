//! Hours of the local clock: when it shows a time at which messages may go (SEMANTICS 7.10).
//!
//! What counts is what the contact's clock shows. Where clocks go back, an hour that is quiet is quiet twice; where they
//! go forward, what would have begun or ended in the skipped hour does so as the clock jumps.

use jiff::civil::DateTime;

use crate::policy::{QuietHours, SendWindow};
use crate::time::{Period, Timestamp};
use crate::zone::{TimeOfDay, Weekday, Zone};

/// The most local days and clock changes that are stepped through: a weekly window is found within two weeks, even
/// where a whole day is skipped.
const STEPS_MAX: usize = 32;

/// The earliest instant at or after `from` that isn't in the quiet hours.
pub(super) fn after_quiet_hours(hours: &QuietHours, zone: &Zone, from: Timestamp) -> Option<Timestamp> {
    earliest(zone, from, hours.to, |local| !is_quiet(hours, local))
}

/// The earliest instant at or after `from` that is in the send window.
pub(super) fn in_send_window(window: &SendWindow, zone: &Zone, from: Timestamp) -> Option<Timestamp> {
    earliest(zone, from, window.from, |local| is_open(window, local))
}

/// Whether the clock shows quiet hours; from a time to the same time is no time at all.
fn is_quiet(hours: &QuietHours, local: DateTime) -> bool {
    let (from, to, now) = (hours.from.as_millis(), hours.to.as_millis(), millis_of_day(local));
    if from <= to { from <= now && now < to } else { from <= now || now < to }
}

/// Whether the window is open; one over midnight belongs to the day on which it opened.
fn is_open(window: &SendWindow, local: DateTime) -> bool {
    let (from, now) = (window.from.as_millis(), millis_of_day(local));
    let to =
        if window.to == TimeOfDay::MIDNIGHT { TimeOfDay::DAY.as_millis() } else { window.to.as_millis() };
    let opens_on =
        |date: jiff::civil::Date| window.days.is_empty() || window.days.contains(&Weekday::of(date));
    let opened_today = opens_on(local.date()) && from <= now && (from >= to || now < to);
    let opened_yesterday = from >= to && now < to && local.date().yesterday().is_ok_and(opens_on);
    opened_today || opened_yesterday
}

fn millis_of_day(local: DateTime) -> i64 {
    let seconds = (i64::from(local.hour()) * 60 + i64::from(local.minute())) * 60 + i64::from(local.second());
    seconds * 1_000 + i64::from(local.millisecond())
}

/// The earliest allowed instant at or after `from`, where what is allowed begins at local time `opens` only, or as the
/// clocks are moved.
fn earliest(
    zone: &Zone,
    from: Timestamp,
    opens: TimeOfDay,
    allowed: impl Fn(DateTime) -> bool,
) -> Option<Timestamp> {
    let mut at = from;
    for _ in 0..STEPS_MAX {
        let local = zone.local(at);
        if allowed(local) {
            return Some(at);
        }
        let day = TimeOfDay::DAY.as_millis();
        let wait_ms = (opens.as_millis() - millis_of_day(local) - 1).rem_euclid(day) + 1;
        let opening = at + Period::from_millis(wait_ms);
        at = zone.next_clock_change(at).map_or(opening, |change| change.min(opening));
    }
    None
}
