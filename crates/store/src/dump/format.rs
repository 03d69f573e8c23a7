//! The lines of a back-up: a header, a line per row, a footer.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, BufWriter, Read, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde::{Deserialize, Serialize};
use wend_domain::time::Timestamp;

use crate::driver::value::{Row, Value};
use crate::dump::DumpReport;
use crate::dump::table::{TABLES, Table};
use crate::error::Error;
use crate::migrate;
use crate::statement::Kind;

/// What the header calls the format.
const FORMAT: &str = "wend back-up 1";

/// The longest line that is read: more than any row that can be written.
const LINE_BYTES_MAX: u64 = 256 * 1024 * 1024;

/// How many rows are handed on together.
const ROWS_PER_CHUNK: usize = 2_000;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    format: String,
    schema: i64,
    created_at: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct Line<'a> {
    #[serde(borrow)]
    table: std::borrow::Cow<'a, str>,
    row: BTreeMap<String, serde_json::Value>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Footer {
    rows: BTreeMap<String, u64>,
    checksum: String,
}

/// Writes a back-up.
pub(crate) struct Encoder<W: Write> {
    out: GzEncoder<BufWriter<W>>,
    hasher: blake3::Hasher,
    created_at: Timestamp,
    rows: BTreeMap<String, u64>,
}

impl<W: Write> Encoder<W> {
    pub(crate) fn begin(writer: W, created_at: Timestamp) -> Result<Self, Error> {
        let mut encoder = Self {
            out: GzEncoder::new(BufWriter::new(writer), Compression::default()),
            hasher: blake3::Hasher::new(),
            created_at,
            rows: TABLES.iter().map(|table| (table.name.to_owned(), 0)).collect(),
        };
        encoder.line(&Header { format: FORMAT.to_owned(), schema: migrate::newest(), created_at })?;
        Ok(encoder)
    }

    pub(crate) fn row(&mut self, table: &Table, row: Row) -> Result<(), Error> {
        let columns = table.columns.iter().zip(row.0);
        let row = columns.map(|((name, _), value)| ((*name).to_owned(), to_json(value))).collect();
        *self.rows.entry(table.name.to_owned()).or_default() += 1;
        self.line(&Line { table: table.name.into(), row })
    }

    pub(crate) fn end(mut self) -> Result<DumpReport, Error> {
        let checksum = self.hasher.finalize().to_hex().to_string();
        let rows = std::mem::take(&mut self.rows);
        self.line(&Footer { rows: rows.clone(), checksum: checksum.clone() })?;
        let mut writer = self.out.finish().map_err(cannot_write)?;
        writer.flush().map_err(cannot_write)?;
        Ok(DumpReport { created_at: self.created_at, rows, checksum })
    }

    fn line(&mut self, line: &impl Serialize) -> Result<(), Error> {
        let mut text = serde_json::to_vec(line).map_err(Error::internal)?;
        text.push(b'\n');
        self.hasher.update(&text);
        self.out.write_all(&text).map_err(cannot_write)
    }
}

/// Reads a back-up and hands on its rows; an error means that nothing of it may stay.
pub(crate) fn decode(
    reader: impl Read,
    mut take: impl FnMut(&'static Table, Vec<Vec<Value>>) -> Result<(), Error>,
) -> Result<DumpReport, Error> {
    let mut lines = Lines { reader: BufReader::new(GzDecoder::new(reader)), n_read: 0 };
    let mut hasher = blake3::Hasher::new();
    let mut rows: BTreeMap<String, u64> = TABLES.iter().map(|table| (table.name.to_owned(), 0)).collect();
    let created_at = header(&lines.next()?, &mut hasher)?;
    let mut chunk: Option<(&'static Table, Vec<Vec<Value>>)> = None;
    loop {
        let text = lines.next()?;
        let Ok(line) = serde_json::from_slice::<Line<'_>>(&text) else {
            if let Some((table, rows)) = chunk {
                take(table, rows)?;
            }
            footer(&text, &rows, &hasher, &lines)?;
            lines.end()?;
            return Ok(DumpReport { created_at, rows, checksum: hasher.finalize().to_hex().to_string() });
        };
        hasher.update(&text);
        let (table, row) = lines.row(line)?;
        *rows.entry(table.name.to_owned()).or_default() += 1;
        match &mut chunk {
            Some((of, chunk)) if of.name == table.name && chunk.len() < ROWS_PER_CHUNK => chunk.push(row),
            other => {
                if let Some((table, rows)) = other.replace((table, vec![row])) {
                    take(table, rows)?;
                }
            }
        }
    }
}

fn header(text: &[u8], hasher: &mut blake3::Hasher) -> Result<Timestamp, Error> {
    hasher.update(text);
    let header: Header = serde_json::from_slice(text)
        .map_err(|_| Error::Backup { what: "its first line doesn't say that it is one".to_owned() })?;
    let schema = migrate::newest();
    if header.format != FORMAT || header.schema != schema {
        let what = format!(
            "it says `{}` with schema {}, and this version of Wend reads `{FORMAT}` with schema {schema}: load it \
             with the version that wrote it, and upgrade then",
            header.format, header.schema
        );
        return Err(Error::Backup { what });
    }
    Ok(header.created_at)
}

fn footer<R: BufRead>(
    text: &[u8],
    rows: &BTreeMap<String, u64>,
    hasher: &blake3::Hasher,
    lines: &Lines<R>,
) -> Result<(), Error> {
    let footer: Footer =
        serde_json::from_slice(text).map_err(|_| lines.wrong("is neither a row nor the last line"))?;
    if footer.rows != *rows {
        return Err(lines.wrong("counts other rows than were read: lines are missing or were added"));
    }
    if footer.checksum != hasher.finalize().to_hex().to_string() {
        return Err(lines.wrong("has another checksum than what was read: something was altered"));
    }
    Ok(())
}

struct Lines<R> {
    reader: R,
    n_read: u64,
}

impl<R: BufRead> Lines<R> {
    fn wrong(&self, what: &str) -> Error {
        Error::Backup { what: format!("line {} {what}", self.n_read) }
    }

    fn next(&mut self) -> Result<Vec<u8>, Error> {
        self.n_read += 1;
        let mut text = Vec::new();
        let mut bounded = (&mut self.reader).take(LINE_BYTES_MAX);
        let read = bounded.read_until(b'\n', &mut text);
        if let Err(error) = read {
            return Err(self.wrong(&format!("can't be read: {error}")));
        }
        match text.last() {
            Some(b'\n') => Ok(text),
            Some(_) => Err(self.wrong("is cut off")),
            None => Err(self.wrong("is missing: the file is cut off")),
        }
    }

    /// Nothing may follow the footer.
    fn end(&mut self) -> Result<(), Error> {
        match self.reader.fill_buf() {
            Ok([]) => Ok(()),
            Ok(_) => Err(self.wrong("should be the last one")),
            Err(error) => Err(self.wrong(&format!("can't be checked to be the last one: {error}"))),
        }
    }

    fn row(&self, mut line: Line<'_>) -> Result<(&'static Table, Vec<Value>), Error> {
        let table = TABLES
            .iter()
            .find(|table| table.name == line.table)
            .ok_or_else(|| self.wrong("is of a table that Wend doesn't have"))?;
        let mut values = Vec::with_capacity(table.columns.len());
        for (name, kind) in table.columns {
            let value = line.row.remove(*name).ok_or_else(|| self.wrong("has a column missing"))?;
            let value = from_json(value, *kind).ok_or_else(|| self.wrong("has a value of the wrong kind"))?;
            values.push(value);
        }
        if line.row.is_empty() { Ok((table, values)) } else { Err(self.wrong("has a column too many")) }
    }
}

fn to_json(value: Value) -> serde_json::Value {
    match value {
        Value::Null => serde_json::Value::Null,
        Value::Integer(number) => number.into(),
        Value::Text(text) => text.into(),
        Value::Bytes(bytes) => STANDARD.encode(bytes).into(),
    }
}

fn from_json(value: serde_json::Value, kind: Kind) -> Option<Value> {
    Some(match (kind, value) {
        (_, serde_json::Value::Null) => Value::Null,
        (Kind::Integer, serde_json::Value::Number(number)) => Value::Integer(number.as_i64()?),
        (Kind::Text, serde_json::Value::String(text)) => Value::Text(text),
        (Kind::Bytes, serde_json::Value::String(text)) => Value::Bytes(STANDARD.decode(text).ok()?.into()),
        _ => return None,
    })
}

fn cannot_write(source: std::io::Error) -> Error {
    Error::File { what: "write the back-up".to_owned(), source }
}
