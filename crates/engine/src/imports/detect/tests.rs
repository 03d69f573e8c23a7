//! What files turn out to be.

use encoding_rs::{Encoding, UTF_16LE};

use super::*;

/// What is kept of a file that comes in pieces of some bytes, and what its encoding is.
fn taken(bytes: &[u8], piece: usize, asked: Option<&str>) -> Result<(Vec<u8>, EncodingFound), NoTable> {
    let mut intake = Intake::new(asked)?;
    let mut kept = Vec::new();
    for piece in bytes.chunks(piece) {
        kept.extend(intake.push(piece)?);
    }
    let (last, found) = intake.finish()?;
    kept.extend(last);
    Ok((kept, found))
}

/// A text in UTF-16, low byte first.
fn utf_16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

#[test]
fn each_encoding_is_found_out_and_said_in_pieces_of_any_size() {
    let long = format!("id,name\n{}", "1,J\u{fc}rgen \u{1f600}\n".repeat(600));
    let with_mark = |mark: &[u8], bytes: &[u8]| [mark, bytes].concat();
    let latin: Vec<u8> = "id,name\n1,J\u{fc}rgen\n".chars().map(|letter| letter as u8).collect();
    let cases = [
        (long.as_bytes().to_vec(), "UTF-8", "all of it", long.as_bytes().to_vec()),
        (with_mark(b"\xEF\xBB\xBF", long.as_bytes()), "UTF-8", "mark", long.as_bytes().to_vec()),
        (with_mark(b"\xFF\xFE", &utf_16(&long)), "UTF-16LE", "mark", long.as_bytes().to_vec()),
        (utf_16(&long), "UTF-16LE", "every second byte", long.as_bytes().to_vec()),
        (latin.clone(), "windows-1252", "line 2 has the byte 0xfc", latin),
    ];
    for (bytes, name, why, kept) in cases {
        for piece in [1, 3, 5_000, 1_000_000] {
            let (taken, found) = taken(&bytes, piece, None).unwrap();
            assert_eq!(found.name, name);
            assert!(found.why.contains(why), "{}", found.why);
            assert!(taken == kept, "{name} in pieces of {piece}");
        }
    }
}

#[test]
fn what_is_no_text_is_refused_with_what_it_seems_to_be() {
    let refused = |bytes: &[u8]| taken(bytes, 100, None).unwrap_err().what;
    assert!(refused(b"PK\x03\x04rest").contains("Excel"));
    assert!(refused(b"\x1f\x8brest").contains("gzip"));
    assert!(refused(b"PAR1rest").contains("Parquet"));
    assert!(refused(b"id,name\n1,\x00\x00\x00").contains("zero bytes"));
    let unknown = taken(b"a", 1, Some("klingon")).unwrap_err().what;
    assert!(unknown.contains("klingon") && unknown.contains("windows-1252"));
}

#[test]
fn what_is_said_of_the_encoding_counts() {
    let (kept, found) = taken(b"id\n\xa4", 100, Some("iso-8859-15")).unwrap();
    assert_eq!((found.name.as_str(), kept.as_slice()), ("ISO-8859-15", &b"id\n\xa4"[..]));
    let (kept, _) = taken(&utf_16("id\n\u{20ac}"), 3, Some("utf-16le")).unwrap();
    assert_eq!(kept, "id\n\u{20ac}".as_bytes());
    assert_eq!(Encoding::for_label(b"utf-16le"), Some(UTF_16LE));
}

fn looked(text: &str) -> Result<Found, NoTable> {
    look(text.as_bytes(), true, None, None, None)
}

#[test]
fn the_separator_is_the_one_that_makes_a_table() {
    let of = |text: &str| looked(text).unwrap();
    assert_eq!(of("a,b\n1,2\n").delimiter, b',');
    assert_eq!(of("a;b\n1,5;2\n3;4\n").delimiter, b';');
    assert_eq!(of("a\tb c, d\n1\t2\n").delimiter, b'\t');
    assert_eq!(of("a|b\n1|2\n").delimiter, b'|');
    assert_eq!(of("only\n1\n2\n").delimiter, b',');
    let found = of("id;\"the; name\"\n1;2\n");
    assert_eq!(found.columns, ["id", "the; name"]);
    assert_eq!((found.data_at, found.data_line), (15, 2));
}

#[test]
fn each_column_has_a_name_of_its_own_and_a_missing_header_is_noticed() {
    let found = looked("id,,id, x \n1,2,3,4\n").unwrap();
    assert_eq!(found.columns, ["id", "column 2", "id (2)", "x"]);
    assert_eq!(found.notes.len(), 2);
    let found = looked("1,ann@example.com\n2,bo@example.com\n").unwrap();
    assert!(found.notes[0].contains("looks like a row"));
}

#[test]
fn json_lines_show_their_keys_and_an_array_is_told_from_them() {
    let found = looked("{\"user_id\": 1, \"a\": 2}\nnonsense\n{\"b\": 3}\n").unwrap();
    assert_eq!(found.format, Format::JsonLines);
    assert_eq!(found.columns, ["a", "user_id", "b"]);
    assert!(looked("[{\"a\": 1}]").unwrap_err().what.contains("one object a line"));
    assert!(looked(" \n").unwrap_err().what.contains("empty"));
}
