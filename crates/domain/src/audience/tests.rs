//! A question answers as the same rule would if it were published.

use serde_json::{Map, Value, json};

use super::*;
use crate::compile::{Portfolio, compile, question};
use crate::event::{Event, EventKind};
use crate::id::{ContactId, EventName, InputId, WorkspaceId};
use crate::identity::Identifiers;
use crate::source::SourceFile;

const BEGIN: &str = "2026-11-20T00:00:00Z";

fn hour(n: i64) -> Timestamp {
    Timestamp::from_millis(Timestamp::parse(BEGIN).unwrap().as_millis() + n * 3_600_000)
}

/// A catalog of segments, each of a name, a rule and the revision since which its summaries are kept.
fn catalog(segments: &[(&str, &str)], revision: u64) -> Catalog {
    let file = |(name, rule): &(&str, &str)| SourceFile {
        path: format!("segments/{name}.yaml"),
        text: format!("segment: {name}\nwhere: {rule}\n"),
    };
    let files = segments.iter().map(file).collect();
    let compiled =
        compile(&WorkspaceId::from("shop"), revision, &Portfolio { files, ..Portfolio::default() });
    assert!(compiled.catalog.is_some(), "{:?}", compiled.diagnostics);
    compiled.catalog.unwrap()
}

fn event(n: usize, name: &str, at: Timestamp, total: i64) -> Event {
    let Value::Object(properties) = json!({ "total": total }) else { unreachable!() };
    Event {
        kind: EventKind::Track,
        name: EventName::from(name),
        message_id: n.to_string(),
        occurred_at: at,
        identifiers: Identifiers::default(),
        traits: Map::new(),
        properties,
        imported: false,
        brought: None,
    }
}

/// A contact under a catalog with an order in each of these hours, and its history.
fn contact(catalog: &Catalog, hours: &[i64]) -> (Contact, Vec<PastEvent>) {
    let mut contact = Contact::new(ContactId::hashed(hour(0), &[]), 0, hour(0));
    let mut history = Vec::new();
    for (n, at) in hours.iter().enumerate() {
        let event = event(n, "Ordered", hour(*at), *at);
        history.push(PastEvent::from(&event));
        let id = InputId::hashed(hour(*at), &[&n.to_be_bytes()]);
        let cause = Cause::Event(Box::new(event));
        let input = Input { id, cause, history: None, refused_claims: Vec::new(), hop: 0 };
        contact = advance(catalog, contact, &input, hour(*at)).contact;
    }
    (contact, history)
}

fn answer(
    catalog: &Catalog,
    question: &Question,
    contact: &Contact,
    history: &[PastEvent],
    at: Timestamp,
) -> bool {
    let lacks = question.lacks(catalog, contact, at);
    let history: Vec<PastEvent> =
        history.iter().filter(|event| lacks.contains(&event.name)).cloned().collect();
    let answered = question.answer(catalog, contact.clone(), Some(&history), at);
    let explained = question.explain(catalog, contact.clone(), None, at);
    if lacks.is_empty() {
        assert_eq!(explained.holds, answered);
    }
    answered
}

#[test]
fn s9_5_a_question_that_nobody_published_is_answered_from_history() {
    let empty = catalog(&[], 1);
    let (contact, history) = contact(&empty, &[1, 2, 30]);
    let ask = |rule: Value, at: i64| {
        let question = question(&empty, &rule).unwrap();
        assert!(question.reads_history());
        answer(&empty, &question, &contact, &history, hour(at))
    };
    assert!(ask(json!({"event": "Ordered", "count": {"gte": 3}}), 31));
    assert!(ask(json!({"event": "Ordered", "count": {"eq": 2}, "within": "29h59m"}), 31));
    assert!(!ask(json!({"event": "Ordered", "count": {"gte": 2}, "within": "1d"}), 31));
    assert!(ask(
        json!({"event": "Ordered", "where": {"total": {"gte": 2}}, "sum": {"of": "total", "gte": 32}}),
        31
    ));
    assert!(ask(json!({"event": "Ordered", "last": {"before": "10h"}}), 40));
    assert!(ask(json!({"event": "Seen", "never": true}), 31));
}

#[test]
fn s9_5_a_question_that_documents_are_kept_for_reads_no_history() {
    let kept = catalog(&[("buyers", "{ event: Ordered, count: { gte: 2 }, within: 2d }")], 1);
    let (contact, _) = contact(&kept, &[1, 2]);
    let question = question(&kept, &json!({"event": "Ordered", "within": "1d"})).unwrap();
    assert!(question.lacks(&kept, &contact, hour(3)).is_empty());
    assert!(question.answer(&kept, contact.clone(), None, hour(3)));
    assert!(!question.answer(&kept, contact, None, hour(27)));
}

#[test]
fn s9_5_a_document_of_before_a_segment_was_published_answers_as_if_it_had_been_told() {
    let (contact, history) = contact(&catalog(&[], 1), &[1, 2]);
    let published = catalog(
        &[("buyers", "{ event: Ordered, count: { gte: 2 } }"), ("others", "{ not: { segment: buyers } }")],
        2,
    );
    assert!(contact.segments.is_empty());
    for (segment, expected) in [("buyers", true), ("others", false)] {
        let question = Question::of_segment(&published, &SegmentName::from(segment));
        assert_eq!(answer(&published, &question, &contact, &history, hour(3)), expected, "{segment}");
        let told = question.explain(&published, contact.clone(), Some(&history), hour(3));
        assert_eq!(told.holds, expected);
        assert!(
            told.sentence().contains("the number of `Ordered` is at least 2: it is 2"),
            "{}",
            told.sentence()
        );
    }
}

#[test]
fn s6_2_a_membership_that_time_has_ended_is_over_before_the_alarm_has_said_so() {
    let kept = catalog(&[("recent", "{ event: Ordered, within: 1d }")], 1);
    let (contact, _) = contact(&kept, &[1]);
    assert!(contact.segments.contains_key("recent"));
    let question = Question::of_segment(&kept, &SegmentName::from("recent"));
    assert!(answer(&kept, &question, &contact, &[], hour(24)));
    assert!(!answer(&kept, &question, &contact, &[], hour(25)));
}

#[test]
fn who_is_ruled_out_or_in_by_the_document_is_answered_for_without_the_past() {
    let empty = catalog(&[], 1);
    let (mut contact, history) = contact(&empty, &[1, 2, 30]);
    contact.tags.insert("vip".to_owned());
    let past = |holds: bool| json!({"event": "Ordered", "count": {"gte": if holds { 3 } else { 4 }}});
    let (yes, no) = (json!({"tag": "vip"}), json!({"tag": "other"}));
    for holds in [true, false] {
        let cases = [
            (json!({"all": [no, past(holds)]}), false, false),
            (json!({"all": [past(holds), yes]}), true, holds),
            (json!({"any": [past(holds), yes]}), false, true),
            (json!({"any": [no, past(holds)]}), true, holds),
            (json!({"not": {"all": [past(holds), no]}}), false, true),
            (json!({"not": past(holds)}), true, !holds),
            (json!({"all": [{"any": [yes, past(holds)]}, {"not": no}]}), false, true),
        ];
        for (rule, reads, expected) in cases {
            let question = question(&empty, &rule).unwrap();
            let read = question.must_read(&empty, &contact, hour(31));
            assert_eq!(!read.is_empty(), reads, "{rule}");
            assert!(!question.lacks(&empty, &contact, hour(31)).is_empty(), "{rule}: it can be explained");
            let given: &[PastEvent] = if reads { &history } else { &[] };
            assert_eq!(question.answer(&empty, contact.clone(), Some(given), hour(31)), expected, "{rule}");
            let whole = question.answer(&empty, contact.clone(), Some(&history), hour(31));
            assert_eq!(whole, expected, "{rule}");
        }
    }
}
