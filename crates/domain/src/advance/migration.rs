//! What publishing a version means for the runs of older ones (SEMANTICS 2.4, 9.1, 9.2).

use std::collections::BTreeMap;

use super::turn::{About, Turn};
use super::{calls, deadlines, leaving, sending, tasks};
use crate::effect::TaskState;
use crate::id::{MessageId, StepId};
use crate::input::{Migration, Move};
use crate::message::MessageState;
use crate::record::Decision;
use crate::run::{EndReason, Run, RunState};
use crate::time::Timestamp;
use crate::wait::{self, Deadline};
use crate::workflow::{Action, Send, TaskStep, Wait, Workflow};

/// Moves the contact's runs of a workflow to another version. Taken twice it changes nothing: who is on that version is
/// not meant.
pub(super) fn migrate(turn: &mut Turn<'_>, migration: &Migration) {
    let Migration { workflow, from, to, .. } = migration;
    let Some(target) = turn.catalog.version(workflow, *to).cloned() else {
        let why = format!("version {to} of `{workflow}` is not in the catalog");
        return turn.note("9.2", About::default(), Decision::NotDone { why });
    };
    let is_meant = |run: &Run| {
        run.workflow == *workflow && run.version != *to && (from.is_empty() || from.contains(&run.version))
    };
    for id in turn.runs_in_order(is_meant) {
        let Some(run) = turn.run(id).cloned() else { continue };
        match goes(&run, &target, migration) {
            Ok(Move::To(step)) => {
                move_to(turn, &run, &target, &step, migration);
                deadlines::make_up(turn, id);
            }
            Ok(Move::Exit) => {
                let detail = format!("version {to} takes over no runs from `{}`", run.state.step());
                leaving::end(turn, id, EndReason::MigratedOut, &detail, "9.2");
            }
            Ok(Move::Stay) => {
                let why = "the publish said so".to_owned();
                turn.note("9.2", About::run(&run), Decision::NotMigrated { why });
            }
            Err(why) => turn.note("9.2", About::run(&run), Decision::NotMigrated { why }),
        }
    }
}

/// Where a run goes; an error says why it can't.
fn goes(run: &Run, target: &Workflow, migration: &Migration) -> Result<Move, String> {
    let from = run.state.step();
    let goes = migration.steps.get(from).cloned().unwrap_or_else(|| Move::To(from.clone()));
    let Move::To(step) = &goes else { return Ok(goes) };
    if matches!(run.state, RunState::Requested { .. }) {
        // It has not been let in: it will begin where the new version begins.
        let first = target.entry.and_then(|first| target.steps.get(first));
        let first = first.ok_or_else(|| format!("version {} has no steps", target.version))?;
        return Ok(Move::To(first.id.clone()));
    }
    if target.step(step).is_none() {
        return Err(format!("version {} has no step `{step}`", target.version));
    }
    Ok(goes)
}

fn move_to(turn: &mut Turn<'_>, run: &Run, target: &Workflow, step: &StepId, migration: &Migration) {
    let (from, to, to_version) = (run.state.step().clone(), step.clone(), target.version);
    turn.note("9.2", About::run(run), Decision::Migrated { to_version, from, to });
    turn.count(format!("migrated:{}:v{to_version}", run.workflow));
    let state = if let Some(state) = kept(turn, run, target, step) {
        state
    } else {
        sending::let_go(turn, &run.state, &format!("the run was moved to version {to_version}"));
        RunState::At { step: step.clone() }
    };
    if let RunState::Sending { message, .. }
    | RunState::Calling { message, .. }
    | RunState::Tasked { message, .. } = &state
    {
        carry_over(turn, *message, target.version, step);
    }
    let Some(live) = turn.run_mut(run.id) else { return };
    live.version = target.version;
    live.state = state;
    let renamed = |id: &StepId| match migration.steps.get(id) {
        Some(Move::To(step)) => step.clone(),
        _ => id.clone(),
    };
    live.rounds = std::mem::take(&mut live.rounds).into_iter().map(|(id, n)| (renamed(&id), n)).collect();
    // Nothing is forgotten of visits, so that no message ever gets the key of another (SEMANTICS 8.1).
    let visits: BTreeMap<StepId, u32> = live.visits.iter().map(|(id, n)| (renamed(id), *n)).collect();
    for (id, n) in visits {
        let visits = live.visits.entry(id).or_default();
        *visits = n.max(*visits);
    }
    match &live.state {
        RunState::Waiting { until, .. } => {
            let (about, until) = (About::run(live), *until);
            turn.note("2.4", about, Decision::WaitsUntil { until });
        }
        RunState::WaitingFor { until, .. } => {
            let (about, until) = (About::run(live), *until);
            turn.note("6.1", about, Decision::WaitsFor { until });
        }
        _ => {}
    }
}

/// How a run rests at the new step, if that rests as the old one does: the time that it has served counts (SEMANTICS
/// 2.4). None if it begins the new step anew.
fn kept(turn: &Turn<'_>, run: &Run, target: &Workflow, id: &StepId) -> Option<RunState> {
    let (_, new) = target.step(id)?;
    let step = id.clone();
    Some(match (&run.state, &new.action) {
        (RunState::Waiting { since, .. }, Action::Wait(wait)) => {
            RunState::Waiting { step, since: *since, until: deadline(turn, wait, *since)? }
        }
        (RunState::WaitingFor { since, .. }, Action::WaitFor(wait)) => {
            let until = wait.timeout.as_ref().map(|(period, _)| *since + *period);
            RunState::WaitingFor { step, since: *since, until }
        }
        (RunState::Sending { message, .. }, Action::Send(send))
            if is_same_message(turn, *message, send, target) =>
        {
            RunState::Sending { step, message: *message }
        }
        (RunState::Calling { message, .. }, Action::Call(_)) => RunState::Calling { step, message: *message },
        (RunState::Tasked { message, since, escalate_at, .. }, Action::Task(task)) => {
            let escalate_at =
                if has_escalated(turn, run, *escalate_at) { None } else { escalates(task, *since) };
            let (message, since) = (*message, *since);
            RunState::Tasked { step, message, since, until: since + task.due, escalate_at }
        }
        (RunState::Child { run: child, since, .. }, Action::SubWorkflow(sub))
            if turn.run(*child).is_some_and(|child| child.workflow == sub.enter.workflow) =>
        {
            let until = sub.timeout.as_ref().map(|(period, _)| *since + *period);
            RunState::Child { step, run: *child, since: *since, until }
        }
        (RunState::Requested { since, again_at, hop, .. }, _) => {
            RunState::Requested { step, since: *since, again_at: *again_at, hop: *hop }
        }
        (
            RunState::At { .. }
            | RunState::Waiting { .. }
            | RunState::WaitingFor { .. }
            | RunState::Sending { .. }
            | RunState::Calling { .. }
            | RunState::Tasked { .. }
            | RunState::Child { .. },
            _,
        ) => return None,
    })
}

/// The deadline of a wait that was entered at `since`; none if its date is past or missing, which the step itself
/// decides on.
fn deadline(turn: &Turn<'_>, wait: &Wait, since: Timestamp) -> Option<Timestamp> {
    // A delivery window says when to go on, not how long to wait: no time that was served opens it.
    let since = if let Wait::Window(_) = wait { turn.at } else { since };
    let zone = turn.contact.zone();
    match wait::deadline(wait, since, &turn.contact, zone.as_ref(), &turn.catalog.policies.zone) {
        Deadline::At(until) => Some(until),
        Deadline::Past(_) | Deadline::Missing => None,
    }
}

/// Whether the new step wants the message that rests: what was decided about it holds then.
fn is_same_message(turn: &Turn<'_>, id: MessageId, send: &Send, target: &Workflow) -> bool {
    let category = send.category.as_ref().unwrap_or(&target.category);
    sending::message(turn, id).is_some_and(|known| {
        known.template == send.template && known.channel == send.channel && known.category == *category
    })
}

fn has_escalated(turn: &Turn<'_>, run: &Run, escalate_at: Option<Timestamp>) -> bool {
    let old = calls::action(turn, &run.workflow, run.version, run.state.step());
    escalate_at.is_none() && matches!(old, Some(Action::Task(TaskStep { escalate: Some(_), .. })))
}

fn escalates(task: &TaskStep, since: Timestamp) -> Option<Timestamp> {
    task.escalate.as_ref().map(|(after, _)| since + *after)
}

/// What rests belongs to the new step from now on; a task shows the outcomes and the due date that it has there.
fn carry_over(turn: &mut Turn<'_>, id: MessageId, version: u32, step: &StepId) {
    let Some(known) = sending::message(turn, id).cloned() else { return };
    let task = match calls::action(turn, &known.workflow, version, step) {
        Some(Action::Task(task)) => Some(task),
        _ => None,
    };
    let expires_at = task.map_or(known.expires_at, |task| Some(known.intent_at + task.due));
    let Some(message) = sending::message_mut(turn, id) else { return };
    message.version = version;
    message.step = step.clone();
    message.expires_at = expires_at;
    let moved = message.clone();
    sending::touch(turn, id);
    if moved.state == MessageState::Open {
        tasks::show(turn, &moved, TaskState::Open);
    }
}
