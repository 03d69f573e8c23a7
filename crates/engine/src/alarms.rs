//! The worker that wakes contacts whose alarm is due.

use wend_domain::id::WorkspaceId;
use wend_domain::input::Cause;
use wend_domain::time::{Period, Timestamp};

use crate::batch::{self, Arrival, BatchError};
use crate::shared::Shared;
use crate::tick::{Next, Tick};

/// Wakes a bounded number of contacts of each workspace.
pub(crate) async fn tick(shared: &Shared, at: Timestamp) -> anyhow::Result<Tick> {
    let mut n_done = 0;
    let mut is_more = false;
    let mut failed = None;
    for workspace in shared.store.alarms_due_workspaces(at).await? {
        match wake(shared, &workspace, at).await {
            Ok(n_contacts) => {
                n_done += n_contacts;
                is_more |= n_contacts == shared.options.alarms_max;
            }
            Err(error) => is_more |= batch::is_to_be_repeated(shared, error, at, &mut failed).await?,
        }
    }
    shared.metrics.alarms(n_done);
    if let Some(error) = failed {
        return Err(error.into());
    }
    let soon = at + Period::from_millis(shared.options.poll_ms);
    let next = match shared.store.next_alarm().await? {
        _ if is_more => Next::Now,
        Some((_, alarm)) => Next::At(alarm.min(soon)),
        None => Next::At(soon),
    };
    Ok(Tick { n_done, next })
}

async fn wake(shared: &Shared, workspace: &WorkspaceId, at: Timestamp) -> Result<usize, BatchError> {
    let mut work = shared.store.begin(workspace).await?;
    let due = work.due_alarms(at, shared.options.alarms_max).await?;
    let wake = |contact| Arrival::ToContact { contact, cause: Cause::Alarm, source: "alarm".to_owned() };
    let arrivals: Vec<Arrival> = due.into_iter().map(wake).collect();
    if !arrivals.is_empty() {
        batch::take_in(shared, work, workspace, &arrivals, at).await?;
    }
    Ok(arrivals.len())
}
