//! How many events a key may send: a token bucket for each, so that one noisy source doesn't starve the others.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use wend_domain::time::Timestamp;

/// The longest that a client is told to stay away, in seconds.
const RETRY_AFTER_S_MAX: u32 = 60;

/// The rate of one key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit {
    /// Events a second, in the long run.
    pub events_per_second: u32,
    /// Events at once, after a pause.
    pub burst_events: u32,
}

impl Default for RateLimit {
    fn default() -> Self {
        Self { events_per_second: 20_000, burst_events: 100_000 }
    }
}

/// The buckets of all keys. Only valid keys get one, so there are as many as there are keys.
#[derive(Debug)]
pub(crate) struct Limiter {
    limit: RateLimit,
    buckets: Mutex<BTreeMap<String, Bucket>>,
}

/// A bucket's fill, in thousandths of an event, as of an instant.
#[derive(Debug, Clone, Copy)]
struct Bucket {
    millievents: i64,
    at: Timestamp,
}

impl Limiter {
    pub(crate) fn new(limit: RateLimit) -> Self {
        Self { limit, buckets: Mutex::default() }
    }

    /// Takes so many events out of a key's bucket, or says after how many seconds it may come again.
    ///
    /// A full bucket lets any request pass and goes into debt, so that a batch larger than the burst is not refused for
    /// ever.
    pub(crate) fn take(&self, key_id: &str, n_events: usize, at: Timestamp) -> Result<(), u32> {
        let full = i64::from(self.limit.burst_events) * 1_000;
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let bucket = buckets.entry(key_id.to_owned()).or_insert(Bucket { millievents: full, at });
        // A clock that was set back earns nothing, and costs nothing.
        let elapsed_ms = at.since(bucket.at).as_millis().max(0);
        let earned = elapsed_ms.saturating_mul(i64::from(self.limit.events_per_second));
        bucket.millievents = bucket.millievents.saturating_add(earned).min(full);
        bucket.at = at;
        let wanted = n_events as i64 * 1_000;
        let missing = wanted.min(full) - bucket.millievents;
        if missing <= 0 {
            bucket.millievents -= wanted;
            return Ok(());
        }
        let per_second = i64::from(self.limit.events_per_second.max(1)) * 1_000;
        let seconds = (missing + per_second - 1) / per_second;
        Err(u32::try_from(seconds).unwrap_or(RETRY_AFTER_S_MAX).clamp(1, RETRY_AFTER_S_MAX))
    }
}

#[cfg(test)]
mod tests;
