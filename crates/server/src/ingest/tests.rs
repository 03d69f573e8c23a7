//! Requests as data: what is sent, and the events and reasons that come of it.

use std::fmt::Write;

use serde_json::{Value, json};
use wend_domain::event::EventKind;
use wend_domain::time::Timestamp;

use super::limits::{
    BATCH_EVENTS_MAX, BODY_BYTES_MAX, CONTEXT_VALUE_BYTES_MAX, EVENT_BYTES_MAX, EVENT_DEPTH_MAX,
    QUARANTINED_BYTES_MAX,
};
use super::{Arrival, Endpoint, Parsed, Unreadable, parse};

const BATCH: Endpoint = Endpoint::Batch { imported: false };

fn arrive(endpoint: Endpoint, body: &str) -> Result<Parsed, Unreadable> {
    let received_at = Timestamp::parse("2026-11-22T10:00:00Z").unwrap();
    parse(&Arrival { endpoint, received_at, sent_at: None, anonymous_id: None, body: body.as_bytes() })
}

/// Sends events in one batch.
fn batch(events: &[Value]) -> Parsed {
    arrive(BATCH, &json!({ "batch": events }).to_string()).unwrap()
}

/// One line an event, one a reason.
fn shown(parsed: &Parsed) -> String {
    let mut text = String::new();
    for event in &parsed.events {
        let mut event = serde_json::to_value(event).unwrap();
        let at = Timestamp::from_millis(event["occurred_at"].as_i64().unwrap());
        event["occurred_at"] = json!(at.to_string());
        writeln!(text, "{event}").unwrap();
    }
    for bad in &parsed.bad {
        writeln!(text, "bad {}: {}", bad.index, bad.reason).unwrap();
    }
    text
}

#[test]
fn every_call_becomes_an_event() {
    let parsed = batch(&[
        json!({"type": "track", "userId": "u", "event": "Order Completed", "messageId": "1", "properties": {"total": 1}}),
        json!({"type": "identify", "userId": "u", "messageId": "2", "traits": {"plan": "pro"},
            "context": {"traits": {"email": "a@example.com", "plan": "free"}, "ip": "::1"}, "integrations": {"All": true}}),
        json!({"type": "page", "anonymousId": "a", "messageId": "3", "name": "Home", "category": "Docs"}),
        json!({"type": "screen", "anonymousId": "a", "messageId": "4", "properties": {"name": "its own"}, "name": "Main"}),
        json!({"type": "group", "userId": "u", "messageId": "5", "groupId": 7, "traits": {"name": "Acme"}}),
        json!({"type": "alias", "userId": "u", "messageId": "6", "previousId": "old", "anonymousId": "a"}),
        json!({"type": "track", "userId": "u", "event": "Seen", "messageId": "7", "context": {"traits": {"plan": "x"}}}),
    ]);
    insta::assert_snapshot!(shown(&parsed));
}

#[test]
fn page_and_campaign_of_the_context_become_properties_that_overwrite_nothing() {
    let context = json!({
        "page": {"url": "https://a.example/x?y#z", "path": "/x", "search": "?y", "referrer": "", "title": "X", "tab": 1},
        "campaign": {"name": "may", "source": "news", "medium": "email", "term": null, "content": 7, "other": "x"},
        "ip": "::1", "traits": {"plan": "free"},
    });
    let sent = |kind: &str, properties: Value| {
        let event = json!({"type": kind, "userId": "u", "event": "A", "groupId": "g", "previousId": "o",
            "messageId": kind, "context": context.clone(), "properties": properties});
        let properties = batch(&[event]).events.remove(0).properties;
        properties.into_iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" ")
    };
    let campaign = r#"utm_campaign="may" utm_medium="email" utm_source="news""#;
    let page = r#"page_path="/x" page_search="?y" page_title="X" page_url="https://a.example/x?y#z""#;
    assert_eq!(sent("track", json!({})), format!("{page} {campaign}"));
    assert_eq!(
        sent("track", json!({"url": "/shoe", "page_title": null, "utm_source": "own"})),
        r#"page_path="/x" page_search="?y" page_title=null page_url="https://a.example/x?y#z" url="/shoe" utm_campaign="may" utm_medium="email" utm_source="own""#
    );
    assert_eq!(
        sent("page", json!({"path": "/own"})),
        format!(r#"path="/own" search="?y" title="X" url="https://a.example/x?y#z" {campaign}"#)
    );
    assert_eq!(sent("screen", json!({})), campaign);
    for (kind, expected) in
        [("identify", ""), ("group", r#"groupId="g" traits={}"#), ("alias", r#"previousId="o""#)]
    {
        assert_eq!(sent(kind, json!({})), expected);
    }
}

#[test]
fn a_context_of_another_shape_is_no_reason_to_refuse_an_event() {
    let long = "x".repeat(CONTEXT_VALUE_BYTES_MAX);
    for (context, expected) in [
        (json!("x"), json!({})),
        (json!({"page": "x", "campaign": []}), json!({})),
        (json!({"page": {"title": long, "url": format!("{long}x")}}), json!({"page_title": long})),
    ] {
        let parsed = batch(&[json!({"type": "track", "userId": "u", "event": "A", "context": context})]);
        assert_eq!(Value::Object(parsed.events[0].properties.clone()), expected);
    }
}

#[test]
fn one_bad_event_does_not_fail_its_batch() {
    let body = r#"{"batch":[
        {"type":"track","userId":"u","event":"A","messageId":"1","properties":{"total":NaN}},
        {"type":"track","userId":"u","event":"B","messageId":"2","properties":{"total":1e999}},
        {"type":"track","userId":"u","event":"C","messageId":"3","properties":{"text":"\ud800"}},
        {"type":"track","userId":"u","event":"D","messageId":"4"},
        17, null, "x", []
    ],"writeKey":"wk"}"#;
    let parsed = arrive(BATCH, body).unwrap();
    assert_eq!(parsed.write_key.as_deref(), Some("wk"));
    insta::assert_snapshot!(shown(&parsed));
}

#[test]
fn what_is_missing_or_of_the_wrong_type_is_said() {
    let parsed = batch(&[
        json!({"userId": "u"}),
        json!({"type": "purchase", "userId": "u"}),
        json!({"type": 1, "userId": "u"}),
        json!({"type": "track", "event": "A"}),
        json!({"type": "track", "event": "A", "userId": null, "anonymousId": ""}),
        json!({"type": "track", "event": "A", "userId": true}),
        json!({"type": "track", "event": "A", "userId": 1.5}),
        json!({"type": "track", "event": "A", "userId": {"id": 1}}),
        json!({"type": "track", "event": "A", "userId": "x".repeat(513)}),
        json!({"type": "track", "event": "A", "userId": "a\u{0}b"}),
        json!({"type": "track", "userId": "u"}),
        json!({"type": "track", "userId": "u", "event": " "}),
        json!({"type": "track", "userId": "u", "event": "x".repeat(257)}),
        json!({"type": "track", "userId": "u", "event": "A", "properties": []}),
        json!({"type": "track", "userId": "u", "event": "A", "timestamp": "soon"}),
        json!({"type": "identify", "userId": "u", "traits": "pro"}),
        json!({"type": "identify", "userId": "u", "context": {"traits": 1}}),
        json!({"type": "group", "userId": "u"}),
        json!({"type": "alias", "userId": "u"}),
        json!({"type": "alias", "anonymousId": "a", "previousId": "b"}),
    ]);
    insta::assert_snapshot!(shown(&parsed));
}

#[test]
fn a_whole_number_as_an_id_is_its_digits() {
    let parsed =
        batch(&[json!({"type": "track", "event": 404, "userId": 42, "anonymousId": -1, "messageId": 9})]);
    let event = &parsed.events[0];
    assert_eq!(event.identifiers.user_id.as_deref(), Some("42"));
    assert_eq!(event.identifiers.anonymous_id.as_deref(), Some("-1"));
    assert_eq!((event.name.as_str(), event.message_id.as_str()), ("404", "9"));
}

#[test]
fn a_single_endpoint_needs_no_type() {
    let parsed =
        arrive(Endpoint::Single(EventKind::Track), r#"{"userId":"u","event":"A","type":"page"}"#).unwrap();
    assert_eq!(parsed.events[0].kind, EventKind::Track);
}

#[test]
fn s2_1_imported_events_are_marked() {
    let body = r#"{"batch":[{"type":"track","event":"A","userId":"u"}]}"#;
    assert!(arrive(Endpoint::Batch { imported: true }, body).unwrap().events[0].imported);
    assert!(!arrive(BATCH, body).unwrap().events[0].imported);
}

/// The message ids of a batch that came in at a second of the day.
fn message_ids(second: i64, body: &Value) -> Vec<String> {
    let received_at = Timestamp::from_millis(second * 1_000);
    let body = body.to_string();
    let arrival =
        Arrival { endpoint: BATCH, received_at, sent_at: None, anonymous_id: None, body: body.as_bytes() };
    parse(&arrival).unwrap().events.into_iter().map(|event| event.message_id).collect()
}

#[test]
fn a_retried_request_without_message_ids_gives_the_same_ones() {
    let event = json!({"type": "track", "event": "A", "userId": "u", "timestamp": "2026-11-22T10:00:00Z"});
    let body = json!({"batch": [event, event]});
    let ids = message_ids(1, &body);
    assert_eq!(ids, message_ids(2, &body));
    assert_ne!(ids[0], ids[1]);
}

#[test]
fn equal_events_without_any_time_are_not_taken_for_a_retry() {
    let body = json!({"batch": [{"type": "track", "event": "A", "userId": "u"}]});
    assert_ne!(message_ids(1, &body), message_ids(2, &body));
    let sent =
        json!({"batch": [{"type": "track", "event": "A", "userId": "u"}], "sentAt": "2026-11-22T10:00:00Z"});
    assert_eq!(message_ids(1, &sent), message_ids(2, &sent));
}

#[test]
fn a_long_message_id_is_kept_as_its_hash() {
    let event = |id: &str| json!({"type": "track", "event": "A", "userId": "u", "messageId": id});
    let long = "x".repeat(101);
    let parsed = batch(&[event(&"x".repeat(100)), event(&long), event(&long), event("a\u{0}")]);
    let ids: Vec<_> = parsed.events.iter().map(|event| event.message_id.as_str()).collect();
    assert_eq!(ids[0].len(), 100);
    assert_eq!(ids[1].len(), 32);
    assert_eq!(ids[1], ids[2]);
    assert_eq!(ids[3].len(), 32);
}

#[test]
fn the_sending_time_stands_on_the_event_or_around_it_or_in_the_header() {
    let occurred = |body: Value, header: Option<&str>| {
        let received_at = Timestamp::parse("2026-11-22T10:00:00Z").unwrap();
        let body = body.to_string();
        let arrival = Arrival {
            endpoint: BATCH,
            received_at,
            sent_at: header,
            anonymous_id: None,
            body: body.as_bytes(),
        };
        parse(&arrival).unwrap().events[0].occurred_at.to_string()
    };
    let event = |extra: Value| {
        let mut event =
            json!({"type": "track", "event": "A", "userId": "u", "timestamp": "2026-11-22T08:00:00Z"});
        event.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        event
    };
    let minute = |n: u32| format!("2026-11-22T08:0{n}:00Z");
    let plain = event(json!({}));
    assert_eq!(occurred(json!({"batch": [plain]}), None), "2026-11-22T08:00:00Z");
    assert_eq!(occurred(json!({"batch": [plain]}), Some(&minute(3))), "2026-11-22T09:57:00Z");
    assert_eq!(
        occurred(json!({"batch": [plain], "sentAt": minute(2)}), Some(&minute(3))),
        "2026-11-22T09:58:00Z"
    );
    let own = event(json!({"sentAt": minute(1), "originalTimestamp": "2026-11-22T08:00:30Z"}));
    assert_eq!(occurred(json!({"batch": [own], "sentAt": minute(2)}), None), "2026-11-22T09:59:30Z");
    let nonsense = event(json!({"sentAt": "later"}));
    assert_eq!(occurred(json!({"batch": [nonsense], "sentAt": false}), None), "2026-11-22T08:00:00Z");
}

#[test]
fn the_header_names_who_events_are_about_if_they_name_nobody() {
    let body = r#"{"batch":[{"type":"track","event":"A"},{"type":"track","event":"A","userId":"u"}]}"#;
    let received_at = Timestamp::from_millis(0);
    let parsed = parse(&Arrival {
        endpoint: BATCH,
        received_at,
        sent_at: None,
        anonymous_id: Some("device"),
        body: body.as_bytes(),
    });
    let events = parsed.unwrap().events;
    assert_eq!(events[0].identifiers.anonymous_id.as_deref(), Some("device"));
    assert_eq!(events[1].identifiers.anonymous_id, None);
}

/// An event of exactly so many bytes.
fn event_of(bytes: usize) -> String {
    let around = r#"{"type":"track","event":"A","userId":"u","properties":{"x":""}}"#;
    around.replace(r#""x":"""#, &format!(r#""x":"{}""#, "y".repeat(bytes - around.len())))
}

#[test]
fn an_event_may_reach_its_bound_and_not_pass_it() {
    let body = format!(r#"{{"batch":[{},{}]}}"#, event_of(EVENT_BYTES_MAX), event_of(EVENT_BYTES_MAX + 1));
    let parsed = arrive(BATCH, &body).unwrap();
    assert_eq!((parsed.events.len(), parsed.bad.len()), (1, 1));
    assert_eq!(parsed.bad[0].reason, "the event has 32769 bytes, more than 32768");
    let kept: String = serde_json::from_str(&parsed.bad[0].event_json).unwrap();
    assert_eq!(kept.len(), QUARANTINED_BYTES_MAX);
}

#[test]
fn a_batch_may_reach_its_bounds_and_not_pass_them() {
    let events = |n: usize| format!(r#"{{"batch":[{}]}}"#, vec![event_of(70); n].join(","));
    assert_eq!(arrive(BATCH, &events(BATCH_EVENTS_MAX)).unwrap().events.len(), BATCH_EVENTS_MAX);
    let too_many = arrive(BATCH, &events(BATCH_EVENTS_MAX + 1));
    assert_eq!(too_many, Err(Unreadable::TooLarge("the batch has more than 2500 events".to_owned())));
    let padded = |bytes: usize| format!("{}{}", events(1), " ".repeat(bytes - events(1).len()));
    assert_eq!(arrive(BATCH, &padded(BODY_BYTES_MAX)).unwrap().events.len(), 1);
    assert!(matches!(arrive(BATCH, &padded(BODY_BYTES_MAX + 1)), Err(Unreadable::TooLarge(_))));
}

#[test]
fn an_event_may_be_nested_to_its_bound_and_not_beyond() {
    let nested = |depth: usize| {
        let inner = depth - 2;
        format!(
            r#"{{"type":"track","event":"A","userId":"u","properties":{{"x":{}{}}}}}"#,
            "[".repeat(inner),
            "]".repeat(inner)
        )
    };
    let body = format!(r#"{{"batch":[{},{}]}}"#, nested(EVENT_DEPTH_MAX), nested(EVENT_DEPTH_MAX + 1));
    let parsed = arrive(BATCH, &body).unwrap();
    assert_eq!((parsed.events.len(), parsed.bad.len()), (1, 1));
    assert_eq!(parsed.bad[0].reason, "the event is nested deeper than 32 levels");
    let hostile = format!(r#"{{"batch":[{},{}]}}"#, "[".repeat(200_000), event_of(70));
    assert!(matches!(arrive(BATCH, &hostile), Err(Unreadable::Malformed(_))));
}

#[test]
fn a_request_without_events_to_tell_apart_is_refused_as_a_whole() {
    let refused = |body: &str| arrive(BATCH, body).unwrap_err().to_string();
    let all =
        ["", "hello", "[]", "{}", r#"{"batch":{}}"#, r#"{"batch":[{"type":"track""#, r#"{"batch":[]} []"#];
    insta::assert_snapshot!(all.map(refused).join("\n"), @r#"
    the body is not a JSON object (plain or gzip): it does not begin with `{`
    the body is not a JSON object (plain or gzip): it does not begin with `{`
    the body is not a JSON object (plain or gzip): it does not begin with `{`
    the body has no `batch`: expected {"batch": [ … ]}
    `batch` is not an array: it does not begin with `[`
    the body is not a JSON object (plain or gzip): it ends too early: brackets or quotes are still open
    the body is not a JSON object (plain or gzip): at byte 13: expected `,` or the closing bracket
    "#);
}

#[test]
fn an_empty_batch_is_fine() {
    assert_eq!(batch(&[]), Parsed::default());
}

proptest::proptest! {
    #[test]
    fn no_body_makes_the_parser_panic(body in "[\\[\\]{},:\" \\\\aä1]{0,60}") {
        let _ = arrive(BATCH, &body);
        let _ = arrive(BATCH, &format!(r#"{{"batch":[{body}]}}"#));
        let _ = arrive(Endpoint::Single(EventKind::Track), &body);
    }
}
