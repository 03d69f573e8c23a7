//! So many messages in a time, evenly, and for those that find no room a time at which there will be some.
//!
//! Evenly means: after a message the next one is due an equal share of the time later; who comes late doesn't make up for
//! it with more than [`BURST_MS`]. Those that are told to wait are counted by the second in which they come back, so that
//! ten thousand don't come back for one place.

use std::collections::BTreeMap;

use crate::time::{Period, Timestamp};

/// For how long back unused room is made up for.
const BURST_MS: i64 = 1_000;

/// The longest that a message is told to wait: what is ahead of it may go away meanwhile.
const WAIT_MS_MAX: i64 = 15 * 60_000;

/// The least that a message is told to wait.
const WAIT_MS_MIN: i64 = 1_000;

/// At most so many in a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaceRule {
    /// How many; at least one.
    pub max: u32,
    /// In which time.
    pub per: Period,
}

/// How far a pace has come.
#[derive(Debug, Clone, Default)]
pub struct Pace {
    /// When the next message is due, in microseconds since 1970.
    due_us: i64,
    /// How many come back in each second.
    parked: BTreeMap<i64, u32>,
    n_parked: u64,
}

impl PaceRule {
    fn gap_us(self) -> i64 {
        (self.per.as_millis().saturating_mul(1_000) / i64::from(self.max.max(1))).max(1)
    }
}

impl Pace {
    /// Takes room for one message, or says when to ask again.
    pub fn take(&mut self, rule: PaceRule, at: Timestamp) -> Result<(), Timestamp> {
        self.forget_until(at);
        let now_us = at.as_millis().saturating_mul(1_000);
        let gap_us = rule.gap_us();
        // A share may be longer than a second: then there is no burst, and never more than one at once.
        let due_us = self.due_us.max(now_us - BURST_MS * 1_000 + gap_us.min(BURST_MS * 1_000));
        if due_us > now_us {
            return Err(self.park(gap_us, due_us, at));
        }
        self.due_us = due_us + gap_us;
        Ok(())
    }

    /// Gives room back that wasn't used.
    pub fn give_back(&mut self, rule: PaceRule) {
        self.due_us -= rule.gap_us();
    }

    /// Whether it can be forgotten: it would say the same if it began anew.
    pub fn is_idle(&self, at: Timestamp) -> bool {
        self.n_parked == 0 && self.due_us < (at.as_millis() - BURST_MS) * 1_000
    }

    fn park(&mut self, gap_us: i64, due_us: i64, at: Timestamp) -> Timestamp {
        let ahead_us = i64::try_from(self.n_parked).unwrap_or(i64::MAX).saturating_mul(gap_us);
        let wait_ms = (due_us.saturating_add(ahead_us) / 1_000).saturating_sub(at.as_millis());
        let until = at.as_millis() + wait_ms.clamp(WAIT_MS_MIN, WAIT_MS_MAX);
        let second = until.div_euclid(1_000) + 1;
        *self.parked.entry(second).or_default() += 1;
        self.n_parked += 1;
        Timestamp::from_millis(second * 1_000)
    }

    /// Those whose second has come are asking again.
    fn forget_until(&mut self, at: Timestamp) {
        let second = at.as_millis().div_euclid(1_000);
        while let Some(first) = self.parked.first_entry().filter(|first| *first.key() <= second) {
            self.n_parked -= u64::from(first.remove());
        }
    }
}

#[cfg(test)]
mod tests;
