//! The world around a recorded contact, as chance has it: providers, other systems, colleagues, entry caps.

use std::collections::{BTreeMap, VecDeque};

use serde_json::json;
use wend_domain::effect::{Effect, Task, TaskState};
use wend_domain::id::{MessageId, digest};
use wend_domain::input::{Answered, Cause, Command, Grant, News, NewsKind, Order, Outcome};
use wend_domain::message::{Message, MessageKind};
use wend_domain::predicate::Engagement;
use wend_domain::time::{Period, Timestamp};

/// Numbers from a seed: the same everywhere.
pub struct Chance {
    seed: String,
    n_drawn: u64,
}

impl Chance {
    pub fn new(seed: &str) -> Self {
        Self { seed: seed.to_owned(), n_drawn: 0 }
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.n_drawn += 1;
        wend_domain::id::chance("history", &[self.seed.as_bytes(), &self.n_drawn.to_be_bytes()], bound)
    }

    pub fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    pub fn one_of<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len() as u64) as usize]
    }

    /// A span between two numbers of minutes, to the millisecond.
    pub fn minutes(&mut self, from: u64, to: u64) -> Period {
        Period::from_millis((from * 60_000 + self.below((to - from) * 60_000)) as i64)
    }

    /// Something that looks like a hash.
    pub fn word(&mut self) -> String {
        crate::frozen::short(&digest("word", &[self.seed.as_bytes(), &self.n_drawn.to_be_bytes()]))
    }
}

/// What is under way, and what comes back.
#[derive(Default)]
pub struct World {
    /// What is to be handed over, by when it is due and in which order it came.
    outbox: BTreeMap<(Timestamp, usize), MessageId>,
    n_rows: usize,
    kinds: BTreeMap<MessageId, MessageKind>,
    attempts: BTreeMap<MessageId, u32>,
    /// What will come by itself: answers of caps, news of messages, tasks that are done.
    coming: Vec<(Timestamp, Cause)>,
    pub open: VecDeque<Task>,
}

impl World {
    /// Does what the contact's decisions ask for.
    pub fn act(&mut self, at: Timestamp, effect: &Effect, chance: &mut Chance) {
        match effect {
            Effect::Show(message) => self.know(message),
            Effect::Dispatch { message, due_at, .. } | Effect::Retry { message, due_at } => {
                self.n_rows += 1;
                self.outbox.insert((*due_at, self.n_rows), *message);
            }
            Effect::Cancel { message } | Effect::Settle { message } => {
                self.outbox.retain(|_, waiting| waiting != message);
            }
            Effect::Task(task) => {
                self.open.retain(|open| open.id != task.id);
                if task.state == TaskState::Open {
                    self.open.push_back((**task).clone());
                    if chance.percent(60) {
                        let order = Order::CompleteTask {
                            task: task.id,
                            outcome: task.outcomes.first().cloned().unwrap_or_else(|| "done".to_owned()),
                            note: chance.percent(50).then(|| "spoke on the phone".to_owned()),
                        };
                        self.coming.push((at + chance.minutes(60, 4_000), command("anna", order)));
                    }
                }
            }
            Effect::Request { run, .. } => {
                let granted = chance.percent(70);
                let why = if granted { "17 of 100" } else { "100 of 100" }.to_owned();
                let room_at = (!granted).then(|| at + Period::from_millis(86_400_000));
                let grant = Grant { run: *run, granted, why, room_at };
                self.coming.push((at + Period::from_millis(40), Cause::Grant(grant)));
            }
            Effect::Render(_)
            | Effect::Emit { .. }
            | Effect::Seen(_)
            | Effect::Account { .. }
            | Effect::Tell { .. }
            | Effect::Hand { .. }
            | Effect::Consent(_)
            | Effect::Suppress { .. }
            | Effect::Count { .. } => {}
        }
    }

    fn know(&mut self, message: &Message) {
        self.kinds.insert(message.id, message.kind);
    }

    /// When something happens next.
    pub fn due(&self) -> Option<Timestamp> {
        let coming = self.coming.iter().map(|(at, _)| *at).min();
        let row = self.outbox.keys().next().map(|(at, _)| *at);
        [coming, row].into_iter().flatten().min()
    }

    /// What happens at that instant.
    pub fn next(&mut self, at: Timestamp, chance: &mut Chance) -> Option<Cause> {
        if let Some(place) = self.coming.iter().position(|(due, _)| *due <= at) {
            return Some(self.coming.remove(place).1);
        }
        let row = self.outbox.keys().next().copied().filter(|(due, _)| *due <= at)?;
        let message = self.outbox.remove(&row)?;
        let attempt = self.attempts.entry(message).or_default();
        *attempt += 1;
        let attempt = *attempt;
        let is_call = self.kinds.get(&message) == Some(&MessageKind::Call);
        let (outcome, answer) = if is_call { answered(chance) } else { (taken(chance), None) };
        if matches!(outcome, Outcome::Accepted { .. }) && !is_call {
            self.engage(at, message, chance);
        }
        Some(news(message, NewsKind::Attempted { attempt, outcome, answer, receipt: None }))
    }

    fn engage(&mut self, at: Timestamp, message: MessageId, chance: &mut Chance) {
        let mut later = |at: Timestamp, what: Engagement| {
            let link = (what == Engagement::Clicked).then(|| "https://tea.example/teas".to_owned());
            self.coming.push((at, news(message, NewsKind::Engaged { what, link })));
        };
        match chance.below(100) {
            0..30 => later(at + chance.minutes(1, 900), Engagement::Opened),
            30..50 => {
                let opened = at + chance.minutes(1, 300);
                later(opened, Engagement::Opened);
                later(opened + chance.minutes(1, 9), Engagement::Clicked);
            }
            50..56 => later(at + chance.minutes(30, 900), Engagement::Replied),
            56..58 => later(at + chance.minutes(1, 5), Engagement::Bounced),
            58 => later(at + chance.minutes(30, 900), Engagement::Complained),
            59..62 => later(at + chance.minutes(30, 900), Engagement::Unsubscribed),
            _ => {}
        }
    }
}

fn taken(chance: &mut Chance) -> Outcome {
    match chance.below(100) {
        0..8 => Outcome::Temporary { reply: "451 try again later".to_owned() },
        8..11 => Outcome::Permanent { reply: "550 no such mailbox".to_owned(), suppress: chance.percent(50) },
        11..14 => Outcome::Unknown { what: "the connection was lost after the final dot".to_owned() },
        _ => Outcome::Accepted { reply: "250 taken".to_owned() },
    }
}

fn answered(chance: &mut Chance) -> (Outcome, Option<Box<Answered>>) {
    let status = chance.one_of(&[200, 200, 200, 503, 404]);
    let body = json!({ "id": chance.word() });
    let answer = Box::new(Answered { status, headers: BTreeMap::new(), body });
    let reply = format!("HTTP {status}");
    let outcome = match status {
        200 => Outcome::Accepted { reply },
        503 => Outcome::Temporary { reply },
        _ => Outcome::Permanent { reply, suppress: false },
    };
    (outcome, Some(answer))
}

pub fn news(message: MessageId, what: NewsKind) -> Cause {
    Cause::News(News { message, what })
}

pub fn command(by: &str, order: Order) -> Cause {
    Cause::Command(Command { by: by.to_owned(), reason: None, order })
}
