//! The worker that begins what set times have come for (SEMANTICS 4.1).
//!
//! One row says when each trigger occurs next, and whoever moves it on makes the occurrence's job in the same
//! transaction: however many nodes there are, each occurrence is told once.

mod next;

use std::collections::BTreeMap;
use std::sync::PoisonError;

use wend_domain::catalog::{Catalog, Status};
use wend_domain::id::{WorkflowName, WorkspaceId};
use wend_domain::time::{Period, Timestamp};
use wend_domain::workflow::{ScheduleTrigger, Trigger};
use wend_store::{NewJob, ScheduleRow, ScheduleStep};

use crate::jobs::new_job;
use crate::jobs::work::JobWork;
use crate::shared::Shared;
use crate::tick::{Next, Tick, Worker};
use next::{Due, Occurrence, due, first, rule};

/// The most schedules that are moved on at once.
const SCHEDULES_AT_ONCE: usize = 100;

/// Who has done it, in the lists of jobs.
const BY: &str = "schedule";

/// Brings the rows up to date with the catalogs, and begins a bounded number of occurrences.
pub(crate) async fn tick(shared: &Shared, at: Timestamp) -> anyhow::Result<Tick> {
    let mut n_done = 0;
    for loaded in shared.catalogs.all() {
        n_done += follow(shared, &loaded.catalog, at).await?;
    }
    let rows = shared.store.schedules_due(at, SCHEDULES_AT_ONCE).await?;
    let mut is_stuck = false;
    for row in rows {
        let is_moved = occur(shared, row, at).await?;
        n_done += usize::from(is_moved);
        is_stuck |= !is_moved;
    }
    if n_done > 0 {
        shared.wakers.wake(Worker::Jobs);
    }
    let soon = at + Period::from_millis(shared.options.poll_ms);
    let next = match shared.store.next_schedule_at().await? {
        // Another node moves it on, or this one does when it has the catalog.
        _ if is_stuck => Next::At(soon),
        next_at => Next::At(next_at.map_or(soon, |next_at| next_at.min(soon))),
    };
    Ok(Tick { n_done, next })
}

/// The schedules of a catalog, by workflow and place in the file.
fn wanted(catalog: &Catalog) -> BTreeMap<(WorkflowName, usize), &ScheduleTrigger> {
    let mut wanted = BTreeMap::new();
    for workflow in catalog.workflows.keys().flat_map(|name| catalog.entered(name)) {
        for (place, trigger) in workflow.triggers.iter().enumerate() {
            if let Trigger::Schedule(trigger) = trigger {
                // While a version is rolled out, the current one says when.
                let trigger: &ScheduleTrigger = trigger;
                wanted.entry((workflow.name.clone(), place)).or_insert(trigger);
            }
        }
    }
    wanted
}

/// Brings the rows of a workspace up to date, once for each catalog.
async fn follow(shared: &Shared, catalog: &Catalog, at: Timestamp) -> anyhow::Result<usize> {
    let workspace = &catalog.workspace;
    if shared.schedules_of(workspace) == Some(catalog.revision) {
        return Ok(0);
    }
    if shared.store.catalog_revision_number(workspace).await? != catalog.revision {
        // Another node has a later one, and has brought the rows up to date with that.
        return Ok(0);
    }
    let wanted = wanted(catalog);
    let mut n_done = 0;
    let mut known = Vec::new();
    for row in shared.store.schedules(workspace).await? {
        let key = (row.workflow.clone(), row.place);
        let next = match wanted.get(&key) {
            Some(trigger) if rule(trigger, catalog) == row.rule => {
                known.push(key);
                continue;
            }
            Some(trigger) => first(trigger, catalog, at)
                .map(|occurrence| schedule_row(workspace, &key, rule(trigger, catalog), &occurrence)),
            None => None,
        };
        known.push(key);
        let step = ScheduleStep { next, ..ScheduleStep::default() };
        n_done += usize::from(shared.store.schedule_step(&row, step, at).await?);
    }
    for (key, trigger) in wanted.into_iter().filter(|(key, _)| !known.contains(key)) {
        if let Some(occurrence) = first(trigger, catalog, at) {
            let row = schedule_row(workspace, &key, rule(trigger, catalog), &occurrence);
            n_done += usize::from(shared.store.schedule_add(&row).await?);
        }
    }
    shared.note_schedules(workspace, catalog.revision);
    Ok(n_done)
}

fn schedule_row(
    workspace: &WorkspaceId,
    (workflow, place): &(WorkflowName, usize),
    rule: String,
    occurrence: &Occurrence,
) -> ScheduleRow {
    ScheduleRow {
        workspace: workspace.clone(),
        workflow: workflow.clone(),
        place: *place,
        rule,
        occurrence: occurrence.local.to_string(),
        next_at: occurrence.begins_at,
    }
}

/// A row's time has come; false if another node was faster, or this node doesn't know the schedule.
async fn occur(shared: &Shared, row: ScheduleRow, at: Timestamp) -> anyhow::Result<bool> {
    let loaded = shared.catalogs.get(&row.workspace);
    let catalog = &loaded.catalog;
    let wanted = wanted(catalog);
    let key = (row.workflow.clone(), row.place);
    let Some(trigger) = wanted.get(&key).filter(|trigger| rule(trigger, catalog) == row.rule) else {
        return Ok(false);
    };
    let Due { latest, next } = due(trigger, catalog, at);
    let is_live = catalog.status(&row.workflow) == Status::Live;
    let latest = latest.filter(|latest| latest.begins_at >= row.next_at);
    let told = latest.as_ref().filter(|_| is_live);
    let is_skipped = told.is_none_or(|told| told.begins_at != row.next_at);
    let what = serde_json::json!({
        "did": "skip occurrences",
        "workflow": row.workflow,
        "from": row.occurrence,
        "told": told.map(|told| told.local.to_string()),
        "why": if is_live { "missed by more than 24 hours, or several at once" } else { "the workflow is not live" },
    });
    let step = ScheduleStep {
        next: next.map(|next| schedule_row(&row.workspace, &key, row.rule.clone(), &next)),
        job: told.map(|told| job(&row, trigger, told, catalog.revision, at)),
        audit_json: is_skipped.then(|| what.to_string()),
    };
    Ok(shared.store.schedule_step(&row, step, at).await?)
}

fn job(
    row: &ScheduleRow,
    trigger: &ScheduleTrigger,
    occurrence: &Occurrence,
    revision: u64,
    at: Timestamp,
) -> NewJob {
    let ScheduleRow { workflow, place, .. } = row;
    let id = format!("schedule-{workflow}-{place}-{}", occurrence.local);
    let work =
        JobWork::Schedule { workflow: workflow.clone(), trigger: *place, occurrence: occurrence.local };
    NewJob { pace: trigger.pace, ..new_job(&work, id, revision, BY, at) }
}

impl Shared {
    /// The catalog whose schedules the rows are known to have.
    fn schedules_of(&self, workspace: &WorkspaceId) -> Option<u64> {
        self.schedules.lock().unwrap_or_else(PoisonError::into_inner).get(workspace).copied()
    }

    fn note_schedules(&self, workspace: &WorkspaceId, revision: u64) {
        let mut schedules = self.schedules.lock().unwrap_or_else(PoisonError::into_inner);
        schedules.insert(workspace.clone(), revision);
    }
}

#[cfg(test)]
mod tests;
