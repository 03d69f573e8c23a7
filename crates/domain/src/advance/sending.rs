//! From wanting a message to releasing it, and taking it back (SEMANTICS 3.10, 7).

use std::cmp::Reverse;

use serde_json::{Map, Value};

use super::turn::{About, Rank, Turn};
use super::{arbitration, calls, steps, tasks};
use crate::consent::{Answer, Consent, Given};
use crate::effect::{Effect, Render, TaskState};
use crate::id::{CONFIRMATION, MessageId, RunId};
use crate::limits::LEDGER_MAX;
use crate::message::{Message, MessageKind, MessageState};
use crate::policy::instant::{self, Stop, Verdict};
use crate::record::Decision;
use crate::report::Tracking;
use crate::run::RunState;
use crate::time::{Period, Timestamp};
use crate::workflow::{Action, OnBlocked, Send};
use crate::zone::Zone;

/// A reason for which a message may not go at all: the rule, and why.
pub(super) type Forbidden = (&'static str, String);

/// Decides on all messages that steps of this input want, by priority (SEMANTICS 7.11).
pub(super) fn release_intents(turn: &mut Turn<'_>) {
    let mut wanted: Vec<_> = std::mem::take(&mut turn.intents)
        .into_iter()
        .filter_map(|(id, hop)| message(turn, id).map(|message| (order(turn, message), id, hop)))
        .collect();
    wanted.sort();
    let wanted: Vec<(MessageId, u32)> = wanted.into_iter().map(|(_, id, hop)| (id, hop)).collect();
    let deepest = wanted.iter().map(|(_, hop)| *hop).max().unwrap_or(turn.hop);
    for (id, hop) in wanted {
        turn.hop = hop;
        decide(turn, id);
    }
    turn.hop = deepest;
}

/// The place of a message among others that are wanted.
pub(super) type Order<'t> = (Reverse<i32>, Reverse<i32>, Timestamp, Rank<'t>);

/// Workflow priority, step priority, earliest intent, workflow name (SEMANTICS 7.11), then key and run (3.12).
pub(super) fn order<'t>(turn: &'t Turn<'_>, message: &'t Message) -> Order<'t> {
    let priorities = (Reverse(priority(turn, message)), Reverse(step_priority(turn, message)));
    (priorities.0, priorities.1, message.intent_at, rank(turn, message))
}

/// The priority of a message's workflow.
pub(super) fn priority(turn: &Turn<'_>, message: &Message) -> i32 {
    turn.catalog.version(&message.workflow, message.version).map_or(0, |workflow| workflow.priority)
}

/// The priority of a message among those of its workflow.
pub(super) fn step_priority(turn: &Turn<'_>, message: &Message) -> i32 {
    send_step(turn, message).map_or(0, |send| send.priority)
}

/// A deferred message's instant has come: it is decided on again, with the state of now (SEMANTICS 7.13).
pub(super) fn retake(turn: &mut Turn<'_>, id: MessageId) {
    let at = turn.at;
    let is_deferred = |message: &&mut Message| matches!(message.state, MessageState::Scheduled { .. });
    // What fell due before it at the same instant may have taken it back.
    let Some(message) = message_mut(turn, id).filter(is_deferred) else { return };
    message.state = MessageState::Rendering;
    message.state_at = at;
    message.reserved_at = None;
    // It has been through the holding window of its channel, if there was one.
    turn.arbitrated.insert(id);
    turn.want(id);
}

/// What would have gone if the contact were not held out (SEMANTICS 7.8); it keeps its room among ghosts.
pub(super) fn pass_as_ghost(turn: &mut Turn<'_>, id: MessageId) {
    let at = turn.at;
    let Some(about) = message(turn, id).map(about) else { return };
    turn.note("7.8", about, Decision::Ghost { at });
    settle(turn, id, MessageState::Ghost);
}

/// Asks everything that can stop or move a message, in the order of SEMANTICS 7.
fn decide(turn: &mut Turn<'_>, id: MessageId) {
    let Some(mut wanted) = message(turn, id).cloned() else { return };
    if wanted.state != MessageState::Rendering {
        return;
    }
    if !wanted.kind.is_send() {
        return calls::decide(turn, wanted);
    }
    if let Some((rule, why)) = forbidden(turn, &wanted) {
        return block(turn, id, rule, &why);
    }
    let Some(content_hash) = content_hash(turn, &wanted) else {
        let error = format!("the template `{}` does not exist any more", wanted.template);
        return render_failed(turn, id, &error);
    };
    wanted.content_hash = content_hash;
    wanted.address = address(turn, &wanted).unwrap_or_default();
    let mut send_at = turn.at;
    if !wanted.transactional {
        if arbitration::holds(turn, &wanted) {
            return;
        }
        match verdict(turn, &wanted, turn.at) {
            Verdict::Blocked(stop) => return block(turn, id, stop.rule, &stop.why),
            Verdict::SendAt { at, deferred_by } => {
                send_at = at;
                if at > turn.at {
                    note_deferral(turn, &wanted, at, &deferred_by);
                }
            }
        }
    }
    if let Some(expires_at) = wanted.expires_at.filter(|expires_at| *expires_at <= send_at) {
        return expire(turn, id, expires_at);
    }
    // Transactional messages skip caps, so they take no room in them either (SEMANTICS 7.12).
    wanted.reserved_at = (!wanted.transactional).then_some(send_at);
    wanted.state_at = turn.at;
    if send_at > turn.at {
        wanted.state = MessageState::Scheduled { until: send_at };
    } else {
        turn.effects.push(Effect::Render(Box::new(render(turn, &wanted))));
    }
    if let Some(message) = message_mut(turn, id) {
        *message = wanted;
    }
    touch(turn, id);
}

/// Records until when a message is put off, and what does so.
pub(super) fn note_deferral(turn: &mut Turn<'_>, message: &Message, until: Timestamp, deferred_by: &[Stop]) {
    let by = deferred_by.iter().map(|stop| stop.why.as_str()).collect::<Vec<_>>().join("; ");
    let rule = deferred_by.first().map_or("7.10", |stop| stop.rule);
    turn.note(rule, about(message), Decision::Deferred { until, by });
}

/// The content of the message's template as it is now; none if there is none any more.
pub(super) fn content_hash(turn: &Turn<'_>, message: &Message) -> Option<String> {
    turn.catalog.templates.get(&message.template).map(|template| template.content_hash.clone())
}

/// Whether the same content stops a message now (SEMANTICS 7.4).
pub(super) fn repeated(turn: &Turn<'_>, message: &Message) -> Option<Stop> {
    let (policies, others) = (&turn.catalog.policies, turn.contact.ledger.iter());
    instant::repeated(message, policies, &policies.zone, others, turn.at)
}

/// What caps, quiet hours, send windows, reserves and repeats say of sending a message at `at` or later.
pub(super) fn verdict(turn: &mut Turn<'_>, message: &Message, at: Timestamp) -> Verdict {
    let policies = &turn.catalog.policies;
    let zone = turn.contact.zone();
    let quiet = policies.quiet_hours.iter().map(|hours| &hours.scope);
    let mut local = quiet.chain(policies.send_windows.iter().map(|window| &window.scope));
    let asks_local_time =
        local.any(|scope| scope.covers(&message.channel, &message.category, &message.workflow));
    if zone.is_none() && asks_local_time {
        let used = policies.zone.name().to_owned();
        turn.note("2.2", about(message), Decision::ZoneUnknown { used });
    }
    let zone: &Zone = zone.as_ref().unwrap_or(&policies.zone);
    let others = turn.contact.ledger.iter();
    let policies = &policies.with_choices(&turn.contact.consent);
    instant::decide(message, turn.contact.id, policies, zone, others, &|message| priority(turn, message), at)
}

/// Address, suppression and consent (SEMANTICS 7.1 to 7.3).
pub(super) fn forbidden(turn: &Turn<'_>, message: &Message) -> Option<Forbidden> {
    if !message.kind.is_send() {
        return None;
    }
    let Some(channel) = turn.catalog.policies.channels.get(&message.channel) else {
        return Some(("7.1", format!("the channel `{}` does not exist", message.channel)));
    };
    let Some(mut address) = address(turn, message) else {
        return Some(("7.1", format!("the contact has no usable `{}`", channel.address)));
    };
    if matches!(message.state, MessageState::Pending { .. }) {
        // Released: it goes where it was addressed to, whatever the contact's address is by now.
        address.clone_from(&message.address);
    }
    let consent = &turn.contact.consent;
    if let Some(suppression) = consent.suppressed.get(&Consent::suppression_key(&message.channel, &address)) {
        return Some((
            "7.2",
            format!("the address is suppressed since {}: {}", suppression.at, suppression.reason),
        ));
    }
    if message.transactional {
        return None;
    }
    unwanted(turn, message)
}

/// Whether the contact doesn't want a marketing message; of all that the contact said, the strictest counts (SEMANTICS 7.3).
fn unwanted(turn: &Turn<'_>, message: &Message) -> Option<Forbidden> {
    let consent = &turn.contact.consent;
    let opted_out = |given: &Given, from: &str| {
        (given.answer == Answer::Unsubscribed)
            .then(|| ("7.3", format!("unsubscribed from {from} at {} ({})", given.at, given.source)))
    };
    let of_channel = consent.channels.get(&message.channel);
    if let Some(found) = of_channel.and_then(|given| opted_out(given, message.channel.as_str())) {
        return Some(found);
    }
    if let Some(open) = consent.unconfirmed.get(&message.category) {
        let why = format!("the subscription to {} of {} is not confirmed", message.category, open.at);
        return Some(("7.3", why));
    }
    if let Some(given) = consent.categories.get(&message.category) {
        if let Some(found) = opted_out(given, message.category.as_str()) {
            return Some(found);
        }
    } else {
        let policy = turn.catalog.policies.categories.get(&message.category);
        if policy.is_some_and(|policy| policy.default == Answer::Unsubscribed) {
            return Some(("7.3", format!("the contact has not subscribed to {}", message.category)));
        }
    }
    // What is to go later is judged by when it goes.
    let goes_at = match message.state {
        MessageState::Scheduled { until } | MessageState::Held { until } => until.max(turn.at),
        MessageState::Pending { due_at } => due_at.max(turn.at),
        _ => turn.at,
    };
    let until = consent.paused_until.filter(|until| goes_at < *until)?;
    Some(("7.3", format!("the contact wants no marketing until {until}")))
}

/// The contact's address on the message's channel, if it can be one.
fn address(turn: &Turn<'_>, message: &Message) -> Option<String> {
    let channel = turn.catalog.policies.channels.get(&message.channel)?;
    let address = turn.contact.traits.get(&channel.address)?.as_str()?.trim();
    let is_usable = match message.channel.as_str() {
        "email" => {
            address.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty())
        }
        _ => !address.is_empty(),
    };
    let is_one_line = !address.chars().any(char::is_control);
    (is_usable && is_one_line).then(|| address.to_owned())
}

/// The trigger's data and the variables of a run.
type DataOfRun<'t> = (&'t Map<String, Value>, &'t Map<String, Value>);

/// The trigger's data and the variables of a live run, or of one that goals still remember.
pub(super) fn data_of_run<'t>(turn: &'t Turn<'_>, id: RunId) -> Option<DataOfRun<'t>> {
    let live = turn.run(id).map(|run| (&run.trigger, &run.variables));
    let closed = turn.contact.closed.iter().find(|run| run.id == id);
    live.or_else(|| closed.map(|run| (&run.trigger, &run.variables)))
}

/// What texts and bodies read of the contact: its traits, and the team's own id.
pub(super) fn contact_data(turn: &Turn<'_>) -> Map<String, Value> {
    let mut contact = turn.contact.traits.clone();
    if let Some(user_id) = &turn.contact.user_id {
        contact.entry("user_id").or_insert_with(|| Value::String(user_id.clone()));
    }
    contact
}

/// What texts read of the contact's account: the traits that it holds copies of, and the account's id.
fn account_data(turn: &Turn<'_>) -> Map<String, Value> {
    let Some((id, membership)) = turn.contact.account() else { return Map::new() };
    let mut account = membership.traits.clone();
    account.insert("id".to_owned(), Value::String(id.clone()));
    account
}

/// What the template can read, and where the result goes.
pub(super) fn render(turn: &Turn<'_>, message: &Message) -> Render {
    let data = data_of_run(turn, message.run);
    let (trigger, variables) =
        data.map(|(trigger, variables)| (trigger.clone(), variables.clone())).unwrap_or_default();
    let mut workflow = Map::new();
    workflow.insert("name".to_owned(), Value::String(message.workflow.to_string()));
    let mut about = Map::new();
    about.insert("id".to_owned(), Value::String(message.id.to_string()));
    about.insert("category".to_owned(), Value::String(message.category.to_string()));
    let mut context = Map::new();
    context.insert("contact".to_owned(), Value::Object(contact_data(turn)));
    context.insert("account".to_owned(), Value::Object(account_data(turn)));
    context.insert("trigger".to_owned(), Value::Object(trigger));
    context.insert("run".to_owned(), Value::Object(variables));
    context.insert("workflow".to_owned(), Value::Object(workflow));
    context.insert("message".to_owned(), Value::Object(about));
    Render {
        message: message.id,
        contact: turn.contact.id,
        channel: message.channel.clone(),
        category: message.category.clone(),
        optional: message.kind.is_send() && !message.transactional,
        confirms: message.workflow.as_str() == CONFIRMATION,
        tracking: tracking(turn, message),
        template: message.template.clone(),
        json: calls::body(turn, message),
        address: message.address.clone(),
        context: Value::Object(context),
        zone: turn.contact.zone().as_ref().unwrap_or(&turn.catalog.policies.zone).name().to_owned(),
        at: turn.at,
        hop: turn.hop,
    }
}

/// What of a message is tracked: as the workspace says, unless its workflow says otherwise; of transactional messages
/// nothing, unless their workflow asks for it.
fn tracking(turn: &Turn<'_>, message: &Message) -> Tracking {
    let of_workflow =
        turn.catalog.version(&message.workflow, message.version).and_then(|workflow| workflow.tracking);
    let by_default = message.kind.is_send() && !message.transactional;
    if of_workflow.unwrap_or(by_default) { turn.catalog.policies.tracking } else { Tracking::NONE }
}

/// A policy stopped the message: the run goes where its step says.
pub(super) fn block(turn: &mut Turn<'_>, id: MessageId, rule: &str, why: &str) {
    let Some(about) = message(turn, id).map(about) else { return };
    turn.note(rule, about, Decision::Blocked { why: why.to_owned() });
    settle(turn, id, MessageState::Blocked { rule: rule.to_owned(), why: why.to_owned() });
    on_blocked(turn, id, why);
}

/// The template asked that the message is not sent: it is stopped as by a policy (SEMANTICS 7.15).
pub(super) fn render_aborted(turn: &mut Turn<'_>, id: MessageId, reason: &str) {
    if message(turn, id).is_some_and(|message| message.state == MessageState::Rendering) {
        let reason = if reason.is_empty() { "without a reason" } else { reason };
        block(turn, id, "7.15", &format!("the template stopped it: {reason}"));
    }
}

/// The message can't be rendered: it fails with the template's error, and the run goes where its step says.
pub(super) fn render_failed(turn: &mut Turn<'_>, id: MessageId, error: &str) {
    let wanted = message(turn, id).filter(|message| message.state == MessageState::Rendering);
    let Some(about) = wanted.map(about) else { return };
    turn.note("7.0", about, Decision::RenderFailed { error: error.to_owned() });
    settle(turn, id, MessageState::Failed { why: error.to_owned() });
    on_blocked(turn, id, error);
}

/// The message was not sent before it expired (SEMANTICS 7.7).
pub(super) fn expire(turn: &mut Turn<'_>, id: MessageId, expires_at: Timestamp) {
    let Some(about) = message(turn, id).map(about) else { return };
    turn.note("7.7", about, Decision::Expired { expires_at });
    settle(turn, id, MessageState::Expired);
    on_blocked(turn, id, "the message expired");
}

/// Sends the run that rests at this message on, if one still does.
fn on_blocked(turn: &mut Turn<'_>, id: MessageId, why: &str) {
    let Some(wanted) = message(turn, id) else { return };
    match wanted.kind {
        MessageKind::Send => {}
        MessageKind::Call => return calls::failed(turn, &wanted.clone()),
        MessageKind::Task => return tasks::failed(turn, &wanted.clone()),
    }
    let way = send_step(turn, wanted).map_or(OnBlocked::Continue, |send| send.on_blocked);
    if let Some(run) = resting_run(turn, id) {
        steps::go_on_blocked(turn, run, way, why);
    }
}

/// The live run that rests at its step for this message.
pub(super) fn resting_run(turn: &Turn<'_>, id: MessageId) -> Option<RunId> {
    let rests = |state: &RunState| match state {
        RunState::Sending { message, .. }
        | RunState::Calling { message, .. }
        | RunState::Tasked { message, .. } => *message == id,
        _ => false,
    };
    turn.contact.runs.iter().find(|run| rests(&run.state)).map(|run| run.id)
}

/// Puts a message into a state in which nothing more happens to it, and gives its room in caps back unless it may
/// have been sent (SEMANTICS 7.9).
pub(super) fn settle(turn: &mut Turn<'_>, id: MessageId, state: MessageState) {
    let at = turn.at;
    let Some(message) = message_mut(turn, id) else { return };
    match state {
        MessageState::Sent | MessageState::Uncertain { .. } | MessageState::Ghost => {}
        _ => message.reserved_at = None,
    }
    let counter = format!("{}:{}:{}", message.kind.as_str(), message.workflow, state.name());
    message.state = state;
    message.state_at = at;
    turn.count(counter);
    turn.messages_changed = true;
    touch(turn, id);
}

/// A message that went, or may have gone, counts in caps from now on, also if it was handed over late or its room had
/// been given back (SEMANTICS 7.9).
pub(super) fn hold_room(turn: &mut Turn<'_>, known: &Message) {
    let at = turn.at;
    if let Some(message) = message_mut(turn, known.id).filter(|message| !message.transactional) {
        message.reserved_at = Some(at);
    }
}

/// Takes back what a run still wants: its messages that are not yet being attempted (SEMANTICS 5.1).
pub(super) fn cancel_of_run(turn: &mut Turn<'_>, run: RunId, why: &str) {
    let ids: Vec<MessageId> =
        unsettled(turn).filter(|message| message.run == run).map(|message| message.id).collect();
    for id in ids {
        cancel(turn, id, "5.1", why);
    }
}

/// Takes back the calls and tasks of a run that came to its own end: nobody waits for them any more.
pub(super) fn cancel_for_others(turn: &mut Turn<'_>, run: RunId, why: &str) {
    let is_meant = |message: &&Message| message.run == run && !message.kind.is_send();
    let ids: Vec<MessageId> = unsettled(turn).filter(is_meant).map(|message| message.id).collect();
    for id in ids {
        cancel(turn, id, "5.1", why);
    }
}

/// Takes back what a run rests for, because it leaves the step by hand or by a publish.
pub(super) fn let_go(turn: &mut Turn<'_>, state: &RunState, why: &str) {
    let wanted = match state {
        RunState::Sending { message, .. }
        | RunState::Calling { message, .. }
        | RunState::Tasked { message, .. } => self::message(turn, *message),
        _ => None,
    };
    if let Some(id) = wanted.filter(|message| !message.state.is_settled()).map(|message| message.id) {
        cancel(turn, id, "5.1", why);
    }
}

/// Takes back what address, suppression or consent now forbid (SEMANTICS 7.13).
pub(super) fn cancel_forbidden(turn: &mut Turn<'_>) {
    let now_forbidden: Vec<(MessageId, Forbidden, bool)> = unsettled(turn)
        .filter_map(|message| {
            let is_released = matches!(message.state, MessageState::Pending { .. });
            forbidden(turn, message).map(|forbidden| (message.id, forbidden, is_released))
        })
        .collect();
    for (id, (rule, why), is_released) in now_forbidden {
        if is_released {
            cancel(turn, id, rule, &why);
        } else {
            block(turn, id, rule, &why);
        }
    }
}

fn cancel(turn: &mut Turn<'_>, id: MessageId, rule: &str, why: &str) {
    let Some(wanted) = message(turn, id) else { return };
    let wanted = wanted.clone();
    if wanted.may_have_gone {
        let why = format!("not tried again: {why}");
        turn.note("8.4", about(&wanted), Decision::Uncertain { why: why.clone() });
        settle(turn, id, MessageState::Uncertain { why });
        hold_room(turn, &wanted);
    } else {
        turn.note(rule, about(&wanted), Decision::Cancelled { why: why.to_owned() });
        settle(turn, id, MessageState::Cancelled { why: why.to_owned() });
    }
    match wanted.state {
        MessageState::Pending { .. } => turn.effects.push(Effect::Cancel { message: id }),
        MessageState::Open => tasks::show(turn, &wanted, TaskState::Cancelled),
        _ => {}
    }
}

/// Forgets the oldest settled messages, but never one that a cap or a repeat still counts.
pub(super) fn trim_ledger(turn: &mut Turn<'_>) {
    let policies = &turn.catalog.policies;
    let chosen = turn.contact.consent.frequency.map(|frequency| frequency.per);
    let caps = policies.caps.iter().map(|cap| cap.per).chain(chosen);
    let windows = caps.chain(policies.repeats.iter().map(|repeat| repeat.per));
    let counted_since = turn.at - windows.max().unwrap_or(Period::ZERO);
    let mut excess = turn.contact.ledger.len().saturating_sub(LEDGER_MAX);
    turn.contact.ledger.retain(|message| {
        let went_at =
            message.reserved_at.or((message.state == MessageState::Sent).then_some(message.state_at));
        let is_counted = message.kind.is_send() && went_at.is_some_and(|went_at| went_at > counted_since);
        let goes = excess > 0 && message.state.is_settled() && !is_counted;
        excess -= usize::from(goes);
        !goes
    });
}

/// The place of a message's run among others (SEMANTICS 3.12).
pub(super) fn rank<'t>(turn: &'t Turn<'_>, message: &'t Message) -> Rank<'t> {
    match turn.run(message.run) {
        Some(run) => turn.rank(run),
        None => (Reverse(0), &message.workflow, "", message.run),
    }
}

/// Marks a message whose state changed, so that lists show it.
pub(super) fn touch(turn: &mut Turn<'_>, id: MessageId) {
    turn.touched.insert(id);
}

pub(super) fn message<'t>(turn: &'t Turn<'_>, id: MessageId) -> Option<&'t Message> {
    turn.contact.ledger.iter().rev().find(|message| message.id == id)
}

pub(super) fn message_mut<'t>(turn: &'t mut Turn<'_>, id: MessageId) -> Option<&'t mut Message> {
    turn.contact.ledger.iter_mut().rev().find(|message| message.id == id)
}

pub(super) fn about(message: &Message) -> About {
    About {
        workflow: Some((message.workflow.clone(), message.version)),
        run: Some(message.run),
        step: Some(message.step.clone()),
        message: Some(message.id),
    }
}

fn unsettled<'t>(turn: &'t Turn<'_>) -> impl Iterator<Item = &'t Message> {
    turn.contact.ledger.iter().filter(|message| !message.state.is_settled())
}

fn send_step<'t>(turn: &'t Turn<'_>, message: &Message) -> Option<&'t Send> {
    let workflow = turn.catalog.version(&message.workflow, message.version)?;
    match &workflow.step(&message.step)?.1.action {
        Action::Send(send) => Some(send),
        _ => None,
    }
}
