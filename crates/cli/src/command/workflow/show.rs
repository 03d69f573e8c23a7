//! A workflow as a person reads it.

use std::fmt::Write as _;

use serde_json::Value;

use crate::output::{member, table};

/// State, rollout, versions with who rests where, and what was counted.
pub fn shown(workflow: &Value) -> String {
    let mut out = format!("{}  {}\n", member(workflow, "name"), member(workflow, "title"));
    let current = match member(workflow, "current") {
        none if none.is_empty() => "nobody enters".to_owned(),
        version => format!("new runs enter version {version}"),
    };
    let (live, entered) = (member(workflow, "live"), member(workflow, "entered"));
    let _ = writeln!(out, "{}; {current}; {live} live, {entered} entered so far", member(workflow, "status"));
    for name in ["category", "owner", "priority"] {
        let value = member(workflow, name);
        if !value.is_empty() {
            let _ = writeln!(out, "{name}: {value}");
        }
    }
    if workflow.get("rollout").is_some() {
        let _ = writeln!(out, "\n{}", rollout_in_words(&member(workflow, "name"), workflow));
    }
    for version in workflow.get("versions").and_then(Value::as_array).into_iter().flatten() {
        let _ = writeln!(out, "\nversion {}: {} live", member(version, "version"), member(version, "live"));
        let steps = version.get("steps").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let rows: Vec<Vec<String>> = steps
            .iter()
            .map(|step| ["id", "here", "taken"].map(|column| member(step, column)).to_vec())
            .collect();
        out.push_str(&table(&["step", "here", "taken"], &rows, "  no steps\n"));
    }
    let counted = workflow.get("counted").and_then(Value::as_object);
    if let Some(counted) = counted.filter(|counted| !counted.is_empty()) {
        out.push_str("\ncounted\n");
        for (name, n) in counted {
            let _ = writeln!(out, "  {name}  {n}");
        }
    }
    out
}

/// How far a rollout is, what follows, and what must hold.
pub fn rollout_in_words(name: &str, workflow: &Value) -> String {
    let Some(rollout) = workflow.get("rollout").filter(|rollout| rollout.is_object()) else {
        return format!("{name}: no rollout; new runs enter version {}", member(workflow, "current"));
    };
    let mut out = format!(
        "{name}: version {} reaches {} % of contacts, the others enter version {}",
        member(rollout, "version"),
        member(rollout, "percent"),
        member(rollout, "previous"),
    );
    let stages: Vec<String> = rollout
        .get("stages")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .map(|stage| format!("{} % for {}", member(stage, "percent"), member(stage, "for")))
        .collect();
    let (stage, since) = (member(rollout, "stage"), member(rollout, "stage_since"));
    let _ = write!(out, "\n  stage {stage} of {} since {since}: {}", stages.len(), stages.join(", "));
    if rollout.get("by_hand").and_then(Value::as_bool) == Some(true) {
        out.push_str("\n  a person set the share: no stage follows by itself");
    }
    let gates = rollout.get("gates");
    let gate = |name: &str| gates.map(|gates| member(gates, name)).unwrap_or_default();
    let mut held = Vec::new();
    for (name, words) in [
        ("errors_max_percent", "at most {} % of entries fail"),
        ("goal_rate_min_percent_of_previous", "goals per entry at least {} % of the other version's"),
        ("entries_min", "judged after {} entries"),
    ] {
        let value = gate(name);
        if !value.is_empty() && value != "0" {
            held.push(words.replace("{}", &value));
        }
    }
    if !held.is_empty() {
        let _ = write!(out, "\n  gates: {}; if not: {}", held.join(", "), member(rollout, "on_broken"));
    }
    out
}

#[cfg(test)]
mod tests;
