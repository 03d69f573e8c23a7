//! The worker that wakes contacts whose alarm is due.

use wend_domain::input::Cause;
use wend_domain::time::{Period, Timestamp};

use crate::batch::{self, Arrival};
use crate::shared::Shared;
use crate::tick::{Next, Tick};

/// Wakes a bounded number of contacts of each workspace.
pub(crate) async fn tick(shared: &Shared, at: Timestamp) -> anyhow::Result<Tick> {
    let mut n_done = 0;
    let mut is_more = false;
    for workspace in shared.store.alarms_due_workspaces(at).await? {
        let mut work = shared.store.begin(&workspace).await?;
        let due = work.due_alarms(at, shared.options.alarms_max).await?;
        is_more |= due.len() == shared.options.alarms_max;
        n_done += due.len();
        let wake = |contact| Arrival::ToContact { contact, cause: Cause::Alarm, source: "alarm".to_owned() };
        let arrivals: Vec<Arrival> = due.into_iter().map(wake).collect();
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
    let next = match shared.store.next_alarm().await? {
        _ if is_more => Next::Now,
        Some((_, alarm)) => Next::At(alarm.min(soon)),
        None => Next::At(soon),
    };
    shared.metrics.alarms(n_done);
    Ok(Tick { n_done, next })
}
