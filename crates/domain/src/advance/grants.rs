//! Entry caps: a run that asks for a place, and the answer (SEMANTICS 4.3).
//!
//! Until it has its place a run has not entered: re-entry, goals, exclusion groups and the counters of entries don't know
//! it. Exits, goals that exit and opting out end it; a place that is granted afterwards stays empty.

use super::turn::{About, Stimulus, Turn};
use super::{entering, exclusion, holdouts, lifecycle, others, steps};
use crate::effect::Effect;
use crate::id::RunId;
use crate::input::Grant;
use crate::record::{Decision, Refusal};
use crate::run::{Run, RunState};
use crate::time::Timestamp;

/// Whether a run still asks for its place.
pub(super) fn is_asking(turn: &Turn<'_>, id: RunId) -> bool {
    turn.run(id).is_some_and(|run| matches!(run.state, RunState::Requested { .. }))
}

/// Asks for a place for a run.
pub(super) fn request(turn: &mut Turn<'_>, id: RunId) {
    let Some(run) = turn.run(id) else { return };
    let (about, key) = (About::run(run), run.key.clone());
    let (workflow, version) = (run.workflow.clone(), run.version);
    turn.note("4.3", about, Decision::GrantRequested { key });
    turn.count(format!("requested:{workflow}"));
    turn.effects.push(Effect::Request { run: id, workflow, version });
}

/// Takes the answer to a request.
pub(super) fn answer(turn: &mut Turn<'_>, grant: &Grant) {
    let Some(run) = turn.run(grant.run).cloned() else {
        let why = format!("the run {} asks for no place any more: {}", grant.run, grant.why);
        return turn.note("4.3", About::default(), Decision::NotDone { why });
    };
    let RunState::Requested { step, since, again_at: None, hop } = &run.state else {
        let why = format!("the run {} asks for no place now: {}", grant.run, grant.why);
        return turn.note("4.3", About::run(&run), Decision::NotDone { why });
    };
    turn.hop = turn.hop.max(*hop);
    let answered = Decision::GrantAnswered { granted: grant.granted, why: grant.why.clone() };
    turn.note("4.3", About::run(&run), answered);
    let Some(workflow) = turn.workflow_of(&run) else { return };
    if !grant.granted {
        let waits = workflow.entry_caps.iter().any(|cap| cap.wait);
        return match grant.room_at.filter(|room_at| waits && *room_at > turn.at) {
            Some(room_at) => {
                turn.note("4.3", About::run(&run), Decision::WaitsUntil { until: room_at });
                // Real time passes until then, so a chain that it is part of ends here.
                let (step, again_at) = (step.clone(), Some(room_at));
                let state = RunState::Requested { step, since: *since, again_at, hop: 0 };
                set_state(turn, run.id, state);
            }
            None => refuse(turn, &run, "4.3", Refusal::EntryCap, grant.why.clone()),
        };
    }
    if let Some((refusal, why)) = lifecycle::closed(turn, &workflow) {
        return refuse(turn, &run, "9.4", refusal, why);
    }
    // The groups were asked as the trigger matched; the contact enters only now.
    match exclusion::ask(turn, &workflow, run.ghost) {
        Ok(make_way) => exclusion::make_way(turn, make_way),
        Err(why) => return refuse(turn, &run, "4.7", Refusal::Exclusive, why),
    }
    // Whether it is a ghost was drawn as the trigger matched, and stays so if the hold-out was changed meanwhile.
    let held_out = run.ghost.then(|| holdouts::held_out_by(turn, &workflow));
    let held_out = held_out.map(|by| by.unwrap_or_else(|| format!("the hold-out of {since}")));
    let at = turn.at;
    if let Some(live) = turn.run_mut(run.id) {
        live.entered_at = at;
        live.state = RunState::At { step: step.clone() };
    }
    entering::entered(turn, &workflow, run.id, &run.key, format!("the trigger of {since}"), held_out);
    super::stimulate(turn, &Stimulus::default());
}

/// A run that found no room asks again.
pub(super) fn fire(turn: &mut Turn<'_>, run: &Run, deadline: Timestamp) {
    let RunState::Requested { step, since, again_at: Some(again_at), .. } = &run.state else { return };
    if *again_at <= deadline {
        let (step, since) = (step.clone(), *since);
        set_state(turn, run.id, RunState::Requested { step, since, again_at: None, hop: 0 });
        request(turn, run.id);
    }
}

fn set_state(turn: &mut Turn<'_>, id: RunId, state: RunState) {
    if let Some(live) = turn.run_mut(id) {
        live.state = state;
    }
}

/// The contact does not enter: the run is forgotten as if its trigger had not matched.
fn refuse(turn: &mut Turn<'_>, run: &Run, rule: &str, reason: Refusal, detail: String) {
    turn.contact.runs.retain(|live| live.id != run.id);
    if let Some(workflow) = turn.workflow_of(run) {
        entering::refuse(turn, &workflow, rule, reason, detail);
    }
    others::child_refused(turn, run, reason);
    steps::advance_moved(turn);
}
