//! What a decision costs when nothing else is done: no database, no rendering, one thread.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context as _, anyhow};
use cpu_time::ThreadTime;
use stats_alloc::Region;
use wend_domain::advance::{Taken, needs, take};
use wend_domain::behaviour::{PastEvent, Stretch};
use wend_domain::catalog::Catalog;
use wend_domain::compile::{Portfolio, compile};
use wend_domain::contact::Contact;
use wend_domain::event::Event;
use wend_domain::id::{ContactId, EventName, InputId, WorkspaceId};
use wend_domain::input::{Cause, Input};
use wend_domain::time::{Period, Timestamp};

use crate::meter::us_each;
use crate::report::Report;
use crate::scale::Scale;
use crate::shop::{Spread, Traffic, identify, library};

/// Events of each contact.
const EVENTS_EACH: u64 = 100;
/// Time between two events of one contact.
const EVENT_EVERY: Period = Period::from_millis(9 * 3_600_000);
/// The most contacts: more of them don't change the mix.
const CONTACTS_MAX: u64 = 2_000;
/// The most alarms between two events.
const ALARMS_MAX: usize = 1_000;
/// When it begins: 2 March 2026, 09:00 UTC.
const START_MS: i64 = 1_772_442_000_000;

/// What is measured along the way.
#[derive(Default)]
struct Sums {
    n_inputs: u64,
    n_events: u64,
    n_alarms: u64,
    n_allocations: u64,
    n_allocated_bytes: u64,
    n_document_bytes: u64,
    n_history_bytes: u64,
    taking: Duration,
    decoding: Duration,
    encoding: Duration,
}

/// Plays the traffic of contacts one after the other, alarms and all.
pub fn measure(scale: &Scale, report: &mut Report) -> anyhow::Result<()> {
    let workspace = WorkspaceId::from("default".to_owned());
    let portfolio = Portfolio { files: library()?, ..Portfolio::default() };
    let compiled = compile(&workspace, 1, &portfolio);
    let catalog =
        compiled.catalog.ok_or_else(|| anyhow!("the library has errors: {:?}", compiled.diagnostics))?;
    let mut sums = Sums::default();
    for n in 0..scale.n_contacts.min(CONTACTS_MAX) {
        play(&catalog, n, &mut sums)?;
    }
    let Sums { n_inputs, n_events, n_alarms, .. } = sums;
    let each = |n: u64| n as f64 / n_inputs.max(1) as f64;
    report.note("advance", "decisions (events, alarms, and what follows from them)", n_inputs as f64, "");
    report.note("advance", "  of them alarms", n_alarms as f64, "");
    report.note("advance", "decisions on one thread", n_inputs as f64 / sums.taking.as_secs_f64(), "/s");
    report.note("advance", "decision", us_each(sums.taking, n_inputs), "us of CPU");
    report.note("advance", "allocations", each(sums.n_allocations), "a decision");
    report.note("advance", "allocated", each(sums.n_allocated_bytes), "bytes a decision");
    report.note("advance", "read a document", us_each(sums.decoding, n_events + n_alarms), "us of CPU");
    report.note(
        "advance",
        "write document and history",
        us_each(sums.encoding, n_events + n_alarms),
        "us of CPU",
    );
    let per_take = |n: u64| n as f64 / (n_events + n_alarms).max(1) as f64;
    report.note("advance", "document", per_take(sums.n_document_bytes), "bytes");
    report.note("advance", "history, as JSON", per_take(sums.n_history_bytes), "bytes an event or alarm");
    Ok(())
}

fn play(catalog: &Catalog, number: u64, sums: &mut Sums) -> anyhow::Result<()> {
    let start = Timestamp::from_millis(START_MS);
    let id = ContactId::hashed(start, &[&number.to_be_bytes()]);
    let mut traffic = Traffic::new(number, u64::MAX, Spread::Uniform);
    let mut contact = Contact::new(id, catalog.revision, start);
    let mut alarm = None;
    let mut past: Vec<Event> = Vec::new();
    for n in 0..EVENTS_EACH {
        let at = start + Period::from_millis(EVENT_EVERY.as_millis() * n as i64);
        for _ in 0..ALARMS_MAX {
            let Some(due) = alarm.filter(|due| *due <= at) else { break };
            (contact, alarm) = one(catalog, &contact, Cause::Alarm, due, &past, sums)?;
            sums.n_alarms += 1;
        }
        let event = if n == 0 { identify(number, at) } else { traffic.event_of(number, at) };
        let cause = Cause::Event(Box::new(event.clone()));
        (contact, alarm) = one(catalog, &contact, cause, at, &past, sums)?;
        past.push(event);
        sums.n_events += 1;
    }
    Ok(())
}

/// Takes one input as a lane of the engine does, and measures each part.
fn one(
    catalog: &Catalog,
    contact: &Contact,
    cause: Cause,
    at: Timestamp,
    past: &[Event],
    sums: &mut Sums,
) -> anyhow::Result<(Contact, Option<Timestamp>)> {
    let document = contact.to_bytes();
    let begun = ThreadTime::now();
    let contact = Contact::from_bytes(&document).context("what was written can be read")?;
    sums.decoding += begun.elapsed();

    let id = InputId::hashed(at, &[&contact.id.to_bytes(), &contact.n_inputs.to_be_bytes()]);
    let mut input = Input { id, cause, history: None, refused_claims: Vec::new(), hop: 0 };
    if let Some(needed) = needs(catalog, &contact, &input, at) {
        input.history = Some(history(past, &needed.events));
    }
    let region = Region::new(crate::ALLOCATOR);
    let begun = ThreadTime::now();
    let taken = take(catalog, contact, input, at, &mut |_| Ok(())).map_err(|error| anyhow!("{error}"))?;
    sums.taking += begun.elapsed();
    let change = region.change();
    sums.n_allocations += (change.allocations + change.reallocations) as u64;
    sums.n_allocated_bytes += change.bytes_allocated as u64;

    let Taken { contact, alarm, inputs } = taken;
    let begun = ThreadTime::now();
    sums.n_document_bytes += contact.to_bytes().len() as u64;
    for taken in &inputs {
        sums.n_history_bytes += serde_json::to_vec(&taken.input)?.len() as u64;
        sums.n_history_bytes += serde_json::to_vec(&taken.record)?.len() as u64;
    }
    sums.encoding += begun.elapsed();
    sums.n_inputs += inputs.len() as u64;
    Ok((contact, alarm))
}

fn history(past: &[Event], wanted: &BTreeMap<EventName, Stretch>) -> Vec<PastEvent> {
    let is_wanted =
        |event: &&Event| wanted.get(&event.name).is_some_and(|stretch| stretch.has(event.occurred_at));
    past.iter().filter(is_wanted).map(PastEvent::from).collect()
}
