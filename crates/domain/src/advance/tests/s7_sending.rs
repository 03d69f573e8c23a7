//! From wanting a message to sending it.

use super::play::play;
use crate::time::Timestamp;

const ANN: &str = "+0m traits {\"email\": \"ann@b.example\"}\n";

const HELLO: &str = "
workflow: w
title: W
category: offers
trigger: { event: Go }
reentry: always
steps:
  - { id: hello, send: { email: hello } }
  - { id: pause, wait: 1d }
  - { id: after, send: { email: after } }
";
const QUIET: &str = "---\nquiet_hours: { from: \"21:00\", to: \"08:00\" }\n";

#[test]
fn s7_0_a_run_rests_at_the_step_and_later_waits_count_from_the_release() {
    let trace = play(&format!("{HELLO}{QUIET}"), &format!("{ANN}+22h event Go"));
    assert_eq!(trace.sent(), ["+1d8h hello", "+2d8h after"]);
    trace.says(&[
        "7.6 w/hello: the message was deferred until +1d8h by quiet hours 21:00 to 08:00",
        "+1d8h alarm",
        "2.4 w/pause: the run waits until +2d8h",
    ]);
}

#[test]
fn s7_0_on_blocked_says_where_a_blocked_run_goes() {
    let with = |on_blocked: &str| {
        let portfolio = HELLO.replace("email: hello }", &format!("email: hello{on_blocked} }}"));
        play(&portfolio, "+0m event Go\n+1h traits {\"email\": \"a@b.example\"}")
    };
    let trace = with("");
    assert_eq!(trace.stopped(), ["+0s hello blocked by 7.1"]);
    assert_eq!(trace.sent(), ["+1d after"], "continue is the default");
    assert_eq!(with(", on_blocked: continue").sent(), ["+1d after"]);
    assert_eq!(with(", on_blocked: exit").ended(), ["+0s w exit_step"]);
    let trace = with(", on_blocked: { goto: after }");
    assert_eq!(trace.stopped(), ["+0s hello blocked by 7.1", "+0s after blocked by 7.1"]);
}

#[test]
fn s7_0_a_template_that_fails_is_recorded_and_the_run_follows_on_blocked() {
    let portfolio = HELLO.replace("email: hello", "email: broken, on_blocked: exit");
    let trace = play(&portfolio, &format!("{ANN}+0m event Go"));
    assert_eq!(trace.stopped(), ["+0s broken not rendered"]);
    assert_eq!(trace.ended(), ["+0s w exit_step"]);
    assert_eq!(trace.contact.ledger[0].state.name(), "failed");
}

#[test]
fn s7_15_a_template_that_aborts_its_message_stops_it_with_its_reason_and_the_run_follows_on_blocked() {
    let portfolio = HELLO.replace("email: hello", "email: aborting, on_blocked: exit");
    let trace = play(&portfolio, &format!("{ANN}+0m event Go"));
    assert_eq!(trace.stopped(), ["+0s aborting blocked by 7.15"]);
    assert_eq!(trace.ended(), ["+0s w exit_step"]);
    let state = &trace.contact.ledger[0].state;
    let why = "the template stopped it: no offer".to_owned();
    assert_eq!(state, &crate::message::MessageState::Blocked { rule: "7.15".to_owned(), why });
}

#[test]
fn s7_1_and_s7_2_and_s7_3_stop_in_this_order() {
    let rule = |script: &str| play(HELLO, script).stopped().first().cloned().unwrap_or_default();
    assert_eq!(rule("+0m event Go"), "+0s hello blocked by 7.1");
    assert_eq!(rule("+0m traits {\"email\": \"nonsense\"}\n+0m event Go"), "+0s hello blocked by 7.1");
    assert_eq!(
        rule("+0m traits {\"email\": \"a@b.example\\r\\nBcc: c@d.example\"}\n+0m event Go"),
        "+0s hello blocked by 7.1"
    );
    let suppressed =
        format!("{ANN}+0m consent email unsubscribed\n+0m suppress email ANN@b.example\n+1h event Go");
    assert_eq!(rule(&suppressed), "+1h hello blocked by 7.2");
    assert_eq!(
        rule(&format!("{ANN}+0m consent email unsubscribed\n+1h event Go")),
        "+1h hello blocked by 7.3"
    );
    assert_eq!(
        rule(&format!("{ANN}+0m consent offers unsubscribed\n+1h event Go")),
        "+1h hello blocked by 7.3"
    );
    assert_eq!(rule(&format!("{ANN}+0m event Unsubscribed\n+1h event Go")), "+1h hello blocked by 7.3");
    let again = format!("{ANN}+0m event Unsubscribed\n+0m event Subscribed\n+1h event Go");
    assert_eq!(play(HELLO, &again).sent(), ["+1h hello", "+1d1h after"]);
    let unsuppressed =
        format!("{ANN}+0m suppress email ann@b.example\n+0m unsuppress email ann@b.example\n+1h event Go");
    assert_eq!(play(HELLO, &unsuppressed).sent().len(), 2);
}

#[test]
fn s7_3_a_category_that_must_be_asked_for_is_not_sent_unasked() {
    let portfolio =
        format!("{HELLO}---\ncategories: {{ offers: {{ title: Offers, default: unsubscribed }} }}\n");
    assert_eq!(play(&portfolio, &format!("{ANN}+0m event Go")).sent().len(), 0);
    assert_eq!(
        play(&portfolio, &format!("{ANN}+0m consent offers subscribed\n+0m event Go")).sent().len(),
        2
    );
}

#[test]
fn s7_3_an_older_subscription_that_comes_late_does_not_undo_an_opt_out() {
    let script =
        format!("{ANN}+2d event Unsubscribed\n+3d event Subscribed {{}} ago 2d imported\n+4d event Go");
    let trace = play(HELLO, &script);
    assert!(trace.sent().is_empty());
    trace.says(&["7.3: Nothing was done: the event is older than the answer"]);
    let script =
        format!("{ANN}+2d event Subscribed\n+3d event Unsubscribed {{}} ago 2d imported\n+4d event Go");
    assert!(play(HELLO, &script).sent().is_empty(), "the strictest holds");
}

#[test]
fn s7_4_the_same_content_goes_once_within_its_window() {
    let portfolio = format!(
        "{}---\nrepeats: {{ channels: [email], per: 14d }}\n",
        HELLO.replace("  - { id: pause, wait: 1d }\n  - { id: after, send: { email: after } }\n", "")
    );
    let script = format!("{ANN}+0m event Go\n+13d23h59m59s999ms event Go\n+14d event Go");
    let trace = play(&portfolio, &script);
    assert_eq!(trace.sent(), ["+0s hello", "+14d hello"]);
    assert_eq!(trace.stopped(), ["+13d23h59m59s999ms hello blocked by 7.4"]);
}

#[test]
fn s7_7_past_its_expiry_a_message_is_blocked_with_a_reason_or_expires() {
    let portfolio = format!("{}{QUIET}", HELLO.replace("email: hello", "email: hello, expires: 6h"));
    let trace = play(&portfolio, &format!("{ANN}+22h event Go"));
    assert_eq!(trace.stopped(), ["+22h hello blocked by 7.10"], "none lies before expiry");
    // Deferred until 08:00, but nothing runs until it is past.
    let portfolio = format!("{}{QUIET}", HELLO.replace("email: hello", "email: hello, expires: 12h"));
    let trace = play(&portfolio, &format!("{ANN}+22h event Go\ndown 23h 2d9h"));
    assert_eq!(trace.stopped(), ["+2d9h hello expired"]);
    // Released, but nothing was handed over.
    let portfolio = HELLO.replace("email: hello", "email: hello, expires: 12h");
    let trace = play(&portfolio, &format!("provider temporary\n{ANN}+1h event Go\ndown 1h1s 2d"));
    assert_eq!(trace.stopped(), ["+2d hello expired"]);
}

const CAPPED: &str = "
workflow: w
title: W
category: offers
trigger: { event: Go }
key: n
steps:
  - { id: hello, send: { email: hello } }
---
caps:
  - { channels: [email], max: 2, per: 7d, then: THEN }
";

/// One event per run, an hour apart.
fn goes(n: usize) -> String {
    (0..n).fold(ANN.to_owned(), |script, n| format!("{script}+{n}h event Go {{\"n\": {n}}}\n"))
}

#[test]
fn s7_9_caps_are_rolling_windows_to_the_millisecond() {
    let trace = play(&CAPPED.replace("THEN", "defer"), &goes(5));
    assert_eq!(trace.sent(), ["+0s hello", "+1h hello", "+7d hello", "+7d1h hello", "+14d hello"]);
    let trace = play(&CAPPED.replace("THEN", "drop"), &goes(3));
    assert_eq!(trace.sent(), ["+0s hello", "+1h hello"]);
    assert_eq!(trace.stopped(), ["+2h hello blocked by 7.9"]);
}

#[test]
fn s7_9_room_is_given_back_if_the_message_is_not_sent_in_the_end() {
    let drop = CAPPED.replace("THEN", "drop");
    let trace = play(&drop, &format!("provider permanent accepted accepted\n{}", goes(4)));
    assert_eq!(trace.sent(), ["+1h hello", "+2h hello"]);
    let trace = play(&drop, &format!("provider unknown accepted accepted\n{}", goes(4)));
    assert_eq!(trace.sent(), ["+1h hello"], "what may have been sent counts");
}

#[test]
fn s7_6_and_s7_10_the_instant_satisfies_caps_and_quiet_hours_together() {
    let portfolio =
        format!("{}quiet_hours: {{ from: \"21:00\", to: \"08:00\" }}\n", CAPPED.replace("THEN", "defer"));
    let script = format!(
        "{ANN}+8h event Go {{\"n\": 1}}\n+20h event Go {{\"n\": 2}}\n+20h event Go {{\"n\": 3}}\n+20h event Go {{\"n\": 4}}"
    );
    let trace = play(&portfolio, &script);
    // The fourth has room at 20:00 a week after the second, and it isn't quiet then.
    assert_eq!(trace.sent(), ["+8h hello", "+20h hello", "+7d8h hello", "+7d20h hello"]);
}

#[test]
fn s7_10_and_s10_1_deferral_spreads_by_a_hash_and_alike_in_every_play() {
    let portfolio = format!("{HELLO}---\nquiet_hours: {{ from: \"21:00\", to: \"08:00\", spread: 45m }}\n");
    let script = format!("{ANN}+22h event Go\nuntil 2d");
    let sent = play(&portfolio, &script).sent();
    assert_eq!(sent, play(&portfolio, &script).sent());
    let trace = play(&portfolio, &script);
    let message = &trace.contact.ledger[0];
    let morning = Timestamp::parse("2026-01-06T08:00:00Z").unwrap();
    let after = message.reserved_at.unwrap().since(morning).as_millis();
    assert!((0..45 * 60_000).contains(&after), "{after}");
}

#[test]
fn s7_11_intents_of_one_input_go_by_workflow_and_step_priority() {
    let portfolio = "
workflow: a
title: A
category: offers
priority: 50
trigger: { event: Go }
steps:
  - { id: low, send: { email: low, priority: 1 } }
---
workflow: b
title: B
category: offers
priority: 50
trigger: { event: Go }
steps:
  - { id: high, send: { email: high, priority: 9 } }
---
workflow: c
title: C
category: offers
priority: 60
trigger: { event: Go }
steps:
  - { id: first, send: { email: first } }
---
caps:
  - { channels: [email], max: 2, per: 7d, then: drop }
";
    let trace = play(portfolio, &format!("{ANN}+0m event Go"));
    assert_eq!(trace.released(), ["+0s first", "+0s high"]);
}

#[test]
fn s7_12_transactional_messages_skip_marketing_rules_but_never_address_and_bounces() {
    let portfolio = "
workflow: w
title: W
category: transactional
trigger: { event: Go }
reentry: always
steps:
  - { id: receipt, send: { email: receipt } }
---
quiet_hours: { from: \"00:00\", to: \"23:59\" }
caps:
  - { channels: [email], max: 1, per: 7d, then: drop }
";
    let opted_out =
        "+0m consent email unsubscribed\n+0m event Unsubscribed {\"category\": \"transactional\"}\n";
    let trace = play(portfolio, &format!("{ANN}{opted_out}+1h event Go\n+2h event Go"));
    assert_eq!(trace.sent(), ["+1h receipt", "+2h receipt"]);
    assert_eq!(play(portfolio, "+0m event Go").stopped(), ["+0s receipt blocked by 7.1"]);
    let trace = play(portfolio, &format!("provider bounce\n{ANN}+1h event Go\n+2h event Go"));
    assert_eq!(trace.stopped(), ["+1h receipt failed", "+2h receipt blocked by 7.2"]);
}

#[test]
fn s7_12_transactional_messages_take_no_room_in_caps() {
    let portfolio = "
workflow: receipts
title: Receipts
category: transactional
trigger: { event: Ordered }
reentry: always
steps:
  - { id: receipt, send: { email: receipt } }
---
workflow: offers
title: Offers
category: offers
trigger: { event: Go }
steps:
  - { id: offer, send: { email: offer } }
---
caps:
  - { channels: [email], max: 1, per: 7d, then: drop }
";
    let trace = play(portfolio, &format!("{ANN}+1h event Ordered\n+2h event Ordered\n+3h event Go"));
    assert_eq!(trace.sent(), ["+1h receipt", "+2h receipt", "+3h offer"]);
}

#[test]
fn s7_13_who_opts_out_at_23_00_does_not_get_the_deferred_offer_at_08_00() {
    let portfolio = format!("{HELLO}{QUIET}");
    for opt_out in [
        "consent email unsubscribed",
        "consent offers unsubscribed",
        "event Unsubscribed",
        "suppress email ann@b.example",
    ] {
        let trace = play(&portfolio, &format!("{ANN}+22h event Go\n+23h {opt_out}"));
        assert!(trace.sent().is_empty(), "{opt_out}");
        assert!(trace.stopped()[0].starts_with("+23h hello "), "{opt_out}: at once");
    }
}

#[test]
fn s7_13_attempts_after_the_release_are_checked_again() {
    let script = |what: &str| format!("provider temporary\n{ANN}+20h event Go\n+20h10s {what}\nuntil 22h");
    assert!(play(HELLO, &script("consent email unsubscribed")).sent().is_empty());
    assert!(play(HELLO, &script("suppress email ann@b.example")).sent().is_empty());
    assert_eq!(play(HELLO, &script("traits {\"email\": \"other@b.example\"}")).sent().len(), 1);
    let moved = format!(
        "{}\n+20h12s suppress email ann@b.example",
        script("traits {\"email\": \"other@b.example\"}")
    );
    assert!(play(HELLO, &moved).sent().is_empty(), "it was addressed to the address that is suppressed now");
}

#[test]
fn s7_13_a_message_that_was_held_up_into_the_night_waits_for_the_morning() {
    let portfolio = format!("{HELLO}{QUIET}");
    let held_up =
        |until: &str| play(&portfolio, &format!("{ANN}+20h event Go\ndown 20h {until}\nuntil 1d12h"));
    let trace = held_up("23h");
    assert_eq!(trace.sent(), ["+1d8h hello"]);
    trace.says(&[
        "+23h late",
        "7.6 w/hello: the message was deferred until +1d8h by quiet hours 21:00 to 08:00",
    ]);
    assert_eq!(trace.contact.ledger[0].reserved_at, Timestamp::parse("2026-01-06T08:00:00Z"));
    let trace = held_up("20h30m");
    assert_eq!(trace.sent(), ["+20h30m hello"]);
    trace.says(&[
        "+20h30m late",
        "7.13 w/hello: the message was due at +20h: everything that can stop it was asked again",
    ]);
    assert_eq!(trace.contact.ledger[0].reserved_at, Timestamp::parse("2026-01-05T20:30:00Z"));
    held_up("20h0m59s").never_says("+20h59s late");
    let transactional = portfolio.replace("category: offers", "category: transactional");
    let trace = play(&transactional, &format!("{ANN}+20h event Go\ndown 20h 23h\nuntil 1d12h"));
    assert_eq!(trace.sent(), ["+23h hello"], "7.12");
}

#[test]
fn s7_13_messages_that_were_held_up_together_don_t_go_together_beyond_a_cap() {
    let portfolio = CAPPED.replace("max: 2", "max: 1").replace("THEN", "drop");
    let script = "+0m event Go {\"n\": 1}\n+7d30m event Go {\"n\": 2}\ndown 0m 7d1h";
    let trace = play(&portfolio, &format!("{ANN}{script}"));
    // Each was released while there was room; the second took it a week after the first, which hadn't gone.
    assert_eq!(trace.sent(), ["+7d1h hello"]);
    assert_eq!(trace.stopped(), ["+7d1h hello blocked by 7.9"]);
}

#[test]
fn s7_13_a_retry_moves_the_reservation_and_asks_quiet_hours_again() {
    let trace = play(
        &format!("{HELLO}{QUIET}"),
        &format!("provider temporary\n{ANN}+20h59m50s event Go\nuntil 1d12h"),
    );
    assert_eq!(trace.sent(), ["+1d8h hello"], "30 seconds later it is quiet");
    assert_eq!(trace.contact.ledger[0].reserved_at, Timestamp::parse("2026-01-06T08:00:00Z"));
}
