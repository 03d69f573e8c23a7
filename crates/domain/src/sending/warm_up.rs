//! A new sender begins slowly: a bound for each of its first days, after which there is none.

use jiff::civil::Date;

use crate::time::Timestamp;

/// The most days that a schedule has.
pub const DAYS_MAX: usize = 365;

/// How many messages a sender carries on each of its first days. Days are those of UTC, so that every node has the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WarmUp {
    /// The first day.
    pub starts: Date,
    /// The bound of the first day, the second, and so on; at least one and at most [`DAYS_MAX`].
    pub limits: Vec<u32>,
}

/// What holds on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Today {
    /// The day.
    pub day: Date,
    /// Its number, from 1; 0 before the first.
    pub number: u32,
    /// How many messages at most; none if there is no bound.
    pub limit: Option<u32>,
    /// When the next day begins.
    pub until: Timestamp,
}

impl WarmUp {
    /// What holds at an instant. Before the first day nothing goes.
    pub fn today(&self, at: Timestamp) -> Today {
        let day = jiff::tz::TimeZone::UTC.to_datetime(at.to_jiff()).date();
        let passed = day.since(self.starts).map_or(0, |span| span.get_days());
        let number = u32::try_from(passed + 1).unwrap_or(0);
        let limit = match number {
            0 => Some(0),
            number => self.limits.get(number as usize - 1).copied(),
        };
        Today { day, number, limit, until: next_midnight(day, at) }
    }
}

fn next_midnight(day: Date, at: Timestamp) -> Timestamp {
    let next = day.tomorrow().and_then(|next| next.to_zoned(jiff::tz::TimeZone::UTC));
    // The calendar's last day has no next one, and no message either.
    next.map_or(at, |next| Timestamp::from_jiff(next.timestamp()))
}

#[cfg(test)]
mod tests;
