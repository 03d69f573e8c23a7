//! The outside: one provider per channel, some of which honour keys, and none of which can be relied on.

use std::collections::BTreeSet;
use std::pin::Pin;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;
use wend_domain::id::{Channel, MessageId};
use wend_domain::input::Outcome;
use wend_domain::time::{Period, Timestamp};
use wend_engine::{Courier, Parcel};

use crate::dice::Dice;

/// After how long the engine's side gives up waiting for an answer.
const PATIENCE: Period = Period::from_millis(90_000);

/// What a provider did with one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It took the message and says so.
    Accepted,
    /// It asks to come back.
    Temporary,
    /// It never takes this message.
    Permanent,
    /// It took the message, and the answer was lost.
    TakenUnknown,
    /// It didn't take the message, and nobody knows.
    LostUnknown,
}

impl Verdict {
    /// Whether the contact may have got the message, as far as the caller knows.
    pub fn may_have_gone(self) -> bool {
        !matches!(self, Self::Temporary | Self::Permanent)
    }

    fn is_taken(self) -> bool {
        matches!(self, Self::Accepted | Self::TakenUnknown)
    }
}

/// One call that was made.
#[derive(Debug, Clone)]
pub struct Call {
    /// When, by the only clock that is right.
    pub at: Timestamp,
    /// The step at which it was made.
    pub step: u64,
    /// Which message: the key, where keys are honoured.
    pub message: MessageId,
    /// How.
    pub channel: Channel,
    /// Where to.
    pub address: String,
    /// What it says, which also says because of which event: `reminder 17`.
    pub text: String,
    /// The number of the attempt as the engine counts.
    pub attempt: u32,
    /// What came of it.
    pub verdict: Verdict,
    /// The node that made it.
    pub node: u64,
    /// The step at which the tick began that claimed the message.
    pub claimed_since: u64,
    /// What the process's clock showed then.
    pub claimed_at: Timestamp,
}

/// All providers; they outlive every process.
#[derive(Clone)]
pub struct Provider(Arc<Mutex<State>>);

struct State {
    seed: u64,
    is_calm: bool,
    now: Timestamp,
    step: u64,
    calls: Vec<Call>,
    /// The keys of what was taken by a provider that honours keys.
    taken: BTreeSet<MessageId>,
    waiting: Vec<Waiting>,
    /// Attempts that began while an earlier one was under way.
    overlaps: Vec<String>,
    said: Vec<String>,
}

/// A call whose answer is on its way.
struct Waiting {
    since: Timestamp,
    message: MessageId,
    outcome: Outcome,
    answer: oneshot::Sender<Outcome>,
}

/// Whether the provider of a channel honours keys: all but e-mail's.
pub fn honours_keys(channel: &Channel) -> bool {
    channel.as_str() != "email"
}

impl Provider {
    /// A provider to whom nobody has talked.
    pub fn new(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(State {
            seed,
            is_calm: false,
            now: Timestamp::from_millis(0),
            step: 0,
            calls: Vec::new(),
            taken: BTreeSet::new(),
            waiting: Vec::new(),
            overlaps: Vec::new(),
            said: Vec::new(),
        })))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells the time.
    pub fn set_now(&self, now: Timestamp, step: u64) {
        let mut state = self.state();
        (state.now, state.step) = (now, step);
    }

    /// From now on everything is accepted at once; what is on its way arrives.
    pub fn calm_down(&self) {
        self.state().is_calm = true;
        while self.answer_one(&mut Dice::new(0, "calm")) {}
    }

    /// Lets one answer arrive; false if none is on its way.
    pub fn answer_one(&self, dice: &mut Dice) -> bool {
        let mut state = self.state();
        if state.waiting.is_empty() {
            return false;
        }
        let index = dice.index(state.waiting.len());
        let waiting = state.waiting.remove(index);
        let outcome = if state.now.since(waiting.since) > PATIENCE {
            Outcome::Unknown { what: "no answer in time".to_owned() }
        } else {
            waiting.outcome
        };
        // Who asked may have ended.
        let _nobody_waits = waiting.answer.send(outcome);
        true
    }

    /// All calls so far.
    pub fn calls(&self) -> Vec<Call> {
        self.state().calls.clone()
    }

    /// Attempts that began while an earlier one of a living node was under way: nobody may take that over.
    pub fn overlaps(&self) -> Vec<String> {
        self.state().overlaps.clone()
    }

    /// What was said since the last time this was asked.
    pub fn said(&self) -> Vec<String> {
        std::mem::take(&mut self.state().said)
    }
}

/// When an engine's present tick of the outbox began.
#[derive(Debug, Default)]
pub struct Claiming {
    step: AtomicU64,
    at: AtomicI64,
}

impl Claiming {
    /// It begins now.
    pub fn begin(&self, step: u64, at: Timestamp) {
        self.step.store(step, Ordering::SeqCst);
        self.at.store(at.as_millis(), Ordering::SeqCst);
    }
}

/// What one engine knows of the providers.
pub struct Line {
    /// The providers.
    pub provider: Provider,
    /// The number of the engine's node.
    pub node: u64,
    /// When the engine's present tick of the outbox began.
    pub claiming: Arc<Claiming>,
}

impl Courier for Line {
    fn honours_keys(&self, channel: &Channel) -> bool {
        honours_keys(channel)
    }

    fn usable(&self, _channel: &Channel) -> bool {
        true
    }

    fn send<'a>(&'a self, parcel: &'a Parcel) -> Pin<Box<dyn Future<Output = Outcome> + Send + 'a>> {
        Box::pin(async move {
            match self.call(parcel) {
                Reply::Now(outcome) => outcome,
                Reply::Later(answer) => match answer.await {
                    Ok(outcome) => outcome,
                    Err(_gone) => std::future::pending().await,
                },
            }
        })
    }
}

enum Reply {
    Now(Outcome),
    Later(oneshot::Receiver<Outcome>),
}

impl Line {
    fn call(&self, parcel: &Parcel) -> Reply {
        let mut state = self.provider.state();
        let mut dice =
            Dice::new(state.seed, &format!("{}/{}/{}", parcel.message, parcel.attempt, state.calls.len()));
        let has_key = honours_keys(&parcel.channel);
        let verdict = if state.is_calm || (has_key && state.taken.contains(&parcel.message)) {
            Verdict::Accepted
        } else {
            match dice.below(100) {
                0..20 => Verdict::Temporary,
                20..24 => Verdict::Permanent,
                24..32 => Verdict::TakenUnknown,
                32..40 => Verdict::LostUnknown,
                _ => Verdict::Accepted,
            }
        };
        if has_key && verdict.is_taken() {
            state.taken.insert(parcel.message);
        }
        let content = &parcel.content;
        let text = content.subject.as_ref().or(content.title.as_ref()).or(content.body.as_ref());
        let call = Call {
            at: state.now,
            step: state.step,
            message: parcel.message,
            channel: parcel.channel.clone(),
            address: parcel.address.clone(),
            text: text.cloned().unwrap_or_default(),
            attempt: parcel.attempt,
            verdict,
            node: self.node,
            claimed_since: self.claiming.step.load(Ordering::SeqCst),
            claimed_at: Timestamp::from_millis(self.claiming.at.load(Ordering::SeqCst)),
        };
        let is_under_way =
            |waiting: &Waiting| waiting.message == parcel.message && !waiting.answer.is_closed();
        if state.waiting.iter().any(is_under_way) {
            let what = format!(
                "attempt {} of `{}` to {} began while an earlier one was under way",
                call.attempt, call.text, call.address
            );
            state.overlaps.push(what);
        }
        let line = format!(
            "  provider: {} to {} `{}` attempt {}: {verdict:?}",
            call.channel, call.address, call.text, call.attempt
        );
        state.said.push(line);
        state.calls.push(call);
        let outcome = outcome(verdict);
        if state.is_calm || dice.happens(600) {
            return Reply::Now(outcome);
        }
        let (answer, answered) = oneshot::channel();
        let since = state.now;
        state.waiting.push(Waiting { since, message: parcel.message, outcome, answer });
        Reply::Later(answered)
    }
}

fn outcome(verdict: Verdict) -> Outcome {
    match verdict {
        Verdict::Accepted => Outcome::Accepted { reply: "250 ok".to_owned() },
        Verdict::Temporary => Outcome::Temporary { reply: "451 later".to_owned() },
        Verdict::Permanent => Outcome::Permanent { reply: "552 too large".to_owned(), suppress: false },
        Verdict::TakenUnknown | Verdict::LostUnknown => {
            Outcome::Unknown { what: "the connection was lost".to_owned() }
        }
    }
}
