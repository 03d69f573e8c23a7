//! People in the loop: runs are paused, moved and skipped by hand (SEMANTICS 11.1).

use super::play::play;

const ANN: &str = "+0m traits {\"email\": \"ann@b.example\"}\n";

const ASK: &str = "
workflow: ask
title: Ask
category: offers
trigger: { event: Asked }
key: n
exit_when: [ { event: Left } ]
steps:
  - { id: first, wait: 2d }
  - id: answer
    wait_for:
      - { event: Answered, then: [ { id: thanks, send: { email: thanks } } ] }
    timeout: 3d
    on_timeout: [ { id: nothing, send: { email: nothing } } ]
  - { id: end, send: { email: end } }
---
quiet_hours: { channels: [email], from: \"21:00\", to: \"08:00\", then: defer }
";

const ASKED: &str = "+10h event Asked {\"n\": 1}\n";

#[test]
fn s11_1_a_run_paused_by_hand_rests_alone_and_makes_up_what_fell_due() {
    let trace = play(
        ASK,
        &format!("{ANN}{ASKED}+1d hold ask\n+1d10h event Asked {{\"n\": 2}}\n+4d12h release ask\nuntil 8d"),
    );
    trace.says(&[
        "11.1 ask/first: the run was paused",
        "11.1 ask/first: the run goes on",
        "2.7 ask/first: the wait ended at its deadline +2d10h",
    ]);
    // The first waits for an answer since +4d12h, the second since +3d10h.
    assert_eq!(trace.sent(), ["+6d10h nothing", "+6d10h end", "+7d12h nothing", "+7d12h end"]);
    let twice =
        play(ASK, &format!("{ANN}{ASKED}+1d hold ask\n+1d hold ask\n+2d release ask\n+2d release ask"));
    twice.says(&["nothing was done: the run is paused since +1d", "nothing was done: the run is not paused"]);
}

#[test]
fn s11_1_exits_act_on_a_paused_run() {
    let trace = play(ASK, &format!("{ANN}{ASKED}+1d hold ask\n+2d event Left"));
    assert_eq!(trace.ended(), ["+2d ask exit_condition"]);
}

#[test]
fn s11_1_a_moved_run_takes_the_step_at_once_and_what_it_left_is_taken_back() {
    let trace = play(ASK, &format!("{ANN}{ASKED}+12h move ask end\nuntil 2d"));
    trace.says(&["11.1 ask/first: the run was moved from the step first to end"]);
    assert_eq!(trace.sent(), ["+12h end"]);
    // Deferred to the morning, then moved away.
    let trace = play(ASK, &format!("{ANN}{ASKED}+22h move ask end\n+23h move ask first\nuntil 2d"));
    assert_eq!(trace.stopped(), ["+23h end cancelled"]);
    assert!(trace.sent().is_empty());
    let trace = play(ASK, &format!("{ANN}{ASKED}+12h move ask nowhere"));
    trace.says(&[
        "nothing was done: version 1 of `ask` has no step `nowhere`; it has first, answer, thanks, nothing, end",
    ]);
}

#[test]
fn s11_1_the_same_step_moved_to_twice_sends_two_messages_with_keys_of_their_own() {
    let trace = play(ASK, &format!("{ANN}{ASKED}+11h move ask thanks\nuntil 12h"));
    assert_eq!(trace.sent(), ["+11h thanks", "+11h end"]);
    let trace = play(ASK, &format!("{ANN}{ASKED}+22h move ask thanks\n+22h move ask thanks\nuntil 2d"));
    assert_eq!(trace.stopped(), ["+22h thanks cancelled"]);
    assert_eq!(trace.sent(), ["+1d8h thanks", "+1d8h end"]);
}

#[test]
fn s11_1_a_skipped_step_is_left_as_if_its_time_were_up() {
    let trace = play(ASK, &format!("{ANN}{ASKED}+11h skip ask\n+12h skip ask\nuntil 2d"));
    trace.says(&[
        "11.1 ask/first: the run left the step first by hand",
        "11.1 ask/answer: the run left the step answer",
    ]);
    assert_eq!(trace.sent(), ["+12h nothing", "+12h end"]);
    let trace = play(ASK, &format!("{ANN}{ASKED}+22h move ask nothing\n+23h skip ask\nuntil 2d"));
    assert_eq!(trace.stopped(), ["+23h nothing cancelled"]);
    assert_eq!(trace.sent(), ["+1d8h end"]);
}

#[test]
fn s11_1_nothing_is_done_to_runs_that_are_not_there() {
    let trace = play(ASK, &format!("{ANN}+11h skip ask"));
    trace.says(&["Nothing was done: the contact has no such live run"]);
}
