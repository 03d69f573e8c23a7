//! Every kind of question, each with what is missing and what lies on the edge.

use std::collections::BTreeMap;

use serde_json::json;

use super::*;
use crate::behaviour::{Occurrence, SummaryId};
use crate::consent::Given;
use crate::event::EventKind;
use crate::id::WorkspaceId;
use crate::id::{
    Category, Channel, ContactId, EventName, MessageId, SegmentName, StepId, TemplateName, WorkflowName,
};
use crate::policy::CategoryPolicy;
use crate::run::{Run, RunState};
use crate::value::Path;

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

fn ms(millis: i64) -> Period {
    Period::from_millis(millis)
}

fn object(value: Value) -> Map<String, Value> {
    let Value::Object(map) = value else { panic!("{value} is not an object") };
    map
}

fn literal(value: Value) -> Operand {
    Operand::Literal(value)
}

fn path(text: &str) -> Path {
    Path::parse(text).unwrap()
}

/// Noon on 20 November 2026 in Berlin.
const NOW: &str = "2026-11-20T11:00:00Z";

struct World {
    catalog: Catalog,
    contact: Contact,
    event: Event,
    trigger: Map<String, Value>,
}

impl World {
    fn new(traits: Value) -> Self {
        let mut catalog = Catalog::empty(WorkspaceId::from("shop"));
        catalog.policies.zone = Zone::named("Europe/Berlin").unwrap();
        let mut contact = Contact::new(ContactId::hashed(at(NOW), &[]), 0, at(NOW));
        contact.traits = object(traits);
        let event = Event {
            kind: EventKind::Track,
            name: EventName::from("Order"),
            message_id: "1".to_owned(),
            occurred_at: at(NOW),
            identifiers: crate::identity::Identifiers::default(),
            properties: object(json!({ "total": 20, "cart": { "id": "c1" } })),
            traits: Map::new(),
            imported: false,
            brought: None,
        };
        Self { catalog, contact, event, trigger: object(json!({ "cart": { "id": "c1" }, "min": 10 })) }
    }

    fn facts(&self) -> Facts<'_> {
        Facts {
            catalog: &self.catalog,
            contact: &self.contact,
            at: at(NOW),
            trigger: Some(&self.trigger),
            variables: None,
            run: None,
            event: Some(&self.event),
        }
    }

    fn holds(&self, predicate: &Predicate) -> bool {
        holds(predicate, &self.facts())
    }
}

#[track_caller]
fn check(test: &Test, value: Value, expected: bool) {
    let world = World::new(json!({ "plan": "gold", "limit": null, "list": ["a", "b"] }));
    let value = Some(value).filter(|value| *value != json!("(missing)"));
    assert_eq!(test_holds(test, value.as_ref(), &world.facts()), expected, "{test:?} of {value:?}");
}

#[test]
fn numbers_compare_as_numbers_and_texts_as_texts_and_never_with_each_other() {
    let ten = || literal(json!(10));
    for (value, less, equal, greater) in [
        (json!(9), true, false, false),
        (json!(9.999), true, false, false),
        (json!(10), false, true, false),
        (json!(10.0), false, true, false),
        (json!(10.5), false, false, true),
        (json!(-11), true, false, false),
        (json!("10"), false, false, false),
        (json!(true), false, false, false),
        (json!([10]), false, false, false),
        (json!(null), false, false, false),
        (json!("(missing)"), false, false, false),
    ] {
        check(&Test::Lt(ten()), value.clone(), less);
        check(&Test::Lte(ten()), value.clone(), less || equal);
        check(&Test::Eq(ten()), value.clone(), equal);
        check(&Test::Ne(ten()), value.clone(), !equal);
        check(&Test::Gte(ten()), value.clone(), greater || equal);
        check(&Test::Gt(ten()), value, greater);
    }
    check(&Test::Gt(literal(json!("10"))), json!("9"), true);
    check(&Test::Gt(literal(json!("Anna"))), json!("anna"), true);
}

#[test]
fn whole_numbers_compare_exactly_beyond_floating_point() {
    assert_eq!(
        compare(&json!(9_007_199_254_740_993_i64), &json!(9_007_199_254_740_992_i64)),
        Some(Ordering::Greater)
    );
    assert_eq!(compare(&json!(u64::MAX), &json!(i64::MAX)), Some(Ordering::Greater));
    assert_eq!(compare(&json!(u64::MAX), &json!(-1)), Some(Ordering::Greater));
    assert_eq!(compare(&json!(0.1), &json!(1)), Some(Ordering::Less));
}

#[test]
fn truth_values_lists_and_objects_are_equal_or_have_no_order() {
    check(&Test::Eq(literal(json!(true))), json!(true), true);
    check(&Test::Gt(literal(json!(false))), json!(true), false);
    check(&Test::Ne(literal(json!(false))), json!(true), true);
    check(&Test::Eq(literal(json!([1, 2]))), json!([1.0, 2]), true);
    check(&Test::Eq(literal(json!({"a": 1}))), json!({"a": 1.0}), true);
    check(&Test::Eq(literal(json!({"a": 1}))), json!({"b": 1}), false);
    assert_eq!(compare(&json!([1]), &json!([2])), None);
    assert_eq!(compare(&json!("1"), &json!(1)), None);
}

#[test]
fn a_missing_value_or_operand_passes_only_what_is_negative() {
    let nowhere = || Operand::Contact(path("nowhere"));
    let null = || Operand::Contact(path("limit"));
    for operand in [nowhere(), null(), literal(json!(null)), Operand::Event(path("nowhere"))] {
        for value in [json!(1), json!("x"), json!(["x"]), json!(null), json!("(missing)")] {
            check(&Test::Eq(operand.clone()), value.clone(), false);
            check(&Test::Gte(operand.clone()), value.clone(), false);
            check(&Test::Lte(operand.clone()), value.clone(), false);
            check(&Test::In(vec![operand.clone()]), value.clone(), false);
            check(&Test::Contains(operand.clone()), value.clone(), false);
            check(&Test::StartsWith(operand.clone()), value.clone(), false);
            check(&Test::EndsWith(operand.clone()), value.clone(), false);
            check(&Test::Ne(operand.clone()), value.clone(), true);
            check(&Test::NotIn(vec![operand.clone()]), value, true);
        }
    }
    for missing in [json!(null), json!("(missing)")] {
        check(&Test::Exists(true), missing.clone(), false);
        check(&Test::Exists(false), missing.clone(), true);
        check(&Test::WithinLast(ms(1)), missing.clone(), false);
        check(&Test::WithinNext(ms(1)), missing.clone(), false);
        check(&Test::Ne(literal(json!(1))), missing.clone(), true);
        check(&Test::NotIn(vec![literal(json!(1))]), missing, true);
    }
    check(&Test::Exists(true), json!(false), true);
}

#[test]
fn lists_and_texts_contain() {
    check(&Test::Contains(literal(json!(2))), json!([1, 2.0]), true);
    check(&Test::Contains(literal(json!("2"))), json!([1, 2]), false);
    check(&Test::Contains(literal(json!("ol"))), json!("gold"), true);
    check(&Test::Contains(literal(json!(1))), json!("1"), false);
    check(&Test::StartsWith(literal(json!("go"))), json!("gold"), true);
    check(&Test::EndsWith(literal(json!("ld"))), json!("gold"), true);
    check(&Test::EndsWith(literal(json!("go"))), json!("gold"), false);
    check(&Test::StartsWith(literal(json!("a"))), json!(["a"]), false);
    check(&Test::In(vec![literal(json!("x")), Operand::Contact(path("plan"))]), json!("gold"), true);
    check(&Test::NotIn(vec![literal(json!("x")), Operand::Contact(path("plan"))]), json!("gold"), false);
}

#[test]
fn operands_come_from_trigger_contact_and_event() {
    check(&Test::Eq(Operand::Trigger(path("cart.id"))), json!("c1"), true);
    check(&Test::Eq(Operand::Contact(path("list.1"))), json!("b"), true);
    check(&Test::Lt(Operand::Event(path("total"))), json!(19), true);
    let world = World::new(json!({}));
    let bare = Facts { trigger: None, event: None, ..world.facts() };
    assert!(!test_holds(&Test::Eq(Operand::Trigger(path("cart.id"))), Some(&json!("c1")), &bare));
    assert!(test_holds(&Test::Ne(Operand::Event(path("total"))), Some(&json!(19)), &bare));
    let filter =
        [PropertyTest { path: path("total"), tests: vec![Test::Gte(Operand::Trigger(path("min")))] }];
    assert!(matches_properties(&filter, &world.event.properties, &world.facts()));
    assert!(!matches_properties(&filter, &world.event.properties, &bare));
}

#[test]
fn instants_compare_as_instants_however_they_are_written() {
    let eq = |left: &str, right: &str| check(&Test::Eq(literal(json!(right))), json!(left), true);
    eq("2026-11-20T12:00:00+01:00", "2026-11-20T11:00Z");
    // A date begins at midnight in the contact's zone, here the workspace's.
    eq("2026-11-20", "2026-11-19T23:00:00Z");
    eq("2026-11-20", "2026-11-20");
    check(&Test::Lt(literal(json!("2026-11-20"))), json!("2026-11-19T22:59:59Z"), true);
    check(&Test::Lt(literal(json!("2026-11-20"))), json!("2026-11-19T23:00:00Z"), false);
    check(&Test::Lt(literal(json!("2026-11-20"))), json!("2026-11-19"), true);
    // What isn't an instant on both sides compares as texts.
    check(&Test::Lt(literal(json!("2026-11-20"))), json!("2026-11"), true);
    check(&Test::Eq(literal(json!("2026-11-20"))), json!("20 November 2026"), false);
    check(&Test::Eq(literal(json!("20261120T110000Z"))), json!("20261120T120000+0100"), false);
    assert_eq!(compare(&json!("2026-11-20"), &json!("2026-11-20T00:00Z")), Some(Ordering::Equal));
}

#[test]
fn two_dates_are_two_days_even_where_one_was_skipped() {
    let world = World::new(json!({ "timezone": "Pacific/Apia" }));
    let skipped = json!("2011-12-30");
    assert!(test_holds(&Test::Lt(literal(json!("2011-12-31"))), Some(&skipped), &world.facts()));
}

#[test]
fn s2_2_a_date_is_read_in_the_contacts_zone() {
    let mut world = World::new(json!({ "timezone": "America/New_York", "due": "2026-11-20" }));
    let due = |period: i64| {
        Predicate::Trait(PropertyTest { path: path("due"), tests: vec![Test::WithinLast(ms(period))] })
    };
    // Midnight in New York was at 05:00 UTC, six hours ago; in Berlin twelve hours ago.
    assert!(world.holds(&due(6 * 3_600_000 + 1)));
    assert!(!world.holds(&due(6 * 3_600_000)));
    world.contact.traits.insert("timezone".to_owned(), json!("Mars/Olympus"));
    assert!(!world.holds(&due(12 * 3_600_000)));
    assert!(world.holds(&due(12 * 3_600_000 + 1)));
}

#[test]
fn s6_2_within_last_and_next_change_exactly_on_their_edges() {
    for (value, last, next) in [
        ("2026-11-20T10:00:00Z", false, false),
        ("2026-11-20T10:00:00.001Z", true, false),
        ("2026-11-20T11:00:00Z", true, false),
        ("2026-11-20T11:00:00.001Z", false, true),
        ("2026-11-20T12:00:00Z", false, true),
        ("2026-11-20T12:00:00.001Z", false, false),
        ("soon", false, false),
    ] {
        check(&Test::WithinLast(ms(3_600_000)), json!(value), last);
        check(&Test::WithinNext(ms(3_600_000)), json!(value), next);
    }
    check(&Test::WithinLast(ms(3_600_000)), json!(1_800_000_000), false);
}

#[test]
fn all_any_and_not_combine() {
    let world = World::new(json!({}));
    let (yes, no) = (|| Predicate::Always, || Predicate::Not(Box::new(Predicate::Always)));
    assert!(world.holds(&Predicate::All(vec![])));
    assert!(!world.holds(&Predicate::Any(vec![])));
    assert!(!world.holds(&Predicate::All(vec![yes(), no()])));
    assert!(world.holds(&Predicate::Any(vec![no(), yes()])));
}

#[test]
fn trigger_data_are_asked_and_missing_without_a_run() {
    let world = World::new(json!({}));
    let asks = |tests| Predicate::Trigger(PropertyTest { path: path("min"), tests });
    let bare = Facts { trigger: None, ..world.facts() };
    let eq = asks(vec![Test::Eq(literal(json!(10)))]);
    assert!(world.holds(&eq));
    assert!(!holds(&eq, &bare));
    assert!(holds(&asks(vec![Test::Exists(false)]), &bare));
}

#[test]
fn segments_are_asked_by_membership() {
    let mut world = World::new(json!({}));
    let segment = SegmentName::from("staff");
    assert!(!world.holds(&Predicate::Segment(segment.clone())));
    world.contact.segments.insert(segment.clone(), at(NOW));
    assert!(world.holds(&Predicate::Segment(segment)));
}

#[test]
fn s6_2_behaviour_is_counted_summed_and_dated() {
    let mut world = World::new(json!({}));
    let id = SummaryId("orders".to_owned());
    let now = at(NOW);
    let ask = |measure| Predicate::Behaviour { summary: id.clone(), measure };
    let count = |test, within: Option<i64>| ask(Measure::Count { tests: vec![test], within: within.map(ms) });
    let sum = |test, within: Option<i64>| ask(Measure::Sum { tests: vec![test], within: within.map(ms) });
    // Nothing ever happened.
    assert!(world.holds(&count(Test::Eq(literal(json!(0))), None)));
    assert!(world.holds(&sum(Test::Lt(literal(json!(1))), Some(10))));
    for age in [Age::Within(ms(10)), Age::Before(ms(10))] {
        assert!(!world.holds(&ask(Measure::First(age))));
        assert!(!world.holds(&ask(Measure::Last(age))));
    }

    let entries = vec![Occurrence(now - ms(10), 5.0, None), Occurrence(now - ms(9), 7.5, None)];
    let (first, last) = (Some(now - ms(50)), Some(now - ms(9)));
    world
        .contact
        .summaries
        .insert(id.clone(), Summary { count: 3, sum: 13.5, first, last, entries, ..Summary::default() });
    assert!(world.holds(&count(Test::Eq(literal(json!(3))), None)));
    assert!(world.holds(&count(Test::Eq(literal(json!(1))), Some(10))));
    assert!(world.holds(&count(Test::Gte(literal(json!(2))), Some(11))));
    assert!(world.holds(&count(Test::Lt(Operand::Trigger(path("min"))), None)));
    assert!(world.holds(&sum(Test::Eq(literal(json!(7.5))), Some(10))));
    assert!(world.holds(&sum(Test::Gt(literal(json!(13))), None)));
    assert!(world.holds(&ask(Measure::Last(Age::Within(ms(10))))));
    assert!(!world.holds(&ask(Measure::Last(Age::Within(ms(9))))));
    assert!(world.holds(&ask(Measure::Last(Age::Before(ms(9))))));
    assert!(!world.holds(&ask(Measure::Last(Age::Before(ms(10))))));
    assert!(world.holds(&ask(Measure::First(Age::Before(ms(50))))));
    assert!(!world.holds(&ask(Measure::First(Age::Within(ms(50))))));
}

#[test]
fn an_unanswered_question_of_consent_counts_as_its_default() {
    let mut world = World::new(json!({}));
    let email = || ConsentOf::Channel(Channel::from("email"));
    let offers = || ConsentOf::Category(Category::from("offers"));
    let subscribed = |of| Predicate::Consent { of, is: Answer::Subscribed };
    let unsubscribed = |of| Predicate::Consent { of, is: Answer::Unsubscribed };
    assert!(world.holds(&subscribed(email())));
    assert!(world.holds(&subscribed(offers())));
    let opt_in = CategoryPolicy {
        title: "Offers".to_owned(),
        titles: BTreeMap::new(),
        transactional: false,
        default: Answer::Unsubscribed,
        double_opt_in: None,
    };
    world.catalog.policies.categories.insert(Category::from("offers"), opt_in);
    assert!(world.holds(&unsubscribed(offers())));
    let given = |answer| Given { answer, at: at(NOW), source: "api".to_owned(), basis: None };
    world.contact.consent.categories.insert(Category::from("offers"), given(Answer::Subscribed));
    world.contact.consent.channels.insert(Channel::from("email"), given(Answer::Unsubscribed));
    assert!(world.holds(&subscribed(offers())));
    assert!(world.holds(&unsubscribed(email())));
}

fn message(n: u8, workflow: &str, run: RunId, state: MessageState) -> Message {
    Message {
        of: None,
        id: MessageId::hashed(at(NOW), &[&[n]]),
        kind: crate::message::MessageKind::Send,
        run,
        workflow: WorkflowName::from(workflow),
        version: 1,
        step: StepId::from("hello"),
        channel: Channel::from("email"),
        category: Category::from("offers"),
        transactional: false,
        template: TemplateName::from("welcome"),
        content_hash: String::new(),
        address: String::new(),
        intent_at: at(NOW) - ms(100),
        reserved_at: None,
        expires_at: None,
        attempts: 1,
        may_have_gone: false,
        sender: String::new(),
        provider_id: String::new(),
        hop: 0,
        state,
        state_at: at(NOW) - ms(50),
        engagement: BTreeMap::new(),
        links: Vec::new(),
        reported: None,
        ghost: false,
    }
}

fn asks(outcome: Engagement) -> MessageTest {
    MessageTest { template: None, step: None, workflow: None, outcome, link: None, within: None }
}

#[test]
fn what_became_of_messages_is_asked_by_template_step_and_workflow() {
    let mut world = World::new(json!({}));
    let run = RunId::hashed(at(NOW), &[b"run"]);
    let mut sent = message(1, "onboarding", run, MessageState::Sent);
    sent.engagement.insert(Engagement::Clicked, at(NOW) - ms(10));
    world.contact.ledger.push(sent);
    let holds = |test: MessageTest| world.holds(&Predicate::Message(test));
    assert!(holds(asks(Engagement::Sent)));
    assert!(holds(asks(Engagement::Clicked)));
    assert!(!holds(asks(Engagement::Opened)));
    assert!(!holds(asks(Engagement::Failed)));
    assert!(holds(MessageTest { template: Some(TemplateName::from("welcome")), ..asks(Engagement::Sent) }));
    assert!(!holds(MessageTest { template: Some(TemplateName::from("other")), ..asks(Engagement::Sent) }));
    assert!(!holds(MessageTest { step: Some(StepId::from("other")), ..asks(Engagement::Sent) }));
    assert!(!holds(MessageTest { workflow: Some(WorkflowName::from("other")), ..asks(Engagement::Sent) }));
    // Sent 50 ms ago, clicked 10 ms ago: each leaves its window exactly then.
    assert!(holds(MessageTest { within: Some(ms(51)), ..asks(Engagement::Sent) }));
    assert!(!holds(MessageTest { within: Some(ms(50)), ..asks(Engagement::Sent) }));
    assert!(holds(MessageTest { within: Some(ms(11)), ..asks(Engagement::Clicked) }));
    assert!(!holds(MessageTest { within: Some(ms(10)), ..asks(Engagement::Clicked) }));
}

#[test]
fn s2_7_what_happened_after_the_instant_that_is_asked_about_does_not_count() {
    let mut world = World::new(json!({}));
    world.contact.ledger.push(message(1, "onboarding", RunId::hashed(at(NOW), &[]), MessageState::Sent));
    let sent = Predicate::Message(asks(Engagement::Sent));
    assert!(holds(&sent, &Facts { at: at(NOW) - ms(50), ..world.facts() }));
    assert!(!holds(&sent, &Facts { at: at(NOW) - ms(51), ..world.facts() }));
}

#[test]
fn a_message_failed_if_it_was_blocked_expired_or_failed_for_good() {
    let run = RunId::hashed(at(NOW), &[b"run"]);
    let why = || "so".to_owned();
    for (state, expected) in [
        (MessageState::Failed { why: why() }, true),
        (MessageState::Blocked { rule: "7.3".to_owned(), why: why() }, true),
        (MessageState::Expired, true),
        (MessageState::Cancelled { why: why() }, false),
        (MessageState::Uncertain { why: why() }, false),
        (MessageState::Sent, false),
        (MessageState::Rendering, false),
    ] {
        let mut world = World::new(json!({}));
        world.contact.ledger.push(message(1, "onboarding", run, state.clone()));
        assert_eq!(world.holds(&Predicate::Message(asks(Engagement::Failed))), expected, "{state:?}");
    }
}

#[test]
fn a_step_of_the_own_workflow_means_the_run_at_hand_and_one_of_another_any_run() {
    let mut world = World::new(json!({}));
    let (own, old, other) = (
        RunId::hashed(at(NOW), &[b"own"]),
        RunId::hashed(at(NOW), &[b"old"]),
        RunId::hashed(at(NOW), &[b"other"]),
    );
    world.contact.runs.push(Run {
        id: own,
        workflow: WorkflowName::from("onboarding"),
        version: 1,
        key: String::new(),
        entered_at: at(NOW),
        occurred_at: None,
        trigger: Map::new(),
        state: RunState::At { step: StepId::from("ask") },
        visits: BTreeMap::new(),
        goals: Vec::new(),
        variables: Map::new(),
        variants: BTreeMap::new(),
        rounds: BTreeMap::new(),
        ghost: false,
        paused_at: None,
        parent: None,
    });
    world.contact.ledger.push(message(1, "onboarding", old, MessageState::Sent));
    world.contact.ledger.push(message(2, "win-back", other, MessageState::Sent));
    let ask = |workflow: Option<&str>, run| {
        let workflow = workflow.map(WorkflowName::from);
        let test = MessageTest { step: Some(StepId::from("hello")), workflow, ..asks(Engagement::Sent) };
        holds(&Predicate::Message(test), &Facts { run, ..world.facts() })
    };
    assert!(!ask(None, Some(own)));
    assert!(!ask(Some("onboarding"), Some(own)));
    assert!(ask(Some("win-back"), Some(own)));
    assert!(ask(None, Some(old)));
    // Without a step, messages of every run are meant.
    let any = Predicate::Message(asks(Engagement::Sent));
    assert!(holds(&any, &Facts { run: Some(own), ..world.facts() }));
    assert!(ask(None, None));
}

#[test]
fn a_value_of_another_type_than_declared_is_missing_to_rules() {
    let text = "traits:\n  age: { type: number }\n".to_owned();
    let files = vec![crate::source::SourceFile { path: "traits.yaml".to_owned(), text }];
    let portfolio = crate::compile::Portfolio { files, ..Default::default() };
    let asked = |age: Value, test: Test| {
        let mut world = World::new(json!({ "age": age }));
        world.catalog = crate::compile::compile(&WorkspaceId::from("shop"), 1, &portfolio).catalog.unwrap();
        world.holds(&Predicate::Trait(PropertyTest { path: path("age"), tests: vec![test] }))
    };
    assert!(asked(json!(18), Test::Exists(true)));
    assert!(!asked(json!("18"), Test::Exists(true)));
    assert!(asked(json!("18"), Test::Ne(literal(json!(18)))));
    assert!(!asked(json!("18"), Test::Gte(literal(json!(0)))));
}
