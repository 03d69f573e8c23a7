//! The portfolio that everything runs on, and what its contacts do.
//!
//! **Invariant:** the same seed gives the same events.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::ValueEnum;
use serde_json::{Map, Value, json};
use wend_domain::event::{Event, EventKind, standard_name};
use wend_domain::id::EventName;
use wend_domain::identity::Identifiers;
use wend_domain::source::SourceFile;
use wend_domain::time::Timestamp;

/// How deep the portfolio's folders go.
const DEPTH_MAX: usize = 4;

/// The 20 workflows of the library that teams start from.
pub fn library() -> anyhow::Result<Vec<SourceFile>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/library");
    let mut paths = Vec::new();
    collect(&folder, DEPTH_MAX, &mut paths)?;
    paths.sort();
    let mut files = Vec::new();
    for path in paths {
        let text =
            std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let path = path.strip_prefix(&folder)?.to_string_lossy().into_owned();
        if !path.starts_with("tests/") {
            files.push(SourceFile { path, text });
        }
    }
    Ok(files)
}

fn collect(folder: &Path, depth: usize, paths: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    for entry in std::fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() && depth > 0 {
            collect(&path, depth - 1, paths)?;
        } else if path.extension().is_some_and(|extension| extension == "yaml") {
            paths.push(path);
        }
    }
    Ok(())
}

const POLICIES: &str = "\
timezone: UTC
sender: Shop <hello@shop.example>
categories:
  service: { title: Your account, transactional: true }
";

const TEMPLATE: &str = "\
template: hello
channel: email
subject: Hello
html: <p>Hello {{ contact.first_name }}</p>
";

/// One small workflow: an event, and then these steps.
pub fn small(steps: &str) -> Vec<SourceFile> {
    let workflow = format!(
        "workflow: small\ntitle: Small\ncategory: service\ntrigger: {{ event: Signed Up }}\nreentry: always\nsteps:\n{steps}"
    );
    let file = |path: &str, text: &str| SourceFile { path: path.to_owned(), text: text.to_owned() };
    vec![
        file("policies.yaml", POLICIES),
        file("templates/hello.yaml", TEMPLATE),
        file("workflows/small.yaml", &workflow),
    ]
}

/// How activity is spread over contacts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Spread {
    /// Every contact is as active as any other.
    Uniform,
    /// The contact of rank n is as active as 1/n.
    Zipf,
}

/// What contacts do, one event after the other.
#[derive(Debug, Clone)]
pub struct Traffic {
    state: u64,
    n_contacts: u64,
    spread: Spread,
}

/// Of a hundred events so many are about the blog, which concerns no workflow.
const BLOG_VIEWS: u64 = 40;
/// Views of products: kept so that a price drop finds who looked.
const PRODUCT_VIEWS: u64 = 25;
/// Events that no file names.
const STRANGERS: u64 = 15;
/// Calls that say a trait again.
const IDENTIFIES: u64 = 10;
/// Carts, orders, sign-ups, visits of tea pages and questions: these move runs, and are what is left.
const CARTS: u64 = 4;
const ORDERS: u64 = 2;
const TEAS: u64 = 2;
const SIGN_UPS: u64 = 1;

impl Traffic {
    /// Traffic of contacts from 0 to `n_contacts`.
    pub fn new(seed: u64, n_contacts: u64, spread: Spread) -> Self {
        Self { state: seed.wrapping_mul(0x9E37_79B9_7F4A_7C15), n_contacts, spread }
    }

    /// `SplitMix64`: small, quick and good enough to spread traffic with.
    pub fn draw(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.state;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        bits ^ (bits >> 31)
    }

    /// Who is active next.
    fn contact(&mut self) -> u64 {
        let bits = self.draw();
        match self.spread {
            Spread::Uniform => bits % self.n_contacts,
            Spread::Zipf => {
                let uniform = (bits >> 11) as f64 / (1_u64 << 53) as f64;
                // The inverse of the distribution, as if ranks were continuous.
                let rank = (self.n_contacts as f64).powf(uniform) as u64 - 1;
                // Ranks that follow one another are not neighbours.
                rank.wrapping_mul(0x9E37_79B1) % self.n_contacts
            }
        }
    }

    /// The next event.
    pub fn event(&mut self, at: Timestamp) -> Event {
        let contact = self.contact();
        self.event_of(contact, at)
    }

    /// The next event of this contact.
    pub fn event_of(&mut self, contact: u64, at: Timestamp) -> Event {
        let id = self.draw();
        let what = self.draw() % 100;
        let item = self.draw() % 1_000;
        let mut below = 0;
        let mut is = |n: u64| {
            below += n;
            what < below
        };
        let (kind, name, properties) = if is(BLOG_VIEWS) {
            page("blog", item)
        } else if is(PRODUCT_VIEWS) {
            track(
                "Product Viewed",
                json!({ "sku": format!("tea-{item}"), "category": "green", "price": 12.5 }),
            )
        } else if is(STRANGERS) {
            track("Article Read", json!({ "article": item, "seconds": what }))
        } else if is(IDENTIFIES) {
            (EventKind::Identify, standard_name(EventKind::Identify), Map::new())
        } else if is(CARTS) {
            let cart = format!("cart-{contact}-{}", item % 3);
            track("Cart Updated", json!({ "cart_id": cart, "item_count": 1 + item % 5, "value": 31.0 }))
        } else if is(ORDERS) {
            let cart = format!("cart-{contact}-{}", item % 3);
            let order = json!({ "order_id": format!("o{id:x}"), "cart_id": cart, "total": 31.0, "kind": "loose tea" });
            track("Order Completed", order)
        } else if is(TEAS) {
            page("teas", item)
        } else if is(SIGN_UPS) {
            track("Signed Up", json!({ "plan": "trial" }))
        } else {
            track("Ticket Updated", json!({ "ticket_id": format!("t{id:x}"), "status": "solved" }))
        };
        let traits = if kind == EventKind::Identify { traits(contact) } else { Map::new() };
        event(contact, at, kind, name, format!("{id:016x}"), properties, traits)
    }
}

fn page(section: &str, item: u64) -> (EventKind, EventName, Map<String, Value>) {
    let url = format!("https://tea.example/{section}/{item}");
    let properties = json!({ "url": url, "path": format!("/{section}/{item}"), "title": "Leaf & Kettle" });
    (EventKind::Page, standard_name(EventKind::Page), object(properties))
}

fn track(name: &str, properties: Value) -> (EventKind, EventName, Map<String, Value>) {
    (EventKind::Track, EventName::from(name.to_owned()), object(properties))
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        _ => Map::new(),
    }
}

fn event(
    contact: u64,
    at: Timestamp,
    kind: EventKind,
    name: EventName,
    message_id: String,
    properties: Map<String, Value>,
    traits: Map<String, Value>,
) -> Event {
    let identifiers = Identifiers { user_id: Some(format!("user-{contact}")), ..Identifiers::default() };
    Event {
        kind,
        name,
        message_id,
        occurred_at: at,
        identifiers,
        properties,
        traits,
        imported: false,
        brought: None,
    }
}

fn traits(contact: u64) -> Map<String, Value> {
    object(json!({
        "email": format!("user-{contact}@example.com"), "first_name": "Ada", "timezone": "Europe/Berlin",
        "plan": "trial",
    }))
}

/// A contact says who they are.
pub fn identify(contact: u64, at: Timestamp) -> Event {
    let name = standard_name(EventKind::Identify);
    event(contact, at, EventKind::Identify, name, format!("identify-{contact}"), Map::new(), traits(contact))
}

/// A contact signs up and says where mail goes.
pub fn sign_up(contact: u64, at: Timestamp) -> Event {
    let name = EventName::from("Signed Up".to_owned());
    let properties = object(json!({ "plan": "trial" }));
    let id = format!("sign-up-{contact}");
    event(contact, at, EventKind::Track, name, id, properties, traits(contact))
}

/// An event as clients send it.
pub fn wire(event: &Event) -> Value {
    let mut wire = json!({
        "messageId": event.message_id, "userId": event.identifiers.user_id,
        "context": { "library": { "name": "bench", "version": "1" } },
    });
    match event.kind {
        EventKind::Identify => {
            wire["type"] = "identify".into();
            wire["traits"] = Value::Object(event.traits.clone());
        }
        EventKind::Page => {
            wire["type"] = "page".into();
            wire["properties"] = Value::Object(event.properties.clone());
        }
        _ => {
            wire["type"] = "track".into();
            wire["event"] = event.name.as_str().into();
            wire["properties"] = Value::Object(event.properties.clone());
        }
    }
    wire
}
