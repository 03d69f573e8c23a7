//! How contacts opt out and in by event, and which traits mean something to Wend.

use super::play::play;

const HELLO: &str = "
workflow: w
title: W
category: offers
trigger: { event: Go }
steps:
  - { id: hello, send: { email: hello } }
";

#[test]
fn s14_1_an_event_answers_for_what_it_names_and_for_email_if_it_names_nothing() {
    for (properties, is_sent) in [
        ("", false),
        ("{\"channel\": \"email\"}", false),
        ("{\"channel\": \"sms\"}", true),
        ("{\"category\": \"offers\"}", false),
        ("{\"category\": \"news\"}", true),
        ("{\"category\": \"news\", \"channel\": \"email\"}", false),
        ("{\"category\": \"offers\", \"channel\": \"sms\"}", false),
    ] {
        let opt_out = format!(
            "+0m traits {{\"email\": \"ann@b.example\"}}\n+1m event Unsubscribed {properties}\n+1h event Go"
        );
        let trace = play(HELLO, &opt_out);
        assert_eq!(trace.sent().len(), usize::from(is_sent), "{properties}");
        let trace = play(HELLO, &opt_out.replace("+1h", &format!("+2m event Subscribed {properties}\n+1h")));
        assert_eq!(trace.sent(), ["+1h hello"], "{properties}, taken back");
    }
}

#[test]
fn s14_1_the_source_and_time_of_an_answer_are_kept() {
    let trace = play(HELLO, "+0m event Unsubscribed\n+1d event Subscribed");
    let given = &trace.contact.consent.channels.values().next().expect("it was answered");
    assert_eq!((given.source.as_str(), given.at), ("event", trace.contact.at));
}

#[test]
fn s14_2_each_built_in_channel_has_its_address_in_a_trait() {
    for (channel, address) in
        [("email", "email"), ("sms", "phone"), ("push", "push_token"), ("webhook", "webhook_url")]
    {
        let portfolio = HELLO.replace("email: hello", &format!("{channel}: hello"));
        let traits = format!("+0m traits {{\"{address}\": \"x@b.example\"}}\n+1h event Go");
        let trace = play(&portfolio, &traits);
        assert_eq!(trace.sent(), ["+1h hello"], "{channel}");
        assert_eq!(trace.contact.ledger[0].address, "x@b.example");
        assert_eq!(play(&portfolio, "+1h event Go").stopped(), ["+1h hello blocked by 7.1"], "{channel}");
    }
}
