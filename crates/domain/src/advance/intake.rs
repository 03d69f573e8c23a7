//! What an input says, applied: identifiers, deduplication, traits, behaviour (SEMANTICS 3.1 to 3.5).

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::counting::{self, CameOrWent};
use super::turn::{About, Stimulus, TraitChange, Turn};
use super::{accounts, computed, consents, imports};
use crate::behaviour::{PastEvent, Summary, SummaryId};
use crate::catalog::Concern;
use crate::contact::Contact;
use crate::effect::Effect;
use crate::event::{Event, EventKind};
use crate::id::ListName;
use crate::identity::{Identifier, IdentifierKind, news};
use crate::input::{Absorb, Cause, Input};
use crate::limits::{
    ADDRESSES_PER_CONTACT_MAX, ANONYMOUS_IDS_MAX, LISTS_PER_CONTACT_MAX, TAGS_PER_CONTACT_MAX,
};
use crate::planted;
use crate::profile::seen;
use crate::record::Decision;
use crate::time::Timestamp;

/// Takes the identifiers that brought the input here, and records those that stay with another contact (SEMANTICS 3.1).
pub(super) fn identify(turn: &mut Turn<'_>, input: &Input) {
    if turn.contact.n_inputs == 0 {
        turn.note("3.1", About::default(), Decision::Created);
        turn.count("contacts_created".to_owned());
    }
    for (identifier, value, why) in &input.refused_claims {
        let (identifier, value, why) = (identifier.clone(), value.clone(), why.clone());
        turn.note("13.2", About::default(), Decision::ClaimRefused { identifier, value, why });
    }
    let Cause::Event(event) = &input.cause else { return };
    for identifier in news(event, &turn.catalog.policies.identity, &turn.contact) {
        let is_refused = input
            .refused_claims
            .iter()
            .any(|(kind, value, _)| kind == identifier.kind.as_str() && *value == identifier.value);
        if !is_refused {
            take_identifier(turn, identifier);
        }
    }
}

/// Remembers an identifier. That an address means the contact goes without saying: the trait says it.
fn take_identifier(turn: &mut Turn<'_>, identifier: Identifier) {
    let contact = &mut turn.contact;
    let is_told = match identifier.kind {
        IdentifierKind::UserId => {
            contact.user_id.is_none() && contact.user_id.replace(identifier.value.clone()).is_none()
        }
        IdentifierKind::External => match identifier.external() {
            Some((namespace, value)) if !contact.external_ids.contains_key(namespace) => {
                contact.external_ids.insert(namespace.to_owned(), value.to_owned()).is_none()
            }
            _ => false,
        },
        IdentifierKind::AnonymousId => {
            remember(&mut contact.anonymous_ids, &identifier.value, ANONYMOUS_IDS_MAX)
        }
        IdentifierKind::Email => {
            remember(&mut contact.emails, &identifier.value, ADDRESSES_PER_CONTACT_MAX);
            false
        }
        IdentifierKind::Phone => {
            remember(&mut contact.phones, &identifier.value, ADDRESSES_PER_CONTACT_MAX);
            false
        }
    };
    if is_told {
        let Identifier { kind, value } = identifier;
        let decision = Decision::Identified { identifier: kind.as_str().to_owned(), value };
        turn.note("3.1", About::default(), decision);
    }
}

/// Remembers a value among others, of which the oldest leaves if there are too many; false if it is known.
fn remember(known: &mut Vec<String>, value: &str, max: usize) -> bool {
    if known.iter().any(|known| known == value) {
        return false;
    }
    if known.len() >= max {
        known.remove(0);
    }
    known.push(value.to_owned());
    true
}

/// Whether the event came before (SEMANTICS 3.2); remembers it if not.
pub(super) fn is_duplicate(turn: &mut Turn<'_>, event: &Event) -> bool {
    let is_new = turn.contact.seen.insert(&event.message_id, turn.at) || planted!("dedup-forgets");
    if !is_new {
        let message_id = event.message_id.clone();
        turn.note("3.2", About::default(), Decision::Duplicate { message_id });
    }
    !is_new
}

/// Brings summaries up to date that are new to the document, from the history that was loaded, and opens those in which a
/// window ends.
///
/// As of `since`, the last input: the deadlines between then and now are judged with it. Of a contact that another one
/// becomes part of, the history is that of both. Answers what was computed.
pub(super) fn absorb_history(
    turn: &mut Turn<'_>,
    history: &[PastEvent],
    since: Timestamp,
    absorbs: Option<&Absorb>,
) -> BTreeSet<SummaryId> {
    let mut computed = BTreeSet::new();
    let at = turn.at;
    for (id, definition) in &turn.catalog.summaries {
        let is_new = |contact: &Contact| definition.since > contact.catalog_revision;
        let lacks = |contact: &Contact| {
            contact.summaries.get(id).is_some_and(|summary| summary.spilled) || is_new(contact)
        };
        let in_pieces =
            |contact: &Contact| contact.summaries.get(id).is_some_and(|summary| !summary.pieces.is_empty());
        let joins = |absorb: &Absorb| {
            lacks(&absorb.document) || in_pieces(&absorb.document) || in_pieces(&turn.contact)
        };
        if lacks(&turn.contact) || absorbs.is_some_and(joins) {
            computed.insert(id.clone());
            let summary = Summary::rebuild(definition, history.iter(), since);
            if summary.count == 0 {
                turn.contact.summaries.remove(id);
            } else {
                turn.contact.summaries.insert(id.clone(), summary);
            }
        } else if let Some(summary) = turn.contact.summaries.get_mut(id) {
            summary.open(definition, history, since, at);
        }
    }
    turn.note("9.5", About::default(), Decision::HistoryLoaded { events: history.len() });
    computed
}

/// Bounds the summaries for storing.
pub(super) fn trim_summaries(turn: &mut Turn<'_>) {
    for (id, summary) in &mut turn.contact.summaries {
        if let Some(definition) = turn.catalog.summaries.get(id) {
            summary.trim(definition, turn.at);
        }
    }
    turn.contact.summaries.retain(|id, _| turn.catalog.summaries.contains_key(id));
}

/// Applies what an event says of the contact, and answers what exits, waits and triggers must look at.
pub(super) fn apply_event<'e>(turn: &mut Turn<'_>, event: &'e Event) -> Stimulus<'e> {
    let mut concerns = Vec::new();
    let mut traits = match &event.brought {
        Some(brought) => imports::apply(turn, event, brought, &mut concerns),
        None => set_traits(turn, "3.4", &event.traits, &mut concerns),
    };
    note_seen(turn, event);
    if event.kind == EventKind::Track {
        consents::apply_event(turn, event, &mut concerns);
    }
    let ids = turn.catalog.index.summaries_by_event.get(&event.name).map_or(&[][..], Vec::as_slice);
    let mut changed = Vec::new();
    for id in ids {
        let definition = &turn.catalog.summaries[id];
        if let Some(counted) = definition.counted(&event.name, &event.properties, event.occurred_at) {
            turn.contact.summaries.entry(id.clone()).or_default().note(definition, counted, turn.at);
            concerns.push(Concern::Summary(id.clone()));
            changed.push(id.clone());
        }
    }
    traits.extend(computed::follow(turn, &changed, &mut concerns));
    accounts::grouped(turn, event, &mut concerns);
    note_activity(turn, event);
    let segments = super::segments::recompute(turn, &concerns, turn.at);
    super::timers::heard(turn, event);
    let consents = std::mem::take(&mut turn.consents);
    Stimulus { event: Some(event), traits, segments, consents, hop: turn.hop, ..Stimulus::default() }
}

/// Notes of which types the traits of an event are, and what is wrong with them: reported, and never dropped.
fn note_seen(turn: &mut Turn<'_>, event: &Event) {
    if event.kind == EventKind::Identify {
        let is_known = turn.contact.user_id.is_some();
        let seen = seen(&turn.catalog.traits, &event.traits, is_known.then_some(&turn.contact.traits));
        if !seen.is_empty() {
            turn.effects.push(Effect::Seen(seen));
        }
    }
}

/// Remembers at which hour the contact was active; what a step emitted or an import brought says nothing of it.
fn note_activity(turn: &mut Turn<'_>, event: &Event) {
    match event.kind {
        EventKind::Track | EventKind::Page | EventKind::Screen if turn.hop == 0 && !event.imported => {
            was_active(turn, event.occurred_at, ACTIVITY_OF_EVENT);
        }
        EventKind::Track
        | EventKind::Page
        | EventKind::Screen
        | EventKind::Identify
        | EventKind::Group
        | EventKind::Alias => {}
    }
}

/// How much an event says of when the contact is active.
const ACTIVITY_OF_EVENT: u8 = 1;

/// Remembers that the contact was active at an instant, by the clocks where it is.
pub(super) fn was_active(turn: &mut Turn<'_>, at: Timestamp, weight: u8) {
    let zone = turn.contact.zone();
    let zone = zone.as_ref().unwrap_or(&turn.catalog.policies.zone);
    turn.contact.activity.note_at(at, zone, weight);
}

/// Sets traits; null removes. Answers what changed.
pub(super) fn set_traits(
    turn: &mut Turn<'_>,
    rule: &str,
    traits: &Map<String, Value>,
    concerns: &mut Vec<Concern>,
) -> Vec<TraitChange> {
    let mut changes = Vec::new();
    for (name, value) in traits {
        changes.extend(set_trait(turn, rule, About::default(), name, value, concerns));
    }
    changes
}

/// Sets one trait, unless it is computed; null removes. Answers the change, if it is one.
pub(super) fn set_trait(
    turn: &mut Turn<'_>,
    rule: &str,
    about: About,
    name: &str,
    value: &Value,
    concerns: &mut Vec<Concern>,
) -> Option<TraitChange> {
    if turn.catalog.traits.computed.contains_key(name) {
        computed::left_out(turn, rule, about, name);
        return None;
    }
    put_trait(turn, rule, about, name, value, concerns)
}

/// Sets one trait; null removes. Answers the change, if it is one.
pub(super) fn put_trait(
    turn: &mut Turn<'_>,
    rule: &str,
    about: About,
    name: &str,
    value: &Value,
    concerns: &mut Vec<Concern>,
) -> Option<TraitChange> {
    let to = Some(value).filter(|value| !value.is_null());
    let from = match to {
        Some(value) if turn.contact.traits.get(name) == Some(value) => return None,
        Some(value) => turn.contact.traits.insert(name.to_owned(), value.clone()),
        None => Some(turn.contact.traits.remove(name)?),
    };
    concerns.push(Concern::Trait(name.to_owned()));
    let decision = Decision::TraitChanged {
        name: name.to_owned(),
        from: from.clone().unwrap_or(Value::Null),
        to: value.clone(),
    };
    turn.note(rule, about, decision);
    Some(TraitChange { name: name.to_owned(), from, to: to.cloned() })
}

/// Puts the contact on a static list, or takes it off.
pub(super) fn put_on_list(
    turn: &mut Turn<'_>,
    about: About,
    list: &ListName,
    on: bool,
    concerns: &mut Vec<Concern>,
) {
    let at = turn.at;
    if turn.contact.lists.contains_key(list) == on {
        return;
    }
    if on && turn.contact.lists.len() >= LISTS_PER_CONTACT_MAX {
        let why = format!("the contact is on {LISTS_PER_CONTACT_MAX} lists already, so not on {list}");
        return turn.note("3.4", about, Decision::NotDone { why });
    }
    if on {
        turn.contact.lists.insert(list.clone(), at);
    } else {
        turn.contact.lists.remove(list);
    }
    turn.note("3.4", about, Decision::ListChanged { list: list.clone(), on });
    counting::note_day(turn, &counting::on_list(list), CameOrWent::of(on, false));
    concerns.push(Concern::List(list.clone()));
}

/// Gives the contact a tag, or takes it away.
pub(super) fn tag(turn: &mut Turn<'_>, about: About, tag: &str, on: bool, concerns: &mut Vec<Concern>) {
    if turn.contact.tags.contains(tag) == on {
        return;
    }
    if on && turn.contact.tags.len() >= TAGS_PER_CONTACT_MAX {
        let why = format!("the contact has {TAGS_PER_CONTACT_MAX} tags already, so it did not get {tag}");
        return turn.note("3.4", about, Decision::NotDone { why });
    }
    if on {
        turn.contact.tags.insert(tag.to_owned());
    } else {
        turn.contact.tags.remove(tag);
    }
    turn.note("3.4", about, Decision::TagChanged { tag: tag.to_owned(), on });
    concerns.push(Concern::Tag(tag.to_owned()));
}

/// Whether an event is old news: imported, or older than 24 hours (SEMANTICS 2.1).
pub(super) fn is_late(event: &Event, at: Timestamp) -> bool {
    event.imported || at.since(event.occurred_at).as_millis() > crate::limits::LATE_AFTER_MS
}

/// Whether an event may act on something that began at `since`: old news can't end what began after it.
pub(super) fn may_act_on(event: &Event, since: Timestamp, at: Timestamp) -> bool {
    !is_late(event, at) || event.occurred_at >= since
}
