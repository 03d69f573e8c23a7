//! What happens again and again: recurrence rules of RFC 5545 (`FREQ=WEEKLY;BYDAY=MO,TH`), held in local time.
//!
//! A rule speaks of wall times. Which instants they are is another question, asked once per zone: 09:00 stays 09:00
//! when clocks are moved, a time that doesn't exist means the next instant that does, and one that exists twice means
//! the first (SEMANTICS 2.3). Two times of a rule that come to the same instant that way are one occurrence.
//!
//! Read in this order: `rule` (its parts as data), `expand` (how they become dates: the only place that knows the
//! library), `describe` (how they are said in words). The start of a rule gives what the rule leaves open (its time of day, its weekday, the
//! phase of `INTERVAL`); it is an occurrence only if the rule says so.

mod describe;
mod expand;
mod rule;
#[cfg(test)]
mod tests;

use std::fmt;

use jiff::civil::DateTime;

use crate::time::Timestamp;
use crate::zone::{Zone, local_instant};

use expand::Expansion;
use rule::Rule;

/// The longest text of a rule, in bytes.
pub const RULE_BYTES_MAX: usize = 500;

/// The largest `COUNT`.
pub const COUNT_MAX: u32 = 10_000;

/// The largest `INTERVAL`.
pub const INTERVAL_MAX: u16 = 1_000;

/// The most occurrences that a rule may have on one day: on average nothing happens more often than hourly.
pub const OCCURRENCES_PER_DAY_MAX: usize = 24;

/// How many years after its start a rule must have occurred at least once.
///
/// `29 February on a Monday` comes within 40 years; what doesn't come within 100 is a slip of the pen.
pub const FIRST_WITHIN_YEARS: i16 = 100;

/// The years in which a rule may start.
const START_YEARS: std::ops::RangeInclusive<i16> = 1900..=2999;

/// The most occurrences that are stepped over because their wall times exist twice and the first time is past.
///
/// Clocks have been put back by a whole day, never by more, and a day and its edges hold less than three times
/// [`OCCURRENCES_PER_DAY_MAX`].
const PAST_TWINS_MAX: usize = 3 * OCCURRENCES_PER_DAY_MAX;

/// A recurrence rule with its start.
#[derive(Clone, PartialEq)]
pub struct Recurrence {
    text: String,
    starts: DateTime,
    rule: Rule,
    expansion: Expansion,
    /// The last occurrence, if the rule names it or counts up to it.
    last: Option<DateTime>,
}

impl Recurrence {
    /// Reads a rule that starts at a local time; fractions of its second are cut off.
    ///
    /// The error says which part is wrong and how to mend it.
    pub fn parse(text: &str, starts: DateTime) -> Result<Self, String> {
        if !START_YEARS.contains(&starts.year()) {
            return Err(format!(
                "the start is in the year {}; write one between {} and {}",
                starts.year(),
                START_YEARS.start(),
                START_YEARS.end()
            ));
        }
        let starts = starts.with().subsec_nanosecond(0).build().unwrap_or(starts);
        let rule = Rule::parse(text)?.completed(starts);
        let expansion = Expansion::new(&rule, starts)?;
        let mut recurrence = Self { text: text.to_owned(), starts, last: rule.until, rule, expansion };
        let first = recurrence.from(starts).next();
        let latest = starts.year().saturating_add(FIRST_WITHIN_YEARS);
        if first.is_none_or(|first| first.year() > latest) {
            return Err(recurrence.never());
        }
        if let Some(count) = recurrence.rule.count {
            let last = recurrence.from(starts).nth(count as usize - 1);
            recurrence.last = last;
        }
        Ok(recurrence)
    }

    /// The first occurrence after an instant, where the rule is held in this zone; `None` if there is none any more.
    pub fn next_after(&self, after: Timestamp, zone: &Zone) -> Option<Timestamp> {
        // Whatever the clocks showed up to now has had its instant; what they show for the second time has, too, but
        // comes after it in local time.
        let shown = zone.local(after);
        let from = if shown < self.starts { self.starts } else { shown };
        self.from(from)
            .take(PAST_TWINS_MAX)
            .map(|local| local_instant(zone, local))
            .find(|instant| *instant > after)
    }

    /// The first occurrence after a local time, as a local time.
    ///
    /// It begins first where clocks are furthest ahead: at this wall time in UTC+14.
    pub fn next_local_after(&self, after: DateTime) -> Option<DateTime> {
        let from = if after < self.starts { self.starts } else { after };
        // Of one instant of the calendar there is at most one occurrence, so that the second is later.
        self.from(from).take(2).find(|local| *local > after)
    }

    /// The rule in plain English: `every week on Monday and Thursday at 09:00`.
    pub fn describe(&self) -> String {
        describe::describe(&self.rule)
    }

    /// The text it was read from.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The local time at which it starts.
    pub fn starts(&self) -> DateTime {
        self.starts
    }

    /// The occurrences at or after a local time that isn't before the start.
    fn from(&self, from: DateTime) -> impl Iterator<Item = DateTime> {
        let last = self.last.unwrap_or(DateTime::MAX);
        let within = (from <= last).then(|| self.expansion.from(from));
        within
            .into_iter()
            .flatten()
            .skip_while(move |local| *local < from)
            .take_while(move |local| *local <= last)
    }

    fn never(&self) -> String {
        match self.rule.until {
            Some(until) if until < self.starts => format!(
                "`UNTIL` is {until}, before the start at {}: set it to a later time, or leave it out",
                self.starts
            ),
            Some(_) | None => format!(
                "the rule never occurs within {FIRST_WITHIN_YEARS} years of its start at {}: it says {}; drop one of \
                 the parts that exclude each other",
                self.starts,
                self.describe()
            ),
        }
    }
}

impl fmt::Debug for Recurrence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Recurrence({} from {})", self.text, self.starts)
    }
}
