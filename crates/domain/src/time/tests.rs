//! Instants and periods read what they print.

use proptest::prelude::*;

use super::*;

#[test]
fn a_period_reads_every_unit_and_signs() {
    for (text, millis) in [
        ("500ms", 500),
        ("90s", 90_000),
        ("20m", 1_200_000),
        ("1h30m", 5_400_000),
        ("3d", 259_200_000),
        ("2w", 1_209_600_000),
        ("-7d", -604_800_000),
        ("+0m", 0),
        ("1w1d1h1m1s1ms", 694_861_001),
    ] {
        assert_eq!(Period::parse(text), Some(Period::from_millis(millis)), "{text}");
    }
    for text in
        ["", "-", "3", "d", "3 d", "1.5h", "3days", "--1d", "1d-1h", "99999999999999999999d", "36526d", "1d "]
    {
        assert_eq!(Period::parse(text), None, "{text}");
    }
}

#[test]
fn a_period_prints_as_people_write_it() {
    for text in ["0s", "1ms", "90s", "1m30s", "8d", "1w", "2w", "-1h30m", "100d"] {
        let expected = if text == "90s" { "1m30s" } else { text };
        assert_eq!(Period::parse(text).unwrap().to_string(), expected);
    }
}

#[test]
fn s2_2_an_instant_reads_rfc_3339_with_any_offset_and_is_cut_to_the_millisecond() {
    let noon = Timestamp::from_millis(1_774_699_200_000);
    for text in ["2026-03-28T12:00:00Z", "2026-03-28T13:00+01:00", "2026-03-28T07:00:00.0009-05:00"] {
        assert_eq!(Timestamp::parse(text), Some(noon), "{text}");
    }
    for text in ["", "2026-03-28", "2026-03-28T12:00:00", "12:00", "2026-02-30T12:00Z", "1774699200000"] {
        assert_eq!(Timestamp::parse(text), None, "{text}");
    }
}

#[test]
fn an_instant_stays_within_the_calendar() {
    assert_eq!(Timestamp::from_millis(i64::MAX), Timestamp::MAX);
    assert_eq!(Timestamp::from_millis(i64::MIN), Timestamp::MIN);
    assert_eq!(Timestamp::MAX + Period::from_millis(i64::MAX), Timestamp::MAX);
    assert_eq!(Timestamp::MIN - Period::from_millis(i64::MAX), Timestamp::MIN);
    assert_eq!(Timestamp::MAX.to_string(), "9999-12-29T22:00:00Z");
    assert!(Timestamp::MIN.to_string().starts_with("-009999-01-0"));
}

proptest! {
    #[test]
    fn a_period_reads_what_it_prints(millis in -PERIOD_MS_MAX..=PERIOD_MS_MAX) {
        let period = Period::from_millis(millis);
        prop_assert_eq!(Period::parse(&period.to_string()), Some(period));
    }

    #[test]
    fn an_instant_reads_what_it_prints(millis in Timestamp::MIN.0..=Timestamp::MAX.0) {
        let instant = Timestamp::from_millis(millis);
        prop_assert_eq!(Timestamp::parse(&instant.to_string()), Some(instant));
    }
}

#[test]
fn an_instant_beyond_the_calendar_was_read_from_json_and_could_not_be_shown() {
    for (text, read) in [("9223372036854775807", Timestamp::MAX), ("-9223372036854775808", Timestamp::MIN)] {
        let at: Timestamp = serde_json::from_str(text).unwrap();
        assert_eq!(at, read);
        assert_eq!(Timestamp::parse(&at.to_string()).map(Timestamp::as_millis), Some(read.as_millis()));
    }
    assert_eq!(serde_json::to_string(&Timestamp::from_millis(7)).unwrap(), "7");
}
