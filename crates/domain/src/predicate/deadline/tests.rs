//! The next change against a scan of every millisecond.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::*;
use crate::behaviour::{PastEvent, SummaryDefinition, SummaryId};
use crate::catalog::Catalog;
use crate::contact::Contact;
use crate::id::WorkspaceId;
use crate::id::{
    Category, Channel, ContactId, EventName, MessageId, RunId, StepId, TemplateName, WorkflowName,
};
use crate::message::{Message, MessageState};
use crate::predicate::{Engagement, MessageTest, holds};
use crate::value::{Operand, Path};

/// The instant around which everything happens.
const BASE_MS: i64 = 1_800_000_000_000;

/// How long after [`BASE_MS`] nothing changes any more: the latest instant plus the longest period.
const SCAN_MS: i64 = 140;

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(BASE_MS + millis)
}

fn ms(millis: i64) -> Period {
    Period::from_millis(millis)
}

fn contact(traits: Value, orders: &[(i64, u8)], messages: &[(i64, Option<i64>)]) -> Contact {
    let mut contact = Contact::new(ContactId::hashed(at(0), &[]), 0, at(0));
    let Value::Object(traits) = traits else { panic!("traits are an object") };
    contact.traits = traits;
    let definition = SummaryDefinition {
        event: EventName::from("Order"),
        filter: Vec::new(),
        value: Path::parse("total"),
        windows: [ms(60)].into(),
        newest_enough: None,
        noted: None,
        tallied: false,
        since: 0,
    };
    let history: Vec<PastEvent> = orders
        .iter()
        .map(|(time, total)| PastEvent {
            name: EventName::from("Order"),
            occurred_at: at(*time),
            properties: Map::from_iter([("total".to_owned(), json!(total))]),
        })
        .collect();
    let summary = Summary::rebuild(&definition, history.iter(), at(0));
    contact.summaries.insert(SummaryId("orders".to_owned()), summary);
    contact.ledger = messages.iter().enumerate().map(|(n, message)| ledger_entry(n, *message)).collect();
    contact
}

fn ledger_entry(n: usize, (sent_at, opened_at): (i64, Option<i64>)) -> Message {
    Message {
        of: None,
        id: MessageId::hashed(at(0), &[&n.to_be_bytes()]),
        kind: crate::message::MessageKind::Send,
        run: RunId::hashed(at(0), &[]),
        workflow: WorkflowName::from("w"),
        version: 1,
        step: StepId::from("s"),
        channel: Channel::from("email"),
        category: Category::from("offers"),
        transactional: false,
        template: TemplateName::from("t"),
        content_hash: String::new(),
        address: String::new(),
        intent_at: at(sent_at),
        reserved_at: None,
        expires_at: None,
        attempts: 1,
        may_have_gone: false,
        sender: String::new(),
        provider_id: String::new(),
        hop: 0,
        state: MessageState::Sent,
        state_at: at(sent_at),
        engagement: opened_at
            .map(|opened_at| (Engagement::Opened, at(opened_at)))
            .into_iter()
            .collect::<BTreeMap<_, _>>(),
        links: Vec::new(),
        reported: None,
        ghost: false,
    }
}

fn facts<'a>(catalog: &'a Catalog, contact: &'a Contact, at: Timestamp) -> Facts<'a> {
    Facts { catalog, contact, at, trigger: Some(&contact.traits), variables: None, run: None, event: None }
}

fn behaviour(measure: Measure) -> Predicate {
    Predicate::Behaviour { summary: SummaryId("orders".to_owned()), measure }
}

fn number_test() -> impl Strategy<Value = Test> {
    let operand = (0..5_u8).prop_map(|number| Operand::Literal(json!(number)));
    (operand, 0..4_u8).prop_map(|(operand, kind)| match kind {
        0 => Test::Gte(operand),
        1 => Test::Eq(operand),
        2 => Test::Lt(operand),
        _ => Test::Ne(operand),
    })
}

fn age() -> impl Strategy<Value = Age> {
    (1..60_i64, prop::sample::select(vec![Age::Within as fn(Period) -> Age, Age::Before]))
        .prop_map(|(period, age)| age(ms(period)))
}

fn leaf() -> impl Strategy<Value = Predicate> {
    let within = || prop::option::of((1..60_i64).prop_map(ms));
    let date = (1..60_i64, 0..3_u8, any::<bool>()).prop_map(|(period, kind, trigger)| {
        let tests = match kind {
            0 => vec![Test::WithinLast(ms(period))],
            1 => vec![Test::WithinNext(ms(period))],
            _ => vec![Test::Exists(true), Test::WithinLast(ms(period)), Test::WithinNext(ms(period / 2))],
        };
        let test = PropertyTest { path: Path::parse("date").unwrap(), tests };
        if trigger { Predicate::Trigger(test) } else { Predicate::Trait(test) }
    });
    let message = (prop::sample::select(vec![Engagement::Sent, Engagement::Opened]), within()).prop_map(
        |(outcome, within)| {
            Predicate::Message(MessageTest {
                template: None,
                step: None,
                workflow: None,
                outcome,
                link: None,
                within,
            })
        },
    );
    prop_oneof![
        1 => Just(Predicate::Always),
        4 => (number_test(), within()).prop_map(|(test, within)| behaviour(Measure::Count { tests: vec![test], within })),
        4 => (number_test(), within()).prop_map(|(test, within)| behaviour(Measure::Sum { tests: vec![test], within })),
        2 => age().prop_map(|age| behaviour(Measure::First(age))),
        2 => age().prop_map(|age| behaviour(Measure::Last(age))),
        4 => date,
        3 => message,
    ]
}

fn predicate() -> impl Strategy<Value = Predicate> {
    leaf().prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Predicate::All),
            prop::collection::vec(inner.clone(), 0..3).prop_map(Predicate::Any),
            inner.prop_map(|predicate| Predicate::Not(Box::new(predicate))),
        ]
    })
}

fn contacts() -> impl Strategy<Value = Contact> {
    let orders = prop::collection::vec((-80..40_i64, 0..3_u8), 0..6);
    let messages = prop::collection::vec((-80..40_i64, prop::option::of(-60..40_i64)), 0..4);
    (prop::option::of(-80..80_i64), orders, messages).prop_map(|(date, orders, messages)| {
        let date = date.map(|date| at(date).to_string());
        contact(json!({ "date": date }), &orders, &messages)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn s6_2_no_answer_changes_before_the_next_change_and_no_flip_is_missed(
        predicate in predicate(),
        contact in contacts(),
    ) {
        let catalog = Catalog::empty(WorkspaceId::from("shop"));
        let answer = |now| holds(&predicate, &facts(&catalog, &contact, at(now)));
        let mut deadline = next_change(&predicate, &facts(&catalog, &contact, at(0)));
        for now in 1..=SCAN_MS {
            if deadline == Some(at(now)) {
                deadline = next_change(&predicate, &facts(&catalog, &contact, at(now)));
                prop_assert!(deadline.is_none_or(|deadline| deadline > at(now)));
            } else {
                prop_assert_eq!(answer(now), answer(now - 1), "at {} of {:?}", now, predicate);
            }
        }
        prop_assert_eq!(deadline, None, "nothing changes after everything has left every window");
    }
}

#[test]
fn s6_2_no_visit_for_a_while_wakes_at_the_exact_instant() {
    let catalog = Catalog::empty(WorkspaceId::from("shop"));
    let contact = contact(json!({}), &[(-20, 1), (-5, 1)], &[]);
    let quiet = Predicate::Not(Box::new(behaviour(Measure::Count {
        tests: vec![Test::Gte(Operand::Literal(json!(1)))],
        within: Some(ms(30)),
    })));
    let next = |now| next_change(&quiet, &facts(&catalog, &contact, at(now)));
    assert_eq!(next(0), Some(at(10)));
    assert_eq!(next(10), Some(at(25)));
    assert!(!holds(&quiet, &facts(&catalog, &contact, at(24))));
    assert!(holds(&quiet, &facts(&catalog, &contact, at(25))));
    assert_eq!(next(25), None);
    let last = behaviour(Measure::Last(Age::Before(ms(30))));
    assert_eq!(next_change(&last, &facts(&catalog, &contact, at(0))), Some(at(25)));
}

#[test]
fn s2_1_an_event_from_the_future_is_waited_for() {
    let catalog = Catalog::empty(WorkspaceId::from("shop"));
    let contact = contact(json!({}), &[(7, 1)], &[]);
    let any = behaviour(Measure::Count { tests: vec![Test::Gte(Operand::Literal(json!(1)))], within: None });
    assert_eq!(next_change(&any, &facts(&catalog, &contact, at(0))), Some(at(7)));
    assert!(!holds(&any, &facts(&catalog, &contact, at(6))));
    assert!(holds(&any, &facts(&catalog, &contact, at(7))));
}

#[test]
fn what_does_not_change_with_time_has_no_next_change() {
    let catalog = Catalog::empty(WorkspaceId::from("shop"));
    let contact = contact(json!({ "date": "2099-01-01", "plan": "gold" }), &[(-1, 1)], &[(-1, None)]);
    let tests = vec![Test::Exists(true), Test::Gt(Operand::Literal(json!("2098-01-01")))];
    let date = Predicate::Trait(PropertyTest { path: Path::parse("date").unwrap(), tests });
    let ever = behaviour(Measure::Count { tests: Vec::new(), within: None });
    for predicate in [Predicate::Always, date, ever] {
        assert_eq!(next_change(&predicate, &facts(&catalog, &contact, at(0))), None, "{predicate:?}");
    }
}
