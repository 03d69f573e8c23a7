//! Accounts: what a contact knows of them, what rules and messages read, and what members count for.

use super::play::play;
use crate::id::SegmentName;

const CREW: &str = "
computed:
  orders: { event: Ordered, count: true }
accounts:
  traits:
    plan: { type: text, in: [free, pro] }
    renews_at: { type: date }
  rollups:
    seats: { count: members }
    admins: { count: members, where: { role: admin } }
    orders: { sum: orders }
---
segment: pros
where: { account: plan, eq: pro }
---
segment: renewing
where: { account: renews_at, within_next: 30d }
---
segment: buyers
where: { account: orders, gte: 2 }
---
workflow: hello-pro
title: Hello
category: offers
trigger: { segment_entered: pros }
exit_when:
  - { if: { account: plan, ne: pro } }
steps:
  - { id: hello, send: { email: hello } }
  - { id: rest, wait: 10d }
  - { id: still, send: { email: still } }
";

const ANN: &str = "+0m traits {\"email\": \"ann@b.example\"}\n";

#[test]
fn s3_5_a_member_is_told_what_its_account_is_and_rules_follow() {
    let script = format!("{ANN}+1h group acme {{\"plan\": \"free\"}}\n+2h tell acme {{\"plan\": \"pro\"}}");
    let trace = play(CREW, &script);
    assert_eq!(trace.sent(), ["+2h hello", "+10d2h still"]);
    trace.says(&["a member of the account \"acme\"", "Of the account \"acme\"", "entered the segment pros"]);
    assert_eq!(trace.contact.accounts["acme"].traits["plan"], "pro");
}

#[test]
fn s5_1_a_change_of_the_account_ends_a_run_whatever_it_waits_for() {
    let script = format!("{ANN}+1h group acme {{\"plan\": \"pro\"}}\n+1d tell acme {{\"plan\": \"free\"}}");
    let trace = play(CREW, &script);
    assert_eq!(trace.sent(), ["+1h hello"]);
    assert_eq!(trace.ended().len(), 1, "{:?}", trace.ended());
}

#[test]
fn s3_5_who_leaves_an_account_is_asked_as_one_who_has_none() {
    let script = format!(
        "{ANN}+1h group acme {{\"plan\": \"pro\"}}\n+1d leave acme\n+2d tell acme {{\"plan\": \"pro\"}}"
    );
    let trace = play(CREW, &script);
    assert!(trace.contact.accounts.is_empty());
    assert!(trace.contact.segments.is_empty());
    trace.says(&["no member of the account \"acme\" any more", "left the segment pros"]);
}

#[test]
fn s3_5_one_account_of_several_suffices() {
    let script = format!(
        "{ANN}+1h group acme {{\"plan\": \"pro\"}}\n+2h group other {{\"plan\": \"free\"}}\nuntil +3h"
    );
    let trace = play(CREW, &script);
    assert!(trace.contact.segments.contains_key(&SegmentName::from("pros")));
    assert_eq!(trace.contact.account().unwrap().0, "other", "messages speak of the one that was named last");
}

#[test]
fn s6_2_a_date_of_an_account_wakes_its_members_at_the_instant() {
    let script = format!("{ANN}+0m group acme {{\"renews_at\": \"2026-03-01\"}}\nuntil +60d");
    play(CREW, &script).says(&[
        "+25d alarm",
        "entered the segment renewing",
        "+55d alarm",
        "left the segment renewing",
    ]);
}

#[test]
fn s3_5_sums_over_members_come_back_to_them_as_traits_of_the_account() {
    let script = format!("{ANN}+0m group acme\n+1h event Ordered\n+2h event Ordered\nuntil +3h");
    let trace = play(CREW, &script);
    assert_eq!(trace.contact.accounts["acme"].traits["orders"], 2);
    assert!(trace.contact.segments.contains_key(&SegmentName::from("buyers")));
    assert!(!trace.contact.accounts["acme"].traits.contains_key("seats"), "nobody reads it");
}

#[test]
fn s7_0_messages_read_the_account_that_was_named_last() {
    let portfolio = "
workflow: hi
title: Hi
category: offers
trigger: { event: Asked }
steps:
  - id: hi
    send: { email: hi }
---
template: hi
channel: email
subject: \"{{ account.name }} of {{ account.id }}\"
text: Hello
";
    let script = format!("{ANN}+0m group acme {{\"name\": \"Acme\", \"secret\": 7}}\n+1h event Asked");
    let trace = play(portfolio, &script);
    let rendered = trace.inputs.iter().flat_map(|input| &input.effects).find_map(|effect| match effect {
        crate::effect::Effect::Render(render) => Some(render.context["account"].clone()),
        _ => None,
    });
    assert_eq!(rendered.unwrap(), serde_json::json!({ "id": "acme", "name": "Acme" }));
}
