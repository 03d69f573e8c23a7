//! Bytes to the rows of a CSV file or of JSON Lines, a window of the file at a time. Pure.

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};
use encoding_rs::Encoding;
use wend_domain::import::Fault;
use wend_domain::limits::IMPORT_COLUMNS_MAX;

/// The longest row of a file, in bytes: a quote that is never closed makes a row of all that follows.
pub const ROW_BYTES_MAX: usize = 128 * 1024;

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Rows of cells.
    Csv,
    /// An object a line.
    JsonLines,
}

/// How rows are told apart.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shape {
    pub(crate) format: Format,
    pub(crate) delimiter: u8,
    /// How many cells a row has; 0 while the header is looked for.
    pub(crate) n_columns: usize,
    /// What single bytes above ASCII mean; none for UTF-8.
    pub(crate) encoding: Option<&'static Encoding>,
}

/// Where a row was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Record {
    /// Its line in the file, from 1.
    pub(crate) line: u64,
    pub(crate) row: Result<RawRow, Fault>,
}

/// A row before anything is made of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RawRow {
    /// Cells of a CSV file.
    Cells(Vec<String>),
    /// A line of JSON.
    Line(String),
}

/// Some rows, and where the next one begins.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Rows {
    pub(crate) records: Vec<Record>,
    /// How many bytes of the window they took.
    pub(crate) n_bytes: usize,
    /// The line that the next row begins in.
    pub(crate) line: u64,
}

/// The rows of a window that begins with a row in line `line`; a row that the window cuts off is left for the next one,
/// unless the file ends there.
pub(crate) fn rows(shape: Shape, window: &[u8], at_end: bool, line: u64, limit: usize) -> Rows {
    let mut found = Rows { line, ..Rows::default() };
    let mut room = Room::new();
    while found.records.len() < limit {
        skip_blank(window, at_end, &mut found);
        let rest = &window[found.n_bytes..];
        if rest.is_empty() || (rest == b"\r" && !at_end) {
            break;
        }
        let read = match shape.format {
            Format::Csv => cells(shape, rest, at_end, &mut room),
            Format::JsonLines => json_line(shape, rest, at_end),
        };
        let Some((n_bytes, row)) = read else { break };
        found.records.push(Record { line: found.line, row });
        found.line += n_line_ends(&rest[..n_bytes]);
        found.n_bytes += n_bytes;
    }
    found
}

/// Empty lines are no rows.
fn skip_blank(window: &[u8], at_end: bool, found: &mut Rows) {
    while let Some(byte @ (b'\n' | b'\r')) = window.get(found.n_bytes) {
        let next = window.get(found.n_bytes + 1);
        if *byte == b'\r' && next.is_none() && !at_end {
            // What comes next says whether it is half of a line end.
            return;
        }
        // Of the two bytes of a Windows line end, the second counts.
        let is_pair = *byte == b'\r' && next == Some(&b'\n');
        found.line += u64::from(!is_pair);
        found.n_bytes += 1;
    }
}

/// How many lines end in these bytes.
fn n_line_ends(bytes: &[u8]) -> u64 {
    let mut n_lines = 0;
    for (index, byte) in bytes.iter().enumerate() {
        n_lines += u64::from(*byte == b'\n' || (*byte == b'\r' && bytes.get(index + 1) != Some(&b'\n')));
    }
    n_lines
}

/// The first line of some bytes with its end; none if it doesn't end here.
fn first_line(bytes: &[u8], at_end: bool) -> Option<usize> {
    let end = bytes.iter().position(|byte| *byte == b'\n' || *byte == b'\r');
    match end {
        Some(end) if bytes[end] == b'\r' && bytes.get(end + 1) == Some(&b'\n') => Some(end + 2),
        Some(end) => Some(end + 1),
        None => at_end.then_some(bytes.len()),
    }
}

/// Where cells are put together, again and again.
struct Room {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Room {
    fn new() -> Self {
        Self { bytes: vec![0; ROW_BYTES_MAX], ends: vec![0; IMPORT_COLUMNS_MAX + 1] }
    }
}

fn reader(shape: Shape) -> Reader {
    ReaderBuilder::new().delimiter(shape.delimiter).build()
}

/// One row of cells and how many bytes it took; none if the window cuts it off.
fn cells(
    shape: Shape,
    bytes: &[u8],
    at_end: bool,
    room: &mut Room,
) -> Option<(usize, Result<RawRow, Fault>)> {
    let mut reader = reader(shape);
    let (mut n_in, mut n_out, mut n_ends) = (0, 0, 0);
    let read = loop {
        let (result, read, written, ended) =
            reader.read_record(&bytes[n_in..], &mut room.bytes[n_out..], &mut room.ends[n_ends..]);
        (n_in, n_out, n_ends) = (n_in + read, n_out + written, n_ends + ended);
        match result {
            ReadRecordResult::InputEmpty if n_in < bytes.len() => {}
            ReadRecordResult::InputEmpty if !at_end => break None,
            // An empty input tells the reader that the file ends.
            ReadRecordResult::InputEmpty => {}
            other => break Some(other),
        }
    };
    let whole = match read {
        None if bytes.len() > ROW_BYTES_MAX => Err(too_long()),
        None => return None,
        Some(ReadRecordResult::OutputFull) => Err(too_long()),
        Some(ReadRecordResult::OutputEndsFull) => Err(Fault::of_row(
            format!("the row has more than {IMPORT_COLUMNS_MAX} cells"),
            "is this the separator of the file? Say it with `delimiter`",
        )),
        Some(_) => Ok(()),
    };
    if let Err(fault) = whole {
        return only_first_line(bytes, at_end, fault);
    }
    // The reader ends a row at the first byte of a Windows line end.
    if bytes[..n_in].ends_with(b"\r") {
        match bytes.get(n_in) {
            Some(b'\n') => n_in += 1,
            None if !at_end => return None,
            Some(_) | None => {}
        }
    }
    if swallows(&bytes[..n_in], shape.n_columns, n_ends) {
        let fault = Fault::of_row(
            "the row goes on over several lines because a double quote isn't closed",
            "close the double quote that this line opens, and double those within a cell",
        );
        return only_first_line(bytes, at_end, fault);
    }
    let mut cells = Vec::with_capacity(n_ends);
    let mut begin = 0;
    for (column, end) in room.ends[..n_ends].iter().enumerate() {
        match text(shape, &room.bytes[begin..*end]) {
            Ok(cell) => cells.push(cell),
            Err(fault) => {
                let reason = format!("{} (column {})", fault.reason, column + 1);
                return Some((n_in, Err(Fault { reason, ..fault })));
            }
        }
        begin = *end;
    }
    Some((n_in, Ok(RawRow::Cells(cells))))
}

/// Whether a row of several lines looks as if a stray quote had swallowed good rows after it.
fn swallows(row: &[u8], n_columns: usize, n_cells: usize) -> bool {
    let is_odd = row.split(|byte| *byte == b'"').count() % 2 == 0;
    n_columns > 0 && (is_odd || n_cells != n_columns) && n_line_ends(row.trim_ascii_end()) > 0
}

fn too_long() -> Fault {
    Fault::of_row(
        format!("the row has more than {ROW_BYTES_MAX} bytes"),
        "close the double quote that this line opens, or shorten the row",
    )
}

/// A row that makes no sense: its first line is bad, and the next line may begin a good one.
fn only_first_line(bytes: &[u8], at_end: bool, fault: Fault) -> Option<(usize, Result<RawRow, Fault>)> {
    let end = first_line(bytes, at_end).or_else(|| (bytes.len() > ROW_BYTES_MAX).then_some(bytes.len()))?;
    Some((end, Err(fault)))
}

/// One line of JSON and how many bytes it took; none if the window cuts it off.
fn json_line(shape: Shape, bytes: &[u8], at_end: bool) -> Option<(usize, Result<RawRow, Fault>)> {
    let Some(end) = first_line(bytes, at_end) else {
        if bytes.len() <= ROW_BYTES_MAX {
            return None;
        }
        // The rest of such a line is another bad row, which says so again: rather that than all of it in memory.
        return Some((bytes.len(), Err(too_long())));
    };
    if end > ROW_BYTES_MAX {
        return Some((end, Err(too_long())));
    }
    Some((end, text(shape, &bytes[..end]).map(|line| RawRow::Line(line.trim().to_owned()))))
}

/// Bytes as text.
fn text(shape: Shape, bytes: &[u8]) -> Result<String, Fault> {
    match shape.encoding {
        Some(encoding) => Ok(encoding.decode_without_bom_handling(bytes).0.into_owned()),
        None => std::str::from_utf8(bytes).map(str::to_owned).map_err(|error| {
            Fault::of_row(
                format!("the text is not UTF-8: byte {:#04x} is at odds with it", bytes[error.valid_up_to()]),
                "save the file as UTF-8, or say with `encoding` what it is",
            )
        }),
    }
}

#[cfg(test)]
mod tests;
