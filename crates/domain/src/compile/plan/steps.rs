//! Which steps of a workflow a new version adds, removes, changes and renames: a step is its id.

use std::collections::BTreeMap;

use super::{PlannedChange, nameless};
use crate::compile::flow::successors;
use crate::compile::workflow::Draft;
use crate::id::StepId;
use crate::workflow::{Action, OnBlocked, Step, Target, Wait, Workflow};

/// Compares a version with the one that would follow it.
pub(super) fn compare(old: &Workflow, new: &Draft, planned: &mut PlannedChange) {
    let renamed: BTreeMap<&StepId, &StepId> = new
        .renamed
        .iter()
        .filter(|(_, was)| old.step_index.contains_key(*was))
        .map(|(id, was)| (was, id))
        .collect();
    let before: BTreeMap<StepId, String> =
        old.steps.iter().map(|step| (now(&step.id, &renamed), describe(old, step, &renamed))).collect();
    let none = BTreeMap::new();
    for step in &new.workflow.steps {
        match before.get(&step.id) {
            None => planned.steps_added.push(step.id.clone()),
            Some(other) if *other != describe(&new.workflow, step, &none) => {
                planned.steps_changed.push(step.id.clone());
            }
            Some(_) => {}
        }
    }
    for step in &old.steps {
        let id = now(&step.id, &renamed);
        if id != step.id {
            planned.steps_renamed.push((step.id.clone(), id));
        } else if !new.workflow.step_index.contains_key(&id) {
            planned.steps_removed.push(id);
        }
    }
}

/// The id that a step has now.
fn now(id: &StepId, renamed: &BTreeMap<&StepId, &StepId>) -> StepId {
    renamed.get(id).map_or_else(|| id.clone(), |id| (*id).clone())
}

/// What a step does and where it leads, by ids instead of places in the list.
fn describe(workflow: &Workflow, step: &Step, renamed: &BTreeMap<&StepId, &StepId>) -> String {
    let ids: Vec<StepId> =
        successors(step).into_iter().map(|index| now(&workflow.steps[index].id, renamed)).collect();
    let mut action = step.action.clone();
    nameless(&mut action);
    match &mut action {
        Action::Send(send) => blank(&mut send.on_blocked),
        Action::Wait(Wait::Date { if_missing, .. }) => blank(if_missing),
        Action::WaitFor(wait) => {
            let ways = wait.alternatives.iter_mut().map(|(_, target)| target);
            for target in ways.chain(wait.timeout.iter_mut().map(|(_, target)| target)) {
                *target = target.map(|_| 0);
            }
        }
        Action::Branch { arms, otherwise } => {
            for target in arms.iter_mut().map(|(_, target)| target).chain([otherwise]) {
                *target = target.map(|_| 0);
            }
        }
        Action::GoTo(target) => *target = target.map(|_| 0),
        Action::Split(split) => blank_all(split.variants.iter_mut().map(|variant| &mut variant.target)),
        Action::Call(call) => blank_all([&mut call.on_error].into_iter()),
        Action::Task(task) => {
            let outcomes = task.outcomes.iter_mut().map(|(_, target)| target);
            blank_all(outcomes.chain([&mut task.on_timeout]));
        }
        Action::SubWorkflow(sub) => blank_all(sub.timeout.iter_mut().map(|(_, target)| target)),
        Action::Repeat(repeat) => {
            // What is inside it has a line of its own.
            repeat.n_inside = 0;
            blank_all([&mut repeat.body].into_iter());
        }
        Action::Wait(_)
        | Action::Update(_)
        | Action::Emit { .. }
        | Action::Set(_)
        | Action::Enter(_)
        | Action::ExitWorkflow(_)
        | Action::Note
        | Action::Exit { .. } => {}
    }
    format!("{action:?} {ids:?}")
}

fn blank_all<'a>(targets: impl Iterator<Item = &'a mut Target>) {
    targets.for_each(|target| *target = target.map(|_| 0));
}

fn blank(otherwise: &mut OnBlocked) {
    if let OnBlocked::GoTo(target) = otherwise {
        *target = target.map(|_| 0);
    }
}
