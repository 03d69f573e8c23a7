//! The worker that takes over the attempts of processes that are gone: nobody knows what became of them (SEMANTICS 8.4).

use wend_domain::time::{Period, Timestamp};

use crate::shared::Shared;
use crate::tick::{Next, Tick, Worker};

/// How often it is looked for processes that have gone.
const LOOK_EVERY: Period = Period::from_millis(10_000);

/// Takes over a bounded number of orphaned attempts; `outbox` finds them among its own and reports them as unknown, so
/// that it doesn't matter whether the answer of the database to the taking over arrives.
pub(crate) async fn tick(shared: &Shared, at: Timestamp) -> anyhow::Result<Tick> {
    let taken_over = shared.store.orphaned_attempts(shared.options.orphans_max).await;
    shared.attempts.look_for_lost();
    let n_done = taken_over?.len();
    if n_done > 0 {
        tracing::warn!(n_attempts = n_done, "took over attempts of a process that is gone");
        shared.wakers.wake(Worker::Outbox);
    }
    let is_more = n_done == shared.options.orphans_max;
    Ok(Tick { n_done, next: if is_more { Next::Now } else { Next::At(at + LOOK_EVERY) } })
}
