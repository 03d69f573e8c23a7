//! Files that are imported: taken in, looked at, tried, carried out and undone, a bounded piece at a time.
//!
//! Read in this order: `about` (what is known of a file, and how far the work is), `detect` and `records` (from bytes to
//! rows), `upload` (how a file comes in), `preview`, `run` (the rows of a window, in one transaction with the import's
//! progress), `undo`, `control` (what people ask for).
//!
//! **Invariants.** A row reaches its contact through [`crate::batch`], like every other input. What became of a row and
//! how far the import is are committed together with it: after a crash it goes on with the next row, and none counts
//! twice. A bad row is reported and never stops an import. No file is ever in memory: a window of it is.

mod about;
mod control;
mod detect;
mod preview;
mod records;
mod run;
mod undo;
mod upload;

use anyhow::Context;
use wend_domain::time::{Period, Timestamp};
use wend_store::{ImportRow, ImportStep};

use crate::batch::BatchError;
use crate::changes::json;
use crate::shared::Shared;
use crate::tick::{Next, Tick};

pub use about::{About, ImportState, Outcome, Progress, ReportRow, UndoProgress};
pub use control::ImportError;
pub use detect::{EncodingFound, NoTable};
pub use preview::{ColumnPreview, Preview, RowPreview};
pub use records::{Format, ROW_BYTES_MAX};
pub use upload::{Declared, UPLOAD_BYTES_MAX, Upload};

/// The size of the pieces in which a file is kept, in bytes.
const CHUNK_BYTES: usize = 256 * 1024;

/// How many pieces of a file are looked at together: a row is far smaller.
const WINDOW_CHUNKS: usize = 4;

/// How many rows are taken in one transaction.
const ROWS_AT_ONCE: usize = 1_000;

/// How many rows of a file's beginning tell what its columns are.
const SAMPLED_ROWS: usize = 1_000;

/// Does a piece of the import that has waited longest.
pub(crate) async fn tick(shared: &Shared, at: Timestamp) -> anyhow::Result<Tick> {
    let under_way = shared.store.imports_under_way().await?;
    let Some(row) = under_way.into_iter().next() else {
        return Ok(Tick { n_done: 0, next: Next::At(at + Period::from_millis(shared.options.poll_ms)) });
    };
    let taken = take(shared, row.clone(), at).await;
    let n_done = match taken {
        Ok(n_done) => n_done,
        Err(error) if is_of_the_store(&error) => return Err(error),
        Err(error) => {
            // It would be in the way of all others for ever.
            give_up(shared, row, &error, at).await?;
            1
        }
    };
    // Nothing was done: another node is at it.
    let next =
        if n_done == 0 { Next::At(at + Period::from_millis(shared.options.poll_ms)) } else { Next::Now };
    Ok(Tick { n_done, next })
}

/// Does a piece of an import; answers how many rows it had.
async fn take(shared: &Shared, row: ImportRow, at: Timestamp) -> anyhow::Result<usize> {
    let import = Import::read(row)?;
    match import.state {
        ImportState::Undoing => undo::step(shared, &import, at).await,
        _ => run::step(shared, &import, at).await,
    }
}

fn is_of_the_store(error: &anyhow::Error) -> bool {
    let of_batch = matches!(error.downcast_ref(), Some(BatchError::Store(_)));
    of_batch || error.downcast_ref::<wend_store::Error>().is_some()
}

/// Stops an import that can't go on.
async fn give_up(
    shared: &Shared,
    row: ImportRow,
    error: &anyhow::Error,
    at: Timestamp,
) -> Result<(), wend_store::Error> {
    let told = format!("{error:#}");
    tracing::error!(workspace = %row.workspace, import = row.id, error = told, "an import was given up");
    let step = ImportStep {
        id: row.id,
        revision: row.revision,
        state: ImportState::Cancelled.as_str().to_owned(),
        about_json: None,
        progress_json: row.progress_json,
        at,
        page: None,
    };
    shared.store.import_move(&row.workspace, step).await.map(drop)
}

/// An import with all that is known of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Import {
    /// Its row.
    pub row: ImportRow,
    /// How far it is.
    pub state: ImportState,
    /// What is known of the file.
    pub about: About,
    /// How far the work is.
    pub progress: Progress,
}

impl Import {
    /// Reads what the store keeps.
    pub fn read(row: ImportRow) -> anyhow::Result<Self> {
        let wrong = || format!("the import `{}` makes no sense", row.id);
        let state = ImportState::parse(&row.state).with_context(wrong)?;
        let about = serde_json::from_str(&row.about_json).with_context(wrong)?;
        let progress = serde_json::from_str(&row.progress_json).with_context(wrong)?;
        Ok(Self { row, state, about, progress })
    }

    /// A step of it: what it is afterwards.
    fn step(&self, state: ImportState, progress: &Progress, at: Timestamp) -> ImportStep {
        ImportStep {
            id: self.row.id.clone(),
            revision: self.row.revision,
            state: state.as_str().to_owned(),
            about_json: None,
            progress_json: json(progress),
            at,
            page: None,
        }
    }
}

/// A part of a file: it begins at `offset` and ends with the file or before.
struct Window {
    bytes: Vec<u8>,
    at_end: bool,
}

/// The window of an import's file that begins at a byte.
async fn window(shared: &Shared, import: &Import, offset: u64) -> anyhow::Result<Window> {
    let first = offset / CHUNK_BYTES as u64;
    let skipped = (offset % CHUNK_BYTES as u64) as usize;
    let chunks =
        shared.store.import_chunks(&import.row.workspace, &import.row.id, first, WINDOW_CHUNKS).await?;
    let mut bytes = Vec::with_capacity(chunks.len() * CHUNK_BYTES);
    for chunk in &chunks {
        bytes.extend_from_slice(chunk);
    }
    bytes.drain(..skipped.min(bytes.len()));
    let at_end = offset + bytes.len() as u64 >= import.about.bytes;
    anyhow::ensure!(
        at_end || chunks.len() == WINDOW_CHUNKS,
        "the file of the import `{}` lacks a part: import it again",
        import.row.id
    );
    Ok(Window { bytes, at_end })
}
