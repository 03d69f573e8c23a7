//! What a run waits for: an instant, or something that happens.

use super::{EventMatch, Target};
use crate::predicate::{MessageTest, Predicate, TimeWindow};
use crate::time::Period;
use crate::value::Path;
use crate::workflow::OnBlocked;
use crate::zone::{TimeOfDay, Weekday};

/// A wait whose deadline is fixed when it is entered (SEMANTICS 2.4).
#[derive(Debug, Clone, PartialEq)]
pub enum Wait {
    /// A duration: `3d` is 72 hours.
    For(Period),
    /// Calendar days in local time: `3 calendar days at 09:00`.
    CalendarDays {
        /// How many midnights to pass.
        days: u32,
        /// The local time; none means the time of day at which the wait was entered.
        at: Option<TimeOfDay>,
        /// Whose local time.
        zone: ZoneOf,
    },
    /// The next instant with this local time that is at least `after` away; also on one of these days only.
    Until {
        /// The local time.
        at: TimeOfDay,
        /// The earliest, counted from the entry of the wait.
        after: Period,
        /// The days of the week on which it may end; empty means any.
        days: Vec<Weekday>,
        /// Whose local time.
        zone: ZoneOf,
    },
    /// Until the local time is inside a window; at once if it is.
    Window(TimeWindow),
    /// The local hour within a span at which the contact is most active.
    BestTime {
        /// The span, from the entry of the wait on.
        within: Period,
        /// The local time for a contact of whom too little is known.
        or: TimeOfDay,
        /// Whose local time.
        zone: ZoneOf,
    },
    /// A date trait, with an offset and a local time.
    Date {
        /// The trait.
        path: Path,
        /// Calendar days before (negative) or after it.
        offset_days: i32,
        /// The local time; none means the trait's own instant, or midnight if it is a date only.
        at: Option<TimeOfDay>,
        /// What if it is already past.
        if_past: IfPast,
        /// Where to go if the contact has no such date.
        if_missing: OnBlocked,
        /// Whose local time.
        zone: ZoneOf,
    },
}

/// What happens at a wait for a date that is already past when it is entered (SEMANTICS 2.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IfPast {
    /// The run goes on at once.
    Continue,
    /// The run ends.
    Exit,
    /// The same day of the next year that is to come.
    NextYear,
}

/// Whose local time counts.
#[derive(Debug, Clone, PartialEq)]
pub enum ZoneOf {
    /// The contact's, else the workspace's.
    Contact,
    /// The workspace's.
    Workspace,
    /// A named one.
    Named(crate::zone::Zone),
}

/// A wait for one of several things, with a time-out (SEMANTICS 6.1).
#[derive(Debug, Clone, PartialEq)]
pub struct WaitFor {
    /// What may happen, in order, and where the run then goes.
    pub alternatives: Vec<(Occasion, Target)>,
    /// When to go on regardless, and where; none means never.
    pub timeout: Option<(Period, Target)>,
}

/// Something that ends a wait or a run: an event that arrives, or a condition that holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Occasion {
    /// An event that arrives from now on.
    Event(EventMatch),
    /// News of a message to the contact that arrives from now on: an open, a click, a reply.
    Engaged(MessageTest),
    /// A condition: true now, by an input, or by the passing of time.
    Condition(Predicate),
}
