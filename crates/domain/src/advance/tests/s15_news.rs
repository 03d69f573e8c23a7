//! News about messages: what others tell of them, people and machines.

use super::play::{Trace, play};
use crate::predicate::Engagement;

const ANN: &str = "+0m traits {\"email\": \"ann@b.example\"}\n+0m event Go {} id 1\n";

const HELLO: &str = "
workflow: w
title: W
category: offers
trigger: { event: Go }
reentry: always
steps:
  - { id: hello, send: { email: hello } }
  - id: read
    wait_for:
      - { message: hello, is: opened, then: [ { id: opened, update: { traits: { read: opened } } } ] }
      - { message: hello, is: clicked, then: [ { id: clicked, update: { traits: { read: clicked } } } ] }
      - { message: hello, is: replied, then: [ { id: replied, update: { traits: { read: replied } } } ] }
    timeout: 30d
---
workflow: again
title: A
category: offers
trigger: { event: Again }
reentry: always
steps:
  - { id: once-more, send: { email: hello } }
---
workflow: followup
title: F
category: offers
trigger: { event: Email Link Clicked, where: { link_url: { contains: shop } } }
steps:
  - { id: mark, update: { traits: { followed: true } } }
---
categories:
  offers: { title: Offers }
soft_bounces: { max: 2, per: 10d }
";

const PERSON: &str = r#"{"agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/128.0"}"#;

fn played(script: &str) -> Trace {
    play(HELLO, &format!("{ANN}{script}"))
}

fn open(at: &str, visit: &str) -> String {
    format!("{at} reported hello {{\"is\": \"opened\", \"visit\": {visit}}}\n")
}

fn click(at: &str, link: &str) -> String {
    format!(
        "{at} reported hello {{\"is\": \"clicked\", \"link\": \"https://{link}\", \"visit\": {PERSON}}}\n"
    )
}

fn counted(trace: &Trace, counter: &str) -> i64 {
    let effects = trace.inputs.iter().flat_map(|played| &played.effects);
    let by = effects.filter_map(|effect| match effect {
        crate::effect::Effect::Count { counter: name, by } if name == counter => Some(*by),
        _ => None,
    });
    by.sum()
}

fn text(trace: &Trace, name: &str) -> Option<String> {
    trace.contact.traits.get(name).and_then(|value| value.as_str()).map(ToOwned::to_owned)
}

#[test]
fn s15_2_a_hard_bounce_suppresses_the_address_at_once_and_a_soft_one_beyond_a_limit() {
    let hard = r#"{"is": "bounced", "class": "no_mailbox", "words": "550 5.1.1 nobody"}"#;
    let trace = played(&format!("+1h reported hello {hard}\n+2h event Again {{}} id 2"));
    assert_eq!(trace.stopped(), ["+2h hello blocked by 7.2"]);
    trace.says(&[
        "it came back: no such mailbox (550 5.1.1 nobody)",
        "The email address is not used any more: hard bounce: no such mailbox: 550 5.1.1 nobody",
    ]);
    assert_eq!(counted(&trace, "news:w:bounced"), 1);
    assert_eq!(counted(&trace, "news:w:bounced:v1"), 1);

    let soft = r#"{"is": "bounced", "class": "full", "words": "452 4.2.2 full"}"#;
    let once = format!("+1h reported hello {soft}\n");
    let trace = played(&format!("{once}+1d event Again {{}} id 2"));
    assert_eq!(trace.stopped(), [""; 0], "one is not enough");
    let trace = played(&format!(
        "{once}+1d event Again {{}} id 2\n+2d reported hello {soft}\n+3d event Again {{}} id 3"
    ));
    assert_eq!(trace.stopped(), ["+3d hello blocked by 7.2"]);
    trace.says(&["2 messages came back within 10d"]);
    let late =
        format!("{once}+1d event Again {{}} id 2\n+12d reported hello {soft}\n+13d event Again {{}} id 3");
    assert_eq!(played(&late).stopped(), [""; 0], "the first is out of the window");
    let alive = format!(
        "{once}+1d event Again {{}} id 2\n{}+2d reported hello {soft}\n+3d event Again {{}} id 3",
        open("+25h", PERSON)
    );
    assert_eq!(played(&alive).stopped(), [""; 0], "the person opened something since");
}

#[test]
fn s15_2_the_same_news_again_or_late_changes_nothing() {
    let hard = r#"{"is": "bounced", "class": "no_mailbox", "words": "no"}"#;
    let soft = r#"{"is": "bounced", "class": "full", "words": "full"}"#;
    let delivered = r#"{"is": "delivered", "words": "250"}"#;
    let script = [
        format!("+1h reported hello {soft}\n"),
        format!("+1h reported hello {soft}\n"),
        format!("+1h reported hello {hard}\n"),
        format!("+1h reported hello {hard}\n"),
        format!("+1h reported hello {soft}\n"),
        format!("+2h reported hello {delivered}\n"),
        format!("+2h reported hello {delivered}\n"),
        open("+3h", PERSON),
        open("+3h", PERSON),
    ];
    let trace = played(&script.concat());
    for what in ["bounced", "delivered", "opened"] {
        assert_eq!(counted(&trace, &format!("news:w:{what}")), 1, "{what}");
    }
    assert_eq!(trace.contact.consent.suppressed.len(), 1, "a hard bounce after a soft one still counts");
    let told: Vec<_> =
        trace.contact.ledger[0].engagement.keys().map(|engagement| engagement.as_str()).collect();
    assert_eq!(told, ["sent", "delivered", "opened", "bounced"]);
}

#[test]
fn s15_3_a_complaint_suppresses_the_address_and_opts_out_of_the_channel() {
    let trace = played(
        "+1h reported hello {\"is\": \"complained\", \"words\": \"abuse\"}\n\
         +1h traits {\"email\": \"ann@new.example\"}\n+2h event Again {} id 2",
    );
    assert_eq!(trace.stopped(), ["+2h hello blocked by 7.3"], "another address doesn't help");
    assert_eq!(trace.contact.consent.suppressed.len(), 1);
    assert_eq!(counted(&trace, "news:w:complained:v1"), 1);
}

#[test]
fn s15_4_of_a_forgotten_message_only_hard_bounces_and_complaints_count() {
    let told = |what: &str| played(&format!("+1h forgotten ann@b.example {what}\n+2h event Again {{}} id 2"));
    for what in [
        r#"{"is": "bounced", "class": "no_mailbox", "words": "no"}"#,
        r#"{"is": "complained", "words": "abuse"}"#,
    ] {
        let trace = told(what);
        assert_eq!(trace.contact.consent.suppressed.len(), 1, "{what}");
        assert_eq!(trace.stopped().len(), 1, "{what}: {:?}", trace.stopped());
    }
    for what in [r#"{"is": "bounced", "class": "full", "words": "full"}"#, r#"{"is": "delivered"}"#] {
        let trace = told(what);
        assert_eq!(trace.contact.consent.suppressed.len(), 0, "{what}");
        assert_eq!(trace.stopped(), [""; 0], "{what}");
    }
    let elsewhere = played(
        "+1h forgotten old@b.example {\"is\": \"bounced\", \"class\": \"no_mailbox\", \"words\": \"no\"}\n+2h event Again {} id 2",
    );
    assert_eq!(elsewhere.stopped(), [""; 0], "it is the address that it was of");
}

#[test]
fn s15_1_what_is_told_of_a_message_of_unknown_fate_says_that_it_went() {
    let told = r#"{"is": "delivered"}"#;
    let trace = play(HELLO, &format!("provider unknown\n{ANN}+1h reported hello {told}"));
    assert_eq!(trace.contact.ledger[0].state.name(), "sent");
    assert!(trace.contact.ledger[0].engagement.contains_key(&Engagement::Sent));
}

#[test]
fn s15_5_machines_are_counted_apart_and_nothing_waits_for_them() {
    let trace = played(&open("+1h", r#"{"agent": "Mozilla/5.0"}"#));
    assert_eq!(text(&trace, "read"), None);
    assert_eq!(counted(&trace, "news:w:opened_by_machine"), 1);
    assert_eq!(counted(&trace, "news:w:opened"), 0);
    trace.says(&["opened by a machine, which counts for nothing: Apple's Mail Privacy Protection"]);
    let trace = played(&open("+1h", PERSON));
    assert_eq!(text(&trace, "read").as_deref(), Some("opened"));
    assert_eq!(counted(&trace, "news:w:opened"), 1);
}

#[test]
fn s15_5_a_click_counts_two_seconds_later_unless_many_links_are_followed_at_once() {
    let trace = played(&click("+1h", "shop.example/a"));
    assert_eq!(text(&trace, "read").as_deref(), Some("clicked"));
    assert_eq!(trace.contact.traits.get("followed"), Some(&true.into()), "its event triggers");
    assert_eq!(counted(&trace, "news:w:clicked"), 1);
    let at = trace.contact.ledger[0].engagement[&Engagement::Clicked];
    assert_eq!(trace.since_start(at), "+1h2s");

    let scanner = ["a", "b", "c"].map(|page| click("+1h", &format!("shop.example/{page}"))).concat();
    let trace = played(&scanner);
    assert_eq!(text(&trace, "read"), None);
    assert_eq!(counted(&trace, "news:w:clicked"), 0);
    assert_eq!(counted(&trace, "news:w:clicked_by_machine"), 1);
    trace.says(&["3 links were followed within a second"]);

    let hidden = format!("+1h reported hello {{\"is\": \"clicked\", \"link\": null, \"visit\": {PERSON}}}\n");
    let trace = played(&format!("{}{hidden}{}", click("+1h", "shop.example/a"), open("+1h", PERSON)));
    assert_eq!(text(&trace, "read"), None, "what follows the hidden link is a machine");
    let person = format!("{hidden}{}", click("+1d", "shop.example/a"));
    assert_eq!(text(&played(&person), "read").as_deref(), Some("clicked"), "a day later it is a person");
}

#[test]
fn s15_5_a_click_right_after_the_message_left_is_a_machines() {
    let trace = played(&click("+0m", "shop.example/a"));
    assert_eq!(text(&trace, "read"), None);
    trace.says(&["followed 0 ms after the message left"]);
}

#[test]
fn s15_6_news_are_events_of_the_contact_by_the_names_of_segments_specification() {
    let told = [
        ("delivered", "Email Delivered"),
        ("replied", "Email Replied"),
        ("complained", "Email Marked as Spam"),
    ];
    for (is, name) in told {
        let trace = played(&format!("+1h reported hello {{\"is\": \"{is}\"}}\n"));
        trace.says(&[name]);
    }
    let trace = played("+1h reported hello {\"is\": \"replied\", \"words\": \"yes please\"}\n");
    assert_eq!(text(&trace, "read").as_deref(), Some("replied"));
}
