//! What experiments, calls, tasks, other workflows, policies over the portfolio and people decided, in words.

use super::{because, quoted, shown, with_key, words};
use crate::record::Decision;

/// What was decided, if it is one of these.
pub(super) fn decided(decision: &Decision) -> Option<String> {
    of_steps(decision).or_else(|| of_policies_and_people(decision))
}

fn of_steps(decision: &Decision) -> Option<String> {
    let text = match decision {
        Decision::Exposed { experiment, variant } => {
            format!("in the experiment {experiment} the contact's variant is {variant}, and stays so")
        }
        Decision::StaysIn { experiment, variant } => {
            format!("in the experiment {experiment} the contact stays in the variant {variant}")
        }
        Decision::VariableSet { name, to } => format!("the variable {name} is {} from now on", shown(to)),
        Decision::Called { method, host } => {
            format!("the run asks {host} ({method}) and waits for the answer")
        }
        Decision::Answered { status } => format!("the other system answered with the status {status}"),
        Decision::TaskOpened { assignee, due_at } => {
            format!("a task for {assignee} was opened, due at {due_at}")
        }
        Decision::TaskEscalated { assignee } => format!("nobody had done the task, so it went to {assignee}"),
        Decision::TaskDone { outcome, by, note } => {
            format!("{by} did the task: {}{}", quoted(outcome), because(note.as_deref().unwrap_or_default()))
        }
        Decision::TaskOverdue { due_at } => format!("nobody had done the task when it was due at {due_at}"),
        Decision::WaitsForRun { of: workflow, until: Some(until) } => {
            format!("the run waits for the end of the workflow {workflow}, until {until} at most")
        }
        Decision::WaitsForRun { of: workflow, until: None } => {
            format!("the run waits for the end of the workflow {workflow}")
        }
        Decision::RunReturned { of: workflow, reason } => {
            format!("the workflow {workflow} that the run waited for has ended: {}", words(reason.as_str()))
        }
        Decision::Round { round, of } => format!("round {round} of at most {of} begins"),
        Decision::RoundsDone { rounds } => format!("the repetition is done after {rounds} rounds"),
        Decision::JumpedToGoal { goal, to } => {
            format!("the goal {} was reached, so the run jumped to the step {to}", quoted(goal))
        }
        _ => return None,
    };
    Some(text)
}

fn of_policies_and_people(decision: &Decision) -> Option<String> {
    let text = match decision {
        Decision::ListChanged { list, on: true } => format!("the contact was put on the list {list}"),
        Decision::ListChanged { list, on: false } => format!("the contact was taken off the list {list}"),
        Decision::TagChanged { tag, on: true } => format!("the contact got the tag {}", quoted(tag)),
        Decision::TagChanged { tag, on: false } => format!("the contact lost the tag {}", quoted(tag)),
        Decision::Held { until } => {
            format!("the message waits until {until} for others on its channel, of which one will go")
        }
        Decision::Won { over: 0 } => {
            "no other message waited on its channel, so the message goes on".to_owned()
        }
        Decision::Won { over } => {
            format!("of {} messages on its channel this one goes on", over + 1)
        }
        Decision::Lost { to, then } => format!("{to} goes first: {then}"),
        Decision::HeldOut { by } => format!("the contact is held out of {by}: nothing will leave"),
        Decision::Ghost { at } => format!("the message would have gone at {at}, but the contact is held out"),
        Decision::WouldHave { what } => format!("the contact is held out, else: {what}"),
        Decision::GrantRequested { key } => {
            format!("a place under the entry caps was asked for{}", with_key(key))
        }
        Decision::GrantAnswered { granted: true, why } => format!("the entry was granted{}", because(why)),
        Decision::GrantAnswered { granted: false, why } => format!("the entry was refused{}", because(why)),
        Decision::TimerSet { what, until } => format!("{what} falls due at {until}"),
        Decision::TimerGone { what } => format!("{what} does not fall due any more"),
        Decision::Paused => "the run was paused".to_owned(),
        Decision::Resumed => "the run goes on".to_owned(),
        Decision::Moved { from, to } => format!("the run was moved from the step {from} to {to}"),
        Decision::Skipped { left: step } => format!("the run left the step {step} by hand"),
        Decision::Migrated { to_version, from, to } => {
            format!("the run was moved to version {to_version}, from the step {from} to {to}")
        }
        Decision::NotMigrated { why } => format!("the run stays on its version: {why}"),
        _ => return None,
    };
    Some(text)
}
