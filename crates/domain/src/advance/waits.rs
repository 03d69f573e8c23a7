//! Waits that an input ends (SEMANTICS 3.7, 6.1).

use super::intake::may_act_on;
use super::leaving::event_matches;
use super::turn::{About, Stimulus, Turn};
use super::{sending, steps};
use crate::id::RunId;
use crate::predicate::{holds, news_passes};
use crate::record::Decision;
use crate::run::{Run, RunState};
use crate::time::Timestamp;
use crate::workflow::{Action, Occasion, Target, WaitFor};

/// Ends the waits that what happened satisfies, in order of rank; ties within a wait go by order in the file.
pub(super) fn end_satisfied(turn: &mut Turn<'_>, stimulus: &Stimulus<'_>) {
    for id in turn.runs_in_order(|run| matches!(run.state, RunState::WaitingFor { .. })) {
        end_if_satisfied(turn, id, stimulus);
    }
}

fn end_if_satisfied(turn: &mut Turn<'_>, id: RunId, stimulus: &Stimulus<'_>) {
    let Some(run) = turn.run(id) else { return };
    let RunState::WaitingFor { step, since, until } = &run.state else { return };
    if until.is_some_and(|until| until <= turn.at) {
        // It is paused, and its time was up before: that it will find when it goes on (SEMANTICS 2.7, 9.4).
        return;
    }
    let Some(workflow) = turn.catalog.version(&run.workflow, run.version) else { return };
    let Some(Action::WaitFor(wait)) = workflow.step(step).map(|(_, step)| &step.action) else { return };
    let satisfied = wait.alternatives.iter().enumerate().find_map(|(n, (occasion, target))| {
        arrived(turn, run, *since, occasion, stimulus)
            .or_else(|| match occasion {
                Occasion::Condition(condition) => {
                    holds(condition, &turn.facts_of(run, turn.judged.max(*since), None))
                        .then(|| "condition".to_owned())
                }
                Occasion::Event(_) | Occasion::Engaged(_) => None,
            })
            .map(|what| (n, what, *target))
    });
    if let Some((n, what, target)) = satisfied {
        end_by_alternative(turn, id, n, &what, target);
    }
}

/// What has just arrived and is the occasion that something of a run waits for since an instant, if it is.
pub(super) fn arrived(
    turn: &Turn<'_>,
    run: &Run,
    since: Timestamp,
    occasion: &Occasion,
    stimulus: &Stimulus<'_>,
) -> Option<String> {
    match occasion {
        Occasion::Event(matches) => {
            let event = stimulus.event?;
            let facts = turn.facts_of(run, turn.at, Some(event));
            let is_it = may_act_on(event, since, turn.at) && event_matches(matches, event, &facts);
            is_it.then(|| format!("event {}", event.name))
        }
        Occasion::Engaged(test) => {
            let news = stimulus.engaged.as_ref()?;
            let message = sending::message(turn, news.message)?;
            let facts = turn.facts_of(run, turn.at, None);
            news_passes(test, message, news.what, news.link.as_deref(), &facts)
                .then(|| format!("message {} {}", message.template, news.what.as_str()))
        }
        Occasion::Condition(_) => None,
    }
}

/// Sends the run down the path of an alternative.
pub(super) fn end_by_alternative(turn: &mut Turn<'_>, id: RunId, n: usize, what: &str, target: Target) {
    let Some(run) = turn.run(id) else { return };
    let decision = Decision::WaitEndedBy { alternative: n + 1, what: what.to_owned() };
    turn.note("6.1", About::run(run), decision);
    steps::go_to(turn, id, target);
}

/// The alternative whose condition is already true when the wait is entered, if any: it passes at once.
pub(super) fn already_true(turn: &Turn<'_>, run: &Run, wait: &WaitFor) -> Option<(usize, Target)> {
    let facts = turn.facts_of(run, turn.at, None);
    wait.alternatives.iter().enumerate().find_map(|(n, (occasion, target))| match occasion {
        Occasion::Condition(condition) if holds(condition, &facts) => Some((n, *target)),
        Occasion::Condition(_) | Occasion::Event(_) | Occasion::Engaged(_) => None,
    })
}
