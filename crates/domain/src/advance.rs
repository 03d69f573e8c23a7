//! What happens to a contact: the one pure function that carries the product.
//!
//! Read in this order: [`advance`] (the order of SEMANTICS 3, one module a part), `turn` (what is known while an input
//! is taken), then the parts as `advance` names them. [`take`] adds what follows from an input in the same transaction.

mod accounts;
mod arbitration;
mod attempts;
mod backfill;
mod by_hand;
mod calls;
mod command;
mod computed;
mod confirmation;
mod consents;
mod counting;
mod deadlines;
mod engagement;
mod entering;
mod entry_checks;
mod exclusion;
mod grants;
mod holdouts;
mod imports;
mod intake;
mod leaving;
mod lifecycle;
mod merging;
mod migration;
mod news;
mod others;
mod reports;
mod rounds;
mod segments;
mod sending;
mod splits;
mod steps;
mod tasks;
mod timers;
mod triggers;
mod turn;
mod variables;
mod waits;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use self::counting::Standing;
pub use self::entry_checks::{EntryCheck, entry_checks};
pub use self::holdouts::held_out;
use self::merging::Aside;
use self::turn::{Stimulus, Turn};
use crate::behaviour::{PastEvent, Stretch, SummaryId};
use crate::catalog::{Catalog, Concern};
use crate::contact::Contact;
use crate::effect::{Effect, NotRendered, Render};
use crate::id::{EventName, InputId};
use crate::input::{Cause, Input, News, NewsKind};
use crate::limits::INPUTS_PER_TAKE_MAX;
use crate::record::Record;
use crate::time::Timestamp;
pub use counting::{BY_DAY, CameOrWent, at_step, by_day, gauges, in_segment, on_list};

/// What came of one input.
#[derive(Debug, Clone, PartialEq)]
pub struct Advanced {
    /// The contact afterwards.
    pub contact: Contact,
    /// What the shell must do, in order.
    pub effects: Vec<Effect>,
    /// What was decided and why.
    pub record: Record,
    /// The earliest deadline of anything the contact waits for.
    pub alarm: Option<Timestamp>,
}

/// History that must be loaded into [`Input::history`] before an input can be taken.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Needs {
    /// Whose summaries.
    pub summaries: Vec<SummaryId>,
    /// The events that they count, and when these occurred.
    pub events: BTreeMap<EventName, Stretch>,
}

impl Needs {
    fn add(&mut self, catalog: &Catalog, id: &SummaryId, stretch: Stretch) {
        if let Some(definition) = catalog.summaries.get(id) {
            self.summaries.push(id.clone());
            self.add_event(definition.event.clone(), stretch);
        }
    }

    fn add_event(&mut self, event: EventName, stretch: Stretch) {
        let known = self.events.entry(event).or_insert(stretch);
        *known = known.join(stretch);
    }
}

/// The history that an input needs and the document lacks; none if it can be taken as it is.
pub fn needs(catalog: &Catalog, contact: &Contact, input: &Input, at: Timestamp) -> Option<Needs> {
    if input.history.is_some() || contact.into.is_some() {
        return None;
    }
    wants(catalog, contact, input, at)
}

/// The history that an input needs, whether or not it was loaded.
fn wants(catalog: &Catalog, contact: &Contact, input: &Input, at: Timestamp) -> Option<Needs> {
    let mut needs = Needs::default();
    match input.cause.absorbs().map(|absorb| &absorb.document) {
        Some(other) => {
            lacks(&mut needs, catalog, contact, at);
            lacks(&mut needs, catalog, other, at);
            // What was counted in pieces of two histories can't be told apart: both are read.
            for (id, summary) in contact.summaries.iter().chain(&other.summaries) {
                if !summary.pieces.is_empty() {
                    needs.add(catalog, id, Stretch::ALL);
                }
            }
        }
        None if contact.n_inputs == 0 => return None,
        None => lacks(&mut needs, catalog, contact, at),
    }
    needs.summaries.sort();
    needs.summaries.dedup();
    if let Cause::Backfill { workflow, .. } = &input.cause {
        for event in backfill::events_asked(catalog, contact.id, workflow) {
            needs.add_event(event, Stretch::ALL);
        }
    }
    (!needs.events.is_empty()).then_some(needs)
}

/// What a document lacks for all that can be asked between its last input and `at`.
fn lacks(needs: &mut Needs, catalog: &Catalog, contact: &Contact, at: Timestamp) {
    // Of what the portfolio has, only what is new is looked through; the rest is the contact's own.
    if contact.catalog_revision < catalog.index.newest_summary {
        for (id, definition) in &catalog.summaries {
            if definition.since > contact.catalog_revision {
                needs.add(catalog, id, Stretch::ALL);
            }
        }
    }
    for (id, summary) in &contact.summaries {
        if summary.spilled {
            needs.add(catalog, id, Stretch::ALL);
        } else if let Some(definition) = catalog.summaries.get(id)
            && let Some(stretch) = summary.unread(&definition.windows, contact.at, at.max(contact.at))
        {
            needs.add(catalog, id, stretch);
        }
    }
}

/// Takes one input of one contact (SEMANTICS 3).
///
/// `at` is the time at which the actor takes it; an earlier one than the contact's last counts as the last.
pub fn advance(catalog: &Catalog, contact: Contact, input: &Input, at: Timestamp) -> Advanced {
    let since = contact.at;
    let at = at.max(since);
    let standing = counting::standing(&contact);
    let contact = match merging::aside(catalog, contact, input, at) {
        Aside::Done(turn) => return finish(*turn, standing),
        Aside::No(contact) => contact,
        Aside::As(unwrapped) => return advance_as(catalog, *unwrapped, at),
    };
    let mut turn = Turn::new(catalog, contact, input, at);
    intake::identify(&mut turn, input);
    if let Cause::Event(event) = &input.cause
        && intake::is_duplicate(&mut turn, event)
    {
        return unchanged(turn, input);
    }
    let counted = match &input.history {
        Some(history) => intake::absorb_history(&mut turn, history, since, input.cause.absorbs()),
        None => BTreeSet::new(),
    };
    let is_new = turn.contact.n_inputs == 0;
    bring_up_to_date(&mut turn, is_new);
    if let Cause::Resumed { workflow } = &input.cause {
        lifecycle::note_resumed(&mut turn, workflow);
    }
    deadlines::fire_due(&mut turn, since);
    if is_new && !matches!(input.cause, Cause::Event(_) | Cause::Command(_)) {
        segments::recompute_of_new(&mut turn);
    }
    match &input.cause {
        Cause::Event(event) => {
            let mut stimulus = intake::apply_event(&mut turn, event);
            if is_new {
                stimulus.segments.extend(segments::recompute_of_new(&mut turn));
            }
            stimulate(&mut turn, &stimulus);
        }
        Cause::Command(command) => {
            let segments = if is_new { segments::recompute_of_new(&mut turn) } else { Vec::new() };
            command::take(&mut turn, command, segments);
        }
        Cause::News(news) => {
            let hop_of_machine = news::hop_of_machine(&turn, news);
            turn.hop = turn.hop.max(hop_of_machine.unwrap_or(0));
            let engaged = news::take(&mut turn, news);
            turn.messages_changed = false;
            let segments = segments::recompute(&mut turn, &[Concern::Message, Concern::Consent], at);
            let consents = std::mem::take(&mut turn.consents);
            let is_machines_news = hop_of_machine.is_some();
            let stimulus = Stimulus { segments, consents, engaged, is_machines_news, ..Stimulus::default() };
            stimulate(&mut turn, &stimulus);
        }
        Cause::Scheduled { workflow, trigger, occurrence } => {
            timers::scheduled(&mut turn, workflow, *trigger, *occurrence);
        }
        Cause::Business(business) => triggers::business(&mut turn, business),
        Cause::Backfill { workflow, within } => backfill::take(&mut turn, input, workflow, *within),
        Cause::Migrate(migration) => lifecycle::migrate(&mut turn, migration),
        // What fell due meanwhile has fired; conditions are asked, and runs that rest before a step take it.
        Cause::Resumed { .. } | Cause::CatalogChanged => stimulate(&mut turn, &Stimulus::default()),
        Cause::Discard { workflow, reason } => lifecycle::discard(&mut turn, workflow, reason),
        Cause::Grant(grant) => grants::answer(&mut turn, grant),
        Cause::Account(copy) => accounts::told(&mut turn, copy),
        Cause::Absorb(absorb) => merging::absorb(&mut turn, absorb, &counted),
        // What is due has fired; the others were taken aside.
        Cause::Alarm | Cause::Merge(_) | Cause::Thaw(_) | Cause::Forwarded(_) => {}
    }
    settle(&mut turn);
    finish(turn, standing)
}

/// Takes what was sent on as what it is.
fn advance_as(catalog: &Catalog, (contact, input): (Contact, Input), at: Timestamp) -> Advanced {
    advance(catalog, contact, &input, at)
}

/// Brings the document up to the catalog of now.
fn bring_up_to_date(turn: &mut Turn<'_>, is_new: bool) {
    leaving::forget_closed(turn);
    if is_new {
        computed::begin(turn);
    } else if turn.contact.catalog_revision < turn.catalog.definitions {
        leaving::end_lost(turn);
        computed::recompute_all(turn);
        segments::recompute_all(turn);
        timers::recompute(turn);
    }
}

/// Looks at what happened, in the order of SEMANTICS 3: exits and goals, waits, triggers, then every moved run.
fn stimulate(turn: &mut Turn<'_>, stimulus: &Stimulus<'_>) {
    leaving::exits_and_goals(turn, stimulus);
    waits::end_satisfied(turn, stimulus);
    entering::trigger(turn, stimulus);
    steps::advance_moved(turn);
}

/// Looks at all consequences, then decides on the messages that are wanted; both may lead to more of either.
///
/// It ends: consequences are bounded by hops and number, and each message is decided on once.
fn settle(turn: &mut Turn<'_>) {
    let input_hop = turn.hop;
    // A run that waits for another one goes on wherever that one was ended.
    steps::advance_moved(turn);
    loop {
        if let Some(stimulus) = turn.derived.pop_front() {
            turn.hop = stimulus.hop;
            stimulate(turn, &stimulus);
        } else if !turn.intents.is_empty() {
            sending::release_intents(turn);
            steps::advance_moved(turn);
        } else if turn.messages_changed {
            // What became of a message may concern segments and conditions: of other runs, too.
            turn.messages_changed = false;
            let segments = segments::recompute(turn, &[Concern::Message], turn.at);
            turn.derive(Stimulus { segments, ..Stimulus::default() });
        } else {
            turn.hop = input_hop;
            return;
        }
    }
}

/// Looks at the consequences so far, but decides on no message yet.
fn follow_up(turn: &mut Turn<'_>) {
    let input_hop = turn.hop;
    while let Some(stimulus) = turn.derived.pop_front() {
        turn.hop = stimulus.hop;
        stimulate(turn, &stimulus);
    }
    turn.hop = input_hop;
}

/// An input that came before: it changes nothing, so that what is due stays due, and a new revision stays new.
fn unchanged(mut turn: Turn<'_>, input: &Input) -> Advanced {
    let (contact, record, since) = (turn.contact.clone(), turn.record.clone(), turn.contact.at);
    if let Some(history) = &input.history {
        // For the alarm: a deadline may hang on an occurrence that left the document.
        intake::absorb_history(&mut turn, history, since, None);
    }
    let alarm = deadlines::next(&turn, since);
    Advanced { contact, effects: turn.effects, record, alarm }
}

/// Closes the turn: the document is bounded again, and the alarm is set.
fn finish(mut turn: Turn<'_>, standing: Standing) -> Advanced {
    accounts::report(&mut turn);
    leaving::forget_closed(&mut turn);
    sending::trim_ledger(&mut turn);
    for id in std::mem::take(&mut turn.touched) {
        if let Some(message) = sending::message(&turn, id) {
            let message = Box::new(message.clone());
            turn.effects.push(Effect::Show(message));
        }
    }
    // Before summaries are trimmed: an occurrence that is about to leave the document may be the next deadline.
    let alarm = deadlines::next(&turn, turn.at);
    intake::trim_summaries(&mut turn);
    let Turn { mut contact, mut effects, record, at, catalog, is_behind, .. } = turn;
    effects.extend(counting::differences(standing, &contact));
    contact.at = at;
    contact.n_inputs = contact.n_inputs.saturating_add(1);
    if !is_behind {
        contact.catalog_revision = contact.catalog_revision.max(catalog.revision);
    }
    Advanced { contact, effects, record, alarm }
}

/// An input of a contact with all that followed from it in the same transaction.
#[derive(Debug, Clone, PartialEq)]
pub struct Taken {
    /// The contact after the last of them.
    pub contact: Contact,
    /// The earliest deadline of anything the contact waits for.
    pub alarm: Option<Timestamp>,
    /// The inputs in the order in which they were taken, each with its effects and record.
    pub inputs: Vec<TakenInput>,
}

/// One input of a [`Taken`]: one row of history.
#[derive(Debug, Clone, PartialEq)]
pub struct TakenInput {
    /// The input.
    pub input: Input,
    /// What the shell must do.
    pub effects: Vec<Effect>,
    /// What was decided and why.
    pub record: Record,
}

/// More than [`INPUTS_PER_TAKE_MAX`] inputs followed from one: it can't be processed (SEMANTICS 3.15).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("more than {INPUTS_PER_TAKE_MAX} inputs followed from this one in one transaction")]
pub struct Endless;

/// Takes an input and everything that follows from it at once: messages that `render` renders and events that steps
/// emit are the contact's next inputs, first in, first out.
///
/// Engine, scenario tests and simulation all come through here.
pub fn take(
    catalog: &Catalog,
    contact: Contact,
    input: Input,
    at: Timestamp,
    render: &mut dyn FnMut(&Render) -> Result<(), NotRendered>,
) -> Result<Taken, Endless> {
    let at = at.max(contact.at);
    let mut past = Past::of(catalog, &contact, &input, at);
    let mut taken = Taken { contact, alarm: None, inputs: Vec::new() };
    let mut waiting = VecDeque::from([input]);
    while let Some(mut input) = waiting.pop_front() {
        if !taken.inputs.is_empty() {
            input.history = past.as_ref().and_then(|past| past.for_next(catalog, &taken.contact));
        }
        let advanced = advance(catalog, taken.contact, &input, at);
        taken.contact = advanced.contact;
        taken.alarm = advanced.alarm;
        for (n, cause_and_hop) in
            advanced.effects.iter().filter_map(|effect| follows(effect, render)).enumerate()
        {
            let (cause, hop) = cause_and_hop;
            let id = InputId::hashed(at, &[&input.id.to_bytes(), b"follows", &(n as u64).to_be_bytes()]);
            waiting.push_back(Input { id, cause, history: None, refused_claims: Vec::new(), hop });
        }
        if taken.inputs.len() + waiting.len() >= INPUTS_PER_TAKE_MAX {
            return Err(Endless);
        }
        if let Some(past) = &mut past {
            past.add(&input);
        }
        taken.inputs.push(TakenInput { input, effects: advanced.effects, record: advanced.record });
    }
    Ok(taken)
}

/// The history that came with an input, for those that follow from it: each is taken from a document whose summaries
/// are bounded again, and nothing is decided on half a history (SEMANTICS 9.5).
struct Past {
    stretches: BTreeMap<EventName, Stretch>,
    events: Vec<PastEvent>,
}

impl Past {
    fn of(catalog: &Catalog, contact: &Contact, input: &Input, at: Timestamp) -> Option<Self> {
        let events = input.history.clone()?;
        Some(Self { stretches: wants(catalog, contact, input, at)?.events, events })
    }

    fn add(&mut self, input: &Input) {
        if let Cause::Event(event) = &input.cause
            && self.stretches.contains_key(&event.name)
        {
            self.events.push((&**event).into());
        }
    }

    /// What the next input needs, if it needs anything and all of it is here.
    fn for_next(&self, catalog: &Catalog, contact: &Contact) -> Option<Vec<PastEvent>> {
        let mut needs = Needs::default();
        lacks(&mut needs, catalog, contact, contact.at);
        let is_here = |(name, needed): (&EventName, &Stretch)| {
            self.stretches.get(name).is_some_and(|known| known.join(*needed) == *known)
        };
        (!needs.events.is_empty() && needs.events.iter().all(is_here)).then(|| self.events.clone())
    }
}

/// The input that an effect leads to in the same transaction, and its hop.
fn follows(
    effect: &Effect,
    render: &mut dyn FnMut(&Render) -> Result<(), NotRendered>,
) -> Option<(Cause, u32)> {
    match effect {
        Effect::Render(wanted) => {
            let what = match render(wanted) {
                Ok(()) => NewsKind::Rendered,
                Err(NotRendered::Aborted { reason }) => NewsKind::RenderAborted { reason },
                Err(NotRendered::Failed { error }) => NewsKind::RenderFailed { error },
            };
            Some((Cause::News(News { message: wanted.message, what }), wanted.hop))
        }
        Effect::Emit { event, hop } => Some((Cause::Event(event.clone()), *hop)),
        Effect::Dispatch { .. }
        | Effect::Retry { .. }
        | Effect::Cancel { .. }
        | Effect::Settle { .. }
        | Effect::Show(_)
        | Effect::Task(_)
        | Effect::Request { .. }
        | Effect::Seen(_)
        | Effect::Account { .. }
        | Effect::Tell { .. }
        | Effect::Hand { .. }
        | Effect::Consent(_)
        | Effect::Suppress { .. }
        | Effect::Count { .. } => None,
    }
}
