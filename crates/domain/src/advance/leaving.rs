//! Exit conditions, goals, and the end of runs (SEMANTICS 3.6, 5).

use std::collections::BTreeMap;

use serde_json::Value;

use super::turn::{About, Stimulus, Turn};
use super::{by_hand, holdouts, others, sending, waits};
use crate::event::Event;
use crate::id::{Category, RunId};
use crate::limits::{CLOSED_RUNS_MAX, LATE_AFTER_MS};
use crate::planted;
use crate::predicate::{Facts, holds};
use crate::record::Decision;
use crate::run::{ClosedRun, EndReason, Run, RunState};
use crate::time::{Period, Timestamp};
use crate::workflow::{EventMatch, Goal, Occasion, Workflow};

/// Looks whether what happened ends live runs or reaches goals, in order of rank.
pub(super) fn exits_and_goals(turn: &mut Turn<'_>, stimulus: &Stimulus<'_>) {
    for id in turn.runs_in_order(|_| true) {
        if exits_by_arrival(turn, id, stimulus) || exits_by_condition(turn, id) {
            continue;
        }
        if let Some(event) = stimulus.event {
            reach_goals(turn, id, event);
        }
    }
    if let Some(event) = stimulus.event {
        reach_goals_of_closed(turn, event);
    }
}

/// Ends the run if an exit event, or news of a message that it exits by, arrived.
fn exits_by_arrival(turn: &mut Turn<'_>, id: RunId, stimulus: &Stimulus<'_>) -> bool {
    let Some(run) = turn.run(id) else { return false };
    let Some(workflow) = turn.workflow_of(run) else { return false };
    if planted!("exit-waits-for-the-step") && matches!(run.state, RunState::Waiting { .. }) {
        return false;
    }
    let mut occasions = workflow.exit_when.iter();
    let what = occasions.find_map(|occasion| waits::arrived(turn, run, run.entered_at, occasion, stimulus));
    if let Some(what) = &what {
        end(turn, id, EndReason::ExitCondition, what, "5.1");
    }
    what.is_some()
}

/// Ends the run if an exit condition holds, as of the deadline that fires or now, but not as of before its entry.
pub(super) fn exits_by_condition(turn: &mut Turn<'_>, id: RunId) -> bool {
    let Some(run) = turn.run(id) else { return false };
    let Some(workflow) = turn.workflow_of(run) else { return false };
    let facts = turn.facts_of(run, turn.judged.max(run.entered_at), None);
    let number = workflow.exit_when.iter().position(|occasion| match occasion {
        Occasion::Condition(condition) => holds(condition, &facts),
        Occasion::Event(_) | Occasion::Engaged(_) => false,
    });
    if let Some(number) = number {
        end(turn, id, EndReason::ExitCondition, &format!("condition {} of exit_when", number + 1), "5.1");
    }
    number.is_some()
}

/// Whether an exit condition of a workflow already holds for one who would enter (SEMANTICS 4.1).
pub(super) fn exit_condition_holds(workflow: &Workflow, facts: &Facts<'_>) -> bool {
    workflow.exit_when.iter().any(|occasion| match occasion {
        Occasion::Condition(condition) => holds(condition, facts),
        Occasion::Event(_) | Occasion::Engaged(_) => false,
    })
}

/// Whether an event is the one that is meant.
pub(super) fn event_matches(matches: &EventMatch, event: &Event, facts: &Facts<'_>) -> bool {
    matches.is(&event.name, &event.properties, facts)
}

/// Counts the goals of a live run that this event reaches; an exiting one ends the run, and of those that lead to a step
/// the first in the file's order does.
fn reach_goals(turn: &mut Turn<'_>, id: RunId, event: &Event) {
    let Some(workflow) = turn.run(id).and_then(|run| turn.workflow_of(run)) else { return };
    let mut jumps_to = Vec::new();
    for goal in &workflow.goals {
        let Some(run) = turn.run(id) else { return };
        // Who is not let in yet has no goals to be credited with, but needs no more to be let in either.
        let is_asking = matches!(run.state, RunState::Requested { .. });
        if is_asking && !goal.exit {
            continue;
        }
        let facts = turn.facts_of(run, turn.at, Some(event));
        if run.goals.contains(&goal.name)
            || !in_window(goal, run.entered_at, run.occurred_at, event.occurred_at, true)
            || !event_matches(&goal.matches, event, &facts)
        {
            continue;
        }
        if is_asking {
            return end(turn, id, EndReason::Goal, &goal.name, "4.3");
        }
        let value = goal_value(goal, event);
        let (variants, is_ghost) = (run.variants.clone(), run.ghost);
        turn.note("5.2", About::run(run), Decision::GoalReached { goal: goal.name.clone(), value });
        count_goal(turn, &workflow, &goal.name, &variants, is_ghost);
        if let Some(run) = turn.run_mut(id) {
            run.goals.push(goal.name.clone());
        }
        if goal.exit {
            end(turn, id, EndReason::Goal, &goal.name, "5.1");
            return;
        }
        jumps_to.push((goal.go_to, &goal.name));
    }
    let first = jumps_to.iter().find_map(|(to, goal)| Some((workflow.steps.get((*to)?)?, *goal)));
    if let (Some((step, goal)), Some(run)) = (first, turn.run(id).cloned()) {
        let decision = Decision::JumpedToGoal { goal: goal.clone(), to: step.id.clone() };
        turn.note("5.1", About::run(&run), decision);
        by_hand::jump(turn, &run, &step.id, &format!("the goal `{goal}` was reached"));
    }
}

/// Counts the goals of ended runs: windows outlive the run (SEMANTICS 5.2).
fn reach_goals_of_closed(turn: &mut Turn<'_>, event: &Event) {
    for n in 0..turn.contact.closed.len() {
        let closed = &turn.contact.closed[n];
        let Some(workflow) = turn.catalog.version(&closed.workflow, closed.version) else { continue };
        for goal in &workflow.goals {
            let closed = &turn.contact.closed[n];
            let facts = Facts {
                trigger: Some(&closed.trigger),
                variables: Some(&closed.variables),
                run: Some(closed.id),
                event: Some(event),
                ..turn.facts_at(turn.at)
            };
            if closed.goals.contains(&goal.name)
                || !in_window(goal, closed.entered_at, closed.occurred_at, event.occurred_at, false)
                || !event_matches(&goal.matches, event, &facts)
            {
                continue;
            }
            let value = goal_value(goal, event);
            let is_ghost = closed.ghost;
            let about = About { run: Some(closed.id), ..About::workflow(workflow) };
            turn.note("5.2", about, Decision::GoalReached { goal: goal.name.clone(), value });
            let variants = turn.contact.closed[n].variants.clone();
            count_goal(turn, workflow, &goal.name, &variants, is_ghost);
            turn.contact.closed[n].goals.push(goal.name.clone());
        }
    }
}

/// Counts a goal that was reached: the version and the variants that the run went through get the credit.
fn count_goal(
    turn: &mut Turn<'_>,
    workflow: &Workflow,
    goal: &str,
    variants: &BTreeMap<String, String>,
    is_ghost: bool,
) {
    let Workflow { name, version, .. } = workflow;
    turn.count(holdouts::counter(format!("goal:{name}:{goal}"), is_ghost));
    turn.count(holdouts::counter(format!("goal:{name}:{goal}:v{version}"), is_ghost));
    for (experiment, variant) in variants {
        let counter = format!("goal_variant:{experiment}:{variant}:{name}:{goal}");
        turn.count(holdouts::counter(counter, is_ghost));
    }
}

/// Whether an event that occurred then counts for a goal of a run that was entered then.
///
/// Clients send in batches, so what follows on the trigger may well occur before the trigger is taken: `triggered_at`.
fn in_window(
    goal: &Goal,
    entered_at: Timestamp,
    triggered_at: Option<Timestamp>,
    occurred_at: Timestamp,
    is_live: bool,
) -> bool {
    occurred_at >= triggered_at.unwrap_or(entered_at)
        && match goal.within {
            Some(within) => occurred_at <= entered_at + within,
            None => is_live,
        }
}

fn goal_value(goal: &Goal, event: &Event) -> Option<f64> {
    goal.value.as_ref().and_then(|path| path.get(&event.properties)).and_then(Value::as_f64)
}

/// Ends the live runs of workflows of a category that the contact opted out of (SEMANTICS 5.3).
pub(super) fn end_runs_of_category(turn: &mut Turn<'_>, category: &Category) {
    let concerned = |run: &Run| {
        turn.catalog
            .version(&run.workflow, run.version)
            .is_some_and(|workflow| workflow.category == *category && !workflow.transactional)
    };
    for id in turn.runs_in_order(concerned) {
        end(turn, id, EndReason::Unsubscribed, category.as_str(), "5.3");
    }
}

/// Ends the runs whose version is not in the catalog: nothing would ever wake them.
pub(super) fn end_lost(turn: &mut Turn<'_>) {
    for id in turn.runs_in_order(|run| turn.catalog.version(&run.workflow, run.version).is_none()) {
        end(turn, id, EndReason::Failed, "the run's version is not in the catalog", "5.3");
    }
}

/// Ends a run with one reason; an interruption takes back its messages that are not yet being attempted.
pub(super) fn end(turn: &mut Turn<'_>, id: RunId, reason: EndReason, detail: &str, rule: &str) {
    let Some(place) = turn.contact.runs.iter().position(|run| run.id == id) else { return };
    let run = turn.contact.runs.remove(place);
    turn.note(rule, About::run(&run), Decision::Ended { reason, detail: detail.to_owned() });
    let is_asking = matches!(run.state, RunState::Requested { .. });
    let counter = if is_asking { "withdrawn" } else { "ended" };
    turn.count(holdouts::counter(format!("{counter}:{}:{}", run.workflow, reason.as_str()), run.ghost));
    if reason == EndReason::Failed {
        turn.count(holdouts::counter(format!("failed:{}:v{}", run.workflow, run.version), run.ghost));
    }
    turn.ended.insert((run.workflow.clone(), run.key.clone()));
    match reason {
        EndReason::Goal
        | EndReason::ExitCondition
        | EndReason::Unsubscribed
        | EndReason::RemovedByHand
        | EndReason::Replaced
        | EndReason::MigratedOut => sending::cancel_of_run(turn, id, &format!("the run ended: {detail}")),
        EndReason::Completed | EndReason::ExitStep | EndReason::Failed => {
            sending::cancel_for_others(turn, id, &format!("the run ended: {detail}"));
        }
    }
    others::child_ended(turn, &run, reason);
    if !is_asking {
        keep_for_goals(turn, run, reason);
    }
}

/// Keeps what goals still need of an ended run, as long as a window is open.
fn keep_for_goals(turn: &mut Turn<'_>, run: Run, reason: EndReason) {
    let is_open = turn
        .workflow_of(&run)
        .is_some_and(|workflow| is_open(&workflow, run.entered_at, &run.goals, turn.at));
    if !is_open {
        return;
    }
    if turn.contact.closed.len() == CLOSED_RUNS_MAX {
        turn.contact.closed.remove(0);
    }
    turn.contact.closed.push(ClosedRun {
        id: run.id,
        workflow: run.workflow,
        version: run.version,
        key: run.key,
        entered_at: run.entered_at,
        occurred_at: run.occurred_at,
        ended_at: turn.at,
        reason,
        trigger: run.trigger,
        goals: run.goals,
        variables: run.variables,
        variants: run.variants,
        ghost: run.ghost,
    });
}

/// Whether a goal of a run that was entered then may still be reached by an event that is taken now.
///
/// Windows are of `occurred_at`, and an event is news for 24 hours, so a window stays open that much longer.
fn is_open(workflow: &Workflow, entered_at: Timestamp, reached: &[String], at: Timestamp) -> bool {
    let oldest = at - Period::from_millis(LATE_AFTER_MS);
    workflow.goals.iter().any(|goal| {
        !reached.contains(&goal.name) && goal.within.is_some_and(|within| entered_at + within >= oldest)
    })
}

/// Forgets ended runs whose goals can't be reached any more; before goals are looked at, so that what counts doesn't
/// depend on when the contact was last heard of.
pub(super) fn forget_closed(turn: &mut Turn<'_>) {
    let (catalog, at) = (turn.catalog, turn.at);
    turn.contact.closed.retain(|closed| {
        catalog
            .version(&closed.workflow, closed.version)
            .is_some_and(|workflow| is_open(workflow, closed.entered_at, &closed.goals, at))
    });
}
