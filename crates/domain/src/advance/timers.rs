//! Deadlines of the contact that belong to no run: dates, absences, set times.
//!
//! A timer is set when what it depends on changes (a trait, the zone, an event, the definitions), so that no input looks
//! through the portfolio. The timers of segments are set where memberships are computed.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::civil::DateTime;
use serde_json::{Map, Value};

use super::entering::{key_of, refuse};
use super::intake::{is_late, may_act_on};
use super::triggers::object;
use super::turn::{About, Stimulus, Turn};
use crate::catalog::{Concern, Place};
use crate::contact::{Timer, TimerOf};
use crate::event::Event;
use crate::id::WorkflowName;
use crate::limits::{SCHEDULE_LATE_MS_MAX, TRIGGER_TIMERS_MAX};
use crate::planted;
use crate::record::{Decision, Refusal};
use crate::time::{Period, Timestamp};
use crate::wait::{date_on, next_date};
use crate::workflow::{DateTrigger, Trigger, Workflow, ZoneOf};
use crate::zone::{Zone, local_instant};

/// The member of a date's data that says on which local date it falls due.
const DATE: &str = "date";

/// The member of a schedule's data that says which of its times it is.
const OCCURRENCE: &str = "occurrence";

/// Puts a timer in its place in the order of instants; one of the same trigger and key goes.
pub(super) fn set(turn: &mut Turn<'_>, timer: Timer) {
    let timers = &mut turn.contact.timers;
    timers.retain(|known| known.of != timer.of || known.key != timer.key);
    let place =
        timers.partition_point(|known| (known.at, &known.of, &known.key) < (timer.at, &timer.of, &timer.key));
    timers.insert(place, timer);
}

/// Forgets the timers that pass.
pub(super) fn forget(turn: &mut Turn<'_>, passes: impl Fn(&Timer) -> bool) {
    turn.contact.timers.retain(|timer| !passes(timer));
}

/// Sets what depends on what has changed: dates on their traits and on the contact's zone.
pub(super) fn follow(turn: &mut Turn<'_>, concerns: &[Concern]) {
    let catalog = turn.catalog;
    let mut places: BTreeSet<&Place> = BTreeSet::new();
    for concern in concerns {
        if let Concern::Trait(name) = concern {
            places.extend(catalog.index.dates_by_trait.get(name).into_iter().flatten());
        }
    }
    if concerns.contains(&Concern::Trait("timezone".to_owned())) {
        move_to_zone(turn);
    }
    for place in places {
        set_date(turn, place, turn.at);
    }
}

/// The definitions have changed: dates are computed anew, and what no trigger asks for any more is given up.
///
/// What was due before is still made up for, if its trigger is still there.
pub(super) fn recompute(turn: &mut Turn<'_>) {
    let (catalog, at) = (turn.catalog, turn.at);
    for timer in std::mem::take(&mut turn.contact.timers) {
        let keeps = match &timer.of {
            // Those of segments and computed traits were set with them.
            TimerOf::Segment(_) | TimerOf::Computed(_) => true,
            TimerOf::Trigger { .. } => match trigger_of(turn, &timer) {
                Some((_, Trigger::Date(_))) => timer.at <= at,
                Some(_) => true,
                None => false,
            },
        };
        if keeps {
            turn.contact.timers.push(timer);
        }
    }
    let places: BTreeSet<&Place> = catalog.index.dates_by_trait.values().flatten().collect();
    for place in places {
        let is_due = turn.contact.timers.iter().any(|timer| of_place(timer, place) && timer.at <= at);
        if !is_due {
            set_date(turn, place, at);
        }
    }
}

/// Takes out the triggers' timers that are due by `deadline`, each followed by the next one if it comes again.
pub(super) fn take_due(turn: &mut Turn<'_>, deadline: Timestamp) -> Vec<Timer> {
    let is_due = |timer: &Timer| timer.at <= deadline && matches!(timer.of, TimerOf::Trigger { .. });
    let (due, rest): (Vec<Timer>, Vec<Timer>) =
        std::mem::take(&mut turn.contact.timers).into_iter().partition(is_due);
    turn.contact.timers = rest;
    let mut meant = Vec::new();
    for timer in due {
        let Some((workflow, trigger)) = trigger_of(turn, &timer) else { continue };
        if let (Trigger::Date(_), TimerOf::Trigger { number, .. }) = (trigger, &timer.of) {
            let place = Place { workflow: workflow.name.clone(), version: workflow.version, number: *number };
            set_date(turn, &place, timer.at);
        }
        meant.push(timer);
    }
    meant
}

/// The trigger that a timer is for, of the version that the contact enters, if it still is what it was set for.
pub(super) fn trigger_of<'a>(turn: &Turn<'a>, timer: &Timer) -> Option<(&'a Arc<Workflow>, &'a Trigger)> {
    let TimerOf::Trigger { workflow, number } = &timer.of else { return None };
    let workflow = turn.catalog.version_for(workflow, turn.contact.id)?;
    let trigger = workflow.triggers.get(*number)?;
    let still_is = match trigger {
        Trigger::Date(date) => {
            timer.data.get("trait").and_then(Value::as_str) == Some(&date.path.to_string())
        }
        Trigger::Schedule(_) => timer.data.contains_key(OCCURRENCE),
        // Its data are those of the event.
        Trigger::Absence(_) => true,
        _ => false,
    };
    still_is.then_some((workflow, trigger))
}

fn of_place(timer: &Timer, place: &Place) -> bool {
    matches!(&timer.of, TimerOf::Trigger { workflow, number } if *workflow == place.workflow && *number == place.number)
}

/// Sets the timer of a date trigger to its first occurrence after an instant; there is none if the date is past.
fn set_date(turn: &mut Turn<'_>, place: &Place, after: Timestamp) {
    let Some((workflow, Trigger::Date(trigger))) = turn.trigger_at(place) else { return };
    let zone = turn.facts_at(turn.at).zone_of(&trigger.zone);
    let at = next_date(trigger, &turn.contact.traits, &zone, after);
    let had = turn.contact.timers.iter().find(|timer| of_place(timer, place)).map(|timer| timer.at);
    let what = format!("the date {}", trigger.path);
    match at {
        Some(at) if had == Some(at) => {}
        Some(at) => {
            let value = trigger.path.get(&turn.contact.traits).cloned().unwrap_or_default();
            let data = object([
                ("trait", Value::from(trigger.path.to_string())),
                ("value", value),
                (DATE, Value::from(zone.local(at).date().to_string())),
            ]);
            let of = TimerOf::Trigger { workflow: workflow.name.clone(), number: place.number };
            set_of_trigger(turn, workflow, &trigger.zone, &what, Timer { at, of, key: String::new(), data });
        }
        None if had.is_some() => {
            forget(turn, |timer| of_place(timer, place));
            turn.note("4.1", About::workflow(workflow), Decision::TimerGone { what });
        }
        None => {}
    }
}

/// Sets a trigger's timer, and says so; a contact has a bounded number of them.
fn set_of_trigger(turn: &mut Turn<'_>, workflow: &Workflow, zone: &ZoneOf, what: &str, timer: Timer) {
    let of_triggers = |known: &&Timer| {
        matches!(known.of, TimerOf::Trigger { .. }) && (known.of != timer.of || known.key != timer.key)
    };
    if turn.contact.timers.iter().filter(of_triggers).count() >= TRIGGER_TIMERS_MAX {
        let why = format!("the contact has {TRIGGER_TIMERS_MAX} deadlines of triggers already");
        return turn.note("4.1", About::workflow(workflow), Decision::NotDone { why });
    }
    if *zone == ZoneOf::Contact && turn.contact.zone().is_none() {
        let used = turn.catalog.policies.zone.name().to_owned();
        turn.note("2.2", About::workflow(workflow), Decision::ZoneUnknown { used });
    }
    let decision = Decision::TimerSet { what: what.to_owned(), until: timer.at };
    turn.note("4.1", About::workflow(workflow), decision);
    set(turn, timer);
}

/// The contact is in another zone: what is still to come there comes by the clocks of the new one.
///
/// What these show as past already comes at once, and what came by the old ones doesn't come again.
fn move_to_zone(turn: &mut Turn<'_>) {
    let zone = turn.facts_at(turn.at).zone();
    for timer in turn.contact.timers.clone() {
        let Some((workflow, trigger)) = trigger_of(turn, &timer) else { continue };
        let (at, what) = match trigger {
            Trigger::Date(date) if date.zone == ZoneOf::Contact => {
                (date_in_zone(turn, date, &timer, &zone), format!("the date {}", date.path))
            }
            Trigger::Schedule(schedule) if schedule.zone == ZoneOf::Contact => {
                let occurrence = occurrence_of(&timer.data);
                (occurrence.map(|local| local_instant(&zone, local)), "a set time".to_owned())
            }
            _ => continue,
        };
        let soonest = turn.at + Period::from_millis(1);
        if let Some(at) = at.map(|at| at.max(soonest)).filter(|at| *at != timer.at) {
            set_of_trigger(turn, workflow, &ZoneOf::Contact, &what, Timer { at, ..timer });
        }
    }
}

/// When the same day of a date is due in another zone.
fn date_in_zone(turn: &Turn<'_>, date: &DateTrigger, timer: &Timer, zone: &Zone) -> Option<Timestamp> {
    let day = crate::predicate::date(timer.data.get(DATE)?.as_str()?)?;
    date_on(date, &turn.contact.traits, zone, day)
}

fn occurrence_of(data: &Map<String, Value>) -> Option<DateTime> {
    data.get(OCCURRENCE)?.as_str()?.parse().ok()
}

/// An event came: what is missed after it is waited for from now on, and what waited for it isn't any more.
pub(super) fn heard(turn: &mut Turn<'_>, event: &Event) {
    let catalog = turn.catalog;
    for place in catalog.index.absences_not.get(&event.name).into_iter().flatten() {
        end_absence(turn, event, place);
    }
    // Old news begins nothing (SEMANTICS 2.1).
    if is_late(event, turn.at) {
        return;
    }
    for place in catalog.index.absences_after.get(&event.name).into_iter().flatten() {
        let Some((workflow, Trigger::Absence(absence))) = turn.trigger_at(place) else { continue };
        let facts = turn.facts_entering(&event.properties, Some(event));
        if !absence.after.is(&event.name, &event.properties, &facts) {
            continue;
        }
        let timer = Timer {
            at: turn.at + absence.within,
            of: TimerOf::Trigger { workflow: place.workflow.clone(), number: place.number },
            // Without its key nobody enters, and then it is said why.
            key: key_of(workflow, &event.properties).unwrap_or_default(),
            data: event.properties.clone(),
        };
        let what = format!("the absence of {}", absence.not.event);
        set_of_trigger(turn, workflow, &ZoneOf::Workspace, &what, timer);
    }
}

/// What an absence trigger waited for has come.
fn end_absence(turn: &mut Turn<'_>, event: &Event, place: &Place) {
    let Some((workflow, Trigger::Absence(absence))) = turn.trigger_at(place) else { return };
    let ends = |turn: &Turn<'_>, timer: &Timer| {
        let facts = turn.facts_entering(&timer.data, Some(event));
        of_place(timer, place)
            && may_act_on(event, timer.at - absence.within, turn.at)
            && absence.not.is(&event.name, &event.properties, &facts)
    };
    if planted!("timer-not-removed") {
        return;
    }
    let ended: Vec<String> =
        turn.contact.timers.iter().filter(|timer| ends(turn, timer)).map(|timer| timer.key.clone()).collect();
    if ended.is_empty() {
        return;
    }
    forget(turn, |timer| of_place(timer, place) && ended.contains(&timer.key));
    let what = format!("the absence of {}", event.name);
    turn.note("4.1", About::workflow(workflow), Decision::TimerGone { what });
}

/// A set time has come, or will have where the contact is.
pub(super) fn scheduled(turn: &mut Turn<'_>, name: &WorkflowName, number: usize, occurrence: DateTime) {
    let workflow = turn.catalog.version_for(name, turn.contact.id);
    let trigger = workflow.and_then(|workflow| Some((workflow, workflow.triggers.get(number)?)));
    let Some((workflow, Trigger::Schedule(schedule))) = trigger else {
        let why = format!("the workflow `{name}` has no such set time any more");
        return turn.note("4.1", About::default(), Decision::NotDone { why });
    };
    let zone = turn.facts_at(turn.at).zone_of(&schedule.zone);
    let at = local_instant(&zone, occurrence);
    let timer = Timer {
        at,
        of: TimerOf::Trigger { workflow: name.clone(), number },
        key: occurrence.to_string(),
        data: object([(OCCURRENCE, Value::from(occurrence.to_string()))]),
    };
    if at > turn.at {
        return set_of_trigger(turn, workflow, &schedule.zone, "a set time", timer);
    }
    if turn.at.since(at).as_millis() > SCHEDULE_LATE_MS_MAX {
        let detail = format!("it was {at}");
        return refuse(turn, workflow, "4.1", Refusal::Missed, detail);
    }
    super::stimulate(turn, &Stimulus { timers: vec![timer], ..Stimulus::default() });
}
