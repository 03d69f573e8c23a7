//! Rows of files as people make them.

use super::*;

fn shape(n_columns: usize) -> Shape {
    Shape { format: Format::Csv, delimiter: b',', n_columns, encoding: None }
}

/// The rows of a text, each as its line and cells or as what is wrong; read in windows of some bytes.
fn read(shape: Shape, text: &[u8], window: usize) -> Vec<(u64, Result<String, String>)> {
    let (mut found, mut begin, mut line) = (Vec::new(), 0, 1);
    while begin < text.len() {
        let mut end = (begin + window).min(text.len());
        let part = loop {
            let part = rows(shape, &text[begin..end], end == text.len(), line, 3);
            if part.n_bytes > 0 || end == text.len() {
                break part;
            }
            // A row longer than the window: the file has room for it.
            end = (end + window).min(text.len());
        };
        if part.n_bytes == 0 {
            break;
        }
        begin += part.n_bytes;
        line = part.line;
        for record in part.records {
            let row = record.row.map(|row| match row {
                RawRow::Cells(cells) => cells.join("|"),
                RawRow::Line(line) => line,
            });
            found.push((record.line, row.map_err(|fault| fault.reason)));
        }
    }
    found
}

fn good(line: u64, row: &str) -> (u64, Result<String, String>) {
    (line, Ok(row.to_owned()))
}

#[test]
fn quotes_line_breaks_in_cells_and_every_line_end_are_read_alike_in_windows_of_any_size() {
    let text = "a,b\r\n\"x, y\",\"he said \"\"hi\"\"\"\r\n\r\n\"two\nlines\",\"\"\n5\" pipe,z\rlast,\u{e4}";
    let expected = [
        good(1, "a|b"),
        good(2, "x, y|he said \"hi\""),
        good(4, "two\nlines|"),
        good(6, "5\" pipe|z"),
        good(7, "last|\u{e4}"),
    ];
    for window in [1, 2, 7, 30, 1_000] {
        assert_eq!(read(shape(0), text.as_bytes(), window), expected, "window {window}");
    }
}

#[test]
fn a_quote_that_is_never_closed_costs_one_row() {
    let text = "1,a\n2,\"open\n3,c\n4,d\n";
    let found = read(shape(2), text.as_bytes(), 1_000);
    assert_eq!(found.len(), 4);
    assert_eq!((&found[0], &found[2], &found[3]), (&good(1, "1|a"), &good(3, "3|c"), &good(4, "4|d")));
    assert_eq!(found[1].0, 2);
    assert!(found[1].1.as_ref().unwrap_err().contains("isn't closed"), "{:?}", found[1]);
}

#[test]
fn a_quote_that_a_later_row_closes_costs_one_row() {
    let text = "1,a\n2,\"open\n3,\"c\"\n4,d\n";
    let found = read(shape(2), text.as_bytes(), 1_000);
    assert!(found[1].1.is_err());
    assert_eq!((&found[2], &found[3]), (&good(3, "3|c"), &good(4, "4|d")));
}

#[test]
fn a_row_that_is_too_long_costs_that_row() {
    let long = "x".repeat(ROW_BYTES_MAX + 10);
    let text = format!("1,a\n2,{long}\n3,c\n4,\"{long}\n5,e\n");
    let found = read(shape(2), text.as_bytes(), 64 * 1024);
    let lines: Vec<u64> = found.iter().map(|(line, _)| *line).collect();
    assert_eq!(lines, [1, 2, 3, 4, 5]);
    assert!(found[1].1.as_ref().unwrap_err().contains("more than") && found[3].1.is_err());
    assert_eq!(found[4], good(5, "5|e"));
}

#[test]
fn a_byte_that_is_not_utf_8_is_told_with_its_column_or_read_in_the_encoding_that_is_said() {
    let text = b"1,caf\xe9\n2,ok\n";
    let found = read(shape(2), text, 1_000);
    assert!(
        found[0].1.as_ref().unwrap_err().contains("0xe9")
            && found[0].1.as_ref().unwrap_err().contains("column 2")
    );
    assert_eq!(found[1], good(2, "2|ok"));
    let latin = Shape { encoding: Some(encoding_rs::WINDOWS_1252), ..shape(2) };
    assert_eq!(read(latin, text, 1_000)[0], good(1, "1|caf\u{e9}"));
}

#[test]
fn json_lines_are_told_apart_by_their_ends_only() {
    let lines = Shape { format: Format::JsonLines, ..shape(0) };
    let long = format!("{{\"a\": \"{}\"}}", "x".repeat(ROW_BYTES_MAX));
    let text = format!("{{\"a\": \"1,\\\"2\"}}\r\n\n{{\"b\": 2}}\n{long}\n{{\"c\": 3}}");
    let found = read(lines, text.as_bytes(), 1_000);
    assert_eq!(found[0], good(1, "{\"a\": \"1,\\\"2\"}"));
    assert_eq!(found[1], good(3, "{\"b\": 2}"));
    assert!(found[2].1.is_err());
    assert_eq!(found[3], good(5, "{\"c\": 3}"));
}
