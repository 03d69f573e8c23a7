//! Calls of other systems: messages to machines, through the same outbox, with the same key (SEMANTICS 8).

use super::steps;
use super::turn::Turn;
use crate::input::Answered;
use crate::message::Message;
use crate::run::Run;
use crate::workflow::{Step, WebCall, Workflow};

/// A webhook step wants a call; the run rests until it is answered.
pub(super) fn begin(turn: &mut Turn<'_>, run: &Run, _workflow: &Workflow, step: &Step, _call: &WebCall) {
    steps::go_to(turn, run.id, step.next);
}

/// Keeps what the step wants of an answer.
pub(super) fn keep_answer(_turn: &mut Turn<'_>, _known: &Message, _answer: &Answered) {}
