//! Several ways to send e-mail, and which of them carries a message.
//!
//! What is decided is decided by `wend_domain::sending`: the order in which senders are asked, and whether one may carry a
//! message now. Here it is carried out. A message that a sender certainly didn't take, by the sender's own fault, goes on to
//! the next one within the same attempt; a message that nobody may carry now waits, and that is no attempt.
//!
//! **Invariant:** whoever enters a gate leaves it, also if the attempt is given up in the middle.

mod status;

use std::sync::{Mutex, MutexGuard, PoisonError};

use wend_domain::id::MessageId;
use wend_domain::sending::choice::{self, Candidate};
use wend_domain::sending::gate::{Ended, Gate, GateRule, RoomWanted};
use wend_domain::time::{Period, Timestamp};

use crate::batching::Batching;
use crate::email::Email;
use crate::outcome::{Fault, Outcome};
use crate::provider::Provider;
use status::Counts;

pub use status::SenderStatus;

/// The most senders.
pub const SENDERS_MAX: usize = 50;

/// How long a sender rests that is asked too much and doesn't say for how long.
const HASTE_PAUSE: Period = Period::from_millis(1_000);

/// A sender as it is configured.
pub struct NewSender {
    /// What it is called.
    pub name: String,
    /// How it sends.
    pub provider: Box<dyn Provider>,
    /// When it is asked: its tier.
    pub tier: u32,
    /// How often, within its tier.
    pub weight: u32,
    /// The domains for whose addresses it sends, in lower case; empty for all.
    pub from_domains: Vec<String>,
    /// What it is held to.
    pub rule: GateRule,
}

impl std::fmt::Debug for NewSender {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("NewSender")
            .field("name", &self.name)
            .field("kind", &self.provider.kind())
            .finish_non_exhaustive()
    }
}

/// Why senders can't be used together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendersError {
    /// Two have one name.
    #[error("two senders are called `{0}`")]
    SameName(String),
    /// There are too many.
    #[error("there are {0} senders; at most {SENDERS_MAX} are used")]
    TooMany(usize),
}

/// What became of a message that was to be carried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Carried {
    /// An attempt was made.
    Made {
        /// How it went.
        outcome: Outcome,
        /// By which sender it went in the end.
        sender: String,
    },
    /// Nobody may carry it now: no attempt was made.
    Wait {
        /// Until when, at the earliest.
        until: Timestamp,
        /// What holds it.
        why: String,
    },
}

/// All senders of an installation.
pub struct Senders {
    candidates: Vec<Candidate>,
    senders: Vec<Sender>,
}

impl std::fmt::Debug for Senders {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Senders").field("candidates", &self.candidates).finish_non_exhaustive()
    }
}

struct Sender {
    provider: Box<dyn Provider>,
    batching: Option<Batching>,
    from_domains: Vec<String>,
    gate: Mutex<Gate>,
    counts: Mutex<Counts>,
}

impl Senders {
    /// Puts senders together; connects to nobody yet.
    pub fn new(new: Vec<NewSender>) -> Result<Self, SendersError> {
        if new.len() > SENDERS_MAX {
            return Err(SendersError::TooMany(new.len()));
        }
        let (mut candidates, mut senders) = (Vec::<Candidate>::new(), Vec::new());
        for NewSender { name, provider, tier, weight, from_domains, rule } in new {
            if candidates.iter().any(|known| known.name == name) {
                return Err(SendersError::SameName(name));
            }
            candidates.push(Candidate { name, tier, weight });
            let batch_max = provider.batch_max();
            senders.push(Sender {
                batching: (batch_max > 1).then(|| Batching::new(batch_max)),
                provider,
                from_domains,
                gate: Mutex::new(Gate::new(rule)),
                counts: Mutex::default(),
            });
        }
        Ok(Self { candidates, senders })
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.senders.is_empty()
    }

    /// Carries one message, or says until when it has to wait; `now` tells the time whenever it is asked.
    pub async fn carry(
        &self,
        message: MessageId,
        email: Email,
        now: &(dyn Fn() -> Timestamp + Sync),
    ) -> Carried {
        let (from, to) = (domain_of(&email.from.address), domain_of(&email.to.address));
        let (mut shut, mut failed) = (None::<(Timestamp, String)>, None);
        for place in choice::order(message, &self.candidates) {
            let (sender, name) = (&self.senders[place], &self.candidates[place].name);
            if !sender.sends_for(&from) {
                continue;
            }
            if let Err(held) = sender.gate().enter(&to, now()) {
                if shut.as_ref().is_none_or(|(until, _)| held.until < *until) {
                    shut = Some((held.until, format!("{name}: {}", held.why)));
                }
                continue;
            }
            let outcome = sender.send(&to, email.clone(), now).await;
            let is_others_turn =
                matches!(&outcome, Outcome::Temporary { fault: Fault::Provider | Fault::Haste, .. });
            let made = Carried::Made { outcome, sender: name.clone() };
            if !is_others_turn {
                return made;
            }
            failed = Some(made);
        }
        match (failed, shut) {
            // It was certainly not taken, by anybody: those that are shut for a moment are as good as the one that failed.
            (Some(made), _) => made,
            (None, Some((until, why))) => Carried::Wait { until, why },
            (None, None) => {
                let reply = format!(
                    "no sender sends for {from}: name it under `from` of a [sender.NAME] in wend.toml"
                );
                Carried::Made { outcome: Outcome::unfit(reply), sender: String::new() }
            }
        }
    }

    /// The room of warm-ups that is wanted of the store now, by the names of the senders.
    pub fn room_wanted(&self, at: Timestamp) -> Vec<(String, RoomWanted)> {
        let named = self.candidates.iter().zip(&self.senders);
        named
            .filter_map(|(known, sender)| Some((known.name.clone(), sender.gate().room_wanted(at)?)))
            .collect()
    }

    /// What the store gave of it.
    pub fn room_granted(&self, name: &str, wanted: &RoomWanted, n_granted: u32) {
        if let Some(place) = self.candidates.iter().position(|known| known.name == name) {
            self.senders[place].gate().room_granted(wanted, n_granted);
        }
    }

    /// How all of them are doing.
    pub fn status(&self, at: Timestamp) -> Vec<SenderStatus> {
        let named = self.candidates.iter().zip(&self.senders);
        named.map(|(known, sender)| sender.status(known, at)).collect()
    }

    /// How SPF names the senders that send for a domain.
    pub fn spf(&self, domain: &str) -> Vec<String> {
        self.spf_of(|sender| sender.sends_for(domain))
    }

    /// How SPF names the senders whose mail comes back to an address of ours.
    pub fn spf_of_bounces(&self, domain: &str) -> Vec<String> {
        self.spf_of(|sender| sender.sends_for(domain) && sender.provider.uses_return_path())
    }

    fn spf_of(&self, which: impl Fn(&Sender) -> bool) -> Vec<String> {
        let mut named: Vec<String> = Vec::new();
        for sender in self.senders.iter().filter(|sender| which(sender)) {
            if let Some(term) = sender.provider.spf().filter(|term| !named.contains(term)) {
                named.push(term);
            }
        }
        named
    }

    /// Ends connections that lie idle.
    pub async fn close(&self) {
        for sender in &self.senders {
            sender.provider.close().await;
        }
    }
}

/// Leaves the gate at the latest when the attempt is given up.
struct Inside<'a> {
    sender: &'a Sender,
    domain: &'a str,
    now: &'a (dyn Fn() -> Timestamp + Sync),
    how: Ended,
}

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        self.sender.gate().ended(self.domain, self.how, (self.now)());
    }
}

impl Sender {
    fn sends_for(&self, from: &str) -> bool {
        self.from_domains.is_empty() || self.from_domains.iter().any(|domain| domain == from)
    }

    /// One attempt by this sender, whose gate was entered.
    async fn send(&self, domain: &str, email: Email, now: &(dyn Fn() -> Timestamp + Sync)) -> Outcome {
        let mut inside = Inside { sender: self, domain, now, how: Ended::Nobody };
        let outcome = match &self.batching {
            Some(batching) => batching.send(self.provider.as_ref(), email).await,
            None => self.provider.send(&email).await,
        };
        inside.how = ended(&outcome, now());
        drop(inside);
        self.counts.lock().unwrap_or_else(PoisonError::into_inner).count(&outcome, now());
        outcome
    }

    fn gate(&self) -> MutexGuard<'_, Gate> {
        // A panic elsewhere leaves the gate whole enough: its numbers are bounds, not promises.
        self.gate.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn status(&self, known: &Candidate, at: Timestamp) -> SenderStatus {
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        SenderStatus::of(known, self.provider.as_ref(), &self.gate(), &counts, at)
    }
}

/// What an outcome says of the sender.
fn ended(outcome: &Outcome, at: Timestamp) -> Ended {
    match outcome {
        Outcome::Accepted { .. }
        | Outcome::Permanent { .. }
        | Outcome::Temporary { fault: Fault::Message, .. } => Ended::Well,
        Outcome::Temporary { fault: Fault::Haste, retry_after, .. } => {
            let pause = retry_after.map_or(HASTE_PAUSE, |pause| {
                Period::from_millis(i64::try_from(pause.as_millis()).unwrap_or(i64::MAX))
            });
            Ended::Pause { until: at + pause.max(HASTE_PAUSE) }
        }
        Outcome::Temporary { fault: Fault::Provider, .. } | Outcome::Unknown { .. } => Ended::Failed,
    }
}

fn domain_of(address: &str) -> String {
    address.rsplit_once('@').map_or("", |(_, domain)| domain).to_ascii_lowercase()
}

#[cfg(test)]
mod tests;
