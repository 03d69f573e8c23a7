//! What was being attempted at a moment after which nothing more might be: asked of the database itself, so that no
//! clock and no machine's slowness decides what came too late.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use crate::harness::postgres::ask;
use crate::harness::wait::eventually;

/// How long it may take until every transaction of a moment has ended: nodes are held, wires are held, the database is
/// started again.
const ENDED_MAX: Duration = Duration::from_mins(2);

/// What is being attempted, and what another node has given up for a node that it took for dead: that one may only be
/// held, and goes on with what it had begun.
const UNDER_WAY: &str = "SELECT message FROM outbox WHERE state = 'attempting'
    UNION SELECT message FROM message WHERE state = 'uncertain'";

/// The database as it is, past all wires.
#[derive(Clone)]
pub struct Witness {
    /// Its URL.
    pub url: String,
}

/// A moment from which on only what was being attempted already may still arrive, each once.
#[derive(Debug)]
pub struct Moment {
    pub since: Instant,
    /// The messages whose attempt was recorded and hadn't ended as far as everybody knows.
    pub attempting: BTreeSet<String>,
}

impl Witness {
    /// The moment after an opt-out: whoever claims a message and whoever cancels it lock the same row, so every claim
    /// that came first can be seen.
    pub fn after_opt_out(&self) -> Moment {
        eventually("the database says what is being attempted", ENDED_MAX, || self.attempting())
    }

    /// The moment after a stop: claims that had begun before it may still be committed, so their transactions must have
    /// ended first.
    pub fn after_stop(&self) -> Moment {
        let mut stopped_at = None;
        eventually("the transactions from before the stop end", ENDED_MAX, || {
            let now = || ask(&self.url, "SELECT extract(epoch FROM clock_timestamp())").ok()?.pop();
            stopped_at = stopped_at.take().or_else(now);
            let older = format!(
                "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'wend' AND xact_start < to_timestamp({})",
                stopped_at.as_ref()?
            );
            let n_older = ask(&self.url, &older).ok()?.pop()?;
            if n_older == "0" { self.attempting() } else { None }
        })
    }

    fn attempting(&self) -> Option<Moment> {
        let messages = ask(&self.url, UNDER_WAY).ok()?;
        Some(Moment { since: Instant::now(), attempting: messages.into_iter().collect() })
    }
}
