//! The world around a contact, as a test has it: who takes messages, answers calls, and grants entries.

use std::collections::{BTreeMap, VecDeque};

use serde_json::{Map, Value};
use wend_domain::account::{self, Account, AccountInput, Member};
use wend_domain::catalog::Catalog;
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
    /// The accounts, with the contact as their member.
    accounts: BTreeMap<String, (Account, Option<Member>)>,
    /// What accounts were told, and when.
    told: VecDeque<(Timestamp, String, AccountInput)>,
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
        let told = self.told.front().map(|(at, _, _)| *at);
        [request, row, told].into_iter().flatten().min()
    }

    /// Tells an account something.
    pub(super) fn tell(&mut self, at: Timestamp, account: &str, what: &AccountInput) {
        self.told.push_back((at, account.to_owned(), what.clone()));
    }

    /// Whether an account has something to take by an instant.
    pub(super) fn is_account_due(&self, at: Timestamp) -> bool {
        self.told.front().is_some_and(|(told_at, _, _)| *told_at <= at)
    }

    /// Lets an account take what it was told first; what it tells the contact, if it does.
    pub(super) fn account(&mut self, catalog: &Catalog) -> Option<Cause> {
        let (at, name, what) = self.told.pop_front()?;
        let (account, member) =
            self.accounts.remove(&name).unwrap_or_else(|| (Account::new(&name, at), None));
        let mut taken = account::take(catalog, account, member.clone(), &what, at);
        let member = taken.member.or(member);
        let tells = taken.tell.is_some() || taken.account.telling.take().is_some();
        let is_member = member.as_ref().is_some_and(|member| !member.left);
        let copy = taken.account.copy();
        self.accounts.insert(name, (taken.account, member));
        (tells && is_member).then(|| Cause::Account(Box::new(copy)))
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
        let what = NewsKind::Attempted { attempt: *attempt, outcome, answer, receipt: None };
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
