//! What an attempt to hand a message over came to: sent, tried again, failed, or nobody knows (SEMANTICS 8.2 to 8.4).

use serde_json::Value;

use super::engagement::{self, Circumstances, PROVIDER};
use super::sending::{self, about, hold_room, message_mut, settle, touch};
use super::turn::Turn;
use super::{calls, consents};
use crate::effect::Effect;
use crate::id::{MessageId, chance};
use crate::input::{Answered, Outcome, Receipt};
use crate::limits::{ATTEMPTS_MAX, PROVIDER_ID_BYTES_MAX, RETRY_AFTER_MS_MAX, RETRY_FIRST_MS, RETRY_MS_MAX};
use crate::message::{Message, MessageKind, MessageState};
use crate::planted;
use crate::policy::instant::Verdict;
use crate::predicate::Engagement;
use crate::record::Decision;
use crate::report::{Bounce, BounceClass};
use crate::time::{Period, Timestamp};

/// One attempt, as it was told of.
pub(super) struct Tried<'a> {
    /// Which one, from 1.
    pub attempt: u32,
    /// What came of it.
    pub outcome: &'a Outcome,
    /// What a call was answered.
    pub answer: Option<&'a Answered>,
    /// What the provider said besides.
    pub receipt: Option<&'a Receipt>,
}

/// Takes what an attempt came to (SEMANTICS 8.2 to 8.4).
pub(super) fn attempted(turn: &mut Turn<'_>, known: Message, tried: &Tried<'_>) {
    let Tried { attempt, outcome, answer, receipt } = *tried;
    let id = known.id;
    // The news came before, and only the answer to its commit was lost: all of it is done.
    if attempt <= known.attempts {
        if known.state.is_settled() {
            turn.effects.push(Effect::Settle { message: id });
        }
        return;
    }
    let (name, reply) = match outcome {
        Outcome::Accepted { reply } => ("accepted", reply),
        Outcome::Temporary { reply } => ("temporary", reply),
        Outcome::Permanent { reply, .. } => ("permanent", reply),
        Outcome::Unknown { what } => ("unknown", what),
    };
    let decision = Decision::Attempted { attempt, outcome: name.to_owned(), reply: reply.clone() };
    turn.note("8.2", about(&known), decision);
    if let Some(message) = message_mut(turn, id) {
        message.attempts = attempt;
        if let (Some(receipt), Outcome::Accepted { .. }) = (receipt, outcome) {
            message.sender.clone_from(&receipt.sender);
            // One that is too long would never be found: it can't be cut.
            if receipt.id.len() <= PROVIDER_ID_BYTES_MAX {
                message.provider_id.clone_from(&receipt.id);
            }
        }
    }
    if let Some(answer) = answer.filter(|_| known.kind == MessageKind::Call) {
        calls::keep_answer(turn, &known, answer);
    }
    let known = Message { attempts: attempt, ..known };
    if known.state.is_settled() {
        return attempted_after_the_end(turn, &known, outcome);
    }
    match outcome {
        Outcome::Accepted { .. } => sent(turn, &known),
        Outcome::Temporary { reply } => {
            let asked = receipt.and_then(|receipt| receipt.retry_after);
            retry(turn, &known, reply, MayHaveGone::No, asked);
        }
        Outcome::Permanent { reply, suppress } => {
            fail(turn, &known, reply.clone());
            if *suppress && known.kind.is_send() {
                hard_bounce(turn, &known, reply);
            }
        }
        Outcome::Unknown { what } => unknown(turn, &known, what),
    }
}

/// The answer to an attempt at a message that was taken back meanwhile: what the provider took, or may have taken, is
/// said to be so; the rest is done.
fn attempted_after_the_end(turn: &mut Turn<'_>, known: &Message, outcome: &Outcome) {
    let was_sent = known.state == MessageState::Sent;
    match outcome {
        Outcome::Accepted { .. } if !was_sent => return sent(turn, known),
        Outcome::Unknown { what } if !was_sent => return uncertain(turn, known, what),
        Outcome::Permanent { reply, suppress: true } if known.kind.is_send() => {
            hard_bounce(turn, known, reply);
        }
        Outcome::Accepted { .. }
        | Outcome::Temporary { .. }
        | Outcome::Permanent { .. }
        | Outcome::Unknown { .. } => {}
    }
    turn.effects.push(Effect::Settle { message: known.id });
}

fn sent(turn: &mut Turn<'_>, known: &Message) {
    let (id, at) = (known.id, turn.at);
    turn.effects.push(Effect::Settle { message: id });
    if known.kind == MessageKind::Call {
        settle(turn, id, MessageState::Sent);
        return calls::answered(turn, id);
    }
    turn.note("8.2", about(known), Decision::Sent { attempt: known.attempts });
    turn.count(format!("sent:{}:v{}", known.workflow, known.version));
    settle(turn, id, MessageState::Sent);
    hold_room(turn, known);
    if let Some(message) = message_mut(turn, id) {
        message.engagement.entry(Engagement::Sent).or_insert(at);
    }
}

fn hard_bounce(turn: &mut Turn<'_>, known: &Message, reply: &str) {
    let at = turn.at;
    let Some(message) = message_mut(turn, known.id) else { return };
    let is_first = message.engagement.insert(Engagement::Bounced, at).is_none();
    if is_first {
        let bounce = Bounce {
            at,
            class: BounceClass::NoMailbox,
            words: reply.to_owned(),
            source: PROVIDER.to_owned(),
        };
        message.reported.get_or_insert_default().bounce = Some(bounce);
        engagement::count(turn, known, Engagement::Bounced);
        let more = [("bounce_type", "hard"), ("reason", reply)];
        let more = more.map(|(name, value)| (name.to_owned(), Value::from(value)));
        let circumstances = Circumstances {
            occurred_at: at,
            source: PROVIDER.to_owned(),
            suppress: None,
            more: more.into_iter().collect(),
        };
        engagement::tell(turn, known, Engagement::Bounced, None, &circumstances);
    }
    consents::suppress(
        turn,
        &known.channel,
        &known.address,
        Some(&format!("hard bounce: {reply}")),
        PROVIDER,
    );
}

/// An attempt whose result is unknown (SEMANTICS 8.4).
fn unknown(turn: &mut Turn<'_>, known: &Message, what: &str) {
    let honours_keys =
        turn.catalog.policies.channels.get(&known.channel).is_some_and(|channel| channel.honours_keys);
    if honours_keys || known.transactional {
        return retry(turn, known, what, MayHaveGone::Yes, None);
    }
    uncertain(turn, known, what);
}

/// Nobody knows whether the message has gone, and it isn't tried again (SEMANTICS 8.4).
pub(super) fn uncertain(turn: &mut Turn<'_>, known: &Message, what: &str) {
    turn.effects.push(Effect::Settle { message: known.id });
    turn.note("8.4", about(known), Decision::Uncertain { why: what.to_owned() });
    settle(turn, known.id, MessageState::Uncertain { why: what.to_owned() });
    hold_room(turn, known);
    if known.kind == MessageKind::Call {
        calls::failed(turn, known);
    }
}

fn fail(turn: &mut Turn<'_>, known: &Message, why: String) {
    turn.effects.push(Effect::Settle { message: known.id });
    turn.note("8.3", about(known), Decision::Failed { why: why.clone() });
    settle(turn, known.id, MessageState::Failed { why });
    if known.kind == MessageKind::Call {
        calls::failed(turn, known);
    }
}

/// Whether the attempt after which a message is tried again may have delivered it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum MayHaveGone {
    Yes,
    No,
}

/// Tries again later, with everything that can stop a message asked anew; the reservation moves along (SEMANTICS
/// 7.13, 8.3). A message that may have gone and is not tried again is uncertain, whatever stops it.
///
/// Who asks to be left alone for a while (`asked`) is, within a bound (SEMANTICS 8.3).
fn retry(turn: &mut Turn<'_>, known: &Message, why: &str, attempt: MayHaveGone, asked: Option<Period>) {
    let may_have_gone = attempt == MayHaveGone::Yes || known.may_have_gone;
    let due_at = match next_attempt_at(turn, known, asked) {
        Ok(due_at) => due_at,
        Err(stop) => {
            let said = match &stop {
                End::TooOften => format!("{ATTEMPTS_MAX} attempts failed, the last with: {why}"),
                End::Forbidden(_, stop) => format!("{why}; not tried again: {stop}"),
                End::Expired(expires_at) => {
                    format!("{why}; not tried again: the message expired at {expires_at}")
                }
            };
            if may_have_gone {
                return uncertain(turn, known, &said);
            }
            if let End::TooOften = stop {
                return fail(turn, known, said);
            }
            turn.effects.push(Effect::Settle { message: known.id });
            return match stop {
                End::Forbidden(rule, why) => sending::block(turn, known.id, rule, &why),
                End::Expired(expires_at) => sending::expire(turn, known.id, expires_at),
                End::TooOften => {}
            };
        }
    };
    turn.note("8.3", about(known), Decision::Retrying { at: due_at });
    let at = turn.at;
    if let Some(message) = message_mut(turn, known.id) {
        message.reserved_at = (!message.transactional).then_some(due_at);
        message.state = MessageState::Pending { due_at };
        message.state_at = at;
        message.may_have_gone = may_have_gone;
    }
    touch(turn, known.id);
    turn.effects.push(Effect::Retry { message: known.id, due_at });
}

/// Why there is no further attempt.
enum End {
    TooOften,
    Forbidden(&'static str, String),
    Expired(Timestamp),
}

fn next_attempt_at(turn: &mut Turn<'_>, known: &Message, asked: Option<Period>) -> Result<Timestamp, End> {
    if known.attempts >= ATTEMPTS_MAX {
        return Err(End::TooOften);
    }
    if let Some((rule, why)) = sending::forbidden(turn, known) {
        return Err(End::Forbidden(rule, why));
    }
    let asked = asked.map_or(Period::ZERO, |asked| asked.min(Period::from_millis(RETRY_AFTER_MS_MAX)));
    let mut due_at = turn.at + pause(known.id, known.attempts).max(asked);
    if let Some(expires_at) = known.expires_at.filter(|expires_at| *expires_at <= due_at) {
        return Err(End::Expired(expires_at));
    }
    if let Some(until) = calls::retried_until(turn, known).filter(|until| *until <= due_at) {
        return Err(End::Expired(until));
    }
    if !known.transactional && !planted!("retry-in-quiet-hours") {
        match sending::verdict(turn, known, due_at) {
            Verdict::SendAt { at, .. } => due_at = at,
            Verdict::Blocked(stop) => return Err(End::Forbidden(stop.rule, stop.why)),
        }
    }
    Ok(due_at)
}

/// The pause after the n-th failed attempt: doubling, with up to a quarter of jitter (SEMANTICS 8.3).
fn pause(id: MessageId, attempts: u32) -> Period {
    let doubled = RETRY_FIRST_MS.saturating_mul(1_i64 << attempts.saturating_sub(1).min(30));
    let pause = doubled.min(RETRY_MS_MAX);
    let jitter = chance("retry", &[&id.to_bytes(), &attempts.to_be_bytes()], (pause / 4).unsigned_abs());
    Period::from_millis(pause + i64::try_from(jitter).expect("a quarter of 6 hours fits"))
}
