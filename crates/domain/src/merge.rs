//! How the documents of two contacts who are one person become one (SEMANTICS 13.3).
//!
//! Each part joins by a rule of its own, and all are pure: known traits win, the strictest consent holds, what was counted
//! is added up, what is remembered is united. What then follows from it - of two runs of one key one ends, segments are
//! computed anew - is decided in `advance`.
//!
//! **Invariants.** Who was suppressed or opted out on either side is so afterwards. Every message that holds room in a cap
//! on either side holds it afterwards. What joins by union, sum, minimum or maximum doesn't depend on which contact
//! stays; only where one of two values must go does it: traits, and the id of the contact.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::activity::Activity;
use crate::behaviour::{Summaries, Summary, SummaryId, Tally};
use crate::contact::{Contact, Entry, Exposure, Timer, absorb_memberships};
use crate::id::{ContactId, ListName, WorkflowName};
use crate::limits::{
    ADDRESSES_PER_CONTACT_MAX, ANONYMOUS_IDS_MAX, APART_MAX, ENTRY_KEYS_MAX, EXPOSURES_MAX,
    LISTS_PER_CONTACT_MAX, TAGS_PER_CONTACT_MAX, TALLIES_MAX,
};
use crate::message::{Message, MessageState};
use crate::time::Timestamp;

/// Joins the document of a contact into that of the one which stays; summaries that `is_counted` already are left alone.
///
/// Runs of one workflow and key may be there twice afterwards: `advance` decides which of them stays.
pub fn join(contact: &mut Contact, other: Contact, at: Timestamp, is_counted: impl Fn(&SummaryId) -> bool) {
    let from = other.id;
    contact.created_at = contact.created_at.min(other.created_at);
    names(contact, &other, at);
    for (name, value) in other.traits {
        contact.traits.entry(name).or_insert(value);
    }
    contact.computed.extend(other.computed);
    contact.consent.absorb(other.consent);
    let summaries = other.summaries.into_iter().filter(|(id, _)| !is_counted(id)).collect();
    self::summaries(&mut contact.summaries, summaries);
    for (segment, since) in other.segments {
        let known = contact.segments.entry(segment).or_insert(since);
        *known = since.min(*known);
    }
    lists(&mut contact.lists, other.lists);
    for tag in other.tags {
        if contact.tags.len() < TAGS_PER_CONTACT_MAX {
            contact.tags.insert(tag);
        }
    }
    absorb_memberships(&mut contact.accounts, other.accounts);
    exposures(&mut contact.exposures, other.exposures);
    contact.activity = activity(&contact.activity, &other.activity);
    timers(&mut contact.timers, other.timers);
    contact.runs.extend(other.runs);
    contact.runs.sort_by_key(|run| (run.entered_at, run.id));
    contact.closed.extend(other.closed);
    contact.closed.sort_by_key(|run| (run.ended_at, run.id));
    entries(&mut contact.entries, other.entries);
    ledger(&mut contact.ledger, other.ledger, from, at);
    contact.seen.absorb(&other.seen);
}

/// What the contact is called, and who has become part of it.
fn names(contact: &mut Contact, other: &Contact, at: Timestamp) {
    if contact.user_id.is_none() {
        contact.user_id.clone_from(&other.user_id);
    }
    for (namespace, value) in &other.external_ids {
        contact.external_ids.entry(namespace.clone()).or_insert_with(|| value.clone());
    }
    older_first(&mut contact.anonymous_ids, &other.anonymous_ids, ANONYMOUS_IDS_MAX);
    older_first(&mut contact.emails, &other.emails, ADDRESSES_PER_CONTACT_MAX);
    older_first(&mut contact.phones, &other.phones, ADDRESSES_PER_CONTACT_MAX);
    contact.merged.extend(other.merged.iter().map(|(id, at)| (*id, *at)));
    contact.merged.insert(other.id, at);
    let room = APART_MAX.saturating_sub(contact.apart.len());
    contact.apart.extend(other.apart.iter().take(room));
}

/// The other's come first, so that what this one remembers leaves last.
fn older_first(own: &mut Vec<String>, others: &[String], max: usize) {
    let new: Vec<String> = others.iter().filter(|other| !own.contains(other)).cloned().collect();
    own.splice(0..0, new);
    let too_many = own.len().saturating_sub(max);
    own.drain(..too_many);
}

/// What both did, added up.
pub fn summaries(own: &mut Summaries, others: Summaries) {
    for (id, other) in others {
        let joined = match own.remove(&id) {
            Some(known) => summary(&known, &other),
            None => other,
        };
        own.insert(id, joined);
    }
}

/// One summary of both histories. Its entries are bounded again when it is trimmed.
fn summary(one: &Summary, other: &Summary) -> Summary {
    let mut entries = [one.entries.as_slice(), other.entries.as_slice()].concat();
    entries.sort_by(|one, other| {
        one.0
            .cmp(&other.0)
            .then(one.1.total_cmp(&other.1))
            .then_with(|| text(one.2.as_ref()).cmp(&text(other.2.as_ref())))
    });
    let first_of = |summary: &Summary| Some((summary.first?, summary.first_noted.clone()?));
    let last_of = |summary: &Summary| Some((summary.last?, summary.last_noted.clone()?));
    let first =
        first_of(one).into_iter().chain(first_of(other)).min_by_key(|(at, said)| (*at, said.to_string()));
    let last =
        last_of(one).into_iter().chain(last_of(other)).max_by_key(|(at, said)| (*at, said.to_string()));
    Summary {
        count: one.count.saturating_add(other.count),
        sum: one.sum + other.sum,
        first: one.first.into_iter().chain(other.first).min(),
        last: one.last.max(other.last),
        // Pieces of two histories overlap: they are counted anew from both.
        pieces: Vec::new(),
        entries,
        first_noted: first.map(|(_, said)| said),
        last_noted: last.map(|(_, said)| said),
        tallies: tallies(&one.tallies, &other.tallies),
        spilled: one.spilled || other.spilled || !one.pieces.is_empty() || !other.pieces.is_empty(),
    }
}

fn text(value: Option<&Value>) -> String {
    value.map(Value::to_string).unwrap_or_default()
}

/// How often each value occurred to both; if there are too many values the rarest leave.
fn tallies(one: &[Tally], other: &[Tally]) -> Vec<Tally> {
    let mut joined: BTreeMap<String, Tally> = BTreeMap::new();
    for tally in one.iter().chain(other) {
        match joined.get_mut(&tally.value.to_string()) {
            Some(known) => {
                known.n = known.n.saturating_add(tally.n);
                known.last = known.last.max(tally.last);
            }
            None => drop(joined.insert(tally.value.to_string(), tally.clone())),
        }
    }
    let mut joined: Vec<Tally> = joined.into_values().collect();
    // The sort is stable: of equally rare ones the order of their texts decides.
    joined.sort_by_key(|tally| std::cmp::Reverse((tally.n, tally.last)));
    joined.truncate(TALLIES_MAX);
    joined
}

fn lists(own: &mut BTreeMap<ListName, Timestamp>, others: BTreeMap<ListName, Timestamp>) {
    for (list, since) in others {
        if let Some(known) = own.get_mut(&list) {
            *known = since.min(*known);
        } else if own.len() < LISTS_PER_CONTACT_MAX {
            own.insert(list, since);
        }
    }
}

/// What was shown first stays (SEMANTICS 10.2).
fn exposures(own: &mut BTreeMap<String, Exposure>, others: BTreeMap<String, Exposure>) {
    for (experiment, other) in others {
        let rank = |shown: &Exposure| (shown.ghost, shown.at, shown.variant.clone());
        match own.get(&experiment) {
            Some(known) if rank(known) <= rank(&other) => {}
            None if own.len() >= EXPOSURES_MAX => {}
            _ => drop(own.insert(experiment, other)),
        }
    }
}

/// The habits of both.
pub fn activity(one: &Activity, other: &Activity) -> Activity {
    one.joined(other)
}

/// Of two deadlines of one trigger and key the later stays: whatever put it off was the person's doing. Those of segments
/// are set with the memberships.
fn timers(own: &mut Vec<Timer>, others: Vec<Timer>) {
    for other in others {
        match own.iter_mut().find(|known| known.of == other.of && known.key == other.key) {
            Some(known) if known.at < other.at => *known = other,
            Some(_) => {}
            None => own.push(other),
        }
    }
    own.sort_by(|one, other| (one.at, &one.of, &one.key).cmp(&(other.at, &other.of, &other.key)));
}

type Entries = BTreeMap<WorkflowName, BTreeMap<String, Entry>>;

fn entries(own: &mut Entries, others: Entries) {
    for (workflow, others) in others {
        let keys = own.entry(workflow).or_default();
        for (key, other) in others {
            let known = keys.entry(key).or_insert(Entry { at: other.at, n: 0 });
            *known = Entry { at: known.at.max(other.at), n: known.n.saturating_add(other.n) };
        }
        while keys.len() > ENTRY_KEYS_MAX {
            let oldest = keys.iter().min_by_key(|(key, entry)| (entry.at, (*key).clone()));
            let Some(oldest) = oldest.map(|(key, _)| key.clone()) else { break };
            keys.remove(&oldest);
        }
    }
}

/// The messages of both, oldest first. What was in the other's outbox was taken back as it froze: it is decided on anew,
/// at the instant for which it was meant, under the caps and the consent of both.
fn ledger(own: &mut Vec<Message>, others: Vec<Message>, from: ContactId, at: Timestamp) {
    own.extend(
        others.into_iter().map(|message| resumed(Message { of: message.of.or(Some(from)), ..message }, at)),
    );
    own.sort_by_key(|message| (message.intent_at, message.id));
}

/// A message that was taken out of the outbox, as it waits to be decided on again.
pub fn resumed(mut message: Message, at: Timestamp) -> Message {
    if let MessageState::Pending { due_at } = message.state {
        message.state = MessageState::Scheduled { until: due_at.max(at) };
        message.state_at = at;
        // Attempts are counted by the outbox row, and it will be a new one.
        message.attempts = 0;
    }
    message
}

#[cfg(test)]
mod tests;
