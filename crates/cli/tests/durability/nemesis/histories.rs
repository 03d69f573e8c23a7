//! What the contacts' histories say, counted: one reading of everything that was recorded.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::harness::api::Api;
use crate::harness::ledger::event_of;
use crate::workload::writer::is_order;

use super::portfolio::{CATEGORY, STOPPED};

/// What is found in all histories together.
#[derive(Debug, Default)]
pub struct Histories {
    /// How often each event was taken, by the client's id.
    pub known: BTreeMap<String, usize>,
    /// What the counters must say.
    pub counters: BTreeMap<String, i64>,
    /// How many of the events that were taken are orders.
    pub n_orders: usize,
    /// How many orders a workflow met, whether it let them in or not.
    pub met: BTreeMap<String, usize>,
    /// Events that come after a later one of the same writer, with their contacts.
    pub out_of_order: Vec<(String, String)>,
    pub findings: Vec<String>,
}

impl Histories {
    /// Reads the histories of some contacts.
    pub fn read(api: &Api, contacts: &[String]) -> Self {
        let mut histories = Self::default();
        for contact in contacts {
            let entries = api.why(contact);
            histories.read_entries(contact, &entries);
            histories.in_order(contact, &entries);
            let (status, shown) = api.try_get(&format!("contacts/{contact}")).unwrap();
            if status == 200 {
                histories.read_runs(contact, &shown);
            }
        }
        histories
    }

    fn read_entries(&mut self, contact: &str, entries: &[Value]) {
        let mut has_opted_out = false;
        for entry in entries {
            if let Some(event) = event_of(entry) {
                let id = event["message_id"].as_str().expect("an event has its client's id");
                *self.known.entry(id.to_owned()).or_insert(0) += 1;
                self.n_orders += usize::from(is_order(id));
            }
            for decision in entry["decisions"].as_array().expect("an entry has its decisions") {
                self.read_decision(decision);
                let is = |name: &str, value: &str| decision[name] == value;
                if is("decision", "consent_changed") && is("of", CATEGORY) {
                    has_opted_out = is("answer", "unsubscribed");
                }
                if has_opted_out
                    && is("decision", "released")
                    && decision["workflow"].to_string().contains(STOPPED)
                {
                    self.findings.push(format!("{contact} had opted out, and got a message: {decision}"));
                }
            }
        }
    }

    fn read_decision(&mut self, decision: &Value) {
        let workflow = decision["workflow"].as_str().unwrap_or_default();
        let version = &decision["version"];
        let text = |name: &str| decision[name].as_str().unwrap_or_default();
        let mut counted = Vec::new();
        match text("decision") {
            "created" => counted.push("contacts_created".to_owned()),
            "entered" => {
                *self.met.entry(workflow.to_owned()).or_insert(0) += 1;
                counted.push(format!("entered:{workflow}"));
                counted.push(format!("entered:{workflow}:v{version}"));
            }
            "refused" => {
                *self.met.entry(workflow.to_owned()).or_insert(0) += 1;
                counted.push(format!("refused:{workflow}:{}", text("reason")));
            }
            "ended" => counted.push(format!("ended:{workflow}:{}", text("reason"))),
            "migrated" => counted.push(format!("migrated:{workflow}:v{}", decision["to_version"])),
            _ => {}
        }
        for counter in counted {
            *self.counters.entry(counter).or_insert(0) += 1;
        }
    }

    /// SEMANTICS 3: what one writer had acknowledged before it sent the next is earlier in the history, too.
    fn in_order(&mut self, contact: &str, entries: &[Value]) {
        let mut last: BTreeMap<u64, (u64, u64)> = BTreeMap::new();
        for id in entries.iter().filter_map(event_of).filter_map(|event| event["message_id"].as_str()) {
            let mut numbers = id.split('-').skip(1).filter_map(|number| number.parse::<u64>().ok());
            let (Some(writer), Some(batch), Some(n)) = (numbers.next(), numbers.next(), numbers.next())
            else {
                continue;
            };
            let place = (batch, n);
            match last.get(&writer) {
                Some(before) if *before > place => {
                    self.out_of_order.push((contact.to_owned(), id.to_owned()));
                }
                _ => drop(last.insert(writer, place)),
            }
        }
    }

    fn read_runs(&mut self, contact: &str, shown: &Value) {
        for run in shown["runs"].as_array().into_iter().flatten() {
            let text = |name: &str| run[name].as_str().unwrap_or_default();
            let gauge = format!("at:{}:v{}:{}", text("workflow"), run["version"], text("step"));
            *self.counters.entry(gauge).or_insert(0) += 1;
            if text("workflow") != "anniversary" || text("state") != "waiting" {
                self.findings.push(format!("a run of {contact} is stuck: {run}"));
            }
        }
    }
}
