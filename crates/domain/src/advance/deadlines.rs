//! What is due fires before an input is taken, in order (SEMANTICS 2.7); and the alarm, the earliest of what is not.

use super::turn::{About, Rank, Stimulus, Turn};
use super::{
    arbitration, computed, grants, leaving, others, reports, segments, sending, steps, tasks, timers, waits,
};
use crate::catalog::Concern;
use crate::id::{MessageId, RunId};
use crate::limits::DEADLINES_PER_INPUT_MAX;
use crate::message::{Message, MessageState};
use crate::predicate::{holds, next_change};
use crate::record::Decision;
use crate::run::{Run, RunState};
use crate::time::Timestamp;
use crate::workflow::{Action, Occasion};

/// Something of a run that is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Due {
    /// Its wait, its time-out, or a condition it waits for or is ended by.
    Run(RunId),
    /// A deferred message.
    Message(MessageId),
    /// The holding window in which this message is.
    Window(MessageId),
}

/// Fires all deadlines up to the turn's instant, each judged as of itself; what then happens, happens now.
pub(super) fn fire_due(turn: &mut Turn<'_>, since: Timestamp) {
    let mut judged = since;
    for _ in 0..DEADLINES_PER_INPUT_MAX {
        let Some(deadline) = next(turn, judged).filter(|deadline| *deadline <= turn.at) else { return };
        // What fell due in a pause may be older than the last input: nothing is judged as of before that.
        judged = judged.max(deadline);
        fire(turn, deadline, judged);
    }
    let what = format!(
        "more than {DEADLINES_PER_INPUT_MAX} deadlines were due at once: the rest is judged as of now"
    );
    turn.note("2.7", About::default(), Decision::ChainCut { what });
    fire(turn, turn.at, turn.at);
}

/// The earliest deadline of anything the contact waits for, judged as of `judged`.
pub(super) fn next(turn: &Turn<'_>, judged: Timestamp) -> Option<Timestamp> {
    let runs = turn.contact.runs.iter().filter_map(|run| of_run(turn, run, judged));
    let messages = turn.contact.ledger.iter().filter_map(|message| match message.state {
        MessageState::Scheduled { until } | MessageState::Held { until }
            if !turn.is_message_held(message) =>
        {
            Some(until)
        }
        _ => None,
    });
    let clicks = turn.contact.ledger.iter().filter_map(Message::clicks_due);
    let timer = turn.contact.timers.first().map(|timer| timer.at);
    runs.chain(messages).chain(clicks).chain(timer).min()
}

/// The earliest deadline of one run: its wait, its time-out, or a condition that time may make true; of one that is
/// paused or stopped only its exit conditions, which still act (SEMANTICS 9.4).
fn of_run(turn: &Turn<'_>, run: &Run, judged: Timestamp) -> Option<Timestamp> {
    let workflow = turn.catalog.version(&run.workflow, run.version)?;
    // What is waited for since an instant is not judged as of an earlier one.
    let by_time = |occasion: &Occasion, since: Timestamp| match occasion {
        Occasion::Condition(condition) => {
            next_change(condition, &turn.facts_of(run, judged.max(since), None))
        }
        Occasion::Event(_) | Occasion::Engaged(_) => None,
    };
    let exits = workflow.exit_when.iter().filter_map(|occasion| by_time(occasion, run.entered_at)).min();
    let own = match &run.state {
        _ if turn.is_held(run) => None,
        RunState::Waiting { until, .. } => Some(*until),
        RunState::WaitingFor { step, since, until } => {
            let conditions = match workflow.step(step).map(|(_, step)| &step.action) {
                Some(Action::WaitFor(wait)) => {
                    wait.alternatives.iter().filter_map(|(occasion, _)| by_time(occasion, *since)).min()
                }
                _ => None,
            };
            until.iter().copied().chain(conditions).min()
        }
        RunState::Tasked { until, escalate_at, .. } => escalate_at.iter().copied().chain([*until]).min(),
        RunState::Child { until, .. } => *until,
        RunState::Requested { again_at, .. } => *again_at,
        RunState::At { .. } | RunState::Sending { .. } | RunState::Calling { .. } => None,
    };
    own.into_iter().chain(exits).min()
}

/// Fires everything that is due at `deadline`, judged as of `judged`: computed traits and memberships first, since
/// conditions may ask for them.
///
/// What follows is looked at before the next deadline, as it would have been had the alarm not been late; a run that
/// ends here was not ended by the input that finds it due (SEMANTICS 4.2).
fn fire(turn: &mut Turn<'_>, deadline: Timestamp, judged: Timestamp) {
    turn.judged = judged;
    let mut concerns = Vec::new();
    let traits = computed::recompute_due(turn, judged, &mut concerns);
    let mut changes = segments::recompute(turn, &concerns, judged);
    changes.extend(segments::recompute_due(turn, judged));
    let mut due: Vec<(Timestamp, Rank<'_>, Due)> = Vec::new();
    for run in &turn.contact.runs {
        due.push((deadline, turn.rank(run), Due::Run(run.id)));
    }
    for message in &turn.contact.ledger {
        match message.state {
            _ if turn.is_message_held(message) => {}
            MessageState::Scheduled { until } if until <= deadline => {
                due.push((until, sending::rank(turn, message), Due::Message(message.id)));
            }
            MessageState::Held { until } if until <= deadline => {
                due.push((until, sending::rank(turn, message), Due::Window(message.id)));
            }
            _ => {}
        }
    }
    due.sort();
    let due: Vec<Due> = due.into_iter().map(|(_, _, due)| due).collect();
    for due in due {
        match due {
            Due::Run(run) => fire_run(turn, run, deadline, judged),
            Due::Message(message) => sending::retake(turn, message),
            Due::Window(message) => arbitration::close(turn, message, deadline),
        }
    }
    for engaged in reports::judge_due(turn, deadline) {
        let segments = segments::recompute(turn, &[Concern::Message], judged);
        super::stimulate(turn, &Stimulus { segments, engaged: Some(engaged), ..Stimulus::default() });
    }
    let timers = timers::take_due(turn, judged);
    if !traits.is_empty() || !changes.is_empty() || !timers.is_empty() {
        let stimulus = Stimulus { traits, segments: changes, timers, ..Stimulus::default() };
        super::stimulate(turn, &stimulus);
    }
    steps::advance_moved(turn);
    super::follow_up(turn);
    turn.ended.clear();
    turn.judged = turn.at;
}

/// Fires what fell due for one run while it was paused, and what it wanted to send, in order (SEMANTICS 2.7, 11.1).
pub(super) fn make_up(turn: &mut Turn<'_>, id: RunId) {
    let mut judged = turn.contact.at;
    for _ in 0..DEADLINES_PER_INPUT_MAX {
        let Some((deadline, due)) = earliest_of(turn, id, judged).filter(|(at, _)| *at <= turn.at) else {
            break;
        };
        judged = judged.max(deadline);
        turn.judged = judged;
        match due {
            Due::Run(run) => fire_run(turn, run, deadline, judged),
            Due::Message(message) => sending::retake(turn, message),
            Due::Window(message) => arbitration::close(turn, message, deadline),
        }
    }
    turn.judged = turn.at;
}

/// What of a run, or of its messages, falls due first.
fn earliest_of(turn: &Turn<'_>, id: RunId, judged: Timestamp) -> Option<(Timestamp, Due)> {
    let run = turn.run(id).filter(|run| !turn.is_held(run))?;
    let own = of_run(turn, run, judged).map(|deadline| (deadline, Due::Run(id)));
    let messages = turn.contact.ledger.iter().filter(|message| message.run == id);
    let scheduled = messages.filter_map(|message| match message.state {
        MessageState::Scheduled { until } => Some((until, Due::Message(message.id))),
        MessageState::Held { until } => Some((until, Due::Window(message.id))),
        _ => None,
    });
    own.into_iter().chain(scheduled).min()
}

/// What the deadline means for one run: its exit conditions, then its wait.
fn fire_run(turn: &mut Turn<'_>, id: RunId, deadline: Timestamp, judged: Timestamp) {
    if leaving::exits_by_condition(turn, id) {
        return;
    }
    let Some(run) = turn.run(id).filter(|run| !turn.is_held(run)).cloned() else { return };
    match &run.state {
        RunState::Waiting { until, .. } if *until <= deadline => {
            turn.note("2.7", About::run(&run), Decision::WaitEnded { deadline: *until });
            steps::proceed_after(turn, id);
        }
        RunState::WaitingFor { step, since, until } => {
            let Some(workflow) = turn.workflow_of(&run) else { return };
            let Some(Action::WaitFor(wait)) = workflow.step(step).map(|(_, step)| &step.action) else {
                return;
            };
            for (n, (occasion, target)) in wait.alternatives.iter().enumerate() {
                if let Occasion::Condition(condition) = occasion
                    && holds(condition, &turn.facts_of(&run, judged.max(*since), None))
                {
                    waits::end_by_alternative(turn, id, n, "condition", *target);
                    return;
                }
            }
            if let Some(until) = until.filter(|until| *until <= deadline) {
                turn.note("6.1", About::run(&run), Decision::TimedOut { deadline: until });
                let target = wait.timeout.as_ref().and_then(|(_, target)| *target);
                steps::go_to(turn, id, target);
            }
        }
        RunState::Tasked { .. } => tasks::fire(turn, &run, deadline),
        RunState::Child { .. } => others::fire(turn, &run, deadline),
        RunState::Requested { .. } => grants::fire(turn, &run, deadline),
        RunState::Waiting { .. }
        | RunState::At { .. }
        | RunState::Sending { .. }
        | RunState::Calling { .. } => {}
    }
}
