//! Documents and inputs that nobody would write: `advance` takes what can be read, and stays within its limits.

use std::fmt::Write as _;

use serde_json::{Value, json};
use wend_domain::advance::{needs, take};
use wend_domain::catalog::Catalog;
use wend_domain::compile::{Portfolio, compile};
use wend_domain::contact::Contact;
use wend_domain::effect::Render;
use wend_domain::id::{ContactId, InputId, WorkspaceId};
use wend_domain::input::Input;
use wend_domain::limits::{INPUTS_PER_TAKE_MAX, RUNS_PER_CONTACT_MAX, TRIGGER_TIMERS_MAX};
use wend_domain::time::{Period, Timestamp};

use super::mutate::{self, Chance};
use super::{altered, folders, fuzz, trees};

/// How many inputs one contact takes in a case.
const INPUTS: usize = 25;

#[test]
fn advance_takes_whatever_documents_and_inputs_come() {
    let folders = folders();
    let trees = trees(&folders);
    let catalogs: Vec<Catalog> = folders
        .iter()
        .filter_map(|files| {
            let portfolio = Portfolio { files: files.clone(), ..Portfolio::default() };
            compile(&WorkspaceId::from("test"), 1, &portfolio).catalog
        })
        .collect();
    let whole = catalogs.last().expect("the portfolio of everything compiles");
    assert!(whole.workflows.len() == 2, "the last one is the portfolio of everything");
    fuzz("advance", 40, |chance, shown| {
        let other = chance.percent(25).then(|| {
            let (files, n) = altered(chance, &folders, &trees);
            let compiled = compile(
                &WorkspaceId::from("test"),
                1,
                &Portfolio { files: files.clone(), ..Portfolio::default() },
            );
            Some((compiled.catalog?, files.get(n)?.text.clone()))
        });
        let other = other.flatten();
        if let Some((_, text)) = &other {
            shown.push_str(text);
        }
        let catalog = match &other {
            Some((catalog, _)) => catalog,
            None if chance.percent(70) => whole,
            None => chance.pick(&catalogs),
        };
        one_life(chance, catalog, shown);
    });
}

fn one_life(chance: &mut Chance, catalog: &Catalog, shown: &mut String) {
    let start = Timestamp::parse("2026-03-25T06:00:00Z").unwrap();
    let mut at = start;
    let mut contact = Contact::new(ContactId::hashed(start, &[&chance.next().to_be_bytes()]), 1, start);
    let mut alarm = None;
    for n in 0..INPUTS {
        if chance.percent(8) {
            let mut document = serde_json::to_value(&contact).unwrap();
            mutate::json(chance, &mut document, &[]);
            if let Ok(read) = Contact::from_bytes(&serde_json::to_vec(&document).unwrap()) {
                contact = read;
            }
        }
        at = match alarm {
            Some(alarm) if chance.percent(50) => at.max(alarm),
            _ => {
                at + Period::from_millis(*chance.pick(&[0, 1, 60_000, 3_600_000, 86_400_000, 5 * 86_400_000]))
            }
        };
        let mut cause = cause(chance, catalog, &contact, at);
        if chance.percent(30) {
            mutate::json(chance, &mut cause, &[]);
        }
        let id = InputId::hashed(at, &[&(n as u64).to_be_bytes()]);
        let mut input = json!({ "id": id, "cause": cause });
        if chance.percent(3) {
            mutate::json(chance, &mut input, &[]);
        }
        _ = write!(
            shown,
            "\n--- document\n{}\n--- at {at}\n{input}\n",
            serde_json::to_string(&contact).unwrap()
        );
        let Ok(mut input) = serde_json::from_value::<Input>(input) else { continue };
        if needs(catalog, &contact, &input, at).is_some() {
            input.history = Some(Vec::new());
        }
        let mut render = |wanted: &Render| {
            if wanted.template.as_str() == "text" { Err("no".to_owned().into()) } else { Ok(()) }
        };
        let Ok(taken) = take(catalog, contact.clone(), input, at, &mut render) else { continue };
        holds(&contact, &taken.contact, taken.inputs.len());
        alarm = taken.alarm;
        contact = taken.contact;
    }
}

/// Every bound that the input could have passed.
fn holds(before: &Contact, contact: &Contact, n_inputs: usize) {
    assert!(n_inputs <= INPUTS_PER_TAKE_MAX);
    assert!(contact.at >= before.at, "time goes back");
    assert!(contact.runs.len() <= RUNS_PER_CONTACT_MAX.max(before.runs.len()));
    assert!(contact.timers.len() <= TRIGGER_TIMERS_MAX.max(before.timers.len()) + 100);
    let bytes = contact.to_bytes();
    let again = Contact::from_bytes(&bytes).expect("the document can be read");
    assert_eq!(again.to_bytes(), bytes, "the document round-trips");
}

/// An input that fits the contact and the catalog, more or less.
fn cause(chance: &mut Chance, catalog: &Catalog, contact: &Contact, at: Timestamp) -> Value {
    let names: Vec<&str> = catalog.workflows.keys().map(wend_domain::id::WorkflowName::as_str).collect();
    let workflow = if names.is_empty() { "none" } else { *chance.pick(&names) };
    let run = chance.pick(&ids(contact.runs.iter().map(|run| run.id.to_string()))).clone();
    let message = chance.pick(&ids(contact.ledger.iter().map(|message| message.id.to_string()))).clone();
    let step = contact.runs.first().map_or("hi".to_owned(), |run| run.state.step().to_string());
    let command = |order: Value| json!({ "command": { "by": "ann", "order": order } });
    let news = |what: Value| json!({ "news": { "message": message, "what": what } });
    match chance.below(22) {
        0..8 => event(chance, catalog, at),
        8 => json!("alarm"),
        9 => json!("catalog_changed"),
        10 => command(
            json!({ "start_run": { "workflow": workflow, "data": { "cart": 1 }, "by_hand": chance.percent(50) } }),
        ),
        11 => {
            let what = chance
                .pick(&[
                    json!("end"),
                    json!("pause"),
                    json!("resume"),
                    json!("skip"),
                    json!({ "move": step }),
                ])
                .clone();
            command(json!({ "on_runs": { "runs": { "workflow": workflow }, "what": what } }))
        }
        12 => command(json!({ "complete_task": { "task": message, "outcome": "won" } })),
        13 => command(json!({ "category_consent": { "category": "news", "answer": "subscribed" } })),
        14 => command(json!({ "requeue_message": { "message": message } })),
        15 | 16 => {
            let outcomes = [
                json!({ "accepted": { "reply": "250" } }),
                json!({ "temporary": { "reply": "450" } }),
                json!({ "permanent": { "reply": "550", "suppress": true } }),
                json!({ "unknown": { "what": "lost" } }),
            ];
            let answer = json!({ "status": 200, "body": { "deal": { "id": 7 } } });
            news(
                json!({ "attempted": { "attempt": 1 + chance.below(60), "outcome": chance.pick(&outcomes), "answer": answer } }),
            )
        }
        17 => {
            let what = *chance.pick(&[
                "sent",
                "delivered",
                "opened",
                "clicked",
                "replied",
                "bounced",
                "complained",
                "unsubscribed",
            ]);
            news(json!({ "engaged": { "what": what, "link": "https://shop.example/a" } }))
        }
        18 => {
            json!({ "scheduled": { "workflow": workflow, "trigger": chance.below(12), "occurrence": "2026-03-29T02:30:00" } })
        }
        19 => {
            json!({ "business": { "id": "b", "event": "Price Dropped", "occurred_at": at, "properties": { "sku": 1 },
            "workflow": workflow, "trigger": chance.below(12), "evidence_at": at - Period::from_millis(86_400_000) } })
        }
        20 => json!({ "grant": { "run": run, "granted": chance.percent(70), "why": "1 of 2" } }),
        _ => {
            let to = 1 + chance.below(3);
            let others = [
                json!({ "backfill": { "workflow": workflow } }),
                json!({ "migrate": { "workflow": workflow, "to": to, "steps": { step: { "to": "thanks" } } } }),
                json!({ "resumed": { "workflow": workflow } }),
                json!({ "discard": { "workflow": workflow, "reason": "x" } }),
                json!({ "news": { "message": message, "what": "rendered" } }),
                json!({ "news": { "message": message, "what": "expired_at_claim" } }),
                json!({ "news": { "message": message, "what": "late_at_claim" } }),
            ];
            chance.pick(&others).clone()
        }
    }
}

/// Ids that are there; one that isn't, if there are none.
fn ids(ids: impl Iterator<Item = String>) -> Vec<String> {
    let found: Vec<String> = ids.collect();
    if found.is_empty() { vec!["01JQ5D5G00E5QDQ3ZB7WJ4N1XG".to_owned()] } else { found }
}

fn event(chance: &mut Chance, catalog: &Catalog, at: Timestamp) -> Value {
    let known: Vec<&str> =
        catalog.index.triggers_by_event.keys().map(wend_domain::id::EventName::as_str).collect();
    let name = if known.is_empty() || chance.percent(50) {
        *chance.pick(&["Cart", "Seen", "Ordered", "Said", "Gone", "Unsubscribed", "Order Completed"])
    } else {
        *chance.pick(&known)
    };
    let traits = chance
        .pick(&[
            json!({}),
            json!({ "email": "a@b.example", "phone": "+491", "push_token": "t" }),
            json!({ "score": 2, "plan": "pro", "timezone": "America/New_York" }),
            json!({ "birthday": "1992-02-29", "renewal": "2026-03-29T02:30:00+01:00" }),
            json!({ "birthday": "9999-12-31", "renewal": "-009999-01-02", "timezone": "Pacific/Apia" }),
        ])
        .clone();
    let ago = *chance.pick(&[0, 0, 0, 60_000, 90_000_000, -3_600_000, i64::MAX / 4, i64::MIN / 4]);
    json!({ "event": {
        "kind": chance.pick(&["track", "identify", "page"]), "name": name, "message_id": chance.below(40).to_string(),
        "occurred_at": at - Period::from_millis(ago), "identifiers": { "user_id": "ann" },
        "properties": { "cart": chance.below(3), "n": 3, "sku": 1, "total": 40, "category": "offers" }, "traits": traits, "imported": false,
    } })
}
