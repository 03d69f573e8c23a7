//! Local time: zones, times of day, and what happens when clocks change (SEMANTICS 2.2, 2.3).

use std::fmt;

use serde::{Deserialize, Serialize};

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
    pub fn named(name: &str) -> Option<Self> {
        jiff::tz::TimeZone::get(name).ok().map(Self)
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

impl TimeOfDay {
    /// Midnight, where the day begins.
    pub const MIDNIGHT: Self = Self { seconds: 0 };

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

    /// For calendar arithmetic.
    pub fn to_jiff(self) -> jiff::civil::Time {
        let part = |number: u32| i8::try_from(number).expect("parts of a time of day are below 60");
        jiff::civil::time(part(self.seconds / 3600), part(self.seconds / 60 % 60), part(self.seconds % 60), 0)
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.seconds / 3600, self.seconds / 60 % 60)?;
        if self.seconds % 60 != 0 {
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
