//! Imports as the API shows them.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use wend_engine::imports::{Import, Progress};

use crate::view::shown;

/// One import.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ImportView {
    /// Its id.
    id: String,
    /// What people call it: the file's name.
    name: String,
    /// `receiving`, `uploaded`, `checking`, `checked`, `running`, `finished`, `cancelled`, `undoing` or `undone`.
    state: &'static str,
    /// Who began it.
    by: String,
    /// When it was begun.
    created_at: String,
    /// When it last moved.
    updated_at: String,
    /// What is known of the file.
    file: FileView,
    /// How it is imported: the settings given with the start.
    #[schema(value_type = Option<Object>)]
    settings: Option<Value>,
    /// How it might be imported: a proposal, made from its first rows.
    #[schema(value_type = Object)]
    suggested: Value,
    /// How far the work is.
    progress: ProgressView,
}

/// What is known of a file.
#[derive(Debug, Serialize, ToSchema)]
struct FileView {
    /// Its size as it is kept, in bytes.
    bytes: u64,
    /// `csv` or `json_lines`.
    #[schema(value_type = Option<String>)]
    format: Value,
    /// How its bytes are read: `UTF-8`, `UTF-16LE`, `windows-1252`, …
    encoding: String,
    /// Why it is taken for that.
    encoding_why: String,
    /// What separates cells.
    delimiter: String,
    /// Its columns.
    columns: Vec<String>,
    /// What a person should know of it.
    notes: Vec<String>,
}

/// How far the work is.
#[derive(Debug, Serialize, ToSchema)]
struct ProgressView {
    /// How many bytes of the file are done.
    bytes: u64,
    /// How many rows were read.
    rows: u64,
    /// How many contacts were made.
    created: u64,
    /// How many rows changed a contact.
    updated: u64,
    /// How many rows said what was known.
    unchanged: u64,
    /// How many rows were left out because their contact was there.
    skipped: u64,
    /// How many rows make no sense; the report says why.
    bad: u64,
    /// How many rows wait with their contact, because earlier inputs of it wait or can't be processed.
    set_aside: u64,
    /// When the work began.
    started_at: Option<String>,
    /// When it was over.
    finished_at: Option<String>,
    /// How far the undo is.
    #[schema(value_type = Option<Object>)]
    undo: Option<Value>,
}

impl From<Import> for ImportView {
    fn from(import: Import) -> Self {
        let Import { row, state, about, progress } = import;
        Self {
            id: row.id,
            name: row.name,
            state: state.as_str(),
            by: row.made_by,
            created_at: shown(row.created_at),
            updated_at: shown(row.updated_at),
            settings: about.settings.as_ref().map(value),
            suggested: value(&about.suggested),
            file: FileView {
                bytes: about.bytes,
                format: value(&about.format),
                encoding: about.encoding.name,
                encoding_why: about.encoding.why,
                delimiter: about.delimiter,
                columns: about.columns,
                notes: about.notes,
            },
            progress: ProgressView::from(progress),
        }
    }
}

impl From<Progress> for ProgressView {
    fn from(progress: Progress) -> Self {
        Self {
            bytes: progress.offset,
            rows: progress.rows,
            created: progress.created,
            updated: progress.updated,
            unchanged: progress.unchanged,
            skipped: progress.skipped,
            bad: progress.bad,
            set_aside: progress.set_aside,
            started_at: progress.started_at.map(shown),
            finished_at: progress.finished_at.map(shown),
            undo: progress.undo.and_then(|undo| serde_json::to_value(undo).ok()),
        }
    }
}

fn value(of: &impl Serialize) -> Value {
    serde_json::to_value(of).unwrap_or_default()
}
