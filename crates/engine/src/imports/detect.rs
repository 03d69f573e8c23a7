//! What a file is: its encoding while it comes in, and its format, separator and columns from its beginning. Pure.

use encoding_rs::{CoderResult, Decoder, Encoding, UTF_16BE, UTF_16LE, WINDOWS_1252};
use serde::{Deserialize, Serialize};

use super::records::{Format, RawRow, Shape, rows};

/// How much of a file's beginning tells UTF-16 from other encodings, in bytes.
const SNIFFED_BYTES: usize = 4 * 1024;

/// How many rows tell the separator of a file.
const SEPARATOR_ROWS: usize = 20;

/// The separators that are looked for, likeliest first.
const SEPARATORS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// The longest name of a column, in characters.
const COLUMN_CHARS_MAX: usize = 200;

/// How the bytes of a file are read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct EncodingFound {
    /// Its name: `UTF-8`, `UTF-16LE`, `windows-1252`, …
    pub name: String,
    /// Why it is taken for that, in a sentence.
    pub why: String,
}

/// A file that can't be imported, as its beginning shows; with what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct NoTable {
    /// What it seems to be.
    pub what: String,
}

fn no_table(what: impl Into<String>) -> NoTable {
    NoTable { what: what.into() }
}

/// Takes a file in as it comes, and keeps it so that every byte below 128 is ASCII: UTF-16 becomes UTF-8.
pub(crate) struct Intake {
    /// What the caller says that it is.
    asked: Option<&'static Encoding>,
    decoder: Option<Decoder>,
    begun: bool,
    held: Vec<u8>,
    /// Bytes that begin a character whose end has not come.
    open: Vec<u8>,
    n_bytes: u64,
    n_lines: u64,
    /// Where the first byte is that isn't UTF-8: line and byte.
    broken: Option<(u64, u8)>,
    found: EncodingFound,
}

impl Intake {
    /// An intake for a file that is said to have an encoding, or whose encoding is to be found out.
    pub(crate) fn new(asked: Option<&str>) -> Result<Self, NoTable> {
        let asked = match asked {
            None => None,
            Some(name) => Some(Encoding::for_label(name.as_bytes()).ok_or_else(|| {
                no_table(format!(
                    "`{name}` is no encoding that is known: write utf-8, utf-16le, utf-16be, windows-1252, \
                     iso-8859-15 or another name of the WHATWG's list"
                ))
            })?),
        };
        Ok(Self {
            asked,
            decoder: None,
            begun: false,
            held: Vec::new(),
            open: Vec::new(),
            n_bytes: 0,
            n_lines: 0,
            broken: None,
            found: EncodingFound::default(),
        })
    }

    /// Takes the next bytes, and answers those to keep.
    pub(crate) fn push(&mut self, bytes: &[u8]) -> Result<Vec<u8>, NoTable> {
        if self.begun {
            return Ok(self.convert(bytes, false));
        }
        self.held.extend_from_slice(bytes);
        if self.held.len() < SNIFFED_BYTES {
            return Ok(Vec::new());
        }
        self.begin(false)
    }

    /// Takes the end, and answers what is still to be kept and what the encoding is.
    pub(crate) fn finish(mut self) -> Result<(Vec<u8>, EncodingFound), NoTable> {
        let mut last = if self.begun { Vec::new() } else { self.begin(true)? };
        if self.decoder.is_some() {
            last.extend(self.convert(&[], true));
        }
        if !self.open.is_empty() && self.broken.is_none() {
            self.broken = Some((self.n_lines + 1, self.open[0]));
        }
        if self.found.name == "UTF-8"
            && self.asked.is_none()
            && let Some((line, byte)) = self.broken
        {
            self.found = EncodingFound {
                name: WINDOWS_1252.name().to_owned(),
                why: format!(
                    "line {line} has the byte {byte:#04x}, which is not UTF-8, so the file is read as Windows-1252 \
                     (Latin-1); say with `encoding` if it is another one"
                ),
            };
        }
        Ok((last, self.found))
    }

    fn begin(&mut self, at_end: bool) -> Result<Vec<u8>, NoTable> {
        self.begun = true;
        let held = std::mem::take(&mut self.held);
        for (magic, what) in [
            (
                &b"PK\x03\x04"[..],
                "an Excel workbook or another zip file: save it as CSV UTF-8 and import that",
            ),
            (&b"\xD0\xCF\x11\xE0"[..], "an old Excel workbook: save it as CSV UTF-8 and import that"),
            (&b"\x1F\x8B"[..], "packed with gzip: unpack it first"),
            (&b"PAR1"[..], "Parquet, which can be exported and not imported: write CSV or JSON Lines"),
            (&b"%PDF"[..], "a PDF: export the table as CSV"),
        ] {
            if held.starts_with(magic) {
                return Err(no_table(format!("the file is {what}")));
            }
        }
        let (encoding, mark, why) = self.sniff(&held)?;
        self.found = EncodingFound { name: encoding.name().to_owned(), why };
        if encoding == UTF_16LE || encoding == UTF_16BE {
            self.decoder = Some(encoding.new_decoder_without_bom_handling());
        }
        let kept = self.convert(&held[mark..], at_end && self.decoder.is_none());
        Ok(kept)
    }

    /// The encoding, how many bytes its mark has, and why it is taken for that.
    fn sniff(&self, held: &[u8]) -> Result<(&'static Encoding, usize, String), NoTable> {
        if let Some((encoding, mark)) = Encoding::for_bom(held)
            && self.asked.is_none_or(|asked| asked == encoding)
        {
            return Ok((encoding, mark, format!("it begins with the mark of {}", encoding.name())));
        }
        if let Some(asked) = self.asked {
            if !asked.is_ascii_compatible() && asked != UTF_16LE && asked != UTF_16BE {
                return Err(no_table(format!("{} can't be imported: save the file as UTF-8", asked.name())));
            }
            return Ok((asked, 0, "you said so".to_owned()));
        }
        let zeros = |odd: usize| held.iter().skip(odd).step_by(2).filter(|byte| **byte == 0).count();
        let (even, odd) = (zeros(0), zeros(1));
        let many = held.len() / 8;
        if odd > many && even * 8 < odd {
            return Ok((
                UTF_16LE,
                0,
                "every second byte is zero, as in UTF-16 (little end first)".to_owned(),
            ));
        }
        if even > many && odd * 8 < even {
            return Ok((UTF_16BE, 0, "every second byte is zero, as in UTF-16 (big end first)".to_owned()));
        }
        if even + odd > 0 {
            return Err(no_table(
                "the file has zero bytes, so it isn't text: export the table as CSV in UTF-8",
            ));
        }
        Ok((encoding_rs::UTF_8, 0, "all of it is UTF-8".to_owned()))
    }

    fn convert(&mut self, bytes: &[u8], last: bool) -> Vec<u8> {
        let Some(decoder) = &mut self.decoder else {
            self.check(bytes);
            self.n_bytes += bytes.len() as u64;
            return bytes.to_vec();
        };
        let mut text =
            String::with_capacity(decoder.max_utf8_buffer_length(bytes.len()).unwrap_or(bytes.len()));
        let mut rest = bytes;
        loop {
            let (result, n_read, _) = decoder.decode_to_string(rest, &mut text, last);
            rest = &rest[n_read..];
            match result {
                CoderResult::InputEmpty => break,
                CoderResult::OutputFull => text.reserve(rest.len().max(16) * 3),
            }
        }
        text.into_bytes()
    }

    /// Looks for the first byte that isn't UTF-8; a character may come in two parts.
    fn check(&mut self, bytes: &[u8]) {
        if self.broken.is_some() {
            return;
        }
        self.open.extend_from_slice(bytes);
        let joined = std::mem::take(&mut self.open);
        let lines = |part: &[u8]| part.split(|byte| *byte == b'\n').skip(1).count() as u64;
        match std::str::from_utf8(&joined) {
            Ok(_) => self.n_lines += lines(&joined),
            Err(error) => {
                let valid = error.valid_up_to();
                self.n_lines += lines(&joined[..valid]);
                match error.error_len() {
                    None => self.open = joined[valid..].to_vec(),
                    Some(_) => self.broken = Some((self.n_lines + 1, joined[valid])),
                }
            }
        }
    }
}

/// What the beginning of a file shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) format: Format,
    pub(crate) delimiter: u8,
    pub(crate) columns: Vec<String>,
    /// Where the first row begins.
    pub(crate) data_at: u64,
    pub(crate) data_line: u64,
    pub(crate) notes: Vec<String>,
}

/// The format, separator and columns of a file, from its first window.
pub(crate) fn look(
    window: &[u8],
    at_end: bool,
    encoding: Option<&'static Encoding>,
    format: Option<Format>,
    delimiter: Option<u8>,
) -> Result<Found, NoTable> {
    let first = window.iter().find(|byte| !byte.is_ascii_whitespace());
    let format = match (format, first) {
        (_, None) => return Err(no_table("the file is empty")),
        (Some(format), _) => format,
        (None, Some(b'{')) => Format::JsonLines,
        (None, Some(b'[')) => {
            return Err(no_table(
                "the file is a JSON array: write one object a line, without brackets and commas",
            ));
        }
        (None, Some(_)) => Format::Csv,
    };
    let shape = |delimiter| Shape { format, delimiter, n_columns: 0, encoding };
    if format == Format::JsonLines {
        let columns = keys(shape(b','), window, at_end);
        return Ok(Found { format, delimiter: b',', columns, data_at: 0, data_line: 1, notes: Vec::new() });
    }
    let delimiter = delimiter.unwrap_or_else(|| separator(shape, window, at_end));
    let header = rows(shape(delimiter), window, at_end, 1, 1);
    let cells = match header.records.into_iter().next().map(|record| record.row) {
        Some(Ok(RawRow::Cells(cells))) => cells,
        Some(Err(fault)) => return Err(no_table(format!("the header can't be read: {}", fault.reason))),
        Some(Ok(RawRow::Line(_))) | None => {
            return Err(no_table("the file has no whole first line: is it a table at all?"));
        }
    };
    let mut notes = Vec::new();
    if cells.iter().any(|cell| cell.contains('@') || cell.trim().parse::<f64>().is_ok()) {
        notes.push(
            "the first line looks like a row rather than a header: put the columns' names above it"
                .to_owned(),
        );
    }
    let columns = named(&cells, &mut notes);
    let (data_at, data_line) = (header.n_bytes as u64, header.line);
    Ok(Found { format, delimiter, columns, data_at, data_line, notes })
}

/// The separator by which most rows of the beginning have the same number of cells, and more than one.
fn separator(shape: impl Fn(u8) -> Shape, window: &[u8], at_end: bool) -> u8 {
    let score = |delimiter: u8| {
        let found = rows(shape(delimiter), window, at_end, 1, SEPARATOR_ROWS);
        let n_cells = |record: &super::records::Record| match &record.row {
            Ok(RawRow::Cells(cells)) => cells.len(),
            _ => 0,
        };
        let first = found.records.first().map_or(0, n_cells);
        let n_same = found.records.iter().filter(|record| n_cells(record) == first).count();
        if first > 1 { (n_same, first) } else { (0, 0) }
    };
    // Of equals the last one is taken, so the likeliest comes last.
    SEPARATORS.into_iter().rev().max_by_key(|delimiter| score(*delimiter)).unwrap_or(b',')
}

/// Every column gets a name of its own.
fn named(cells: &[String], notes: &mut Vec<String>) -> Vec<String> {
    let mut columns: Vec<String> = Vec::with_capacity(cells.len());
    for (index, cell) in cells.iter().enumerate() {
        let mut name: String = cell.trim().chars().take(COLUMN_CHARS_MAX).collect();
        if name.is_empty() {
            name = format!("column {}", index + 1);
            notes.push(format!("column {} has no name: it is called `{name}`", index + 1));
        }
        let plain = name.clone();
        let mut n = 1;
        while columns.contains(&name) {
            n += 1;
            name = format!("{plain} ({n})");
        }
        if n > 1 {
            notes.push(format!(
                "there are several columns `{plain}`: column {} is called `{name}`",
                index + 1
            ));
        }
        columns.push(name);
    }
    columns
}

/// The keys of the first rows, in the order in which they come.
fn keys(shape: Shape, window: &[u8], at_end: bool) -> Vec<String> {
    let mut columns: Vec<String> = Vec::new();
    for record in rows(shape, window, at_end, 1, super::SAMPLED_ROWS).records {
        let Ok(RawRow::Line(line)) = record.row else { continue };
        let Ok(object) = serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(&line) else {
            continue;
        };
        for key in object.keys() {
            if !columns.contains(key) && columns.len() < wend_domain::limits::IMPORT_COLUMNS_MAX {
                columns.push(key.clone());
            }
        }
    }
    columns
}

#[cfg(test)]
mod tests;
