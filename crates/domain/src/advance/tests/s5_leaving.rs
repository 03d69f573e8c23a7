//! How runs end, and the goals that outlive them.

use super::play::play;

const ANN: &str = "+0m traits {\"email\": \"ann@b.example\"}\n";

#[test]
fn s5_1_exits_interrupt_whatever_a_run_waits_for() {
    let portfolio = |step: &str| {
        format!(
            "
workflow: welcome
title: Welcome
category: offers
trigger: {{ event: Signed Up }}
exit_when:
  - {{ event: Left }}
  - if: {{ trait: plan, eq: gone }}
steps:
  - {{ id: it, {step} }}
  - {{ id: hello, send: {{ email: hello }} }}
---
quiet_hours: {{ from: \"21:00\", to: \"08:00\" }}
"
        )
    };
    for step in ["wait: 3d", "wait_for: [ { event: Seen } ]", "send: { email: first }"] {
        for exit in ["event Left", "traits {\"plan\": \"gone\"}"] {
            let script = format!("{ANN}+22h event Signed Up\n+23h {exit}");
            let trace = play(&portfolio(step), &script);
            assert_eq!(trace.ended(), ["+23h welcome exit_condition"], "{step} {exit}");
            assert!(trace.sent().is_empty());
        }
    }
}

const ONE: &str = "
workflow: welcome
title: Welcome
category: offers
trigger: { event: Signed Up }
exit_when:
  - { event: Left }
steps:
  - { id: hello, send: { email: hello } }
  - { id: pause, wait: 30d }
";

#[test]
fn s5_1_messages_that_are_not_yet_being_attempted_are_cancelled() {
    let trace = play(ONE, &format!("provider temporary\n{ANN}+1h event Signed Up\n+1h10s event Left"));
    assert_eq!(trace.released(), ["+1h hello"]);
    assert_eq!(trace.stopped(), ["+1h10s hello cancelled"]);
    assert!(trace.sent().is_empty());
    trace.says(&[
        "+1h attempted",
        "8.3 welcome/hello: the message will be tried again",
        "+1h10s event Left",
        "5.1 welcome/hello",
    ]);
}

#[test]
fn s5_1_a_message_that_is_being_attempted_is_said_to_be_what_it_became() {
    let script = |answer: &str| {
        format!("provider hold\n{ANN}+1h event Signed Up\n+1h10s event Left\n+1h20s outcome hello {answer}")
    };
    let state = |answer: &str| {
        let trace = play(ONE, &script(answer));
        let message = &trace.contact.ledger[0];
        (message.state.name(), message.reserved_at.is_some())
    };
    assert_eq!(state("accepted"), ("sent", true));
    assert_eq!(state("unknown"), ("uncertain", true));
    assert_eq!(state("temporary"), ("cancelled", false));
    assert_eq!(state("permanent"), ("cancelled", false));
    assert_eq!(state("bounce"), ("cancelled", false));
    assert_eq!(play(ONE, &script("bounce")).contact.consent.suppressed.len(), 1);
}

const GOALS: &str = "
workflow: cart
title: Cart
category: offers
trigger: { event: Cart Updated }
key: cart
goals:
  - { name: bought, event: Ordered, where: { cart: { eq: $trigger.cart } }, within: 7d, value: total, exit: true }
  - { name: seen, event: Seen, within: 2d }
  - { name: liked, event: Liked }
steps:
  - { id: pause, wait: 1d }
  - { id: hello, send: { email: hello } }
  - { id: pause-2, wait: 2d }
";

#[test]
fn s5_2_a_goal_counts_once_per_run_with_its_value() {
    let script = format!(
        "{ANN}+0m event Cart Updated {{\"cart\": 1}}\n+0m event Cart Updated {{\"cart\": 2}}
        +1h event Seen\n+2h event Seen\n+3h event Ordered {{\"cart\": 1, \"total\": 20.5}}
        +4h event Ordered {{\"cart\": 1, \"total\": 30}}"
    );
    let trace = play(GOALS, &script);
    assert_eq!(
        trace.goals(),
        ["+1h cart seen", "+1h cart seen", "+3h cart bought 20.5"],
        "two runs, one goal each"
    );
    assert_eq!(trace.ended(), ["+3h cart goal", "+3d cart completed"]);
}

#[test]
fn s5_2_windows_outlive_the_run_and_end() {
    let script = format!(
        "{ANN}+0m event Cart Updated {{\"cart\": 1}}\n+6d event Ordered {{\"cart\": 1, \"total\": 9}}"
    );
    let trace = play(GOALS, &script);
    assert_eq!(trace.ended(), ["+3d cart completed"]);
    assert_eq!(trace.goals(), ["+6d cart bought 9"]);
    let late = script.replace("+6d", "+7d1ms");
    assert!(play(GOALS, &late).goals().is_empty());
    let reported_late = late.replace("\"total\": 9}", "\"total\": 9} ago 1h");
    assert_eq!(
        play(GOALS, &reported_late).goals(),
        ["+7d1ms cart bought 9"],
        "it occurred within the window"
    );
    let other = script.replace("+6d event Ordered {\"cart\": 1", "+6d event Ordered {\"cart\": 2");
    assert!(play(GOALS, &other).goals().is_empty());
    let unlimited = format!("{ANN}+0m event Cart Updated {{\"cart\": 1}}\n+6d event Liked");
    assert!(
        play(GOALS, &unlimited).goals().is_empty(),
        "without a window it counts as long as the run lives"
    );
}

#[test]
fn s5_2_a_goal_reported_long_after_its_window_counts_for_nobody_whenever_the_contact_was_heard_of() {
    let script =
        format!("{ANN}+0m event Cart Updated {{\"cart\": 1}}\n+9d event Ordered {{\"cart\": 1}} ago 3d");
    assert!(play(GOALS, &script).goals().is_empty());
    assert!(play(GOALS, &format!("{script}\n+8d12h poke")).goals().is_empty());
    let a_day_late = script.replace("+9d", "+7d12h").replace("ago 3d", "ago 20h");
    assert_eq!(play(GOALS, &a_day_late).goals(), ["+7d12h cart bought"]);
    // The run lives longer than the window, and ends before the news of the goal comes.
    let portfolio = GOALS.replace("within: 7d", "within: 50h");
    let script = format!(
        "{ANN}+0m event Cart Updated {{\"cart\": 1}}\n+3d1h event Ordered {{\"cart\": 1}} ago 23h30m"
    );
    assert_eq!(play(&portfolio, &script).goals(), ["+3d1h cart bought"]);
}

#[test]
fn s5_2_what_occurred_before_the_run_is_no_goal_of_it() {
    let script =
        format!("{ANN}+1h event Cart Updated {{\"cart\": 1}}\n+2h event Ordered {{\"cart\": 1}} ago 90m");
    assert!(play(GOALS, &script).goals().is_empty());
}

#[test]
fn s5_2_a_goal_that_occurred_between_the_trigger_and_its_taking_counts() {
    // A client sends both in one batch, ten seconds later.
    let script = format!(
        "{ANN}+1h event Cart Updated {{\"cart\": 1}} ago 10s\n+1h event Ordered {{\"cart\": 1}} ago 5s"
    );
    let trace = play(GOALS, &script);
    assert_eq!(trace.ended(), ["+1h cart goal"]);
    assert!(trace.sent().is_empty());
}

#[test]
fn s5_3_every_run_ends_with_one_reason() {
    let portfolio = "
workflow: w
title: W
category: offers
trigger: { event: Signed Up }
again: restart
exit_when:
  - { event: Left }
goals:
  - { event: Ordered, exit: true }
steps:
  - { id: pause, wait: 1d }
  - id: way
    branch:
      - { if: { trait: plan, eq: exit }, then: [ { exit: enough } ] }
  - { id: pause-2, wait: 1d }
";
    let reason = |script: &str| play(portfolio, &format!("+0m event Signed Up\n{script}")).ended()[0].clone();
    assert_eq!(reason(""), "+2d w completed");
    assert_eq!(reason("+1h event Ordered"), "+1h w goal");
    assert_eq!(reason("+1h event Left"), "+1h w exit_condition");
    assert_eq!(reason("+1h traits {\"plan\": \"exit\"}"), "+1d w exit_step");
    assert_eq!(reason("+1h event Unsubscribed {\"category\": \"offers\"}"), "+1h w unsubscribed");
    assert_eq!(reason("+1h consent offers unsubscribed"), "+1h w unsubscribed");
    assert_eq!(reason("+1h end w"), "+1h w removed_by_hand");
    assert_eq!(reason("+1h event Signed Up"), "+1h w replaced");
}

#[test]
fn s5_3_a_run_whose_version_is_gone_fails_instead_of_sleeping_for_ever() {
    let mut catalogs = super::play::catalogs(&format!("{ONE}=== next{ONE}"));
    catalogs[1].workflows.clear();
    catalogs[1].index = crate::catalog::Index::of(&catalogs[1]);
    let trace = super::play::play_catalogs(catalogs, &format!("{ANN}+0m event Signed Up\n+1d catalog"));
    assert_eq!(trace.ended(), ["+1d welcome failed"]);
}

#[test]
fn s5_3_runs_of_a_removed_workflow_go_on_and_nobody_enters_it() {
    let portfolio = "
workflow: welcome
title: Welcome
category: offers
trigger: { event: Signed Up }
reentry: always
steps:
  - { id: pause, wait: 3d }
  - { id: mark, update: { traits: { done: true } } }
=== next
workflow: other
title: Other
category: offers
trigger: { event: Other }
steps:
  - { id: pause, wait: 3d }
";
    let trace = play(portfolio, "+0m event Signed Up\n+1d catalog\n+4d event Signed Up");
    assert_eq!(
        (trace.entered(), trace.ended()),
        (vec!["+0s welcome".into()], vec!["+3d welcome completed".into()])
    );
}

#[test]
fn s5_1_a_goal_may_lead_a_live_run_to_a_step_and_takes_back_what_it_left() {
    let portfolio = "
workflow: nurture
title: Nurture
category: offers
trigger: { event: Signed Up }
goals:
  - { event: Ordered, go_to: thanks }
  - { event: Ordered, name: big, where: { total: { gte: 100 } }, go_to: big }
steps:
  - { id: rest, wait: 2d }
  - { id: nag, send: { email: nag } }
  - { exit: true }
  - { id: thanks, send: { email: thanks } }
  - { exit: true }
  - { id: big, send: { email: big } }
---
quiet_hours: { channels: [email], from: \"21:00\", to: \"08:00\", then: defer }
";
    let ann = "+0m traits {\"email\": \"ann@b.example\"}\n+10h event Signed Up\n";
    let trace = play(portfolio, &format!("{ann}+1d12h event Ordered {{\"total\": 200}}"));
    trace.says(&["5.1 nurture/rest: the goal \"Ordered\" was reached, so the run jumped to the step thanks"]);
    assert_eq!(trace.goals(), ["+1d12h nurture Ordered", "+1d12h nurture big"]);
    assert_eq!(trace.sent(), ["+1d12h thanks"]);
    let trace = play(portfolio, &format!("{ann}start 2026-01-05T12:00Z\n+2d11h event Ordered"));
    assert_eq!(trace.stopped(), ["+2d11h nag cancelled"]);
    assert_eq!(trace.sent(), ["+2d20h thanks"]);
    let trace = play(portfolio, &format!("{ann}+1d event Ordered\n+1d event Ordered\nuntil 1d12h"));
    assert_eq!(trace.goals(), ["+1d nurture Ordered"], "once a run, so it jumps once");
}
