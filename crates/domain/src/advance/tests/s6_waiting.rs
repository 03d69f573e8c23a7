//! Waiting for something to happen.

use super::play::play;

const ANN: &str = "+0m traits {\"email\": \"ann@b.example\"}\n";

const WAIT: &str = "
workflow: w
title: W
category: offers
trigger: { event: Signed Up }
steps:
  - id: something
    wait_for:
      - { event: Ordered, where: { cart: { eq: $trigger.cart } }, then: [ { id: first, send: { email: first } } ] }
      - { if: { trait: plan, eq: pro }, then: [ { id: second, send: { email: second } } ] }
      - { event: Ordered, then: [ { id: third, send: { email: third } } ] }
    timeout: 2d
    on_timeout: [ { id: late, send: { email: late } } ]
  - { id: end, send: { email: end } }
";

#[test]
fn s6_1_the_first_alternative_to_be_satisfied_takes_its_path() {
    let sent =
        |script: &str| play(WAIT, &format!("{ANN}+0m event Signed Up {{\"cart\": 1}}\n{script}")).sent();
    assert_eq!(sent("+1h event Ordered {\"cart\": 1}"), ["+1h first", "+1h end"]);
    assert_eq!(sent("+1h event Ordered {\"cart\": 2}"), ["+1h third", "+1h end"]);
    assert_eq!(
        sent("+1h traits {\"plan\": \"pro\"}\n+2h event Ordered {\"cart\": 1}"),
        ["+1h second", "+1h end"]
    );
    assert_eq!(sent(""), ["+2d late", "+2d end"]);
    assert_eq!(
        sent("+2d event Ordered {\"cart\": 1}"),
        ["+2d late", "+2d end"],
        "the time-out was due first"
    );
}

#[test]
fn s6_1_ties_go_by_order_in_the_file() {
    let tie = WAIT.replace("where: { cart: { eq: $trigger.cart } }, ", "where: { cart: { eq: 5 } }, ");
    let script = format!("{ANN}+0m event Signed Up\n+1h event Ordered {{\"cart\": 5}}");
    assert_eq!(play(&tie, &script).sent(), ["+1h first", "+1h end"]);
}

#[test]
fn s6_1_events_count_from_the_entry_of_the_wait_on_and_conditions_pass_at_once() {
    let script = format!("{ANN}+0m event Ordered {{\"cart\": 1}}\n+1h event Signed Up {{\"cart\": 1}}");
    assert_eq!(play(WAIT, &script).sent(), ["+2d1h late", "+2d1h end"]);
    let script = "+0m traits {\"email\": \"a@b.example\", \"plan\": \"pro\"}\n+1h event Signed Up";
    let trace = play(WAIT, script);
    assert_eq!(trace.sent(), ["+1h second", "+1h end"]);
    trace.says(&["6.1 w/something: the wait ended by its alternative 2: already true"]);
}

#[test]
fn s6_1_the_event_that_let_a_contact_in_does_not_end_its_wait() {
    let portfolio = "
workflow: w
title: W
category: offers
trigger: { event: Seen }
steps:
  - { id: again, wait_for: [ { event: Seen } ] }
  - { id: twice, send: { email: twice } }
";
    assert_eq!(
        play(portfolio, &format!("{ANN}+0m event Seen\n+1h event Seen\nuntil 90m")).sent(),
        ["+1h twice"]
    );
}

#[test]
fn s6_1_old_news_does_not_end_a_wait_that_began_after_it() {
    let script =
        format!("{ANN}+30d event Signed Up {{\"cart\": 1}}\n+31d event Ordered {{\"cart\": 1}} ago 3d");
    assert_eq!(play(WAIT, &script).sent(), ["+32d late", "+32d end"]);
    let script =
        format!("{ANN}+0m event Signed Up {{\"cart\": 1}}\n+47h event Ordered {{\"cart\": 1}} ago 30h");
    assert_eq!(
        play(WAIT, &script).sent(),
        ["+1d23h first", "+1d23h end"],
        "it occurred after the wait began"
    );
}

#[test]
fn s6_1_engagement_with_a_named_send_ends_a_wait() {
    let portfolio = "
workflow: w
title: W
category: offers
trigger: { event: Signed Up }
steps:
  - { id: hello, send: { email: hello } }
  - id: opened
    wait_for:
      - { if: { message: hello, is: clicked, step: hello }, then: [ { id: thanks, send: { email: thanks } }, { exit: true } ] }
    timeout: 2d
  - { id: nudge, send: { email: nudge } }
";
    let script = format!("{ANN}+0m event Signed Up\n+1h engaged hello opened\n+2h engaged hello clicked");
    assert_eq!(play(portfolio, &script).sent(), ["+0s hello", "+2h thanks"]);
    assert_eq!(play(portfolio, &script.replace("clicked", "replied")).sent(), ["+0s hello", "+2d nudge"]);
}

#[test]
fn s6_1_what_policies_did_to_a_message_ends_the_wait_of_another_run() {
    let portfolio = "
workflow: a-sends
title: Sends
category: offers
priority: 10
trigger: { event: Signed Up }
steps:
  - { id: hello, send: { email: hello } }
---
workflow: b-waits
title: Waits
category: offers
priority: 90
trigger: { event: Signed Up }
steps:
  - { id: failed, wait_for: [ { if: { message: hello, is: failed } } ] }
  - { id: mark, update: { traits: { failed: true } } }
---
segment: unreached
title: Not reached
where: { message: hello, is: failed }
";
    play(portfolio, "+0m event Signed Up").says(&[
        "7.1 a-sends/hello: the message was stopped",
        "3.5: The contact entered the segment unreached",
        "b-waits/failed (hop 1): the wait ended by its alternative 1",
    ]);
}

#[test]
fn s6_2_conditions_that_time_makes_true_wake_at_the_exact_instant() {
    let portfolio = "
segment: lapsed
title: Not seen for 30 days
where: { event: Seen, last: { before: 30d } }
---
workflow: by-segment
title: By segment
category: offers
trigger: { segment_entered: lapsed }
steps:
  - { id: back, send: { email: by-segment } }
---
workflow: by-wait
title: By wait
category: offers
trigger: { event: Seen }
again: ignore
reentry: never
steps:
  - { id: quiet, wait_for: [ { if: { event: Seen, count: { eq: 0 }, within: 30d } } ] }
  - { id: back, send: { email: by-wait } }
---
workflow: by-exit
title: By exit
category: offers
trigger: { event: Seen }
reentry: never
exit_when:
  - if: { not: { event: Seen, last: { within: 30d } } }
steps:
  - { id: long, wait: 300d }
";
    let script = format!("{ANN}+0m event Seen\n+5d3h7ms event Seen\nuntil 100d");
    let trace = play(portfolio, &script);
    assert_eq!(trace.sent(), ["+35d3h7ms by-segment", "+35d3h7ms by-wait"]);
    assert_eq!(trace.ended()[0], "+35d3h7ms by-exit exit_condition");
}

/// A workflow that waits, then sends.
fn waits(wait: &str) -> String {
    format!(
        "workflow: w\ncategory: offers\ntrigger: {{ event: Go }}\nreentry: always\nsteps:\n  - {{ id: rest, wait: {wait} }}\n  - {{ id: end, send: {{ email: hello }} }}\n"
    )
}

#[test]
fn a_delivery_window_is_waited_for_and_passed_at_once_inside() {
    // The play begins on a Monday at midnight.
    let text =
        waits("{ window: { from: \"09:00\", to: \"17:00\", days: [monday, wednesday], zone: workspace } }");
    let sent = |at: &str| play(&text, &format!("{ANN}{at} event Go\n")).sent();
    assert_eq!(sent("+1h"), ["+9h hello"]);
    assert_eq!(sent("+10h"), ["+10h hello"], "inside, it goes on at once");
    assert_eq!(sent("+17h"), ["+2d9h hello"], "17:00 is outside");
}

#[test]
fn a_delivery_window_is_the_contacts_own_local_time_also_as_clocks_change() {
    let text = waits("{ window: { from: \"02:30\", to: \"04:00\" } }");
    let ann =
        "start 2026-03-28T12:00Z\n+0m traits {\"email\": \"a@b.example\", \"timezone\": \"Europe/Berlin\"}\n";
    // 02:30 doesn't exist on 29 March in Berlin: clocks jump to 03:00, which is 01:00 UTC.
    assert_eq!(play(&text, &format!("{ann}+1h event Go\n")).sent(), ["+13h hello"]);
    let unknown = play(&text, "+0m traits {\"email\": \"a@b.example\"}\n+0m event Go\n");
    unknown.says(&["2.2 w/rest: the contact's time zone is unknown, so the workspace's zone UTC was used"]);
}

#[test]
fn the_best_time_of_a_contact_of_whom_nothing_is_known_is_the_one_that_is_given() {
    let text = waits("{ best_time: { within: 24h, or: \"10:00\", zone: workspace } }");
    assert_eq!(play(&text, &format!("{ANN}+1h event Go\n")).sent(), ["+10h hello"]);
    assert_eq!(play(&waits("{ best_time: {} }"), &format!("{ANN}+11h event Go\n")).sent(), ["+1d10h hello"]);
}

#[test]
fn s6_1_a_reply_and_news_of_a_message_end_a_wait_but_only_new_ones() {
    let text = "
workflow: w
category: offers
trigger: { event: Go }
steps:
  - { id: first, send: { email: hello } }
  - { id: rest, wait: 1h }
  - id: answer
    wait_for:
      - { reply: hello, then: [ { id: r, send: { email: replied } } ] }
      - { message: any, is: clicked, link: \"https://shop.example/**\", then: [ { id: c, send: { email: clicked } } ] }
      - { message: hello, is: opened, then: [ { id: o, send: { email: opened } } ] }
    timeout: 3d
";
    let sent = |script: &str| play(text, &format!("{ANN}+0m event Go\n{script}")).sent();
    assert_eq!(sent("+2h engaged hello replied"), ["+0s hello", "+2h replied"]);
    assert_eq!(sent("+2h engaged hello opened"), ["+0s hello", "+2h opened"]);
    assert_eq!(sent("+30m engaged hello replied"), ["+0s hello"], "before the wait: no news any more");
    assert_eq!(sent("+2h engaged hello clicked https://shop.example/a"), ["+0s hello", "+2h clicked"]);
    assert_eq!(sent("+2h engaged hello clicked https://other.example/a"), ["+0s hello"], "another link");
}

#[test]
fn s6_2_a_condition_about_the_time_of_day_wakes_at_the_exact_instant() {
    let text = "
workflow: w
category: offers
trigger: { event: Go }
steps:
  - id: open
    wait_for: { if: { time: { from: \"09:00\", to: \"17:00\", days: [tuesday], zone: workspace } } }
  - { id: end, send: { email: hello } }
---
segment: at-work
where: { time: { from: \"08:00\", to: \"12:00\" } }
";
    let trace = play(text, &format!("{ANN}+1h event Go\nuntil +2d\n"));
    assert_eq!(trace.sent(), ["+1d9h hello"]);
    trace.says(&[
        "+8h",
        "The contact entered the segment at-work",
        "+12h",
        "The contact left the segment at-work",
    ]);
}
