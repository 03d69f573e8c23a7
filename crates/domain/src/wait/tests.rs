//! Deadlines of every kind of wait, above all where clocks are moved.

use serde_json::{Map, Value, json};

use super::*;
use crate::id::ContactId;
use crate::time::Period;
use crate::value::Path;
use crate::workflow::OnBlocked;
use crate::zone::Weekday;

fn instant(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

fn zone(name: &str) -> Zone {
    Zone::named(name).unwrap()
}

fn time(text: &str) -> TimeOfDay {
    TimeOfDay::parse(text).unwrap()
}

fn contact_with(traits: Map<String, Value>) -> Contact {
    let id = ContactId::hashed(Timestamp::default(), &[]);
    Contact { traits, ..Contact::new(id, 0, Timestamp::default()) }
}

fn named(name: &str) -> ZoneOf {
    ZoneOf::Named(zone(name))
}

fn compute(wait: &Wait, entered_at: &str, traits: Value) -> Deadline {
    let Value::Object(traits) = traits else { panic!("traits are an object") };
    deadline(wait, instant(entered_at), &contact_with(traits), None, &zone("Europe/Berlin"))
}

#[track_caller]
fn check(wait: &Wait, entered_at: &str, expected: &str) {
    assert_eq!(
        compute(wait, entered_at, json!({})),
        Deadline::At(instant(expected)),
        "{wait:?} from {entered_at}"
    );
}

fn days(days: u32, at: Option<&str>, zone: ZoneOf) -> Wait {
    Wait::CalendarDays { days, at: at.map(time), zone }
}

fn until(at: &str, after: &str, days: &[Weekday], zone: ZoneOf) -> Wait {
    Wait::Until { at: time(at), after: Period::parse(after).unwrap(), days: days.to_vec(), zone }
}

fn date_wait(offset_days: i32, at: Option<&str>, if_past: IfPast) -> Wait {
    let path = Path::parse("birthday").unwrap();
    let zone = ZoneOf::Contact;
    Wait::Date { path, offset_days, at: at.map(time), if_past, if_missing: OnBlocked::Continue, zone }
}

#[track_caller]
fn check_date(wait: &Wait, birthday: &str, entered_at: &str, expected: Deadline) {
    assert_eq!(
        compute(wait, entered_at, json!({ "birthday": birthday })),
        expected,
        "{birthday} from {entered_at}"
    );
}

#[test]
fn s2_3_three_days_are_72_hours_whatever_the_clocks_do() {
    let wait = Wait::For(Period::parse("3d").unwrap());
    check(&wait, "2026-03-27T12:00+01:00", "2026-03-30T13:00+02:00");
    check(&wait, "2026-10-24T12:00+02:00", "2026-10-27T11:00+01:00");
}

#[test]
fn s2_5_a_wait_of_a_hundred_years_is_kept() {
    let wait = Wait::For(Period::from_millis(crate::time::PERIOD_MS_MAX));
    check(&wait, "2026-01-01T00:00Z", "2126-01-02T00:00Z");
    check(&days(36_525, None, named("UTC")), "2026-01-01T00:00Z", "2126-01-02T00:00Z");
}

#[test]
fn s2_3_calendar_days_keep_the_wall_time_across_clock_changes() {
    check(&days(3, None, ZoneOf::Contact), "2026-03-27T12:00:00.123+01:00", "2026-03-30T12:00:00.123+02:00");
    check(&days(3, Some("09:00"), ZoneOf::Contact), "2026-03-27T23:59+01:00", "2026-03-30T09:00+02:00");
    check(&days(3, Some("09:00"), ZoneOf::Contact), "2026-03-28T00:01+01:00", "2026-03-31T09:00+02:00");
    check(&days(1, Some("09:00"), named("America/New_York")), "2026-11-01T03:00Z", "2026-11-01T09:00-05:00");
    // No midnight to pass, and the time is already behind: the run goes on at once.
    check(&days(0, Some("09:00"), ZoneOf::Contact), "2026-03-27T12:00+01:00", "2026-03-27T09:00+01:00");
}

#[test]
fn s2_3_a_calendar_wait_into_the_skipped_hour_ends_as_the_clock_jumps() {
    check(&days(1, Some("02:30"), ZoneOf::Contact), "2026-03-28T12:00+01:00", "2026-03-29T03:00+02:00");
    check(&days(1, None, named("America/New_York")), "2026-03-07T02:30-05:00", "2026-03-08T03:00-04:00");
    check(
        &days(1, Some("02:10"), named("Australia/Lord_Howe")),
        "2026-10-03T12:00+10:30",
        "2026-10-04T02:30+11:00",
    );
    check(&days(1, Some("09:00"), named("Pacific/Apia")), "2011-12-29T12:00-10:00", "2011-12-31T00:00+14:00");
    check(&days(2, Some("09:00"), named("Pacific/Apia")), "2011-12-29T12:00-10:00", "2011-12-31T09:00+14:00");
}

#[test]
fn s2_3_a_calendar_wait_into_the_doubled_hour_ends_at_its_first_passing() {
    check(&days(1, Some("02:30"), ZoneOf::Contact), "2026-10-24T12:00+02:00", "2026-10-25T02:30+02:00");
    check(
        &days(1, Some("01:30"), named("America/New_York")),
        "2026-10-31T12:00-04:00",
        "2026-11-01T01:30-04:00",
    );
    check(
        &days(1, Some("01:45"), named("Australia/Lord_Howe")),
        "2026-04-04T12:00+11:00",
        "2026-04-05T01:45+11:00",
    );
}

#[test]
fn s2_3_until_a_time_is_the_first_that_is_far_enough_ahead() {
    let ten = |after| until("10:00", after, &[], ZoneOf::Contact);
    check(&ten("0s"), "2026-11-20T09:00+01:00", "2026-11-20T10:00+01:00");
    check(&ten("0s"), "2026-11-20T10:00+01:00", "2026-11-20T10:00+01:00");
    check(&ten("0s"), "2026-11-20T10:00:00.001+01:00", "2026-11-21T10:00+01:00");
    check(&ten("1d"), "2026-11-20T09:00+01:00", "2026-11-21T10:00+01:00");
    check(&ten("1d"), "2026-11-20T11:00+01:00", "2026-11-22T10:00+01:00");
    // A day is 24 hours: over the spring change it ends at 10:30 on the clock, past ten.
    check(&ten("1d"), "2026-03-28T09:30+01:00", "2026-03-30T10:00+02:00");
}

#[test]
fn s2_3_until_a_time_keeps_to_its_days_of_the_week() {
    let working = [Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday, Weekday::Friday];
    let wait = until("10:00", "1d", &working, ZoneOf::Contact);
    check(&wait, "2026-11-19T09:00+01:00", "2026-11-20T10:00+01:00");
    check(&wait, "2026-11-20T09:00+01:00", "2026-11-23T10:00+01:00");
    let sunday = until("02:30", "0s", &[Weekday::Sunday], ZoneOf::Contact);
    check(&sunday, "2026-03-23T12:00+01:00", "2026-03-29T03:00+02:00");
    check(&sunday, "2026-10-25T02:30+01:00", "2026-11-01T02:30+01:00");
}

#[test]
fn s2_2_the_contacts_zone_counts_and_the_workspaces_stands_in_for_an_unknown_one() {
    let entered_at = instant("2026-11-20T12:00Z");
    let (tokyo, berlin) = (zone("Asia/Tokyo"), zone("Europe/Berlin"));
    let at = |of: ZoneOf, contact: Option<&Zone>| {
        deadline(&until("10:00", "0s", &[], of), entered_at, &contact_with(Map::new()), contact, &berlin)
    };
    let in_berlin = Deadline::At(instant("2026-11-21T10:00+01:00"));
    let in_tokyo = Deadline::At(instant("2026-11-21T10:00+09:00"));
    assert_eq!(at(ZoneOf::Contact, Some(&tokyo)), in_tokyo);
    assert_eq!(at(ZoneOf::Contact, None), in_berlin);
    assert_eq!(at(ZoneOf::Workspace, Some(&tokyo)), in_berlin);
    assert_eq!(at(named("Asia/Tokyo"), None), in_tokyo);
}

#[test]
fn s2_6_a_date_to_come_is_waited_for_with_its_offset_and_time() {
    let at = |text| Deadline::At(instant(text));
    let now = "2026-11-20T12:00+01:00";
    let wait = |offset, time| date_wait(offset, time, IfPast::Continue);
    check_date(&wait(0, None), "2026-12-24", now, at("2026-12-24T00:00+01:00"));
    check_date(&wait(-7, Some("09:00")), "2026-12-24", now, at("2026-12-17T09:00+01:00"));
    check_date(&wait(0, None), "2026-12-24T18:30:00.5Z", now, at("2026-12-24T18:30:00.5Z"));
    check_date(&wait(1, None), "2026-12-24T18:30Z", now, at("2026-12-25T19:30+01:00"));
    check_date(&wait(0, Some("09:00")), "2026-12-24T23:30Z", now, at("2026-12-25T09:00+01:00"));
    // The local time of day stays over the change of clocks; the instant itself stays where the hour exists twice.
    check_date(&wait(30, None), "2026-12-24T18:30+01:00", now, at("2027-01-23T18:30+01:00"));
    check_date(&wait(100, None), "2026-12-24T18:30+01:00", now, at("2027-04-03T18:30+02:00"));
    check_date(&wait(0, None), "2027-10-31T02:30+01:00", now, at("2027-10-31T02:30+01:00"));
    check_date(&wait(0, Some("02:30")), "2027-03-28", now, at("2027-03-28T03:00+02:00"));
}

#[test]
fn s2_6_a_date_that_is_past_when_the_wait_is_entered_is_told_apart() {
    let entered_at = "2026-11-20T12:00+01:00";
    for if_past in [IfPast::Continue, IfPast::Exit] {
        let past = Deadline::Past(instant("2026-11-20T00:00+01:00"));
        check_date(&date_wait(0, None, if_past), "2026-11-20", entered_at, past);
        let now = Deadline::At(instant(entered_at));
        check_date(&date_wait(0, Some("12:00"), if_past), "2026-11-20", entered_at, now);
        let past = Deadline::Past(instant("2026-11-20T11:59:59.999+01:00"));
        check_date(&date_wait(0, None, if_past), "2026-11-20T10:59:59.999Z", entered_at, past);
    }
}

#[test]
fn s2_6_next_year_is_the_next_return_of_the_day_that_is_to_come() {
    let wait = |offset, time| date_wait(offset, time, IfPast::NextYear);
    let at = |text| Deadline::At(instant(text));
    check_date(&wait(0, Some("09:00")), "1980-05-17", "2026-11-20T12:00+01:00", at("2027-05-17T09:00+02:00"));
    check_date(&wait(0, Some("09:00")), "1980-12-17", "2026-11-20T12:00+01:00", at("2026-12-17T09:00+01:00"));
    check_date(&wait(0, Some("12:00")), "1980-11-20", "2026-11-20T12:00+01:00", at("2026-11-20T12:00+01:00"));
    check_date(&wait(0, Some("11:59")), "1980-11-20", "2026-11-20T12:00+01:00", at("2027-11-20T11:59+01:00"));
    // A week before New Year's Day lies in the year before.
    check_date(&wait(-7, None), "1980-01-01", "2026-12-20T12:00+01:00", at("2026-12-25T00:00+01:00"));
    check_date(&wait(-7, None), "1980-01-01", "2026-12-26T12:00+01:00", at("2027-12-25T00:00+01:00"));
    check_date(&wait(400, None), "1980-01-01", "2026-11-20T12:00+01:00", at("2027-02-05T00:00+01:00"));
    check_date(
        &wait(0, None),
        "1980-05-17T18:30+02:00",
        "2026-11-20T12:00+01:00",
        at("2027-05-17T18:30+02:00"),
    );
}

#[test]
fn s2_6_the_29th_of_february_is_the_28th_in_a_year_without_one() {
    let wait = date_wait(0, Some("09:00"), IfPast::NextYear);
    let at = |text| Deadline::At(instant(text));
    check_date(&wait, "2000-02-29", "2026-11-20T12:00+01:00", at("2027-02-28T09:00+01:00"));
    check_date(&wait, "2000-02-29", "2027-02-28T10:00+01:00", at("2028-02-29T09:00+01:00"));
    check_date(&wait, "2000-02-29", "2096-03-01T00:00Z", at("2097-02-28T09:00+01:00"));
    let day_after = date_wait(1, None, IfPast::NextYear);
    check_date(&day_after, "2000-02-29", "2026-11-20T12:00+01:00", at("2027-03-01T00:00+01:00"));
    check_date(&day_after, "2000-02-29", "2027-11-20T12:00+01:00", at("2028-03-01T00:00+01:00"));
}

#[test]
fn s2_6_what_is_no_date_is_missing() {
    let wait = date_wait(0, None, IfPast::NextYear);
    for value in [json!(null), json!("soon"), json!("2026-02-30"), json!(1_800_000_000), json!("2026-1-1")] {
        assert_eq!(
            compute(&wait, "2026-11-20T12:00Z", json!({ "birthday": value })),
            Deadline::Missing,
            "{value}"
        );
    }
    assert_eq!(compute(&wait, "2026-11-20T12:00Z", json!({})), Deadline::Missing);
}

#[test]
fn the_calendars_end_holds_every_wait() {
    let wait = date_wait(i32::MAX, None, IfPast::NextYear);
    check_date(&wait, "2026-11-20", "2026-11-20T12:00Z", Deadline::At(Timestamp::MAX));
    let wait = date_wait(i32::MIN, None, IfPast::Continue);
    check_date(&wait, "2026-11-20", "2026-11-20T12:00Z", Deadline::Past(Timestamp::MIN));
    assert_eq!(
        compute(&days(u32::MAX, None, ZoneOf::Contact), "2026-11-20T12:00Z", json!({})),
        Deadline::At(Timestamp::MAX)
    );
}
