use proptest::prelude::*;

use super::TimeWindow;
use crate::time::{Period, Timestamp};
use crate::workflow::ZoneOf;
use crate::zone::{TimeOfDay, Weekday, Zone};

const MINUTE_MS: i64 = 60_000;

fn window(from: &str, to: &str, days: &[Weekday]) -> TimeWindow {
    let time = |text| TimeOfDay::parse(text).unwrap();
    TimeWindow { from: time(from), to: time(to), days: days.to_vec(), zone: ZoneOf::Contact }
}

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

/// The changes within three days, as the local clock shows them.
fn changes(window: &TimeWindow, zone: &str, from: &str) -> Vec<String> {
    let zone = Zone::named(zone).unwrap();
    let begin = at(from);
    let mut now = begin;
    let mut found = Vec::new();
    while let Some(change) = window.next_change(now, &zone) {
        assert!(change > now, "a change comes after");
        if change > begin + Period::from_millis(3 * 24 * 60 * MINUTE_MS) {
            break;
        }
        let what = if window.contains(change, &zone) { "opens" } else { "closes" };
        found.push(format!("{what} {}", zone.local(change)));
        now = change;
    }
    found
}

#[test]
fn a_window_opens_and_closes_at_its_local_times() {
    let window = window("09:00", "17:30", &[]);
    let found = changes(&window, "America/New_York", "2026-01-05T00:00:00Z");
    assert_eq!(
        found,
        [
            "opens 2026-01-05T09:00:00",
            "closes 2026-01-05T17:30:00",
            "opens 2026-01-06T09:00:00",
            "closes 2026-01-06T17:30:00",
            "opens 2026-01-07T09:00:00",
            "closes 2026-01-07T17:30:00",
        ]
    );
}

#[test]
fn a_window_over_midnight_belongs_to_the_day_on_which_it_opened() {
    let window = window("22:00", "02:00", &[Weekday::Friday]);
    // 9 January 2026 is a Friday.
    let found = changes(&window, "Europe/Berlin", "2026-01-08T12:00:00Z");
    assert_eq!(found, ["opens 2026-01-09T22:00:00", "closes 2026-01-10T02:00:00"]);
    let zone = Zone::named("Europe/Berlin").unwrap();
    assert!(!window.contains(at("2026-01-09T00:30:00Z"), &zone), "that is Friday, but Thursday didn't open");
}

#[test]
fn a_window_to_midnight_closes_as_the_day_ends_and_a_whole_day_may_be_named() {
    let evening = window("18:00", "00:00", &[Weekday::Monday]);
    let found = changes(&evening, "UTC", "2026-01-05T00:00:00Z");
    assert_eq!(found, ["opens 2026-01-05T18:00:00", "closes 2026-01-06T00:00:00"]);
    let day = window("00:00", "00:00", &[Weekday::Tuesday]);
    let found = changes(&day, "UTC", "2026-01-05T00:00:00Z");
    assert_eq!(found, ["opens 2026-01-06T00:00:00", "closes 2026-01-07T00:00:00"]);
    let weekend = window("00:00", "00:00", &[Weekday::Saturday, Weekday::Sunday]);
    let found = changes(&weekend, "UTC", "2026-01-09T12:00:00Z");
    assert_eq!(
        found,
        ["opens 2026-01-10T00:00:00", "closes 2026-01-12T00:00:00"],
        "midnight between is no change"
    );
    assert_eq!(window("10:00", "10:00", &[]).next_change(at("2026-01-05T00:00:00Z"), &Zone::utc()), None);
}

#[test]
fn where_clocks_go_forward_what_would_open_in_the_gap_opens_as_the_clock_jumps() {
    // 29 March 2026, Berlin: 02:00 is 03:00.
    let late = changes(&window("02:30", "04:00", &[]), "Europe/Berlin", "2026-03-28T23:00:00Z");
    assert_eq!(late[..2], ["opens 2026-03-29T03:00:00", "closes 2026-03-29T04:00:00"]);
    let early = changes(&window("01:00", "02:30", &[]), "Europe/Berlin", "2026-03-28T23:00:00Z");
    assert_eq!(early[..2], ["opens 2026-03-29T01:00:00", "closes 2026-03-29T03:00:00"]);
    let inside = changes(&window("02:10", "02:40", &[]), "Europe/Berlin", "2026-03-28T23:00:00Z");
    assert_eq!(inside[0], "opens 2026-03-30T02:10:00", "on that day it never is 02:10");
}

#[test]
fn where_clocks_go_back_an_hour_that_is_open_is_open_twice() {
    // 25 October 2026, Berlin: 03:00 is 02:00 again.
    let early = changes(&window("01:00", "02:30", &[]), "Europe/Berlin", "2026-10-24T22:00:00Z");
    assert_eq!(
        early[..4],
        [
            "opens 2026-10-25T01:00:00",
            "closes 2026-10-25T02:30:00",
            "opens 2026-10-25T02:00:00",
            "closes 2026-10-25T02:30:00",
        ]
    );
    let all = changes(&window("01:00", "04:00", &[]), "Europe/Berlin", "2026-10-24T22:00:00Z");
    assert_eq!(all[..2], ["opens 2026-10-25T01:00:00", "closes 2026-10-25T04:00:00"]);
}

#[test]
fn a_day_that_clocks_skip_opens_nothing() {
    // Samoa had no 30 December 2011, a Friday.
    let friday = window("09:00", "10:00", &[Weekday::Friday]);
    let zone = Zone::named("Pacific/Apia").unwrap();
    let opens = friday.opens(at("2011-12-28T00:00:00Z"), &zone);
    assert_eq!(zone.local(opens).to_string(), "2012-01-06T09:00:00");
}

#[test]
fn an_open_window_opens_at_once_and_a_closed_one_at_its_next_opening() {
    let zone = Zone::named("Europe/Berlin").unwrap();
    let window = window("09:00", "17:00", &[Weekday::Monday]);
    let inside = at("2026-01-05T12:00:00Z");
    assert_eq!(window.opens(inside, &zone), inside);
    assert_eq!(
        window.opens(at("2026-01-05T08:00:00Z"), &zone),
        at("2026-01-05T08:00:00Z"),
        "09:00 is inside"
    );
    assert_eq!(
        window.opens(at("2026-01-05T16:00:00Z"), &zone),
        at("2026-01-12T08:00:00Z"),
        "17:00 is outside"
    );
}

fn days() -> impl Strategy<Value = Vec<Weekday>> {
    let all = [
        Weekday::Monday,
        Weekday::Tuesday,
        Weekday::Wednesday,
        Weekday::Thursday,
        Weekday::Friday,
        Weekday::Saturday,
        Weekday::Sunday,
    ];
    prop::sample::subsequence(all.to_vec(), 0..=7)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Minute by minute: nothing changes before the next change, and there it does.
    #[test]
    fn the_next_change_is_the_first_minute_at_which_the_answer_differs(
        from in 0_u32..1440,
        to in 0_u32..1440,
        days in days(),
        zone in prop::sample::select(vec![
            "UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Havana",
            "Pacific/Apia", "Asia/Beirut",
        ]),
        // Hours in 2026 around which clocks change somewhere, and others.
        begin in prop::sample::select(vec![
            "2026-03-28T20:00:00Z", "2026-10-24T20:00:00Z", "2026-03-07T22:00:00Z", "2026-10-31T22:00:00Z",
            "2026-04-04T10:00:00Z", "2026-10-03T10:00:00Z", "2011-12-29T00:00:00Z", "2026-06-03T11:00:00Z",
        ]),
        minutes in 0_i64..600,
    ) {
        let text = |minutes: u32| format!("{:02}:{:02}", minutes / 60, minutes % 60);
        let window = window(&text(from), &text(to), &days);
        let zone = Zone::named(zone).unwrap();
        let begin = at(begin) + Period::from_millis(minutes * MINUTE_MS);
        let before = window.contains(begin, &zone);
        let found = (1..=10 * 1440)
            .map(|n| begin + Period::from_millis(n * MINUTE_MS))
            .find(|minute| window.contains(*minute, &zone) != before);
        if let Some(found) = found {
            prop_assert_eq!(window.next_change(begin, &zone), Some(found));
        } else {
            let next = window.next_change(begin, &zone);
            prop_assert!(next.is_none_or(|next| next > begin + Period::from_millis(10 * 1440 * MINUTE_MS)));
        }
        if window.contains(begin, &zone) {
            prop_assert_eq!(window.opens(begin, &zone), begin);
        } else {
            prop_assert!(window.contains(window.opens(begin, &zone), &zone));
        }
    }
}
