//! When a message may go: caps, quiet hours and send windows, solved together (SEMANTICS 7.4, 7.6, 7.9, 7.10).

mod clock;
mod reserve;
mod room;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use super::{Arbitration, Cap, Policies, QuietHours, Repeat, Scope, SendWindow, Then};
use crate::id::{ContactId, chance};
use crate::limits::{DEFER_FOR_MS_MAX, SEND_INSTANTS_TRIED_MAX};
use crate::message::{Message, MessageState};
use crate::planted;
use crate::time::{Period, Timestamp};
use crate::zone::Zone;
use reserve::Ahead;
use room::Room;

/// When a message may go, or what stops it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It may go at this instant, not before; `deferred_by` says what moved it beyond `at`, in the order found.
    SendAt {
        /// The earliest instant that satisfies all policies together.
        at: Timestamp,
        /// What moved it; empty if it may go at once.
        deferred_by: Vec<Stop>,
    },
    /// It is blocked.
    Blocked(Stop),
}

/// A policy that moves or stops a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stop {
    /// The rule of SEMANTICS: `7.4`, `7.6`, `7.9`, `7.10`, `7.11`.
    pub rule: &'static str,
    /// What it was, with the numbers: `cap of 3 per 7d over email: 3 sent or reserved since …`.
    pub why: String,
}

/// Decides when `message` may go.
///
/// `others` are the contact's other messages; those with a reservation count for caps, later ones included. A message
/// that isn't a ghost sees no ghosts (SEMANTICS 7.8). `priority_of` is the priority of a message's workflow. `zone` is the contact's, or the workspace's where it is unknown. Transactional messages must not be asked about
/// (SEMANTICS 7.12).
///
/// Policies that defer move the instant to the earliest that satisfies all of them; policies that drop then judge that
/// instant, as it is the one at which the message would go. A message that nothing moves is not asked whether it has
/// expired: that is 7.7.
pub fn decide<'a>(
    message: &Message,
    contact: ContactId,
    policies: &Policies,
    zone: &Zone,
    others: impl Iterator<Item = &'a Message> + Clone,
    priority_of: &dyn Fn(&Message) -> i32,
    at: Timestamp,
) -> Verdict {
    let others = seen_by(message, others);
    let rules = rules(message, policies, zone, &others, priority_of);
    // The same content is stopped where it stands, before anything moves it (SEMANTICS 7.4).
    if let Some(rule) = rules.iter().find(|rule| rule.kind.is_repeat() && !rule.allows(at)) {
        return Verdict::Blocked(rule.stop(at));
    }
    let latest = match message.expires_at {
        Some(expires_at) => expires_at - Period::from_millis(1),
        None => at + Period::from_millis(DEFER_FOR_MS_MAX),
    };
    let (earliest, deferred_by) = match earliest_together(&rules, at, latest) {
        Ok(found) => found,
        Err(stop) => return Verdict::Blocked(stop),
    };
    if let Some(rule) = rules.iter().find(|rule| !rule.allows(earliest)) {
        return Verdict::Blocked(rule.stop(earliest));
    }
    Verdict::SendAt { at: spread(&rules, message, contact, at, earliest, latest), deferred_by }
}

/// Whether the same content stops `message` at `at` (SEMANTICS 7.4).
pub fn repeated<'a>(
    message: &Message,
    policies: &Policies,
    zone: &Zone,
    others: impl Iterator<Item = &'a Message> + Clone,
    at: Timestamp,
) -> Option<Stop> {
    let others = seen_by(message, others);
    repeats(message, policies, zone, &others).find(|rule| !rule.allows(at)).map(|rule| rule.stop(at))
}

/// The messages that this one takes into account.
fn seen_by<'a, 'm>(
    message: &'m Message,
    others: impl Iterator<Item = &'a Message> + Clone,
) -> impl Iterator<Item = &'a Message> + Clone {
    let (id, is_ghost) = (message.id, message.ghost);
    others.filter(move |other| other.id != id && (is_ghost || !other.ghost))
}

/// One policy that covers the message.
struct Rule<'a> {
    kind: Kind<'a>,
    zone: &'a Zone,
    then: Then,
}

enum Kind<'a> {
    Repeat(&'a Repeat, Room),
    Cap(&'a Cap, Room),
    QuietHours(&'a QuietHours),
    SendWindow(&'a SendWindow),
    Reserve(&'a Arbitration, Ahead),
}

impl Kind<'_> {
    fn is_repeat(&self) -> bool {
        matches!(self, Self::Repeat(..))
    }
}

/// The policies that cover the message, in the order of SEMANTICS 7.
fn rules<'a, 'm>(
    message: &Message,
    policies: &'a Policies,
    zone: &'a Zone,
    others: &(impl Iterator<Item = &'m Message> + Clone),
    priority_of: &dyn Fn(&Message) -> i32,
) -> Vec<Rule<'a>> {
    let covers = |scope: &Scope, message: &Message| {
        scope.covers(&message.channel, &message.category, &message.workflow)
    };
    let caps = policies.caps.iter().filter(|cap| covers(&cap.scope, message)).map(|cap| {
        let counted = others.clone().filter(|other| covers(&cap.scope, other));
        let max = if planted!("cap-off-by-one") { cap.max + 1 } else { cap.max };
        let room = Room::new(max, cap.per, counted.filter_map(|other| other.reserved_at));
        Rule { kind: Kind::Cap(cap, room), zone, then: cap.then }
    });
    let quiet_hours = policies.quiet_hours.iter().filter(|hours| covers(&hours.scope, message));
    let quiet_hours = quiet_hours.map(|hours| Rule { kind: Kind::QuietHours(hours), zone, then: hours.then });
    let windows = policies.send_windows.iter().filter(|window| covers(&window.scope, message));
    let windows = windows.map(|window| Rule { kind: Kind::SendWindow(window), zone, then: window.then });
    let reserves = policies.arbitration.get(&message.channel).filter(|policy| policy.reserve > Period::ZERO);
    let reserves = reserves.map(|policy| {
        let ahead = Ahead::of(message, policy.reserve, others.clone(), priority_of);
        Rule { kind: Kind::Reserve(policy, ahead), zone, then: Then::Defer }
    });
    let repeats = repeats(message, policies, zone, others);
    repeats.chain(caps).chain(quiet_hours).chain(windows).chain(reserves).collect()
}

fn repeats<'a, 'm>(
    message: &Message,
    policies: &'a Policies,
    zone: &'a Zone,
    others: &(impl Iterator<Item = &'m Message> + Clone),
) -> impl Iterator<Item = Rule<'a>> {
    let covers = |scope: &Scope, message: &Message| {
        scope.covers(&message.channel, &message.category, &message.workflow)
    };
    let repeats = policies
        .repeats
        .iter()
        .filter(move |repeat| !message.content_hash.is_empty() && covers(&repeat.scope, message));
    repeats.map(move |repeat| {
        let same = others
            .clone()
            .filter(|other| other.content_hash == message.content_hash && covers(&repeat.scope, other));
        let kind = Kind::Repeat(repeat, Room::new(1, repeat.per, same.filter_map(sent_or_reserved_at)));
        Rule { kind, zone, then: Then::Drop }
    })
}

/// A message that was sent without holding room, as transactional ones are, still had its content.
fn sent_or_reserved_at(message: &Message) -> Option<Timestamp> {
    message.reserved_at.or_else(|| matches!(message.state, MessageState::Sent).then_some(message.state_at))
}

/// The earliest instant from `at` on that satisfies every policy that defers, and what moved it there.
///
/// Each candidate is the latest of what the policies ask for by themselves, none of which can be skipped: so no
/// instant before the answer satisfies all of them.
fn earliest_together(
    rules: &[Rule<'_>],
    at: Timestamp,
    latest: Timestamp,
) -> Result<(Timestamp, Vec<Stop>), Stop> {
    let mut candidate = at;
    let mut named = BTreeSet::new();
    let mut deferred_by: Vec<Stop> = Vec::new();
    for _ in 0..SEND_INSTANTS_TRIED_MAX {
        let mut next = candidate;
        for (n, rule) in rules.iter().enumerate().filter(|(_, rule)| rule.then == Then::Defer) {
            let Some(allowed) = rule.earliest(candidate) else { return Err(rule.stop(candidate)) };
            if allowed > candidate && named.insert(n) {
                deferred_by.push(rule.stop(candidate));
            }
            next = next.max(allowed);
        }
        if next == candidate {
            return Ok((candidate, deferred_by));
        }
        if next > latest {
            return Err(none_in_time(next, latest, &deferred_by));
        }
        candidate = next;
    }
    let why =
        format!("{SEND_INSTANTS_TRIED_MAX} instants tried, the last {candidate}: {}", list(&deferred_by));
    Err(Stop { rule: "7.10", why })
}

fn none_in_time(next: Timestamp, latest: Timestamp, deferred_by: &[Stop]) -> Stop {
    let why = format!("not before {next}, and it may go until {latest} at the latest: {}", list(deferred_by));
    Stop { rule: "7.10", why }
}

fn list(stops: &[Stop]) -> String {
    stops.iter().map(|stop| stop.why.as_str()).collect::<Vec<_>>().join("; ")
}

/// Moves an instant at which quiet hours end by what the contact and the message decide, so that not all messages that
/// waited for it go at once (SEMANTICS 7.10).
///
/// Where the moved instant would meet another policy, half the way is tried, and so on; the earliest always remains.
fn spread(
    rules: &[Rule<'_>],
    message: &Message,
    contact: ContactId,
    at: Timestamp,
    earliest: Timestamp,
    latest: Timestamp,
) -> Timestamp {
    if earliest == at {
        return earliest;
    }
    let before = earliest - Period::from_millis(1);
    let span_ms = rules.iter().filter(|rule| rule.then == Then::Defer && !rule.allows(before));
    let span_ms = span_ms.map(|rule| match rule.kind {
        Kind::QuietHours(hours) => hours.spread.as_millis().max(0) as u64,
        Kind::Repeat(..) | Kind::Cap(..) | Kind::SendWindow(_) | Kind::Reserve(..) => 0,
    });
    let decided_by = [&contact.to_bytes()[..], &message.id.to_bytes()];
    let mut offset_ms = chance("spread", &decided_by, span_ms.max().unwrap_or(0)) as i64;
    while offset_ms > 0 {
        let moved = earliest + Period::from_millis(offset_ms);
        if moved <= latest && rules.iter().all(|rule| rule.allows(moved)) {
            return moved;
        }
        offset_ms /= 2;
    }
    earliest
}

impl Rule<'_> {
    /// The earliest instant at or after `from` that the policy allows; `None` if it never does.
    fn earliest(&self, from: Timestamp) -> Option<Timestamp> {
        match &self.kind {
            Kind::Repeat(_, room) | Kind::Cap(_, room) => room.earliest(from),
            Kind::QuietHours(hours) => clock::after_quiet_hours(hours, self.zone, from),
            Kind::SendWindow(window) => clock::in_send_window(window, self.zone, from),
            Kind::Reserve(_, ahead) => Some(ahead.earliest(from)),
        }
    }

    fn allows(&self, at: Timestamp) -> bool {
        self.earliest(at) == Some(at)
    }

    /// What the policy says against `at`, with the numbers.
    fn stop(&self, at: Timestamp) -> Stop {
        let until = self.earliest(at).map_or_else(|| "never".to_owned(), |earliest| earliest.to_string());
        let clock = || self.zone.local(at).strftime("%A %H:%M").to_string();
        let zone = self.zone.name();
        match &self.kind {
            Kind::Repeat(repeat, room) => {
                let then = room.group_at(at).map_or_else(String::new, |(then, _)| format!(" at {then}"));
                let why =
                    format!("the same content is sent or reserved{then}, less than {} from {at}", repeat.per);
                Stop { rule: "7.4", why }
            }
            Kind::Cap(cap, room) => {
                let taken = room.group_at(at).map_or_else(String::new, |(first, last)| {
                    format!("{} sent or reserved from {first} to {last}, ", cap.max)
                });
                let what = if cap.chosen {
                    format!("the contact chose at most {} per {}", cap.max, cap.per)
                } else {
                    format!("cap of {} per {} over {}", cap.max, cap.per, over(&cap.scope))
                };
                Stop { rule: "7.9", why: format!("{what}: {taken}room again: {until}") }
            }
            Kind::QuietHours(QuietHours { from, to, .. }) => {
                let why =
                    format!("quiet hours {from} to {to}: it is {} in {zone}, quiet until {until}", clock());
                Stop { rule: "7.6", why }
            }
            Kind::SendWindow(window) => {
                let days: Vec<&str> = window.days.iter().map(|day| day.name()).collect();
                let days = if days.is_empty() { "every day".to_owned() } else { days.join(", ") };
                let what = format!("send window {} to {} on {days}", window.from, window.to);
                let why = format!("{what}: it is {} in {zone}, opens: {until}", clock());
                Stop { rule: "7.6", why }
            }
            Kind::Reserve(policy, ahead) => {
                let taken = ahead.at(at).map_or_else(String::new, |taken| format!(" {taken},"));
                let why = format!("{} are reserved before{taken} free again: {until}", policy.reserve);
                Stop { rule: "7.11", why }
            }
        }
    }
}

/// What a scope speaks of, in words.
fn over(scope: &Scope) -> String {
    let channels = scope.channels.iter().map(ToString::to_string);
    let categories = scope.categories.iter().map(ToString::to_string);
    let workflows = scope.workflows.iter().map(ToString::to_string);
    let sets = [
        channels.collect::<Vec<_>>().join(" and "),
        categories.collect::<Vec<_>>().join(" and "),
        workflows.collect::<Vec<_>>().join(" and "),
    ];
    let named: Vec<String> = sets.into_iter().filter(|set| !set.is_empty()).collect();
    if named.is_empty() { "everything".to_owned() } else { named.join(", ") }
}
