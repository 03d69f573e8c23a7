//! From a rule to its dates, by the `rrule` crate. This is the only place that knows it.
//!
//! The library walks from a start, one period (day, week, …) at a time. A rule that began ten years ago would be
//! walked for ten years on each question; since every period stands for itself once `COUNT` is out of the way, the
//! walk begins at the last period of the rule's phase that isn't after the date asked for.

use std::time::Duration;

use jiff::civil::{Date, DateTime};
use rrule::RRuleSet;

use crate::recurrence::rule::{Frequency, Rule};
use crate::zone::{Weekday, add_days};

/// The rule as the library holds it, and the period that its phase counts from.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Expansion {
    set: RRuleSet,
    frequency: Frequency,
    interval: i64,
    week_start: Weekday,
    /// The period of the start, counted as [`Expansion::period_of`] does.
    first: i64,
}

impl Expansion {
    /// Hands a completed rule to the library; the error is the library's.
    pub(super) fn new(rule: &Rule, starts: DateTime) -> Result<Self, String> {
        let text = format!("DTSTART:{}Z\nRRULE:{rule}", starts.strftime("%Y%m%dT%H%M%S"));
        let set = text.parse::<RRuleSet>().map_err(|error| format!("the rule makes no sense: {error}"))?;
        let mut expansion = Self {
            set: set.limit(),
            frequency: rule.frequency,
            interval: i64::from(rule.interval),
            week_start: rule.week_start,
            first: 0,
        };
        expansion.first = expansion.period_of(starts);
        Ok(expansion)
    }

    /// All dates of the rule, in order, from the beginning of a period of its phase that isn't after `from`; the first
    /// ones may be before it. Neither count nor end is heeded here, nor the rule's start within its first period.
    ///
    /// Ends at the calendar's end, or where the library gives up looking: after 100,000 periods without a date.
    pub(super) fn from(&self, from: DateTime) -> impl Iterator<Item = DateTime> {
        let phases = (self.period_of(from) - self.first).max(0) / self.interval;
        let begins = seconds(self.beginning_of(self.first + phases * self.interval));
        begins.into_iter().flat_map(|begins| {
            // Wall times stand as if they were UTC, which has no clock changes. The start's own instant is moved, since
            // the type of the library's instants has no name here.
            let start = *self.set.get_dt_start();
            let shift = begins - start.timestamp();
            let by = Duration::from_secs(shift.unsigned_abs());
            let begins = if shift < 0 { start - by } else { start + by };
            let set = RRuleSet::new(begins).set_rrules(self.set.get_rrule().clone()).limit();
            (&set).into_iter().map_while(|instant| civil(instant.timestamp()))
        })
    }

    /// The number of the period that a time is in, from any fixed one.
    fn period_of(&self, at: DateTime) -> i64 {
        match self.frequency {
            Frequency::Yearly => i64::from(at.year()),
            Frequency::Monthly => i64::from(at.year()) * 12 + i64::from(at.month()) - 1,
            Frequency::Weekly => (day_number(at.date()) - self.week_shift()).div_euclid(7),
            Frequency::Daily => day_number(at.date()),
            Frequency::Hourly => day_number(at.date()) * 24 + i64::from(at.hour()),
        }
    }

    /// The first moment of the period with this number.
    fn beginning_of(&self, period: i64) -> DateTime {
        let day = |number: i64| add_days(EPOCH, number).at(0, 0, 0, 0);
        match self.frequency {
            Frequency::Yearly => month(period * 12),
            Frequency::Monthly => month(period),
            Frequency::Weekly => day(period * 7 + self.week_shift()),
            Frequency::Daily => day(period),
            Frequency::Hourly => {
                let hour = i8::try_from(period.rem_euclid(24)).expect("a remainder of 24 fits in i8");
                day(period.div_euclid(24)).date().at(hour, 0, 0, 0)
            }
        }
    }

    /// The number of a day on which weeks begin: 1970-01-05 was a Monday.
    fn week_shift(&self) -> i64 {
        4 + self.week_start as i64
    }
}

const EPOCH: Date = Date::constant(1970, 1, 1);

/// Days since 1970-01-01.
fn day_number(date: Date) -> i64 {
    i64::from((date - EPOCH).get_days())
}

/// The first of a month, by its number since the year 0.
fn month(number: i64) -> DateTime {
    let year =
        i16::try_from(number.div_euclid(12)).unwrap_or(i16::MAX).clamp(Date::MIN.year(), Date::MAX.year());
    let month = i8::try_from(number.rem_euclid(12) + 1).expect("a remainder of 12 fits in i8");
    jiff::civil::date(year, month, 1).at(0, 0, 0, 0)
}

/// A wall time as if it were UTC; `None` beyond the instants that there are.
fn seconds(local: DateTime) -> Option<i64> {
    Some(jiff::tz::Offset::UTC.to_timestamp(local).ok()?.as_second())
}

/// The wall time that [`seconds`] made it from; `None` beyond our calendar.
fn civil(seconds: i64) -> Option<DateTime> {
    Some(jiff::tz::Offset::UTC.to_datetime(jiff::Timestamp::from_second(seconds).ok()?))
}
