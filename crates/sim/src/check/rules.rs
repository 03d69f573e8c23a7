//! What must hold of what a contact took in, and of what was decided for it: by brute force.

use std::collections::{BTreeMap, BTreeSet};

use wend_domain::id::{ContactId, MessageId};
use wend_domain::input::{Cause, News, NewsKind, Outcome};
use wend_domain::record::Decision;
use wend_domain::time::{Period, Timestamp};

use super::Person;
use crate::clients::{CLIENTS, PHONES, Sent};
use crate::model::Row;
use crate::provider::Call;

/// When the clocks in Berlin go forward by an hour, during the only spring that is played.
const SUMMER_FROM: &str = "2026-03-29T01:00:00Z";

const HOUR_MS: i64 = 3_600_000;

/// How the engine begins to say that nobody heard what became of an attempt.
const GIVEN_UP: &str = "wend stopped";

/// How many gifts there are.
const GIFTS: usize = 5;

/// The caps of the portfolio: channel, how many, per how many milliseconds.
const CAPS: [(&str, usize, i64); 2] = [("email", 2, 24 * HOUR_MS), ("push", 2, 6 * HOUR_MS)];

/// What was sent after somebody was told that a catalog is published is decided by it, on every node.
pub fn by_published(person: &Person, sent: &[Sent], published: &[(u64, u64)]) -> Option<String> {
    person.rows.iter().filter(|row| !row.is_duplicate()).find_map(|row| {
        let event = row.input.cause.event()?;
        let sent = sent.iter().find(|sent| sent.event.message_id == event.message_id)?;
        let told =
            published.iter().filter(|(step, _)| *step < sent.first_at_step).map(|(_, revision)| *revision);
        let told = told.max().filter(|told| row.revision < *told)?;
        Some(format!(
            "{} was decided by revision {} although revision {told} had been published before it was sent",
            event.message_id, row.revision
        ))
    })
}

/// Nobody says of an attempt of a node that lives that nobody knows what became of it (SEMANTICS 8.4).
pub fn given_up(person: &Person, died: &BTreeSet<u64>) -> Option<String> {
    person.rows.iter().find_map(|row| {
        let Cause::News(News { message, what: NewsKind::Attempted { attempt, outcome, .. } }) =
            &row.input.cause
        else {
            return None;
        };
        let Outcome::Unknown { what } = outcome else { return None };
        let is_call = |call: &&Call| call.message == *message && call.attempt == *attempt;
        let call = person.calls.iter().find(is_call)?;
        let is_given_up = what.starts_with(GIVEN_UP) && !died.contains(&call.node);
        is_given_up
            .then(|| format!("attempt {attempt} of `{}` was given up although its node lives", call.text))
    })
}

/// Each accepted event was taken once, in the order of its client (SEMANTICS 3.2, 8.5).
pub fn taken_in(person: &Person, sent: &[Sent]) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut taken: Vec<&str> = Vec::new();
    for row in person.rows.iter().filter(|row| !row.is_duplicate()) {
        if let Cause::Event(event) = &row.input.cause {
            if taken.contains(&event.message_id.as_str()) {
                wrong.push(format!("the event {} was taken twice", event.message_id));
            }
            taken.push(&event.message_id);
        }
    }
    // An event that had come before changes nothing, the contact's time neither.
    let times: Vec<Timestamp> =
        person.rows.iter().filter(|row| !row.is_duplicate()).map(|row| row.at).collect();
    for window in times.windows(2).filter(|window| window[1] < window[0]) {
        wrong.push(format!("an input of {} was taken after one of {}", window[1], window[0]));
    }
    let own = || sent.iter().filter(|sent| sent.user == person.user);
    for sent in own().filter(|sent| sent.kept_at_step.is_some()) {
        if !taken.contains(&sent.event.message_id.as_str()) {
            wrong.push(format!("{} {} was accepted and is lost", sent.event.name, sent.event.message_id));
        }
    }
    for client in 0..CLIENTS {
        let ids: Vec<&str> =
            own().filter(|sent| sent.client == client).map(|sent| sent.event.message_id.as_str()).collect();
        let in_order: Vec<&str> = taken.iter().copied().filter(|id| ids.contains(id)).collect();
        if let Some((is, should)) = in_order.iter().zip(&ids).find(|(is, should)| is != should) {
            wrong.push(format!("client {client} sent {should} before {is}, which was taken first"));
        }
    }
    wrong
}

/// Each accepted event of a phone was taken once: by the contact that it was at first, or by the one that this became
/// part of.
pub fn phones(histories: &BTreeMap<ContactId, Vec<Row>>, sent: &[Sent]) -> Vec<String> {
    let mut taken: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (contact, rows) in histories {
        for row in rows.iter().filter(|row| !row.is_duplicate() && !row.is_sent_elsewhere()) {
            if let Some(event) = row.input.cause.event() {
                let how = format!("{contact} at {} as {}", row.at, row.input.cause.name());
                taken.entry(&event.message_id).or_default().push(how);
            }
        }
    }
    let of_phones = sent.iter().filter(|sent| PHONES.iter().any(|(phone, _)| *phone == sent.user));
    of_phones
        .filter_map(|sent| {
            let by = taken.get(sent.event.message_id.as_str()).map_or(&[][..], Vec::as_slice);
            let is_wrong = by.len() > 1 || (sent.kept_at_step.is_some() && by.is_empty());
            let (name, id) = (&sent.event.name, &sent.event.message_id);
            is_wrong.then(|| format!("{name} {id} of {} was taken {} times: {by:?}", sent.user, by.len()))
        })
        .collect()
}

/// At every release there was room in every cap (SEMANTICS 7.9).
pub fn caps(person: &Person) -> Vec<String> {
    let mut wrong = Vec::new();
    for (channel, max, per) in CAPS {
        // When each message counts: at its release, at what became of it, or not at all.
        let mut counts: BTreeMap<MessageId, Timestamp> = BTreeMap::new();
        let lines = person.rows.iter().flat_map(|row| row.record.iter().map(move |line| (row.at, line)));
        for (at, line) in lines {
            let Some(message) = line.message.and_then(|id| person.messages.get(&id)) else { continue };
            if message.channel.as_str() != channel || message.category.as_str() != "offers" {
                continue;
            }
            match &line.decision {
                Decision::Released { .. } => {
                    let since = at - Period::from_millis(per);
                    let n_others =
                        counts.values().filter(|counted| **counted > since && **counted <= at).count();
                    if n_others >= max {
                        wrong.push(format!(
                            "{n_others} by {channel} went within {per} ms before {at}, at most {max} may"
                        ));
                    }
                    counts.insert(message.id, at);
                }
                Decision::Sent { .. } | Decision::Uncertain { .. } => drop(counts.insert(message.id, at)),
                // When it is tried again is looked at when it went.
                Decision::Retrying { .. }
                | Decision::Deferred { .. }
                | Decision::Cancelled { .. }
                | Decision::Failed { .. }
                | Decision::Expired { .. }
                | Decision::Blocked { .. } => drop(counts.remove(&message.id)),
                _ => {}
            }
        }
    }
    wrong
}

/// No instant that was chosen for marketing by e-mail is in the quiet hours (SEMANTICS 7.10, 7.13).
pub fn quiet_hours(person: &Person) -> Vec<String> {
    let mut wrong = Vec::new();
    for row in &person.rows {
        for line in &row.record {
            let Some(message) = line.message.and_then(|id| person.messages.get(&id)) else { continue };
            if message.channel.as_str() != "email" || message.category.as_str() == "service" {
                continue;
            }
            let at = match &line.decision {
                Decision::Deferred { until, .. } => *until,
                Decision::Retrying { at } => *at,
                Decision::Released { .. } => row.at,
                _ => continue,
            };
            if is_quiet(at) {
                wrong.push(format!(
                    "{} of {} is to go at {at}, in the quiet hours",
                    message.template, message.id
                ));
            }
        }
    }
    wrong
}

/// Whether it is between 22:00 and 07:00 in Berlin.
fn is_quiet(at: Timestamp) -> bool {
    let is_summer = Timestamp::parse(SUMMER_FROM).is_some_and(|from| at >= from);
    let ahead = if is_summer { 2 } else { 1 };
    let hour = (at.as_millis() / HOUR_MS + ahead) % 24;
    !(7..22).contains(&hour)
}

/// Exactly as many gifts were granted as there are, or as were asked for (SEMANTICS 4.3).
pub fn entry_cap(people: &[Person]) -> Vec<String> {
    let asked: usize = people.iter().map(|person| person.model.gifts_asked).sum();
    let granted: usize = people.iter().map(|person| person.model.gifts_granted).sum();
    if granted == asked.min(GIFTS) {
        return Vec::new();
    }
    vec![format!("{granted} gifts were granted: {asked} were asked for, there are {GIFTS}")]
}

/// Nobody got anything but those who are known.
pub fn nobody_else(people: &[Person], calls: &[Call]) -> Vec<String> {
    let n_known: usize = people.iter().map(|person| person.calls.len()).sum();
    if n_known == calls.len() {
        Vec::new()
    } else {
        vec!["somebody got a message who doesn't exist".to_owned()]
    }
}
