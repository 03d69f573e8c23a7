//! The chosen instant against policies asked one by one, and against a scan of every minute.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::id::{Category, Channel, MessageId, RunId, StepId, TemplateName, WorkflowName};
use crate::zone::{TimeOfDay, Weekday};

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

fn ms(millis: i64) -> Period {
    Period::from_millis(millis)
}

fn period(text: &str) -> Period {
    Period::parse(text).unwrap()
}

fn time(text: &str) -> TimeOfDay {
    TimeOfDay::parse(text).unwrap()
}

fn berlin() -> Zone {
    Zone::named("Europe/Berlin").unwrap()
}

/// All workflows have the same priority.
fn same(_: &Message) -> i32 {
    0
}

/// The workflow `high` has a higher one.
fn high(message: &Message) -> i32 {
    i32::from(message.workflow.as_str() == "high")
}

/// A message of the workflow `high` that is scheduled.
fn scheduled(name: &str, at: Timestamp) -> Message {
    let mut message = message(name, "email", Some(at));
    message.workflow = WorkflowName::from("high");
    message.state = MessageState::Scheduled { until: at };
    message
}

fn reserve(per: Period) -> BTreeMap<Channel, Arbitration> {
    let arbitration = Arbitration { hold: Period::ZERO, losers: crate::policy::Losers::Next, reserve: per };
    [(Channel::from("email"), arbitration)].into_iter().collect()
}

fn contact() -> ContactId {
    ContactId::hashed(Timestamp::default(), &[b"contact"])
}

/// A message of the workflow `cart`; as another of the contact's, it holds room at `reserved_at`.
fn message(name: &str, channel: &str, reserved_at: Option<Timestamp>) -> Message {
    Message {
        of: None,
        id: MessageId::hashed(Timestamp::default(), &[name.as_bytes()]),
        kind: crate::message::MessageKind::Send,
        run: RunId::hashed(Timestamp::default(), &[]),
        workflow: WorkflowName::from("cart"),
        version: 1,
        step: StepId::from("send"),
        channel: Channel::from(channel),
        category: Category::from("offers"),
        transactional: false,
        template: TemplateName::from("template"),
        content_hash: String::new(),
        address: String::new(),
        intent_at: Timestamp::default(),
        reserved_at,
        expires_at: None,
        attempts: 0,
        may_have_gone: false,
        sender: String::new(),
        provider_id: String::new(),
        hop: 0,
        state: MessageState::Rendering,
        state_at: Timestamp::default(),
        engagement: BTreeMap::new(),
        links: Vec::new(),
        reported: None,
        ghost: false,
    }
}

fn reserved(times: &[&str]) -> Vec<Message> {
    times.iter().map(|text| message(text, "email", Some(at(text)))).collect()
}

fn email() -> Scope {
    Scope { channels: BTreeSet::from([Channel::from("email")]), ..Scope::default() }
}

fn cap(max: u32, per: &str, then: Then) -> Policies {
    let cap = Cap { scope: email(), max, per: period(per), then, chosen: false };
    Policies { caps: vec![cap], ..Policies::default() }
}

fn night(then: Then, spread: &str) -> QuietHours {
    let (from, to) = (time("21:00"), time("08:00"));
    QuietHours { scope: Scope::default(), from, to, then, spread: period(spread) }
}

fn quiet(then: Then, spread: &str) -> Policies {
    Policies { quiet_hours: vec![night(then, spread)], ..Policies::default() }
}

fn window(days: &[Weekday], from: &str, to: &str, then: Then) -> SendWindow {
    let days = days.iter().copied().collect();
    SendWindow { scope: Scope::default(), days, from: time(from), to: time(to), then }
}

fn ask(policies: &Policies, others: &[Message], now: &str) -> Verdict {
    decide(&message("new", "email", None), contact(), policies, &berlin(), others.iter(), &same, at(now))
}

#[track_caller]
fn check(policies: &Policies, others: &[Message], now: &str, expected: &str) {
    match ask(policies, others, now) {
        Verdict::SendAt { at: chosen, deferred_by } => {
            assert_eq!(chosen, at(expected), "moved by {deferred_by:?}");
            assert_eq!(deferred_by.is_empty(), now == expected, "{deferred_by:?}");
        }
        Verdict::Blocked(stop) => panic!("blocked by {stop:?}"),
    }
}

#[track_caller]
fn check_blocked(policies: &Policies, others: &[Message], now: &str, rule: &str, why: &str) {
    let Verdict::Blocked(stop) = ask(policies, others, now) else { panic!("not blocked") };
    assert_eq!((stop.rule, stop.why.as_str()), (rule, why));
}

#[test]
fn without_policies_a_message_goes_at_once() {
    check(&Policies::default(), &reserved(&["2026-11-20T12:00Z"]), "2026-11-20T12:00Z", "2026-11-20T12:00Z");
}

#[test]
fn s7_9_a_cap_is_a_rolling_window_to_the_millisecond() {
    let policies = cap(2, "24h", Then::Defer);
    // One minute before midnight and one after are not two days.
    let others = reserved(&["2026-11-20T22:59Z", "2026-11-20T23:01Z"]);
    check(&policies, &others, "2026-11-21T00:00Z", "2026-11-21T22:59Z");
    check(&policies, &others, "2026-11-21T22:58:59.999Z", "2026-11-21T22:59Z");
    check(&policies, &others, "2026-11-21T22:59Z", "2026-11-21T22:59Z");
}

#[test]
fn s7_9_later_reservations_are_included() {
    let policies = cap(1, "24h", Then::Defer);
    let others = reserved(&["2026-11-21T12:00Z"]);
    check(&policies, &others, "2026-11-20T12:00Z", "2026-11-20T12:00Z");
    check(&policies, &others, "2026-11-20T12:00:00.001Z", "2026-11-22T12:00Z");
    // Between two reservations there is room only if both are a whole window away.
    let others = reserved(&["2026-11-20T12:00Z", "2026-11-22T12:00Z"]);
    check(&policies, &others, "2026-11-20T13:00Z", "2026-11-21T12:00Z");
    let others = reserved(&["2026-11-20T12:00Z", "2026-11-22T11:59:59.999Z"]);
    check(&policies, &others, "2026-11-20T13:00Z", "2026-11-23T11:59:59.999Z");
    // One before and one after fill a window that holds both.
    let others = reserved(&["2026-11-20T12:00Z", "2026-11-21T06:00Z"]);
    check(&cap(2, "24h", Then::Defer), &others, "2026-11-20T18:00Z", "2026-11-21T12:00Z");
}

#[test]
fn s7_9_only_messages_that_hold_room_and_lie_in_the_scope_count() {
    let policies = cap(1, "24h", Then::Defer);
    let now = "2026-11-20T12:00Z";
    let given_back = message("given back", "email", None);
    let sms = message("sms", "sms", Some(at(now)));
    let itself = message("new", "email", Some(at(now)));
    check(&policies, &[given_back, sms, itself], now, now);
    let mut sent = message("sent", "email", Some(at(now)));
    sent.state = MessageState::Sent;
    check(&policies, &[sent], now, "2026-11-21T12:00Z");
    // A cap over other channels doesn't concern the message.
    let mut sms_cap = cap(0, "24h", Then::Drop);
    sms_cap.caps[0].scope = Scope { channels: BTreeSet::from([Channel::from("sms")]), ..Scope::default() };
    check(&sms_cap, &[], now, now);
}

#[test]
fn s7_9_a_cap_that_drops_blocks_with_its_numbers() {
    let others = reserved(&["2026-11-20T10:00Z", "2026-11-20T11:00Z"]);
    check_blocked(
        &cap(2, "7d", Then::Drop),
        &others,
        "2026-11-20T12:00Z",
        "7.9",
        "cap of 2 per 1w over email: 2 sent or reserved from 2026-11-20T10:00:00Z to 2026-11-20T11:00:00Z, room again: \
         2026-11-27T10:00:00Z",
    );
    let nothing = "cap of 0 per 1d over email: room again: never";
    check_blocked(&cap(0, "1d", Then::Drop), &[], "2026-11-20T12:00Z", "7.9", nothing);
    check_blocked(&cap(0, "1d", Then::Defer), &[], "2026-11-20T12:00Z", "7.9", nothing);
}

#[test]
fn s7_4_the_same_content_goes_once_within_the_window() {
    let repeat = Repeat { scope: Scope::default(), per: period("7d") };
    let policies = Policies { repeats: vec![repeat], ..Policies::default() };
    let asked = |content: &str, others: &[Message], now: &str| {
        let mut new = message("new", "email", None);
        new.content_hash = content.to_owned();
        decide(&new, contact(), &policies, &berlin(), others.iter(), &same, at(now))
    };
    let mut earlier = message("earlier", "sms", Some(at("2026-11-20T12:00Z")));
    earlier.content_hash = "abc".to_owned();
    let others = [earlier.clone()];
    let go = |text| Verdict::SendAt { at: at(text), deferred_by: Vec::new() };
    assert_eq!(
        asked("abc", &others, "2026-11-20T13:00Z"),
        Verdict::Blocked(Stop {
            rule: "7.4",
            why: "the same content is sent or reserved at 2026-11-20T12:00:00Z, less than 1w from 2026-11-20T13:00:00Z"
                .to_owned()
        })
    );
    assert!(matches!(asked("abc", &others, "2026-11-27T11:59:59.999Z"), Verdict::Blocked(_)));
    assert_eq!(asked("abc", &others, "2026-11-27T12:00Z"), go("2026-11-27T12:00Z"));
    assert_eq!(asked("other", &others, "2026-11-20T13:00Z"), go("2026-11-20T13:00Z"));
    // Reserved for later counts; what was given back doesn't; what was sent without a reservation does.
    assert!(matches!(asked("abc", &others, "2026-11-19T13:00Z"), Verdict::Blocked(_)));
    earlier.reserved_at = None;
    assert_eq!(asked("abc", &[earlier.clone()], "2026-11-20T13:00Z"), go("2026-11-20T13:00Z"));
    (earlier.state, earlier.state_at) = (MessageState::Sent, at("2026-11-20T12:00Z"));
    assert!(matches!(asked("abc", &[earlier.clone()], "2026-11-20T13:00Z"), Verdict::Blocked(_)));
    // Content that isn't known yet is never the same.
    earlier.content_hash.clear();
    assert_eq!(asked("", &[earlier], "2026-11-20T13:00Z"), go("2026-11-20T13:00Z"));
}

#[test]
fn s7_4_the_same_content_is_stopped_before_anything_moves_it() {
    let mut policies = quiet(Then::Defer, "0s");
    policies.repeats = vec![Repeat { scope: Scope::default(), per: period("3h") }];
    let mut earlier = message("earlier", "email", Some(at("2026-11-20T20:59+01:00")));
    earlier.content_hash = "abc".to_owned();
    let mut new = message("new", "email", None);
    new.content_hash = "abc".to_owned();
    let verdict =
        decide(&new, contact(), &policies, &berlin(), [earlier].iter(), &same, at("2026-11-20T22:00+01:00"));
    assert!(matches!(verdict, Verdict::Blocked(Stop { rule: "7.4", .. })), "{verdict:?}");
}

#[test]
fn s7_4_a_deferred_message_does_not_land_beside_the_same_content() {
    let mut policies = quiet(Then::Defer, "0s");
    policies.repeats = vec![Repeat { scope: Scope::default(), per: period("3h") }];
    let mut later = message("later", "email", Some(at("2026-11-21T09:00+01:00")));
    later.content_hash = "abc".to_owned();
    let mut new = message("new", "email", None);
    new.content_hash = "abc".to_owned();
    let verdict =
        decide(&new, contact(), &policies, &berlin(), [later].iter(), &same, at("2026-11-20T22:00+01:00"));
    assert!(matches!(verdict, Verdict::Blocked(Stop { rule: "7.4", .. })), "{verdict:?}");
}

#[test]
fn s7_10_quiet_hours_are_local_and_last_from_inclusive_to_exclusive() {
    let policies = quiet(Then::Defer, "0s");
    check(&policies, &[], "2026-11-20T20:59:59.999+01:00", "2026-11-20T20:59:59.999+01:00");
    check(&policies, &[], "2026-11-20T21:00+01:00", "2026-11-21T08:00+01:00");
    check(&policies, &[], "2026-11-21T07:59:59.999+01:00", "2026-11-21T08:00+01:00");
    check(&policies, &[], "2026-11-21T08:00+01:00", "2026-11-21T08:00+01:00");
    // The night in which the clocks go forward, and the one in which they go back.
    check(&policies, &[], "2026-03-28T22:00+01:00", "2026-03-29T08:00+02:00");
    check(&policies, &[], "2026-10-24T22:00+02:00", "2026-10-25T08:00+01:00");
}

#[test]
fn s7_10_quiet_hours_that_end_in_a_moved_hour_end_on_the_clock() {
    let mut policies = quiet(Then::Defer, "0s");
    policies.quiet_hours[0].to = time("02:30");
    check(&policies, &[], "2026-03-28T22:00+01:00", "2026-03-29T03:00+02:00");
    check(&policies, &[], "2026-10-24T22:00+02:00", "2026-10-25T02:30+02:00");
    // Two o'clock comes twice, and is quiet twice.
    check(&policies, &[], "2026-10-25T02:10+01:00", "2026-10-25T02:30+01:00");
    policies.quiet_hours[0].from = time("08:00");
    policies.quiet_hours[0].to = time("08:00");
    check(&policies, &[], "2026-10-25T08:00+01:00", "2026-10-25T08:00+01:00");
}

#[test]
fn s7_10_quiet_hours_that_drop_block_with_the_time_on_the_clock() {
    check_blocked(
        &quiet(Then::Drop, "0s"),
        &[],
        "2026-11-20T22:13+01:00",
        "7.6",
        "quiet hours 21:00 to 08:00: it is Friday 22:13 in Europe/Berlin, quiet until 2026-11-21T07:00:00Z",
    );
}

#[test]
fn s7_10_a_send_window_opens_on_its_days() {
    let working = [Weekday::Monday, Weekday::Friday];
    let policies = Policies {
        send_windows: vec![window(&working, "09:00", "17:00", Then::Defer)],
        ..Policies::default()
    };
    check(&policies, &[], "2026-11-20T08:00+01:00", "2026-11-20T09:00+01:00");
    check(&policies, &[], "2026-11-20T16:59:59.999+01:00", "2026-11-20T16:59:59.999+01:00");
    check(&policies, &[], "2026-11-20T17:00+01:00", "2026-11-23T09:00+01:00");
    check(&policies, &[], "2026-11-23T17:00+01:00", "2026-11-27T09:00+01:00");
    let all_day = |from| Policies {
        send_windows: vec![window(&[Weekday::Monday], from, "00:00", Then::Defer)],
        ..Policies::default()
    };
    check(&all_day("00:00"), &[], "2026-11-20T17:00+01:00", "2026-11-23T00:00+01:00");
    check(&all_day("00:00"), &[], "2026-11-23T23:59:59.999+01:00", "2026-11-23T23:59:59.999+01:00");
    check(&all_day("18:00"), &[], "2026-11-24T00:00+01:00", "2026-11-30T18:00+01:00");
}

#[test]
fn s7_10_a_send_window_over_midnight_belongs_to_the_day_on_which_it_opens() {
    let policies = Policies {
        send_windows: vec![window(&[Weekday::Friday], "20:00", "02:00", Then::Defer)],
        ..Policies::default()
    };
    check(&policies, &[], "2026-11-20T01:00+01:00", "2026-11-20T20:00+01:00");
    check(&policies, &[], "2026-11-21T01:59+01:00", "2026-11-21T01:59+01:00");
    check(&policies, &[], "2026-11-21T02:00+01:00", "2026-11-27T20:00+01:00");
}

#[test]
fn s7_10_a_send_window_that_opens_in_the_skipped_hour_opens_as_the_clock_jumps() {
    let policies =
        Policies { send_windows: vec![window(&[], "02:30", "04:00", Then::Defer)], ..Policies::default() };
    check(&policies, &[], "2026-03-28T12:00+01:00", "2026-03-29T03:00+02:00");
    let apia = Zone::named("Pacific/Apia").unwrap();
    let fridays = Policies {
        send_windows: vec![window(&[Weekday::Friday], "09:00", "17:00", Then::Defer)],
        ..Policies::default()
    };
    // Friday 30 December 2011 never came.
    let thursday = at("2011-12-29T18:00-10:00");
    let verdict =
        decide(&message("new", "email", None), contact(), &fridays, &apia, [].iter(), &same, thursday);
    assert!(matches!(verdict, Verdict::SendAt { at: chosen, .. } if chosen == at("2012-01-06T09:00+14:00")));
}

#[test]
fn s7_10_a_send_window_that_drops_blocks_with_the_time_on_the_clock() {
    let policies = Policies {
        send_windows: vec![window(&[Weekday::Monday], "09:00", "17:00", Then::Drop)],
        ..Policies::default()
    };
    check_blocked(
        &policies,
        &[],
        "2026-11-20T12:00+01:00",
        "7.6",
        "send window 09:00 to 17:00 on monday: it is Friday 12:00 in Europe/Berlin, opens: 2026-11-23T08:00:00Z",
    );
}

#[test]
fn s7_10_caps_quiet_hours_and_send_window_are_satisfied_together() {
    let policies = Policies {
        caps: vec![Cap { scope: email(), max: 1, per: period("24h"), then: Then::Defer, chosen: false }],
        quiet_hours: vec![night(Then::Defer, "0s")],
        send_windows: vec![window(&[Weekday::Saturday, Weekday::Monday], "09:00", "12:00", Then::Defer)],
        ..Policies::default()
    };
    // Friday night; Saturday's window lies too close after the one that was sent, so it is Monday.
    let others = reserved(&["2026-11-20T14:00+01:00"]);
    check(&policies, &others, "2026-11-20T22:00+01:00", "2026-11-23T09:00+01:00");
    let Verdict::SendAt { deferred_by, .. } = ask(&policies, &others, "2026-11-20T22:00+01:00") else {
        panic!("it is deferred")
    };
    assert_eq!(deferred_by.iter().map(|stop| stop.rule).collect::<Vec<_>>(), ["7.9", "7.6", "7.6"]);
    // Without the earlier one it is Saturday; with a later one it must keep its distance from that, too.
    check(&policies, &[], "2026-11-20T22:00+01:00", "2026-11-21T09:00+01:00");
    let others = reserved(&["2026-11-22T08:30+01:00", "2026-11-23T11:00+01:00"]);
    check(&policies, &others, "2026-11-20T22:00+01:00", "2026-11-28T09:00+01:00");
}

#[test]
fn s7_10_what_cannot_go_before_it_expires_is_blocked() {
    let policies = quiet(Then::Defer, "0s");
    let mut new = message("new", "email", None);
    let now = at("2026-11-20T22:00+01:00");
    let decided = |new: &Message| decide(new, contact(), &policies, &berlin(), [].iter(), &same, now);
    new.expires_at = Some(at("2026-11-21T08:00:00.001+01:00"));
    assert!(matches!(decided(&new), Verdict::SendAt { .. }));
    new.expires_at = Some(at("2026-11-21T08:00+01:00"));
    let Verdict::Blocked(stop) = decided(&new) else { panic!("it expires") };
    assert_eq!(stop.rule, "7.10");
    assert_eq!(
        stop.why,
        "not before 2026-11-21T07:00:00Z, and it may go until 2026-11-21T06:59:59.999Z at the latest: quiet hours 21:00 \
         to 08:00: it is Friday 22:00 in Europe/Berlin, quiet until 2026-11-21T07:00:00Z"
    );
}

#[test]
fn s7_10_without_expiry_a_message_is_deferred_by_thirty_days_at_most() {
    let others = reserved(&["2026-11-20T12:00Z"]);
    check(&cap(1, "30d", Then::Defer), &others, "2026-11-20T12:00Z", "2026-12-20T12:00Z");
    let policies = cap(1, "31d", Then::Defer);
    let verdict = ask(&policies, &others, "2026-11-20T12:00Z");
    assert!(matches!(verdict, Verdict::Blocked(Stop { rule: "7.10", .. })), "{verdict:?}");
}

#[test]
fn s7_10_policies_that_drop_judge_the_instant_at_which_the_message_would_go() {
    let mut policies = quiet(Then::Defer, "0s");
    policies.caps = vec![Cap { scope: email(), max: 1, per: period("12h"), then: Then::Drop, chosen: false }];
    let now = "2026-11-20T22:00+01:00";
    // Full now, with room at eight: it goes at eight. Room now, but full at eight: dropped.
    check(&policies, &reserved(&["2026-11-20T20:00+01:00"]), now, "2026-11-21T08:00+01:00");
    let verdict = ask(&policies, &reserved(&["2026-11-21T12:00+01:00"]), now);
    assert!(matches!(verdict, Verdict::Blocked(Stop { rule: "7.9", .. })), "{verdict:?}");
}

#[test]
fn s7_10_the_search_is_bounded() {
    // Two windows that never meet: each day costs two candidates.
    let policies = Policies {
        send_windows: vec![
            window(&[], "09:00", "10:00", Then::Defer),
            window(&[], "11:00", "12:00", Then::Defer),
        ],
        ..Policies::default()
    };
    let mut new = message("new", "email", None);
    new.expires_at = Some(Timestamp::MAX);
    let verdict = decide(&new, contact(), &policies, &berlin(), [].iter(), &same, at("2026-11-20T12:00Z"));
    let Verdict::Blocked(stop) = verdict else { panic!("the windows never meet") };
    assert_eq!(stop.rule, "7.10");
    assert!(stop.why.starts_with("1000 instants tried"), "{}", stop.why);
}

#[test]
fn s7_10_deferred_messages_are_spread_after_quiet_hours() {
    let policies = quiet(Then::Defer, "45m");
    let end = at("2026-11-21T08:00+01:00");
    let mut chosen = BTreeSet::new();
    for n in 0..200_u32 {
        let contact = ContactId::hashed(Timestamp::default(), &[&n.to_be_bytes()]);
        let now = at("2026-11-20T22:00+01:00");
        let new = message("new", "email", None);
        let verdict = decide(&new, contact, &policies, &berlin(), [].iter(), &same, now);
        assert_eq!(
            verdict,
            decide(&new, contact, &policies, &berlin(), [].iter(), &same, now),
            "it is no chance"
        );
        let Verdict::SendAt { at: instant, .. } = verdict else { panic!("it is deferred") };
        assert!(end <= instant && instant < end + period("45m"));
        // At the chosen instant, nothing moves it any more.
        let again = decide(&new, contact, &policies, &berlin(), [].iter(), &same, instant);
        assert_eq!(again, Verdict::SendAt { at: instant, deferred_by: Vec::new() });
        chosen.insert(instant.since(end).as_millis() / (5 * MINUTE_MS));
    }
    assert_eq!(chosen.len(), 9, "every five minutes of the span have some");
}

#[test]
fn s7_10_a_spread_never_leads_into_another_violation_or_past_expiry() {
    let mut policies = quiet(Then::Defer, "45m");
    policies.send_windows = vec![window(&[], "08:00", "08:10", Then::Drop)];
    policies.caps = vec![Cap { scope: email(), max: 1, per: period("2m"), then: Then::Defer, chosen: false }];
    let others = reserved(&["2026-11-21T08:06+01:00"]);
    let (mut spread_out, mut n_unmoved) = (BTreeSet::new(), 0);
    for n in 0..200_u32 {
        let contact = ContactId::hashed(Timestamp::default(), &[&n.to_be_bytes()]);
        let mut new = message("new", "email", None);
        new.expires_at = Some(at("2026-11-21T08:09+01:00"));
        let verdict =
            decide(&new, contact, &policies, &berlin(), others.iter(), &same, at("2026-11-20T22:00+01:00"));
        let Verdict::SendAt { at: instant, .. } = verdict else { panic!("{verdict:?}") };
        let minutes = instant.since(at("2026-11-21T08:00+01:00")).as_millis() / MINUTE_MS;
        assert!((0..=4).contains(&minutes) || minutes == 8, "minute {minutes}");
        spread_out.insert(minutes);
        n_unmoved += i32::from(minutes == 0);
    }
    // The cap forbids from just after 08:04 to just before 08:08.
    assert!(spread_out.is_superset(&BTreeSet::from([0, 1, 2, 3, 8])), "{spread_out:?}");
    assert!(n_unmoved < 60, "{n_unmoved} of 200 go as the quiet hours end");
}

#[test]
fn s7_10_only_what_comes_out_of_quiet_hours_is_spread() {
    let mut policies = quiet(Then::Defer, "45m");
    check(&policies, &[], "2026-11-21T08:00+01:00", "2026-11-21T08:00+01:00");
    policies.caps =
        vec![Cap { scope: email(), max: 1, per: period("24h"), then: Then::Defer, chosen: false }];
    check(&policies, &[], "2026-11-20T12:00+01:00", "2026-11-20T12:00+01:00");
    // Room comes at ten, long after the quiet hours.
    let others = reserved(&["2026-11-20T10:00+01:00"]);
    check(&policies, &others, "2026-11-20T22:00+01:00", "2026-11-21T10:00+01:00");
}

#[test]
fn s7_11_room_is_kept_free_before_a_scheduled_message_of_a_higher_priority() {
    let policies = Policies { arbitration: reserve(period("6h")), ..Policies::default() };
    let noon = scheduled("noon", at("2026-11-20T12:00Z"));
    let asked = |new: &Message, others: &[Message], now: &str| {
        decide(new, contact(), &policies, &berlin(), others.iter(), &high, at(now))
    };
    let new = message("new", "email", None);
    let go = |text| Verdict::SendAt { at: at(text), deferred_by: Vec::new() };
    let others = [noon.clone()];
    assert_eq!(asked(&new, &others, "2026-11-20T06:00Z"), go("2026-11-20T06:00Z"));
    assert_eq!(asked(&new, &others, "2026-11-20T12:00:00.001Z"), go("2026-11-20T12:00:00.001Z"));
    for now in ["2026-11-20T06:00:00.001Z", "2026-11-20T12:00Z"] {
        let Verdict::SendAt { at: chosen, deferred_by } = asked(&new, &others, now) else {
            panic!("it may go")
        };
        assert_eq!(chosen, at("2026-11-20T12:00:00.001Z"));
        assert_eq!(deferred_by.len(), 1);
        assert_eq!(deferred_by[0].rule, "7.11");
        assert_eq!(
            deferred_by[0].why,
            "6h are reserved before the message of `high` at 2026-11-20T12:00:00Z (priority 1 over 0), free again: \
             2026-11-20T12:00:00.001Z"
        );
    }
    // Each span is kept free, and they may follow one another.
    let evening = scheduled("evening", at("2026-11-20T17:00Z"));
    let Verdict::SendAt { at: chosen, .. } = asked(&new, &[evening, noon.clone()], "2026-11-20T11:00Z")
    else {
        panic!("it may go")
    };
    assert_eq!(chosen, at("2026-11-20T17:00:00.001Z"));
    let mut expires = new.clone();
    expires.expires_at = Some(at("2026-11-20T12:00Z"));
    let verdict = asked(&expires, &others, "2026-11-20T11:00Z");
    assert!(matches!(verdict, Verdict::Blocked(Stop { rule: "7.10", .. })), "{verdict:?}");
    // Nothing is kept free for equals, for what isn't scheduled, on other channels, or for ghosts.
    let free =
        |new: &Message, other: Message| asked(new, &[other], "2026-11-20T11:00Z") == go("2026-11-20T11:00Z");
    assert!(free(&scheduled("another", at("2026-11-21T12:00Z")), noon.clone()));
    assert!(free(&new, Message { state: MessageState::Rendering, ..noon.clone() }));
    assert!(free(&message("new", "sms", None), noon.clone()));
    assert!(free(&new, Message { ghost: true, ..noon.clone() }));
    let ghost = Message { ghost: true, ..new.clone() };
    assert!(!free(&ghost, noon.clone()));
    assert!(!free(&ghost, Message { ghost: true, ..noon }));
}

#[test]
fn s7_8_a_real_message_sees_no_ghosts_and_a_ghost_sees_both() {
    let policies = cap(1, "24h", Then::Drop);
    let now = "2026-11-20T12:00Z";
    let real = message("real", "email", Some(at("2026-11-20T11:00Z")));
    let ghost = Message { ghost: true, ..real.clone() };
    let new = message("new", "email", None);
    let new_ghost = Message { ghost: true, ..new.clone() };
    let is_free = |new: &Message, other: &Message| {
        let others = std::slice::from_ref(other);
        let verdict = decide(new, contact(), &policies, &berlin(), others.iter(), &same, at(now));
        matches!(verdict, Verdict::SendAt { .. })
    };
    assert!(!is_free(&new, &real));
    assert!(is_free(&new, &ghost));
    assert!(!is_free(&new_ghost, &real));
    assert!(!is_free(&new_ghost, &ghost));
}

/// Whether policies allow an instant, asked in the plainest way: every window of every cap is counted.
fn allowed(policies: &Policies, others: &[Message], zone: &Zone, instant: Timestamp) -> bool {
    let local = zone.local(instant);
    let now = i64::from(local.hour()) * HOUR_MS + i64::from(local.minute()) * MINUTE_MS;
    let caps = policies.caps.iter().all(|cap| {
        let counted = others.iter().filter(|other| other.workflow.as_str() == "cart");
        let mut times: Vec<Timestamp> = counted.filter_map(|other| other.reserved_at).collect();
        times.push(instant);
        // A window that contains the instant and is too full also is when it ends with one of its messages.
        times.iter().all(|end| {
            let in_window = |time: &Timestamp| *time <= *end && *end < *time + cap.per;
            !in_window(&instant) || times.iter().filter(|time| in_window(time)).count() <= cap.max as usize
        })
    });
    let quiet = policies.quiet_hours.iter().any(|hours| {
        let (from, to) = (hours.from.as_millis(), hours.to.as_millis());
        if from <= to { from <= now && now < to } else { now >= from || now < to }
    });
    let windows = policies.send_windows.iter().all(|window| {
        let (from, to) = (window.from.as_millis(), window.to.as_millis());
        let today = Weekday::of(local.date());
        window.days.contains(&today) && from <= now && (to == 0 || now < to)
    });
    let kept_free = policies.arbitration.values().any(|policy| {
        let ahead = others.iter().filter(|other| other.workflow.as_str() == "high");
        let mut times = ahead.filter_map(|other| other.reserved_at);
        times.any(|time| time - policy.reserve < instant && instant <= time)
    });
    caps && !quiet && windows && !kept_free
}

fn minute_of_day() -> impl Strategy<Value = TimeOfDay> {
    (0..24 * 4_u32).prop_map(|quarter| time(&format!("{:02}:{:02}", quarter / 4, quarter % 4 * 15)))
}

fn policies() -> impl Strategy<Value = Policies> {
    let cap = (1..4_u32, 1..60 * 48_i64).prop_map(|(max, per)| Cap {
        scope: Scope { workflows: BTreeSet::from([WorkflowName::from("cart")]), ..email() },
        max,
        per: ms(per * MINUTE_MS),
        then: Then::Defer,
        chosen: false,
    });
    let hours = (minute_of_day(), minute_of_day()).prop_map(|(from, to)| QuietHours {
        scope: Scope::default(),
        from,
        to,
        then: Then::Defer,
        spread: Period::ZERO,
    });
    let days = prop::sample::subsequence(
        vec![Weekday::Monday, Weekday::Wednesday, Weekday::Saturday, Weekday::Sunday],
        1..=4,
    );
    let window = (days, 0..12 * 4_u32, 1..12 * 4_u32).prop_map(|(days, from, length)| {
        let quarter = |quarter: u32| format!("{:02}:{:02}", quarter / 4 % 24, quarter % 4 * 15);
        window(&days, &quarter(from), &quarter(from + length), Then::Defer)
    });
    let caps = prop::collection::vec(cap, 0..3);
    let reserves = prop::option::of(1..60 * 20_i64);
    let parts = (caps, prop::option::of(hours), prop::option::of(window), reserves);
    parts.prop_map(|(caps, hours, window, minutes)| Policies {
        arbitration: minutes.map(|minutes| reserve(ms(minutes * MINUTE_MS))).unwrap_or_default(),
        caps,
        quiet_hours: hours.into_iter().collect(),
        send_windows: window.into_iter().collect(),
        ..Policies::default()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn s7_10_the_chosen_instant_is_the_first_minute_that_all_policies_allow(
        policies in policies(),
        minutes in prop::collection::vec(-3 * 1440..6 * 1440_i64, 0..8),
        ahead in prop::collection::vec(0..6 * 1440_i64, 0..4),
        start in prop::sample::select(vec!["2026-03-28T12:00Z", "2026-10-24T12:00Z", "2026-11-20T21:00Z", "2026-10-03T10:00Z"]),
        zone in prop::sample::select(vec!["Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]),
    ) {
        let (zone, start) = (Zone::named(zone).unwrap(), at(start));
        let minute = |n: i64| start + ms(n * MINUTE_MS);
        let mut others: Vec<Message> =
            minutes.iter().map(|n| message(&n.to_string(), "email", Some(minute(*n)))).collect();
        // A millisecond before the minute: the first free instant after it is one of those that are looked at.
        others.extend(ahead.iter().map(|n| scheduled(&format!("ahead {n}"), minute(*n) - ms(1))));
        let latest = DEFER_FOR_MS_MAX / MINUTE_MS;
        let first = (0..=latest).map(minute).find(|instant| allowed(&policies, &others, &zone, *instant));
        let verdict = decide(&message("new", "email", None), contact(), &policies, &zone, others.iter(), &high, start);
        match verdict {
            Verdict::SendAt { at, deferred_by } => {
                prop_assert_eq!(Some(at), first);
                prop_assert_eq!(deferred_by.is_empty(), at == start);
            }
            Verdict::Blocked(_) => prop_assert_eq!(first, None),
        }
    }

    #[test]
    fn s7_9_no_window_is_ever_fuller_than_its_cap_however_many_are_accepted(
        policies in policies(),
        asked in prop::collection::vec((0..DAY_MS, any::<bool>()), 1..25),
        spread in 0..2 * HOUR_MS,
    ) {
        let mut policies = policies;
        for hours in &mut policies.quiet_hours {
            hours.spread = ms(spread);
        }
        let (zone, mut now, mut accepted) = (berlin(), at("2026-10-23T12:00Z"), Vec::<Message>::new());
        for (n, (later, given_back)) in asked.into_iter().enumerate() {
            now = now + ms(later);
            let mut new = message(&n.to_string(), "email", None);
            match decide(&new, contact(), &policies, &zone, accepted.iter(), &same, now) {
                Verdict::SendAt { at, .. } => {
                    prop_assert!(at >= now);
                    prop_assert!(allowed(&policies, &accepted, &zone, at));
                    new.reserved_at = Some(at).filter(|_| !given_back);
                    accepted.push(new);
                }
                Verdict::Blocked(stop) => prop_assert_eq!(stop.rule, "7.10"),
            }
        }
        for cap in &policies.caps {
            let mut times: Vec<Timestamp> = accepted.iter().filter_map(|message| message.reserved_at).collect();
            times.sort_unstable();
            for group in times.windows(cap.max as usize + 1) {
                prop_assert!(group[group.len() - 1].since(group[0]) >= cap.per, "{:?} under {:?}", group, cap);
            }
        }
    }
}
