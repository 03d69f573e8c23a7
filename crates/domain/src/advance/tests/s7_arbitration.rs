//! Several messages want one channel: holding windows, and room kept free ahead.

use super::play::play;

const ANN: &str = "+0m traits {\"email\": \"ann@b.example\", \"phone\": \"+491\"}\n";

/// Three workflows, each of which sends one e-mail.
fn three(policies: &str) -> String {
    let workflow = |name: &str, event: &str, priority: i32| {
        format!(
            "workflow: {name}\ntitle: {name}\ncategory: offers\npriority: {priority}\ntrigger: {{ event: {event} }}\n\
             reentry: always\nagain: restart\nsteps:\n  - {{ id: send, send: {{ email: {name} }} }}\n---\n"
        )
    };
    [workflow("high", "High", 60), workflow("middle", "Middle", 50), workflow("low", "Low", 40)].concat()
        + policies
}

const NEXT: &str = "arbitration: { email: { hold: 10m } }\n";
const DROP: &str = "arbitration: { email: { hold: 10m, losers: drop } }\n";

#[test]
fn s7_11_the_first_intent_opens_a_window_that_does_not_slide_and_the_best_one_wins() {
    let trace = play(&three(NEXT), &format!("{ANN}+0m event Low\n+5m event High\n+9m event Middle"));
    assert_eq!(trace.sent(), ["+10m high", "+20m middle", "+30m low"]);
    trace.says(&[
        "7.11 low/send: the message waits until +10m for others on its channel",
        "7.11 high/send: the message waits until +10m for others on its channel",
        "+10m alarm",
        "7.11 high/send: of 3 messages on its channel this one goes on",
        "7.11 middle/send: `high` of `high` goes first: priorities 60 and 0 over 50 and 0; it waits in the next window, until +20m",
    ]);
}

#[test]
fn s7_11_losers_are_dropped_where_the_policy_says_so() {
    let trace = play(&three(DROP), &format!("{ANN}+0m event Low\n+5m event High"));
    assert_eq!(trace.sent(), ["+10m high"]);
    assert_eq!(trace.stopped(), ["+10m low blocked by 7.11"]);
    trace.says(&[
        "`high` of `high` goes first of 2 messages held on email for 10m: priorities 60 and 0 over 40 and 0",
    ]);
    assert!(trace.ended().contains(&"+10m low completed".to_owned()), "the run goes on");
}

#[test]
fn s7_11_of_equals_the_earliest_intent_goes_then_the_workflow_name() {
    let portfolio =
        three(NEXT).replace("priority: 60", "priority: 40").replace("priority: 50", "priority: 40");
    let trace = play(&portfolio, &format!("{ANN}+0m event Low\n+5m event High\n+5m event Middle"));
    assert_eq!(trace.sent(), ["+10m low", "+20m high", "+30m middle"]);
}

#[test]
fn s7_11_who_comes_between_two_windows_joins_the_next_one() {
    let trace =
        play(&three(NEXT), &format!("{ANN}+0m event Low\n+1m event Middle\n+15m event High\n+45m event Low"));
    assert_eq!(trace.sent(), ["+10m middle", "+20m high", "+30m low", "+55m low"]);
}

#[test]
fn s7_5_arbitration_comes_after_consent_and_before_caps() {
    let caps = "caps: { channels: [email], max: 1, per: 7d, then: drop }\n";
    let trace = play(&three(&format!("{NEXT}{caps}")), &format!("{ANN}+0m event Low\n+5m event High"));
    assert_eq!(trace.sent(), ["+10m high"], "one that waits takes no room");
    assert_eq!(trace.stopped(), ["+20m low blocked by 7.9"]);
    let trace = play(&three(NEXT), &format!("{ANN}+0m consent offers unsubscribed\n+1m event Low"));
    assert_eq!(trace.stopped(), ["+1m low blocked by 7.3"]);
    trace.never_says("waits until");
}

#[test]
fn s7_5_the_same_content_opens_no_window() {
    let repeats = "repeats: { per: 1d }\n";
    let trace = play(&three(&format!("{NEXT}{repeats}")), &format!("{ANN}+0m event Low\n+20m event Low"));
    assert_eq!(trace.sent(), ["+10m low"]);
    assert_eq!(trace.stopped(), ["+20m low blocked by 7.4"]);
}

#[test]
fn s7_11_a_winner_that_is_deferred_has_won() {
    let quiet = "quiet_hours: { from: \"21:00\", to: \"08:00\" }\n";
    let trace =
        play(&three(&format!("{NEXT}{quiet}")), &format!("{ANN}+20h55m event Low\n+20h56m event High"));
    assert_eq!(trace.sent(), ["+1d8h high", "+1d8h low"], "each won its window at night");
    trace.says(&[
        "7.6 high/send: the message was deferred until +1d8h",
        "7.11 low/send: no other message waited",
    ]);
}

#[test]
fn s7_7_a_message_that_expires_before_the_close_is_blocked_with_its_numbers() {
    let portfolio = three(NEXT).replace("email: low }", "email: low, expires: 10m }");
    let trace = play(&portfolio, &format!("{ANN}+0m event Low"));
    assert_eq!(trace.stopped(), ["+0s low blocked by 7.11"]);
    trace.says(&["the holding window on email closes at +10m, and the message expires at +10m"]);
    let portfolio = three(NEXT).replace("email: low }", "email: low, expires: 20m }");
    let trace = play(&portfolio, &format!("{ANN}+0m event Low\n+5m event High"));
    assert_eq!(trace.sent(), ["+10m high"]);
    assert_eq!(trace.stopped(), ["+10m low blocked by 7.11"], "the next window closes too late");
    let trace = play(&portfolio, &format!("{ANN}+0m event Low\ndown 1m 1h"));
    assert_eq!(trace.stopped(), ["+1h low expired"], "the window could have closed in time");
}

#[test]
fn s7_13_who_opts_out_while_a_message_is_held_does_not_get_it() {
    for opt_out in [
        "consent email unsubscribed",
        "consent offers unsubscribed",
        "event Unsubscribed",
        "suppress email ann@b.example",
    ] {
        let trace = play(&three(NEXT), &format!("{ANN}+0m event Low\n+5m {opt_out}"));
        assert!(trace.sent().is_empty(), "{opt_out}");
        assert!(trace.stopped()[0].starts_with("+5m low "), "{opt_out}: at once");
    }
    let trace = play(&three(DROP), &format!("{ANN}+0m event High\n+1m event Low\n+5m end high"));
    assert_eq!(trace.sent(), ["+10m low"], "one that was taken back wins nothing");
}

#[test]
fn s7_11_a_late_close_gives_no_burst() {
    let script = format!("{ANN}+0m event Low\n+1m event High\n+2m event Middle\ndown 3m 5h");
    assert_eq!(play(&three(NEXT), &script).sent(), ["+5h high", "+5h10m middle", "+5h20m low"]);
}

#[test]
fn s7_12_transactional_messages_are_not_held() {
    let portfolio = format!("{}categories: {{ offers: {{ transactional: true }} }}\n", three(NEXT));
    let trace = play(&portfolio, &format!("{ANN}+0m event Low\n+5m event High"));
    assert_eq!(trace.sent(), ["+0s low", "+5m high"]);
}

#[test]
fn s7_11_a_window_is_of_one_channel() {
    let portfolio = three(NEXT).replace("send: { email: high }", "send: { sms: high }");
    let trace = play(&portfolio, &format!("{ANN}+0m event Low\n+5m event High"));
    assert_eq!(trace.sent(), ["+5m high", "+10m low"]);
}

#[test]
fn s7_11_a_scheduled_message_of_a_higher_priority_keeps_room_ahead() {
    let policies = "arbitration: { email: { reserve: 6h } }\n\
                    quiet_hours: { workflows: [high], from: \"00:00\", to: \"20:00\" }\n";
    let trace = play(
        &three(policies),
        &format!(
            "{ANN}+1h event High\n+13h event Low\n+14h event Middle\n+14h1ms event Middle\n+21h event Low"
        ),
    );
    assert_eq!(trace.sent(), ["+13h low", "+14h middle", "+20h high", "+20h1ms middle", "+21h low"]);
    trace.says(&[
        "7.11 middle/send: the message was deferred until +20h1ms by 6h are reserved before the message of `high` at +20h \
         (priority 60 over 50), free again: +20h1ms",
    ]);
}

#[test]
fn s7_11_a_message_that_was_scheduled_earlier_also_makes_room() {
    let policies = "arbitration: { email: { reserve: 6h } }\n\
                    quiet_hours:\n  - { workflows: [high], from: \"00:00\", to: \"20:00\" }\n  \
                    - { workflows: [low], from: \"00:00\", to: \"18:00\" }\n";
    let trace = play(&three(policies), &format!("{ANN}+1h event Low\n+2h event High"));
    assert_eq!(trace.sent(), ["+20h high", "+20h1ms low"]);
}
