//! One input: what is looked at in which order, duplicates, and chains of consequences.

use super::play::{Trace, play};
use crate::record::Decision;

const ANN: &str = "+0m traits {\"email\": \"ann@b.example\"}\n";

#[test]
fn s3_2_an_event_that_comes_twice_does_nothing_the_second_time() {
    let portfolio = "
workflow: welcome
title: Welcome
category: offers
trigger: { event: Signed Up }
again: restart
steps:
  - { id: hello, send: { email: hello } }
  - { id: pause, wait: 3d }
";
    let trace =
        play(portfolio, &format!("{ANN}+1h event Signed Up {{}} id x\n+2h event Signed Up {{}} id x"));
    assert_eq!(
        (trace.entered(), trace.sent()),
        (vec!["+1h welcome".to_owned()], vec!["+1h hello".to_owned()])
    );
    trace.says(&["+2h event Signed Up", "3.2: The event \"x\" had come before"]);
}

#[test]
fn s3_2_a_duplicate_swallows_no_deadline_and_no_revision() {
    let portfolio = "
workflow: quiet
title: Nothing was seen for ten days
category: offers
trigger: { event: Signed Up }
steps:
  - id: seen
    wait_for:
      - if: { all: [ { event: Seen, last: { before: 10d } }, { event: Seen, last: { within: 12d } } ] }
        then:
          - { id: back, send: { email: come-back } }
=== next
workflow: quiet
title: Nothing was seen for ten days
category: offers
trigger: { event: Signed Up }
steps:
  - id: seen
    wait_for:
      - if: { all: [ { event: Seen, last: { before: 10d } }, { event: Seen, last: { within: 12d } } ] }
        then:
          - { id: back, send: { email: come-back } }
---
segment: buyers
title: Bought
where: { event: Bought }
";
    let script = format!(
        "{ANN}+0m event Seen {{}} id x\n+0m event Bought\n+0m event Signed Up\ndown 5d 15d\n+11d event Seen {{}} id x"
    );
    assert_eq!(play(portfolio, &script).sent(), ["+15d come-back"]);
    let script = format!(
        "{ANN}+0m event Bought {{}} id x\n+1d catalog silently\n+2d event Bought {{}} id x\n+3d event Seen"
    );
    let trace = play(portfolio, &script);
    trace.says(&[
        "3.2: The event \"x\"",
        "9.5: Behaviour was computed from history",
        "3.5: The contact entered the segment buyers",
    ]);
}

#[test]
fn s3_4_and_s3_5_profile_and_segments_come_before_audiences() {
    let portfolio = "
segment: big
title: Big spenders
where: { event: Ordered, sum: { of: total, gte: 100 } }
---
workflow: thanks
title: Thanks
category: offers
trigger: { event: Ordered }
audience: { all: [ { segment: big }, { trait: plan, eq: pro } ] }
steps:
  - { id: thanks, send: { email: thanks } }
";
    let script =
        "+0m traits {\"email\": \"a@b.example\", \"plan\": \"pro\"}\n+1h event Ordered {\"total\": 100}";
    let trace = play(portfolio, script);
    assert_eq!(trace.sent(), ["+1h thanks"]);
    trace.says(&["3.5: The contact entered the segment big", "4.1 thanks: the contact entered"]);
}

#[test]
fn s3_6_and_s3_7_and_s3_8_exits_come_before_waits_and_waits_before_triggers() {
    let portfolio = "
workflow: a-exits
title: Exits
category: offers
trigger: { event: Signed Up }
exit_when:
  - { event: Ordered }
steps:
  - { id: long, wait: 30d }
---
workflow: b-waits
title: Waits
category: offers
priority: 99
trigger: { event: Signed Up }
steps:
  - id: ordered
    wait_for:
      - { event: Ordered, then: [ { id: go, wait: 30d } ] }
---
workflow: c-enters
title: Enters
category: offers
priority: 99
trigger: { event: Ordered }
steps:
  - { id: go, wait: 30d }
";
    play(portfolio, "+0m event Signed Up\n+1h event Ordered\nuntil 1d").says(&[
        "+1h event Ordered",
        "5.1 a-exits/long: the run ended",
        "6.1 b-waits/ordered: the wait ended",
        "4.1 c-enters: the contact entered",
        "2.4 b-waits/go: the run waits",
        "2.4 c-enters/go: the run waits",
    ]);
}

#[test]
fn s3_10_messages_of_one_input_are_released_by_priority() {
    let portfolio = "
workflow: a-low
title: Low
category: offers
priority: 10
trigger: { event: Signed Up }
steps:
  - { id: low, send: { email: low } }
---
workflow: z-high
title: High
category: offers
priority: 90
trigger: { event: Signed Up }
steps:
  - { id: high, send: { email: high } }
---
caps:
  - { channels: [email], max: 1, per: 7d, then: defer }
";
    assert_eq!(play(portfolio, &format!("{ANN}+0m event Signed Up")).sent(), ["+0s high", "+7d low"]);
}

#[test]
fn s3_9_and_s3_12_the_moved_runs_of_one_workflow_go_in_the_order_of_their_keys() {
    let portfolio = "
workflow: carts
title: Carts
category: offers
trigger: { event: Cart Updated }
key: cart
steps:
  - id: paid
    wait_for:
      - { event: Paid, then: [ { id: mail, send: { email: paid } }, { id: mark, update: { traits: { last: $trigger.cart } } } ] }
---
caps:
  - { channels: [email], max: 1, per: 1d, then: defer }
";
    let script = format!(
        "{ANN}+0m event Cart Updated {{\"cart\": \"b\"}}\n+1m event Cart Updated {{\"cart\": \"a\"}}\n+1h event Paid"
    );
    play(portfolio, &script).says(&[
        "+1h event Paid",
        "rendered",
        "\"last\" is \"a\"",
        "+1d1h alarm",
        "from \"a\" to \"b\"",
    ]);
}

#[test]
fn s3_13_signed_up_and_matched_in_the_same_call_always_enters() {
    let portfolio = "
segment: pros
title: On the plan pro
where: { trait: plan, eq: pro }
---
workflow: pro
title: Welcome, pro
category: offers
trigger: { segment_entered: pros }
audience: { trait: plan, eq: pro }
steps:
  - { id: hello, send: { email: hello } }
";
    let trace = play(portfolio, "+0m traits {\"email\": \"a@b.example\", \"plan\": \"pro\"}");
    assert_eq!(trace.sent(), ["+0s hello"]);
}

#[test]
fn s3_14_what_a_step_changes_recomputes_segments_at_once_and_triggers_one_hop_deeper() {
    let portfolio = "
segment: pros
title: On the plan pro
where: { trait: plan, eq: pro }
---
workflow: promote
title: Promote
category: offers
trigger: { event: Signed Up }
steps:
  - { id: set, update: { traits: { plan: pro } } }
  - id: is-pro
    branch:
      - { if: { segment: pros }, then: [ { id: yes, send: { email: yes-pro } } ] }
---
workflow: pro
title: Welcome, pro
category: offers
trigger: { segment_entered: pros }
steps:
  - { id: tell, emit: { event: Became Pro, with: { plan: $contact.plan } } }
---
workflow: heard
title: Heard of it
category: offers
trigger: { event: Became Pro, where: { plan: pro } }
steps:
  - { id: hello, send: { email: hello } }
";
    let trace = play(portfolio, &format!("{ANN}+1h event Signed Up"));
    assert_eq!(trace.released(), ["+1h yes-pro", "+1h hello"]);
    trace.says(&[
        "3.9 promote/set: the trait \"plan\" is \"pro\"",
        "3.5: The contact entered the segment pros",
        "3.9 promote/is-pro: condition 1 held",
        "4.1 pro (hop 1): the contact entered",
        "3.14 pro/tell (hop 1): the step emitted",
        "- +1h event Became Pro",
        "4.1 heard (hop 2): the contact entered",
    ]);
}

#[test]
fn s3_11_an_opt_out_that_a_step_emits_stops_a_message_of_the_same_transaction() {
    let portfolio = "
workflow: a-leaves
title: Leaves
category: transactional
priority: 90
trigger: { event: Go }
steps:
  - { id: out, emit: { event: Unsubscribed, with: { category: offers } } }
---
workflow: b-sends
title: Sends
category: offers
trigger: { event: Go }
steps:
  - { id: hello, send: { email: hello } }
  - { id: mark, update: { traits: { done: true } } }
---
workflow: c-sends
title: Sends
category: news
trigger: { event: Go }
steps:
  - { id: news, send: { email: news } }
";
    let trace = play(portfolio, &format!("{ANN}+1h event Go"));
    assert_eq!(trace.sent(), ["+1h news"]);
    assert_eq!(trace.stopped(), ["+1h hello cancelled"]);
    assert_eq!(
        trace.ended(),
        ["+1h a-leaves completed", "+1h b-sends unsubscribed", "+1h c-sends completed"]
    );
}

#[test]
fn s3_1_claims_that_were_refused_are_recorded() {
    let trace = play("timezone: UTC\n", "+0m event Go");
    let mut input = trace.inputs[0].input.clone();
    input.refused_claims = vec![("anonymous_id".to_owned(), "a1".to_owned(), "it is another's".to_owned())];
    let advanced = crate::advance::advance(&trace.catalogs[0], trace.first.clone(), &input, trace.start);
    let refused = advanced.record.iter().any(|line| matches!(line.decision, Decision::ClaimRefused { .. }));
    assert!(refused, "{:?}", advanced.record);
}

/// Two workflows that set off each other.
fn ping_pong(steps: &str) -> String {
    format!(
        "
workflow: ping
title: Ping
category: transactional
trigger: {{ event: Ping }}
steps:
{}
---
workflow: pong
title: Pong
category: transactional
trigger: {{ event: Pong }}
steps:
{}
",
        steps.replace("OTHER", "Pong"),
        steps.replace("OTHER", "Ping")
    )
}

fn entries(trace: &Trace) -> usize {
    trace.entered().len()
}

#[test]
fn s3_14_a_chain_of_events_ends_after_16_hops_with_a_record() {
    let trace = play(&ping_pong("  - { id: tell, emit: { event: OTHER } }"), "+0m event Ping");
    assert_eq!(entries(&trace), 17, "the event itself and 16 hops");
    trace.says(&["(hop 16): the contact entered", "3.14 (hop 16): A chain of inputs"]);
    trace.never_says("hop 17");
}

#[test]
fn s3_14_a_released_message_does_not_begin_the_hops_anew() {
    let steps = "  - { id: mail, send: { email: mail } }\n  - { id: tell, emit: { event: OTHER } }";
    let trace = play(&ping_pong(steps), &format!("{ANN}+0m event Ping"));
    assert_eq!(entries(&trace), 17);
    let portfolio = "
workflow: ping
title: Ping
category: transactional
trigger: { trait_changed: ping }
steps:
  - { id: mail, send: { email: mail } }
  - { id: set, update: { traits: { pong: { add: 1 } } } }
---
workflow: pong
title: Pong
category: transactional
trigger: { trait_changed: pong }
steps:
  - { id: mail, send: { email: mail } }
  - { id: set, update: { traits: { ping: { add: 1 } } } }
";
    let trace = play(portfolio, "+0m traits {\"email\": \"a@b.example\", \"ping\": 1}");
    assert_eq!(entries(&trace), 17);
    trace.says(&["3.14 (hop 16): A chain of inputs"]);
}

/// A workflow that begins by the event that it emits, with something between.
fn tells_itself(head: &str, between: &str) -> String {
    format!(
        "
workflow: round
title: Round and round
category: transactional
trigger: {{ event: Ping }}
{head}steps:
{between}
  - {{ id: tell, emit: {{ event: Ping }} }}
"
    )
}

#[test]
fn s3_14_the_answer_of_another_system_does_not_begin_the_hops_anew() {
    let call = "  - { id: ask, webhook: { url: \"https://crm.example\" } }";
    let trace = play(&tells_itself("", call), "+0m event Ping");
    assert_eq!(entries(&trace), 17, "the event itself and 16 hops");
    trace.says(&[
        "(hop 16): the contact entered",
        "3.14 round/tell (hop 16)",
        "3.14 (hop 16): A chain of inputs",
    ]);
    trace.never_says("hop 17");
    let trace = play(&tells_itself("", call), "provider temporary\n+0m event Ping");
    assert_eq!(entries(&trace), 17, "nor does an attempt that is made again");
    let many: String = (0..20).map(|n| call.replace("ask", &format!("ask-{n}")) + "\n").collect();
    let trace = play(
        &tells_itself("", many.trim_end()).replace("event: Ping } }\n", "event: Done } }\n"),
        "+0m event Ping",
    );
    trace.says(&["+0s event Done"]);
    trace.never_says("(hop ");
}

#[test]
fn s3_14_a_wait_begins_the_hops_anew_and_so_does_what_a_person_does() {
    let call = "  - { id: ask, webhook: { url: \"https://crm.example\" } }\n  - { id: rest, wait: 1h }";
    let trace = play(&tells_itself("", call), "+0m event Ping\nuntil 40h30m");
    assert_eq!(entries(&trace), 41);
    trace.never_says("A chain of inputs");
    let portfolio = "
workflow: thanks
title: Thanks for reading
category: transactional
trigger: { message: mail, is: opened }
steps:
  - { id: mail, send: { email: mail } }
---
workflow: first
title: First
category: transactional
trigger: { event: Go }
steps:
  - { id: mail, send: { email: mail } }
";
    let reads = (1..=20)
        .fold(format!("{ANN}+0m event Go\n"), |reads, n| reads + &format!("+{n}m engaged mail opened\n"));
    let trace = play(portfolio, &reads);
    assert_eq!(entries(&trace), 21);
    trace.never_says("hop ");
}

#[test]
fn s3_14_who_is_let_in_by_what_a_provider_tells_is_one_hop_deeper() {
    let portfolio = "
workflow: echo
title: A mail for each mail
category: transactional
trigger: { message: mail, is: sent }
steps:
  - { id: mail, send: { email: mail } }
---
workflow: first
title: First
category: transactional
trigger: { event: Go }
steps:
  - { id: mail, send: { email: mail } }
";
    let trace = play(portfolio, &format!("{ANN}+0m event Go"));
    assert_eq!(entries(&trace), 17, "the first and 16 that follow from it");
    assert_eq!(trace.sent().len(), 17);
    trace.says(&["3.14 (hop 16): A chain of inputs"]);
}

#[test]
fn s3_14_the_grant_of_a_place_does_not_begin_the_hops_anew() {
    let rest = "  - { id: note, update: { traits: { n: { add: 1 } } } }";
    let portfolio = tells_itself("entry_cap: { max: 1000, per: total }\nreentry: always\n", rest);
    let granted = vec!["yes"; 100].join(" ");
    let trace = play(&portfolio, &format!("grants {granted}\n+0m event Ping"));
    assert_eq!(entries(&trace), 17);
    trace.says(&["3.14 (hop 16): A chain of inputs"]);
}

#[test]
fn s3_14_a_release_is_no_deeper_than_its_intent() {
    let steps: String = (0..20)
        .flat_map(|n| {
            [
                format!("  - {{ id: set-{n}, update: {{ traits: {{ n: {n} }} }} }}"),
                format!("  - {{ id: mail-{n}, send: {{ email: mail }} }}"),
            ]
        })
        .collect::<Vec<_>>()
        .join("\n");
    let portfolio = format!(
        "
workflow: long
title: Many steps without a rest
category: transactional
trigger: {{ event: Go }}
steps:
{steps}
---
workflow: last
title: Last
category: offers
trigger: {{ trait_changed: n, to: 19 }}
steps:
  - {{ id: pause, wait: 1d }}
"
    );
    let trace = play(&portfolio, &format!("{ANN}+0m event Go"));
    assert_eq!(trace.entered(), ["+0s long", "+0s last"]);
    trace.never_says("hop 2");
}

#[test]
fn s3_14_a_run_that_does_not_rest_within_a_thousand_steps_fails() {
    // A wait that is over when it is entered rests as far as check can tell.
    let portfolio = "
workflow: loop
title: Round and round
category: offers
trigger: { event: Signed Up }
steps:
  - { id: day, wait: { date: birthday, if_past: continue } }
  - { id: count, update: { traits: { n: { add: 1 } } } }
  - goto: day
";
    let trace = play(portfolio, "+0m traits {\"birthday\": \"2020-01-01\"}\n+0m event Signed Up");
    assert_eq!(trace.ended(), ["+0s loop failed"]);
    trace.says(&["the run ended: it could not go on (no rest: more than 1000 steps on one input)"]);
}

#[test]
fn s3_14_a_run_that_sends_without_rest_fails_rather_than_sticks() {
    let portfolio = "
workflow: loop
title: Round and round
category: transactional
trigger: { event: Signed Up }
steps:
  - { id: day, wait: { date: birthday, if_past: continue } }
  - { id: mail, send: { email: mail } }
  - goto: day
";
    let trace = play(
        portfolio,
        "+0m traits {\"email\": \"a@b.example\", \"birthday\": \"2020-01-01\"}\n+0m event Signed Up",
    );
    assert_eq!(trace.ended(), ["+0s loop failed"]);
}

#[test]
fn s3_14_segments_that_follow_from_others_change_in_the_same_input() {
    let portfolio = "
segment: a
title: A
where: { trait: n, gte: 1 }
---
segment: b
title: B
where: { all: [ { segment: a }, { not: { segment: c } } ] }
---
segment: c
title: C
where: { trait: n, gte: 5 }
";
    let trace = play(portfolio, "+0m traits {\"n\": 1}\n+1h traits {\"n\": 5}");
    trace.says(&[
        "+0s event Identify",
        "entered the segment a",
        "entered the segment b",
        "+1h event Identify",
        "entered the segment c",
        "left the segment b",
    ]);
}
