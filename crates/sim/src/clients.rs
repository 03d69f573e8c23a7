//! The clients: they send events, one request after the other, and send again what wasn't answered.

use serde_json::{Map, Value, json};
use wend_domain::event::{Event, EventKind};
use wend_domain::id::EventName;
use wend_domain::identity::Identifiers;
use wend_domain::time::Timestamp;

use crate::dice::Dice;

/// The people.
pub const USERS: [&str; 4] = ["ada", "bob", "cem", "dua"];

/// How many clients send at the same time.
pub const CLIENTS: usize = 3;

/// How many events a request has at most.
const EVENTS_PER_REQUEST_MAX: u64 = 3;

/// The phones on which people look around before they say who they are, and whose they are. Nobody shares one: an event that
/// is sent again after its phone has another owner is that one's, and counts once for each (SEMANTICS 3.2, 13.2).
pub const PHONES: [(&str, &str); 2] = [("phone-0", "ada"), ("phone-1", "bob")];

/// In how many of eight seeds there are phones.
const SEEDS_WITH_PHONES: u64 = 2;

/// How many carts one person has.
const CARTS: u64 = 2;

/// An event that was sent, however often.
#[derive(Debug, Clone)]
pub struct Sent {
    /// The event.
    pub event: Event,
    /// Whose: a person's, or a phone's as long as nobody has said who holds it.
    pub user: &'static str,
    /// Who sent it.
    pub client: usize,
    /// The step of the first time.
    pub first_at_step: u64,
    /// The step at which the answer came that it is kept.
    pub kept_at_step: Option<u64>,
    /// A step at which its contact has certainly taken it: it may wait in the inbox until then.
    pub taken_at_step: Option<u64>,
}

/// All clients, and all that they ever sent.
pub struct Clients {
    dice: Dice,
    /// Throws for phones; none if the seed has none.
    phones: Option<Dice>,
    /// In the order in which they were first sent.
    pub sent: Vec<Sent>,
    /// What each client is about: indices into `sent`.
    pending: Vec<Vec<usize>>,
}

impl Clients {
    /// Clients that sent nothing yet.
    pub fn new(seed: u64) -> Self {
        Self {
            dice: Dice::new(seed, "clients"),
            phones: (seed % 8 >= 8 - SEEDS_WITH_PHONES).then(|| Dice::new(seed, "phones")),
            sent: Vec::new(),
            pending: vec![Vec::new(); CLIENTS],
        }
    }

    /// The client's next request: the one that wasn't answered, or a new one.
    pub fn request(&mut self, client: usize, now: Timestamp, step: u64) -> Vec<Event> {
        if self.pending[client].is_empty() {
            for _ in 0..=self.dice.below(EVENTS_PER_REQUEST_MAX) {
                let (user, event) = self.event(now);
                let sent = Sent {
                    event,
                    user,
                    client,
                    first_at_step: step,
                    kept_at_step: None,
                    taken_at_step: None,
                };
                self.pending[client].push(self.sent.len());
                self.sent.push(sent);
            }
        }
        let mut events: Vec<Event> =
            self.pending[client].iter().map(|n| self.sent[*n].event.clone()).collect();
        // An older one again, as a queue between would deliver it twice.
        let n_old = self.sent.len() - self.pending[client].len();
        if n_old > 0 && self.dice.happens(150) {
            let n = self.dice.index(n_old);
            if self.sent[n].kept_at_step.is_some() {
                events.push(self.sent[n].event.clone());
            }
        }
        events
    }

    /// The client's request was answered.
    pub fn answered(&mut self, client: usize, step: u64) {
        for n in std::mem::take(&mut self.pending[client]) {
            self.sent[n].kept_at_step.get_or_insert(step);
        }
    }

    /// All inboxes were empty at some time between these steps.
    pub fn inboxes_were_empty(&mut self, from_step: u64, to_step: u64) {
        let waiting =
            self.sent.iter_mut().filter(|sent| sent.kept_at_step.is_some_and(|kept| kept < from_step));
        for sent in waiting {
            sent.taken_at_step.get_or_insert(to_step);
        }
    }

    /// Whether the client waits to send something again.
    pub fn has_pending(&self, client: usize) -> bool {
        !self.pending[client].is_empty()
    }

    fn event(&mut self, now: Timestamp) -> (&'static str, Event) {
        if let Some(of_phone) = self.event_of_phone(now) {
            return of_phone;
        }
        let n = self.sent.len();
        let user = self.dice.pick(&USERS);
        let cart = format!("{user}-{}", self.dice.below(CARTS));
        let (name, mut properties) = match self.dice.below(20) {
            0..3 => ("Signed Up", json!({})),
            3..9 => ("Cart Updated", json!({ "cart": cart })),
            9..13 => ("Order Completed", json!({ "cart": cart })),
            13 => ("Unsubscribed", json!({ "category": "offers" })),
            14 => ("Subscribed", json!({ "category": "offers" })),
            15..17 => ("Gift Claimed", json!({})),
            17..19 => ("Flash Wanted", json!({})),
            _ => ("Looked Around", json!({})),
        };
        properties["n"] = json!(n);
        let identifiers = Identifiers { user_id: Some(user.to_owned()), ..Identifiers::default() };
        (user, event(n, now, identifiers, (name, properties), traits_of(user)))
    }

    /// Now and then somebody looks around or opts out on a phone, or says on it who they are.
    fn event_of_phone(&mut self, now: Timestamp) -> Option<(&'static str, Event)> {
        let n = self.sent.len();
        let dice = self.phones.as_mut()?;
        if !dice.happens(250) {
            return None;
        }
        let (phone, owner) = dice.pick(&PHONES);
        let user = dice.happens(300).then_some(owner);
        let what = match user {
            Some(_) => ("Signed In", json!({ "n": n })),
            None if dice.happens(400) => ("Unsubscribed", json!({ "category": "offers", "n": n })),
            None => ("Looked Around", json!({ "n": n })),
        };
        let anonymous_id = Some(phone.to_owned());
        let identifiers =
            Identifiers { user_id: user.map(str::to_owned), anonymous_id, ..Identifiers::default() };
        let traits = user.map_or_else(|| json!({}), traits_of);
        Some((user.unwrap_or(phone), event(n, now, identifiers, what, traits)))
    }
}

fn traits_of(user: &str) -> Value {
    json!({ "email": format!("{user}@example.com"), "push_token": user, "phone": format!("+49{user}") })
}

fn event(
    n: usize,
    now: Timestamp,
    identifiers: Identifiers,
    (name, properties): (&str, Value),
    traits: Value,
) -> Event {
    let object = |value: Value| if let Value::Object(map) = value { map } else { Map::new() };
    Event {
        kind: EventKind::Track,
        name: EventName::from(name),
        message_id: format!("m-{n}"),
        occurred_at: now,
        identifiers,
        properties: object(properties),
        traits: object(traits),
        imported: false,
        brought: None,
    }
}

/// Whose address this is.
pub fn user_of(address: &str) -> &str {
    address.split('@').next().unwrap_or(address).trim_start_matches("+49")
}
