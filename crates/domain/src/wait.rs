//! The deadlines of waits: fixed when the wait is entered (SEMANTICS 2.3, 2.4, 2.6).

#[cfg(test)]
mod tests;

use jiff::civil::{Date, DateTime, Time};
use serde_json::{Map, Value};

use crate::contact::Contact;
use crate::predicate::date;
use crate::time::Timestamp;
use crate::workflow::{DateTrigger, IfPast, Wait, ZoneOf};
use crate::zone::{TimeOfDay, Zone, add_days, local_instant, next_local};

/// What entering a wait gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deadline {
    /// The run sleeps until this instant; at or before the entry it goes on at once.
    At(Timestamp),
    /// The date was already past when the wait was entered, and `if_past` doesn't move it to another year.
    Past(Timestamp),
    /// The contact has no such date.
    Missing,
}

/// Computes the deadline of a wait that is entered at `entered_at`.
///
/// `contact_zone` is the contact's own zone, if known; `workspace_zone` stands in for it.
pub fn deadline(
    wait: &Wait,
    entered_at: Timestamp,
    contact: &Contact,
    contact_zone: Option<&Zone>,
    workspace_zone: &Zone,
) -> Deadline {
    let zone = |of: &ZoneOf| match of {
        ZoneOf::Contact => contact_zone.unwrap_or(workspace_zone).clone(),
        ZoneOf::Workspace => workspace_zone.clone(),
        ZoneOf::Named(zone) => zone.clone(),
    };
    match wait {
        Wait::For(period) => Deadline::At(entered_at + *period),
        Wait::CalendarDays { days, at, zone: of } => {
            let zone = zone(of);
            let local = zone.local(entered_at);
            let time = at.map_or(local.time(), TimeOfDay::to_jiff);
            Deadline::At(local_instant(&zone, add_days(local.date(), i64::from(*days)).to_datetime(time)))
        }
        Wait::Until { at, after, days, zone: of } => {
            Deadline::At(next_local(&zone(of), entered_at + *after, *at, days))
        }
        Wait::Window(window) => Deadline::At(window.opens(entered_at, &zone(&window.zone))),
        Wait::BestTime { within, or, zone: of } => {
            Deadline::At(contact.activity.best_instant(entered_at, *within, &zone(of), *or))
        }
        Wait::Date { path, offset_days, at, if_past, if_missing: _, zone: of } => {
            let zone = zone(of);
            let Some(named) = path.get(&contact.traits).and_then(|value| Named::read(value, &zone)) else {
                return Deadline::Missing;
            };
            let date = Anniversary { named, offset_days: i64::from(*offset_days), at: *at, zone: &zone };
            date.deadline(*if_past, entered_at)
        }
    }
}

/// The first instant after `after` at which a date trigger is due; none if the date is past, or isn't there.
pub fn next_date(
    trigger: &DateTrigger,
    traits: &Map<String, Value>,
    zone: &Zone,
    after: Timestamp,
) -> Option<Timestamp> {
    let date = of_trigger(trigger, traits, zone)?;
    let own = date.own();
    if own > after || !trigger.yearly {
        return Some(own).filter(|own| *own > after);
    }
    let year = add_days(zone.local(after).date(), -date.offset_days).year();
    let first = date.named.local().year();
    let years = (-1..=1).map(|years| year.saturating_add(years)).filter(|year| *year > first);
    years.map(|year| date.in_year(year)).find(|instant| *instant > after)
}

/// When a date trigger is due on this local date.
pub fn date_on(
    trigger: &DateTrigger,
    traits: &Map<String, Value>,
    zone: &Zone,
    day: Date,
) -> Option<Timestamp> {
    let date = of_trigger(trigger, traits, zone)?;
    if let Named::Instant(instant, _) = date.named
        && date.is_instant()
        && !trigger.yearly
    {
        return Some(instant);
    }
    Some(local_instant(zone, day.to_datetime(date.time())))
}

fn of_trigger<'z>(
    trigger: &DateTrigger,
    traits: &Map<String, Value>,
    zone: &'z Zone,
) -> Option<Anniversary<'z>> {
    let named = Named::read(trigger.path.get(traits)?, zone)?;
    let at = match named {
        Named::Instant(..) => trigger.at,
        Named::Date(_) => trigger.at.or(Some(DateTrigger::AT)),
    };
    Some(Anniversary { named, offset_days: i64::from(trigger.offset_days), at, zone })
}

/// The date that a trait names.
enum Named {
    /// An instant: it has a time of day of its own.
    Instant(Timestamp, DateTime),
    /// A date only.
    Date(Date),
}

impl Named {
    fn read(value: &Value, zone: &Zone) -> Option<Self> {
        let text = value.as_str()?;
        match date(text) {
            Some(date) => Some(Self::Date(date)),
            None => Timestamp::parse(text).map(|instant| Self::Instant(instant, zone.local(instant))),
        }
    }

    fn local(&self) -> DateTime {
        match self {
            Self::Instant(_, local) => *local,
            Self::Date(date) => date.to_datetime(Time::midnight()),
        }
    }
}

/// A date with what a wait makes of it, in its own year and in others.
struct Anniversary<'a> {
    named: Named,
    offset_days: i64,
    at: Option<TimeOfDay>,
    zone: &'a Zone,
}

impl Anniversary<'_> {
    fn deadline(&self, if_past: IfPast, entered_at: Timestamp) -> Deadline {
        let own = self.own();
        if own >= entered_at {
            return Deadline::At(own);
        }
        match if_past {
            IfPast::Continue | IfPast::Exit => Deadline::Past(own),
            IfPast::NextYear => self.next(entered_at).map_or(Deadline::Past(own), Deadline::At),
        }
    }

    /// The deadline in the date's own year.
    fn own(&self) -> Timestamp {
        match self.named {
            Named::Instant(instant, _) if self.is_instant() => instant,
            Named::Instant(..) | Named::Date(_) => self.in_year(self.named.local().year()),
        }
    }

    /// Whether the instant itself is meant, even where its wall time exists twice.
    fn is_instant(&self) -> bool {
        matches!(self.named, Named::Instant(..)) && self.offset_days == 0 && self.at.is_none()
    }

    /// The local time of the deadline.
    fn time(&self) -> Time {
        self.at.map_or(self.named.local().time(), TimeOfDay::to_jiff)
    }

    /// The earliest one that is not yet past; `None` at the calendar's end.
    fn next(&self, entered_at: Timestamp) -> Option<Timestamp> {
        let first = add_days(self.zone.local(entered_at).date(), -self.offset_days).year();
        (0..=1).map(|years| self.in_year(first.saturating_add(years))).find(|instant| *instant >= entered_at)
    }

    /// The deadline if the date were in this year; 29 February is 28 February in a year that has none.
    fn in_year(&self, year: i16) -> Timestamp {
        let local = self.named.local();
        let year = year.clamp(Date::MIN.year(), Date::MAX.year());
        let first_of_month = jiff::civil::date(year, local.month(), 1);
        let day = local.day().min(first_of_month.days_in_month());
        let date = jiff::civil::date(year, local.month(), day);
        local_instant(self.zone, add_days(date, self.offset_days).to_datetime(self.time()))
    }
}
