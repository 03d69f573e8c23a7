//! Local time: zones, times of day, and what happens when clocks change (SEMANTICS 2.2, 2.3).

#[cfg(test)]
mod tests;

use std::fmt;

use jiff::civil::{Date, DateTime};
use jiff::tz::AmbiguousOffset;
use serde::{Deserialize, Serialize};

use crate::time::{Period, Timestamp};

/// A time zone by its IANA name, from the bundled data.
#[derive(Debug, Clone, PartialEq)]
pub struct Zone(jiff::tz::TimeZone);

/// A local time of day, to the second.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TimeOfDay {
    seconds: u32,
}

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Weekday {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl Zone {
    /// Coordinated universal time.
    pub fn utc() -> Self {
        Self(jiff::tz::TimeZone::UTC)
    }

    /// The zone of an IANA name; `None` if there is none.
    ///
    /// `Etc/Unknown` names the absence of a zone, so it isn't one (SEMANTICS 2.2).
    pub fn named(name: &str) -> Option<Self> {
        jiff::tz::TimeZone::get(name).ok().filter(|zone| !zone.is_unknown()).map(Self)
    }

    /// What calendar and clock show here at an instant.
    pub fn local(&self, at: Timestamp) -> DateTime {
        self.0.to_datetime(at.to_jiff())
    }

    /// The next instant after `at` at which the clocks here are moved; `None` if they never are again.
    pub fn next_clock_change(&self, at: Timestamp) -> Option<Timestamp> {
        let offset = self.0.to_offset(at.to_jiff());
        self.0
            .following(at.to_jiff())
            .take(CLOCK_CHANGES_MAX)
            .find(|change| change.offset() != offset)
            .map(|change| Timestamp::from_jiff(change.timestamp()))
    }

    /// For calendar arithmetic.
    pub fn to_jiff(&self) -> &jiff::tz::TimeZone {
        &self.0
    }

    /// The IANA name.
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }
}

/// The most entries of a zone's table that are looked through for one at which the offset changes.
const CLOCK_CHANGES_MAX: usize = 64;

/// The days that [`next_local`] looks at: a week, one day before and one day after.
const DAYS_LOOKED_AT_MAX: usize = 9;

/// The instant of a local wall time (SEMANTICS 2.3).
///
/// A wall time that doesn't exist because the clocks went forward means the next instant that does; one that exists
/// twice because they went back means the first. Beyond the calendar's end it is the calendar's end.
pub fn local_instant(zone: &Zone, local: DateTime) -> Timestamp {
    let clamped = |offset: jiff::tz::Offset| match offset.to_timestamp(local) {
        Ok(instant) => Timestamp::from_jiff(instant),
        Err(_) if local.year() > 0 => Timestamp::MAX,
        Err(_) => Timestamp::MIN,
    };
    match zone.0.to_ambiguous_timestamp(local).offset() {
        AmbiguousOffset::Unambiguous { offset } => clamped(offset),
        AmbiguousOffset::Fold { before, .. } => clamped(before),
        AmbiguousOffset::Gap { before, after } => {
            // Read with the offset after the gap, the wall time is an instant before it; the gap's end comes next.
            let before_the_gap = clamped(after).to_jiff();
            let change = zone
                .0
                .following(before_the_gap)
                .take(CLOCK_CHANGES_MAX)
                .find(|change| zone.0.to_datetime(change.timestamp()) > local);
            change.map_or_else(|| clamped(before), |change| Timestamp::from_jiff(change.timestamp()))
        }
    }
}

/// The earliest instant at or after `from` that is the local `time` of one of the `days`; no days means any day.
pub fn next_local(zone: &Zone, from: Timestamp, time: TimeOfDay, days: &[Weekday]) -> Timestamp {
    // The day before can still matter: where clocks skip a whole day, its times mean the day after.
    let first = zone.local(from).date();
    let first = first.yesterday().unwrap_or(first);
    first
        .series(jiff::Span::new().days(1))
        .take(DAYS_LOOKED_AT_MAX)
        .filter(|date| days.is_empty() || days.contains(&Weekday::of(*date)))
        .map(|date| local_instant(zone, date.to_datetime(time.to_jiff())))
        .find(|instant| *instant >= from)
        .unwrap_or(Timestamp::MAX)
}

/// The date that is this many days later (or earlier), held at the calendar's ends.
pub fn add_days(date: Date, days: i64) -> Date {
    jiff::Span::new().try_days(days).and_then(|span| date.checked_add(span)).unwrap_or(if days < 0 {
        Date::MIN
    } else {
        Date::MAX
    })
}

impl Weekday {
    /// Its name, as it is written in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Monday => "monday",
            Self::Tuesday => "tuesday",
            Self::Wednesday => "wednesday",
            Self::Thursday => "thursday",
            Self::Friday => "friday",
            Self::Saturday => "saturday",
            Self::Sunday => "sunday",
        }
    }

    /// The weekday of a date.
    pub fn of(date: Date) -> Self {
        use jiff::civil::Weekday as Civil;
        match date.weekday() {
            Civil::Monday => Self::Monday,
            Civil::Tuesday => Self::Tuesday,
            Civil::Wednesday => Self::Wednesday,
            Civil::Thursday => Self::Thursday,
            Civil::Friday => Self::Friday,
            Civil::Saturday => Self::Saturday,
            Civil::Sunday => Self::Sunday,
        }
    }
}

impl TimeOfDay {
    /// The length of a day without clock changes.
    pub const DAY: Period = Period::from_millis(86_400_000);

    /// Midnight, where the day begins.
    pub const MIDNIGHT: Self = Self { seconds: 0 };

    /// The full hour, from 0 to 23.
    pub const fn from_hour(hour: u32) -> Self {
        assert!(hour < 24, "a day has 24 hours");
        Self { seconds: hour * 3600 }
    }

    /// Reads `HH:MM` or `HH:MM:SS`.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split(':');
        let mut next = |max: u32| -> Option<u32> {
            let part = parts.next()?;
            (part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit())).then_some(())?;
            part.parse().ok().filter(|number| *number < max)
        };
        let (hour, minute) = (next(24)?, next(60)?);
        let second = if text.len() > 5 { next(60)? } else { 0 };
        parts.next().is_none().then_some(Self { seconds: hour * 3600 + minute * 60 + second })
    }

    /// Seconds since midnight on a day without clock changes.
    pub fn seconds(self) -> u32 {
        self.seconds
    }

    /// Milliseconds since midnight on a day without clock changes.
    pub fn as_millis(self) -> i64 {
        i64::from(self.seconds) * 1_000
    }

    /// For calendar arithmetic.
    pub fn to_jiff(self) -> jiff::civil::Time {
        let part = |number: u32| i8::try_from(number).expect("parts of a time of day are below 60");
        jiff::civil::time(part(self.seconds / 3600), part(self.seconds / 60 % 60), part(self.seconds % 60), 0)
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.seconds / 3600, self.seconds / 60 % 60)?;
        if !self.seconds.is_multiple_of(60) {
            write!(f, ":{:02}", self.seconds % 60)?;
        }
        Ok(())
    }
}

impl fmt::Debug for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}
