//! Everything at once on PostgreSQL: three nodes that are killed and held, whose wires to the database are cut and held,
//! a database that crashes, a mail server that is bad at times; and meanwhile clients that send events, people who opt
//! out, and a team that publishes, stops and resumes. Then the faults end, everything settles, and what came out is held
//! against SEMANTICS 3 and 8.
//!
//! Read in this order: [`faults`] (what goes wrong, and when), [`people`] (who does what meanwhile), [`portfolio`] (what
//! it sets off), [`witness`] (what was under way when it was stopped), [`histories`] and [`checker`] (what must be true in
//! the end). The clients are the writers of [`workload`](crate::workload), which speak HTTP themselves and know of each
//! batch whether it was acknowledged; the libraries that customers use meet their faults in
//! [`clients`](crate::clients).
//!
//! **Invariant:** nothing is judged by how long it took. Machines are slow at times, and a test that says so is no proof.
//!
//! PostgreSQL can't be played from a seed: `WEND_SEED` gives the same faults and the same load again, not the same
//! interleaving. `cargo xtask nemesis --for 1h` goes on for as long as you like (`WEND_NEMESIS=1h`).

#[path = "nemesis/portfolio.rs"]
mod portfolio;

#[path = "nemesis/faults.rs"]
mod faults;

#[path = "nemesis/people.rs"]
mod people;

#[path = "nemesis/witness.rs"]
mod witness;

#[path = "nemesis/histories.rs"]
mod histories;

#[path = "nemesis/checker.rs"]
mod checker;

use std::time::{Duration, Instant};

use crate::harness::api::Api;
use crate::harness::chance::{Chance, seed};
use crate::harness::inbox::Inbox;
use crate::harness::postgres::Postgres;
use crate::harness::sink::Sink;
use crate::harness::wait::eventually;
use crate::workload::writer::{Load, writing};
use checker::Evidence;
use faults::Nemesis;
use people::{People, acting};

/// How long the faults go on if `WEND_NEMESIS` doesn't say.
const FAULTS_FOR: Duration = Duration::from_secs(10);
/// How long everything may take to settle when the faults have ended: longer than messages last.
const SETTLE_MAX: Duration = Duration::from_mins(8);
/// The fewest events that must have been acknowledged to prove anything.
const EVENTS_MIN: usize = 1_000;
/// How many of a hundred events send messages.
const ORDERED_PERCENT: u64 = 12;
/// How many findings are shown.
const FINDINGS_SHOWN_MAX: usize = 20;
/// Waits that are to end within a test are shorter than this.
const SHORT_WAIT_HOURS: i64 = 24;

/// A span such as `90s`, `10m` or `1h`.
fn span(text: &str) -> Duration {
    let (number, unit) = text.split_at(text.len().saturating_sub(1));
    let number: u64 =
        number.parse().unwrap_or_else(|_| panic!("`{text}` isn't a span such as 90s, 10m or 1h"));
    match unit {
        "s" => Duration::from_secs(number),
        "m" => Duration::from_mins(number),
        "h" => Duration::from_hours(number),
        _ => panic!("`{text}` isn't a span such as 90s, 10m or 1h"),
    }
}

/// Waits until nothing is under way any more; fails with what is.
fn settle(api: &Api, story: impl Fn() -> String) -> Duration {
    let begun = Instant::now();
    let look = || {
        let (_, status) = api.try_get("status").ok()?;
        let (_, jobs) = api.try_get("jobs").ok()?;
        let outbox = status["outbox"].as_object().into_iter().flat_map(|states| states.values());
        let n_outbox: i64 = outbox.filter_map(serde_json::Value::as_i64).sum();
        let instant = |name: &str| status[name].as_str().map(|text| text.parse::<jiff::Timestamp>().unwrap());
        let waits_shortly = instant("oldest_alarm").zip(instant("at"));
        let waits_shortly =
            waits_shortly.is_some_and(|(alarm, at)| alarm.duration_since(at).as_hours() < SHORT_WAIT_HOURS);
        let is_busy = jobs["jobs"].as_array()?.iter().any(|job| job["finished"] == false);
        (n_outbox == 0 && status["inbox"] == 0 && !waits_shortly && !is_busy).then_some(())
    };
    let settled = std::panic::catch_unwind(|| eventually("everything settles", SETTLE_MAX, look));
    assert!(settled.is_ok(), "{}\n{}\n{}", story(), api.get("status"), api.get("jobs"));
    begun.elapsed()
}

#[test]
fn s3_and_8_hold_on_three_nodes_whatever_happens_to_them_and_their_postgresql() {
    let seed = seed();
    let faults_for = std::env::var("WEND_NEMESIS").map_or(FAULTS_FOR, |text| span(&text));
    let folder = tempfile::tempdir().unwrap();
    let inbox = Inbox::start(folder.path());
    let sink = Sink::start(seed ^ 0x51);
    let mut nemesis = Nemesis::start(folder.path(), Postgres::start(), &sink, &inbox, Chance::new(seed));
    let api = nemesis.servers()[0].api();
    api.post("apply", &portfolio::publication(0, faults_for <= FAULTS_FOR));
    let addresses = nemesis.servers().iter().map(|server| server.address).collect();
    let load = Load::new(addresses, api.write_key()).ordering(ORDERED_PERCENT);
    let mut people = People::default();
    let sent = writing(&load, seed, || {
        let witness = nemesis.witness();
        people = acting(&load, &witness, seed, faults_for <= FAULTS_FOR, || {
            nemesis.rage(&load, faults_for, EVENTS_MIN);
        });
    });
    sink.be_good();
    let story = || nemesis.story(seed);
    let api = nemesis.servers()[2].api();
    let settled_in = settle(&api, story);
    let evidence =
        Evidence { api: &api, sent: &sent, people: &people, taken: sink.taken(), calls: inbox.messages() };
    let (findings, summary) = checker::check(&evidence);
    let shown: Vec<&str> = findings.iter().map(String::as_str).take(FINDINGS_SHOWN_MAX).collect();
    assert!(
        findings.is_empty(),
        "{}\n{} findings, the first:\n{}",
        story(),
        findings.len(),
        shown.join("\n")
    );
    println!("{}; settled in {settled_in:?}; {summary}", nemesis.summary());
    assert!(nemesis.has_dealt_all(), "only these faults: {}", nemesis.summary());
    assert!(sent.acknowledged.len() >= EVENTS_MIN, "too little was acknowledged: {summary}");
    nemesis.end();
}
