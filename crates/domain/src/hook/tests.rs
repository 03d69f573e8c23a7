use serde_json::{Map, Value, json};

use super::{Hook, Mapped, SignatureStyle};
use crate::catalog::Catalog;
use crate::compile::{Portfolio, compile};
use crate::id::{HookName, WorkspaceId};
use crate::source::SourceFile;
use crate::time::Timestamp;

fn compiled(text: &str) -> Result<Catalog, String> {
    let files = vec![SourceFile { path: "hooks/stripe.yaml".to_owned(), text: text.to_owned() }];
    let compiled = compile(&WorkspaceId::from("test"), 1, &Portfolio { files, ..Portfolio::default() });
    let said: Vec<String> = compiled.diagnostics.iter().map(ToString::to_string).collect();
    compiled.catalog.ok_or_else(|| said.join("\n"))
}

fn hook(text: &str) -> Hook {
    compiled(text).unwrap().hooks.remove(&HookName::from("stripe")).unwrap()
}

fn read(hook: &Hook, body: Value) -> Option<Mapped> {
    let body: Map<String, Value> = serde_json::from_value(body).unwrap();
    hook.read(&body, Timestamp::default())
}

const STRIPE: &str = "\
hook: stripe
event: Invoice Paid
where: { type: invoice.paid, data.object.total: { gt: 0 } }
user_id: data.object.metadata.user
message_id: id
occurred_at: created
properties: { total: data.object.total, first: data.object.lines.0.sku, missing: nowhere }
traits: { plan: data.object.plan }
signature: { header: Stripe-Signature, style: timestamped, secret: stripe }
";

#[test]
fn a_body_becomes_what_the_hook_says() {
    let hook = hook(STRIPE);
    let body = json!({"id": "evt_1", "type": "invoice.paid", "created": 17, "data": {"object": {
        "metadata": {"user": "u"}, "total": 80, "plan": "pro", "lines": [{"sku": "a"}]}}});
    let mapped = read(&hook, body).unwrap();
    assert_eq!(hook.event.as_str(), "Invoice Paid");
    assert_eq!((mapped.user_id, mapped.anonymous_id), (Some(json!("u")), None));
    assert_eq!((mapped.message_id, mapped.occurred_at), (Some(json!("evt_1")), Some(json!(17))));
    assert_eq!(Value::from(mapped.properties), json!({"total": 80, "first": "a", "hook": "stripe"}));
    assert_eq!(Value::from(mapped.traits), json!({"plan": "pro"}));
    let signature = hook.signature.unwrap();
    assert_eq!(
        (signature.header.as_str(), signature.style),
        ("stripe-signature", SignatureStyle::Timestamped)
    );
}

#[test]
fn a_body_that_the_hook_is_not_meant_for_becomes_nothing() {
    let hook = hook(STRIPE);
    assert_eq!(read(&hook, json!({"type": "invoice.created", "data": {"object": {"total": 80}}})), None);
    assert_eq!(read(&hook, json!({"type": "invoice.paid", "data": {"object": {"total": 0}}})), None);
}

#[test]
fn a_hook_that_says_little_takes_the_whole_body() {
    let hook = hook("hook: stripe\nuser_id: user\n");
    assert_eq!(hook.event.as_str(), "Hook stripe");
    let mapped = read(&hook, json!({"user": 7, "a": {"b": 1}})).unwrap();
    assert_eq!(mapped.user_id, Some(json!(7)));
    assert_eq!(Value::from(mapped.properties), json!({"user": 7, "a": {"b": 1}, "hook": "stripe"}));
}

#[test]
fn what_cannot_work_is_found_when_the_files_are_checked() {
    let wrong = "hook: stripe\nproperties: { a.b: x, hook: y }\nsignature: { header: \"X Sig\", secret: s }\nwhere: { a: {} }\n";
    insta::assert_snapshot!(compiled(wrong).unwrap_err());
    assert!(compiled("hook: other\nuser_id: u\n").is_ok());
}
