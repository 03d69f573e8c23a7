//! Bodies of every kind, and hostile ones.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::{BODY_BYTES_MAX, BodyError, text};

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn gzip_is_told_by_its_first_bytes() {
    assert_eq!(text(b"{}").unwrap(), "{}");
    assert_eq!(text(&gzip(b"{}")).unwrap(), "{}");
    assert_eq!(text("\u{feff}{}".as_bytes()).unwrap(), "{}");
    let two_members = [gzip(b"{\"a\""), gzip(b":1}")].concat();
    assert_eq!(text(&two_members).unwrap(), "{\"a\":1}");
}

#[test]
fn a_gzip_bomb_is_refused_at_the_bound() {
    let bomb = gzip(&vec![b'0'; 50_000_000]);
    assert!(bomb.len() < 60_000);
    assert_eq!(text(&bomb), Err(BodyError::TooLarge));
}

#[test]
fn a_body_may_reach_its_bound_and_not_pass_it() {
    let largest = vec![b' '; BODY_BYTES_MAX];
    assert_eq!(text(&largest).unwrap().len(), BODY_BYTES_MAX);
    assert_eq!(text(&gzip(&largest)).unwrap().len(), BODY_BYTES_MAX);
    let larger = vec![b' '; BODY_BYTES_MAX + 1];
    assert_eq!(text(&larger), Err(BodyError::TooLarge));
    assert_eq!(text(&gzip(&larger)), Err(BodyError::TooLarge));
}

#[test]
fn broken_gzip_is_told() {
    let whole = gzip(b"{\"batch\":[]}");
    assert!(matches!(text(&whole[..whole.len() - 9]), Err(BodyError::BadGzip(_))));
    assert!(matches!(text(&[0x1F, 0x8B, 0, 0]), Err(BodyError::BadGzip(_))));
}

#[test]
fn bytes_that_are_not_utf8_become_replacement_characters() {
    assert_eq!(text(b"\"\xFF\"").unwrap(), "\"\u{fffd}\"");
    assert_eq!(text(&gzip(b"\"\xFF\"")).unwrap(), "\"\u{fffd}\"");
}
