//! Four hot scenarios for `cargo xtask instructions`, which counts their instructions with callgrind: counts can be
//! repeated where seconds can't. Run by hand, a scenario is played and nothing is told.
//!
//! The portfolio is the frozen one of the recorded histories, so that an example that grows costs nothing here. Nothing
//! is random and nothing runs beside it; [`measured`] is all that is counted.

#[path = "../tests/histories/frozen.rs"]
#[expect(dead_code, reason = "histories need more of it")]
mod frozen;

use std::hint::black_box;
use std::process::ExitCode;

use serde_json::{Value, json};
use wend_domain::advance::take;
use wend_domain::catalog::Catalog;
use wend_domain::contact::Contact;
use wend_domain::effect::{NotRendered, Render};
use wend_domain::event::{Event, EventKind};
use wend_domain::id::{ContactId, EventName, InputId};
use wend_domain::identity::Identifiers;
use wend_domain::input::{Cause, Input};
use wend_domain::time::{Period, Timestamp};
use wend_render::Renderer;

use frozen::Frozen;

/// How often a scenario is played; `xtask` divides by it.
const ROUNDS: u32 = 50;
/// Monday 2026-03-02 10:00 in Berlin.
const START_MS: i64 = 1_772_442_000_000;
const HOUR_MS: i64 = 3_600_000;

/// A contact before an input, and the input.
struct Scenario {
    contact: Contact,
    input: Input,
    at: Timestamp,
    is_document: bool,
}

/// A contact that is becoming one.
struct Known<'a> {
    catalog: &'a Catalog,
    renderer: &'a Renderer,
    contact: Contact,
}

impl Known<'_> {
    /// Takes an input and gives the alarm.
    fn take(&mut self, input: Input, at: Timestamp) -> Option<Timestamp> {
        let mut render = |wanted: &Render| rendered(self.renderer, wanted);
        let taken = take(self.catalog, self.contact.clone(), input, at, &mut render);
        let taken = taken.expect("nothing goes round for ever");
        self.contact = taken.contact;
        taken.alarm
    }
}

fn main() -> ExitCode {
    let name = std::env::args().nth(1).unwrap_or_default();
    let frozen = Frozen::read("library");
    let revision = frozen.revision(1);
    let Some(scenario) = scenario(&name, &revision.catalog, &revision.renderer) else {
        // `cargo bench` and `cargo test` come by without the name of a scenario.
        return ExitCode::SUCCESS;
    };
    // What is made on first use isn't what is asked.
    black_box(round(&revision.catalog, &revision.renderer, &scenario));
    black_box(measured(&revision.catalog, &revision.renderer, &scenario));
    ExitCode::SUCCESS
}

fn scenario(name: &str, catalog: &Catalog, renderer: &Renderer) -> Option<Scenario> {
    let mut known = introduced(catalog, renderer);
    let (input, at) = match name {
        "event-that-concerns-nothing" | "document" => {
            (event(hours(5), "Lamp Switched On", &json!({ "lamp": 7 })), hours(5))
        }
        "event-that-sends" => {
            let failed = json!({ "hook": "billing", "invoice_id": "i1", "amount": 12 });
            (event(hours(5), "Payment Failed", &failed), hours(5))
        }
        "alarm-that-chooses-an-instant" => {
            // An hour later the cart is spoken of, and the holding window closes ten minutes after that: it is night.
            let cart = json!({ "cart_id": "c1", "item_count": 2 });
            let mut alarm = known.take(event(hours(11), "Cart Updated", &cart), hours(11));
            while let Some(at) = alarm.filter(|alarm| *alarm <= hours(12)) {
                alarm = known.take(woken(at), at);
            }
            let at = alarm.expect("a holding window is open");
            (woken(at), at)
        }
        _ => return None,
    };
    Some(Scenario { contact: known.contact, input, at, is_document: name == "document" })
}

/// A contact of whom something is known already.
fn introduced<'a>(catalog: &'a Catalog, renderer: &'a Renderer) -> Known<'a> {
    let contact = Contact::new(ContactId::hashed(hours(0), &[b"instructions"]), 0, hours(0));
    let mut known = Known { catalog, renderer, contact };
    let traits = json!({ "email": "ada@example.com", "first_name": "Ada", "timezone": "Europe/Berlin", "plan": "paid" });
    let mut identify = event(hours(0), "Identify", &json!({}));
    if let Cause::Event(event) = &mut identify.cause {
        event.kind = EventKind::Identify;
        event.traits = object(&traits);
    }
    known.take(identify, hours(0));
    for (n, name) in (1..).zip(["Signed Up", "Product Viewed", "Product Viewed", "Order Completed"]) {
        let properties = json!({ "sku": "sencha", "order_id": n, "kind": "loose tea", "total": 12.5 });
        known.take(event(hours(n), name, &properties), hours(n));
    }
    known
}

/// What is counted: by its name, so it must stay a function of its own.
#[inline(never)]
fn measured(catalog: &Catalog, renderer: &Renderer, scenario: &Scenario) -> usize {
    (0..ROUNDS).map(|_| round(catalog, renderer, scenario)).sum()
}

fn round(catalog: &Catalog, renderer: &Renderer, scenario: &Scenario) -> usize {
    let contact = scenario.contact.clone();
    if scenario.is_document {
        let read = Contact::from_bytes(black_box(&contact.to_bytes())).expect("it was just written");
        return read.runs.len();
    }
    let mut render = |wanted: &Render| rendered(renderer, wanted);
    let taken = take(catalog, contact, scenario.input.clone(), scenario.at, &mut render);
    black_box(taken).map_or(0, |taken| taken.inputs.len())
}

fn rendered(renderer: &Renderer, wanted: &Render) -> Result<(), NotRendered> {
    Ok(renderer.render(wanted).map(|rendered| drop(black_box(rendered)))?)
}

fn hours(n: i64) -> Timestamp {
    Timestamp::from_millis(START_MS) + Period::from_millis(n * HOUR_MS)
}

fn woken(at: Timestamp) -> Input {
    input(at, Cause::Alarm)
}

fn event(at: Timestamp, name: &str, properties: &Value) -> Input {
    let event = Event {
        kind: EventKind::Track,
        name: EventName::from(name),
        message_id: format!("{name} {}", at.as_millis()),
        occurred_at: at,
        identifiers: Identifiers {
            user_id: Some("ada".to_owned()),
            anonymous_id: None,
            ..Identifiers::default()
        },
        properties: object(properties),
        traits: serde_json::Map::new(),
        imported: false,
        brought: None,
    };
    input(at, Cause::Event(Box::new(event)))
}

fn input(at: Timestamp, cause: Cause) -> Input {
    let id = InputId::hashed(at, &[cause.name().as_bytes()]);
    Input { id, cause, history: None, refused_claims: Vec::new(), hop: 0 }
}

fn object(value: &Value) -> serde_json::Map<String, Value> {
    value.as_object().cloned().unwrap_or_default()
}
