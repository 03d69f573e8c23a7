use wend_domain::compile::{Portfolio, compile};
use wend_domain::id::{HookName, WorkspaceId};
use wend_domain::source::SourceFile;

use super::*;

const NOW: i64 = 1_795_000_000_000;

fn hook(text: &str) -> Hook {
    let files = vec![SourceFile { path: "hooks/crm.yaml".to_owned(), text: text.to_owned() }];
    let compiled = compile(&WorkspaceId::from("w"), 1, &Portfolio { files, ..Portfolio::default() });
    compiled.catalog.unwrap().hooks.remove(&HookName::from("crm")).unwrap()
}

fn read_one(hook: &Hook, body: Value) -> Read {
    let Value::Object(body) = body else { panic!("a body is an object") };
    read(hook, vec![Ok(body)], Timestamp::from_millis(NOW))
}

fn reason(hook: &Hook, body: Value) -> String {
    let read = read_one(hook, body);
    assert!(read.events.is_empty());
    read.bad[0].reason.clone()
}

const CRM: &str = "hook: crm\nevent: Deal Won\nuser_id: user\nmessage_id: id\noccurred_at: at\n\
                   properties: { total: deal.total }\ntraits: { plan: deal.plan }\n";

#[test]
fn a_call_becomes_traits_and_then_the_event_of_the_same_person() {
    let body = json!({"id": 17, "at": 1_794_999_999, "user": 42, "deal": {"total": 80, "plan": "pro"}});
    let events = read_one(&hook(CRM), body).events;
    let told: Vec<_> = events.iter().map(|event| (event.name.as_str(), event.message_id.as_str())).collect();
    assert_eq!(told, [("Identify", "crm:17:traits"), ("Deal Won", "crm:17")]);
    assert_eq!(Value::from(events[0].traits.clone()), json!({"plan": "pro"}));
    assert_eq!(Value::from(events[1].properties.clone()), json!({"total": 80, "hook": "crm"}));
    for event in &events {
        assert_eq!(event.identifiers.user_id.as_deref(), Some("42"));
        assert_eq!(event.occurred_at.as_millis(), NOW - 1_000);
    }
}

#[test]
fn the_same_body_has_the_same_id_whenever_it_comes_and_another_body_another() {
    let hook = hook("hook: crm\nuser_id: user\n");
    let id = |body: Value| read_one(&hook, body).events[0].message_id.clone();
    assert_eq!(id(json!({"user": "u", "n": 1})), id(json!({"user": "u", "n": 1})));
    assert_ne!(id(json!({"user": "u", "n": 1})), id(json!({"user": "u", "n": 2})));
    assert!(id(json!({"user": "u"})).starts_with("crm:"));
}

#[test]
fn times_are_read_as_other_systems_write_them() {
    let hook = hook(CRM);
    let at = |at: Value| read_one(&hook, json!({"user": "u", "at": at})).events[0].occurred_at.as_millis();
    assert_eq!(at(json!(1_794_999_999)), NOW - 1_000);
    assert_eq!(at(json!(1_794_999_999.5)), NOW - 500);
    assert_eq!(at(json!(1_794_999_999_000_i64)), NOW - 1_000);
    assert_eq!(at(json!("1794999999")), NOW - 1_000);
    assert_eq!(at(json!("2026-11-18T00:00:00+01:00")), 1_794_956_400_000);
    assert_eq!(at(json!(null)), NOW);
}

#[test]
fn what_makes_no_sense_is_set_aside_with_the_reason_and_the_body() {
    let crm = hook(CRM);
    assert_eq!(reason(&crm, json!({"id": 1})), "the hook `crm`: nobody is named: there is nothing at `user`");
    assert_eq!(reason(&crm, json!({"user": " "})), reason(&crm, json!({"user": null})));
    assert!(reason(&crm, json!({"user": {"id": 1}})).contains("expected a text or a whole number"));
    assert!(reason(&crm, json!({"user": "u", "at": true})).contains("its time is true"));
    assert!(reason(&crm, json!({"user": "u", "at": "yesterday"})).contains("expected an instant"));
    let kept = read_one(&crm, json!({"id": 1, "deal": {"total": 80}})).bad.remove(0).event_json;
    let kept: Value = serde_json::from_str(&kept).unwrap();
    assert_eq!(kept["event"], "Deal Won");
    assert_eq!(kept["hook"], json!({"name": "crm", "body": {"id": 1, "deal": {"total": 80}}}));
    let whole = hook("hook: crm\nuser_id: user\n");
    let large = json!({"user": "u", "text": "x".repeat(40_000)});
    assert!(reason(&whole, large).contains("`properties` can name what is needed"));
}
