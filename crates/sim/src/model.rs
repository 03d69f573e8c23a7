//! A naive model of `crates/sim/portfolio/`: what one contact should have received, from what it is known to have
//! taken in.
//!
//! It shares no code with the rules, knows only these six workflows, and is as plain as can be: it walks through the
//! contact's inputs once and writes down what must follow. Of what the engine decided it reads only labels: which run an
//! event began, and which run and template a message belongs to.

use std::collections::{BTreeMap, BTreeSet};

use wend_domain::consent::Answer;
use wend_domain::contact::Contact;
use wend_domain::event::Event;
use wend_domain::id::{Category, MessageId, RunId};
use wend_domain::input::{Cause, Grant, Input, NewsKind};
use wend_domain::record::{Decision, Record};
use wend_domain::time::{Period, Timestamp};
use wend_store::{HistoryRow, MessageRow};

const HOUR: Period = Period::from_millis(3_600_000);
const DAY: Period = Period::from_millis(24 * 3_600_000);
/// What `missed` waits for.
const SIX_HOURS: Period = Period::from_millis(6 * 3_600_000);

/// How a message must be handled by the channel it goes through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Marketing through a provider without keys: at most once, and a doubt is shown as such.
    Marketing,
    /// Transactional through a provider without keys: at least once.
    Transactional,
    /// Through a provider that honours keys: exactly once.
    Keyed,
}

/// Whether a contact has to get a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// It must.
    Must,
    /// Something came between that may have been earlier or later than the message.
    May,
    /// It must not.
    Never,
}

/// One message that should, or shouldn't, have come.
#[derive(Debug, Clone)]
pub struct Wish {
    /// Its text, which no other message to this contact has.
    pub text: String,
    /// How it has to be handled.
    pub kind: Kind,
    /// Whether it has to come.
    pub need: Need,
    /// When it was wanted: nothing goes before.
    pub wanted_at: Timestamp,
    /// Past this nothing goes.
    pub expires_at: Option<Timestamp>,
    /// The release, if there was one.
    pub released_at: Option<Timestamp>,
}

/// What a row of history says, as far as the model reads it.
pub struct Row {
    /// When the contact took it.
    pub at: Timestamp,
    /// The catalog's revision.
    pub revision: u64,
    /// What happened.
    pub input: Input,
    /// What was decided.
    pub record: Record,
}

impl Row {
    /// Reads a row of the store.
    pub fn read(row: &HistoryRow) -> Result<Self, String> {
        let what = |error: serde_json::Error| format!("row {} of history cannot be read: {error}", row.seq);
        Ok(Self {
            at: row.at,
            revision: row.catalog_revision,
            input: serde_json::from_str(&row.input_json).map_err(what)?,
            record: serde_json::from_str(&row.record_json).map_err(what)?,
        })
    }

    /// Whether another contact became part of this one with it.
    pub fn has_absorbed(&self) -> bool {
        self.record.iter().any(|line| matches!(line.decision, Decision::Absorbed { .. }))
    }

    /// Whether another contact takes it, because this one is part of that one or isn't any more.
    pub fn is_sent_elsewhere(&self) -> bool {
        let elsewhere =
            |decision: &Decision| matches!(decision, Decision::SentOn { .. } | Decision::GivenBack { .. });
        self.record.iter().any(|line| elsewhere(&line.decision))
    }

    /// Whether it was found to be an event that had come before.
    pub fn is_duplicate(&self) -> bool {
        self.record.iter().any(|line| matches!(line.decision, Decision::Duplicate { .. }))
    }
}

/// Where a run of `welcome` or `cart` is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// In the first of two waits, which comes right before the second.
    WaitsToWait(Timestamp),
    /// In the wait before the first message.
    WaitsForFirst(Timestamp),
    /// At the first message.
    First,
    /// In the wait between.
    WaitsForSecond(Timestamp),
    /// At the second message.
    Second,
}

/// A live run of `welcome` or `cart`.
#[derive(Debug, Clone)]
struct Sequence {
    n: u64,
    entered_at: Timestamp,
    texts: [&'static str; 2],
    is_cart: bool,
    place: Place,
}

impl Sequence {
    fn due(&self) -> Option<Timestamp> {
        match self.place {
            Place::WaitsToWait(due) | Place::WaitsForFirst(due) | Place::WaitsForSecond(due) => Some(due),
            Place::First | Place::Second => None,
        }
    }
}

/// What the model expects of one contact.
#[derive(Default)]
pub struct Model {
    /// Every message that may have come, in the order in which they were wanted.
    pub wishes: Vec<Wish>,
    /// How many gifts were asked for.
    pub gifts_asked: usize,
    /// How many were granted.
    pub gifts_granted: usize,
    seen: BTreeSet<String>,
    has_opted_out: bool,
    /// When the contact last answered whether offers are welcome.
    answered_at: Option<Timestamp>,
    was_welcomed: bool,
    /// By what makes a run the only one of its kind: `welcome`, or a cart.
    runs: BTreeMap<String, Sequence>,
    /// The carts whose order is awaited.
    awaited: BTreeMap<String, (u64, Timestamp)>,
    labels: BTreeMap<RunId, u64>,
}

/// Whether a workflow moves by a revision of the catalog.
pub type Moves<'a> = &'a dyn Fn(&str, u64) -> bool;

impl Model {
    /// Walks through a contact's history; at its end all that is due by `end` has happened.
    pub fn of(
        rows: &[Row],
        messages: &BTreeMap<MessageId, MessageRow>,
        moves: Moves<'_>,
        end: (Timestamp, u64),
    ) -> Self {
        let mut model = Self::default();
        for row in rows {
            let came = row.input.cause.event();
            if came.is_some_and(|event| model.seen.contains(&event.message_id)) {
                // It came before: nothing happens, not even time passes.
                continue;
            }
            model.opt_in(row);
            model.fall_due(row.at, row.revision, moves);
            model.label(row);
            if let Some(event) = came {
                model.seen.insert(event.message_id.clone());
                let text = |name: &str| event.properties.get(name).and_then(serde_json::Value::as_str);
                let cart = text("cart").unwrap_or_default();
                model.event(event.name.as_str(), (number(event), cart), row, moves);
            }
            match &row.input.cause {
                Cause::News(news) if news.what == NewsKind::Rendered => {
                    if let Some(message) = messages.get(&news.message) {
                        model.released(message, row.at);
                    }
                }
                Cause::Grant(Grant { granted: true, .. }) => model.gifts_granted += 1,
                cause => {
                    if let Some(absorb) = cause.absorbs().filter(|_| row.has_absorbed()) {
                        model.absorb(&absorb.document, row.at);
                    }
                }
            }
        }
        model.fall_due(end.0, end.1, moves);
        model
    }

    fn label(&mut self, row: &Row) {
        let Some(event) = row.input.cause.event() else { return };
        let n = number(event);
        for line in &row.record {
            if let (Some(run), Decision::Entered { .. } | Decision::GrantRequested { .. }) =
                (line.run, &line.decision)
            {
                self.labels.insert(run, n);
            }
        }
    }

    fn event(&mut self, name: &str, (n, cart): (u64, &str), row: &Row, moves: Moves<'_>) {
        let at = row.at;
        let occurred_at = row.input.cause.event().map_or(at, |event| event.occurred_at);
        // Old news triggers nothing; it ends what began before it occurred.
        let is_late = at.since(occurred_at) > DAY;
        let ends = |since: Timestamp| !is_late || occurred_at >= since;
        match name {
            "Signed Up" | "Cart Updated" | "Gift Claimed" | "Flash Wanted" if is_late => {}
            "Signed Up" if !self.was_welcomed => {
                self.was_welcomed = true;
                let texts = ["hello", "tips"];
                self.runs.insert(
                    "welcome".to_owned(),
                    Sequence { n, entered_at: at, texts, is_cart: false, place: Place::First },
                );
                self.want("welcome", at);
            }
            "Cart Updated" => {
                self.awaited.insert(cart.to_owned(), (n, at + SIX_HOURS));
                if moves("cart", row.revision) && !self.runs.contains_key(cart) {
                    let place = Place::WaitsToWait(at + HOUR);
                    let texts = ["reminder", "nudge"];
                    self.runs
                        .insert(cart.to_owned(), Sequence { n, entered_at: at, texts, is_cart: true, place });
                }
            }
            "Order Completed" => {
                if self.awaited.get(cart).is_some_and(|(_, due)| ends(*due - SIX_HOURS)) {
                    self.awaited.remove(cart);
                }
                if let Some(run) = self.runs.remove(cart) {
                    if ends(run.entered_at) {
                        self.leave(&run);
                    } else {
                        self.runs.insert(cart.to_owned(), run);
                    }
                }
                if !is_late && moves("receipt", row.revision) {
                    self.wish(format!("receipt {n}"), Kind::Transactional, Need::Must, at);
                }
            }
            "Unsubscribed" => self.opt_out(at),
            "Gift Claimed" => {
                self.gifts_asked += 1;
                self.wish(format!("gift {n}"), Kind::Keyed, Need::May, at);
            }
            "Flash Wanted" => {
                self.wish(format!("flash {n}"), Kind::Marketing, Need::May, at);
                if let Some(wish) = self.wishes.last_mut() {
                    wish.expires_at = Some(at + HOUR);
                }
            }
            _ => {}
        }
    }

    /// Runs of the category end; what was wanted before may have been on its way.
    fn opt_out(&mut self, at: Timestamp) {
        self.answered_at = Some(at);
        if std::mem::replace(&mut self.has_opted_out, true) {
            return;
        }
        for run in std::mem::take(&mut self.runs).into_values() {
            self.leave(&run);
        }
        for wish in &mut self.wishes {
            let is_offer =
                ["hello", "tips", "reminder", "nudge"].iter().any(|text| wish.text.starts_with(text));
            if is_offer && wish.need == Need::Must {
                wish.need = Need::May;
            }
        }
    }

    /// Who opted out as one of two that are one person has opted out, whatever the other one said, and whenever.
    fn absorb(&mut self, document: &Contact, at: Timestamp) {
        let given = document.consent.categories.get(&Category::from("offers"));
        let Some(given) = given else { return };
        match given.answer {
            Answer::Unsubscribed => {
                let before = self.answered_at.filter(|_| self.has_opted_out);
                self.opt_out(at);
                self.answered_at = Some(before.map_or(given.at, |before| before.max(given.at)));
            }
            Answer::Subscribed if self.has_opted_out => {}
            Answer::Subscribed => self.answered_at = self.answered_at.max(Some(given.at)),
        }
    }

    /// Who opts in is asked before anything is decided on that falls due with the same input. A yes from before the last
    /// answer takes nothing back.
    fn opt_in(&mut self, row: &Row) {
        let Some(event) = row.input.cause.event() else { return };
        if event.name.as_str() == "Subscribed" && self.answered_at.is_none_or(|at| event.occurred_at >= at) {
            self.has_opted_out = false;
            self.answered_at = Some(row.at);
        }
    }

    /// Everything whose time has come, the earliest first.
    fn fall_due(&mut self, at: Timestamp, revision: u64, moves: Moves<'_>) {
        loop {
            let runs = self.runs.iter().filter(|(_, run)| !run.is_cart || moves("cart", revision));
            let runs = runs.filter_map(|(key, run)| Some((run.due()?, true, key.clone())));
            let awaited = self.awaited.iter().map(|(cart, (_, due))| (*due, false, cart.clone()));
            let Some((due, is_run, key)) = runs.chain(awaited).min() else { return };
            if due > at {
                return;
            }
            if is_run {
                self.want(&key, at);
            } else if let Some((n, _)) = self.awaited.remove(&key) {
                self.wish(format!("missed {n}"), Kind::Keyed, Need::Must, at);
            }
        }
    }

    /// A run comes to its next message.
    fn want(&mut self, key: &str, at: Timestamp) {
        let Some(run) = self.runs.get_mut(key) else { return };
        if let Place::WaitsToWait(_) = run.place {
            run.place = Place::WaitsForFirst(at + HOUR);
            return;
        }
        let (place, text, kind) = match run.place {
            Place::WaitsToWait(_) | Place::WaitsForFirst(_) | Place::First => {
                (Place::First, run.texts[0], Kind::Marketing)
            }
            Place::WaitsForSecond(_) | Place::Second => (Place::Second, run.texts[1], Kind::Keyed),
        };
        run.place = place;
        let text = format!("{text} {}", run.n);
        if self.has_opted_out {
            self.wish(text, kind, Need::Never, at);
            self.pass(key, at);
        } else {
            self.wish(text, kind, Need::Must, at);
        }
    }

    /// A run goes on after a message.
    fn pass(&mut self, key: &str, at: Timestamp) {
        let Some(run) = self.runs.get_mut(key) else { return };
        match run.place {
            Place::First => run.place = Place::WaitsForSecond(at + DAY),
            _ => drop(self.runs.remove(key)),
        }
    }

    /// A message was rendered and handed to the outbox.
    fn released(&mut self, message: &MessageRow, at: Timestamp) {
        let template = message.template.as_str();
        let n = self.labels.get(&message.run).copied();
        let key = self.runs.iter().find(|(_, run)| run.texts.contains(&template) && Some(run.n) == n);
        if let Some(n) = n {
            let text = format!("{template} {n}");
            if let Some(wish) = self.wishes.iter_mut().find(|wish| wish.text == text) {
                wish.released_at = Some(at);
            }
        }
        if let Some(key) = key.map(|(key, _)| key.clone()) {
            self.pass(&key, at);
        }
    }

    /// A run ends before its end: what it still wanted may or may not have gone.
    fn leave(&mut self, run: &Sequence) {
        let texts = run.texts.map(|text| format!("{text} {}", run.n));
        for wish in &mut self.wishes {
            if texts.contains(&wish.text) && wish.need == Need::Must {
                wish.need = Need::May;
            }
        }
    }

    fn wish(&mut self, text: String, kind: Kind, need: Need, wanted_at: Timestamp) {
        self.wishes.push(Wish { text, kind, need, wanted_at, expires_at: None, released_at: None });
    }
}

/// What each event has that no other has, and what messages say of the event that led to them.
fn number(event: &Event) -> u64 {
    event.properties.get("n").and_then(serde_json::Value::as_u64).unwrap_or_default()
}
