//! Holding windows: of several messages on a channel one goes (SEMANTICS 7.11).
//!
//! The first message that is wanted opens the window of its channel. At the close, those that may go at all are ranked;
//! the first goes on to caps and quiet hours, and has won whatever these make of it. The others wait in the next window,
//! which opens at the close, or are blocked. Ghosts have windows of their own, in which they also meet what isn't a ghost.

use super::holdouts;
use super::sending::{self, about, message, message_mut, touch};
use super::turn::Turn;
use crate::id::MessageId;
use crate::message::{Message, MessageState, is_expired};
use crate::policy::{Arbitration, Losers};
use crate::record::Decision;
use crate::time::{Period, Timestamp};

/// Puts a message into the holding window of its channel; false if there is none, or it has won one before.
///
/// It may also be blocked here: by the same content, or since it expires before the close.
pub(super) fn holds(turn: &mut Turn<'_>, wanted: &Message) -> bool {
    let Some(policy) = window_of(turn, wanted) else { return false };
    if turn.arbitrated.contains(&wanted.id) {
        return false;
    }
    if let Some(stop) = sending::repeated(turn, wanted) {
        sending::block(turn, wanted.id, stop.rule, &stop.why);
        return true;
    }
    let until = open_until(turn, wanted).unwrap_or(turn.at + policy.hold);
    hold(turn, wanted, until, None);
    true
}

/// The arbitration of a message's channel, if it has a holding window.
fn window_of(turn: &Turn<'_>, message: &Message) -> Option<Arbitration> {
    let policy = turn.catalog.policies.arbitration.get(&message.channel)?;
    (policy.hold > Period::ZERO).then(|| policy.clone())
}

/// When the window that is open on a message's channel closes.
fn open_until(turn: &Turn<'_>, wanted: &Message) -> Option<Timestamp> {
    let held = turn.contact.ledger.iter().filter_map(|other| match other.state {
        MessageState::Held { until } => Some((other, until)),
        _ => None,
    });
    held.filter(|(other, _)| other.channel == wanted.channel && holdouts::sees(wanted, other))
        .map(|(_, until)| until)
        .filter(|until| *until > turn.at)
        .min()
}

/// Holds a message until a close, unless it expires by then; with what it lost to, if it did.
fn hold(turn: &mut Turn<'_>, wanted: &Message, until: Timestamp, lost: Option<&(String, String)>) {
    let lost_to = lost.map_or_else(String::new, |(to, numbers)| format!("{to} goes first ({numbers}); "));
    if let Some(expires_at) = wanted.expires_at.filter(|expires_at| is_expired(Some(*expires_at), until)) {
        let why = format!(
            "{lost_to}the holding window on {} closes at {until}, and the message expires at {expires_at}",
            wanted.channel
        );
        return sending::block(turn, wanted.id, "7.11", &why);
    }
    if let Some((to, numbers)) = lost {
        let then = format!("{numbers}; it waits in the next window, until {until}");
        turn.note("7.11", about(wanted), Decision::Lost { to: to.clone(), then });
    } else {
        turn.note("7.11", about(wanted), Decision::Held { until });
    }
    let at = turn.at;
    if let Some(message) = message_mut(turn, wanted.id) {
        message.state = MessageState::Held { until };
        message.state_at = at;
        message.reserved_at = None;
    }
    touch(turn, wanted.id);
}

/// Closes the window in which a message is held, and all that are due on its channel with it.
pub(super) fn close(turn: &mut Turn<'_>, first: MessageId, deadline: Timestamp) {
    let Some(channel) = message(turn, first).map(|message| message.channel.clone()) else { return };
    let due = |turn: &Turn<'_>| -> Vec<Message> {
        let is_due = |message: &&Message| {
            message.channel == channel
                && matches!(message.state, MessageState::Held { until } if until <= deadline)
                && !turn.is_message_held(message)
        };
        turn.contact.ledger.iter().filter(is_due).cloned().collect()
    };
    let held = due(turn);
    for message in &held {
        leave_if_stopped(turn, message);
    }
    // In order; an earlier one's end may have ended others.
    let mut held = due(turn);
    held.sort_by(|a, b| sending::order(turn, a).cmp(&sending::order(turn, b)));
    for message in &held {
        let rivals: Vec<&Message> = held.iter().filter(|other| holdouts::sees(message, other)).collect();
        match rivals.first() {
            Some(winner) if winner.id != message.id && window_of(turn, message).is_some() => {
                lose(turn, message, winner, rivals.len());
            }
            _ => win(turn, message, rivals.len() - 1),
        }
    }
}

/// What can't go at all takes part in no contest (SEMANTICS 7.1 to 7.4, 7.7).
fn leave_if_stopped(turn: &mut Turn<'_>, held: &Message) {
    let mut wanted = held.clone();
    wanted.content_hash = sending::content_hash(turn, held).unwrap_or_default();
    if let Some(expires_at) = held.expires_at.filter(|expires_at| is_expired(Some(*expires_at), turn.at)) {
        sending::expire(turn, held.id, expires_at);
    } else if let Some((rule, why)) = sending::forbidden(turn, held) {
        sending::block(turn, held.id, rule, &why);
    } else if let Some(stop) = sending::repeated(turn, &wanted) {
        sending::block(turn, held.id, stop.rule, &stop.why);
    }
}

fn win(turn: &mut Turn<'_>, winner: &Message, over: usize) {
    turn.note("7.11", about(winner), Decision::Won { over });
    let at = turn.at;
    if let Some(message) = message_mut(turn, winner.id) {
        message.state = MessageState::Rendering;
        message.state_at = at;
    }
    turn.arbitrated.insert(winner.id);
    turn.want(winner.id);
}

fn lose(turn: &mut Turn<'_>, loser: &Message, winner: &Message, n_held: usize) {
    let Some(policy) = window_of(turn, loser) else { return };
    let priorities = |message: &Message| {
        (sending::priority(turn, message), sending::step_priority(turn, message), message.intent_at)
    };
    let (theirs, ours) = (priorities(winner), priorities(loser));
    let to = format!("`{}` of `{}`", winner.template, winner.workflow);
    let numbers = if (theirs.0, theirs.1) == (ours.0, ours.1) {
        format!("both have the priorities {} and {}; wanted at {} and {}", ours.0, ours.1, theirs.2, ours.2)
    } else {
        format!("priorities {} and {} over {} and {}", theirs.0, theirs.1, ours.0, ours.1)
    };
    match policy.losers {
        Losers::Next => hold(turn, loser, turn.at + policy.hold, Some(&(to, numbers))),
        Losers::Drop => {
            let why = format!(
                "{to} goes first of {n_held} messages held on {} for {}: {numbers}",
                loser.channel, policy.hold
            );
            sending::block(turn, loser.id, "7.11", &why);
        }
    }
}
