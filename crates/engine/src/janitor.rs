//! The worker that keeps the store in order and the gauges current.

use wend_domain::policy::retention::Retention;
use wend_domain::time::{Period, Timestamp};

use crate::catalogs;
use crate::shared::Shared;
use crate::tick::{Next, Tick};

/// How long the janitor rests when there is nothing to do.
const REST: Period = Period::from_millis(2_000);

/// How often the gauges are set from the store.
const GAUGES_EVERY: Period = Period::from_millis(10_000);

/// Does a bounded piece of the store's housekeeping.
pub(crate) async fn tick(shared: &Shared, at: Timestamp) -> anyhow::Result<Tick> {
    let next = shared.store.next_sweep().await?;
    let kept = match next.workspace() {
        // Whoever doesn't know what the policies say removes nothing by them.
        Some(workspace) => catalogs::latest(shared, workspace).await?.policies.retention.clone(),
        None => Retention::default(),
    };
    let report = shared.store.janitor(at, next, &kept).await?;
    if shared.metrics.gauges_are_older_than(at - GAUGES_EVERY) {
        for workspace in shared.store.workspaces().await? {
            let statistics = shared.store.statistics(&workspace).await?;
            shared.metrics.statistics(&workspace, &statistics, at);
        }
        shared.metrics.senders(&shared.courier.senders(at));
        shared.metrics.gauges_set(at);
    }
    let removed: u64 = report.removed.values().sum();
    let n_done = report.folded + usize::try_from(report.rolled_up + removed).unwrap_or(usize::MAX);
    Ok(Tick { n_done, next: if report.more { Next::Now } else { Next::At(at + REST) } })
}
