//! The rows of a window, through the door of every input, in one transaction with the import's progress.

use std::sync::Arc;

use anyhow::Context;
use serde_json::{Map, Value};
use wend_domain::event::Event;
use wend_domain::id::ContactId;
use wend_domain::import::Fault;
use wend_domain::import::mapping::Mapping;
use wend_domain::import::row::{Cells, Of, events};
use wend_domain::record::{Decision, Record};
use wend_domain::time::Timestamp;
use wend_store::{ImportPage, ImportStep};

use super::about::{ImportState, Outcome, Progress, ReportRow};
use super::records::{self, RawRow};
use super::{Import, ROWS_AT_ONCE};
use crate::batch::{self, Arrival, BatchError};
use crate::changes::json;
use crate::lane::Fate;
use crate::shared::Shared;

/// The kinds of report: of a dry run, and of the run itself.
pub(super) const CHECK: &str = "check";
/// See [`CHECK`].
pub(super) const RUN: &str = "run";

/// A row and what it says.
struct Row {
    number: u64,
    line: u64,
    says: Result<Vec<Event>, Fault>,
}

/// Some rows, and where the next one begins.
struct Piece {
    rows: Vec<Row>,
    offset: u64,
    line: u64,
    is_last: bool,
}

/// Takes some rows; answers how many, and 0 if somebody else took them.
pub(super) async fn step(shared: &Shared, import: &Import, at: Timestamp) -> anyhow::Result<usize> {
    let piece = read(shared, import, at).await?;
    let (mut arrivals, mut n_events) = (Vec::new(), Vec::new());
    for row in &piece.rows {
        let events = row.says.as_ref().map_or(&[][..], Vec::as_slice);
        arrivals.extend(events.iter().map(|event| Arrival::Event(Box::new(event.clone()))));
        n_events.push(events.len());
    }
    let mut attempt = 0;
    let taken = loop {
        let taken = take(shared, import, &piece, (&arrivals, &n_events), at).await;
        match taken {
            Err(error) if error.is_conflict() && attempt < shared.options.conflicts_max => {
                attempt += 1;
                shared.metrics.conflict();
                if matches!(error, BatchError::CatalogIsOlder) {
                    crate::catalogs::reload(shared, &import.row.workspace).await?;
                }
            }
            taken => break taken?,
        }
    };
    if taken && piece.is_last && import.state == ImportState::Running {
        shared.store.import_forget_file(&import.row.workspace, &import.row.id).await?;
        tracing::info!(workspace = %import.row.workspace, import = import.row.id, "an import is finished");
    }
    Ok(if taken { piece.rows.len().max(1) } else { 0 })
}

/// The next rows of a file.
async fn read(shared: &Shared, import: &Import, at: Timestamp) -> anyhow::Result<Piece> {
    let window = super::window(shared, import, import.progress.offset).await?;
    let settings = import.about.settings.clone().context("the import has no settings")?;
    let catalog = Arc::clone(&shared.catalogs.get(&import.row.workspace).catalog);
    let mapping = Mapping::new(settings, &import.about.columns, &catalog.policies.identity)
        .map_err(|faults| anyhow::anyhow!("the import's settings make no sense any more: {faults:?}"))?;
    let (shape, bytes_total) = (import.about.shape(), import.about.bytes);
    let (id, progress) = (import.row.id.clone(), import.progress.clone());
    let began_at = progress.started_at.unwrap_or(at);
    let work = move || {
        let found = records::rows(shape, &window.bytes, window.at_end, progress.line, ROWS_AT_ONCE);
        let offset = progress.offset + found.n_bytes as u64;
        let rows = (progress.rows + 1..).zip(found.records).map(|(row, record)| {
            let of = Of { import: &id, row, at: began_at };
            let says = record.row.and_then(|raw| says(&mapping, &raw, of));
            Row { number: row, line: record.line, says }
        });
        let rows: Vec<Row> = rows.collect();
        let is_last = offset >= bytes_total || (rows.is_empty() && window.at_end);
        Piece { rows, offset, line: found.line, is_last }
    };
    tokio::task::spawn_blocking(work).await.context("the rows of a file could not be read")
}

fn says(mapping: &Mapping, raw: &RawRow, of: Of<'_>) -> Result<Vec<Event>, Fault> {
    match raw {
        RawRow::Cells(cells) => {
            let texts: Vec<&str> = cells.iter().map(String::as_str).collect();
            events(mapping, Cells::Texts(&texts), of)
        }
        RawRow::Line(line) => events(mapping, Cells::Object(&object(line)?), of),
    }
}

/// A line of JSON Lines.
pub(super) fn object(line: &str) -> Result<Map<String, Value>, Fault> {
    match serde_json::from_str(line) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(Fault::of_row(
            "the line is JSON and no object",
            "write {\"user_id\": \"42\", …} in each line",
        )),
        Err(error) => {
            let reason = format!("the line is not JSON: {error}");
            Err(Fault::of_row(reason, "write one whole object in each line"))
        }
    }
}

/// Takes the rows in, or only tries to; false if the import has moved meanwhile, and nothing was done.
async fn take(
    shared: &Shared,
    import: &Import,
    piece: &Piece,
    (arrivals, n_events): (&[Arrival], &[usize]),
    at: Timestamp,
) -> Result<bool, BatchError> {
    let workspace = &import.row.workspace;
    let mut work = shared.store.begin(workspace).await?;
    let locked = work.import_locked(&import.row.id).await?;
    if locked.is_none_or(|row| row.revision != import.row.revision) {
        return Ok(false);
    }
    let mut prepared = batch::prepare(shared, &mut work, workspace, arrivals, at).await?;
    let step = reported(import, piece, n_events, &prepared, at);
    if import.state == ImportState::Checking {
        // Nothing of it stays: the transaction ends here.
        drop(work);
        return Ok(shared.store.import_move(workspace, step).await?);
    }
    prepared.changes.import = Some(step);
    prepared.commit(shared, work, workspace, arrivals, at).await?;
    Ok(true)
}

/// What the import is after these rows, with their report.
fn reported(
    import: &Import,
    piece: &Piece,
    n_events: &[usize],
    prepared: &batch::Prepared,
    at: Timestamp,
) -> ImportStep {
    let mut progress = Progress { offset: piece.offset, line: piece.line, ..import.progress.clone() };
    let mut rows = Vec::with_capacity(piece.rows.len());
    let mut first = 0;
    for (row, n) in piece.rows.iter().zip(n_events) {
        let fates = prepared.fates.get(first..first + n).unwrap_or_default();
        let contact = prepared.contacts.get(first).copied().flatten().filter(|_| *n > 0);
        first += n;
        let mut report = of_row(row, fates, contact);
        if import.state == ImportState::Checking && report.outcome == Outcome::Created {
            // Nobody has this id: it was only tried.
            report.contact = None;
        }
        progress.count(report.outcome);
        rows.push(report);
    }
    let (kind, after) = match import.state {
        ImportState::Checking => (CHECK, ImportState::Checked),
        _ => (RUN, ImportState::Finished),
    };
    let state = if piece.is_last { after } else { import.state };
    if piece.is_last {
        progress.finished_at = Some(at);
    }
    let n_bad = rows.iter().filter(|row| matches!(row.outcome, Outcome::Bad | Outcome::SetAside)).count();
    let page = rows.first().map(|first| ImportPage {
        kind: kind.to_owned(),
        n: first.row,
        n_bad: n_bad as u64,
        rows_json: json(&rows),
    });
    ImportStep { page, ..import.step(state, &progress, at) }
}

fn of_row(row: &Row, fates: &[Fate], contact: Option<ContactId>) -> ReportRow {
    let (outcome, fault) = match (&row.says, fates.first()) {
        (Err(fault), _) => (Outcome::Bad, Some(fault.clone())),
        (Ok(_), Some(Fate::Taken(record))) => (of_record(record), None),
        (Ok(_), Some(Fate::Stuck(why))) => {
            let fix = "mend the cause, then `wend stuck retry`";
            (Outcome::SetAside, Some(Fault::of_row(why.clone(), fix)))
        }
        (Ok(_), Some(Fate::Queued)) => {
            let reason = "the contact has earlier inputs that wait: the row is taken after them";
            (Outcome::SetAside, Some(Fault::of_row(reason, "see `wend stuck` whether one of them is stuck")))
        }
        (Ok(_), Some(Fate::NoSuchContact) | None) => {
            (Outcome::Bad, Some(Fault::of_row("the row names nobody", "fill in its id")))
        }
    };
    ReportRow { row: row.number, line: row.line, outcome, contact, fault }
}

/// What a row did, by its record.
fn of_record(record: &Record) -> Outcome {
    let own = || record.iter().filter(|line| line.hop == 0);
    let is_created = own().any(|line| matches!(line.decision, Decision::Created));
    let is_skipped =
        own().any(|line| line.rule == "3.4" && matches!(line.decision, Decision::NotDone { .. }));
    let is_changed = own().any(|line| {
        matches!(
            line.decision,
            Decision::TraitChanged { .. }
                | Decision::ListChanged { .. }
                | Decision::TagChanged { .. }
                | Decision::ConsentChanged { .. }
                | Decision::SuppressionChanged { .. }
        )
    });
    match (is_created, is_changed, is_skipped) {
        (true, _, _) => Outcome::Created,
        (false, true, _) => Outcome::Updated,
        (false, false, true) => Outcome::Skipped,
        (false, false, false) => Outcome::Unchanged,
    }
}
