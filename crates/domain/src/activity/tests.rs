//! Habits as counts, with the best instants that they tell, also on days on which clocks are moved.

use proptest::prelude::*;

use super::*;

const WEEK: [Weekday; WEEKDAYS] = [
    Weekday::Monday,
    Weekday::Tuesday,
    Weekday::Wednesday,
    Weekday::Thursday,
    Weekday::Friday,
    Weekday::Saturday,
    Weekday::Sunday,
];

/// Activity of these hours, weekdays (Monday is 0) and weights.
fn activity(noted: &[(u8, usize, u8)]) -> Activity {
    let mut activity = Activity::default();
    for (hour, weekday, weight) in noted {
        activity.note(*hour, WEEK[*weekday], *weight);
    }
    activity
}

fn zone(name: &str) -> Zone {
    Zone::named(name).unwrap()
}

/// The best instant in Berlin, as a local time with its offset; 2026-11-23 is a Monday.
fn best(noted: &[(u8, usize, u8)], after: &str, within: &str) -> String {
    let zone = zone("Europe/Berlin");
    let best = activity(noted).best_instant(
        Timestamp::parse(after).unwrap(),
        Period::parse(within).unwrap(),
        &zone,
        TimeOfDay::parse("10:00").unwrap(),
    );
    best.to_jiff().to_zoned(zone.to_jiff().clone()).strftime("%m-%dT%H:%M%:z").to_string()
}

#[test]
fn the_best_instant_is_the_beginning_of_the_busiest_hour_in_the_span() {
    let evenings: &[_] = &[(20, 0, 4), (20, 2, 4), (7, 1, 2)];
    let saturdays: &[_] = &[(11, 5, 4), (11, 5, 4), (11, 5, 4), (11, 1, 1)];
    for (noted, after, within, expected) in [
        (evenings, "2026-11-23T09:10+01:00", "1d", "11-23T20:00+01:00"),
        // Out of reach: the best of what is left; 21 and 8 are neighbours.
        (evenings, "2026-11-23T22:10+01:00", "12h", "11-24T07:00+01:00"),
        (evenings, "2026-11-23T08:10+01:00", "2h", "11-23T08:10+01:00"),
        (evenings, "2026-11-23T21:30+01:00", "12h", "11-23T21:30+01:00"),
        // Both ends count.
        (evenings, "2026-11-23T20:00+01:00", "0s", "11-23T20:00+01:00"),
        (evenings, "2026-11-23T18:30+01:00", "90m", "11-23T20:00+01:00"),
        (evenings, "2026-11-23T18:30+01:00", "89m", "11-23T19:00+01:00"),
        // The hour that is running counts from now.
        (evenings, "2026-11-23T20:20+01:00", "1d", "11-23T20:20+01:00"),
        // The same hour of several days: the weekday decides; without a preference, the earliest.
        (saturdays, "2026-11-23T12:00+01:00", "7d", "11-28T11:00+01:00"),
        (saturdays, "2026-11-23T12:00+01:00", "3d", "11-24T11:00+01:00"),
        (saturdays, "2026-11-23T12:00+01:00", "100d", "11-28T11:00+01:00"),
        (&[(9, 0, 4), (9, 1, 4)], "2026-11-23T06:00+01:00", "4d", "11-23T09:00+01:00"),
        // Neighbours across midnight.
        (&[(23, 0, 3), (1, 0, 3)], "2026-11-23T21:00+01:00", "5h", "11-23T23:00+01:00"),
        (&[(23, 0, 2), (1, 0, 2), (0, 0, 1)], "2026-11-23T20:00+01:00", "5h", "11-23T23:00+01:00"),
        (&[(23, 1, 2), (1, 1, 2), (0, 1, 2)], "2026-11-23T20:00+01:00", "5h", "11-24T00:00+01:00"),
    ] {
        assert_eq!(best(noted, after, within), expected, "{noted:?} {after} {within}");
    }
}

#[test]
fn without_known_habits_it_is_the_fallback_in_the_span_or_its_end() {
    let unknown: &[_] = &[(20, 0, 4)];
    for (noted, after, within, expected) in [
        (unknown, "2026-11-23T09:10+01:00", "1d", "11-23T10:00+01:00"),
        (unknown, "2026-11-23T10:00+01:00", "1d", "11-23T10:00+01:00"),
        (unknown, "2026-11-23T10:01+01:00", "1d", "11-24T10:00+01:00"),
        (unknown, "2026-11-23T10:01+01:00", "3h", "11-23T13:01+01:00"),
        (unknown, "2026-11-23T10:01+01:00", "-3h", "11-23T10:01+01:00"),
        (&[], "2026-11-23T10:01+01:00", "0s", "11-23T10:01+01:00"),
        // Habits are known, but of no hour in the span.
        (&[(20, 0, 4), (20, 1, 1)], "2026-11-23T09:10+01:00", "3h", "11-23T10:00+01:00"),
    ] {
        assert_eq!(best(noted, after, within), expected, "{noted:?} {after} {within}");
    }
}

#[test]
fn s2_3_hours_that_clocks_skip_or_repeat_are_none_or_one() {
    let at_two: &[_] = &[(2, 6, 4), (2, 6, 4)];
    for (noted, after, within, expected) in [
        // Forward: there is no 2 o'clock; 1 and 3 are its neighbours.
        (at_two, "2026-03-29T00:30+01:00", "4h", "03-29T01:00+01:00"),
        (at_two, "2026-03-29T01:59+01:00", "0s", "03-29T01:59+01:00"),
        (&[(3, 6, 4), (3, 6, 4)], "2026-03-29T00:30+01:00", "4h", "03-29T03:00+02:00"),
        // Back: the first 2 o'clock; in the second one, that hour is running.
        (at_two, "2026-10-25T00:30+02:00", "4h", "10-25T02:00+02:00"),
        (at_two, "2026-10-25T02:10+01:00", "4h", "10-25T02:10+01:00"),
        (&[(3, 6, 4), (3, 6, 4)], "2026-10-25T02:30+02:00", "4h", "10-25T03:00+01:00"),
    ] {
        assert_eq!(best(noted, after, within), expected, "{noted:?} {after} {within}");
    }
    // Where half of an hour is skipped, it begins in the middle.
    let lord_howe = zone("Australia/Lord_Howe");
    let after = Timestamp::parse("2026-10-04T01:10+10:30").unwrap();
    let best = activity(at_two).best_instant(after, TimeOfDay::DAY, &lord_howe, TimeOfDay::MIDNIGHT);
    assert_eq!(best, Timestamp::parse("2026-10-04T02:30+11:00").unwrap());
}

#[test]
fn an_occasion_is_noted_as_the_contacts_clock_shows_it() {
    let mut activity = Activity::default();
    activity.note_at(Timestamp::parse("2026-11-22T23:30Z").unwrap(), &zone("Europe/Berlin"), 2);
    assert_eq!(activity, self::activity(&[(0, 0, 2)]));
    activity.note(24, Weekday::Monday, 1);
    assert_eq!(activity, self::activity(&[(0, 0, 2)]));
    // A weight out of bounds is held at them.
    assert_eq!(self::activity(&[(5, 1, 0), (6, 1, 9)]), self::activity(&[(5, 1, 1), (6, 1, 4)]));
}

#[test]
fn old_habits_fade() {
    let mut activity = Activity::default();
    for _ in 0..100 {
        activity.note(8, Weekday::Monday, 1);
    }
    assert_eq!(activity.total(), HOURS_TOTAL_MAX);
    activity.note(21, Weekday::Tuesday, 1);
    // All were halved: 100 to 50, 1 to none.
    assert_eq!(activity.total(), 50);
    for _ in 0..70 {
        activity.note(21, Weekday::Tuesday, 1);
    }
    let after = Timestamp::parse("2026-11-23T00:00Z").unwrap();
    let best = activity.best_instant(after, TimeOfDay::DAY, &Zone::utc(), TimeOfDay::MIDNIGHT);
    assert_eq!(best, Timestamp::parse("2026-11-23T21:00Z").unwrap());
}

#[test]
fn the_text_is_short_and_strict() {
    assert_eq!(serde_json::to_string(&Activity::default()).unwrap(), "\"\"");
    assert!(Activity::default().is_empty() && !Activity::default().tells());
    let few = activity(&[(9, 0, 1), (20, 2, 4)]);
    assert_eq!(serde_json::to_string(&few).unwrap(), "\"SBoEwB0E\"");
    assert!(few.tells());
    for bad in ["\"S\"", "\"SBS\"", "\"SBSB\"", "\"oESB\"", "\"SA\"", "\"-B\"", "\"é\"", "\"  \"", "7"] {
        assert!(serde_json::from_str::<Activity>(bad).is_err(), "{bad}");
    }
}

fn noted() -> impl Strategy<Value = Vec<(u8, usize, u8)>> {
    prop::collection::vec((0..24_u8, 0..WEEKDAYS, 0..9_u8), 0..300)
}

proptest! {
    #[test]
    fn an_activity_reads_what_it_writes_and_stays_small(noted in noted()) {
        let activity = activity(&noted);
        let text = serde_json::to_string(&activity).unwrap();
        prop_assert!(text.len() <= 2 * (HOURS + WEEKDAYS) + 2);
        prop_assert!(activity.total() <= HOURS_TOTAL_MAX);
        prop_assert!(activity.hours.iter().chain(&activity.weekdays).all(|count| *count < COUNT_MAX));
        prop_assert_eq!(serde_json::from_str::<Activity>(&text).unwrap(), activity);
    }

    #[test]
    fn the_best_instant_is_in_the_span_and_none_in_it_scores_higher(
        noted in noted(),
        start in 0..400_i64 * 24 * 60,
        within in 0..9_i64 * 24 * 60,
        name in prop::sample::select(vec!["UTC", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu"]),
    ) {
        let (activity, zone) = (activity(&noted), zone(name));
        let minute = Period::from_millis(60_000);
        let after = Timestamp::parse("2026-01-01T00:00Z").unwrap() + Period::from_millis(start * 60_000);
        let within = Period::from_millis(within * 60_000);
        let best = activity.best_instant(after, within, &zone, TimeOfDay::parse("10:00").unwrap());
        prop_assert!(after <= best && best <= after + within);
        if activity.tells() {
            let score = activity.score(zone.local(best));
            // Asking each minute of the first week finds nothing better, and nothing as good before.
            let mut at = after;
            while at <= after + within && at <= after + Period::from_millis(7 * 86_400_000) && score > 0 {
                let here = activity.score(zone.local(at));
                prop_assert!(here <= score && (here < score || at >= best), "{} is better than {}", at, best);
                at = at + minute;
            }
        }
    }
}
