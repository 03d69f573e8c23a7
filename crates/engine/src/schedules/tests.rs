use wend_domain::recurrence::Recurrence;
use wend_domain::time::{Period, Timestamp};
use wend_domain::workflow::ZoneOf;
use wend_domain::zone::Zone;

use super::next::{due, first, rule};
use super::*;

fn daily(zone: ZoneOf) -> ScheduleTrigger {
    let starts = "2026-01-05T09:00:00".parse().unwrap();
    ScheduleTrigger { recurrence: Recurrence::parse("FREQ=DAILY", starts).unwrap(), zone, pace: None }
}

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

fn catalog() -> Catalog {
    Catalog::empty("shop".into())
}

#[test]
fn an_occurrence_in_each_contacts_zone_begins_where_the_day_begins_first() {
    let occurrence = first(&daily(ZoneOf::Contact), &catalog(), at("2026-01-06T00:00:00Z")).unwrap();
    assert_eq!(occurrence.local.to_string(), "2026-01-07T09:00:00");
    assert_eq!(occurrence.begins_at, at("2026-01-06T19:00:00Z"));
}

#[test]
fn an_occurrence_in_a_named_zone_keeps_its_local_time() {
    let zone = ZoneOf::Named(Zone::named("Europe/Berlin").unwrap());
    let winter = first(&daily(zone.clone()), &catalog(), at("2026-01-06T00:00:00Z")).unwrap();
    assert_eq!(winter.begins_at, at("2026-01-06T08:00:00Z"));
    let summer = first(&daily(zone), &catalog(), at("2026-07-06T00:00:00Z")).unwrap();
    assert_eq!(
        (summer.begins_at, summer.local.to_string()),
        (at("2026-07-06T07:00:00Z"), "2026-07-06T09:00:00".to_owned())
    );
}

#[test]
fn of_several_missed_occurrences_the_latest_counts_unless_it_is_a_day_old() {
    let trigger = daily(ZoneOf::Workspace);
    let soon_after = due(&trigger, &catalog(), at("2026-01-09T11:00:00Z"));
    assert_eq!(soon_after.latest.unwrap().begins_at, at("2026-01-09T09:00:00Z"));
    assert_eq!(soon_after.next.unwrap().begins_at, at("2026-01-10T09:00:00Z"));
    let starts = "2026-01-05T09:00:00".parse().unwrap();
    let once = Recurrence::parse("FREQ=DAILY;COUNT=1", starts).unwrap();
    let once = ScheduleTrigger { recurrence: once, ..trigger };
    let late = due(&once, &catalog(), at("2026-01-05T09:00:00Z") + Period::from_millis(86_400_001));
    assert!(late.latest.is_none() && late.next.is_none());
}

#[test]
fn a_schedule_is_the_same_as_long_as_its_rule_start_and_zone_are() {
    let (contact, workspace) = (daily(ZoneOf::Contact), daily(ZoneOf::Workspace));
    assert_ne!(rule(&contact, &catalog()), rule(&workspace, &catalog()));
    assert_eq!(rule(&contact, &catalog()), rule(&daily(ZoneOf::Contact), &catalog()));
}
