//! Tasks: a run waits for a person (SEMANTICS 11.2).

use super::calls::{self, Wanted};
use super::turn::{About, Turn};
use super::{sending, steps};
use crate::effect::{Effect, Task, TaskState};
use crate::id::{MessageId, TASK_CHANNEL};
use crate::message::{Message, MessageKind, MessageState};
use crate::record::Decision;
use crate::run::{Run, RunState};
use crate::time::Timestamp;
use crate::workflow::{Action, Step, TaskStep, Workflow};

/// A task step wants a person to do something; the run rests until it is done or overdue.
pub(super) fn open(turn: &mut Turn<'_>, run: &Run, workflow: &Workflow, step: &Step, task: &TaskStep) {
    let since = turn.at;
    let until = since + task.due;
    let message = if run.ghost {
        // Nobody hears of it; the run rests as long as it would if nobody did it.
        let what = format!("a task for {} is opened", task.assignee);
        turn.note("4.5", About::run(run), Decision::WouldHave { what });
        steps::key_of_visit(turn, run.id, &step.id)
    } else {
        let address = task.assignee.clone();
        let wanted = Wanted { kind: MessageKind::Task, channel: TASK_CHANNEL, address, expires_at: until };
        calls::want(turn, run, workflow, step, &task.content, wanted)
    };
    let escalate_at = task.escalate.as_ref().filter(|_| !run.ghost).map(|(after, _)| since + *after);
    if let (Some(live), Some(message)) = (turn.run_mut(run.id), message) {
        live.state = RunState::Tasked { step: step.id.clone(), message, since, until, escalate_at };
    }
}

/// The task was rendered: it waits for a person from now on.
pub(super) fn rendered(turn: &mut Turn<'_>, known: &Message) {
    let at = turn.at;
    if let Some(message) = sending::message_mut(turn, known.id) {
        message.state = MessageState::Open;
        message.state_at = at;
    }
    sending::touch(turn, known.id);
    let due_at = known.expires_at.unwrap_or(at);
    let decision = Decision::TaskOpened { assignee: known.address.clone(), due_at };
    turn.note("11.2", sending::about(known), decision);
    show(turn, known, TaskState::Open);
}

/// Shows a task as it is now.
pub(super) fn show(turn: &mut Turn<'_>, known: &Message, state: TaskState) {
    let step = step_of(turn, known);
    let outcomes = step.iter().flat_map(|step| &step.outcomes).map(|(name, _)| name.clone()).collect();
    let escalated = step.and_then(|step| step.escalate.as_ref()).is_some_and(|(_, to)| *to == known.address)
        && step.is_some_and(|step| step.assignee != known.address);
    turn.effects.push(Effect::Task(Box::new(Task {
        id: known.id,
        run: known.run,
        workflow: known.workflow.clone(),
        version: known.version,
        step: known.step.clone(),
        assignee: known.address.clone(),
        outcomes,
        opened_at: known.intent_at,
        due_at: known.expires_at.unwrap_or(known.intent_at),
        escalated,
        state,
    })));
}

/// A person says how a task came out.
pub(super) fn complete(turn: &mut Turn<'_>, task: MessageId, outcome: &str, note: Option<&str>, by: &str) {
    if let Err(why) = try_to_complete(turn, task, outcome, note, by) {
        turn.note("11.2", About::default(), Decision::NotDone { why });
    }
}

fn try_to_complete(
    turn: &mut Turn<'_>,
    task: MessageId,
    outcome: &str,
    note: Option<&str>,
    by: &str,
) -> Result<(), String> {
    let known = sending::message(turn, task).filter(|message| message.kind == MessageKind::Task).cloned();
    let known = known.ok_or_else(|| format!("the contact has no task {task}"))?;
    if known.state != MessageState::Open {
        return Err(format!("the task is not open any more: it is {}", ended(&known.state)));
    }
    let outcomes = step_of(turn, &known).map(|step| step.outcomes.as_slice()).unwrap_or_default();
    let Some((_, target)) = outcomes.iter().find(|(name, _)| name == outcome) else {
        let names: Vec<String> = outcomes.iter().map(|(name, _)| format!("`{name}`")).collect();
        return Err(format!("a task of this step comes out as {}, not as `{outcome}`", names.join(" or ")));
    };
    let (outcome, note, by) = (outcome.to_owned(), note.map(str::to_owned), by.to_owned());
    let decision = Decision::TaskDone { outcome: outcome.clone(), by: by.clone(), note: note.clone() };
    turn.note("11.2", sending::about(&known), decision);
    sending::settle(turn, task, MessageState::Sent);
    show(turn, &known, TaskState::Done { outcome, note, by });
    if let Some(run) = sending::resting_run(turn, task) {
        steps::go_to(turn, run, *target);
    }
    Ok(())
}

/// How a task that is not open any more ended, in a word.
fn ended(state: &MessageState) -> &'static str {
    match state {
        MessageState::Sent => "done",
        MessageState::Expired => "overdue",
        other => other.name(),
    }
}

/// A deadline of a run that rests at a task has come: it escalates, or is overdue.
pub(super) fn fire(turn: &mut Turn<'_>, run: &Run, deadline: Timestamp) {
    let RunState::Tasked { message, until, escalate_at, .. } = &run.state else { return };
    let known = sending::message(turn, *message).cloned();
    if *until <= deadline {
        match &known {
            Some(known) => {
                turn.note("11.2", sending::about(known), Decision::TaskOverdue { due_at: *until });
                sending::settle(turn, known.id, MessageState::Expired);
                show(turn, known, TaskState::Overdue);
            }
            None => turn.note("11.2", About::run(run), Decision::TimedOut { deadline: *until }),
        }
        return undone(turn, run);
    }
    if escalate_at.is_none_or(|escalate_at| escalate_at > deadline) {
        return;
    }
    if let Some(RunState::Tasked { escalate_at, .. }) = turn.run_mut(run.id).map(|run| &mut run.state) {
        *escalate_at = None;
    }
    let Some(known) = known else { return };
    let Some((_, to)) = step_of(turn, &known).and_then(|step| step.escalate.clone()) else { return };
    turn.note("11.2", sending::about(&known), Decision::TaskEscalated { assignee: to.clone() });
    if let Some(message) = sending::message_mut(turn, known.id) {
        message.address.clone_from(&to);
    }
    sending::touch(turn, known.id);
    show(turn, &Message { address: to, ..known }, TaskState::Open);
}

/// The task could not be opened: the run goes where it would if nobody did it.
pub(super) fn failed(turn: &mut Turn<'_>, known: &Message) {
    let run = sending::resting_run(turn, known.id).and_then(|run| turn.run(run)).cloned();
    if let Some(run) = run {
        undone(turn, &run);
    }
}

fn undone(turn: &mut Turn<'_>, run: &Run) {
    match calls::action(turn, &run.workflow, run.version, run.state.step()) {
        Some(Action::Task(task)) => steps::go_to(turn, run.id, task.on_timeout),
        _ => steps::proceed_after(turn, run.id),
    }
}

fn step_of<'t>(turn: &Turn<'t>, known: &Message) -> Option<&'t TaskStep> {
    match calls::action(turn, &known.workflow, known.version, &known.step)? {
        Action::Task(task) => Some(task),
        _ => None,
    }
}
