//! Moving runs to another version (SEMANTICS 2.4, 9.1, 9.2).

use super::play::play;

const ANN: &str = "+0m traits {\"email\": \"ann@b.example\"}\n";

/// A workflow with these steps in each of its versions.
fn versions(steps: &[&str]) -> String {
    let version = |steps: &&str| {
        format!(
            "workflow: w\ntitle: W\ncategory: offers\ntrigger: {{ event: Go }}\nkey: n\ngoals: [ {{ event: Won, within: 9d }} ]\nsteps:\n{steps}\n---\nquiet_hours: {{ channels: [email], from: \"21:00\", to: \"08:00\", then: defer }}\n"
        )
    };
    steps.iter().map(version).collect::<Vec<_>>().join("=== next\n")
}

fn go(n: u32) -> String {
    format!("+10h event Go {{\"n\": {n}}}\n")
}

const ONE: &str = "  - { id: rest, wait: 4d }\n  - { id: hello, send: { email: hello } }";

#[test]
fn s9_1_a_run_stays_on_its_version_unless_it_is_migrated() {
    let two = "  - { id: rest, wait: 1d }\n  - { id: other, send: { email: other } }\n  - { id: later, wait: 9d }\n  - { id: hello, send: { email: hello } }";
    let portfolio = versions(&[ONE, two]);
    let trace = play(&portfolio, &format!("{ANN}{}+1d catalog\n+1d10h event Go {{\"n\": 2}}", go(1)));
    assert_eq!(trace.sent(), ["+2d10h other", "+4d10h hello", "+11d10h hello"]);
}

#[test]
fn s2_4_a_migrated_wait_counts_the_time_that_it_has_served() {
    let portfolio = versions(&[ONE, "  - { id: rest, wait: 6d }\n  - { id: hello, send: { email: hello } }"]);
    let trace = play(&portfolio, &format!("{ANN}{}+1d catalog\n+2d migrate w 2", go(1)));
    trace.says(&["9.2 w/rest: the run was moved to version 2", "2.4 w@2/rest: the run waits until +6d10h"]);
    assert_eq!(trace.sent(), ["+6d10h hello"]);
    let portfolio = versions(&[ONE, "  - { id: rest, wait: 1d }\n  - { id: hello, send: { email: hello } }"]);
    let trace = play(&portfolio, &format!("{ANN}{}+1d catalog\n+2d12h migrate w 2", go(1)));
    assert_eq!(trace.sent(), ["+2d12h hello"], "what has elapsed already goes on at once");
}

#[test]
fn s9_2_a_migration_taken_twice_changes_nothing() {
    let portfolio = versions(&[ONE, "  - { id: rest, wait: 6d }\n  - { id: hello, send: { email: hello } }"]);
    let trace = play(&portfolio, &format!("{ANN}{}+1d catalog\n+2d migrate w 2\n+3d migrate w 2", go(1)));
    let moved = trace.text().matches("was moved to version 2").count();
    assert_eq!((moved, trace.sent()), (1, vec!["+6d10h hello".to_owned()]));
}

#[test]
fn s9_2_runs_go_where_the_publish_says() {
    let portfolio =
        versions(&[ONE, "  - { id: sleep, wait: 5d }\n  - { id: hello, send: { email: hello } }"]);
    let play = |moves: &str| play(&portfolio, &format!("{ANN}{}+1d catalog\n+2d migrate w 2 {moves}", go(1)));
    assert_eq!(play("{\"rest\": {\"to\": \"sleep\"}}").sent(), ["+5d10h hello"]);
    let trace = play("{\"rest\": \"exit\"}");
    assert_eq!(trace.ended(), ["+2d w migrated_out"]);
    let trace = play("{\"rest\": \"stay\"}");
    trace.says(&["9.2 w/rest: the run stays on its version: the publish said so"]);
    assert_eq!(trace.sent(), ["+4d10h hello"]);
    let trace = play("{}");
    trace.says(&["9.2 w/rest: the run stays on its version: version 2 has no step `rest`"]);
    assert_eq!(trace.sent(), ["+4d10h hello"]);
}

#[test]
fn s9_2_a_run_that_waits_for_something_is_judged_anew() {
    let one = "  - { id: ask, wait_for: [ { event: Never } ], timeout: 9d }\n  - { id: hello, send: { email: hello } }";
    let two = "  - { id: ask, wait_for: [ { event: Ordered }, { if: { trait: vip, eq: true } } ], timeout: 5d }\n  - { id: hello, send: { email: hello } }";
    let portfolio = versions(&[one, two]);
    let script = |more: &str| format!("{ANN}{}+1d catalog\n{more}", go(1));
    assert_eq!(play(&portfolio, &script("+2d migrate w 2")).sent(), ["+5d10h hello"]);
    assert_eq!(play(&portfolio, &script("+6d12h migrate w 2")).sent(), ["+6d12h hello"]);
    let vip = "+1d12h traits {\"vip\": true}\n+2d12h migrate w 2";
    let trace = play(&portfolio, &script(vip));
    trace.says(&["6.1 w@2/ask"]);
    assert_eq!(trace.sent(), ["+2d12h hello"]);
    assert_eq!(play(&portfolio, &script("+2d migrate w 2\n+3d12h event Ordered")).sent(), ["+3d12h hello"]);
}

#[test]
fn s9_2_a_deferred_message_stays_if_the_step_sends_the_same_and_is_taken_back_if_not() {
    let one = "  - { id: hello, send: { email: hello } }\n  - { id: bye, send: { email: bye } }";
    let same = "  - { id: hi, send: { email: hello, expires: 3d } }\n  - { id: end, send: { email: end } }";
    let other = "  - { id: hello, send: { email: better } }\n  - { id: end, send: { email: end } }";
    let script =
        |moves: &str| format!("{ANN}+22h event Go {{\"n\": 1}}\n+23h catalog\n+23h migrate w 2 {moves}");
    let trace = play(&versions(&[one, same]), &script("{\"hello\": {\"to\": \"hi\"}}"));
    assert_eq!(trace.sent(), ["+1d8h hello", "+1d8h end"]);
    let trace = play(&versions(&[one, other]), &script("{}"));
    assert_eq!(trace.stopped(), ["+23h hello cancelled"]);
    assert_eq!(trace.sent(), ["+1d8h better", "+1d8h end"]);
}

#[test]
fn s9_2_a_run_of_a_paused_workflow_is_moved_and_rests_on() {
    let portfolio = versions(&[ONE, "  - { id: rest, wait: 1d }\n  - { id: hello, send: { email: hello } }"]);
    let trace = play(
        &portfolio,
        &format!("{ANN}{}+1d catalog\n+1d pause w\n+3d12h migrate w 2\n+6d12h resume w", go(1)),
    );
    assert_eq!(trace.sent(), ["+6d12h hello"]);
}

#[test]
fn s8_1_a_step_with_another_name_never_uses_a_key_again() {
    let one = "  - { id: hello, send: { email: hello } }\n  - { id: rest, wait: 1d }\n  - { id: back, goto: hello }";
    let two =
        "  - { id: hi, send: { email: hello } }\n  - { id: rest, wait: 1d }\n  - { id: back, goto: hi }";
    let script =
        format!("{ANN}{}+11h catalog\n+12h migrate w 2 {{\"hello\": {{\"to\": \"hi\"}}}}\nuntil 3d", go(1));
    let trace = play(&versions(&[one, two]), &script);
    assert_eq!(trace.sent(), ["+10h hello", "+1d10h hello", "+2d10h hello"]);
    let run = &trace.contact.runs[0];
    let visits: Vec<(&str, u32)> = run.visits.iter().map(|(id, n)| (id.as_str(), *n)).collect();
    assert_eq!(visits, [("hello", 1), ("hi", 3)]);
}

#[test]
fn s5_2_a_goal_after_a_migration_is_credited_to_the_version_on_which_the_run_then_is() {
    let portfolio = versions(&[ONE, ONE]).replacen("wait: 4d", "wait: 5d", 1);
    let trace = play(
        &portfolio,
        &format!("{ANN}{}+1d catalog\n+2d migrate w 2\n+3d event Won\n+3d event Won", go(1)),
    );
    assert_eq!(trace.goals(), ["+3d w Won"]);
    trace.says(&["5.2 w@2/rest"]);
}
