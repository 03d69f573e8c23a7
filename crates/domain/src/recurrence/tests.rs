//! Rules as text, with what comes of them; and the laws of searching, against a scan of every hour.

use std::fmt::Write;

use jiff::civil::Date;
use proptest::prelude::*;

use super::*;
use crate::zone::{Weekday, add_days};

fn rule(text: &str, starts: &str) -> Recurrence {
    Recurrence::parse(text, starts.parse().unwrap()).unwrap()
}

fn zone(name: &str) -> Zone {
    Zone::named(name).unwrap()
}

fn instant(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

/// The first few local times, without seconds.
fn locals(text: &str, starts: &str, n: usize) -> String {
    let rule = rule(text, starts);
    let mut after = "0001-01-01T00:00".parse().unwrap();
    let mut shown = Vec::new();
    while shown.len() < n {
        let Some(next) = rule.next_local_after(after) else {
            shown.push("end".to_owned());
            break;
        };
        shown.push(next.strftime("%Y-%m-%dT%H:%M").to_string());
        after = next;
    }
    shown.join(" ")
}

#[test]
fn rules_are_the_dates_that_rfc_5545_says() {
    // Starts and rules of the examples in RFC 5545, 3.8.5.3, with the dates that it gives.
    for (text, starts, expected) in [
        ("FREQ=DAILY;COUNT=3", "1997-09-02T09:00", "1997-09-02T09:00 1997-09-03T09:00 1997-09-04T09:00 end"),
        (
            "FREQ=DAILY;INTERVAL=10;COUNT=3",
            "1997-09-02T09:00",
            "1997-09-02T09:00 1997-09-12T09:00 1997-09-22T09:00 end",
        ),
        (
            "FREQ=YEARLY;UNTIL=20000131T140000;BYMONTH=1;BYDAY=SU",
            "1998-01-01T09:00",
            "1998-01-04T09:00 1998-01-11T09:00 1998-01-18T09:00",
        ),
        (
            "FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=TU,TH;COUNT=4",
            "1997-09-02T09:00",
            "1997-09-02T09:00 1997-09-04T09:00 1997-09-16T09:00 1997-09-18T09:00 end",
        ),
        (
            "FREQ=MONTHLY;BYDAY=1FR;COUNT=3",
            "1997-09-05T09:00",
            "1997-09-05T09:00 1997-10-03T09:00 1997-11-07T09:00 end",
        ),
        (
            "FREQ=MONTHLY;INTERVAL=2;BYDAY=1SU,-1SU;COUNT=4",
            "1997-09-07T09:00",
            "1997-09-07T09:00 1997-09-28T09:00 1997-11-02T09:00 1997-11-30T09:00 end",
        ),
        (
            "FREQ=MONTHLY;BYMONTHDAY=-3",
            "1997-09-28T09:00",
            "1997-09-28T09:00 1997-10-29T09:00 1997-11-28T09:00",
        ),
        (
            "FREQ=MONTHLY;BYMONTHDAY=1,-1;COUNT=3",
            "1997-09-30T09:00",
            "1997-09-30T09:00 1997-10-01T09:00 1997-10-31T09:00 end",
        ),
        (
            "FREQ=YEARLY;INTERVAL=3;BYYEARDAY=1,100,200;COUNT=4",
            "1997-01-01T09:00",
            "1997-01-01T09:00 1997-04-10T09:00 1997-07-19T09:00 2000-01-01T09:00 end",
        ),
        ("FREQ=YEARLY;BYDAY=20MO", "1997-05-19T09:00", "1997-05-19T09:00 1998-05-18T09:00 1999-05-17T09:00"),
        (
            "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO",
            "1997-05-12T09:00",
            "1997-05-12T09:00 1998-05-11T09:00 1999-05-17T09:00",
        ),
        (
            "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13",
            "1997-09-02T09:00",
            "1998-02-13T09:00 1998-03-13T09:00 1998-11-13T09:00",
        ),
        (
            "FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8",
            "1996-11-05T09:00",
            "1996-11-05T09:00 2000-11-07T09:00 2004-11-02T09:00",
        ),
        (
            "FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3",
            "1997-09-04T09:00",
            "1997-09-04T09:00 1997-10-07T09:00 1997-11-06T09:00 end",
        ),
        (
            "FREQ=HOURLY;INTERVAL=3;UNTIL=19970902T170000",
            "1997-09-02T09:00",
            "1997-09-02T09:00 1997-09-02T12:00 1997-09-02T15:00 end",
        ),
        (
            "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO",
            "1997-08-05T09:00",
            "1997-08-05T09:00 1997-08-10T09:00 1997-08-19T09:00 1997-08-24T09:00 end",
        ),
        (
            "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU",
            "1997-08-05T09:00",
            "1997-08-05T09:00 1997-08-17T09:00 1997-08-19T09:00 1997-08-31T09:00 end",
        ),
        (
            "FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5",
            "2007-01-15T09:00",
            "2007-01-15T09:00 2007-01-30T09:00 2007-02-15T09:00 2007-03-15T09:00 2007-03-30T09:00 end",
        ),
    ] {
        let n = expected.split(' ').count();
        assert_eq!(locals(text, starts, n), expected, "{text}");
    }
}

#[test]
fn what_a_rule_leaves_open_is_the_starts() {
    for (text, starts, expected) in [
        ("FREQ=YEARLY", "2024-02-29T09:30", "2024-02-29T09:30 2028-02-29T09:30"),
        ("FREQ=YEARLY;BYMONTH=3,6", "2026-01-10T09:30", "2026-03-10T09:30 2026-06-10T09:30"),
        ("FREQ=YEARLY;BYWEEKNO=1", "2026-01-01T08:00", "2026-01-01T08:00 2027-01-07T08:00 2028-01-06T08:00"),
        ("FREQ=MONTHLY", "2026-01-31T09:30", "2026-01-31T09:30 2026-03-31T09:30"),
        ("FREQ=WEEKLY", "2026-11-22T09:30", "2026-11-22T09:30 2026-11-29T09:30"),
        ("FREQ=WEEKLY;BYDAY=MO", "2026-11-22T09:30", "2026-11-23T09:30 2026-11-30T09:30"),
        ("FREQ=HOURLY;INTERVAL=7;BYDAY=MO", "2026-11-23T20:15", "2026-11-23T20:15 2026-11-30T06:15"),
        ("FREQ=DAILY;BYHOUR=17,9", "2026-11-22T12:10", "2026-11-22T17:10 2026-11-23T09:10"),
        ("rrule:freq=daily", "2026-11-22T12:10:30.5", "2026-11-22T12:10 2026-11-23T12:10"),
        (
            "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1",
            "2026-11-25T09:00",
            "2026-11-30T09:00 2026-12-07T09:00",
        ),
    ] {
        let text = text.replace("rrule:", "RRULE:");
        let n = expected.split(' ').count();
        assert_eq!(locals(&text, starts, n), expected, "{text}");
    }
}

#[test]
fn a_rule_that_makes_no_sense_says_how_to_mend_it() {
    let mut said = String::new();
    for text in [
        "",
        "every day",
        "BYDAY=MO",
        "FREQ=MINUTELY",
        "FREQ=SECONDLY;INTERVAL=30",
        "FREQ=OFTEN",
        "FREQ=DAILY;FREQ=WEEKLY",
        "FREQ=DAILY;EVERY=2",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;INTERVAL=1001",
        "FREQ=DAILY;COUNT=-1",
        "FREQ=DAILY;COUNT=10001",
        "FREQ=DAILY;COUNT=2;UNTIL=20270101",
        "FREQ=DAILY;UNTIL=20270101T000000Z",
        "FREQ=DAILY;UNTIL=2027-01-01",
        "FREQ=DAILY;UNTIL=20270230",
        "FREQ=DAILY;UNTIL=20260101",
        "FREQ=DAILY;UNTIL=2027é101",
        "FREQ=WEEKLY;BYDAY=XXMO",
        "FREQ=WEEKLY;BYDAY=é",
        "FREQ=WEEKLY;BYDAY=MO,",
        "FREQ=WEEKLY;BYDAY=1MO",
        "FREQ=MONTHLY;BYDAY=6MO",
        "FREQ=MONTHLY;BYDAY=0MO",
        "FREQ=YEARLY;BYWEEKNO=3;BYDAY=2MO",
        "FREQ=WEEKLY;WKST=8",
        "FREQ=WEEKLY;BYMONTHDAY=3",
        "FREQ=MONTHLY;BYMONTHDAY=0",
        "FREQ=MONTHLY;BYMONTHDAY=32",
        "FREQ=MONTHLY;BYYEARDAY=3",
        "FREQ=MONTHLY;BYWEEKNO=3",
        "FREQ=DAILY;BYSETPOS=1",
        "FREQ=DAILY;BYHOUR=24",
        "FREQ=HOURLY;BYMINUTE=0,30",
        "FREQ=DAILY;BYHOUR=8,9,10,11,12;BYMINUTE=0,15,30,45,50",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=HOURLY;INTERVAL=24;BYHOUR=10",
        "FREQ=HOURLY;BYSETPOS=2;BYMINUTE=5",
    ] {
        let error = Recurrence::parse(text, "2026-11-22T09:00".parse().unwrap()).unwrap_err();
        writeln!(said, "{text:45} {error}").unwrap();
    }
    insta::assert_snapshot!(said);
    assert!(Recurrence::parse(&"F".repeat(RULE_BYTES_MAX + 1), DateTime::MIN).is_err());
    assert!(
        Recurrence::parse("FREQ=DAILY", "1899-12-31T00:00".parse().unwrap()).unwrap_err().contains("1899")
    );
}

#[test]
fn a_rule_is_said_in_plain_english() {
    let mut said = String::new();
    for text in [
        "FREQ=WEEKLY;BYDAY=TH,MO",
        "FREQ=DAILY",
        "FREQ=DAILY;INTERVAL=3;BYHOUR=9,17",
        "FREQ=HOURLY;INTERVAL=6;BYMINUTE=5",
        "FREQ=HOURLY;BYHOUR=9,10,11;BYMINUTE=0",
        "FREQ=DAILY;BYMONTH=6,7,8;COUNT=10",
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TU,WE,TH,FR;BYMINUTE=30",
        "FREQ=MONTHLY",
        "FREQ=MONTHLY;BYMONTHDAY=1,15,-1",
        "FREQ=MONTHLY;BYDAY=2TU,-1FR",
        "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13",
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
        "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=24",
        "FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
        "FREQ=YEARLY;BYDAY=20MO",
        "FREQ=YEARLY;BYWEEKNO=1,-1",
        "FREQ=YEARLY;BYYEARDAY=100,-1;UNTIL=20301231",
        "FREQ=DAILY;UNTIL=20301231T180000;BYSECOND=30",
        "FREQ=DAILY;COUNT=1",
    ] {
        writeln!(said, "{text:55} {}", rule(text, "2026-11-22T09:00").describe()).unwrap();
    }
    insta::assert_snapshot!(said);
}

/// The first instants of a rule in a zone after an instant, shown in that zone.
fn instants(text: &str, starts: &str, zone_name: &str, after: &str, n: usize) -> String {
    let (rule, zone) = (rule(text, starts), zone(zone_name));
    let mut at = instant(after);
    let mut shown = Vec::new();
    for _ in 0..n {
        at = rule.next_after(at, &zone).unwrap();
        shown.push(at.to_jiff().to_zoned(zone.to_jiff().clone()).strftime("%m-%dT%H:%M%:z").to_string());
    }
    shown.join(" ")
}

#[test]
fn s2_3_a_rule_keeps_its_wall_time_when_clocks_are_moved() {
    for (text, starts, zone, after, expected) in [
        // Forward: 02:30 doesn't exist on the 29th.
        (
            "FREQ=DAILY",
            "2016-01-01T02:30",
            "Europe/Berlin",
            "2026-03-27T12:00Z",
            "03-28T02:30+01:00 03-29T03:00+02:00 03-30T02:30+02:00",
        ),
        // Hourly, 02:00 and 03:00 come to one instant.
        (
            "FREQ=HOURLY",
            "2016-01-01T00:00",
            "Europe/Berlin",
            "2026-03-29T00:30+01:00",
            "03-29T01:00+01:00 03-29T03:00+02:00 03-29T04:00+02:00",
        ),
        // Back: 02:30 exists twice on the 25th, and only the first one counts, wherever the search begins.
        (
            "FREQ=DAILY",
            "2016-01-01T02:30",
            "Europe/Berlin",
            "2026-10-24T12:00Z",
            "10-25T02:30+02:00 10-26T02:30+01:00",
        ),
        ("FREQ=DAILY", "2016-01-01T02:30", "Europe/Berlin", "2026-10-25T02:15+01:00", "10-26T02:30+01:00"),
        (
            "FREQ=HOURLY",
            "2016-01-01T00:15",
            "Europe/Berlin",
            "2026-10-25T02:05+01:00",
            "10-25T03:15+01:00 10-25T04:15+01:00",
        ),
        (
            "FREQ=HOURLY",
            "2016-01-01T00:15",
            "Europe/Berlin",
            "2026-10-25T01:30+02:00",
            "10-25T02:15+02:00 10-25T03:15+01:00",
        ),
        // A day that didn't exist.
        (
            "FREQ=DAILY",
            "2011-01-01T09:00",
            "Pacific/Apia",
            "2011-12-29T09:00-10:00",
            "12-31T00:00+14:00 12-31T09:00+14:00",
        ),
        (
            "FREQ=DAILY",
            "2011-01-01T02:15",
            "Australia/Lord_Howe",
            "2026-10-03T03:00+10:30",
            "10-04T02:30+11:00 10-05T02:15+11:00",
        ),
    ] {
        let n = expected.split(' ').count();
        assert_eq!(instants(text, starts, zone, after, n), expected, "{text} in {zone} after {after}");
    }
}

#[test]
fn nothing_comes_before_the_start_and_nothing_after_the_end() {
    let rule = rule("FREQ=DAILY;UNTIL=20261203", "2026-12-01T09:00");
    let utc = Zone::utc();
    assert_eq!(rule.next_after(Timestamp::MIN, &utc), Some(instant("2026-12-01T09:00Z")));
    assert_eq!(rule.next_after(instant("2026-12-01T09:00Z"), &utc), Some(instant("2026-12-02T09:00Z")));
    assert_eq!(
        rule.next_after(instant("2026-12-03T08:59:59.999Z"), &utc),
        Some(instant("2026-12-03T09:00Z"))
    );
    assert_eq!(rule.next_after(instant("2026-12-03T09:00Z"), &utc), None);
    assert_eq!(rule.next_after(Timestamp::MAX, &utc), None);
    let endless = self::rule("FREQ=DAILY", "2026-12-01T09:00");
    assert_eq!(endless.next_after(Timestamp::MAX, &utc), None);
    assert_eq!(endless.next_local_after(DateTime::MAX), None);
    assert_eq!(endless.next_local_after(DateTime::MIN), Some("2026-12-01T09:00".parse().unwrap()));
}

#[test]
fn equal_rules_are_equal_and_show_what_they_are() {
    let [one, two] = ["2026-12-01T09:00", "2026-12-01T10:00"].map(|starts| rule("FREQ=DAILY", starts));
    assert_eq!(one, one.clone());
    assert_ne!(one, two);
    assert_eq!(format!("{one:?}"), "Recurrence(FREQ=DAILY from 2026-12-01T09:00:00)");
    assert_eq!((one.text(), one.starts()), ("FREQ=DAILY", "2026-12-01T09:00".parse().unwrap()));
}

/// A rule as the scan understands it: the plain parts only, each written out.
#[derive(Debug, Clone)]
struct Plain {
    frequency: &'static str,
    interval: i64,
    months: Vec<i8>,
    month_days: Vec<i8>,
    weekdays: Vec<usize>,
    hours: Vec<i8>,
}

const SCAN_FROM: Date = Date::constant(2025, 1, 15);
const SCAN_DAYS: i64 = 450;
const DAY_NAMES: [&str; 7] = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];

impl Plain {
    fn text(&self) -> String {
        let list = |name: &str, items: Vec<String>| {
            if items.is_empty() { String::new() } else { format!(";{name}={}", items.join(",")) }
        };
        let numbers = |numbers: &[i8]| numbers.iter().map(ToString::to_string).collect::<Vec<_>>();
        let mut text = format!("FREQ={};INTERVAL={}", self.frequency, self.interval);
        text.push_str(&list("BYMONTH", numbers(&self.months)));
        text.push_str(&list("BYMONTHDAY", numbers(&self.month_days)));
        text.push_str(&list("BYDAY", self.weekdays.iter().map(|day| DAY_NAMES[*day].to_owned()).collect()));
        text.push_str(&list("BYHOUR", numbers(&self.hours)));
        text
    }

    /// All local times of the rule from the scan's first day on, by asking each hour of each day.
    fn scan(&self) -> Vec<DateTime> {
        let all = |empty: bool, holds: bool| empty || holds;
        let of_day = |n: i64, date: Date| {
            let months = i64::from(date.year()) * 12 + i64::from(date.month())
                - i64::from(SCAN_FROM.year()) * 12
                - i64::from(SCAN_FROM.month());
            // 2025-01-15 was a Wednesday: its week began two days before.
            let phase = match self.frequency {
                "DAILY" => n,
                "WEEKLY" => (n + 2).div_euclid(7),
                "MONTHLY" => months,
                _ => 0,
            };
            let days_in_month = date.days_in_month();
            let is_day = |day: &i8| *day == date.day() || day + days_in_month + 1 == date.day();
            phase % self.interval == 0
                && all(self.months.is_empty(), self.months.contains(&date.month()))
                && all(self.month_days.is_empty(), self.month_days.iter().any(is_day))
                && all(self.weekdays.is_empty(), self.weekdays.contains(&(Weekday::of(date) as usize)))
        };
        let mut found = Vec::new();
        for n in 0..SCAN_DAYS {
            let date = add_days(SCAN_FROM, n);
            if !of_day(n, date) {
                continue;
            }
            for hour in 0..24 {
                let in_phase = self.frequency != "HOURLY" || (n * 24 + i64::from(hour)) % self.interval == 0;
                if in_phase && all(self.hours.is_empty(), self.hours.contains(&hour)) {
                    found.push(date.at(hour, 15, 0, 0));
                }
            }
        }
        found
    }
}

fn plain() -> impl Strategy<Value = Plain> {
    let few = |range: std::ops::RangeInclusive<i8>, n| prop::collection::btree_set(range, 0..=n);
    let month_days = prop::collection::btree_set(prop_oneof![1..=31_i8, -31..=-1_i8], 0..=4);
    let weekdays = prop::collection::btree_set(0..7_usize, 0..=4);
    let frequency = prop::sample::select(vec!["HOURLY", "DAILY", "WEEKLY", "MONTHLY"]);
    (frequency, 1..=30_i64, few(1..=12, 6), month_days, weekdays, few(0..=23, 4)).prop_map(
        |(frequency, interval, months, month_days, weekdays, hours)| {
            let mut plain = Plain {
                frequency,
                interval: if frequency == "MONTHLY" { interval % 4 + 1 } else { interval },
                months: months.into_iter().collect(),
                month_days: month_days.into_iter().collect(),
                weekdays: weekdays.into_iter().collect(),
                hours: hours.into_iter().collect(),
            };
            // The scan takes nothing from the start: what the rule would leave open is written out.
            if frequency == "WEEKLY" {
                plain.month_days.clear();
                if plain.weekdays.is_empty() {
                    plain.weekdays.push(2);
                }
            }
            if frequency == "MONTHLY" && plain.month_days.is_empty() && plain.weekdays.is_empty() {
                plain.month_days.push(15);
            }
            if frequency != "HOURLY" && plain.hours.is_empty() {
                plain.hours.push(2);
            }
            plain
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// No occurrence is skipped or doubled, instants only grow, and where the search begins makes no difference.
    #[test]
    fn a_search_finds_what_a_scan_of_every_hour_finds(
        plain in plain(),
        name in prop::sample::select(vec!["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca"]),
        probes in prop::collection::vec(0..SCAN_DAYS * 86_400_000, 20),
    ) {
        let zone = Zone::named(name).unwrap();
        let starts = SCAN_FROM.at(0, 15, 0, 0);
        let locals = plain.scan();
        let mut instants: Vec<Timestamp> = locals.iter().map(|local| local_instant(&zone, *local)).collect();
        instants.dedup();
        prop_assert!(instants.is_sorted());
        let Ok(rule) = Recurrence::parse(&plain.text(), starts) else {
            prop_assert!(locals.is_empty(), "{} is refused", plain.text());
            return Ok(());
        };
        let begins = local_instant(&zone, starts);
        let end = begins + crate::time::Period::from_millis((SCAN_DAYS - 2) * 86_400_000);
        let within = |instant: &Timestamp| *instant < end;
        let stepped: Vec<Timestamp> =
            std::iter::successors(rule.next_after(Timestamp::MIN, &zone), |at| rule.next_after(*at, &zone))
                .take_while(within)
                .collect();
        prop_assert_eq!(&stepped, &instants.iter().copied().filter(within).collect::<Vec<_>>(), "{}", plain.text());
        for probe in probes {
            let at = begins + crate::time::Period::from_millis(probe);
            let expected = instants.iter().copied().find(|instant| *instant > at).filter(within);
            prop_assert_eq!(rule.next_after(at, &zone).filter(within), expected, "{} after {}", plain.text(), at);
            let local = zone.local(at);
            let expected = locals.iter().copied().find(|next| *next > local);
            if expected.is_some() {
                prop_assert_eq!(rule.next_local_after(local), expected);
            }
        }
    }

    #[test]
    fn no_text_makes_reading_a_rule_panic(text in "(FREQ=(DAILY|YEARLY|HOURLY)|[A-Z]{2,8}=|[-0-9MOTUWE,;é=]{0,6}){0,6}") {
        let _ = Recurrence::parse(&text, "2026-11-22T09:00".parse().unwrap());
    }

    #[test]
    fn no_rule_makes_searching_panic(
        frequency in prop::sample::select(vec!["YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY"]),
        parts in prop::collection::vec(
            prop_oneof![
                (-6..=54_i32).prop_map(|n| format!("BYDAY={n}MO,SU")),
                (-53..=53_i32).prop_map(|n| format!("BYWEEKNO={n}")),
                (-366..=366_i32).prop_map(|n| format!("BYYEARDAY={n}")),
                (-31..=31_i32).prop_map(|n| format!("BYMONTHDAY={n}")),
                (1..=12_i32).prop_map(|n| format!("BYMONTH={n}")),
                (-9..=9_i32).prop_map(|n| format!("BYSETPOS={n}")),
                (1..=1000_i32).prop_map(|n| format!("INTERVAL={n}")),
                prop::sample::select(vec!["WKST=SU", "WKST=TH", "COUNT=5", "UNTIL=20400101"]).prop_map(str::to_owned),
            ],
            0..4,
        ),
        day in 0..73_000_i64,
    ) {
        let starts = add_days(Date::constant(1900, 1, 1), day).at(23, 59, 59, 0);
        let text = format!("FREQ={frequency};{}", parts.join(";"));
        if let Ok(rule) = Recurrence::parse(&text, starts) {
            let first = rule.next_local_after(DateTime::MIN).unwrap();
            prop_assert!(first >= starts);
            prop_assert!(rule.next_local_after(first).is_none_or(|next| next > first));
            prop_assert!(rule.describe().starts_with("every "));
        }
    }
}
