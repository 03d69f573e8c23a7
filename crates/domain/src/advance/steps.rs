//! Moves runs from step to step until they rest (SEMANTICS 3.9).

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::consents::{self, How};
use super::intake::set_trait;
use super::turn::{About, Stimulus, Turn};
use super::{
    calls, holdouts, intake, leaving, others, rounds, segments, sending, splits, tasks, variables, waits,
};
use crate::effect::Effect;
use crate::event::{Event, EventKind};
use crate::id::{EventName, MessageId, RunId, StepId};
use crate::identity::Identifiers;
use crate::limits::STEPS_PER_INPUT_MAX;
use crate::message::{Message, MessageKind, MessageState};
use crate::planted;
use crate::predicate::{TimeWindow, holds};
use crate::record::Decision;
use crate::run::{EndReason, Run, RunState};
use crate::value::Operand;
use crate::wait::{self, Deadline};
use crate::workflow::{
    Action, Change, IfPast, OnBlocked, Send, Step, Target, Wait, WaitFor, Workflow, ZoneOf,
};

/// Advances every run that moved until all rest, in order of rank (SEMANTICS 3.12); those that are paused or stopped
/// rest before their step.
pub(super) fn advance_moved(turn: &mut Turn<'_>) {
    loop {
        let moved = turn.runs_in_order(|run| matches!(run.state, RunState::At { .. }) && !turn.is_held(run));
        let Some(first) = moved.first() else { return };
        advance_run(turn, *first);
    }
}

/// Sends the run on to the step after the one where it is.
pub(super) fn proceed_after(turn: &mut Turn<'_>, id: RunId) {
    let Some(run) = turn.run(id) else { return };
    let next =
        turn.workflow_of(run).and_then(|workflow| workflow.step(run.state.step()).map(|(_, step)| step.next));
    match next {
        Some(target) => go_to(turn, id, target),
        None => lost(turn, id),
    }
}

/// Sends the run to a step, or to its end.
pub(super) fn go_to(turn: &mut Turn<'_>, id: RunId, target: Target) {
    let Some(run) = turn.run(id) else { return };
    let Some(index) = target else {
        return leaving::end(turn, id, EndReason::Completed, "the last step is done", "5.3");
    };
    let step =
        turn.workflow_of(run).and_then(|workflow| workflow.steps.get(index).map(|step| step.id.clone()));
    match (step, turn.run_mut(id)) {
        (Some(step), Some(run)) => run.state = RunState::At { step },
        _ => lost(turn, id),
    }
}

/// Sends a run whose message was blocked, expired or failed to render where its step says (SEMANTICS 7.0).
pub(super) fn go_on_blocked(turn: &mut Turn<'_>, id: RunId, on_blocked: OnBlocked, why: &str) {
    match on_blocked {
        OnBlocked::Continue => proceed_after(turn, id),
        OnBlocked::Exit => leaving::end(turn, id, EndReason::ExitStep, why, "7.0"),
        OnBlocked::GoTo(target) => go_to(turn, id, target),
    }
}

fn lost(turn: &mut Turn<'_>, id: RunId) {
    leaving::end(turn, id, EndReason::Failed, "the run's version or step is not in the catalog", "5.3");
}

fn advance_run(turn: &mut Turn<'_>, id: RunId) {
    // A run that another one let in by this input is as deep as that entry.
    let hop = turn.hop;
    turn.hop = turn.run_hops.get(&id).map_or(hop, |of_run| hop.max(*of_run));
    take_steps(turn, id);
    turn.hop = hop;
}

fn take_steps(turn: &mut Turn<'_>, id: RunId) {
    while let Some(run) = turn.run(id).cloned() {
        let RunState::At { step } = &run.state else { return };
        let Some(workflow) = turn.workflow_of(&run) else { return lost(turn, id) };
        let Some((_, step)) = workflow.step(step) else { return lost(turn, id) };
        let crossed = turn.crossed.entry(id).or_default();
        *crossed += 1;
        if *crossed > STEPS_PER_INPUT_MAX {
            let detail = format!("no rest: more than {STEPS_PER_INPUT_MAX} steps on one input");
            return leaving::end(turn, id, EndReason::Failed, &detail, "3.14");
        }
        turn.count(holdouts::counter(format!("step:{}:{}", workflow.name, step.id), run.ghost));
        take_step(turn, &run, &workflow, step);
    }
}

fn take_step(turn: &mut Turn<'_>, run: &Run, workflow: &Workflow, step: &Step) {
    if holdouts::would_have(turn, run, &step.action) {
        return go_to(turn, run.id, step.next);
    }
    match &step.action {
        Action::Send(send) => intend(turn, run, workflow, step, send),
        Action::Wait(wait) => enter_wait(turn, run, step, wait),
        Action::WaitFor(wait) => enter_wait_for(turn, run, step, wait),
        Action::Branch { arms, otherwise } => {
            let facts = turn.facts_of(run, turn.at, None);
            let way = arms.iter().position(|(condition, _)| holds(condition, &facts));
            turn.note("3.9", About::run(run), Decision::Branched { way: way.map_or(0, |way| way + 1) });
            go_to(turn, run.id, way.map_or(*otherwise, |way| arms[way].1));
        }
        Action::Update(changes) => {
            update(turn, run, changes);
            // The step's own consequences may have ended the run.
            go_to(turn, run.id, step.next);
        }
        Action::Emit { event, properties } => {
            emit(turn, run, event, properties);
            go_to(turn, run.id, step.next);
        }
        Action::Exit { reason, result } => {
            others::keep_result(turn, run, result);
            let detail = reason.as_deref().unwrap_or("exit step");
            leaving::end(turn, run.id, EndReason::ExitStep, detail, "5.3");
        }
        Action::Split(split) => splits::take(turn, run, split),
        Action::Set(changes) => {
            variables::change(turn, run, workflow, changes);
            // An exit condition that asks for them may have ended the run.
            go_to(turn, run.id, step.next);
        }
        Action::Call(call) => calls::begin(turn, run, workflow, step, call),
        Action::Task(task) => tasks::open(turn, run, workflow, step, task),
        Action::Enter(enter) => {
            others::enter(turn, run, enter);
            go_to(turn, run.id, step.next);
        }
        Action::ExitWorkflow(name) => {
            others::exit(turn, run, name);
            go_to(turn, run.id, step.next);
        }
        Action::SubWorkflow(sub) => others::enter_and_wait(turn, run, step, sub),
        Action::Repeat(repeat) => rounds::take(turn, run, workflow, step, repeat),
        Action::Note => go_to(turn, run.id, step.next),
        Action::GoTo(target) => go_to(turn, run.id, *target),
    }
}

/// The key of a further visit of a step: each has a message of its own (SEMANTICS 8.1).
pub(super) fn key_of_visit(turn: &mut Turn<'_>, run: RunId, step: &StepId) -> Option<MessageId> {
    let at = turn.at;
    let live = turn.run_mut(run)?;
    let visit = live.visits.entry(step.clone()).or_default();
    *visit = visit.saturating_add(1);
    let parts: [&[u8]; 3] = [&run.to_bytes(), step.as_str().as_bytes(), &visit.to_be_bytes()];
    Some(MessageId::hashed(at, &parts))
}

/// A send step makes an intent; the run rests until it is released, blocked or expired (SEMANTICS 7.0).
fn intend(turn: &mut Turn<'_>, run: &Run, workflow: &Workflow, step: &Step, send: &Send) {
    let at = turn.at;
    let Some(id) = key_of_visit(turn, run.id, &step.id) else { return };
    let Some(live) = turn.run_mut(run.id) else { return };
    live.state = RunState::Sending { step: step.id.clone(), message: id };
    let category = send.category.clone().unwrap_or_else(|| workflow.category.clone());
    let transactional = category.as_str() == crate::id::TRANSACTIONAL
        || turn.catalog.policies.categories.get(&category).is_some_and(|policy| policy.transactional);
    turn.contact.ledger.push(Message {
        id,
        kind: MessageKind::Send,
        of: None,
        run: run.id,
        workflow: workflow.name.clone(),
        version: workflow.version,
        step: step.id.clone(),
        channel: send.channel.clone(),
        category,
        transactional,
        template: send.template.clone(),
        content_hash: String::new(),
        address: String::new(),
        intent_at: at,
        reserved_at: None,
        expires_at: send.expires.map(|period| at + period),
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
        ghost: run.ghost && !transactional,
    });
    turn.want(id);
    let about = About { message: Some(id), ..About::run(run) };
    let decision =
        Decision::Intended { channel: send.channel.to_string(), template: send.template.to_string() };
    turn.note("7.0", about, decision);
    sending::touch(turn, id);
}

/// A wait fixes its deadline when it is entered (SEMANTICS 2.4).
fn enter_wait(turn: &mut Turn<'_>, run: &Run, step: &Step, wait: &Wait) {
    let workspace_zone = &turn.catalog.policies.zone;
    let contact_zone = turn.contact.zone();
    if uses_contact_zone(wait) && contact_zone.is_none() {
        let used = workspace_zone.name().to_owned();
        turn.note("2.2", About::run(run), Decision::ZoneUnknown { used });
    }
    let since = if planted!("wait-from-the-deadline") { turn.judged } else { turn.at };
    let deadline = wait::deadline(wait, since, &turn.contact, contact_zone.as_ref(), workspace_zone);
    let (if_past, if_missing) = match wait {
        Wait::Date { if_past, if_missing, .. } => (*if_past, *if_missing),
        Wait::For(_)
        | Wait::CalendarDays { .. }
        | Wait::Until { .. }
        | Wait::Window(_)
        | Wait::BestTime { .. } => (IfPast::Continue, OnBlocked::Continue),
    };
    match deadline {
        Deadline::At(until) if until > turn.at => {
            turn.note("2.4", About::run(run), Decision::WaitsUntil { until });
            let since = turn.at;
            if let Some(live) = turn.run_mut(run.id) {
                live.state = RunState::Waiting { step: step.id.clone(), since, until };
            }
        }
        Deadline::At(_) => go_to(turn, run.id, step.next),
        Deadline::Past(date) => {
            let exits = if_past == IfPast::Exit;
            let then = if exits { "exit" } else { "continue" }.to_owned();
            turn.note("2.6", About::run(run), Decision::DateIsPast { date, then });
            if exits {
                leaving::end(turn, run.id, EndReason::ExitStep, "the date is past", "2.6");
            } else {
                go_to(turn, run.id, step.next);
            }
        }
        Deadline::Missing => {
            let path = if let Wait::Date { path, .. } = wait { path.to_string() } else { String::new() };
            turn.note("2.6", About::run(run), Decision::DateIsMissing { path });
            go_on_blocked(turn, run.id, if_missing, "the contact has no such date");
        }
    }
}

fn uses_contact_zone(wait: &Wait) -> bool {
    match wait {
        Wait::For(_) => false,
        Wait::CalendarDays { zone, .. }
        | Wait::Until { zone, .. }
        | Wait::Window(TimeWindow { zone, .. })
        | Wait::BestTime { zone, .. }
        | Wait::Date { zone, .. } => {
            matches!(zone, ZoneOf::Contact)
        }
    }
}

/// Conditions that are already true pass at once; events count from now on (SEMANTICS 6.1).
fn enter_wait_for(turn: &mut Turn<'_>, run: &Run, step: &Step, wait: &WaitFor) {
    if let Some((n, target)) = waits::already_true(turn, run, wait) {
        return waits::end_by_alternative(turn, run.id, n, "already true", target);
    }
    let since = turn.at;
    let until = wait.timeout.as_ref().map(|(period, _)| since + *period);
    turn.note("6.1", About::run(run), Decision::WaitsFor { until });
    if let Some(live) = turn.run_mut(run.id) {
        live.state = RunState::WaitingFor { step: step.id.clone(), since, until };
    }
}

/// Changes the contact; what follows from it is looked at after this step (SEMANTICS 3.14).
fn update(turn: &mut Turn<'_>, run: &Run, changes: &[Change]) {
    let mut concerns = Vec::new();
    let mut traits = Vec::new();
    for change in changes {
        let (path, value) = match change {
            Change::Set(path, operand) => (path, resolve(turn, run, operand).unwrap_or(Value::Null)),
            Change::Add(path, operand) => {
                let by = resolve(turn, run, operand);
                (path, add(path.get(&turn.contact.traits), by.as_ref()))
            }
            Change::Remove(path) => (path, Value::Null),
            Change::Consent(of, answer) => {
                let source = format!("step {}/{}", run.workflow, run.state.step());
                // The workflow is the team's own way of asking.
                let how = How { confirmed: true, ..How::by(&source) };
                consents::give(turn, of, *answer, how, &mut concerns);
                continue;
            }
            Change::List(list, on) => {
                intake::put_on_list(turn, About::run(run), list, *on, &mut concerns);
                continue;
            }
            Change::Tag(tag, on) => {
                intake::tag(turn, About::run(run), tag, *on, &mut concerns);
                continue;
            }
        };
        let whole = with_value_at(turn.contact.traits.get(path.root()), &path.parts()[1..], value);
        traits.extend(set_trait(turn, "3.9", About::run(run), path.root(), &whole, &mut concerns));
    }
    let segments = segments::recompute(turn, &concerns, turn.at);
    if !concerns.is_empty() {
        turn.derive(Stimulus { traits, segments, ..Stimulus::default() });
    }
}

/// The sum of two numbers, whole if both are; what isn't a number counts as zero.
pub(super) fn add(left: Option<&Value>, right: Option<&Value>) -> Value {
    let whole = |value: Option<&Value>| value.map_or(Some(0), Value::as_i64);
    if let (Some(left), Some(right)) = (whole(left), whole(right))
        && let Some(sum) = left.checked_add(right)
    {
        return Value::from(sum);
    }
    let number = |value: Option<&Value>| value.and_then(Value::as_f64).unwrap_or(0.0);
    Value::from(number(left) + number(right))
}

/// A trait's value with a part of it replaced; null removes the part.
pub(super) fn with_value_at(whole: Option<&Value>, path: &[String], value: Value) -> Value {
    let Some((first, rest)) = path.split_first() else { return value };
    let mut object = match whole {
        Some(Value::Object(object)) => object.clone(),
        _ => Map::new(),
    };
    let part = with_value_at(object.get(first), rest, value);
    if part.is_null() {
        object.remove(first);
    } else {
        object.insert(first.clone(), part);
    }
    Value::Object(object)
}

/// The value of an operand for a run.
pub(super) fn resolve(turn: &Turn<'_>, run: &Run, operand: &Operand) -> Option<Value> {
    match operand {
        Operand::Literal(value) => Some(value.clone()),
        Operand::Trigger(path) => path.get(&run.trigger).cloned(),
        Operand::Contact(path) => turn.facts_at(turn.at).trait_at(path).cloned(),
        Operand::Run(path) => path.get(&run.variables).cloned(),
        Operand::Event(_) => None,
    }
}

/// Emits an event of the contact: its next input, one hop deeper.
fn emit(turn: &mut Turn<'_>, run: &Run, name: &EventName, properties: &BTreeMap<String, Operand>) {
    let properties = properties
        .iter()
        .filter_map(|(name, operand)| resolve(turn, run, operand).map(|value| (name.clone(), value)))
        .collect();
    let parts = turn.next_id_parts();
    let message_id = MessageId::hashed(turn.at, &[&parts[0], &parts[1], &parts[2]]).to_string();
    turn.note("3.14", About::run(run), Decision::Emitted { event: name.to_string() });
    if !turn.may_derive() {
        return;
    }
    let event = Event {
        kind: EventKind::Track,
        name: name.clone(),
        message_id,
        occurred_at: turn.at,
        identifiers: Identifiers { user_id: turn.contact.user_id.clone(), ..Identifiers::default() },
        properties,
        traits: Map::new(),
        imported: false,
        brought: None,
    };
    turn.effects.push(Effect::Emit { event: Box::new(event), hop: turn.hop.saturating_add(1) });
}
