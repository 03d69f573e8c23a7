//! Plays a script: what happens when it is due, alarms exactly when they ring, and a provider that takes every message.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use wend_domain::advance::{needs, take};
use wend_domain::catalog::Catalog;
use wend_domain::consent::{Answer, Given};
use wend_domain::contact::Contact;
use wend_domain::effect::{Effect, Render};
use wend_domain::event::{Event, EventKind, standard_name};
use wend_domain::id::{Category, Channel, ContactId, EventName, InputId, MessageId, TemplateName};
use wend_domain::identity::Identifiers;
use wend_domain::input::{Cause, Command, Input, News, NewsKind, Order, Outcome};
use wend_domain::time::{Period, Timestamp};
use wend_render::Renderer;

use super::clock::Clock;
use super::script::{Happening, Script};
use super::timeline::Timeline;

/// The most inputs that one test may come to; then something goes round for ever.
const INPUTS_MAX: usize = 10_000;

/// How long after the last thing that the test says a test goes on at most: two years.
const PLAY_FOR: Period = Period::from_millis(2 * 366 * 86_400_000);

/// What came of playing a script.
pub(super) struct Played {
    pub contact: Contact,
    pub timeline: Timeline,
}

/// Plays a script to its end.
pub(super) fn play(catalog: &Catalog, renderer: &Renderer, script: &Script) -> Played {
    let contact = contact(catalog, script);
    let mut player = Player {
        catalog,
        renderer,
        user_id: &script.user_id,
        timeline: Timeline::new(Clock::of(catalog, &contact, script.start)),
        contact,
        alarm: None,
        outbox: BTreeMap::new(),
        n_inputs: 0,
    };
    // The contact was there before: it is in its segments without having entered them now.
    player.take(script.start, Cause::CatalogChanged);
    let last = script.happenings.last().map_or(script.start, |(at, _)| *at);
    player.until(script, script.until.unwrap_or(last + PLAY_FOR));
    Played { contact: player.contact, timeline: player.timeline }
}

/// The contact as it was before anything happens.
fn contact(catalog: &Catalog, script: &Script) -> Contact {
    let id = ContactId::hashed(script.start, &[script.test.as_bytes(), script.user_id.as_bytes()]);
    let mut contact = Contact::new(id, 0, script.start);
    contact.n_inputs = 1;
    contact.user_id = Some(script.user_id.clone());
    contact.traits.clone_from(&script.traits);
    for (of, answer) in &script.consent {
        let given = Given { answer: *answer, at: script.start, source: "test".to_owned() };
        let channel = Channel::from(of.as_str());
        if catalog.policies.channels.contains_key(&channel) {
            contact.consent.channels.insert(channel, given);
        } else {
            contact.consent.categories.insert(Category::from(of.as_str()), given);
        }
    }
    contact
}

struct Player<'a> {
    catalog: &'a Catalog,
    renderer: &'a Renderer,
    user_id: &'a str,
    contact: Contact,
    alarm: Option<Timestamp>,
    /// What is to be handed over, by when and in which order it was released.
    outbox: BTreeMap<(Timestamp, usize), MessageId>,
    timeline: Timeline,
    n_inputs: usize,
}

impl Player<'_> {
    fn until(&mut self, script: &Script, until: Timestamp) {
        let mut happenings = script.happenings.iter().peekable();
        loop {
            let happening = happenings.peek().map(|(at, _)| *at);
            let row = self.outbox.keys().next().copied();
            let next = [self.alarm, row.map(|(at, _)| at), happening].into_iter().flatten().min();
            let Some(next) = next.filter(|next| *next <= until) else { return };
            if self.n_inputs >= INPUTS_MAX {
                self.timeline.trouble =
                    Some(format!("after {INPUTS_MAX} inputs there is still more to come"));
                return;
            }
            if self.alarm == Some(next) {
                self.take(next, Cause::Alarm);
            } else if let Some(message) =
                row.filter(|(at, _)| *at == next).and_then(|row| self.outbox.remove(&row))
            {
                let outcome = Outcome::Accepted { reply: "taken by the test".to_owned() };
                let what = NewsKind::Attempted { attempt: 1, outcome, answer: None };
                self.take(next, Cause::News(News { message, what }));
            } else if let Some((at, happening)) = happenings.next() {
                self.happen(*at, happening);
            }
        }
    }

    fn happen(&mut self, at: Timestamp, happening: &Happening) {
        self.timeline.happening(at, happening);
        match happening {
            Happening::Event { name, properties } => {
                let cause = self.event(at, EventKind::Track, name.clone(), properties.clone(), Map::new());
                self.take(at, cause);
            }
            Happening::Traits(traits) => {
                let name = standard_name(EventKind::Identify);
                let cause = self.event(at, EventKind::Identify, name, Map::new(), traits.clone());
                self.take(at, cause);
            }
            Happening::Consent(answers) => {
                for (of, answer) in answers {
                    let order = self.answer(of, *answer);
                    self.take(at, command(order));
                }
            }
            Happening::Engaged { template, engagement } => match self.newest(template) {
                Some(message) => {
                    self.take(
                        at,
                        Cause::News(News {
                            message,
                            what: NewsKind::Engaged { what: *engagement, link: None },
                        }),
                    );
                }
                None => self.timeline.nothing(at, &format!("no message of {template} is known by then")),
            },
            Happening::Called { workflow, data } => {
                self.take(
                    at,
                    command(Order::StartRun {
                        workflow: workflow.clone(),
                        data: data.clone(),
                        by_hand: false,
                    }),
                );
            }
        }
    }

    fn answer(&self, of: &str, answer: Answer) -> Order {
        let channel = Channel::from(of);
        if self.catalog.policies.channels.contains_key(&channel) {
            Order::ChannelConsent { channel, answer }
        } else {
            Order::CategoryConsent { category: Category::from(of), answer }
        }
    }

    fn newest(&self, template: &TemplateName) -> Option<MessageId> {
        self.contact
            .ledger
            .iter()
            .rev()
            .find(|message| message.template == *template)
            .map(|message| message.id)
    }

    fn event(
        &self,
        at: Timestamp,
        kind: EventKind,
        name: EventName,
        properties: Map<String, Value>,
        traits: Map<String, Value>,
    ) -> Cause {
        Cause::Event(Box::new(Event {
            kind,
            name,
            message_id: format!("test {}", self.n_inputs),
            occurred_at: at,
            identifiers: Identifiers { user_id: Some(self.user_id.to_owned()), anonymous_id: None },
            properties,
            traits,
            imported: false,
        }))
    }

    /// Takes one input, with everything that follows from it at once.
    fn take(&mut self, at: Timestamp, cause: Cause) {
        let id = InputId::hashed(at, &[&self.contact.id.to_bytes(), &self.n_inputs.to_be_bytes()]);
        let mut input = Input { id, cause, history: None, refused_claims: Vec::new(), hop: 0 };
        // A test's history is what the test says: all that is missing happened in it.
        if needs(self.catalog, &self.contact, &input).is_some() {
            input.history = Some(self.timeline.past.clone());
        }
        let renderer = self.renderer;
        let mut render =
            |wanted: &Render| renderer.render(wanted).map(drop).map_err(|error| error.to_string());
        let taken = match take(self.catalog, self.contact.clone(), input, at, &mut render) {
            Ok(taken) => taken,
            Err(endless) => {
                self.timeline.trouble = Some(endless.to_string());
                self.n_inputs = INPUTS_MAX;
                return;
            }
        };
        for taken_input in &taken.inputs {
            self.n_inputs += 1;
            for effect in &taken_input.effects {
                self.act(effect);
            }
            self.timeline.input(at, taken_input);
        }
        self.contact = taken.contact;
        self.alarm = taken.alarm;
    }

    fn act(&mut self, effect: &Effect) {
        let place = self.n_inputs;
        match effect {
            Effect::Dispatch { message, due_at, .. } | Effect::Retry { message, due_at } => {
                self.outbox.insert((*due_at, place), *message);
            }
            Effect::Cancel { message } | Effect::Settle { message } => {
                self.outbox.retain(|_, waiting| waiting != message);
            }
            Effect::Render(_)
            | Effect::Emit { .. }
            | Effect::Show(_)
            | Effect::Task(_)
            | Effect::Request { .. }
            | Effect::Count { .. } => {}
        }
    }
}

fn command(order: Order) -> Cause {
    Cause::Command(Command { by: "test".to_owned(), reason: None, order })
}
