//! Every kind of question in words, and that words never decide.

use serde_json::{Value, json};

use super::*;
use crate::advance::advance;
use crate::catalog::Catalog;
use crate::compile::{Portfolio, compile};
use crate::contact::Contact;
use crate::event::{Event, EventKind};
use crate::id::{ContactId, EventName, InputId, ListName, SegmentName, WorkspaceId};
use crate::input::{Cause, Input};
use crate::source::SourceFile;

const NOW: &str = "2026-11-20T11:00:00Z";

fn now() -> Timestamp {
    Timestamp::parse(NOW).unwrap()
}

/// A catalog with these rules as segments `s1`, `s2`, …
fn catalog(rules: &[&str]) -> Catalog {
    let file = |path: String, text: String| SourceFile { path, text };
    let mut files = vec![file(
        "policies.yaml".to_owned(),
        "timezone: Europe/Berlin\nsender: Shop <hello@shop.example>\ncategories:\n  offers: { title: Offers, default: unsubscribed }\n".to_owned(),
    )];
    for (n, rule) in rules.iter().enumerate() {
        let text = format!("segment: s{}\nwhere: {rule}\n", n + 1);
        files.push(file(format!("segments/s{}.yaml", n + 1), text));
    }
    let compiled = compile(&WorkspaceId::from("shop"), 1, &Portfolio { files, ..Portfolio::default() });
    assert!(compiled.catalog.is_some(), "{:?}", compiled.diagnostics);
    compiled.catalog.unwrap()
}

fn contact(catalog: &Catalog, traits: Value, events: &[(&str, &str, Value)]) -> Contact {
    let mut contact = Contact::new(ContactId::hashed(now(), &[]), 0, now());
    let Value::Object(traits) = traits else { panic!("traits are an object") };
    let identify = ("Identified", NOW, json!({}));
    for (n, (name, at, properties)) in std::iter::once(&identify).chain(events).enumerate() {
        let Value::Object(properties) = properties.clone() else { panic!("properties are an object") };
        let event = Event {
            kind: if n == 0 { EventKind::Identify } else { EventKind::Track },
            name: EventName::from(*name),
            message_id: n.to_string(),
            occurred_at: Timestamp::parse(at).unwrap(),
            identifiers: crate::identity::Identifiers::default(),
            traits: if n == 0 { traits.clone() } else { serde_json::Map::new() },
            properties,
            imported: false,
            brought: None,
        };
        let cause = Cause::Event(Box::new(event));
        let id = InputId::hashed(now(), &[&n.to_be_bytes()]);
        let input = Input { id, cause, history: None, refused_claims: Vec::new(), hop: 0 };
        contact = advance(catalog, contact, &input, now()).contact;
    }
    contact
}

fn told(catalog: &Catalog, contact: &Contact, segment: &str) -> Explanation {
    let facts = Facts { catalog, contact, at: now(), trigger: None, variables: None, run: None, event: None };
    let explanation = explain(&Predicate::Segment(SegmentName::from(segment)), &facts);
    assert_eq!(explanation.holds, contact.segments.contains_key(segment));
    assert_eq!(explanation.parts[0].holds, explanation.holds, "{:#?}", explanation.lines());
    explanation
}

fn sentence(rule: &str, traits: Value, events: &[(&str, &str, Value)]) -> String {
    let catalog = catalog(&[rule]);
    told(&catalog, &contact(&catalog, traits, events), "s1").sentence()
}

#[test]
fn every_kind_of_question_is_explained_with_what_was_found() {
    let cases = [
        (
            "{ trait: plan, eq: pro }",
            json!({"plan": "free"}),
            r#"no, because the trait `plan` is "pro": it is "free""#,
        ),
        (
            "{ trait: age, gte: 18, lt: 65 }",
            json!({"age": 17}),
            "no, because the trait `age` is at least 18 and is less than 65: it is 17",
        ),
        (
            "{ trait: plan, exists: false }",
            json!({}),
            "yes, because the trait `plan` is missing: it is missing",
        ),
        (
            "{ trait: spent, gt: $contact.limit }",
            json!({"spent": 5, "limit": 7}),
            "no, because the trait `spent` is more than the trait `limit` (7): it is 5",
        ),
        ("{ list: vip }", json!({}), "no, because the contact is on the list `vip`: not on it"),
        (
            "{ not: { tag: staff } }",
            json!({}),
            "yes, because it is not so that the contact has the tag `staff`: it has not",
        ),
        (
            "{ not: { trait: plan, eq: free } }",
            json!({"plan": "free"}),
            r#"no, because it is so that the trait `plan` is "free": it is "free""#,
        ),
        (
            "{ time: { from: \"09:00\", to: \"17:00\", days: [friday] } }",
            json!({"timezone": "Asia/Tokyo"}),
            "no, because the local time is from 09:00 to 17:00 on friday: it is friday, 20:00 in Asia/Tokyo",
        ),
        (
            "{ consent: offers, is: subscribed }",
            json!({}),
            "no, because consent for the category `offers` is subscribed: never answered, which counts as unsubscribed",
        ),
        (
            "{ message: any, is: opened, within: 7d }",
            json!({}),
            "no, because a message was opened within 1w: there is no such message",
        ),
    ];
    for (rule, traits, expected) in cases {
        assert_eq!(sentence(rule, traits, &[]), expected, "{rule}");
    }
}

#[test]
fn behaviour_is_explained_with_numbers_and_instants() {
    let events = [
        ("Order Completed", "2026-11-19T10:00:00Z", json!({"total": 40})),
        ("Order Completed", "2026-11-20T10:00:00Z", json!({"total": 25.5})),
        ("Order Completed", "2026-11-20T10:30:00Z", json!({"total": 1})),
    ];
    let cases = [
        (
            "{ event: Order Completed, count: { gte: 3 }, within: 1d }",
            "no, because the number of `Order Completed` within 1d is at least 3: it is 2",
        ),
        (
            "{ event: Order Completed, where: { total: { gte: 20 } }, sum: { of: total, gte: 60 }, within: 30d }",
            "yes, because the sum of `total` of `Order Completed` where `total` is at least 20 within 30d is at least 60: it is 65.5",
        ),
        (
            "{ event: Order Completed, last: { before: 30d } }",
            "no, because the last `Order Completed` was at least 30d ago: at 2026-11-20T10:30:00Z",
        ),
        ("{ event: Refunded, never: true }", "yes, because the number of `Refunded` is 0: it is 0"),
        (
            "{ event: Refunded, first: { within: 7d } }",
            "no, because the first `Refunded` was less than 1w ago: never",
        ),
    ];
    for (rule, expected) in cases {
        assert_eq!(sentence(rule, json!({}), &events), expected, "{rule}");
    }
}

#[test]
fn only_the_parts_that_decided_stand_in_the_sentence_and_all_in_the_tree() {
    let rule = "{ all: [ { trait: plan, eq: pro }, { any: [ { trait: age, gte: 18 }, { tag: adult } ] }, { list: vip } ] }";
    let catalog = catalog(&[rule, "{ all: [ { segment: s1 }, { trait: plan, eq: pro } ] }"]);
    let contact = contact(&catalog, json!({"plan": "pro", "age": 12}), &[]);
    let told = told(&catalog, &contact, "s2");
    assert_eq!(
        told.sentence(),
        "no, because the trait `age` is at least 18: it is 12; the contact has the tag `adult`: it has not; \
         the contact is on the list `vip`: not on it"
    );
    insta::assert_snapshot!(told.lines().join("\n"), @r#"
    - the contact is in the segment `s2`: not in it
      - all of these hold
        - the contact is in the segment `s1`: not in it
          - all of these hold
            + the trait `plan` is "pro": it is "pro"
            - at least one of these holds
              - the trait `age` is at least 18: it is 12
              - the contact has the tag `adult`: it has not
            - the contact is on the list `vip`: not on it
        + the trait `plan` is "pro": it is "pro"
    "#);
}

#[test]
fn an_explanation_says_when_time_alone_may_change_the_answer() {
    let catalog = catalog(&["{ event: Seen, within: 1d }"]);
    let contact = contact(&catalog, json!({}), &[("Seen", "2026-11-20T10:00:00Z", json!({}))]);
    let told = told(&catalog, &contact, "s1");
    assert!(told.holds);
    assert_eq!(told.parts[0].may_change_at, Timestamp::parse("2026-11-21T10:00:00Z"));
}

#[test]
fn a_tree_beyond_the_bound_loses_its_depth_and_not_its_answer() {
    let many = (0..EXPLAINED_PARTS_MAX).map(|n| format!("{{ tag: t{n} }}")).collect::<Vec<_>>().join(", ");
    let catalog = catalog(&[&format!("{{ not: {{ any: [ {many} ] }} }}")]);
    let mut contact = contact(&catalog, json!({}), &[]);
    contact.lists.insert(ListName::from("vip"), now());
    let told = told(&catalog, &contact, "s1");
    assert!(told.holds);
    assert!(told.lines().len() <= EXPLAINED_PARTS_MAX, "{}", told.lines().len());
}
