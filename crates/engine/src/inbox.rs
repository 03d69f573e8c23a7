//! The worker that takes inputs that were queued for contacts.

use wend_domain::id::WorkspaceId;
use wend_domain::planted;
use wend_domain::time::{Period, Timestamp};

use crate::batch::{self, Arrival, BatchError};
use crate::shared::Shared;
use crate::tick::{Next, Tick};

/// Takes a bounded number of queued inputs of each workspace, per contact in their order.
pub(crate) async fn tick(shared: &Shared, at: Timestamp) -> anyhow::Result<Tick> {
    let mut n_done = 0;
    let mut is_more = false;
    let mut failed = None;
    for workspace in shared.store.inbox_ready_workspaces().await? {
        match take(shared, &workspace, at).await {
            Ok(n_inputs) => {
                n_done += n_inputs;
                is_more |= n_inputs > 0;
            }
            Err(error) => is_more |= batch::is_to_be_repeated(shared, error, at, &mut failed).await?,
        }
    }
    if let Some(error) = failed {
        return Err(error.into());
    }
    let soon = at + Period::from_millis(shared.options.poll_ms);
    Ok(Tick { n_done, next: if is_more { Next::Now } else { Next::At(soon) } })
}

async fn take(shared: &Shared, workspace: &WorkspaceId, at: Timestamp) -> Result<usize, BatchError> {
    let mut work = shared.store.begin(workspace).await?;
    let mut rows = work.inbox_ready(shared.options.inbox_rows_max).await?;
    if planted!("inbox-out-of-order") {
        rows.reverse();
    }
    let arrivals: Vec<Arrival> = rows.into_iter().map(Arrival::Row).collect();
    if !arrivals.is_empty() {
        batch::take_in(shared, work, workspace, &arrivals, at).await?;
    }
    Ok(arrivals.len())
}
