//! Calls of other systems: one per key, answered or finally not.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::play::{Trace, play};
use crate::effect::Effect;
use crate::id::MessageId;
use crate::workflow::JsonBody;

const ANN: &str = "+0m traits {\"email\": \"ann@b.example\", \"plan\": \"pro\"}\n";

const SYNC: &str = "
workflow: w
title: W
trigger: { event: Go }
exit_when: [ { event: Stop } ]
steps:
  - id: crm
    webhook:
      url: \"https://crm.example/{{ contact.user_id }}\"
      headers: { X-Api-Key: \"{{ secrets.crm }}\" }
      json: { plan: $contact.plan, total: $trigger.total, hello: \"Hi {{ contact.name }}\", n: 3 }
      save: { deal: body.deal.id, status: status, request: headers.X-Request-Id }
    on_error: [ { id: sorry, emit: { event: Failed } }, { id: gone, exit: failed } ]
  - { id: after, wait: 100d }
";

fn sync(script: &str) -> Trace {
    play(SYNC, &format!("{ANN}{script}\nuntil 40d"))
}

fn variables(trace: &Trace) -> Value {
    Value::Object(trace.contact.runs[0].variables.clone())
}

fn dispatched(trace: &Trace) -> Vec<MessageId> {
    let effects = trace.inputs.iter().flat_map(|played| &played.effects);
    effects
        .filter_map(|effect| match effect {
            Effect::Dispatch { message, .. } => Some(*message),
            _ => None,
        })
        .collect()
}

#[test]
fn s8_6_a_run_rests_until_its_call_is_answered_and_keeps_what_the_step_saves() {
    let answer = "provider hold\n+0m event Go {\"total\": 12}\n+1h answer crm 201 {\"deal\": {\"id\": 7}, \"other\": 1}";
    let trace = sync(answer);
    trace.says(&[
        "8.6 w/crm: the run asks crm.example (POST) and waits for the answer",
        "+1h attempted",
        "8.2 w/crm: attempt 1",
        "8.6 w/crm: the other system answered with the status 201",
        "2.4 w/after: the run waits",
    ]);
    assert_eq!(variables(&trace), json!({ "deal": 7, "status": 201, "request": "r-1" }));
    let document = String::from_utf8(trace.contact.to_bytes()).unwrap();
    assert!(!document.contains("unwanted"), "nothing else of the answer is kept");
    let text = trace.text();
    assert!(!text.contains("unwanted"), "{text}");
}

#[test]
fn s8_6_what_a_contact_says_is_a_value_in_the_body() {
    let trace = sync("+0m event Go {\"total\": \"{{ secrets.crm }}\"}");
    let effects = trace.inputs.iter().flat_map(|played| &played.effects);
    let render = effects.filter_map(|effect| match effect {
        Effect::Render(render) => Some(render),
        _ => None,
    });
    let json = render.into_iter().next().and_then(|render| render.json.clone()).unwrap();
    let JsonBody::Object(members) = json else { panic!("an object") };
    assert_eq!(members["plan"], JsonBody::Value(json!("pro")));
    assert_eq!(members["total"], JsonBody::Value(json!("{{ secrets.crm }}")));
    assert_eq!(members["n"], JsonBody::Value(json!(3)));
    assert_eq!(members["hello"], JsonBody::Text("json.0".to_owned()));
}

#[test]
fn s8_1_a_call_is_made_with_one_key_however_often_it_is_tried() {
    let trace = sync("provider temporary unknown temporary accepted\n+0m event Go");
    assert_eq!(dispatched(&trace).len(), 1);
    trace.says(&["attempt 1", "attempt 2", "attempt 3", "attempt 4", "2.4 w/after"]);
}

#[test]
fn s8_1_each_visit_of_a_webhook_step_has_a_key_of_its_own() {
    let looped = SYNC.replace("  - { id: after, wait: 100d }", "  - { id: after, wait: 1d }\n  - goto: crm");
    let trace = play(&looped, &format!("{ANN}+0m event Go\nuntil 3d12h"));
    let keys = dispatched(&trace);
    assert_eq!((keys.len(), keys.iter().collect::<BTreeSet<_>>().len()), (4, 4));
}

#[test]
fn s8_2_an_answer_that_comes_twice_moves_the_run_once() {
    let again = "+0m event Go\n+1h answer crm 500 {\"deal\": {\"id\": 9}}";
    let trace = sync(again);
    assert_eq!(variables(&trace)["status"], 200, "the second answer has the number of the first");
    assert!(trace.ended().is_empty());
}

#[test]
fn s8_6_a_call_that_finally_fails_goes_the_way_of_its_errors_with_what_was_answered() {
    let trace = sync("provider hold\n+0m event Go\n+1m answer crm 404 {\"deal\": {\"id\": 3}}");
    trace.says(&["status 404", "8.3 w/crm: the message failed for good", "3.14 w/sorry"]);
    assert_eq!(trace.ended(), ["+1m w exit_step"]);
    let never = vec!["temporary"; 60].join(" ");
    let trace = sync(&format!("provider {never}\n+0m event Go"));
    assert_eq!(trace.ended().len(), 1, "{}", trace.text());
    let ended = trace.ended();
    assert!(ended[0].starts_with("+31m") || ended[0].starts_with("+3"), "within the hour: {ended:?}");
    trace.says(&["7.7 w/crm: the message expired", "3.14 w/sorry"]);
    let never = vec!["unknown"; 60].join(" ");
    let trace = sync(&format!("provider {never}\n+0m event Go"));
    trace.says(&["8.4 w/crm: whether the message was sent is unknown", "3.14 w/sorry"]);
}

#[test]
fn s8_6_a_call_that_is_not_to_be_repeated_is_made_once() {
    let once = SYNC.replace("      save:", "      retry_for: 0s\n      save:");
    let trace = play(&once, &format!("{ANN}provider temporary\n+0m event Go\nuntil 3d"));
    trace.says(&["attempt 1", "3.14 w/sorry"]);
    trace.never_says("attempt 2");
}

#[test]
fn s8_6_no_policy_and_no_opt_out_speaks_of_calls() {
    let portfolio = format!(
        "{SYNC}
---
quiet_hours: [ {{ from: \"00:00\", to: \"23:59\" }} ]
caps: [ {{ max: 1, per: 30d }} ]
"
    );
    let script = "+0m traits {\"plan\": \"x\"}\n+0m consent email unsubscribed\n+0m event Go\nuntil 1d";
    let trace = play(&portfolio, script);
    trace.says(&["+0s attempted", "status 200"]);
}

#[test]
fn s8_6_a_run_that_leaves_takes_its_call_back_and_a_late_answer_is_only_recorded() {
    let late = "provider hold\n+0m event Go\n+1h event Stop\n+2h answer crm 200 {\"deal\": {\"id\": 3}}";
    let trace = sync(late);
    trace.says(&["5.1 w/crm: the message was taken back", "+2h attempted", "8.6 w/crm: the other system"]);
    assert!(trace.contact.runs.is_empty());
    assert_eq!(trace.ended(), ["+1h w exit_condition"]);
    assert_eq!(trace.contact.ledger[0].state.name(), "sent", "it was made after all, and is said to be");
    let trace = sync("down +0m +1h\n+0m event Go\n+10m event Stop");
    trace.never_says("attempt 1");
}

#[test]
fn s8_6_a_call_that_cannot_be_rendered_goes_the_way_of_its_errors() {
    let trace = play(&SYNC.replace("id: crm", "id: broken"), &format!("{ANN}+0m event Go\nuntil 1d"));
    trace.says(&["the template could not be rendered", "3.14 w/sorry"]);
}

#[test]
fn s8_6_an_answer_too_large_for_the_run_is_not_kept() {
    let large = SYNC.replace("body.deal.id", "body");
    let script = format!(
        "{ANN}provider hold\n+0m event Go\n+1h answer crm 200 {{\"a\": \"{}\"}}\nuntil 1d",
        "x".repeat(20_000)
    );
    let trace = play(&large, &script);
    assert_eq!(variables(&trace)["status"], 200);
    assert_eq!(variables(&trace).get("deal"), None);
}

#[test]
fn s8_6_a_failed_call_can_be_made_again_by_hand() {
    let trace = sync("provider permanent\n+0m event Go\n+1h requeue crm");
    trace.says(&["11.1 w/crm: the message was put back", "+1h attempted", "status 200"]);
    assert_eq!(trace.ended(), ["+0s w exit_step"]);
}
