//! What a file's beginning would become, before anything is done.

use serde::Serialize;
use serde_json::{Map, Value};
use wend_domain::event::Event;
use wend_domain::identity::IdentityPolicy;
use wend_domain::import::Fault;
use wend_domain::import::guess::Seen;
use wend_domain::import::mapping::{Mapping, Settings};
use wend_domain::import::row::{Cells, Of, events};
use wend_domain::time::Timestamp;

use super::about::About;
use super::records::{RawRow, Record, rows};
use super::{Import, SAMPLED_ROWS};

/// How many rows a preview shows.
const ROWS_SHOWN: usize = 20;

/// How many different cells of a column a preview shows.
const CELLS_SHOWN: usize = 5;

/// How much of a cell a preview shows, in characters.
const CELL_CHARS_MAX: usize = 100;

/// What a file's beginning would become.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Preview {
    /// Everything that is wrong with the mapping; then there are no rows.
    pub faults: Vec<Fault>,
    /// The columns.
    pub columns: Vec<ColumnPreview>,
    /// The first rows.
    pub rows: Vec<RowPreview>,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ColumnPreview {
    /// Its name in the file.
    pub column: String,
    /// Where it goes.
    pub target: String,
    /// Some of its cells that aren't empty.
    pub cells: Vec<String>,
    /// How many of the rows that were looked at have an empty cell.
    pub n_empty: usize,
    /// How many of the rows that were looked at can't be read because of it.
    pub n_bad: usize,
}

/// A row and what it would become.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RowPreview {
    /// Its number, from 1.
    pub row: u64,
    /// Its line in the file, from 1.
    pub line: u64,
    /// What it would say of its contact.
    pub says: Option<Value>,
    /// What is wrong with it.
    pub fault: Option<Fault>,
}

/// The columns of a file as its beginning shows them.
pub(super) fn seen(about: &About, window: &[u8], at_end: bool) -> Vec<Seen> {
    let sample = sample(about, window, at_end);
    let is_json = about.format == Some(super::Format::JsonLines);
    let column = |(n, column): (usize, &String)| Seen {
        column: column.clone(),
        cells: sample.iter().filter_map(|row| cell(row, n, column)).collect(),
        is_json,
    };
    about.columns.iter().enumerate().map(column).collect()
}

/// A row that can be read.
enum Sampled {
    Cells(Vec<String>),
    Object(Map<String, Value>),
}

fn sample(about: &About, window: &[u8], at_end: bool) -> Vec<Sampled> {
    let found = rows(about.shape(), &window[data_at(about, window)..], at_end, about.data_line, SAMPLED_ROWS);
    found.records.into_iter().filter_map(|record| sampled(record).ok()).collect()
}

fn data_at(about: &About, window: &[u8]) -> usize {
    usize::try_from(about.data_at).unwrap_or(usize::MAX).min(window.len())
}

fn sampled(record: Record) -> Result<Sampled, Fault> {
    match record.row? {
        RawRow::Cells(cells) => Ok(Sampled::Cells(cells)),
        RawRow::Line(line) => super::run::object(&line).map(Sampled::Object),
    }
}

/// A cell that isn't empty, as text.
fn cell(row: &Sampled, n: usize, column: &str) -> Option<String> {
    let text = match row {
        Sampled::Cells(cells) => cells.get(n)?.clone(),
        Sampled::Object(object) => match object.get(column)? {
            Value::Null => return None,
            Value::String(text) => text.clone(),
            value => value.to_string(),
        },
    };
    (!text.trim().is_empty()).then_some(text)
}

/// What the beginning of an import's file would become with these settings.
pub(super) fn preview(
    import: &Import,
    settings: &Settings,
    identity: &IdentityPolicy,
    window: &[u8],
    at_end: bool,
    at: Timestamp,
) -> Preview {
    let about = &import.about;
    let mapping = Mapping::new(settings.clone(), &about.columns, identity);
    let faults = mapping.as_ref().err().cloned().unwrap_or_default();
    let found = rows(about.shape(), &window[data_at(about, window)..], at_end, about.data_line, SAMPLED_ROWS);
    let mut read: Vec<(Option<Sampled>, RowPreview)> = Vec::new();
    for (row, record) in (1..).zip(found.records) {
        let line = record.line;
        let sampled = sampled(record);
        let of = Of { import: &import.row.id, row, at };
        let events = match (&mapping, &sampled) {
            (Ok(mapping), Ok(sampled)) => Some(events_of(mapping, sampled, of)),
            (_, Err(fault)) => Some(Err(fault.clone())),
            (Err(_), Ok(_)) => None,
        };
        let (says, fault) = match events {
            Some(Ok(events)) => (events.first().map(says), None),
            Some(Err(fault)) => (None, Some(fault)),
            None => (None, None),
        };
        read.push((sampled.ok(), RowPreview { row, line, says, fault }));
    }
    let columns = about.columns.iter().enumerate().map(|(n, column)| {
        let target = mapping.as_ref().ok().and_then(|mapping| mapping.columns.get(n));
        let asked = settings.columns.get(column).cloned().unwrap_or_else(|| "ignore".to_owned());
        let cells: Vec<String> = read.iter().filter_map(|(row, _)| cell(row.as_ref()?, n, column)).collect();
        let is_bad = |row: &&(Option<Sampled>, RowPreview)| {
            row.1.fault.as_ref().is_some_and(|fault| fault.column.as_ref() == Some(column))
        };
        ColumnPreview {
            column: column.clone(),
            target: target.map_or(asked, |(_, target)| target.print()),
            n_empty: read.len() - cells.len(),
            n_bad: read.iter().filter(is_bad).count(),
            cells: distinct(cells),
        }
    });
    let columns = columns.collect();
    let rows = read.into_iter().take(ROWS_SHOWN).map(|(_, row)| row).collect();
    Preview { rows: if faults.is_empty() { rows } else { Vec::new() }, faults, columns }
}

fn events_of(mapping: &Mapping, row: &Sampled, of: Of<'_>) -> Result<Vec<Event>, Fault> {
    match row {
        Sampled::Cells(cells) => {
            let texts: Vec<&str> = cells.iter().map(String::as_str).collect();
            events(mapping, Cells::Texts(&texts), of)
        }
        Sampled::Object(object) => events(mapping, Cells::Object(object), of),
    }
}

/// The first few different cells, cut.
fn distinct(cells: Vec<String>) -> Vec<String> {
    let mut shown: Vec<String> = Vec::new();
    for cell in cells {
        let cell: String = cell.chars().take(CELL_CHARS_MAX).collect();
        if shown.len() == CELLS_SHOWN {
            break;
        }
        if !shown.contains(&cell) {
            shown.push(cell);
        }
    }
    shown
}

/// What an event says of its contact, as people read it.
fn says(event: &Event) -> Value {
    let mut says = Map::new();
    let ids = [("user_id", &event.identifiers.user_id), ("anonymous_id", &event.identifiers.anonymous_id)];
    for (name, id) in ids {
        if let Some(id) = id {
            says.insert(name.to_owned(), Value::from(id.as_str()));
        }
    }
    if !event.traits.is_empty() {
        says.insert("traits".to_owned(), Value::Object(event.traits.clone()));
    }
    if let Some(Ok(Value::Object(brought))) = event.brought.as_ref().map(serde_json::to_value) {
        says.extend(brought.into_iter().filter(|(name, _)| name != "import" && name != "duplicates"));
    }
    Value::Object(says)
}
