//! A circuit breaker: a sender that fails is left alone for a while, then tried with one message.
//!
//! | state | an attempt fails | an attempt succeeds | time passes |
//! | --- | --- | --- | --- |
//! | closed | counted; the last of `failures_max` within `window` opens it | the count begins anew | old failures are forgotten |
//! | open | nothing: it was under way | nothing: it was under way | after `open_for` one message may try |
//! | trying | open again, for twice as long | closed | a try whose end nobody told is forgotten after `open_for` |
//!
//! Only what is the sender's own fault counts: no connection, a lost answer, an error of its server, a refused key. What a
//! recipient's address is told doesn't.

use std::collections::VecDeque;

use crate::time::{Period, Timestamp};

/// How many times longer than at first a breaker stays open at most.
const OPEN_FACTOR_MAX: u32 = 16;

/// When a breaker opens, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BreakerRule {
    /// How many failures open it; 0 means never.
    pub failures_max: u32,
    /// Within which time.
    pub window: Period,
    /// For how long it is open at first; each failed try doubles that.
    pub open_for: Period,
}

impl Default for BreakerRule {
    fn default() -> Self {
        Self { failures_max: 5, window: Period::from_millis(60_000), open_for: Period::from_millis(30_000) }
    }
}

/// A sender's breaker.
#[derive(Debug, Clone)]
pub struct Breaker {
    rule: BreakerRule,
    state: State,
}

#[derive(Debug, Clone)]
enum State {
    Closed { failures: VecDeque<Timestamp> },
    Open { until: Timestamp, factor: u32 },
    Trying { since: Timestamp, factor: u32 },
}

/// What people are shown of a breaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BreakerState {
    /// Everything goes.
    Closed,
    /// Nothing goes.
    Open {
        /// Until then.
        until: Timestamp,
    },
    /// One message tries whether it works again.
    Trying,
}

impl BreakerState {
    /// Its name in status and metrics.
    pub fn name(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Open { .. } => "open",
            Self::Trying => "trying",
        }
    }
}

impl Breaker {
    /// A closed one.
    pub fn new(rule: BreakerRule) -> Self {
        Self { rule, state: State::Closed { failures: VecDeque::new() } }
    }

    /// Until when nothing may go; nothing if a message may go now, which after a pause makes it the one that tries.
    pub fn admit(&mut self, at: Timestamp) -> Result<(), Timestamp> {
        match self.state {
            State::Closed { .. } => Ok(()),
            State::Open { until, .. } if at < until => Err(until),
            State::Open { factor, .. } => {
                self.state = State::Trying { since: at, factor };
                Ok(())
            }
            State::Trying { since, factor } => {
                let told_by = since + self.rule.open_for;
                if at < told_by {
                    return Err(told_by);
                }
                self.state = State::Trying { since: at, factor };
                Ok(())
            }
        }
    }

    /// An attempt ended well, as far as the sender is concerned.
    pub fn succeeded(&mut self) {
        match &mut self.state {
            State::Closed { failures } => failures.clear(),
            State::Trying { .. } => self.state = State::Closed { failures: VecDeque::new() },
            State::Open { .. } => {}
        }
    }

    /// An attempt failed by the sender's own fault.
    pub fn failed(&mut self, at: Timestamp) {
        let BreakerRule { failures_max, window, open_for } = self.rule;
        match &mut self.state {
            State::Closed { failures } if failures_max > 0 => {
                while failures.front().is_some_and(|first| at.since(*first) >= window) {
                    failures.pop_front();
                }
                failures.push_back(at);
                if failures.len() >= failures_max as usize {
                    self.state = State::Open { until: at + open_for, factor: 1 };
                }
            }
            State::Trying { factor, .. } => {
                let factor = (*factor * 2).min(OPEN_FACTOR_MAX);
                let open_for = Period::from_millis(open_for.as_millis().saturating_mul(i64::from(factor)));
                self.state = State::Open { until: at + open_for, factor };
            }
            State::Closed { .. } | State::Open { .. } => {}
        }
    }

    /// What people are shown.
    pub fn state(&self) -> BreakerState {
        match self.state {
            State::Closed { .. } => BreakerState::Closed,
            State::Open { until, .. } => BreakerState::Open { until },
            State::Trying { .. } => BreakerState::Trying,
        }
    }
}

#[cfg(test)]
mod tests;
