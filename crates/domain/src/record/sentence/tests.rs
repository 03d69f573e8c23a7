//! Every decision has its sentence.

use serde_json::{Value, json};

use super::sentence;
use crate::record::Line;
use crate::run::EndReason;

/// The sentence of a line, given as the JSON that records are stored as.
fn said(line: Value) -> String {
    sentence(&serde_json::from_value::<Line>(line).expect("a line of a record"))
}

/// The sentences of decisions that stand outside of any workflow, one a line.
fn all(decisions: &[Value]) -> String {
    let sentences = decisions.iter().map(|decision| {
        let mut line = decision.clone();
        line["rule"] = json!("0.0");
        said(line)
    });
    sentences.collect::<Vec<_>>().join("\n")
}

#[test]
fn what_happened_to_a_contact_is_said_with_its_values() {
    let said = all(&[
        json!({"decision": "created"}),
        json!({"decision": "identified", "identifier": "user_id", "value": "u1"}),
        json!({"decision": "claim_refused", "identifier": "anonymous_id", "value": "a", "why": "it belongs to u2"}),
        json!({"decision": "duplicate", "message_id": "m1"}),
        json!({"decision": "too_late_to_trigger", "occurred_at": 0}),
        json!({"decision": "trait_changed", "name": "plan", "from": null, "to": "pro"}),
        json!({"decision": "trait_changed", "name": "plan", "from": "pro", "to": "free"}),
        json!({"decision": "trait_changed", "name": "plan", "from": 1, "to": null}),
        json!({"decision": "consent_changed", "of": "channel email", "answer": "unsubscribed"}),
        json!({"decision": "suppression_changed", "channel": "email", "suppressed": true, "reason": "550 no such user"}),
        json!({"decision": "suppression_changed", "channel": "email", "suppressed": false, "reason": "by hand"}),
        json!({"decision": "history_loaded", "events": 1}),
        json!({"decision": "history_loaded", "events": 12}),
        json!({"decision": "segment_entered", "segment": "vip"}),
        json!({"decision": "segment_left", "segment": "vip"}),
        json!({"decision": "commanded", "by": "ana", "order": "end run 1", "reason": "a test"}),
        json!({"decision": "commanded", "by": "ana", "reason": null,
            "order": r#"{"start_run":{"workflow":"welcome","data":{"cart":1}}}"#}),
        json!({"decision": "zone_unknown", "used": "Europe/Berlin"}),
        json!({"decision": "chain_cut", "what": "16 hops"}),
    ]);
    insta::assert_snapshot!(said);
}

#[test]
fn what_happened_to_a_run_is_said_with_its_values() {
    let said = all(&[
        json!({"decision": "entered", "trigger": "event Order Completed", "key": ""}),
        json!({"decision": "entered", "trigger": "api", "key": "o-1"}),
        json!({"decision": "refused", "reason": "audience", "detail": ""}),
        json!({"decision": "refused", "reason": "reentry", "detail": "entered 2 days ago, every 7d"}),
        json!({"decision": "refused", "reason": "already_inside", "detail": ""}),
        json!({"decision": "refused", "reason": "exit_condition", "detail": ""}),
        json!({"decision": "refused", "reason": "no_key", "detail": ""}),
        json!({"decision": "refused", "reason": "too_many_runs", "detail": ""}),
        json!({"decision": "refused", "reason": "same_input", "detail": ""}),
        json!({"decision": "refreshed", "key": "o-1"}),
        json!({"decision": "stepped", "action": "send welcome"}),
        json!({"decision": "branched", "way": 0}),
        json!({"decision": "branched", "way": 2}),
        json!({"decision": "waits_until", "until": 3_600_000}),
        json!({"decision": "waits_for", "until": 3_600_000}),
        json!({"decision": "waits_for", "until": null}),
        json!({"decision": "date_is_past", "date": 0, "then": "continue"}),
        json!({"decision": "date_is_missing", "path": "birthday"}),
        json!({"decision": "wait_ended", "deadline": 0}),
        json!({"decision": "wait_ended_by", "alternative": 1, "what": "event Order Completed"}),
        json!({"decision": "timed_out", "deadline": 0}),
        json!({"decision": "goal_reached", "goal": "purchase", "value": 12.5}),
        json!({"decision": "goal_reached", "goal": "purchase", "value": null}),
        json!({"decision": "updated", "change": "trait plan = pro"}),
        json!({"decision": "emitted", "event": "Upgraded"}),
    ]);
    insta::assert_snapshot!(said);
}

#[test]
fn what_happened_to_a_message_is_said_with_its_values() {
    let said = all(&[
        json!({"decision": "intended", "channel": "email", "template": "welcome"}),
        json!({"decision": "deferred", "until": 0, "by": "quiet hours 22:00 to 08:00"}),
        json!({"decision": "blocked", "why": "consent for offers is unsubscribed"}),
        json!({"decision": "released", "address": "a@example.com"}),
        json!({"decision": "render_failed", "error": "welcome:3:4: unknown filter `upcas`"}),
        json!({"decision": "attempted", "attempt": 1, "outcome": "temporary", "reply": "451 try later"}),
        json!({"decision": "retrying", "at": 0}),
        json!({"decision": "sent", "attempt": 2}),
        json!({"decision": "failed", "why": "550 no such user"}),
        json!({"decision": "uncertain", "why": "the connection was lost after DATA"}),
        json!({"decision": "cancelled", "why": "the run ended"}),
        json!({"decision": "expired", "expires_at": 0}),
        json!({"decision": "requeued"}),
        json!({"decision": "engaged", "what": "clicked"}),
    ]);
    insta::assert_snapshot!(said);
}

#[test]
fn every_reason_for_an_end_is_said() {
    let ends: Vec<Value> = EndReason::ALL
        .into_iter()
        .map(|reason| json!({"decision": "ended", "reason": reason, "detail": ""}))
        .chain([json!({"decision": "ended", "reason": "failed", "detail": "no rest"})])
        .collect();
    insta::assert_snapshot!(all(&ends), @"
    The run ended: it reached the end of its steps.
    The run ended: it reached a goal.
    The run ended: an exit condition held.
    The run ended: it came to an exit.
    The run ended: the contact unsubscribed.
    The run ended: a person removed it.
    The run ended: another run took its place.
    The run ended: a publish moved the contact out.
    The run ended: it could not go on.
    The run ended: it could not go on (no rest).
    ");
}

#[test]
fn the_workflow_version_and_step_come_first() {
    let line = json!({
        "rule": "2.4", "workflow": ["welcome", 3], "step": "pause", "decision": "waits_until", "until": 86_400_000
    });
    assert_eq!(
        said(line),
        "Workflow welcome version 3, step pause: the run waits until 1970-01-02T00:00:00Z."
    );
}

#[test]
fn a_long_value_is_cut() {
    let line = json!({
        "rule": "3.4", "decision": "trait_changed", "name": "story", "from": null, "to": "ä".repeat(1_000)
    });
    assert!(said(line).chars().count() < 200);
}

#[test]
fn every_decision_has_a_sentence() {
    let record = include_str!("../../record.rs");
    let decisions = record.split_once("pub enum Decision {").unwrap().1.split_once("\n}\n").unwrap().0;
    let sentences = [include_str!("../sentence.rs"), include_str!("portfolio.rs")].concat();
    let names = decisions.lines().map(str::trim).filter(|line| line.starts_with(char::is_uppercase));
    let names: Vec<&str> = names.filter_map(|line| line.split([' ', ',']).next()).collect();
    assert!(names.len() > 60, "{names:?}");
    let untold: Vec<&&str> = names
        .iter()
        .filter(|name| {
            let told = |end: &str| sentences.contains(&format!("Decision::{name}{end}"));
            !told(" ") && !told("\n")
        })
        .collect();
    assert!(untold.is_empty(), "no sentence for {untold:?}");
}

#[test]
fn no_value_of_a_decision_is_called_like_a_member_of_its_line() {
    let decisions = [
        json!({"decision": "skipped", "left": "s"}),
        json!({"decision": "waits_for_run", "of": "other", "until": null}),
        json!({"decision": "run_returned", "of": "other", "reason": "completed"}),
        json!({"decision": "moved", "from": "a", "to": "b"}),
        json!({"decision": "migrated", "to_version": 2, "from": "a", "to": "b"}),
    ];
    for mut line in decisions {
        for (name, value) in [("rule", json!("0.0")), ("workflow", json!(["w", 1])), ("step", json!("here"))]
        {
            line[name] = value;
        }
        let read: Line = serde_json::from_value(line.clone()).unwrap();
        let stored = serde_json::to_string(&read).unwrap();
        assert_eq!(serde_json::from_str::<Line>(&stored).unwrap(), read, "{stored}");
    }
}
