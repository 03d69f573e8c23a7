//! How a sender is doing, for people and metrics.

use std::collections::BTreeMap;

use wend_domain::sending::breaker::BreakerState;
use wend_domain::sending::choice::Candidate;
use wend_domain::sending::gate::Gate;
use wend_domain::time::Timestamp;

use crate::outcome::Outcome;
use crate::provider::Provider;

/// How a sender is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SenderStatus {
    /// What it is called.
    pub name: String,
    /// How it sends: `smtp`, `ses`, and so on.
    pub kind: &'static str,
    /// When it is asked.
    pub tier: u32,
    /// How often, within its tier.
    pub weight: u32,
    /// Its breaker: `closed`, `open` or `trying`.
    pub breaker: &'static str,
    /// Until when it is left alone, by its breaker or because the provider asked for a pause.
    pub until: Option<Timestamp>,
    /// The day of its warm-up, from 1, and that day's bound.
    pub warming_up: Option<(u32, u32)>,
    /// How many attempts came to what since the process began: `accepted`, `temporary`, `permanent`, `unknown`.
    pub outcomes: BTreeMap<&'static str, u64>,
    /// The last failure in the provider's own words, and when.
    pub failed: Option<(Timestamp, String)>,
}

/// What is counted of a sender.
#[derive(Debug, Default)]
pub(super) struct Counts {
    outcomes: BTreeMap<&'static str, u64>,
    failed: Option<(Timestamp, String)>,
}

impl Counts {
    pub(super) fn count(&mut self, outcome: &Outcome, at: Timestamp) {
        let (name, failed) = match outcome {
            Outcome::Accepted { .. } => ("accepted", None),
            Outcome::Temporary { reply, .. } => ("temporary", Some(reply)),
            // The recipient's, not the sender's.
            Outcome::Permanent { .. } => ("permanent", None),
            Outcome::Unknown { what } => ("unknown", Some(what)),
        };
        *self.outcomes.entry(name).or_default() += 1;
        if let Some(words) = failed {
            self.failed = Some((at, words.clone()));
        }
    }
}

impl SenderStatus {
    pub(super) fn of(
        known: &Candidate,
        provider: &dyn Provider,
        gate: &Gate,
        counts: &Counts,
        at: Timestamp,
    ) -> Self {
        let breaker = gate.breaker();
        let open_until = match breaker {
            BreakerState::Open { until } => Some(until),
            BreakerState::Closed | BreakerState::Trying => None,
        };
        let warming_up = gate.warming_up(at).and_then(|today| Some((today.number, today.limit?)));
        Self {
            name: known.name.clone(),
            kind: provider.kind(),
            tier: known.tier,
            weight: known.weight,
            breaker: breaker.name(),
            until: open_until.max(gate.paused_until(at)),
            warming_up,
            outcomes: counts.outcomes.clone(),
            failed: counts.failed.clone(),
        }
    }
}
