//! The worker that hands messages out, and takes in how that went.
//!
//! A row is claimed, which records the attempt, before the courier is called (SEMANTICS 8.2). What an attempt came to
//! is an input of the contact; until it is committed it is kept here, and should the process die first, the claim
//! stays behind and `recovery` reports the attempt as unknown (8.4).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use wend_domain::id::{Channel, ContactId, MessageId, WorkspaceId};
use wend_domain::input::{Cause, News, NewsKind, Outcome};
use wend_domain::message::is_expired;
use wend_domain::time::{Period, Timestamp};
use wend_store::OutboxRow;

use crate::batch::{self, Arrival};
use crate::courier::{Parcel, Payload};
use crate::shared::Shared;
use crate::tick::tasks::{Finished, Tasks};
use crate::tick::{Next, Tick, Worker};

/// How long outcomes rest that could not be committed.
const UNSETTLED_PAUSE: Period = Period::from_millis(1_000);

/// One claimed row.
#[derive(Debug, Clone)]
pub(crate) struct Claimed {
    workspace: WorkspaceId,
    contact: ContactId,
    message: MessageId,
    channel: Channel,
    attempt: u32,
    begun_at: Timestamp,
}

impl Claimed {
    pub(crate) fn of(row: &OutboxRow, at: Timestamp) -> Self {
        Self {
            workspace: row.workspace.clone(),
            contact: row.contact,
            message: row.message,
            channel: row.channel.clone(),
            attempt: row.attempts,
            begun_at: at,
        }
    }

    /// What tells this attempt from all others.
    fn key(&self) -> (MessageId, u32) {
        (self.message, self.attempt)
    }
}

/// Attempts under way, and outcomes that wait to be committed.
pub(crate) struct Attempts {
    under_way: Tasks<Claimed, Outcome>,
    unsettled: Mutex<Vec<(Claimed, NewsKind)>>,
}

impl Default for Attempts {
    fn default() -> Self {
        Self { under_way: Tasks::new(), unsettled: Mutex::default() }
    }
}

impl Attempts {
    /// How many attempts are not settled yet.
    pub(crate) fn under_way(&self) -> usize {
        self.under_way.len() + self.unsettled().len()
    }

    /// Keeps an outcome until it is committed.
    pub(crate) fn keep(&self, claimed: Claimed, what: NewsKind) {
        self.unsettled().push((claimed, what));
    }

    fn unsettled(&self) -> MutexGuard<'_, Vec<(Claimed, NewsKind)>> {
        self.unsettled.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Commits what attempts came to, then begins new ones.
pub(crate) async fn tick(shared: &Shared, at: Timestamp) -> anyhow::Result<Tick> {
    collect(shared, at);
    let (mut n_done, is_held_up) = settle(shared, at).await;
    if is_held_up {
        return Ok(Tick { n_done, next: Next::At(at + UNSETTLED_PAUSE) });
    }
    if shared.is_stopping() {
        return Ok(Tick { n_done, next: if n_done > 0 { Next::Now } else { Next::WhenWoken } });
    }
    let free = shared.options.outbox_concurrency.saturating_sub(shared.attempts.under_way());
    let rows = if free == 0 { Vec::new() } else { shared.store.claim_outbox(at, free).await? };
    let is_full = rows.len() == free;
    n_done += rows.len();
    for row in rows {
        begin(shared, row, at);
    }
    shared.metrics.attempts_under_way(shared.attempts.under_way());
    let next = if !shared.attempts.unsettled().is_empty() {
        Next::Now
    } else if is_full {
        Next::WhenWoken
    } else {
        let soon = at + Period::from_millis(shared.options.poll_ms);
        Next::At(shared.store.next_outbox_due().await?.map_or(soon, |due| due.min(soon)))
    };
    Ok(Tick { n_done, next })
}

/// Looks at the attempts that have ended.
fn collect(shared: &Shared, at: Timestamp) {
    for (claimed, finished) in shared.attempts.under_way.finished() {
        let outcome = match finished {
            Finished::Answered(outcome) => outcome,
            Finished::TimedOut => {
                let millis = shared.options.attempt_timeout_ms;
                Outcome::Unknown { what: format!("no answer within {} s", millis / 1_000) }
            }
            Finished::Panicked(what) => Outcome::Unknown { what },
        };
        shared.metrics.attempt(&claimed.channel, &outcome, at.since(claimed.begun_at));
        let attempt = claimed.attempt;
        shared.attempts.keep(claimed, NewsKind::Attempted { attempt, outcome, answer: None });
    }
}

/// Commits outcomes, per workspace and in bounded batches. Answers how many, and whether some must wait: those are
/// kept, and one workspace doesn't hold up another.
async fn settle(shared: &Shared, at: Timestamp) -> (usize, bool) {
    let mut by_workspace: BTreeMap<WorkspaceId, Vec<(Claimed, NewsKind)>> = BTreeMap::new();
    for (claimed, what) in shared.attempts.unsettled().iter().cloned() {
        by_workspace.entry(claimed.workspace.clone()).or_default().push((claimed, what));
    }
    let (mut n_settled, mut is_held_up) = (0, false);
    for (workspace, news) in by_workspace {
        for news in news.chunks(shared.options.batch_inputs_max.max(1)) {
            let arrivals: Vec<Arrival> = news.iter().map(arrival).collect();
            if let Err(error) = batch::run(shared, &workspace, &arrivals, at).await {
                shared.metrics.tick_failed(Worker::Outbox);
                tracing::error!(workspace = %workspace, %error, "outcomes of attempts wait to be committed");
                is_held_up = true;
                break;
            }
            let settled: BTreeSet<_> = news.iter().map(|(claimed, _)| claimed.key()).collect();
            shared.attempts.unsettled().retain(|(claimed, _)| !settled.contains(&claimed.key()));
            n_settled += news.len();
        }
    }
    (n_settled, is_held_up)
}

fn arrival((claimed, what): &(Claimed, NewsKind)) -> Arrival {
    Arrival::ToContact {
        contact: claimed.contact,
        cause: Cause::News(News { message: claimed.message, what: what.clone() }),
        source: format!("attempt:{}:{}", claimed.message, claimed.attempt),
    }
}

/// Begins the attempt of a claimed row, unless the row has expired.
fn begin(shared: &Shared, row: OutboxRow, at: Timestamp) {
    let claimed = Claimed::of(&row, at);
    if is_expired(row.expires_at, at) {
        shared.attempts.keep(claimed, NewsKind::ExpiredAtClaim);
        return;
    }
    let payload: Payload = match serde_json::from_str(&row.payload_json) {
        Ok(payload) => payload,
        Err(error) => {
            let reply = format!("the rendered content in the outbox cannot be read: {error}");
            let outcome = Outcome::Permanent { reply, suppress: false };
            let attempt = claimed.attempt;
            shared.attempts.keep(claimed, NewsKind::Attempted { attempt, outcome, answer: None });
            return;
        }
    };
    let parcel = Parcel {
        workspace: row.workspace,
        message: row.message,
        channel: row.channel,
        address: payload.address,
        attempt: row.attempts,
        content: payload.content,
    };
    let courier = Arc::clone(&shared.courier);
    let timeout = Duration::from_millis(shared.options.attempt_timeout_ms);
    let bell = shared.wakers.bell(Worker::Outbox);
    let call = async move { courier.send(&parcel).await };
    shared.attempts.under_way.begin(claimed, timeout, bell, call);
}
