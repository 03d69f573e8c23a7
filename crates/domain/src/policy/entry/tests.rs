use super::*;

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

fn berlin() -> Zone {
    Zone::named("Europe/Berlin").unwrap()
}

fn cap(max: u32, per: EntrySpan, wait: bool) -> EntryCap {
    EntryCap { max, per, wait }
}

#[test]
fn s4_3_an_hour_is_one_of_the_clock_and_a_day_is_local() {
    let window = |span, now| {
        let (start, end) = entry_window(span, at(now), &berlin());
        (start, end.unwrap())
    };
    let hour = (at("2026-01-05T09:00Z"), at("2026-01-05T10:00Z"));
    assert_eq!(window(EntrySpan::Hour, "2026-01-05T09:00Z"), hour);
    assert_eq!(window(EntrySpan::Hour, "2026-01-05T09:59:59.999Z"), hour);
    let day = (at("2026-01-05T00:00+01:00"), at("2026-01-06T00:00+01:00"));
    assert_eq!(window(EntrySpan::Day, "2026-01-05T00:00+01:00"), day);
    assert_eq!(window(EntrySpan::Day, "2026-01-05T23:59:59.999+01:00"), day);
    // The day on which the clocks go forward has 23 hours.
    let short = (at("2026-03-29T00:00+01:00"), at("2026-03-30T00:00+02:00"));
    assert_eq!(window(EntrySpan::Day, "2026-03-29T12:00+02:00"), short);
    assert_eq!(entry_window(EntrySpan::Total, at("2026-01-05T09:00Z"), &berlin()).1, None);
    let before = entry_window(EntrySpan::Hour, at("1969-12-31T23:30Z"), &berlin());
    assert_eq!(before.0, at("1969-12-31T23:00Z"));
}

#[test]
fn s4_3_all_caps_must_have_room_and_each_says_its_numbers() {
    let caps = [cap(2, EntrySpan::Hour, true), cap(5, EntrySpan::Total, false)];
    let now = at("2026-01-05T09:30Z");
    let place = grant(&caps, &[1, 3], now, &berlin());
    assert!(place.granted);
    assert_eq!(place.why, "2 of 2 since 2026-01-05T09:00:00Z; 4 of 5 in all");
    assert_eq!(place.room_at, None);
    let place = grant(&caps, &[2, 3], now, &berlin());
    assert!(!place.granted);
    assert_eq!(place.room_at, Some(at("2026-01-05T10:00Z")));
    assert_eq!(place.why, "2 of 2 since 2026-01-05T09:00:00Z; 4 of 5 in all");
    // The cap of all entries never has room again, whatever the hour.
    let place = grant(&caps, &[2, 5], now, &berlin());
    assert!(!place.granted);
    assert_eq!(place.room_at, None);
}

#[test]
fn s4_3_who_waits_for_several_caps_waits_for_the_last_of_them() {
    let caps = [cap(1, EntrySpan::Hour, true), cap(1, EntrySpan::Day, true)];
    let now = at("2026-01-05T09:30Z");
    assert_eq!(grant(&caps, &[1, 1], now, &berlin()).room_at, Some(at("2026-01-06T00:00+01:00")));
    assert_eq!(grant(&caps, &[1, 0], now, &berlin()).room_at, Some(at("2026-01-05T10:00Z")));
    assert!(grant(&caps, &[], now, &berlin()).granted, "what isn't counted yet is unused");
    assert!(grant(&[], &[], now, &berlin()).granted);
    let hours = [cap(1, EntrySpan::Hour, false), cap(1, EntrySpan::Day, true)];
    assert_eq!(grant(&hours, &[1, 1], now, &berlin()).room_at, None, "one of them says that nobody waits");
}
