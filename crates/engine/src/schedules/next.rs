//! When a schedule occurs: the domain's recurrence, asked for what a shell must know.

use jiff::SignedDuration;
use jiff::civil::DateTime;
use wend_domain::catalog::Catalog;
use wend_domain::time::{Period, Timestamp};
use wend_domain::workflow::{ScheduleTrigger, ZoneOf};
use wend_domain::zone::Zone;

/// How old an occurrence may be at most that was missed.
const MISSED_MAX: Period = Period::from_millis(24 * 3_600_000);

/// The most occurrences that are stepped over to find the latest one: nothing occurs more often than hourly on
/// average, and never more often than this in a day.
const OCCURRENCES_MAX: usize = 100;

/// How far ahead of UTC clocks are where a day begins first.
const FIRST_ZONE: Period = Period::from_millis(14 * 3_600_000);

/// One occurrence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Occurrence {
    /// In local time.
    pub(super) local: DateTime,
    /// When it begins, wherever that is first.
    pub(super) begins_at: Timestamp,
}

/// What is due of a schedule.
pub(super) struct Due {
    /// The latest occurrence that has begun, if that isn't too long ago.
    pub(super) latest: Option<Occurrence>,
    /// The first one that hasn't.
    pub(super) next: Option<Occurrence>,
}

/// What the occurrences of a schedule follow from, as text.
pub(super) fn rule(trigger: &ScheduleTrigger, catalog: &Catalog) -> String {
    let zone = zone(trigger, catalog).map_or_else(|| "contact".to_owned(), |zone| zone.name().to_owned());
    format!("{} from {} in {zone}", trigger.recurrence.text(), trigger.recurrence.starts())
}

/// The zone of the occurrences; none if it is each contact's own.
fn zone(trigger: &ScheduleTrigger, catalog: &Catalog) -> Option<Zone> {
    match &trigger.zone {
        ZoneOf::Contact => None,
        ZoneOf::Workspace => Some(catalog.policies.zone.clone()),
        ZoneOf::Named(zone) => Some(zone.clone()),
    }
}

/// The first occurrence after an instant.
pub(super) fn first(trigger: &ScheduleTrigger, catalog: &Catalog, after: Timestamp) -> Option<Occurrence> {
    let Some(zone) = zone(trigger, catalog) else {
        let local = trigger.recurrence.next_local_after(first_clock(after))?;
        return Some(Occurrence { local, begins_at: on_first_clock(local)? });
    };
    let begins_at = trigger.recurrence.next_after(after, &zone)?;
    Some(Occurrence { local: zone.local(begins_at), begins_at })
}

/// What is due at an instant.
pub(super) fn due(trigger: &ScheduleTrigger, catalog: &Catalog, at: Timestamp) -> Due {
    let mut due = Due { latest: None, next: first(trigger, catalog, at - MISSED_MAX) };
    for _ in 0..OCCURRENCES_MAX {
        let Some(next) = due.next.take_if(|next| next.begins_at <= at) else { return due };
        due.next = first(trigger, catalog, next.begins_at);
        due.latest = Some(next);
    }
    due
}

/// What clocks show at an instant where the day begins first.
fn first_clock(at: Timestamp) -> DateTime {
    Zone::utc().local(at + FIRST_ZONE)
}

/// When clocks show a local time where the day begins first.
fn on_first_clock(local: DateTime) -> Option<Timestamp> {
    let local = local.checked_sub(SignedDuration::from_millis(FIRST_ZONE.as_millis())).ok()?;
    Some(Timestamp::from_jiff(local.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp()))
}
