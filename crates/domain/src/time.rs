//! Instants and spans: UTC milliseconds (SEMANTICS 2.2).

#[cfg(test)]
mod tests;

use std::fmt;

use serde::{Deserialize, Serialize};

/// An instant, in milliseconds since 1970-01-01T00:00:00Z.
///
/// Serialises as the number; shows as RFC 3339 in UTC.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default)]
#[serde(from = "i64", into = "i64")]
pub struct Timestamp(i64);

/// A span of time in milliseconds; `3d` is 72 hours (SEMANTICS 2.3).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default)]
#[serde(transparent)]
pub struct Period(i64);

impl Timestamp {
    /// The earliest instant that is representable as a calendar date.
    pub const MIN: Self = Self(-377_705_023_201_000 + 86_400_000);
    /// The latest instant that is representable as a calendar date.
    pub const MAX: Self = Self(253_402_207_200_000 - 86_400_000);

    /// From milliseconds since the epoch, clamped to what a calendar can show.
    pub fn from_millis(millis: i64) -> Self {
        Self(millis.clamp(Self::MIN.0, Self::MAX.0))
    }

    /// Milliseconds since the epoch.
    pub fn as_millis(self) -> i64 {
        self.0
    }

    /// This instant for calendar arithmetic.
    pub fn to_jiff(self) -> jiff::Timestamp {
        jiff::Timestamp::from_millisecond(self.0).expect("a Timestamp is clamped to what a calendar can show")
    }

    /// From a calendar library's instant, cut to the millisecond.
    pub fn from_jiff(timestamp: jiff::Timestamp) -> Self {
        Self::from_millis(timestamp.as_millisecond())
    }

    /// Reads RFC 3339, also with an offset and without seconds; `None` if it isn't an instant.
    pub fn parse(text: &str) -> Option<Self> {
        text.parse::<jiff::Timestamp>().ok().map(Self::from_jiff)
    }

    /// The time from `earlier` to this instant; negative if it is later.
    pub fn since(self, earlier: Self) -> Period {
        Period(self.0 - earlier.0)
    }
}

impl From<i64> for Timestamp {
    /// Also what is read from JSON is clamped.
    fn from(millis: i64) -> Self {
        Self::from_millis(millis)
    }
}

impl From<Timestamp> for i64 {
    fn from(timestamp: Timestamp) -> Self {
        timestamp.0
    }
}

impl Period {
    /// No time at all.
    pub const ZERO: Self = Self(0);

    /// From milliseconds.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// In milliseconds.
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// Reads `90s`, `20m`, `1h30m`, `3d`, `2w`, `500ms`, with an optional sign; `None` if it isn't a period.
    pub fn parse(text: &str) -> Option<Self> {
        let (sign, mut rest) = match text.as_bytes().first()? {
            b'-' => (-1, &text[1..]),
            b'+' => (1, &text[1..]),
            _ => (1, text),
        };
        if rest.is_empty() {
            return None;
        }
        let mut millis: i64 = 0;
        while !rest.is_empty() {
            let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
            let number: i64 = rest[..digits].parse().ok()?;
            rest = &rest[digits..];
            let letters = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_alphabetic()).len();
            let unit = UNITS.iter().find(|(name, _)| *name == &rest[..letters])?.1;
            rest = &rest[letters..];
            millis = millis.checked_add(number.checked_mul(unit)?)?;
        }
        (millis <= PERIOD_MS_MAX).then_some(Self(sign * millis))
    }
}

/// The units that a period is written in, largest first, in milliseconds.
const UNITS: [(&str, i64); 6] =
    [("w", 604_800_000), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];

/// The longest period that can be written: 100 years. No wait has a maximum below it (SEMANTICS 2.5).
pub const PERIOD_MS_MAX: i64 = 36_525 * 86_400_000;

impl std::ops::Add<Period> for Timestamp {
    type Output = Self;

    fn add(self, period: Period) -> Self {
        Self::from_millis(self.0.saturating_add(period.0))
    }
}

impl std::ops::Sub<Period> for Timestamp {
    type Output = Self;

    fn sub(self, period: Period) -> Self {
        Self::from_millis(self.0.saturating_sub(period.0))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.to_jiff())
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 {
            return f.write_str("0s");
        }
        if self.0 < 0 {
            f.write_str("-")?;
        }
        let mut rest = self.0.unsigned_abs() as i64;
        for (name, unit) in UNITS {
            let n = rest / unit;
            // Weeks are only written when they say it all: `8d` reads better than `1w1d`.
            if n > 0 && (name != "w" || rest % unit == 0) {
                write!(f, "{n}{name}")?;
                rest %= unit;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}
