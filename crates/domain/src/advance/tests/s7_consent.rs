//! Consent: what contacts answer and choose, and what they have to confirm.

use std::fmt::Write as _;

use super::play::{Trace, play};
use crate::consent::{Basis, ConsentChange};
use crate::effect::Effect;

const ANN: &str = "+0m traits {\"email\": \"ann@b.example\"}\n";

const HELLO: &str = "
workflow: w
title: W
category: offers
trigger: { event: Go }
reentry: always
steps:
  - { id: hello, send: { email: hello } }
---
categories:
  offers: { title: Offers }
  news: { title: News, double_opt_in: confirm-news }
---
template: confirm-news
channel: email
subject: Please confirm
text: Confirm
";

fn ledger(trace: &Trace) -> Vec<ConsentChange> {
    let effects = trace.inputs.iter().flat_map(|played| &played.effects);
    let changes = effects.filter_map(|effect| match effect {
        Effect::Consent(change) => Some((**change).clone()),
        _ => None,
    });
    changes.collect()
}

fn told(trace: &Trace) -> Vec<String> {
    let line = |change: ConsentChange| {
        let basis = change.basis.map_or_else(String::new, |basis| format!(", {}", basis.as_str()));
        format!(
            "{} {}: {} by {}{basis}",
            trace.since_start(change.at),
            change.of,
            change.answer,
            change.source
        )
    };
    ledger(trace).into_iter().map(line).collect()
}

fn played(script: &str) -> Trace {
    play(HELLO, &format!("{ANN}{script}"))
}

#[test]
fn s7_3_every_answer_is_a_line_of_the_ledger_with_source_and_legal_basis() {
    let trace = played(
        "+0m event Subscribed {\"category\": \"offers\", \"legal_basis\": \"consent\", \"source\": \"checkout\"}
         +1h event Subscribed {\"category\": \"offers\", \"legal_basis\": \"consent\", \"source\": \"checkout\"} id 2
         +2h answers {\"categories\": {\"offers\": \"unsubscribed\"}, \"source\": \"preference page\"}
         +3h suppress email ann@b.example",
    );
    assert_eq!(
        told(&trace),
        [
            "+0s category offers: subscribed by checkout, consent",
            "+2h category offers: unsubscribed by preference page",
            "+3h address email: suppressed by by ann",
        ]
    );
    assert_eq!(ledger(&trace)[0].basis, Some(Basis::Consent));
}

#[test]
fn s7_3_a_paused_contact_gets_no_marketing_until_the_pause_is_over() {
    let pause = "+0m answers {\"pause\": {\"until\": 1767830400000}}\n";
    let trace = played(&format!("{pause}+1h event Go {{}} id 1\n+3d event Go {{}} id 2"));
    assert_eq!(trace.stopped(), ["+1h hello blocked by 7.3"]);
    assert_eq!(trace.sent(), ["+3d hello"], "the pause ends where the third day begins");
    trace.says(&["the contact wants no marketing until +3d"]);
    let ended = format!("{pause}+1h answers {{\"pause\": \"over\"}}\n+2h event Go");
    assert_eq!(played(&ended).sent(), ["+2h hello"]);
}

#[test]
fn s7_3_a_pause_takes_back_what_would_go_within_it_and_leaves_what_goes_later() {
    let quiet = "---\nquiet_hours: { from: \"01:00\", to: \"23:00\" }\n";
    let categories = HELLO.split("---\ncategories").next().unwrap();
    let script = |until: i64| format!("{ANN}+2h event Go\n+3h answers {{\"pause\": {{\"until\": {until}}}}}");
    let portfolio = format!("{categories}{quiet}");
    let day = 1_767_571_200_000_i64;
    assert_eq!(play(&portfolio, &script(day + 22 * 3_600_000)).sent(), ["+23h hello"]);
    let trace = play(&portfolio, &script(day + 24 * 3_600_000));
    assert_eq!(trace.stopped(), ["+3h hello blocked by 7.3"]);
}

#[test]
fn s7_9_of_the_frequency_that_a_contact_chose_and_the_caps_the_strictest_wins() {
    let choose = "+0m answers {\"frequency\": {\"at_most\": {\"max\": 1, \"per\": 604800000}}}\n";
    let go = "+1h event Go {} id 1\n+2h event Go {} id 2\n+8d event Go {} id 3\n";
    let trace = played(&format!("{choose}{go}"));
    assert_eq!(trace.sent(), ["+1h hello", "+8d hello"]);
    assert_eq!(trace.stopped(), ["+2h hello blocked by 7.9"]);
    trace.says(&["the contact chose at most 1 per 1w: 1 sent or reserved from +1h to +1h"]);
    let any = "+1h30m answers {\"frequency\": \"any\"}\n";
    assert_eq!(
        played(&format!("{choose}+1h event Go {{}} id 1\n{any}+2h event Go {{}} id 2")).sent().len(),
        2
    );
    let capped = HELLO.replace("---\ncategories", "---\ncaps: { max: 1, per: 30d, then: drop }\ncategories");
    assert_eq!(play(&capped, &format!("{ANN}{choose}{go}")).sent(), ["+1h hello"]);
}

#[test]
fn s7_9_what_makes_no_sense_as_a_frequency_is_not_done() {
    let trace = played("+0m answers {\"frequency\": {\"at_most\": {\"max\": 0, \"per\": 604800000}}}");
    assert!(trace.contact.consent.frequency.is_none());
    trace.says(&["0 per 1w is no frequency"]);
}

#[test]
fn s7_3_a_subscription_with_double_opt_in_counts_once_it_is_confirmed() {
    let news = HELLO.replace("category: offers\ntrigger", "category: news\ntrigger");
    let script = "+0m event Subscribed {\"category\": \"news\"}\n+1h event Go {} id 1\n";
    let trace = play(&news, &format!("{ANN}{script}"));
    assert_eq!(trace.sent(), ["+0s confirm-news"], "a transactional message asks");
    assert_eq!(trace.stopped(), ["+1h hello blocked by 7.3"]);
    assert!(trace.contact.consent.categories.is_empty());
    let confirm = "+2h answers {\"categories\": {\"news\": \"subscribed\"}, \"confirmed\": true}\n+3h event Go {} id 2\n";
    let trace = play(&news, &format!("{ANN}{script}{confirm}"));
    assert_eq!(trace.sent(), ["+0s confirm-news", "+3h hello"]);
    assert!(trace.contact.consent.unconfirmed.is_empty());
    assert_eq!(told(&trace)[0], "+0s category news: unconfirmed by event");
}

#[test]
fn s7_3_a_form_that_is_sent_often_sends_one_confirmation_a_day() {
    let again = |id: u32, at: &str| format!("+{at} event Subscribed {{\"category\": \"news\"}} id {id}\n");
    let script = format!("{}{}{}", again(1, "0m"), again(2, "23h"), again(3, "24h"));
    assert_eq!(played(&script).sent(), ["+0s confirm-news", "+1d confirm-news"]);
}

#[test]
fn s7_3_who_opts_out_while_a_confirmation_is_open_is_unsubscribed() {
    let trace = played(
        "+0m event Subscribed {\"category\": \"news\"}
         +1h event Unsubscribed {\"category\": \"news\"}",
    );
    assert!(trace.contact.consent.unconfirmed.is_empty());
    assert_eq!(trace.contact.consent.categories.len(), 1);
}

#[test]
fn s5_3_who_unsubscribes_through_a_message_has_done_so_through_it() {
    let trace = played("+0m event Go");
    let message = trace.contact.ledger[0].id;
    let script = format!(
        "+0m event Go\n+1h answers {{\"categories\": {{\"offers\": \"unsubscribed\"}}, \"via\": \"{message}\"}}"
    );
    let trace = played(&script);
    trace.says(&["news about the message: unsubscribed"]);
    assert_eq!(told(&trace).len(), 1, "it is said once");
    assert_eq!(ledger(&trace)[0].via, Some(message));
}

#[test]
fn answers_for_what_nobody_declared_are_bounded() {
    let mut script = ANN.to_owned();
    for n in 0..=crate::limits::CONSENT_ANSWERS_MAX {
        writeln!(script, "+1h event Unsubscribed {{\"category\": \"c{n}\"}} id {n}").unwrap();
    }
    let trace = play(
        "workflow: w\ntitle: W\ncategory: offers\ntrigger: { event: Go }\nsteps: [{ id: a, wait: 1d }]\n",
        &script,
    );
    assert_eq!(trace.contact.consent.categories.len(), crate::limits::CONSENT_ANSWERS_MAX);
    trace.says(&["answers already, so none for category"]);
}
