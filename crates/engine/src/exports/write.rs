//! Rows to the bytes of a file.

use std::sync::Arc;

use serde_json::Value;
use wend_domain::time::Timestamp;

use super::columnar::Columnar;
use super::{Column, ColumnKind, ExportFormat, ExportRequest, FormulaCells, Row};

/// What a spreadsheet takes for the beginning of a formula.
const FORMULA_BEGINS: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// What takes rows and gives bytes.
pub(super) enum Writer {
    Csv { columns: Arc<Vec<Column>>, formulas: FormulaCells, has_header: bool },
    JsonLines { columns: Arc<Vec<Column>> },
    Parquet(Box<Columnar>),
}

impl Writer {
    pub(super) fn new(request: &ExportRequest, columns: Arc<Vec<Column>>) -> anyhow::Result<Self> {
        Ok(match request.format {
            ExportFormat::Csv => Self::Csv { columns, formulas: request.formulas, has_header: false },
            ExportFormat::JsonLines => Self::JsonLines { columns },
            ExportFormat::Parquet => Self::Parquet(Box::new(Columnar::new(columns)?)),
        })
    }

    /// The bytes of some rows, with what comes before them.
    pub(super) fn write(&mut self, rows: &[Row]) -> anyhow::Result<Vec<u8>> {
        match self {
            Self::Csv { columns, formulas, has_header } => {
                let mut text = String::new();
                if !std::mem::replace(has_header, true) {
                    csv_line(&mut text, columns.iter().map(|column| column.name.as_str()));
                }
                for row in rows {
                    let cells = row
                        .iter()
                        .zip(columns.iter())
                        .map(|(value, column)| cell(value, column.kind, *formulas));
                    csv_line(&mut text, cells.collect::<Vec<_>>().iter().map(String::as_str));
                }
                Ok(text.into_bytes())
            }
            Self::JsonLines { columns } => {
                let mut lines = Vec::new();
                for row in rows {
                    line(&mut lines, row, columns)?;
                }
                Ok(lines)
            }
            Self::Parquet(columnar) => columnar.write(rows),
        }
    }

    /// The bytes of the file's end.
    pub(super) fn finish(self) -> anyhow::Result<Vec<u8>> {
        match self {
            Self::Csv { .. } | Self::JsonLines { .. } => Ok(Vec::new()),
            Self::Parquet(columnar) => columnar.finish(),
        }
    }
}

/// One line of CSV (RFC 4180, with a line feed).
pub fn csv_line<'a>(text: &mut String, cells: impl IntoIterator<Item = &'a str>) {
    for (n, cell) in cells.into_iter().enumerate() {
        if n > 0 {
            text.push(',');
        }
        let needs_quotes = cell.contains([',', '"', '\n', '\r', ';', '\t']) || cell.trim() != cell;
        if !needs_quotes {
            text.push_str(cell);
            continue;
        }
        text.push('"');
        for letter in cell.chars() {
            if letter == '"' {
                text.push('"');
            }
            text.push(letter);
        }
        text.push('"');
    }
    text.push('\n');
}

/// A value as a cell; null is an empty one.
fn cell(value: &Value, kind: ColumnKind, formulas: FormulaCells) -> String {
    let text = match (value, kind) {
        (Value::Null, _) => return String::new(),
        (Value::String(text), ColumnKind::Text) => text.clone(),
        (value, ColumnKind::Instant) => return instant(value),
        (value, _) => return value.to_string(),
    };
    // What is escaped already is escaped again, so that an import takes off what was put on.
    let is_suspect = text.starts_with(FORMULA_BEGINS) || text.starts_with('\'');
    if formulas == FormulaCells::Escape && is_suspect { format!("'{text}") } else { text }
}

fn instant(value: &Value) -> String {
    value.as_i64().map(|millis| Timestamp::from_millis(millis).to_string()).unwrap_or_default()
}

/// One line of JSON: the columns that have a value, in their order.
fn line(lines: &mut Vec<u8>, row: &Row, columns: &[Column]) -> anyhow::Result<()> {
    let mut separator = b'{';
    for (value, column) in row.iter().zip(columns).filter(|(value, _)| !value.is_null()) {
        lines.push(separator);
        separator = b',';
        serde_json::to_writer(&mut *lines, &column.name)?;
        lines.push(b':');
        match column.kind {
            ColumnKind::Instant => serde_json::to_writer(&mut *lines, &instant(value))?,
            _ => serde_json::to_writer(&mut *lines, value)?,
        }
    }
    if separator == b'{' {
        lines.push(b'{');
    }
    lines.extend_from_slice(b"}\n");
    Ok(())
}
