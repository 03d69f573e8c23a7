//! Calls of other systems: messages to machines, through the same outbox, with the same key (SEMANTICS 8.6).
//!
//! No policy speaks of them: a call is rendered as soon as it is wanted. The run rests until it is answered, or finally
//! is not.

use std::collections::BTreeMap;

use serde_json::Value;

use super::turn::{About, Turn};
use super::{sending, steps, variables};
use crate::effect::Effect;
use crate::id::{CALL_CHANNEL, Channel, MessageId, StepId};
use crate::input::Answered;
use crate::limits::CALL_FOR_MS_MIN;
use crate::message::{Message, MessageKind, MessageState};
use crate::record::Decision;
use crate::run::{Run, RunState};
use crate::template::Template;
use crate::time::{Period, Timestamp};
use crate::value::{Operand, Path};
use crate::workflow::{Action, JsonBody, Step, WebCall, Workflow};

/// A webhook step wants a call; the run rests until it is answered.
pub(super) fn begin(turn: &mut Turn<'_>, run: &Run, workflow: &Workflow, step: &Step, call: &WebCall) {
    let (method, host) = (call.method.clone(), host(call));
    if run.ghost {
        let what = format!("{host} is asked ({method})");
        turn.note("4.5", About::run(run), Decision::WouldHave { what });
        return steps::go_to(turn, run.id, step.next);
    }
    let retry_for = call.retry_for.max(Period::from_millis(CALL_FOR_MS_MIN));
    let expires_at = turn.at + retry_for;
    let wanted = Wanted { kind: MessageKind::Call, channel: CALL_CHANNEL, address: host.clone(), expires_at };
    let Some(id) = want(turn, run, workflow, step, &call.content, wanted) else { return };
    if let Some(live) = turn.run_mut(run.id) {
        live.state = RunState::Calling { step: step.id.clone(), message: id };
    }
    let about = About { message: Some(id), ..About::run(run) };
    turn.note("8.6", about, Decision::Called { method, host });
}

/// What a step wants of somebody other than the contact.
pub(super) struct Wanted {
    pub kind: MessageKind,
    pub channel: &'static str,
    /// Who it is for, as lists show it.
    pub address: String,
    pub expires_at: Timestamp,
}

/// Puts a message that is not for the contact into the ledger, to be rendered with what else this input wants.
pub(super) fn want(
    turn: &mut Turn<'_>,
    run: &Run,
    workflow: &Workflow,
    step: &Step,
    content: &Template,
    wanted: Wanted,
) -> Option<MessageId> {
    let id = steps::key_of_visit(turn, run.id, &step.id)?;
    let at = turn.at;
    turn.contact.ledger.push(Message {
        id,
        kind: wanted.kind,
        of: None,
        run: run.id,
        workflow: workflow.name.clone(),
        version: workflow.version,
        step: step.id.clone(),
        channel: Channel::from(wanted.channel),
        category: workflow.category.clone(),
        transactional: true,
        template: content.name.clone(),
        content_hash: String::new(),
        address: wanted.address,
        intent_at: at,
        reserved_at: None,
        expires_at: Some(wanted.expires_at),
        attempts: 0,
        may_have_gone: false,
        sender: String::new(),
        provider_id: String::new(),
        hop: turn.hop,
        state: MessageState::Rendering,
        state_at: at,
        engagement: BTreeMap::new(),
        links: Vec::new(),
        reported: None,
        ghost: false,
    });
    turn.want(id);
    sending::touch(turn, id);
    Some(id)
}

/// Has a call or a task rendered: nothing of policies and consent is asked (SEMANTICS 8.6).
pub(super) fn decide(turn: &mut Turn<'_>, mut wanted: Message) {
    let id = wanted.id;
    let content_hash = match action(turn, &wanted.workflow, wanted.version, &wanted.step) {
        Some(Action::Call(call)) => call.content.content_hash.clone(),
        Some(Action::Task(task)) => task.content.content_hash.clone(),
        _ => {
            let error = format!("version {} of its workflow has no such step any more", wanted.version);
            return sending::render_failed(turn, id, &error);
        }
    };
    if let Some(expires_at) = wanted.expires_at.filter(|expires_at| *expires_at <= turn.at) {
        return sending::expire(turn, id, expires_at);
    }
    wanted.content_hash = content_hash;
    wanted.state_at = turn.at;
    let render = sending::render(turn, &wanted);
    turn.effects.push(Effect::Render(Box::new(render)));
    if let Some(message) = sending::message_mut(turn, id) {
        *message = wanted;
    }
    sending::touch(turn, id);
}

/// The JSON body of a call, with what its references stand for now.
pub(super) fn body(turn: &Turn<'_>, call: &Message) -> Option<JsonBody<Value>> {
    let Some(Action::Call(step)) = action(turn, &call.workflow, call.version, &call.step) else {
        return None;
    };
    let data = sending::data_of_run(turn, call.run);
    let contact = sending::contact_data(turn);
    let resolve = |operand: &Operand| match operand {
        Operand::Literal(value) => Some(value.clone()),
        Operand::Trigger(path) => path.get(data?.0).cloned(),
        Operand::Contact(path) => path.get(&contact).cloned(),
        Operand::Run(path) => path.get(data?.1).cloned(),
        Operand::Event(_) => None,
    };
    step.json.as_ref().map(|json| json.resolved(&resolve))
}

/// The call was rendered: from now on it may be made.
pub(super) fn rendered(turn: &mut Turn<'_>, known: &Message) {
    let (due_at, hop) = (turn.at, turn.hop);
    if let Some(message) = sending::message_mut(turn, known.id) {
        message.state = MessageState::Pending { due_at };
        message.state_at = due_at;
        message.hop = hop;
    }
    sending::touch(turn, known.id);
    let (message, expires_at) = (known.id, known.expires_at);
    turn.effects.push(Effect::Dispatch { message, due_at, expires_at });
}

/// Keeps what the step wants of an answer, as variables of the run that waits for it; nothing else of it is kept.
pub(super) fn keep_answer(turn: &mut Turn<'_>, known: &Message, answer: &Answered) {
    turn.note("8.6", sending::about(known), Decision::Answered { status: answer.status });
    let Some(run) = sending::resting_run(turn, known.id) else { return };
    let Some(Action::Call(call)) = action(turn, &known.workflow, known.version, &known.step) else { return };
    for (variable, place) in &call.save {
        variables::keep(turn, run, variable, part_of(answer, place).unwrap_or_default());
    }
}

/// What stands at a place of an answer: `status`, `headers.NAME`, `body…`.
fn part_of(answer: &Answered, place: &Path) -> Option<Value> {
    let rest = &place.parts()[1..];
    match place.root() {
        "status" => Some(Value::from(answer.status)),
        "headers" => answer.headers.get(&rest.join(".").to_ascii_lowercase()).cloned().map(Value::from),
        "body" => rest
            .iter()
            .try_fold(&answer.body, |value, part| match value {
                Value::Object(members) => members.get(part),
                Value::Array(items) => items.get(part.parse::<usize>().ok()?),
                _ => None,
            })
            .cloned(),
        _ => None,
    }
}

/// The call was answered as it should be: the run that waits for it goes on.
pub(super) fn answered(turn: &mut Turn<'_>, id: MessageId) {
    if let Some(run) = sending::resting_run(turn, id) {
        steps::proceed_after(turn, run);
    }
}

/// The call finally failed: the run that waits for it goes where the step says.
pub(super) fn failed(turn: &mut Turn<'_>, known: &Message) {
    let Some(run) = sending::resting_run(turn, known.id) else { return };
    match action(turn, &known.workflow, known.version, &known.step) {
        Some(Action::Call(call)) => steps::go_to(turn, run, call.on_error),
        _ => steps::proceed_after(turn, run),
    }
}

/// When a failed call is not tried again, if that is before it expires.
pub(super) fn retried_until(turn: &Turn<'_>, known: &Message) -> Option<Timestamp> {
    match action(turn, &known.workflow, known.version, &known.step) {
        Some(Action::Call(call)) if known.expires_at.is_some() => Some(known.intent_at + call.retry_for),
        _ => None,
    }
}

/// What the step of a message does.
pub(super) fn action<'t>(
    turn: &Turn<'t>,
    workflow: &crate::id::WorkflowName,
    version: u32,
    step: &StepId,
) -> Option<&'t Action> {
    let workflow = turn.catalog.version(workflow, version)?;
    workflow.step(step).map(|(_, step)| &step.action)
}

/// Who is called, as far as the file says it: secrets and data may stand in all that follows.
fn host(call: &WebCall) -> String {
    let url = call.content.parts.get("url").map(|part| part.source.trim()).unwrap_or_default();
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = host.rsplit('@').next().unwrap_or_default();
    if host.is_empty() || host.contains(['{', '}']) {
        "a computed address".to_owned()
    } else {
        host.to_owned()
    }
}
