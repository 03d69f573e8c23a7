//! Local wall times where clocks are moved, in zones that move them in different ways.

use proptest::prelude::*;

use super::*;

const ZONES: [&str; 6] =
    ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kathmandu"];

fn zone(name: &str) -> Zone {
    Zone::named(name).unwrap()
}

fn instant(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

#[track_caller]
fn check(zone_name: &str, local: &str, expected: &str) {
    assert_eq!(
        local_instant(&zone(zone_name), local.parse().unwrap()),
        instant(expected),
        "{local} in {zone_name}"
    );
}

#[test]
fn s2_3_a_wall_time_that_does_not_exist_means_the_next_instant_that_does() {
    check("Europe/Berlin", "2026-03-29T02:00", "2026-03-29T03:00+02:00");
    check("Europe/Berlin", "2026-03-29T02:30", "2026-03-29T03:00+02:00");
    check("Europe/Berlin", "2026-03-29T02:59:59.999", "2026-03-29T03:00+02:00");
    check("Europe/Berlin", "2026-03-29T01:59", "2026-03-29T01:59+01:00");
    check("America/New_York", "2026-03-08T02:30", "2026-03-08T03:00-04:00");
    check("Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-04T02:30+11:00");
    check("Pacific/Apia", "2011-12-30T10:00", "2011-12-31T00:00+14:00");
    // Far beyond the zone's table, where only the rule of its last line counts.
    check("Europe/Berlin", "2126-03-31T02:30", "2126-03-31T03:00+02:00");
}

#[test]
fn s2_3_a_wall_time_that_exists_twice_means_the_first() {
    check("Europe/Berlin", "2026-10-25T02:30", "2026-10-25T02:30+02:00");
    check("Europe/Berlin", "2026-10-25T03:00", "2026-10-25T03:00+01:00");
    check("America/New_York", "2026-11-01T01:30", "2026-11-01T01:30-04:00");
    check("Australia/Lord_Howe", "2026-04-05T01:45", "2026-04-05T01:45+11:00");
}

#[test]
fn the_calendars_ends_hold_local_times_and_days() {
    for name in ZONES {
        assert_eq!(local_instant(&zone(name), DateTime::MAX), Timestamp::MAX);
        assert_eq!(local_instant(&zone(name), DateTime::MIN), Timestamp::MIN);
        let noon = TimeOfDay::parse("12:00").unwrap();
        assert!(next_local(&zone(name), Timestamp::MAX, noon, &[]) >= Timestamp::MAX);
    }
    assert_eq!(add_days(Date::MAX, 1), Date::MAX);
    assert_eq!(add_days(Date::MIN, i64::MIN), Date::MIN);
    assert_eq!(add_days(Date::MAX, i64::MAX), Date::MAX);
}

#[test]
fn s2_2_what_names_no_zone_is_none() {
    for name in ["", "Mars/Olympus", "Etc/Unknown", "+02:00", "CET-1CEST"] {
        assert_eq!(Zone::named(name), None, "{name}");
    }
    assert_eq!(zone("europe/berlin").name(), "Europe/Berlin");
    assert_eq!(Zone::utc().name(), "UTC");
}

#[test]
fn the_next_clock_change_is_the_next_at_which_the_offset_changes() {
    let berlin = zone("Europe/Berlin");
    let spring = instant("2026-03-29T01:00Z");
    assert_eq!(berlin.next_clock_change(instant("2026-01-01T00:00Z")), Some(spring));
    assert_eq!(berlin.next_clock_change(spring), Some(instant("2026-10-25T01:00Z")));
    assert_eq!(Zone::utc().next_clock_change(spring), None);
    // In October 1968 London's summer time became its standard time: no clock was moved.
    let summer = instant("1968-07-01T00:00Z");
    assert_eq!(zone("Europe/London").next_clock_change(summer), Some(instant("1971-10-31T02:00Z")));
    // Kathmandu last moved its clocks in 1986.
    assert_eq!(zone("Asia/Kathmandu").next_clock_change(spring), None);
}

#[test]
fn the_next_local_time_includes_the_instant_itself_and_keeps_to_the_days() {
    let berlin = zone("Europe/Berlin");
    let ten = TimeOfDay::parse("10:00").unwrap();
    let friday = instant("2026-11-20T10:00+01:00");
    assert_eq!(next_local(&berlin, friday, ten, &[]), friday);
    let later = friday + Period::from_millis(1);
    assert_eq!(next_local(&berlin, later, ten, &[]), instant("2026-11-21T10:00+01:00"));
    assert_eq!(next_local(&berlin, later, ten, &[Weekday::Monday]), instant("2026-11-23T10:00+01:00"));
    assert_eq!(next_local(&berlin, later, ten, &[Weekday::Friday]), instant("2026-11-27T10:00+01:00"));
}

#[test]
fn s2_3_where_a_day_is_skipped_its_local_times_are_the_start_of_the_next() {
    let apia = zone("Pacific/Apia");
    let ten = TimeOfDay::parse("10:00").unwrap();
    let thursday = instant("2011-12-29T11:00-10:00");
    assert_eq!(next_local(&apia, thursday, ten, &[]), instant("2011-12-31T00:00+14:00"));
    assert_eq!(next_local(&apia, thursday, ten, &[Weekday::Friday]), instant("2011-12-31T00:00+14:00"));
    let jump = instant("2011-12-31T00:00+14:00");
    assert_eq!(next_local(&apia, jump, ten, &[]), jump, "ten o'clock of the skipped day is now");
    assert_eq!(next_local(&apia, thursday, ten, &[Weekday::Saturday]), instant("2011-12-31T10:00+14:00"));
}

#[test]
fn a_time_of_day_reads_what_it_prints_and_nothing_else() {
    for text in ["00:00", "09:30", "23:59", "23:59:59"] {
        assert_eq!(TimeOfDay::parse(text).unwrap().to_string(), text);
    }
    for text in
        ["", "9:30", "24:00", "12:60", "12:00:60", "12", "12:00:", "12:00:00:00", "ab:cd", "+1:00", "1２:00"]
    {
        assert_eq!(TimeOfDay::parse(text), None, "{text}");
    }
}

/// Around the days on which the clocks of [`ZONES`] are moved.
fn wall_times() -> impl Strategy<Value = DateTime> {
    let days = prop_oneof![
        Just("2026-03-28"),
        Just("2026-03-07"),
        Just("2026-10-03"),
        Just("2026-10-24"),
        Just("2026-10-31"),
        Just("2026-04-04"),
        Just("2011-12-29"),
        Just("2026-06-15")
    ];
    (days, 0..4 * 86_400_000_i64).prop_map(|(day, millis)| {
        let midnight = day.parse::<Date>().unwrap().to_datetime(jiff::civil::Time::midnight());
        midnight + jiff::SignedDuration::from_millis(millis)
    })
}

proptest! {
    #[test]
    fn s2_3_a_local_instant_is_the_first_at_which_the_clock_shows_the_time_or_a_later_one(
        local in wall_times(),
        name in prop::sample::select(&ZONES[..]),
    ) {
        let zone = zone(name);
        let found = local_instant(&zone, local);
        prop_assert!(zone.local(found) >= local);
        prop_assert!(zone.local(found - Period::from_millis(1)) < local);
    }

    #[test]
    fn the_next_local_time_is_the_earliest_of_all_days(
        local in wall_times(),
        minutes in 0..1440_u32,
        days in prop::sample::subsequence(vec![Weekday::Monday, Weekday::Thursday, Weekday::Friday, Weekday::Saturday, Weekday::Sunday], 0..=5),
        name in prop::sample::select(&ZONES[..]),
    ) {
        let zone = zone(name);
        let from = local_instant(&zone, local);
        let time = TimeOfDay { seconds: minutes * 60 };
        let brute = (-30..30)
            .map(|n| add_days(local.date(), n))
            .filter(|date| days.is_empty() || days.contains(&Weekday::of(*date)))
            .map(|date| local_instant(&zone, date.to_datetime(time.to_jiff())))
            .filter(|instant| *instant >= from)
            .min();
        prop_assert_eq!(Some(next_local(&zone, from, time, &days)), brute);
    }
}
