//! The worker that takes inputs that were queued for contacts.

use wend_domain::time::{Period, Timestamp};

use crate::batch::{self, Arrival};
use crate::shared::Shared;
use crate::tick::{Next, Tick};

/// Takes a bounded number of queued inputs of each workspace, per contact in their order.
pub(crate) async fn tick(shared: &Shared, at: Timestamp) -> anyhow::Result<Tick> {
    let mut n_done = 0;
    let mut is_more = false;
    for workspace in shared.store.inbox_ready_workspaces().await? {
        let mut work = shared.store.begin(&workspace).await?;
        let rows = work.inbox_ready(shared.options.inbox_rows_max).await?;
        is_more |= rows.len() == shared.options.inbox_rows_max;
        n_done += rows.len();
        let arrivals: Vec<Arrival> = rows.into_iter().map(Arrival::Row).collect();
        if arrivals.is_empty() {
            continue;
        }
        if let Err(error) = batch::take_in(shared, work, &workspace, &arrivals, at).await {
            if !error.is_conflict() {
                return Err(error.into());
            }
            shared.metrics.conflict();
            crate::catalogs::tick(shared, at).await?;
            is_more = true;
        }
    }
    let soon = at + Period::from_millis(shared.options.poll_ms);
    Ok(Tick { n_done, next: if is_more { Next::Now } else { Next::At(soon) } })
}
