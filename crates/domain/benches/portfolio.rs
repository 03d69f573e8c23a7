//! What an event costs that concerns no workflow, with 1, 100 and 1,000 live workflows: the portfolio is never scanned.
//!
//! `cargo xtask bench portfolio`. The goal: with 1,000 workflows at most 1.5 times as much as with one.
#![expect(clippy::print_stdout, reason = "a benchmark's results are read on the terminal")]
#![expect(
    clippy::unwrap_used,
    reason = "what is measured is made here, and is right or the benchmark is wrong"
)]

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::Instant;

use serde_json::{Value, json};
use wend_domain::advance::{needs, take};
use wend_domain::catalog::Catalog;
use wend_domain::compile::{Portfolio, compile};
use wend_domain::contact::Contact;
use wend_domain::id::{ContactId, InputId, WorkspaceId};
use wend_domain::input::Input;
use wend_domain::source::SourceFile;
use wend_domain::time::{Period, Timestamp};

/// How many workflows are live.
const SIZES: [usize; 3] = [1, 100, 1_000];

/// How many events a round takes, and how many rounds there are: the quickest one counts.
const EVENTS: u32 = 100;
const ROUNDS: usize = 400;

/// By how much the largest portfolio may be slower than the smallest.
const RATIO_MAX: f64 = 1.5;

/// The workflow in which the contact's runs rest, whatever else there is.
const OWN: &str = "workflow: own
title: Own
category: offers
reentry: always
key: cart
trigger: { event: Begin }
exit_when: [ { event: Gone } ]
goals: [ { event: Ordered, within: 30d } ]
steps:
  - { id: hello, send: { email: hello } }
  - { id: rest, wait_for: [ { event: Answered } ], timeout: 90d }
";

const POLICIES: &str = "timezone: Europe/Berlin
categories: { offers: { title: Offers } }
quiet_hours: { from: \"21:00\", to: \"08:00\" }
caps: { channels: [email], max: 20, per: 7d }
";

/// One of many workflows: all have an audience with a segment, an exit and a goal, and begin in four different ways.
fn workflow(n: usize) -> String {
    let trigger = match n % 4 {
        0 => format!("{{ event: Begin {n}, where: {{ n: {{ gte: {n} }} }} }}"),
        1 => format!("{{ date: date_{n}, offset: -3d, repeats: yearly }}"),
        2 => format!("{{ absence: Begin {n}, not: End {n}, within: 2d }}"),
        _ => "{ schedule: \"FREQ=WEEKLY;BYDAY=MO\", zone: contact }".to_owned(),
    };
    format!(
        "workflow: w{n}
title: W
category: offers
priority: {}
trigger: {trigger}
audience: {{ segment: s{n} }}
exit_when: [ {{ event: Exit {n} }}, {{ if: {{ trait: left_{n}, eq: true }} }} ]
goals: [ {{ event: Goal {n}, within: 7d, value: total }} ]
steps:
  - {{ id: hello, send: {{ email: hello }} }}
  - {{ id: rest, wait_for: [ {{ event: Answer {n} }} ], timeout: 3d }}
  - {{ id: again, send: {{ email: hello }} }}
",
        n % 100
    )
}

fn segment(n: usize) -> String {
    let rule = match n % 3 {
        0 => format!("{{ event: Behaviour {n}, count: {{ gte: 2 }}, within: 30d }}"),
        1 => format!(
            "{{ all: [ {{ trait: t{n}, eq: 1 }}, {{ event: Behaviour {n}, last: {{ before: 3d }} }} ] }}"
        ),
        _ => format!("{{ any: [ {{ trait: t{n}, gt: 1 }}, {{ list: l{n} }} ] }}"),
    };
    format!("segment: s{n}\ntitle: S\nwhere: {rule}\n")
}

fn catalog(n_workflows: usize) -> Catalog {
    let mut files = vec![
        SourceFile { path: "policies.yaml".to_owned(), text: POLICIES.to_owned() },
        SourceFile {
            path: "templates/hello.yaml".to_owned(),
            text: "template: hello\nchannel: email\nsubject: Hi\ntext: Hi\n".to_owned(),
        },
        SourceFile { path: "workflows/own.yaml".to_owned(), text: OWN.to_owned() },
    ];
    for n in 1..n_workflows {
        files.push(SourceFile { path: format!("workflows/w{n}.yaml"), text: workflow(n) });
        files.push(SourceFile { path: format!("segments/s{n}.yaml"), text: segment(n) });
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    let compiled = compile(&WorkspaceId::from("bench"), 1, &Portfolio { files, ..Portfolio::default() });
    compiled.catalog.unwrap_or_else(|| panic!("{:?}", compiled.diagnostics))
}

fn input(n: u32, at: Timestamp, name: &str, properties: &Value, traits: &Value) -> Input {
    let event = json!({ "kind": "track", "name": name, "message_id": format!("m{n}"), "occurred_at": at,
        "identifiers": { "user_id": "ann" }, "properties": properties, "traits": traits });
    let id = InputId::hashed(at, &[&n.to_be_bytes()]);
    serde_json::from_value(json!({ "id": id, "cause": { "event": event } })).unwrap()
}

/// A contact with a few runs, messages and message ids, as contacts are.
fn contact(catalog: &Catalog, start: Timestamp) -> Contact {
    let mut contact = Contact::new(ContactId::hashed(start, &[b"bench"]), 1, start);
    let traits = json!({ "email": "a@b.example", "plan": "pro", "timezone": "Europe/Paris" });
    for n in 0..60 {
        let name = if n < 5 { "Begin" } else { "Seen" };
        let at = start + Period::from_millis(i64::from(n) * 60_000);
        let input = input(n, at, name, &json!({ "cart": n }), &traits);
        contact = take(catalog, contact, input, at, &mut |_| Ok(())).unwrap().contact;
    }
    assert_eq!(contact.runs.len(), 5);
    contact
}

/// Nanoseconds that one input costs, with everything that belongs to taking it but the store.
fn cost(catalog: &Catalog, contact: &Contact, inputs: &[Input], at: Timestamp) -> f64 {
    let mut best = f64::MAX;
    for _ in 0..ROUNDS {
        let prepared: Vec<(Contact, Input)> =
            inputs.iter().map(|input| (contact.clone(), input.clone())).collect();
        #[expect(clippy::disallowed_methods, reason = "a benchmark measures time")]
        let began = Instant::now();
        for (contact, input) in prepared {
            assert!(black_box(needs(catalog, &contact, &input)).is_none());
            black_box(take(catalog, contact, input, at, &mut |_| Ok(())).unwrap());
        }
        let nanoseconds = began.elapsed().as_nanos() as f64 / f64::from(EVENTS);
        best = best.min(nanoseconds);
    }
    best
}

fn main() {
    let start = Timestamp::parse("2026-01-05T09:00:00Z").unwrap();
    let at = start + Period::from_millis(2 * 3_600_000);
    let kinds: [(&str, Value, Value); 2] = [
        ("an event of no interest", json!({ "page": 7, "n": 3 }), json!({})),
        ("an event with a trait of no interest", json!({ "page": 7 }), json!({ "colour": "red" })),
    ];
    let mut results = Vec::new();
    let mut table = format!("{:40}", "nanoseconds per event");
    for size in SIZES {
        _ = write!(table, "{size:>10}");
    }
    table.push_str("     ratio\n");
    let catalogs = SIZES.map(catalog);
    let contacts = catalogs.each_ref().map(|catalog| contact(catalog, start));
    let mut worst = 0.0_f64;
    for (kind, properties, traits) in &kinds {
        let inputs: Vec<Input> =
            (0..EVENTS).map(|n| input(1_000 + n, at, "Heartbeat", properties, traits)).collect();
        let costs: Vec<f64> = catalogs
            .iter()
            .zip(&contacts)
            .map(|(catalog, contact)| cost(catalog, contact, &inputs, at))
            .collect();
        let ratio = costs[costs.len() - 1] / costs[0];
        worst = worst.max(ratio);
        _ = write!(table, "{kind:40}");
        for cost in &costs {
            _ = write!(table, "{cost:>10.0}");
        }
        _ = writeln!(table, "{ratio:>10.2}");
        results.push(json!({ "input": kind, "nanoseconds": costs, "ratio": ratio }));
    }
    let verdict = if worst <= RATIO_MAX { "kept" } else { "missed" };
    println!("{table}\ngoal: at most {RATIO_MAX} times as much with 1,000 workflows as with one: {verdict}");
    println!(
        "{}",
        json!({ "benchmark": "portfolio", "workflows": SIZES, "results": results, "goal": RATIO_MAX, "kept": worst <= RATIO_MAX })
    );
}
