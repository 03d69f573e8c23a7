//! What an event costs that concerns no workflow, with 1, 100 and 1,000 live workflows: the portfolio is never scanned.

use std::hint::black_box;
use std::time::Duration;

use anyhow::{Context as _, anyhow, ensure};
use cpu_time::ThreadTime;
use serde_json::{Value, json};
use wend_domain::advance::{needs, take};
use wend_domain::catalog::Catalog;
use wend_domain::compile::{Portfolio, compile};
use wend_domain::contact::Contact;
use wend_domain::id::{ContactId, InputId, WorkspaceId};
use wend_domain::input::Input;
use wend_domain::source::SourceFile;
use wend_domain::time::{Period, Timestamp};

use crate::report::Report;
use crate::scale::Scale;

/// How many workflows are live.
const SIZES: [usize; 3] = [1, 100, 1_000];
/// How many events a round takes, and how many rounds there are at most: the quickest one counts.
const EVENTS: u32 = 100;
const ROUNDS_MAX: u64 = 400;
/// When it begins: 5 January 2026, 09:00 UTC.
const START_MS: i64 = 1_767_603_600_000;

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

fn catalog(n_workflows: usize) -> anyhow::Result<Catalog> {
    let file = |path: String, text: String| SourceFile { path, text };
    let hello = "template: hello\nchannel: email\nsubject: Hi\ntext: Hi\n";
    let mut files = vec![
        file("policies.yaml".to_owned(), POLICIES.to_owned()),
        file("templates/hello.yaml".to_owned(), hello.to_owned()),
        file("workflows/own.yaml".to_owned(), OWN.to_owned()),
    ];
    for n in 1..n_workflows {
        files.push(file(format!("workflows/w{n}.yaml"), workflow(n)));
        files.push(file(format!("segments/s{n}.yaml"), segment(n)));
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    let compiled = compile(&WorkspaceId::from("bench"), 1, &Portfolio { files, ..Portfolio::default() });
    compiled.catalog.ok_or_else(|| anyhow!("the portfolio has errors: {:?}", compiled.diagnostics))
}

fn input(n: u32, at: Timestamp, name: &str, properties: &Value, traits: &Value) -> anyhow::Result<Input> {
    let event = json!({ "kind": "track", "name": name, "message_id": format!("m{n}"), "occurred_at": at,
        "identifiers": { "user_id": "ann" }, "properties": properties, "traits": traits });
    let id = InputId::hashed(at, &[&n.to_be_bytes()]);
    serde_json::from_value(json!({ "id": id, "cause": { "event": event } })).context("this is an input")
}

/// A contact with a few runs, messages and message ids, as contacts are.
fn contact(catalog: &Catalog, start: Timestamp) -> anyhow::Result<Contact> {
    let mut contact = Contact::new(ContactId::hashed(start, &[b"bench"]), 1, start);
    let traits = json!({ "email": "a@b.example", "plan": "pro", "timezone": "Europe/Paris" });
    for n in 0..60 {
        let name = if n < 5 { "Begin" } else { "Seen" };
        let at = start + Period::from_millis(i64::from(n) * 60_000);
        let input = input(n, at, name, &json!({ "cart": n }), &traits)?;
        contact =
            take(catalog, contact, input, at, &mut |_| Ok(())).map_err(|error| anyhow!("{error}"))?.contact;
    }
    ensure!(contact.runs.len() == 5, "the contact has {} runs instead of 5", contact.runs.len());
    Ok(contact)
}

/// Nanoseconds of processor that one input costs, with everything that belongs to taking it but the store.
fn cost(
    catalog: &Catalog,
    contact: &Contact,
    inputs: &[Input],
    at: Timestamp,
    n_rounds: u64,
) -> anyhow::Result<f64> {
    let mut best = Duration::MAX;
    for _ in 0..n_rounds {
        let prepared: Vec<(Contact, Input)> =
            inputs.iter().map(|input| (contact.clone(), input.clone())).collect();
        let began = ThreadTime::now();
        for (contact, input) in prepared {
            ensure!(black_box(needs(catalog, &contact, &input, at)).is_none(), "history is needed");
            let taken = take(catalog, contact, input, at, &mut |_| Ok(()));
            black_box(taken).map_err(|error| anyhow!("{error}"))?;
        }
        best = best.min(began.elapsed());
    }
    Ok(best.as_nanos() as f64 / f64::from(EVENTS))
}

/// Measures portfolios of all sizes with the same contact and the same events.
pub fn measure(scale: &Scale, report: &mut Report) -> anyhow::Result<()> {
    let start = Timestamp::from_millis(START_MS);
    let at = start + Period::from_millis(2 * 3_600_000);
    let kinds: [(&str, Value, Value); 2] = [
        ("an event of no interest", json!({ "page": 7, "n": 3 }), json!({})),
        ("an event with a trait of no interest", json!({ "page": 7 }), json!({ "colour": "red" })),
    ];
    let n_rounds = (scale.n_events / u64::from(EVENTS)).clamp(1, ROUNDS_MAX);
    let mut portfolios = Vec::new();
    for size in SIZES {
        let catalog = catalog(size)?;
        let contact = contact(&catalog, start)?;
        portfolios.push((size, catalog, contact));
    }
    for (kind, properties, traits) in &kinds {
        let inputs: Vec<Input> = (0..EVENTS)
            .map(|n| input(1_000 + n, at, "Heartbeat", properties, traits))
            .collect::<anyhow::Result<_>>()?;
        let mut costs = Vec::new();
        for (size, catalog, contact) in &portfolios {
            let nanoseconds = cost(catalog, contact, &inputs, at, n_rounds)?;
            report.note("portfolio", &format!("{kind}, {size} workflows"), nanoseconds / 1e3, "us of CPU");
            costs.push(nanoseconds);
        }
        let ratio = costs[costs.len() - 1] / costs[0];
        report.goal("portfolio", &format!("{kind}, 1,000 workflows instead of one"), ratio, "times", "1.5");
    }
    Ok(())
}
