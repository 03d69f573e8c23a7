//! What people do to runs (SEMANTICS 11.1).

use super::turn::{About, Turn};
use super::{deadlines, leaving, sending, steps};
use crate::id::StepId;
use crate::input::{Command, RunOrder, Runs};
use crate::record::Decision;
use crate::run::{EndReason, Run, RunState};
use crate::workflow::{Action, Step, Target, Workflow};

/// Does something to the live runs that are meant.
pub(super) fn on_runs(turn: &mut Turn<'_>, command: &Command, runs: &Runs, what: &RunOrder) {
    let meant = |run: &Run| {
        runs.run.is_none_or(|id| run.id == id)
            && runs.workflow.as_ref().is_none_or(|workflow| run.workflow == *workflow)
            && runs.step.as_ref().is_none_or(|step| run.state.step() == step)
    };
    let ids = turn.runs_in_order(meant);
    if ids.is_empty() {
        let why = match runs.run {
            Some(run) => format!("the contact has no live run {run}"),
            None => "the contact has no such live run".to_owned(),
        };
        return turn.note("11.1", About::default(), Decision::NotDone { why });
    }
    let detail = command.reason.clone().unwrap_or_else(|| format!("by {}", command.by));
    for id in ids {
        // What was done to one run may have ended the next.
        let Some(run) = turn.run(id).cloned() else { continue };
        let done = match what {
            RunOrder::End => {
                leaving::end(turn, id, EndReason::RemovedByHand, &detail, "11.1");
                Ok(())
            }
            RunOrder::Pause => pause(turn, &run),
            RunOrder::Resume => resume(turn, &run),
            RunOrder::Move(step) => move_to(turn, &run, step),
            RunOrder::Skip => skip(turn, &run),
        };
        if let Err(why) = done {
            turn.note("11.1", About::run(&run), Decision::NotDone { why });
        }
    }
}

fn pause(turn: &mut Turn<'_>, run: &Run) -> Result<(), String> {
    if let Some(since) = run.paused_at {
        return Err(format!("the run is paused since {since}"));
    }
    let at = turn.at;
    if let Some(live) = turn.run_mut(run.id) {
        live.paused_at = Some(at);
    }
    turn.note("11.1", About::run(run), Decision::Paused);
    Ok(())
}

/// What fell due meanwhile fires now, in order; what then happens, happens now (SEMANTICS 2.7).
fn resume(turn: &mut Turn<'_>, run: &Run) -> Result<(), String> {
    if run.paused_at.is_none() {
        return Err("the run is not paused".to_owned());
    }
    if let Some(live) = turn.run_mut(run.id) {
        live.paused_at = None;
    }
    turn.note("11.1", About::run(run), Decision::Resumed);
    deadlines::make_up(turn, run.id);
    Ok(())
}

fn move_to(turn: &mut Turn<'_>, run: &Run, step: &StepId) -> Result<(), String> {
    let workflow = version_of(turn, run)?;
    not_asking(run)?;
    if workflow.step(step).is_none() {
        let ids: Vec<&str> = workflow.steps.iter().map(|step| step.id.as_str()).collect();
        let (name, version) = (&workflow.name, workflow.version);
        return Err(format!("version {version} of `{name}` has no step `{step}`; it has {}", ids.join(", ")));
    }
    let (from, to) = (run.state.step().clone(), step.clone());
    turn.note("11.1", About::run(run), Decision::Moved { from, to });
    jump(turn, run, step, "the run was moved by hand");
    Ok(())
}

/// Puts a run before a step; what the old one still wants is taken back.
pub(super) fn jump(turn: &mut Turn<'_>, run: &Run, step: &StepId, why: &str) {
    sending::let_go(turn, &run.state, why);
    if let Some(live) = turn.run_mut(run.id) {
        live.state = RunState::At { step: step.clone() };
    }
}

/// The run leaves its step as if its time were up: by the time-out, if the step has one, else on to the next step.
fn skip(turn: &mut Turn<'_>, run: &Run) -> Result<(), String> {
    let workflow = version_of(turn, run)?;
    not_asking(run)?;
    let id = run.state.step();
    let (_, step) = workflow.step(id).ok_or_else(|| format!("the run's version has no step `{id}`"))?;
    let way = way_out(step).ok_or_else(|| {
        format!(
            "the run has not taken the step `{id}` yet, and which way it takes is the step's to say: move it"
        )
    })?;
    turn.note("11.1", About::run(run), Decision::Skipped { left: id.clone() });
    sending::let_go(turn, &run.state, "the step was skipped by hand");
    steps::go_to(turn, run.id, way);
    Ok(())
}

/// Where a run goes that leaves a step for which nothing has happened.
fn way_out(step: &Step) -> Option<Target> {
    match &step.action {
        Action::WaitFor(wait) => Some(wait.timeout.as_ref().map_or(step.next, |(_, target)| *target)),
        Action::SubWorkflow(sub) => Some(sub.timeout.as_ref().map_or(step.next, |(_, target)| *target)),
        Action::Task(task) => Some(task.on_timeout),
        Action::Send(_)
        | Action::Wait(_)
        | Action::Update(_)
        | Action::Emit { .. }
        | Action::Set(_)
        | Action::Call(_)
        | Action::Enter(_)
        | Action::ExitWorkflow(_)
        | Action::Repeat(_)
        | Action::Note => Some(step.next),
        Action::Branch { .. } | Action::Split(_) | Action::Exit { .. } | Action::GoTo(_) => None,
    }
}

fn version_of(turn: &Turn<'_>, run: &Run) -> Result<std::sync::Arc<Workflow>, String> {
    turn.workflow_of(run).ok_or_else(|| format!("version {} is not in the catalog", run.version))
}

fn not_asking(run: &Run) -> Result<(), String> {
    match run.state {
        RunState::Requested { .. } => Err("the run has not been let in yet: it waits for a place".to_owned()),
        _ => Ok(()),
    }
}
