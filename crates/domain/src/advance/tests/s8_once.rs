//! Sent once: keys, attempts, and what is not known.

use std::collections::BTreeSet;

use super::play::{Trace, play};
use crate::effect::Effect;

const ANN: &str = "+0m traits {\"email\": \"ann@b.example\", \"phone\": \"+491\"}\n";

const HELLO: &str = "
workflow: w
title: W
category: CATEGORY
trigger: { event: Go }
steps:
  - { id: hello, send: { CHANNEL: hello, expires: 2d } }
";

fn hello(category: &str, channel: &str, script: &str) -> Trace {
    let portfolio =
        HELLO.replace("CATEGORY", category).replace("send: { CHANNEL", &format!("send: {{ {channel}"));
    play(&portfolio, &format!("{ANN}{script}"))
}

#[test]
fn s8_1_each_visit_of_a_step_has_one_message_with_a_key_of_its_own() {
    let portfolio = "
workflow: w
title: W
category: offers
trigger: { event: Go }
steps:
  - { id: hello, send: { email: hello } }
  - { id: pause, wait: 1d }
  - goto: hello
";
    let trace = play(portfolio, &format!("{ANN}+0m event Go\nuntil 4d12h"));
    assert_eq!(trace.sent().len(), 5);
    let dispatched: Vec<_> = trace.inputs.iter().flat_map(|played| &played.effects).collect();
    let keys = dispatched.iter().filter_map(|effect| match effect {
        Effect::Dispatch { message, .. } => Some(*message),
        _ => None,
    });
    assert_eq!(keys.collect::<BTreeSet<_>>().len(), 5);
}

#[test]
fn s8_2_an_answer_that_comes_twice_is_one_sending() {
    let trace =
        hello("offers", "email", "+0m event Go\n+1h outcome hello accepted\n+2h outcome hello unknown");
    assert_eq!(trace.sent(), ["+0s hello"]);
    assert_eq!(trace.contact.ledger[0].state.name(), "sent");
}

#[test]
fn s8_2_news_whose_commit_was_answered_too_late_does_not_put_the_next_attempt_back() {
    let trace =
        hello("offers", "email", "provider temporary hold\n+0m event Go\n+10s outcome hello temporary");
    let retries = trace.inputs.iter().flat_map(|played| &played.effects);
    assert_eq!(retries.filter(|effect| matches!(effect, Effect::Retry { .. })).count(), 1);
}

#[test]
fn s8_3_temporary_errors_are_retried_with_growing_pauses_until_the_message_expires() {
    let trace = hello("offers", "email", "provider temporary temporary temporary\n+0m event Go");
    let sent = trace.sent();
    assert_eq!(sent.len(), 1);
    trace.says(&[
        "attempt 1",
        "tried again",
        "attempt 2",
        "tried again",
        "attempt 3",
        "tried again",
        "sent with attempt 4",
    ]);
    let pauses: Vec<i64> = trace
        .inputs
        .iter()
        .flat_map(|played| played.effects.iter().map(|effect| (played.at, effect)))
        .filter_map(|(at, effect)| match effect {
            Effect::Retry { due_at, .. } => Some(due_at.since(at).as_millis()),
            _ => None,
        })
        .collect();
    for (pause, least) in pauses.iter().zip([30_000, 60_000, 120_000]) {
        assert!((least..=least * 5 / 4).contains(pause), "{pauses:?}");
    }
    let never = vec!["temporary"; 60].join(" ");
    let trace = hello("offers", "email", &format!("provider {never}\n+0m event Go"));
    assert_eq!(trace.stopped().len(), 1);
    assert!(trace.stopped()[0].ends_with("hello expired"), "{:?}", trace.stopped());
    assert_eq!(trace.contact.ledger[0].reserved_at, None);
}

#[test]
fn s8_3_who_asks_to_be_left_alone_for_a_while_is_within_a_bound() {
    for (asked, least_ms, most_ms) in
        [("1s", 30_000, 37_500), ("45m", 2_700_000, 2_700_000), ("40h", 86_400_000, 86_400_000)]
    {
        let trace = hello("offers", "email", &format!("provider after={asked}\n+0m event Go"));
        trace.says(&["attempt 1", "tried again", "sent with attempt 2"]);
        let retry = trace.inputs.iter().find_map(|played| {
            played.effects.iter().find_map(|effect| match effect {
                Effect::Retry { due_at, .. } => Some(due_at.since(played.at).as_millis()),
                _ => None,
            })
        });
        assert!((least_ms..=most_ms).contains(&retry.unwrap()), "{asked}: {retry:?}");
    }
}

#[test]
fn s8_2_what_the_provider_calls_a_message_is_kept_with_it() {
    let trace = hello("offers", "email", "provider accepted\n+0m event Go");
    let message = &trace.contact.ledger[0];
    assert_eq!((message.sender.as_str(), message.provider_id.as_str()), ("main", "p-1"));
}

#[test]
fn s8_3_attempts_are_bounded_without_an_expiry() {
    let portfolio =
        HELLO.replace("CATEGORY", "offers").replace("CHANNEL: hello, expires: 2d", "email: hello");
    let never = vec!["temporary"; 60].join(" ");
    let trace = play(&portfolio, &format!("{ANN}provider {never}\n+0m event Go"));
    assert_eq!(trace.contact.ledger[0].attempts, crate::limits::ATTEMPTS_MAX);
    assert!(trace.stopped()[0].ends_with("hello failed"));
}

#[test]
fn s8_3_permanent_errors_are_final_and_hard_bounces_and_complaints_suppress() {
    let trace = hello("offers", "email", "provider permanent\n+0m event Go");
    assert_eq!(trace.stopped(), ["+0s hello failed"]);
    assert!(trace.contact.consent.suppressed.is_empty());
    let trace = hello("offers", "email", "provider bounce\n+0m event Go");
    assert_eq!(trace.contact.consent.suppressed.len(), 1);
    for what in ["bounced", "complained"] {
        let trace = hello("offers", "email", &format!("+0m event Go\n+1h engaged hello {what}"));
        assert_eq!(trace.contact.consent.suppressed.len(), 1, "{what}");
    }
    let trace = hello("offers", "email", "+0m event Go\n+1h engaged hello opened");
    assert!(trace.contact.consent.suppressed.is_empty());
}

#[test]
fn s8_4_an_attempt_with_an_unknown_result_is_tried_again_only_where_that_is_safe_or_wanted() {
    let marketing = hello("offers", "email", "provider unknown\n+0m event Go");
    assert_eq!(marketing.stopped(), ["+0s hello uncertain"], "at most one, and every zero is shown");
    assert_eq!(marketing.sent().len(), 0);
    let transactional = hello("transactional", "email", "provider unknown\n+0m event Go");
    assert_eq!(transactional.sent().len(), 1, "at least one");
    let honoured = hello("offers", "sms", "provider unknown\n+0m event Go");
    assert_eq!(honoured.sent().len(), 1, "the provider honours keys: exactly one");
}

#[test]
fn s8_4_a_message_that_may_have_gone_is_uncertain_when_it_is_not_tried_again() {
    let never = vec!["unknown"; 60].join(" ");
    let trace = hello("offers", "sms", &format!("provider {never}\n+0m event Go"));
    assert_eq!(trace.contact.ledger[0].state.name(), "uncertain", "not expired: nobody knows");
    assert!(trace.contact.ledger[0].reserved_at.is_some());
}

/// It used to be shown as cancelled, as if nothing had been attempted, and had arrived.
#[test]
fn s8_4_a_message_that_may_have_gone_is_uncertain_when_it_is_taken_back() {
    let opts_out = |provider: &str| {
        let script = format!("provider {provider}\n+0m event Go\n+2m consent offers unsubscribed");
        hello("offers", "sms", &script)
    };
    for provider in ["unknown unknown unknown", "unknown temporary temporary"] {
        let trace = opts_out(provider);
        assert!(trace.sent().is_empty());
        assert_eq!(trace.stopped(), ["+2m hello uncertain"], "{provider}");
        assert!(trace.contact.ledger[0].reserved_at.is_some(), "it counts in caps");
    }
    let trace = opts_out("temporary temporary temporary");
    assert_eq!(trace.contact.ledger[0].state.name(), "cancelled");
}

#[test]
fn s8_3_a_failed_message_can_be_put_back_and_others_cannot() {
    let trace = hello(
        "offers",
        "email",
        "provider bounce\n+0m event Go\n+1h unsuppress email ann@b.example\n+2h requeue hello",
    );
    assert_eq!(trace.sent(), ["+2h hello"]);
    trace.says(&["11.1 w/hello: the message was put back"]);
    let trace = hello("offers", "email", "+0m event Go\n+2h requeue hello");
    assert_eq!(trace.sent(), ["+0s hello"]);
    trace.says(&["11.1: Nothing was done: the message is sent"]);
    let trace = hello("offers", "email", "provider bounce\n+0m event Go\n+2h requeue hello");
    assert!(trace.sent().is_empty());
    assert_eq!(trace.stopped(), ["+0s hello failed", "+2h hello blocked by 7.2"]);
}
