//! Who made the inputs: a contact of a tea shop, as chance has it, with a world that answers.

use serde_json::{Map, Value, json};
use wend_domain::advance::needs;
use wend_domain::behaviour::PastEvent;
use wend_domain::consent::Answer;
use wend_domain::event::{Event, EventKind, hook_event_name, standard_name};
use wend_domain::id::{ContactId, EventName, InputId, WorkflowName};
use wend_domain::identity::Identifiers;
use wend_domain::input::{Business, Cause, Input, Order, RunOrder, Runs};
use wend_domain::time::{Period, Timestamp};
use wend_domain::workflow::{Trigger, ZoneOf};

use crate::actor::Actor;
use crate::frozen::Frozen;
use crate::story::{Story, Take};
use crate::world::{Chance, World, command};

/// How many inputs a history has before nothing new happens in it any more.
const ACTIONS_MAX: usize = 34;
/// The most inputs of a history.
const TAKES_MAX: usize = 84;
/// After so many actions the portfolio's next revision is published.
const ACTIONS_BEFORE_PUBLISH: usize = 20;
/// The first history begins then.
const BEGIN_MS: i64 = 1_772_438_400_000;
const DAY_MS: i64 = 86_400_000;

/// What contacts do, in the words of the portfolios' triggers and conditions.
const EVENTS: [&str; 22] = [
    "Signed Up",
    "Cart Updated",
    "Cart Updated",
    "Cart Updated",
    "Checkout Started",
    "Checkout Started",
    "Product Viewed",
    "Product Viewed",
    "Order Completed",
    "Order Completed",
    "Order Completed",
    "Blend Saved",
    "Subscription Started",
    "Plan Cancelled",
    "Order Refunded",
    "Form Submitted",
    "Form Submitted",
    "Ticket Updated",
    "Tasting Booked",
    "Tasting Cancelled",
    "Tasting Attended",
    "Invoice Paid",
];
const ZONES: [&str; 6] = [
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kolkata",
    "Pacific/Auckland",
    "America/Sao_Paulo",
    "Nowhere/Town",
];

/// One contact's life while it is recorded.
struct Player<'a> {
    frozen: &'a Frozen,
    name: &'a str,
    chance: Chance,
    world: World,
    actor: Actor,
    revision: u64,
    past: Vec<PastEvent>,
    last_event: Option<Event>,
    takes: Vec<(Take, String)>,
}

/// Plays the contact of this name and gives its history.
pub fn play(frozen: &Frozen, name: &str, n: usize) -> Story {
    let mut chance = Chance::new(name);
    let since = Timestamp::from_millis(BEGIN_MS + n as i64 * DAY_MS) + chance.minutes(0, 1_440);
    let contact = ContactId::hashed(since, &[name.as_bytes()]);
    let actor = Actor::new(contact, since);
    let world = World::default();
    let mut player = Player {
        frozen,
        name,
        chance,
        world,
        actor,
        revision: 1,
        past: Vec::new(),
        last_event: None,
        takes: Vec::new(),
    };
    player.live(since);
    let end = player.actor.end();
    let portfolio = frozen.hash.clone();
    Story { name: name.to_owned(), contact, since, portfolio, takes: player.takes, end }
}

impl Player<'_> {
    fn live(&mut self, since: Timestamp) {
        self.introduce(since);
        let (mut n_actions, mut at) = (0, since);
        let mut next_action = at + self.chance.minutes(1, 600);
        while self.takes.len() < TAKES_MAX {
            let action = (n_actions < ACTIONS_MAX).then_some(next_action);
            let Some(next) = [self.actor.alarm, self.world.due(), action].into_iter().flatten().min() else {
                return;
            };
            at = at.max(next);
            if self.actor.alarm.is_some_and(|alarm| alarm <= at) {
                // Machines are busy at times: an alarm may ring late.
                let late = if self.chance.percent(10) { self.chance.minutes(1, 90) } else { Period::ZERO };
                at = at + late;
                self.take(at, Cause::Alarm);
            } else if let Some(cause) = self.world.next(at, &mut self.chance) {
                self.take(at, cause);
            } else {
                n_actions += 1;
                if n_actions == ACTIONS_BEFORE_PUBLISH {
                    self.publish(at);
                } else {
                    self.act(at);
                }
                next_action = at + self.pause();
            }
            // What is years away is of no use here.
            if at.since(since).as_millis() > 500 * DAY_MS {
                return;
            }
        }
    }

    /// Now and then a lot happens at once, and at other times nothing for weeks.
    fn pause(&mut self) -> Period {
        match self.chance.below(10) {
            0..3 => self.chance.minutes(0, 5),
            3..6 => self.chance.minutes(5, 300),
            6..9 => self.chance.minutes(600, 6_000),
            _ => self.chance.minutes(10_000, 90_000),
        }
    }

    fn introduce(&mut self, at: Timestamp) {
        let zone = self.chance.one_of(&ZONES);
        let mut traits = json!({
            "email": format!("{}@example.com", self.name),
            "first_name": self.name,
            "timezone": zone,
            "push_token": format!("token-{}", self.name),
            "birthday": self.chance.one_of(&["1990-03-20", "1984-02-29", "2001-05-01"]),
            "plan": self.chance.one_of(&["paid", "trial"]),
            "plan_value": self.chance.one_of(&[120, 2_400]),
            "employees": self.chance.one_of(&[3, 40]),
            "trial_ends_at": (at + self.chance.minutes(9_000, 40_000)).to_string(),
            "renews_at": (at + self.chance.minutes(50_000, 90_000)).to_string(),
        });
        if self.chance.percent(10) {
            traits["email"] = json!(format!("{}@tea.example", self.name));
        }
        let Value::Object(traits) = traits else { unreachable!("it is an object") };
        self.event(at, EventKind::Identify, standard_name(EventKind::Identify), Map::new(), traits);
    }

    fn publish(&mut self, at: Timestamp) {
        if self.revision == self.frozen.n_revisions() {
            return self.act(at);
        }
        self.revision += 1;
        let frozen = self.frozen;
        for migration in &frozen.revision(self.revision).migrations {
            self.take(at, Cause::Migrate(Box::new(migration.clone())));
        }
        self.take(at, Cause::CatalogChanged);
    }

    fn act(&mut self, at: Timestamp) {
        match self.chance.below(100) {
            0..62 => self.does_something(at),
            62..68 => self.sees_a_page(at),
            68..72 => self.repeats(at),
            72..76 => self.consents(at),
            76..79 => self.is_listed(at),
            79..84 => self.changes(at),
            84..89 => self.is_ordered_about(at),
            89..92 => self.is_scheduled(at),
            92..95 => self.hears_of_business(at),
            95..98 => self.hook(at),
            _ => {
                let workflow = self.workflow();
                self.take(at, Cause::Backfill { workflow, within: None });
            }
        }
    }

    fn does_something(&mut self, at: Timestamp) {
        let name = self.chance.one_of(&EVENTS);
        let cart = format!("cart-{}", self.chance.below(2));
        let properties = json!({
            "cart_id": cart,
            "item_count": self.chance.below(4),
            "total": 10 + self.chance.below(90),
            "order_id": format!("order-{}", self.takes.len()),
            "kind": self.chance.one_of(&["loose tea", "pot"]),
            "sku": self.chance.one_of(&["sencha", "assam"]),
            "form": self.chance.one_of(&["office-guide", "review", "satisfaction"]),
            "mark": 1 + self.chance.below(5),
            "ticket_id": "t1",
            "status": self.chance.one_of(&["solved", "open"]),
            "tasting_id": "tasting-1",
            "starts_at": (at + self.chance.minutes(2_000, 6_000)).to_string(),
            "invoice_id": "i1",
        });
        let Value::Object(properties) = properties else { unreachable!("it is an object") };
        self.event(at, EventKind::Track, EventName::from(name), relevant(name, properties), Map::new());
    }

    fn sees_a_page(&mut self, at: Timestamp) {
        let url = self.chance.one_of(&["https://tea.example/teas/sencha", "https://tea.example/about"]);
        let Value::Object(properties) = json!({ "url": url }) else { unreachable!("it is an object") };
        self.event(at, EventKind::Page, standard_name(EventKind::Page), properties, Map::new());
    }

    /// The client sends an event again, or tells of one late, or imports one.
    fn repeats(&mut self, at: Timestamp) {
        let Some(mut event) = self.last_event.clone() else { return };
        match self.chance.below(3) {
            0 => {}
            1 => {
                event.message_id = format!("{}-late-{}", self.name, self.takes.len());
                event.occurred_at = event.occurred_at - Period::from_millis(3 * DAY_MS);
            }
            _ => {
                event.message_id = format!("{}-import-{}", self.name, self.takes.len());
                event.imported = true;
            }
        }
        self.take_event(at, event);
    }

    fn consents(&mut self, at: Timestamp) {
        let answer = self.chance.one_of(&[Answer::Subscribed, Answer::Subscribed, Answer::Unsubscribed]);
        let order = match self.chance.one_of(&["news", "offers", "email", "push", "address"]) {
            "address" => {
                let address = format!("{}@example.com", self.name);
                let suppressed = self.chance.percent(50);
                Order::Suppression { channel: "email".into(), address, suppressed }
            }
            channel @ ("email" | "push") => Order::ChannelConsent { channel: channel.into(), answer },
            category => Order::CategoryConsent { category: category.into(), answer },
        };
        self.take(at, command("preferences", order));
    }

    fn is_listed(&mut self, at: Timestamp) {
        let on = self.chance.percent(70);
        let order = if self.chance.percent(50) {
            Order::List { list: "friends".into(), on }
        } else {
            Order::Tag { tag: "vip".to_owned(), on }
        };
        self.take(at, command("import", order));
    }

    fn changes(&mut self, at: Timestamp) {
        let zone = self.chance.one_of(&ZONES);
        let traits = match self.chance.below(4) {
            0 => json!({ "timezone": zone }),
            1 => json!({ "plan": self.chance.one_of(&["paid", "free"]) }),
            2 => json!({ "trial_ends_at": (at + self.chance.minutes(3_000, 9_000)).to_string() }),
            _ => json!({ "renews_at": (at + self.chance.minutes(43_300, 50_000)).to_string() }),
        };
        let Value::Object(traits) = traits else { unreachable!("it is an object") };
        self.event(at, EventKind::Identify, standard_name(EventKind::Identify), Map::new(), traits);
    }

    fn is_ordered_about(&mut self, at: Timestamp) {
        let runs = &self.actor.contact.runs;
        let workflow = if runs.is_empty() || self.chance.percent(20) {
            self.workflow()
        } else {
            runs[self.chance.below(runs.len() as u64) as usize].workflow.clone()
        };
        let failed = self.actor.contact.ledger.last().map(|message| message.id);
        let runs = Runs { workflow: Some(workflow.clone()), ..Runs::default() };
        let order = match self.chance.below(7) {
            0 => Order::OnRuns { runs, what: RunOrder::End },
            1 => Order::OnRuns { runs, what: RunOrder::Pause },
            2 => Order::OnRuns { runs: Runs::default(), what: RunOrder::Resume },
            3 => Order::OnRuns { runs, what: RunOrder::Skip },
            4 => {
                let steps = &self.frozen.revision(self.revision).catalog;
                let step = steps.current(&workflow).and_then(|workflow| workflow.steps.last());
                let Some(step) = step.map(|step| step.id.clone()) else { return };
                Order::OnRuns { runs, what: RunOrder::Move(step) }
            }
            5 => match failed {
                Some(message) => Order::RequeueMessage { message },
                None => return,
            },
            _ => Order::StartRun { workflow, data: Map::new(), by_hand: true },
        };
        self.take(at, command("anna", order));
    }

    fn is_scheduled(&mut self, at: Timestamp) {
        let wanted = |trigger: &Trigger| match trigger {
            Trigger::Schedule(schedule) => Some(schedule.zone.clone()),
            _ => None,
        };
        let Some((workflow, trigger, zone)) = self.trigger(wanted) else { return };
        let workspace = self.frozen.revision(self.revision).catalog.policies.zone.clone();
        let zone = match zone {
            ZoneOf::Contact => self.actor.contact.zone().unwrap_or(workspace),
            ZoneOf::Workspace => workspace,
            ZoneOf::Named(zone) => zone,
        };
        self.take(at, Cause::Scheduled { workflow, trigger, occurrence: zone.local(at) });
    }

    fn hears_of_business(&mut self, at: Timestamp) {
        let wanted = |trigger: &Trigger| match trigger {
            Trigger::Business(business) => Some(business.matches.event.clone()),
            _ => None,
        };
        let Some((workflow, trigger, event)) = self.trigger(wanted) else { return };
        let Some(viewed) =
            self.past.iter().rev().find(|past| past.name.as_str() == "Product Viewed").cloned()
        else {
            return;
        };
        let Value::Object(mut properties) = json!({ "drop_percent": 5 + self.chance.below(20) }) else {
            unreachable!("it is an object")
        };
        properties.extend(viewed.properties.get("sku").map(|sku| ("sku".to_owned(), sku.clone())));
        let id = format!("business-{}", self.takes.len());
        let evidence_at = viewed.occurred_at;
        let business = Business { id, event, occurred_at: at, properties, workflow, trigger, evidence_at };
        self.take(at, Cause::Business(Box::new(business)));
    }

    fn hook(&mut self, at: Timestamp) {
        let known = self.frozen.revision(self.revision).catalog.workflows.contains_key("payment-failed");
        let name = if known { EventName::from("Payment Failed") } else { hook_event_name("billing") };
        let Value::Object(properties) = json!({ "hook": "billing", "invoice_id": "i1", "amount": 12 }) else {
            unreachable!("it is an object")
        };
        self.event(at, EventKind::Track, name, properties, Map::new());
    }

    fn workflow(&mut self) -> WorkflowName {
        let names: Vec<&WorkflowName> =
            self.frozen.revision(self.revision).catalog.workflows.keys().collect();
        self.chance.one_of(&names).clone()
    }

    /// A trigger of some kind, with its workflow and its place in the file.
    fn trigger<T>(&mut self, wanted: impl Fn(&Trigger) -> Option<T>) -> Option<(WorkflowName, usize, T)> {
        let catalog = &self.frozen.revision(self.revision).catalog;
        let mut found = Vec::new();
        for name in catalog.workflows.keys() {
            let triggers =
                catalog.current(name).map(|workflow| workflow.triggers.as_slice()).unwrap_or_default();
            found.extend(
                triggers
                    .iter()
                    .enumerate()
                    .filter_map(|(n, trigger)| Some((name.clone(), n, wanted(trigger)?))),
            );
        }
        let n_found = found.len() as u64;
        (n_found > 0).then(|| found.swap_remove(self.chance.below(n_found) as usize))
    }

    fn event(
        &mut self,
        at: Timestamp,
        kind: EventKind,
        name: EventName,
        properties: Map<String, Value>,
        traits: Map<String, Value>,
    ) {
        let message_id = format!("{}-{}", self.name, self.takes.len());
        let identifiers = Identifiers { user_id: Some(self.name.to_owned()), ..Identifiers::default() };
        let event = Event {
            kind,
            name,
            message_id,
            occurred_at: at,
            identifiers,
            properties,
            traits,
            imported: false,
            brought: None,
        };
        self.last_event = Some(event.clone());
        self.take_event(at, event);
    }

    fn take_event(&mut self, at: Timestamp, event: Event) {
        let past = PastEvent::from(&event);
        self.take(at, Cause::Event(Box::new(event)));
        self.past.push(past);
    }

    fn take(&mut self, at: Timestamp, cause: Cause) {
        let n = self.takes.len() as u64;
        let id = InputId::hashed(at, &[self.name.as_bytes(), &n.to_be_bytes()]);
        let mut input = Input { id, cause, history: None, refused_claims: Vec::new(), hop: 0 };
        let frozen = self.frozen;
        if let Some(needs) = needs(&frozen.revision(self.revision).catalog, &self.actor.contact, &input, at) {
            let past = self.past.iter().filter(|past| {
                needs.events.get(&past.name).is_some_and(|stretch| stretch.has(past.occurred_at))
            });
            input.history = Some(past.cloned().collect());
        }
        let take = Take { revision: self.revision, at, input };
        let (taken, told) = self.actor.take(frozen, &take);
        let inputs = taken.map(|taken| taken.inputs).unwrap_or_default();
        for effect in inputs.iter().flat_map(|input| &input.effects) {
            self.world.act(at, effect, &mut self.chance);
        }
        self.takes.push((take, told));
    }
}

/// The properties that an event of this name has.
fn relevant(name: &str, properties: Map<String, Value>) -> Map<String, Value> {
    let kept: &[&str] = match name {
        "Cart Updated" | "Checkout Started" => &["cart_id", "item_count"],
        "Order Completed" | "Order Refunded" => &["cart_id", "order_id", "total", "kind"],
        "Product Viewed" => &["sku"],
        "Form Submitted" => &["form", "mark"],
        "Ticket Updated" => &["ticket_id", "status"],
        "Tasting Booked" | "Tasting Cancelled" | "Tasting Attended" => &["tasting_id", "starts_at"],
        "Invoice Paid" => &["invoice_id"],
        _ => &[],
    };
    properties.into_iter().filter(|(key, _)| kept.contains(&key.as_str())).collect()
}
