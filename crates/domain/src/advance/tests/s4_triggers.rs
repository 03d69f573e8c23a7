//! Every kind of trigger: what lets a contact in, and with which data.

use super::play::{Trace, play};

const ANN: &str = "+0m traits {\"email\": \"ann@b.example\"}\n";

/// A workflow of this trigger that waits for ever.
fn entered_by(trigger: &str) -> String {
    format!(
        "
workflow: w
title: W
category: offers
trigger: {trigger}
reentry: always
steps:
  - {{ id: pause, wait: 1s }}
"
    )
}

/// When the contact entered, with this trigger and this script.
fn entries(trigger: &str, script: &str) -> Vec<String> {
    let entered = play(&entered_by(trigger), script).entered();
    entered.iter().map(|entry| entry.trim_end_matches(" w").to_owned()).collect()
}

#[test]
fn s4_1_a_page_lets_in_by_pattern_campaign_and_properties() {
    let script = "
        +1m page {\"url\": \"https://shop.example/pricing/eu?utm_source=news&utm_campaign=Spring\", \"referrer\": \"https://google.com\"}
        +2m page {\"url\": \"https://shop.example/blog\", \"utm_source\": \"ads\"}
        +3m page {\"path\": \"/pricing\", \"search\": \"?utm_source=ads\"}
        +4m event Page Visited {\"url\": \"https://shop.example/pricing\"}";
    assert_eq!(entries("{ page: any }", script), ["+1m", "+2m", "+3m"]);
    assert_eq!(entries("{ page: /pricing/** }", script), ["+1m", "+3m"]);
    assert_eq!(entries("{ page: shop.example/** }", script), ["+1m", "+2m"]);
    assert_eq!(entries("{ page: any, utm: { source: ads } }", script), ["+2m", "+3m"]);
    assert_eq!(
        entries("{ page: any, utm: { source: { in: [ads, news] }, campaign: Spring } }", script),
        ["+1m"]
    );
    assert_eq!(entries("{ page: any, where: { referrer: { contains: google } } }", script), ["+1m"]);
    assert_eq!(entries("{ page: any, where: { url: { matches: \"*/blog\" } } }", script), ["+2m"]);
}

#[test]
fn s4_1_a_form_lets_in_by_either_name_of_its_id() {
    let script = "
        +1m event Form Submitted {\"form\": \"contact-us\"}
        +2m event Form Submitted {\"form_id\": \"contact-us\", \"topic\": \"sales\"}
        +3m event Form Submitted {\"form\": \"newsletter\"}";
    assert_eq!(entries("{ form: contact-us }", script), ["+1m", "+2m"]);
    assert_eq!(entries("{ form: any }", script), ["+1m", "+2m", "+3m"]);
    assert_eq!(entries("{ form: contact-us, where: { topic: sales } }", script), ["+2m"]);
}

#[test]
fn s4_1_a_purchase_lets_in_by_value_currency_and_item() {
    let script = "
        +1m event Order Completed {\"total\": 120, \"revenue\": 80, \"currency\": \"EUR\", \"products\": [{\"sku\": \"a\"}, {\"product_id\": \"b\"}]}
        +2m event Order Completed {\"revenue\": 150, \"currency\": \"USD\", \"product_id\": \"c\"}
        +3m event Order Completed";
    assert_eq!(entries("{ purchase: {} }", script), ["+1m", "+2m", "+3m"]);
    assert_eq!(entries("{ purchase: { value: { gte: 100 } } }", script), ["+1m", "+2m"]);
    assert_eq!(
        entries("{ purchase: { value: { lt: 130 } } }", script),
        ["+1m"],
        "the total, where there is one"
    );
    assert_eq!(entries("{ purchase: { currency: EUR } }", script), ["+1m"]);
    assert_eq!(entries("{ purchase: { item: b } }", script), ["+1m"]);
    assert_eq!(entries("{ purchase: { item: { in: [a, c] } } }", script), ["+1m", "+2m"]);
    let renamed = format!("{}---\nevents: {{ purchase: Bought }}\n", entered_by("{ purchase: {} }"));
    assert_eq!(play(&renamed, "+1m event Order Completed\n+2m event Bought").entered(), ["+2m w"]);
}

#[test]
fn s4_1_a_ticket_lets_in_by_status_satisfaction_and_priority() {
    let script = "
        +1m event Ticket Updated {\"status\": \"solved\", \"satisfaction\": 1}
        +2m event Ticket Updated {\"status\": \"open\", \"priority\": \"urgent\"}";
    assert_eq!(entries("{ support: { status: solved, satisfaction: { lte: 2 } } }", script), ["+1m"]);
    assert_eq!(entries("{ support: { priority: urgent } }", script), ["+2m"]);
}

#[test]
fn s4_1_a_hook_lets_in_by_the_event_that_it_made() {
    let script = "+1m event Invoice Paid {\"hook\": \"stripe\"}\n+2m event Invoice Paid {\"hook\": \"other\"}\n+3m event Hook other {\"hook\": \"other\"}";
    let hooks = "---\nhook: stripe\nevent: Invoice Paid\nuser_id: user\n---\nhook: other\nuser_id: user\n";
    let entered = |hook: &str| play(&format!("{}{hooks}", entered_by(hook)), script).entered();
    assert_eq!(entered("{ hook: stripe }"), ["+1m w"]);
    assert_eq!(entered("{ hook: other }"), ["+3m w"]);
}

const HELLO: &str = "
workflow: hello
title: Hello
category: news
trigger: { event: Go }
reentry: always
steps:
  - { id: hello, send: { email: hello } }
---
";

fn after_hello(trigger: &str, script: &str) -> Trace {
    play(&format!("{HELLO}{}", entered_by(trigger)), &format!("{ANN}+0m event Go\n{script}"))
}

#[test]
fn s4_1_news_of_a_message_lets_in_once_for_each_kind_and_link() {
    let script = "
        +1m engaged hello opened
        +2m engaged hello opened
        +3m engaged hello clicked https://shop.example/a
        +4m engaged hello clicked https://shop.example/b
        +5m engaged hello clicked https://shop.example/a
        +6m engaged hello replied";
    let entered = |trigger: &str| {
        let all = after_hello(trigger, script).entered();
        all.into_iter().filter(|entry| entry.ends_with(" w")).collect::<Vec<_>>()
    };
    assert_eq!(entered("{ message: hello, is: sent }"), ["+0s w"]);
    assert_eq!(entered("{ message: hello, is: opened }"), ["+1m w"]);
    assert_eq!(entered("{ message: any, is: clicked }"), ["+3m w", "+4m w"]);
    assert_eq!(entered("{ message: hello, is: clicked, link: \"*/b\" }"), ["+4m w"]);
    assert_eq!(entered("{ message: any, is: replied, workflow: hello, step: hello }"), ["+6m w"]);
    assert_eq!(entered("{ message: any, is: replied, workflow: w }"), [""; 0]);
    let trace = after_hello("{ message: any, is: clicked }", script);
    assert_eq!(trace.contact.ledger[0].links, ["https://shop.example/a", "https://shop.example/b"]);
    assert!(!trace.contact.activity.is_empty(), "people are awake when they click");
}

#[test]
fn s4_1_a_hard_bounce_is_news_of_a_message() {
    let trace = after_hello("{ message: hello, is: bounced }", "provider bounce");
    assert_eq!(trace.entered(), ["+0s hello", "+0s w"]);
}

#[test]
fn s4_1_an_answer_of_consent_lets_in_however_it_was_given() {
    let by_step = "
workflow: out
title: Out
trigger: { event: Leave }
steps:
  - { id: out, update: { consent: { news: unsubscribed } } }
---
";
    let portfolio = format!("{by_step}{HELLO}{}", entered_by("{ consent: news, is: unsubscribed }"));
    for (script, at) in [
        (
            "+1m consent news unsubscribed\n+2m consent news unsubscribed\n+3m consent news subscribed",
            "+1m w",
        ),
        ("+1m event Unsubscribed {\"category\": \"news\"}", "+1m w"),
        ("+1m event Leave", "+1m w"),
        ("+0m event Go\n+1m engaged hello unsubscribed", "+1m w"),
    ] {
        let entered = play(&portfolio, &format!("{ANN}{script}")).entered();
        let of_w: Vec<_> = entered.iter().filter(|entry| entry.ends_with(" w")).collect();
        assert_eq!(of_w, [at], "{script}");
    }
}

#[test]
fn s5_3_who_unsubscribes_through_a_message_has_opted_out_of_its_category() {
    let trace = play(
        &HELLO.replace("---", "  - { id: pause, wait: 1d }\n  - { id: more, send: { email: more } }"),
        &format!("{ANN}+0m event Go\n+1h engaged hello unsubscribed"),
    );
    assert_eq!(trace.ended(), ["+1h hello unsubscribed"]);
    assert_eq!(trace.sent(), ["+0s hello"]);
}

#[test]
fn s4_1_programs_and_people_start_what_has_a_trigger_for_them() {
    let script = "+1m start w {\"a\": 1}\n+2m by-hand w";
    assert_eq!(entries("{ api: true }", script), ["+1m"]);
    assert_eq!(entries("{ manual: true }", script), ["+2m"]);
    assert_eq!(play(&entered_by("{ event: X }"), script).refused().len(), 2);
}

#[test]
fn s5_1_news_of_a_message_that_arrives_ends_a_run_and_a_wait() {
    let waits = "
workflow: w
title: W
category: offers
trigger: { event: Go }
exit_when:
  - { message: hello, is: complained }
steps:
  - { id: hello, send: { email: hello } }
  - id: answer
    wait_for:
      - { reply: hello, then: [ { id: thanks, send: { email: thanks } } ] }
      - { message: any, is: clicked, link: \"*/buy\", then: [ { id: offer, send: { email: offer } } ] }
    timeout: 3d
";
    let sent = |script: &str| play(waits, &format!("{ANN}+0m event Go\n{script}")).sent();
    assert_eq!(sent("+1h engaged hello opened\n+2h engaged hello replied"), ["+0s hello", "+2h thanks"]);
    let clicks =
        "+1h engaged hello clicked https://a.example/look\n+2h engaged hello clicked https://a.example/buy";
    assert_eq!(sent(clicks), ["+0s hello", "+2h offer"]);
    let trace = play(waits, &format!("{ANN}+0m event Go\n+1h engaged hello complained"));
    assert_eq!(trace.ended(), ["+1h w exit_condition"]);
}
