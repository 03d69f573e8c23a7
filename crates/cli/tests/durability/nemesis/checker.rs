//! What must be true when the faults have ended and everything has settled: SEMANTICS 3 and 8 on what came out.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use serde_json::Value;

use super::histories::Histories;
use super::people::People;
use super::portfolio::STOPPED;
use super::witness::Moment;
use crate::harness::api::Api;
use crate::harness::ledger::compare;
use crate::harness::server::wend;
use crate::harness::sink::Taken;
use crate::workload::N_CONTACTS;
use crate::workload::writer::{Sent, contact};

/// Counters that are checked against the histories, by how they begin.
const COUNTED: [&str; 6] = ["contacts_created", "entered:", "refused:", "ended:", "migrated:", "at:"];

/// All that is known when everything has settled.
pub struct Evidence<'a> {
    pub api: &'a Api,
    pub sent: &'a Sent,
    pub people: &'a People,
    /// What the mail server took.
    pub taken: Taken,
    /// How often each message of the keyed channel arrived.
    pub calls: BTreeMap<String, usize>,
}

/// What is wrong, and what there was, in numbers.
pub fn check(evidence: &Evidence<'_>) -> (Vec<String>, String) {
    let Evidence { api, sent, people, taken, calls } = evidence;
    let contacts: Vec<String> = (0..N_CONTACTS).map(contact).collect();
    let mut histories = Histories::read(api, &contacts);
    let mut findings = compare(&sent.acknowledged, &sent.unacknowledged, &histories.known);
    findings.append(&mut histories.findings);
    // What was given up may have been taken at any time.
    let disorder = histories.out_of_order.iter().filter(|(_, id)| sent.acknowledged.contains(id));
    findings.extend(disorder.map(|(contact, id)| format!("{id} of {contact} came after a later one")));
    findings.extend(contacts.iter().filter_map(|contact| wrong_replay(api, contact)));
    let messages = api.messages("");
    findings.extend(messages.iter().filter_map(|message| wrong_message(message, taken, calls)));
    findings.extend(wrong_numbers(&messages, &histories));
    findings.extend(wrong_counters(&api.get("counters")["counters"], &histories.counters));
    findings.extend(strangers(&messages, taken, calls));
    findings.extend(too_late(&messages, taken, people));
    findings.extend(wrong_files(&api.get("portfolio")["files"], &people.published["files"]));
    findings.extend(wrong_health(api));
    let count = |state: &str| messages.iter().filter(|message| message["state"] == state).count();
    let states =
        ["sent", "blocked", "cancelled", "expired", "failed", "uncertain"].map(|state| (state, count(state)));
    let summary = format!(
        "{} events acknowledged, {} not; {} orders; messages {states:?}; {} opted out, {} publications, {} stops",
        sent.acknowledged.len(),
        sent.unacknowledged.len(),
        histories.n_orders,
        people.opted_out.len(),
        people.n_published,
        people.stopped.len(),
    );
    (findings, summary)
}

fn text<'a>(message: &'a Value, name: &str) -> &'a str {
    message[name].as_str().unwrap_or_default()
}

/// SEMANTICS 12.2: the inputs give the decisions and the document again.
fn wrong_replay(api: &Api, contact: &str) -> Option<String> {
    let (status, report) = api.try_get(&format!("contacts/{contact}/replay")).unwrap();
    let is_same = status == 404 || report["differences"].as_array().is_some_and(Vec::is_empty);
    (!is_same).then(|| format!("a replay of {contact} differs from what is recorded: {report}"))
}

/// SEMANTICS 8.4 for one message.
fn wrong_message(message: &Value, taken: &Taken, calls: &BTreeMap<String, usize>) -> Option<String> {
    let (id, state) = (text(message, "id"), text(message, "state"));
    let why = message["detail"]["why"].as_str().unwrap_or_default();
    let (is_not_repeated, is_out_of_time) = (why.contains("not tried again"), why.contains("expired"));
    let n_mails = taken.times.get(id).copied().unwrap_or(0);
    let (kind, n_arrived, is_right) = if message["channel"] != "email" {
        let n_arrived = calls.get(id).copied().unwrap_or(0);
        let is_right = match state {
            "sent" => n_arrived == 1,
            // An attempt whose answer was lost would be repeated, but for what stopped it.
            "uncertain" => n_arrived <= 1 && is_not_repeated,
            "blocked" | "cancelled" | "expired" => n_arrived == 0,
            _ => false,
        };
        ("keyed", n_arrived, is_right)
    } else if message["transactional"] == true {
        let is_right = match state {
            "sent" => n_mails >= 1,
            "expired" => n_mails == 0,
            "uncertain" => is_out_of_time,
            "failed" => taken.refused.contains(id),
            _ => false,
        };
        ("transactional", n_mails, is_right)
    } else {
        let is_right = match (state, n_mails) {
            ("sent" | "uncertain", 1) | ("uncertain" | "expired" | "blocked" | "cancelled", 0) => true,
            ("failed", 0) => taken.refused.contains(id),
            _ => false,
        };
        ("marketing", n_mails, is_right)
    };
    (!is_right)
        .then(|| format!("{kind} message {id} arrived {n_arrived} times and is shown as {state}: {message}"))
}

/// SEMANTICS 8.1: each order that was taken was met by each workflow once, and each run has one message of each step.
fn wrong_numbers(messages: &[Value], histories: &Histories) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut seen = BTreeSet::new();
    for message in messages {
        if !seen.insert((text(message, "run"), text(message, "step"))) {
            wrong.push(format!("a run has two messages of one step: {message}"));
        }
    }
    for workflow in [STOPPED, "receipt"] {
        let n_met = histories.met.get(workflow).copied().unwrap_or(0);
        if n_met != histories.n_orders {
            wrong.push(format!("{} orders were taken, and {workflow} met {n_met}", histories.n_orders));
        }
        let entered = format!("entered:{workflow}");
        let n_entered = histories.counters.get(&entered).copied().unwrap_or(0);
        let n_mails = messages.iter().filter(|of| of["workflow"] == workflow && of["step"] == "mail").count();
        if n_mails as i64 != n_entered {
            wrong.push(format!("{n_entered} runs of {workflow} want a mail each, and there are {n_mails}"));
        }
    }
    wrong
}

/// What was counted is what the histories say.
fn wrong_counters(counted: &Value, recorded: &BTreeMap<String, i64>) -> Vec<String> {
    let counted = counted.as_object().expect("there are counters");
    let is_checked = |name: &&String| COUNTED.iter().any(|begin| name.starts_with(begin));
    let names: BTreeSet<&String> = counted.keys().filter(is_checked).chain(recorded.keys()).collect();
    let wrong = names.into_iter().filter_map(|name| {
        let says = counted.get(name).and_then(Value::as_i64).unwrap_or(0);
        let is = recorded.get(name).copied().unwrap_or(0);
        (says != is).then(|| format!("the counter {name} says {says}, the histories {is}"))
    });
    wrong.collect()
}

fn strangers(messages: &[Value], taken: &Taken, calls: &BTreeMap<String, usize>) -> Vec<String> {
    let known: BTreeSet<&str> = messages.iter().map(|message| text(message, "id")).collect();
    let arrived = taken.times.keys().chain(calls.keys());
    let strangers = arrived.filter(|id| !known.contains(id.as_str()));
    strangers.map(|id| format!("message {id} arrived and nobody knows it")).collect()
}

/// SEMANTICS 7.13 and 9.4: after an opt-out or a stop that was acknowledged, nothing is attempted but what was being
/// attempted already, and that once.
fn too_late(messages: &[Value], taken: &Taken, people: &People) -> Vec<String> {
    let mut wrong = Vec::new();
    for message in messages.iter().filter(|message| message["workflow"] == STOPPED) {
        let id = text(message, "id");
        let tries = taken.tries.get(id).map_or(&[][..], Vec::as_slice);
        let is_late = |moment: &Moment, until: Option<Instant>| {
            let is_after = |at: &&Instant| **at > moment.since && until.is_none_or(|until| **at < until);
            tries.iter().filter(is_after).count() > usize::from(moment.attempting.contains(id))
        };
        let name = text(message, "address").split('@').next().unwrap_or_default();
        if people.opted_out.get(name).is_some_and(|moment| is_late(moment, None)) {
            wrong.push(format!("a mail was attempted after its reader had opted out: {message}"));
        }
        if people.stopped.iter().any(|(moment, until)| is_late(moment, Some(*until))) {
            wrong.push(format!("a mail was attempted while its workflow was stopped: {message}"));
        }
    }
    wrong
}

/// What was published last is what is published.
fn wrong_files(published: &Value, last: &Value) -> Option<String> {
    let texts = |files: &Value| -> BTreeMap<String, String> {
        let files = files.as_array().into_iter().flatten();
        files.map(|file| (text(file, "path").to_owned(), text(file, "text").to_owned())).collect()
    };
    (texts(published) != texts(last)).then(|| "what was published last isn't what is published".to_owned())
}

/// The doctor finds nothing but messages that had bad luck and are shown.
fn wrong_health(api: &Api) -> Vec<String> {
    let found = wend(api, &["doctor"]);
    let checks = found["checks"].as_array().cloned().unwrap_or_default();
    let is_bad_luck =
        |check: &Value| check["name"] == "uncertain messages" || check["name"] == "failed messages";
    let wrong = checks.iter().filter(|check| check["ok"] != true && !is_bad_luck(check));
    wrong.map(|check| format!("the doctor finds something wrong: {check}")).collect()
}

#[cfg(test)]
#[path = "checker/tests.rs"]
mod tests;
