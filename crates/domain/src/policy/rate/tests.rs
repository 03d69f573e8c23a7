use std::collections::BTreeSet;

use super::*;

fn rate(channels: &[&str], max: u32, per: &str) -> Rate {
    let channels: BTreeSet<Channel> = channels.iter().map(|name| Channel::from(*name)).collect();
    Rate { channels, max, per: Period::parse(per).unwrap() }
}

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

#[test]
fn s7_14_a_claim_takes_at_most_what_every_rate_of_the_channel_leaves() {
    let rates = [rate(&["email"], 100, "1m"), rate(&[], 150, "1h"), rate(&["sms"], 1, "1s")];
    let now = at("2026-01-05T09:30:30Z");
    let email = Channel::from("email");
    assert_eq!(claimable(&rates, &[40, 20, 0], &email, now), (Some(60), None));
    assert_eq!(claimable(&rates, &[40, 120, 0], &email, now), (Some(30), None));
    assert_eq!(claimable(&rates, &[], &email, now), (Some(100), None));
    assert_eq!(claimable(&rates, &[100, 120, 0], &email, now), (Some(0), Some(at("2026-01-05T09:31Z"))));
    assert_eq!(claimable(&rates, &[101, 150, 0], &email, now), (Some(0), Some(at("2026-01-05T10:00Z"))));
    assert_eq!(claimable(&rates[2..], &[1], &email, now), (None, None), "no rate speaks of it");
}

#[test]
fn s7_14_windows_follow_one_another_without_a_gap() {
    let rate = rate(&[], 1, "90s");
    let (start, end) = rate.window(at("2026-01-05T09:30:30Z"));
    assert_eq!(end.since(start), Period::from_millis(90_000));
    assert_eq!(rate.window(end), (end, end + Period::from_millis(90_000)));
    assert_eq!(rate.window(end - Period::from_millis(1)).0, start);
}
