//! What became of a message: rendered, attempted, expired, engaged with (SEMANTICS 7.13, 8).

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::consents::{self, How};
use super::sending::{self, about, hold_room, message, message_mut, settle, touch};
use super::turn::{About, Engaged, Turn};
use super::{calls, intake, leaving, reports, steps, tasks};
use crate::consent::Answer;
use crate::effect::Effect;
use crate::event::{Event, EventKind};
use crate::id::{MessageId, chance};
use crate::identity::Identifiers;
use crate::input::{Answered, News, NewsKind, Outcome, Receipt};
use crate::limits::{
    ATTEMPTS_MAX, LINK_BYTES_MAX, LINKS_PER_CONTACT_MAX, LINKS_PER_MESSAGE_MAX, PROVIDER_ID_BYTES_MAX,
    RELEASES_PER_INSTANT_MAX, RETRY_AFTER_MS_MAX, RETRY_FIRST_MS, RETRY_MS_MAX,
};
use crate::message::{Message, MessageKind, MessageState};
use crate::planted;
use crate::policy::instant::Verdict;
use crate::predicate::{ConsentOf, Engagement};
use crate::record::Decision;
use crate::report::{Bounce, BounceClass, Report, Told};
use crate::run::EndReason;
use crate::time::{Period, Timestamp};

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

/// One attempt, as it was told of.
struct Tried<'a> {
    attempt: u32,
    outcome: &'a Outcome,
    answer: Option<&'a Answered>,
    receipt: Option<&'a Receipt>,
}

fn attempted(turn: &mut Turn<'_>, known: Message, tried: &Tried<'_>) {
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
        count(turn, known, Engagement::Bounced);
        let more = [("bounce_type", "hard"), ("reason", reply)];
        let more = more.map(|(name, value)| (name.to_owned(), Value::from(value)));
        let circumstances = Circumstances {
            occurred_at: at,
            source: PROVIDER.to_owned(),
            suppress: None,
            more: more.into_iter().collect(),
        };
        tell(turn, known, Engagement::Bounced, None, &circumstances);
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

fn uncertain(turn: &mut Turn<'_>, known: &Message, what: &str) {
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

/// The contact, or its mailbox, did something with the message; bounces and complaints stop the address (8.3), and who
/// unsubscribes through it has opted out of its category (5.3).
pub(super) fn engaged(
    turn: &mut Turn<'_>,
    known: &Message,
    engagement: Engagement,
    link: Option<&str>,
) -> Option<Engaged> {
    let suppress = match engagement {
        Engagement::Bounced | Engagement::Complained => Some(engagement.as_str().to_owned()),
        _ => None,
    };
    let circumstances =
        Circumstances { occurred_at: turn.at, source: PROVIDER.to_owned(), suppress, more: Map::new() };
    engaged_by(turn, known, engagement, link, &circumstances)
}

/// What is known of how something was done with a message.
#[derive(Debug, Clone)]
pub(super) struct Circumstances {
    /// When, as the source says.
    pub occurred_at: Timestamp,
    /// Who says it.
    pub source: String,
    /// Why the address must not be used any more, if that follows.
    pub suppress: Option<String>,
    /// What the event says besides.
    pub more: Map<String, Value>,
}

impl Circumstances {
    /// What a report tells; nothing is from the future.
    pub fn of(turn: &Turn<'_>, report: &Report) -> Self {
        Self {
            occurred_at: report.occurred_at.min(turn.at),
            source: report.source.clone(),
            suppress: None,
            more: Map::new(),
        }
    }
}

/// The same, as somebody reports it.
pub(super) fn engaged_by(
    turn: &mut Turn<'_>,
    known: &Message,
    engagement: Engagement,
    link: Option<&str>,
    circumstances: &Circumstances,
) -> Option<Engaged> {
    let at = turn.at;
    let is_first_link = link.is_some_and(|link| remember_link(turn, known.id, link));
    let message = message_mut(turn, known.id)?;
    let is_first = !message.engagement.contains_key(&engagement);
    message.engagement.entry(engagement).or_insert(at);
    let what = engagement.as_str();
    if is_first || is_first_link {
        touch(turn, known.id);
        turn.note("6.1", about(known), Decision::Engaged { what: what.to_owned() });
    }
    match engagement {
        Engagement::Bounced | Engagement::Complained if is_first => {
            let reason = circumstances.suppress.as_deref();
            if let Some(reason) = reason {
                let by = &circumstances.source;
                consents::suppress(turn, &known.channel, &known.address, Some(reason), by);
            }
        }
        Engagement::Unsubscribed if is_first && !known.transactional => {
            let of = ConsentOf::Category(known.category.clone());
            let source = format!("message {}", known.id);
            let given = turn.contact.consent.categories.get(&known.category);
            let is_said = given.is_some_and(|given| given.answer == Answer::Unsubscribed && given.at == at);
            if !is_said {
                let how = How { via: Some(known.id), ..How::by(&source) };
                // The caller looks at what consent concerns.
                consents::give(turn, &of, Answer::Unsubscribed, how, &mut Vec::new());
            }
        }
        Engagement::Opened => intake::was_active(turn, circumstances.occurred_at, ACTIVITY_OF_OPEN),
        Engagement::Clicked | Engagement::Replied => {
            intake::was_active(turn, circumstances.occurred_at, ACTIVITY_OF_CLICK);
        }
        Engagement::Sent
        | Engagement::Delivered
        | Engagement::Bounced
        | Engagement::Complained
        | Engagement::Unsubscribed
        | Engagement::Failed => {}
    }
    if is_first {
        count(turn, known, engagement);
    }
    if is_first || is_first_link {
        tell(turn, known, engagement, link, circumstances);
    }
    let link = link.map(ToOwned::to_owned);
    Some(Engaged { message: known.id, what: engagement, link, is_first: is_first || is_first_link })
}

/// Counts what people did with the messages of a workflow, and by version what its rollout is judged by (SEMANTICS 9.3).
fn count(turn: &mut Turn<'_>, known: &Message, engagement: Engagement) {
    let (workflow, version, what) = (&known.workflow, known.version, engagement.as_str());
    let counter = format!("news:{workflow}:{what}");
    match engagement {
        Engagement::Bounced | Engagement::Complained | Engagement::Unsubscribed => {
            turn.count(format!("{counter}:v{version}"));
        }
        Engagement::Sent
        | Engagement::Delivered
        | Engagement::Opened
        | Engagement::Clicked
        | Engagement::Replied
        | Engagement::Failed => {}
    }
    turn.count(counter);
}

/// Tells it as an event of the contact as well, by the names of the Segment specification: its next input, one hop deeper.
fn tell(
    turn: &mut Turn<'_>,
    known: &Message,
    engagement: Engagement,
    link: Option<&str>,
    circumstances: &Circumstances,
) {
    let Some(name) = crate::event::news_event_name(&known.channel, engagement) else { return };
    if !turn.may_derive() {
        return;
    }
    let mut properties = Map::new();
    properties.insert("email_id".to_owned(), Value::from(known.id.to_string()));
    properties.insert("campaign_name".to_owned(), Value::from(known.workflow.to_string()));
    properties.insert("template".to_owned(), Value::from(known.template.to_string()));
    properties.insert("step".to_owned(), Value::from(known.step.to_string()));
    properties.insert("category".to_owned(), Value::from(known.category.to_string()));
    if let Some(link) = link {
        properties.insert("link_url".to_owned(), Value::from(link));
    }
    properties.extend(circumstances.more.clone());
    // The same news gives the same id, whoever brings it and however often.
    let parts =
        [&known.id.to_bytes()[..], engagement.as_str().as_bytes(), link.unwrap_or_default().as_bytes()];
    turn.note("15.6", about(known), Decision::Emitted { event: name.to_string() });
    let event = Event {
        kind: EventKind::Track,
        name,
        message_id: MessageId::hashed(known.intent_at, &parts).to_string(),
        occurred_at: circumstances.occurred_at,
        identifiers: Identifiers { user_id: turn.contact.user_id.clone(), ..Identifiers::default() },
        properties,
        traits: Map::new(),
        imported: false,
        brought: None,
    };
    turn.effects.push(Effect::Emit { event: Box::new(event), hop: turn.hop.saturating_add(1) });
}

/// Who says that an address is bad.
const PROVIDER: &str = "provider";

/// How much an opened message says of when the contact is active.
const ACTIVITY_OF_OPEN: u8 = 1;

/// How much a click or a reply says of it: nothing but a person does that.
const ACTIVITY_OF_CLICK: u8 = 3;

/// Remembers a link that was clicked; false if it was clicked before, or is one too many.
fn remember_link(turn: &mut Turn<'_>, id: MessageId, link: &str) -> bool {
    let n_links: usize = turn.contact.ledger.iter().map(|message| message.links.len()).sum();
    let Some(message) = message_mut(turn, id) else { return false };
    let has_room = message.links.len() < LINKS_PER_MESSAGE_MAX && link.len() <= LINK_BYTES_MAX;
    if !has_room || message.links.iter().any(|known| known == link) {
        return false;
    }
    message.links.push(link.to_owned());
    if n_links >= LINKS_PER_CONTACT_MAX
        && let Some(oldest) = turn.contact.ledger.iter_mut().find(|message| !message.links.is_empty())
    {
        oldest.links.remove(0);
    }
    true
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
