//! The world around a contact, as a test has it: who takes messages, answers calls, and grants entries.

use std::collections::{BTreeMap, VecDeque};

use serde_json::{Map, Value};
use wend_domain::effect::{Task, TaskState};
use wend_domain::id::{MessageId, RunId, StepId, WorkflowName};
use wend_domain::input::{Answered, Cause, Grant, News, NewsKind, Outcome};
use wend_domain::message::{Message, MessageKind};
use wend_domain::time::Timestamp;

use crate::scenario::script::CallAnswer;

/// What is on its way to the world, and how the world answers.
#[derive(Default)]
pub(super) struct World {
    /// What is to be handed over, by when and in which order it was released.
    outbox: BTreeMap<(Timestamp, usize), MessageId>,
    /// The steps of calls.
    calls: BTreeMap<MessageId, StepId>,
    attempts: BTreeMap<MessageId, u32>,
    /// Places under entry caps that were asked for, and when.
    requests: VecDeque<(Timestamp, RunId, WorkflowName)>,
    /// The tasks that wait for a person, oldest first.
    open: Vec<(MessageId, StepId)>,
    /// How calls of a step are answered from now on.
    pub answers: BTreeMap<StepId, CallAnswer>,
    /// The workflows whose entry caps have no room, and when they have again.
    pub refused: BTreeMap<WorkflowName, Option<Timestamp>>,
}

impl World {
    /// Learns what a message is.
    pub(super) fn know(&mut self, message: &Message) {
        if message.kind == MessageKind::Call {
            self.calls.insert(message.id, message.step.clone());
        }
    }

    /// Hands something over at `due_at`.
    pub(super) fn send(&mut self, due_at: Timestamp, place: usize, message: MessageId) {
        self.outbox.insert((due_at, place), message);
    }

    /// Hands it over no more.
    pub(super) fn drop(&mut self, message: MessageId) {
        self.outbox.retain(|_, waiting| *waiting != message);
    }

    /// Learns what became of a task.
    pub(super) fn task(&mut self, task: &Task) {
        self.open.retain(|(id, _)| *id != task.id);
        if task.state == TaskState::Open {
            self.open.push((task.id, task.step.clone()));
        }
    }

    /// The oldest task of a step that waits for a person.
    pub(super) fn open_task(&self, step: &StepId) -> Option<MessageId> {
        self.open.iter().find(|(_, of)| of == step).map(|(id, _)| *id)
    }

    /// Asks for a place under entry caps.
    pub(super) fn request(&mut self, at: Timestamp, run: RunId, workflow: &WorkflowName) {
        self.requests.push_back((at, run, workflow.clone()));
    }

    /// When it answers next.
    pub(super) fn due(&self) -> Option<Timestamp> {
        let request = self.requests.front().map(|(at, _, _)| *at);
        let row = self.outbox.keys().next().map(|(at, _)| *at);
        [request, row].into_iter().flatten().min()
    }

    /// What it answers at an instant.
    pub(super) fn answer(&mut self, at: Timestamp) -> Option<Cause> {
        if self.requests.front().is_some_and(|(asked_at, _, _)| *asked_at <= at) {
            let (_, run, workflow) = self.requests.pop_front()?;
            let refused = self.refused.get(&workflow).copied();
            let why =
                if refused.is_some() { "the test says that there is no room" } else { "a test has room" };
            let room_at = refused.flatten();
            return Some(Cause::Grant(Grant {
                run,
                granted: refused.is_none(),
                why: why.to_owned(),
                room_at,
            }));
        }
        let row = self.outbox.keys().next().copied().filter(|(due_at, _)| *due_at <= at)?;
        let message = self.outbox.remove(&row)?;
        let attempt = self.attempts.entry(message).or_default();
        *attempt += 1;
        let (outcome, answer) = match self.calls.get(&message) {
            None => (Outcome::Accepted { reply: "taken by the test".to_owned() }, None),
            Some(step) => answered(self.answers.get(step)),
        };
        let what = NewsKind::Attempted { attempt: *attempt, outcome, answer };
        Some(Cause::News(News { message, what }))
    }
}

/// What an answer means, as `wend_channels::web` reads it: a test has the status, not the connection.
fn answered(answer: Option<&CallAnswer>) -> (Outcome, Option<Box<Answered>>) {
    let fine = || Answered { status: 200, headers: BTreeMap::new(), body: Value::Object(Map::new()) };
    let answered = match answer {
        Some(CallAnswer::Lost) => {
            return (Outcome::Unknown { what: "the test loses the connection".to_owned() }, None);
        }
        Some(CallAnswer::Answered(answered)) => answered.clone(),
        None => fine(),
    };
    let reply = format!("HTTP {}", answered.status);
    let outcome = match answered.status {
        200..=299 => Outcome::Accepted { reply },
        408 | 425 | 429 | 500..=599 => Outcome::Temporary { reply },
        _ => Outcome::Permanent { reply, suppress: false },
    };
    (outcome, Some(Box::new(answered)))
}
