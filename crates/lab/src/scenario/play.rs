//! Plays a script: what happens when it is due, alarms exactly when they ring, and a world that answers as the test says:
//! providers take every message, other systems answer with 200, entry caps have room unless it says otherwise.

mod orders;
mod world;

use serde_json::{Map, Value};
use wend_domain::advance::{held_out, needs, take};
use wend_domain::catalog::Catalog;
use wend_domain::consent::Given;
use wend_domain::contact::{Contact, Exposure};
use wend_domain::effect::{Effect, Render};
use wend_domain::event::{Event, EventKind};
use wend_domain::id::{Category, Channel, ContactId, EventName, InputId, WorkflowName};
use wend_domain::identity::Identifiers;
use wend_domain::input::{Cause, Input};
use wend_domain::time::{Period, Timestamp};
use wend_render::Renderer;

use super::clock::Clock;
use super::script::Script;
use super::timeline::Timeline;
use world::World;

/// The most inputs that one test may come to; then something goes round for ever.
const INPUTS_MAX: usize = 10_000;

/// How long after the last thing that the test says a test goes on at most: two years.
const PLAY_FOR: Period = Period::from_millis(2 * 366 * 86_400_000);

/// The most ids that are tried to find one for which chance decides as a test says: one in a thousand contacts is found
/// almost certainly.
const IDS_TRIED_MAX: u32 = 20_000;

/// What came of playing a script.
pub(super) struct Played {
    pub contact: Contact,
    pub timeline: Timeline,
}

/// Plays a script to its end.
pub(super) fn play(catalog: &Catalog, renderer: &Renderer, script: &Script) -> Played {
    let id = script.contact.id.or_else(|| chosen_id(catalog, script));
    let contact = contact(catalog, script, id);
    let mut player = Player {
        catalog,
        renderer,
        user_id: &script.contact.user_id,
        timeline: Timeline::new(Clock::of(catalog, &contact, script.start)),
        contact,
        alarm: None,
        world: World::default(),
        n_inputs: 0,
    };
    if id.is_none() {
        let names: Vec<&str> = script.contact.held_out.iter().map(WorkflowName::as_str).collect();
        let why = format!("nobody can be held out of {}: there is no such hold-out", names.join(", "));
        player.timeline.nothing(script.start, &why);
    }
    if !script.contact.is_new {
        // The contact was there before: it is in its segments without having entered them now.
        player.take(script.start, Cause::CatalogChanged);
    }
    let last = script.happenings.last().map_or(script.start, |(at, _)| *at);
    player.until(script, script.until.unwrap_or(last + PLAY_FOR));
    Played { contact: player.contact, timeline: player.timeline }
}

/// An id for which chance decides about hold-outs as the test says: of no workflow, unless it names some.
fn chosen_id(catalog: &Catalog, script: &Script) -> Option<ContactId> {
    let of = &script.contact;
    let held_out = |name: &WorkflowName, id: ContactId| {
        catalog.current(name).is_some_and(|workflow| held_out(catalog, workflow, id).is_some())
    };
    (0..IDS_TRIED_MAX).map(|n| hashed_id(script, n)).find(|id| {
        if of.held_out.is_empty() {
            !catalog.workflows.keys().any(|name| held_out(name, *id))
        } else {
            of.held_out.iter().all(|name| held_out(name, *id))
        }
    })
}

fn hashed_id(script: &Script, n: u32) -> ContactId {
    let (test, user_id) = (script.test.as_bytes(), script.contact.user_id.as_bytes());
    match n {
        0 => ContactId::hashed(script.start, &[test, user_id]),
        n => ContactId::hashed(script.start, &[test, user_id, &n.to_be_bytes()]),
    }
}

/// The contact as it was before anything happens.
fn contact(catalog: &Catalog, script: &Script, id: Option<ContactId>) -> Contact {
    let of = &script.contact;
    let mut contact = Contact::new(id.unwrap_or_else(|| hashed_id(script, 0)), 0, script.start);
    let exposure = |variant: &String| Exposure { variant: variant.clone(), at: script.start, ghost: false };
    contact.exposures =
        of.variants.iter().map(|(experiment, variant)| (experiment.clone(), exposure(variant))).collect();
    if of.is_new {
        return contact;
    }
    contact.n_inputs = 1;
    contact.user_id = Some(of.user_id.clone());
    contact.traits.clone_from(&of.traits);
    contact.lists = of.lists.iter().map(|list| (list.clone(), script.start)).collect();
    contact.tags = of.tags.iter().cloned().collect();
    for (what, answer) in &of.consent {
        let given = Given { answer: *answer, at: script.start, source: "test".to_owned(), basis: None };
        let channel = Channel::from(what.as_str());
        if catalog.policies.channels.contains_key(&channel) {
            contact.consent.channels.insert(channel, given);
        } else {
            contact.consent.categories.insert(Category::from(what.as_str()), given);
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
    world: World,
    timeline: Timeline,
    n_inputs: usize,
}

impl Player<'_> {
    fn until(&mut self, script: &Script, until: Timestamp) {
        let mut happenings = script.happenings.iter().peekable();
        loop {
            let happening = happenings.peek().map(|(at, _)| *at);
            let next = [self.alarm, self.world.due(), happening].into_iter().flatten().min();
            let Some(next) = next.filter(|next| *next <= until) else { return };
            if self.n_inputs >= INPUTS_MAX {
                self.timeline.trouble =
                    Some(format!("after {INPUTS_MAX} inputs there is still more to come"));
                return;
            }
            if self.alarm == Some(next) {
                self.take(next, Cause::Alarm);
            } else if self.world.is_account_due(next) {
                if let Some(word) = self.world.account(self.catalog) {
                    self.take(next, word);
                }
            } else if let Some(answer) = self.world.answer(next) {
                self.take(next, answer);
            } else if let Some((at, happening)) = happenings.next() {
                self.timeline.happening(*at, happening);
                self.happen(*at, happening);
            }
        }
    }

    /// An event of the contact.
    fn event(
        &self,
        at: Timestamp,
        kind: EventKind,
        name: EventName,
        properties: Map<String, Value>,
        traits: Map<String, Value>,
    ) -> Event {
        Event {
            kind,
            name,
            message_id: format!("test {}", self.n_inputs),
            occurred_at: at,
            identifiers: Identifiers { user_id: Some(self.user_id.to_owned()), ..Identifiers::default() },
            properties,
            traits,
            imported: false,
            brought: None,
        }
    }

    /// Takes one input, with everything that follows from it at once.
    fn take(&mut self, at: Timestamp, cause: Cause) {
        let id = InputId::hashed(at, &[&self.contact.id.to_bytes(), &self.n_inputs.to_be_bytes()]);
        let mut input = Input { id, cause, history: None, refused_claims: Vec::new(), hop: 0 };
        // A test's history is what the test says: all that is missing happened in it.
        if needs(self.catalog, &self.contact, &input, at).is_some() {
            input.history = Some(self.timeline.past.clone());
        }
        let renderer = self.renderer;
        let mut render = |wanted: &Render| Ok(renderer.render(wanted).map(drop)?);
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
                self.act(at, effect);
            }
            self.timeline.input(at, taken_input);
        }
        self.contact = taken.contact;
        self.alarm = taken.alarm;
        self.timeline.after(&self.contact);
    }

    fn act(&mut self, at: Timestamp, effect: &Effect) {
        let place = self.n_inputs;
        match effect {
            Effect::Show(message) => self.world.know(message),
            Effect::Dispatch { message, due_at, .. } | Effect::Retry { message, due_at } => {
                self.world.send(*due_at, place, *message);
            }
            Effect::Cancel { message } | Effect::Settle { message } => self.world.drop(*message),
            Effect::Task(task) => self.world.task(task),
            Effect::Request { run, workflow, .. } => self.world.request(at, *run, workflow),
            Effect::Account { account, what } => self.world.tell(at, account, what),
            // A test is about one person, who is nobody else.
            Effect::Render(_)
            | Effect::Emit { .. }
            | Effect::Seen(_)
            | Effect::Tell { .. }
            | Effect::Hand { .. }
            | Effect::Consent(_)
            | Effect::Suppress { .. }
            | Effect::Count { .. } => {}
        }
    }
}
