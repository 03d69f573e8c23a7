//! Rust code without its comments and strings, place by place, so that rules can search it.

/// A Rust text in two halves of the same length and lines: what one has, the other has blanked.
pub struct Masked {
    /// The code; comments, strings and characters are blank.
    pub code: String,
    /// The contents of strings; all else is blank.
    pub strings: String,
}

/// Tells code from comments and strings.
pub fn mask(text: &str) -> Masked {
    let bytes = text.as_bytes();
    let blank: Vec<u8> = bytes.iter().map(|byte| if *byte == b'\n' { b'\n' } else { b' ' }).collect();
    let (mut code, mut strings) = (bytes.to_vec(), blank.clone());
    let mut at = 0;
    while at < bytes.len() {
        let end = match bytes[at] {
            b'/' if bytes[at..].starts_with(b"//") => end_of_line(bytes, at),
            b'/' if bytes[at..].starts_with(b"/*") => end_of_block(bytes, at),
            b'"' => end_of_string(bytes, at),
            b'r' | b'b' | b'c' if !follows_word(bytes, at) => match raw_string(bytes, at) {
                Some(end) => end,
                None => at,
            },
            b'\'' => end_of_character(bytes, at).unwrap_or(at),
            _ => at,
        };
        if end == at {
            at += 1;
            continue;
        }
        if bytes[at] != b'/' && bytes[at] != b'\'' {
            strings[at..end].copy_from_slice(&bytes[at..end]);
        }
        code[at..end].copy_from_slice(&blank[at..end]);
        at = end;
    }
    // Only whole comments and strings were blanked, so what is left is UTF-8 still.
    Masked { code: into_text(code), strings: into_text(strings) }
}

fn into_text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).expect("whole characters were blanked")
}

fn follows_word(bytes: &[u8], at: usize) -> bool {
    at > 0 && (bytes[at - 1].is_ascii_alphanumeric() || bytes[at - 1] == b'_')
}

fn end_of_line(bytes: &[u8], at: usize) -> usize {
    bytes[at..].iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |length| at + length)
}

fn end_of_block(bytes: &[u8], mut at: usize) -> usize {
    let mut depth = 0;
    while at < bytes.len() {
        if bytes[at..].starts_with(b"/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if bytes[at..].starts_with(b"*/") {
            (depth, at) = (depth - 1, at + 2);
        } else {
            at += 1;
        }
        if depth == 0 {
            break;
        }
    }
    at
}

fn end_of_string(bytes: &[u8], at: usize) -> usize {
    let mut end = at + 1;
    while end < bytes.len() {
        match bytes[end] {
            b'\\' => end += 2,
            b'"' => return end + 1,
            _ => end += 1,
        }
    }
    bytes.len()
}

/// The end of `r"…"`, `r#"…"#`, `br"…"` and the like; none if this is something else.
fn raw_string(bytes: &[u8], at: usize) -> Option<usize> {
    let mut cursor = at;
    while matches!(bytes.get(cursor), Some(b'b' | b'c')) {
        cursor += 1;
    }
    if bytes.get(cursor) != Some(&b'r') {
        return None;
    }
    cursor += 1;
    let hashes = bytes[cursor..].iter().take_while(|byte| **byte == b'#').count();
    cursor += hashes;
    if bytes.get(cursor) != Some(&b'"') {
        return None;
    }
    let close: Vec<u8> = std::iter::once(b'"').chain(std::iter::repeat_n(b'#', hashes)).collect();
    let length = bytes[cursor + 1..].windows(close.len()).position(|window| window == close)?;
    Some(cursor + 1 + length + close.len())
}

/// The end of `'x'` or `'\n'`; none if this is a lifetime.
fn end_of_character(bytes: &[u8], at: usize) -> Option<usize> {
    let rest = std::str::from_utf8(&bytes[at + 1..]).ok()?;
    let first = rest.chars().next()?;
    if first == '\\' {
        let close = rest[2..].find('\'')?;
        return Some(at + 1 + 2 + close + 1);
    }
    let end = at + 1 + first.len_utf8();
    (bytes.get(end) == Some(&b'\'')).then_some(end + 1)
}

#[test]
fn comments_and_strings_are_told_from_code() {
    let masked = mask(
        "let a = \"fn x\"; // fn y\nlet b = 'c'; /* { /* } */ */ fn z<'a>() { r#\"{\"#; '\\''; b\"}\"; }",
    );
    assert_eq!(
        masked.code.split_whitespace().collect::<Vec<_>>().join(" "),
        "let a = ; let b = ; fn z<'a>() { ; ; b ; }"
    );
    assert_eq!(masked.code.len(), masked.strings.len());
    assert_eq!(masked.code.lines().count(), 2);
    assert_eq!(masked.strings.split_whitespace().collect::<Vec<_>>(), ["\"fn", "x\"", "r#\"{\"#", "\"}\""]);
}
