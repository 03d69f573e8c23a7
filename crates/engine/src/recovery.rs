//! The worker that takes over the attempts of processes that are gone: nobody knows what became of them (SEMANTICS 8.4).

use wend_domain::input::{NewsKind, Outcome};
use wend_domain::time::{Period, Timestamp};

use crate::outbox::Claimed;
use crate::shared::Shared;
use crate::tick::{Next, Tick, Worker};

/// How often it is looked for processes that have gone.
const LOOK_EVERY: Period = Period::from_millis(10_000);

/// Reports a bounded number of orphaned attempts as unknown; `outbox` commits that.
pub(crate) async fn tick(shared: &Shared, at: Timestamp) -> anyhow::Result<Tick> {
    let rows = shared.store.orphaned_attempts(shared.options.orphans_max).await?;
    let n_done = rows.len();
    for row in &rows {
        let what = "wend stopped between the attempt and its answer".to_owned();
        let outcome = Outcome::Unknown { what };
        shared.metrics.attempt(&row.channel, &outcome, Period::ZERO);
        let news = NewsKind::Attempted { attempt: row.attempts, outcome, answer: None };
        shared.attempts.keep(Claimed::of(row, at), news);
    }
    if n_done > 0 {
        tracing::warn!(n_attempts = n_done, "took over attempts of a process that is gone");
        shared.wakers.wake(Worker::Outbox);
    }
    let is_more = n_done == shared.options.orphans_max;
    Ok(Tick { n_done, next: if is_more { Next::Now } else { Next::At(at + LOOK_EVERY) } })
}
