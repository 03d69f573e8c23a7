//! Pause, emergency stop, archive, and what happens when a workflow goes on (SEMANTICS 9.4).

use super::play::play;

const ANN: &str = "+0m traits {\"email\": \"ann@b.example\"}\n";

const WELCOME: &str = "
workflow: welcome
title: Welcome
category: offers
trigger: { event: Signed Up }
exit_when:
  - { event: Left }
  - if: { event: Seen, last: { before: 20d } }
goals:
  - { event: Ordered, within: 30d }
steps:
  - { id: hello, send: { email: hello } }
  - { id: pause, wait: 2d }
  - { id: tips, send: { email: tips } }
  - { id: second, wait: 3d }
  - { id: bye, send: { email: bye } }
";

#[test]
fn s9_4_a_paused_workflow_rests_and_goes_on_as_after_a_late_alarm() {
    let trace = play(WELCOME, &format!("{ANN}+0m event Signed Up\n+1d pause welcome\n+6d resume welcome"));
    assert_eq!(trace.sent(), ["+0s hello", "+6d tips", "+9d bye"]);
    trace.says(&[
        "+6d resumed",
        "9.4 welcome/pause: the run goes on",
        "2.7 welcome/pause: the wait ended at its deadline +2d",
    ]);
    let late = play(WELCOME, &format!("{ANN}+0m event Signed Up\ndown +1d +6d"));
    assert_eq!(late.sent(), trace.sent());
}

#[test]
fn s9_4_what_rests_has_no_alarm_and_a_foreign_input_moves_nothing() {
    let trace =
        play(WELCOME, &format!("{ANN}+0m event Signed Up\n+1d pause welcome\n+3d event Seen\n+4d poke"));
    assert_eq!(trace.sent(), ["+0s hello"]);
    assert_eq!(trace.ended(), ["+23d welcome exit_condition"], "exit conditions still act, also by time");
    let trace = play(WELCOME, &format!("{ANN}+0m event Signed Up\n+1d halt welcome\n+3d poke"));
    assert_eq!((trace.alarm, trace.contact.runs.len()), (None, 1));
}

#[test]
fn s9_4_exits_and_goals_act_in_a_pause_and_nobody_enters() {
    for stop in ["pause", "halt"] {
        let trace = play(
            WELCOME,
            &format!(
                "{ANN}+0m event Signed Up\n+1d {stop} welcome\n+3d event Ordered\n+4d event Left\n+5d event Signed Up"
            ),
        );
        assert_eq!(trace.goals(), ["+3d welcome Ordered"]);
        assert_eq!(trace.ended(), ["+4d welcome exit_condition"]);
        assert_eq!(trace.entered(), ["+0s welcome"]);
        assert_eq!(
            trace.refused(),
            [format!("+5d welcome {}", if stop == "pause" { "paused" } else { "halted" })]
        );
    }
}

#[test]
fn s9_4_messages_on_their_way_rest_with_their_workflow_and_expire_as_ever() {
    let portfolio = "
workflow: sale
title: Sale
category: offers
trigger: { event: Sale }
steps:
  - { id: offer, send: { email: offer, expires: 2d } }
  - { id: more, send: { email: more } }
---
categories:
  offers: { title: Offers }
quiet_hours: { channels: [email], from: \"21:00\", to: \"08:00\", then: defer }
";
    // Deferred to 08:00, paused at 07:00.
    let script = |resumed: &str| {
        format!("start 2026-01-05T22:00:00Z\n{ANN}+0m event Sale\n+9h pause sale\n{resumed} resume sale")
    };
    assert_eq!(play(portfolio, &script("+15h")).sent(), ["+15h offer", "+15h more"]);
    let trace = play(portfolio, &script("+3d12h"));
    assert_eq!(trace.sent(), ["+3d12h more"]);
    assert_eq!(trace.stopped(), ["+3d12h offer expired"]);
    // In the outbox, and not tried again before the workflow goes on.
    let script = format!("provider temporary\n{ANN}+12h event Sale\n+12h pause sale\n+14h resume sale");
    assert_eq!(play(portfolio, &script).sent(), ["+12h more", "+14h offer"]);
}

#[test]
fn s9_4_transactional_workflows_rest_too() {
    let portfolio = "
workflow: receipt
title: Receipt
category: service
trigger: { event: Ordered }
steps:
  - { id: wait, wait: 1h }
  - { id: receipt, send: { email: receipt } }
---
categories:
  service: { title: Service, transactional: true }
";
    let trace = play(portfolio, &format!("{ANN}+0m event Ordered\n+1m halt receipt\n+3h resume receipt"));
    assert_eq!(trace.sent(), ["+3h receipt"]);
}

const WAITS: &str = "
workflow: ask
title: Ask
category: offers
trigger: { event: Asked }
steps:
  - id: answer
    wait_for:
      - { event: Answered, then: [ { id: thanks, send: { email: thanks } } ] }
    timeout: 3d
  - { id: rest, wait: 1d }
  - { id: end, send: { email: end } }
";

#[test]
fn s9_4_what_a_paused_run_waits_for_may_happen_and_the_run_then_rests_before_the_next_step() {
    let trace =
        play(WAITS, &format!("{ANN}+0m event Asked\n+1d pause ask\n+2d event Answered\n+5d resume ask"));
    trace.says(&["+2d event Answered", "6.1 ask/answer", "+5d resumed"]);
    assert_eq!(trace.sent(), ["+5d thanks", "+6d end"]);
}

#[test]
fn s9_4_what_happens_in_a_pause_after_the_time_out_comes_too_late() {
    let trace =
        play(WAITS, &format!("{ANN}+0m event Asked\n+1d pause ask\n+4d event Answered\n+5d resume ask"));
    trace.says(&["+5d resumed", "6.1 ask/answer: nothing came before the time-out at +3d"]);
    assert_eq!(trace.sent(), ["+6d end"]);
}

#[test]
fn s9_4_discard_ends_the_runs_and_takes_back_their_messages() {
    let trace = play(WELCOME, &format!("{ANN}+0m event Signed Up\n+1d pause welcome\n+1d discard welcome"));
    assert_eq!(trace.ended(), ["+1d welcome removed_by_hand"]);
    trace.says(&["9.4 welcome/pause: the run ended: a person removed it (given up)"]);
    assert_eq!(trace.alarm, None);
}

#[test]
fn s9_4_of_an_archived_workflow_only_the_live_runs_go_on() {
    let trace = play(
        WELCOME,
        &format!(
            "{ANN}+0m event Signed Up\n+1d archive welcome\n+10d event Signed Up\n+11d restore welcome\n+12d event Signed Up\nuntil 13d"
        ),
    );
    assert_eq!(trace.sent(), ["+0s hello", "+2d tips", "+5d bye", "+12d hello"]);
    assert_eq!(trace.refused(), ["+10d welcome archived"]);
}
