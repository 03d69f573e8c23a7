//! What an import changed, given back: page by page of its report, where nothing newer changed it.

use std::collections::BTreeSet;

use anyhow::Context;
use wend_domain::id::ContactId;
use wend_domain::import::undo::{Undo, undo};
use wend_domain::input::{Cause, Command, Input, Order};
use wend_domain::record::Record;
use wend_domain::time::Timestamp;
use wend_store::HistoryRow;

use super::about::{ImportState, Outcome, Progress, ReportRow, UndoProgress};
use super::run::RUN;
use super::{Import, control};
use crate::batch::{self, Arrival, BatchError};
use crate::shared::Shared;

/// How many rows of a contact's history are read at once.
const HISTORY_ROWS: usize = 1_000;

/// The longest history that is read for an undo, in rows: a contact with more keeps what it has.
const HISTORY_ROWS_MAX: usize = 50_000;

/// Undoes one page; answers how many rows it has, and 0 if somebody else did.
pub(super) async fn step(shared: &Shared, import: &Import, at: Timestamp) -> anyhow::Result<usize> {
    let (workspace, id) = (&import.row.workspace, &import.row.id);
    let mut undone = import.progress.undo.clone().unwrap_or_default();
    let pages = shared.store.import_pages(workspace, id, RUN, undone.page, false, 1).await?;
    let Some(page) = pages.into_iter().next() else {
        let progress = Progress { undo: Some(undone), finished_at: Some(at), ..import.progress.clone() };
        let moved =
            shared.store.import_move(workspace, import.step(ImportState::Undone, &progress, at)).await?;
        return Ok(usize::from(moved));
    };
    let rows: Vec<ReportRow> = control::report(&page)?;
    let contacts: BTreeSet<ContactId> = rows.iter().filter_map(changed).collect();
    let mut arrivals = Vec::new();
    for contact in contacts {
        let Some(undo) = of_contact(shared, import, contact).await? else {
            undone.kept += 1;
            continue;
        };
        undone.kept += undo.kept.len() as u64;
        undone.only_imported += u64::from(undo.only_imported);
        if undo.restore.is_empty() {
            continue;
        }
        undone.restored += 1;
        let order = Order::UndoImport { import: id.clone(), restore: undo.restore };
        let reason = Some(format!("undo of the import `{}`", import.row.name));
        let command = Command { by: import.row.made_by.clone(), reason, order };
        let source = format!("undo:{id}:{}", page.n);
        arrivals.push(Arrival::ToContact { contact, cause: Cause::Command(command), source });
    }
    (undone.page, undone.rows) = (page.n, undone.rows + rows.len() as u64);
    let progress = Progress { undo: Some(undone), ..import.progress.clone() };
    let mut attempt = 0;
    loop {
        match commit(shared, import, &progress, &arrivals, at).await {
            Err(error) if error.is_conflict() && attempt < shared.options.conflicts_max => {
                attempt += 1;
                if matches!(error, BatchError::CatalogIsOlder) {
                    crate::catalogs::reload(shared, workspace).await?;
                }
            }
            done => return Ok(if done? { rows.len() } else { 0 }),
        }
    }
}

/// The contact that a row may have changed.
fn changed(row: &ReportRow) -> Option<ContactId> {
    match row.outcome {
        Outcome::Created | Outcome::Updated | Outcome::SetAside => row.contact,
        Outcome::Unchanged | Outcome::Skipped | Outcome::Bad => None,
    }
}

/// What is to be given back to a contact; none if its history is too long to say.
async fn of_contact(shared: &Shared, import: &Import, contact: ContactId) -> anyhow::Result<Option<Undo>> {
    let mut history: Vec<HistoryRow> = Vec::new();
    loop {
        let after = history.last().map_or(i64::MIN, |row| row.seq);
        let page = shared.store.history(&import.row.workspace, contact, after, HISTORY_ROWS).await?;
        let is_last = page.len() < HISTORY_ROWS;
        history.extend(page);
        if is_last {
            break;
        }
        if history.len() >= HISTORY_ROWS_MAX {
            return Ok(None);
        }
    }
    let id = import.row.id.clone();
    let work = move || {
        let read = |row: HistoryRow| {
            let input: Input = serde_json::from_str(&row.input_json).ok()?;
            let record: Record = serde_json::from_str(&row.record_json).ok()?;
            Some((input, record))
        };
        undo(&id, history.into_iter().filter_map(read))
    };
    Ok(Some(tokio::task::spawn_blocking(work).await.context("an undo could not be worked out")?))
}

/// Commits a page; false if somebody else did.
async fn commit(
    shared: &Shared,
    import: &Import,
    progress: &Progress,
    arrivals: &[Arrival],
    at: Timestamp,
) -> Result<bool, BatchError> {
    let workspace = &import.row.workspace;
    let mut work = shared.store.begin(workspace).await?;
    let locked = work.import_locked(&import.row.id).await?;
    if locked.is_none_or(|row| row.revision != import.row.revision) {
        return Ok(false);
    }
    let mut prepared = batch::prepare(shared, &mut work, workspace, arrivals, at).await?;
    prepared.changes.import = Some(import.step(ImportState::Undoing, progress, at));
    prepared.commit(shared, work, workspace, arrivals, at).await?;
    Ok(true)
}

/// An undo that has just begun.
pub(super) fn begun() -> UndoProgress {
    UndoProgress::default()
}
