//! What clients sent against what the server knows: every acknowledged event once, every other at most once.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::api::Api;

/// How often the history of some contacts holds each event, by the client's id of it.
pub fn events_known<'a>(api: &Api, contacts: impl IntoIterator<Item = &'a str>) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for contact in contacts {
        for entry in api.why(contact) {
            // Two names of one contact show the same entries.
            if let Some(event) = event_of(&entry)
                && seen.insert(entry["seq"].to_string())
            {
                let id = event["message_id"].as_str().expect("an event has its client's id");
                *counts.entry(id.to_owned()).or_insert(0) += 1;
            }
        }
    }
    counts
}

/// The client's event in an entry, if that is what came in and was not recognised as a repetition (SEMANTICS 3.2).
pub fn event_of(entry: &Value) -> Option<&Value> {
    let input = &entry["input"];
    let is_client = input["kind"] == "event" && input["hop"].as_u64().unwrap_or(0) == 0;
    let decisions = entry["decisions"].as_array().expect("an entry has its decisions");
    let is_repetition = decisions.iter().any(|decision| decision["decision"] == "duplicate");
    (is_client && !is_repetition).then(|| &input["event"])
}

/// What is wrong between events that were sent and those that are known; empty if nothing.
pub fn compare(
    acknowledged: &BTreeSet<String>,
    unacknowledged: &BTreeSet<String>,
    known: &BTreeMap<String, usize>,
) -> Vec<String> {
    let mut wrong = Vec::new();
    for id in acknowledged {
        match known.get(id).copied().unwrap_or(0) {
            1 => {}
            0 => wrong.push(format!("event {id} was acknowledged and is lost")),
            n_times => wrong.push(format!("event {id} is there {n_times} times")),
        }
    }
    for (id, n_times) in known {
        if *n_times > 1 && unacknowledged.contains(id) {
            wrong.push(format!("event {id}, which was never acknowledged, is there {n_times} times"));
        }
        if !acknowledged.contains(id) && !unacknowledged.contains(id) {
            wrong.push(format!("event {id} is there and nobody sent it"));
        }
    }
    wrong
}
