//! Traits that follow from what a contact did.

use serde_json::{Number, Value};

use super::TraitType;
use crate::behaviour::{Summaries, SummaryId};
use crate::time::{Period, Timestamp};

/// A trait that is computed from a summary of events.
#[derive(Debug, Clone, PartialEq)]
pub struct Computed {
    /// What a person reads.
    pub title: String,
    /// Whether it says something of a person that others should not see.
    pub personal: bool,
    /// Of which events.
    pub summary: SummaryId,
    /// What.
    pub what: Reckoning,
    /// Only of events at most this long ago.
    pub within: Option<Period>,
}

/// What is computed of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reckoning {
    /// How many there are.
    Count,
    /// The sum of a property.
    Sum,
    /// When the first one was.
    FirstAt,
    /// When the last one was.
    LastAt,
    /// What a property said the first time.
    First,
    /// What a property said the last time.
    Last,
    /// What a property said most often.
    MostFrequent,
}

impl Reckoning {
    /// The type of what comes out, where it doesn't depend on what clients send.
    pub fn kind(self) -> Option<TraitType> {
        match self {
            Self::Count | Self::Sum => Some(TraitType::Number),
            Self::FirstAt | Self::LastAt => Some(TraitType::Date),
            Self::First | Self::Last | Self::MostFrequent => None,
        }
    }
}

/// Whole numbers up to this one are told apart by floating-point numbers.
const WHOLE_MAX: f64 = 9_007_199_254_740_992.0;

/// A number as a value: whole if it is.
pub fn shown_number(sum: f64) -> Value {
    if sum.fract() == 0.0 && sum.abs() < WHOLE_MAX {
        return Value::from(sum as i64);
    }
    Number::from_f64(sum).map_or(Value::Null, Value::Number)
}

impl Computed {
    /// The value at an instant; null if there is none. Counts and sums of nothing are 0.
    pub fn value(&self, summaries: &Summaries, at: Timestamp) -> Value {
        let Some(summary) = summaries.get(&self.summary) else {
            return match self.what {
                Reckoning::Count | Reckoning::Sum => Value::from(0),
                _ => Value::Null,
            };
        };
        let instant = |at: Option<Timestamp>| at.map_or(Value::Null, |at| Value::from(at.to_string()));
        let noted = |value: Option<&Value>| value.cloned().unwrap_or_default();
        let within = self.within;
        match (self.what, within) {
            (Reckoning::Count, _) => Value::from(summary.count_within(at, within)),
            (Reckoning::Sum, _) => shown_number(summary.sum_within(at, within)),
            (Reckoning::FirstAt, None) => instant(summary.first_at(at)),
            (Reckoning::FirstAt, Some(within)) => instant(summary.first_within(at, within)),
            (Reckoning::LastAt, None) => instant(summary.last_at(at)),
            (Reckoning::LastAt, Some(within)) => instant(summary.last_within(at, within)),
            (Reckoning::First, _) => noted(summary.first_noted_at(at, within)),
            (Reckoning::Last, _) => noted(summary.last_noted_at(at, within)),
            (Reckoning::MostFrequent, _) => summary.most_frequent_at(at, within).unwrap_or_default(),
        }
    }

    /// The earliest instant after `at` at which time alone may change the value.
    pub fn next_change(&self, summaries: &Summaries, at: Timestamp) -> Option<Timestamp> {
        let summary = summaries.get(&self.summary)?;
        let leaves = self.within.and_then(|within| Some(summary.first_within(at, within)? + within));
        summary.next_at(at).into_iter().chain(leaves).filter(|instant| *instant > at).min()
    }
}
