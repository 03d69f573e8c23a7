//! What must be true when everything has drained: SEMANTICS 8.1, 8.4 and 8.5, and nothing left over.

use super::N_CONTACTS;
use super::writer::{Sent, contact, is_order};
use crate::harness::api::Api;
use crate::harness::inbox::Inbox;
use crate::harness::ledger::{compare, events_known};
use crate::harness::server::wend;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What was found wrong, and what there was, in numbers.
pub struct Verdict {
    pub findings: Vec<String>,
    pub summary: String,
    /// How many messages nobody knows the fate of.
    pub n_uncertain: usize,
    /// How many messages arrived more than once.
    pub n_doubled: usize,
}

/// How a message may have ended without an arrival, if it is marketing over a channel that knows no keys.
const SHOWN_AS_NOT_SENT: [&str; 3] = ["uncertain", "failed", "expired"];

/// Compares what was sent, what is known and what arrived.
pub fn judge(api: &Api, inbox: &Inbox, sent: &Sent) -> Verdict {
    let contacts: Vec<String> = (0..N_CONTACTS).map(contact).collect();
    let known = events_known(api, contacts.iter().map(String::as_str));
    let mut findings = compare(&sent.acknowledged, &sent.unacknowledged, &known);
    let n_orders = known.keys().filter(|id| is_order(id)).count();
    let messages = api.messages("");
    let (mails, calls) = (inbox.mails(), inbox.messages());
    findings.extend(messages.iter().filter_map(|message| wrong_message(message, &mails, &calls)));
    findings.extend(wrong_numbers(&messages, n_orders));
    let ids: BTreeSet<&str> = messages.iter().map(id_of).collect();
    let strangers = mails.keys().chain(calls.keys()).filter(|id| !ids.contains(id.as_str()));
    findings.extend(strangers.map(|id| format!("message {id} arrived and nobody knows it")));
    let at = api.get("status")["at"].as_str().unwrap().to_owned();
    for contact in &contacts {
        findings.extend(wrong_runs(api, contact, &at));
        findings.extend(wrong_replay(api, contact));
    }
    let n_uncertain = messages.iter().filter(|message| message["state"] == "uncertain").count();
    findings.extend(wrong_health(&wend(api, &["doctor"]), n_uncertain));
    let n_doubled = mails.values().filter(|count| **count > 1).count();
    let summary = format!(
        "{} events acknowledged, {} not and {} of those known; {n_orders} orders; {} messages, {n_uncertain} uncertain, \
         {n_doubled} transactional ones more than once",
        sent.acknowledged.len(),
        sent.unacknowledged.len(),
        known.keys().filter(|id| sent.unacknowledged.contains(*id)).count(),
        messages.len(),
    );
    Verdict { findings, summary, n_uncertain, n_doubled }
}

fn id_of(message: &Value) -> &str {
    message["id"].as_str().expect("a message has an id")
}

/// SEMANTICS 8.4 for one message.
fn wrong_message(
    message: &Value,
    mails: &BTreeMap<String, usize>,
    calls: &BTreeMap<String, usize>,
) -> Option<String> {
    let id = id_of(message);
    let count = |arrived: &BTreeMap<String, usize>| arrived.get(id).copied().unwrap_or(0);
    let state = message["state"].as_str().unwrap_or_default();
    let is_keyed = message["channel"] != "email";
    let is_transactional = message["transactional"] == true;
    let (kind, is_right, count) = if is_keyed {
        ("keyed", count(calls) == 1 && state == "sent", count(calls))
    } else if is_transactional {
        ("transactional", count(mails) >= 1 && state == "sent", count(mails))
    } else {
        let is_right = match count(mails) {
            0 => SHOWN_AS_NOT_SENT.contains(&state),
            1 => state == "sent" || state == "uncertain",
            _ => false,
        };
        ("marketing", is_right, count(mails))
    };
    (!is_right)
        .then(|| format!("{kind} message {id} arrived {count} times and is shown as {state}: {message}"))
}

/// Each order has one message of each step, whatever was interrupted.
fn wrong_numbers(messages: &[Value], n_orders: usize) -> Vec<String> {
    let mut counts: BTreeMap<(String, String), usize> = BTreeMap::new();
    let mut runs = BTreeSet::new();
    let mut wrong = Vec::new();
    for message in messages {
        let text = |name: &str| message[name].as_str().unwrap_or_default().to_owned();
        *counts.entry((text("workflow"), text("step"))).or_insert(0) += 1;
        if !runs.insert((text("run"), text("step"))) {
            wrong.push(format!("step {} of run {} has two messages", text("step"), text("run")));
        }
    }
    for (workflow, step) in [("offer", "mail"), ("offer", "call"), ("receipt", "mail")] {
        let n_found = counts.remove(&(workflow.to_owned(), step.to_owned())).unwrap_or(0);
        if n_found != n_orders {
            wrong.push(format!(
                "{n_orders} orders are known, and step {step} of {workflow} has {n_found} messages"
            ));
        }
    }
    wrong.extend(
        counts
            .into_iter()
            .map(|(step, count)| format!("{count} messages of {step:?}, which nobody wanted yet")),
    );
    wrong
}

/// Every run has ended, but for the long wait that each contact is in once.
fn wrong_runs(api: &Api, contact: &str, at: &str) -> Vec<String> {
    let (status, shown) = api.try_get(&format!("contacts/{contact}")).unwrap();
    if status == 404 {
        return Vec::new();
    }
    let runs = shown["runs"].as_array().cloned().unwrap_or_default();
    let is_resting = |run: &Value| {
        run["workflow"] == "anniversary"
            && run["state"] == "waiting"
            && run["until"].as_str().is_some_and(|until| until > at)
    };
    let mut wrong: Vec<String> = runs
        .iter()
        .filter(|run| !is_resting(run))
        .map(|run| format!("a run of {contact} is stuck: {run}"))
        .collect();
    if runs.len() != 1 {
        wrong.push(format!("{contact} joined once and is in {} runs", runs.len()));
    }
    wrong
}

/// SEMANTICS 12.2: what is recorded can be decided again, whatever was interrupted.
fn wrong_replay(api: &Api, contact: &str) -> Option<String> {
    let (status, report) = api.try_get(&format!("contacts/{contact}/replay")).unwrap();
    let same = status == 404 || report["differences"].as_array().is_some_and(Vec::is_empty);
    (!same).then(|| format!("a replay of {contact} differs from what is recorded: {report}"))
}

/// The doctor finds nothing but the uncertain messages that must be shown.
fn wrong_health(found: &Value, n_uncertain: usize) -> Vec<String> {
    let checks = found["checks"].as_array().cloned().unwrap_or_default();
    let mut wrong: Vec<String> = checks
        .iter()
        .filter(|check| check["ok"] != true && check["name"] != "uncertain messages")
        .map(|check| format!("the doctor finds something wrong: {check}"))
        .collect();
    let told = checks
        .iter()
        .find(|check| check["name"] == "uncertain messages")
        .map(|check| check["found"].to_string());
    if told != Some(format!("\"{n_uncertain}\"")) {
        wrong.push(format!("{n_uncertain} messages are uncertain, and the doctor says {told:?}"));
    }
    wrong
}
