//! What became of a message, as it is told: rendered, late, attempted, expired, engaged with (SEMANTICS 7.13, 8). What
//! follows from an attempt is in `attempts`, what from an engagement in `engagement`, what others report in `reports`.

use std::collections::BTreeMap;

use super::attempts::{Tried, attempted, uncertain};
use super::engagement::engaged;
use super::sending::{self, about, message, message_mut, touch};
use super::turn::{About, Engaged, Turn};
use super::{calls, leaving, reports, steps, tasks};
use crate::effect::Effect;
use crate::id::MessageId;
use crate::input::{News, NewsKind};
use crate::limits::RELEASES_PER_INSTANT_MAX;
use crate::message::{Message, MessageKind, MessageState};
use crate::policy::instant::Verdict;
use crate::predicate::Engagement;
use crate::record::Decision;
use crate::report::Told;
use crate::run::EndReason;
use crate::time::Timestamp;

/// Takes news about a message, and answers what waits and triggers must look at.
pub(super) fn take(turn: &mut Turn<'_>, news: &News) -> Option<Engaged> {
    let id = news.message;
    let Some(known) = message(turn, id).cloned() else {
        // The ledger has forgotten it: there is nothing left to decide of it, and nothing may stay in the outbox.
        if let NewsKind::Reported(report) = &news.what {
            reports::take_forgotten(turn, report);
        }
        turn.effects.push(Effect::Settle { message: id });
        return None;
    };
    match &news.what {
        NewsKind::Rendered => rendered(turn, &known),
        NewsKind::RenderAborted { reason } => sending::render_aborted(turn, id, reason),
        NewsKind::RenderFailed { error } => sending::render_failed(turn, id, error),
        NewsKind::Attempted { attempt, outcome, answer, receipt } => {
            let before = known.engagement.clone();
            let tried =
                Tried { attempt: *attempt, outcome, answer: answer.as_deref(), receipt: receipt.as_deref() };
            attempted(turn, known, &tried);
            return first_since(turn, id, &before);
        }
        NewsKind::ExpiredAtClaim => {
            turn.effects.push(Effect::Settle { message: id });
            if !known.state.is_settled() && known.may_have_gone {
                uncertain(turn, &known, "not tried again: the message expired");
            } else if !known.state.is_settled() {
                sending::expire(turn, id, known.expires_at.unwrap_or(turn.at));
            }
        }
        NewsKind::LateAtClaim => late(turn, &known),
        NewsKind::SuppressedAtClaim { reason } => {
            turn.effects.push(Effect::Settle { message: id });
            if !known.state.is_settled() {
                let why = format!("the address is on the workspace's list of suppressed addresses: {reason}");
                sending::block(turn, id, "7.2", &why);
            }
        }
        NewsKind::Reported(report) if known.kind.is_send() => return reports::take(turn, &known, report),
        NewsKind::Reported(_) => {}
        NewsKind::Engaged { what, link } => return engaged(turn, &known, *what, link.as_deref()),
    }
    None
}

/// The hops of news that a provider or another system tells by itself: those of the message (SEMANTICS 3.14). None of
/// what a person does with it, which begins a chain, and of what follows from an input at once, which has its own.
pub(super) fn hop_of_machine(turn: &Turn<'_>, news: &News) -> Option<u32> {
    let is_machines = match &news.what {
        NewsKind::Attempted { .. } => true,
        NewsKind::Engaged { what, .. } => match what {
            Engagement::Sent | Engagement::Delivered | Engagement::Bounced | Engagement::Failed => true,
            Engagement::Opened
            | Engagement::Clicked
            | Engagement::Replied
            | Engagement::Complained
            | Engagement::Unsubscribed => false,
        },
        NewsKind::Reported(report) => match &report.what {
            Told::Delivered { .. } | Told::Deferred { .. } | Told::Bounced { .. } => true,
            Told::Opened { .. }
            | Told::Clicked { .. }
            | Told::Replied { .. }
            | Told::Complained { .. }
            | Told::Unsubscribed => false,
        },
        NewsKind::Rendered
        | NewsKind::RenderAborted { .. }
        | NewsKind::RenderFailed { .. }
        | NewsKind::ExpiredAtClaim
        | NewsKind::SuppressedAtClaim { .. }
        | NewsKind::LateAtClaim => false,
    };
    is_machines.then(|| message(turn, news.message).map(|message| message.hop))?
}

/// What an attempt told of a message for the first time: that the provider took it, or that it came back.
fn first_since(turn: &Turn<'_>, id: MessageId, before: &BTreeMap<Engagement, Timestamp>) -> Option<Engaged> {
    let news = message(turn, id)?.engagement.keys().find(|news| !before.contains_key(news))?;
    Some(Engaged { message: id, what: *news, link: None, is_first: true })
}

/// The message is released: rendered and handed to the outbox; its run goes on (SEMANTICS 7.0). A ghost comes as far as
/// any other message, so that it is exactly one that would have gone, and leaves nothing behind but its record.
fn rendered(turn: &mut Turn<'_>, known: &Message) {
    if known.state != MessageState::Rendering {
        return;
    }
    match known.kind {
        MessageKind::Send => {}
        MessageKind::Call => return calls::rendered(turn, known),
        MessageKind::Task => return tasks::rendered(turn, known),
    }
    let (id, due_at, hop) = (known.id, turn.at, turn.hop);
    if known.ghost {
        sending::pass_as_ghost(turn, id);
    } else {
        turn.note("7.0", about(known), Decision::Released { address: known.address.clone() });
        if let Some(message) = message_mut(turn, id) {
            message.state = MessageState::Pending { due_at };
            message.state_at = due_at;
            message.hop = hop;
        }
        touch(turn, id);
        turn.effects.push(Effect::Dispatch { message: id, due_at, expires_at: known.expires_at });
    }
    let Some(run) = sending::resting_run(turn, id) else { return };
    // Each release is an input of its own, so the bound on steps doesn't see a loop that sends.
    let n_now =
        turn.contact.ledger.iter().filter(|other| other.run == run && other.intent_at == due_at).count();
    if n_now > RELEASES_PER_INSTANT_MAX {
        let detail = format!("no rest: more than {RELEASES_PER_INSTANT_MAX} messages at one instant");
        return leaving::end(turn, run, EndReason::Failed, &detail, "3.14");
    }
    steps::proceed_after(turn, run);
}

/// A message is about to be attempted long after it was due, because nothing could be attempted or its provider's rate
/// held it up: it goes, is put off or is stopped by what holds now (SEMANTICS 7.13).
fn late(turn: &mut Turn<'_>, known: &Message) {
    let MessageState::Pending { due_at } = known.state else {
        // It was taken back meanwhile.
        return turn.effects.push(Effect::Settle { message: known.id });
    };
    let (id, at) = (known.id, turn.at);
    let send_at = match allowed_from(turn, known) {
        Ok(send_at) => send_at,
        Err(stop) if known.may_have_gone => {
            let why = match stop {
                Stopped::Forbidden(_, why) => why,
                Stopped::Expired(expires_at) => format!("the message expired at {expires_at}"),
            };
            return uncertain(turn, known, &format!("not tried again: {why}"));
        }
        Err(stop) => {
            turn.effects.push(Effect::Settle { message: id });
            return match stop {
                Stopped::Forbidden(rule, why) => sending::block(turn, id, rule, &why),
                Stopped::Expired(expires_at) => sending::expire(turn, id, expires_at),
            };
        }
    };
    if let Some(message) = message_mut(turn, id).filter(|message| !message.transactional) {
        message.reserved_at = Some(send_at);
    }
    if send_at <= at {
        return turn.note("7.13", about(known), Decision::GoesLate { due_at });
    }
    if let Some(message) = message_mut(turn, id) {
        message.state = MessageState::Pending { due_at: send_at };
        message.state_at = at;
    }
    touch(turn, id);
    turn.effects.push(Effect::Retry { message: id, due_at: send_at });
}

/// Why a message that was released doesn't go.
enum Stopped {
    Forbidden(&'static str, String),
    Expired(Timestamp),
}

/// The earliest instant from now on at which a released message may be attempted.
fn allowed_from(turn: &mut Turn<'_>, known: &Message) -> Result<Timestamp, Stopped> {
    if let Some((rule, why)) = sending::forbidden(turn, known) {
        return Err(Stopped::Forbidden(rule, why));
    }
    let mut send_at = turn.at;
    if known.kind.is_send() && !known.transactional {
        match sending::verdict(turn, known, turn.at) {
            Verdict::Blocked(stop) => return Err(Stopped::Forbidden(stop.rule, stop.why)),
            Verdict::SendAt { at, deferred_by } if at > turn.at => {
                send_at = at;
                sending::note_deferral(turn, known, at, &deferred_by);
            }
            Verdict::SendAt { .. } => {}
        }
    }
    match known.expires_at.filter(|expires_at| *expires_at <= send_at) {
        Some(expires_at) => Err(Stopped::Expired(expires_at)),
        None => Ok(send_at),
    }
}

/// Puts a failed, uncertain or expired message back, as a person asked for it: it is rendered and decided on anew.
///
/// The error says why it can't be.
pub(super) fn requeue(turn: &mut Turn<'_>, id: MessageId) -> Result<(), String> {
    let at = turn.at;
    let Some(message) = message_mut(turn, id) else {
        return Err(format!("the contact's ledger has no message {id}"));
    };
    if message.kind == MessageKind::Task {
        return Err(
            "a task is not opened again: start the workflow anew, or move the run to the step".to_owned()
        );
    }
    match message.state {
        MessageState::Failed { .. }
        | MessageState::Uncertain { .. }
        | MessageState::Expired
        | MessageState::Blocked { .. }
        | MessageState::Cancelled { .. } => {}
        MessageState::Scheduled { .. }
        | MessageState::Held { .. }
        | MessageState::Ghost
        | MessageState::Open
        | MessageState::Rendering
        | MessageState::Pending { .. }
        | MessageState::Sent => return Err(format!("the message is {}", message.state.name())),
    }
    message.state = MessageState::Rendering;
    message.state_at = at;
    message.reserved_at = None;
    message.expires_at = None;
    // Attempts are counted by the outbox row, and it will be a new one.
    message.attempts = 0;
    message.may_have_gone = false;
    let about: About = about(message);
    turn.note("11.1", about, Decision::Requeued);
    touch(turn, id);
    turn.want(id);
    Ok(())
}
