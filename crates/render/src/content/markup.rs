//! HTML read as pieces with their places, without building a tree: what isn't touched stays as it was, byte for byte, and
//! markup that only becomes whole when Liquid has run is no mistake.

use std::ops::Range;

/// Elements without content.
const VOID: [&str; 14] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track",
    "wbr",
];

/// Elements whose content is text up to their closing tag.
const RAW: [&str; 4] = ["style", "script", "title", "textarea"];

/// One piece of HTML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Piece {
    /// Its bytes.
    pub range: Range<usize>,
    /// What it is.
    pub kind: Kind,
}

/// What a piece is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An opening tag.
    Open(Tag),
    /// A closing tag, by its name in lower case.
    Close(String),
    /// Text between tags, or the content of an element such as `style`.
    Text,
    /// A comment, a doctype or a processing instruction.
    Other,
}

/// An opening tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tag {
    /// Its name, in lower case.
    pub name: String,
    /// Its attributes, in order.
    pub attributes: Vec<Attribute>,
    /// Whether nothing is inside of it.
    pub is_void: bool,
    /// The byte where another attribute can be put.
    pub end: usize,
}

/// An attribute of a tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Attribute {
    /// Its name, in lower case.
    pub name: String,
    /// The bytes of its value, without quotes; none if it has no value.
    pub value: Option<Range<usize>>,
    /// Its bytes as a whole.
    pub range: Range<usize>,
}

impl Tag {
    /// An attribute by its name.
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.name == name)
    }

    /// The value of an attribute, as the source has it.
    pub fn value<'s>(&self, source: &'s str, name: &str) -> Option<&'s str> {
        let value = self.attribute(name)?.value.clone()?;
        source.get(value)
    }
}

/// Reads HTML as pieces: together they are the whole of it.
pub(crate) fn pieces(html: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut at = 0;
    while at < html.len() {
        let Some(start) = tag_start(html, at) else {
            pieces.push(Piece { range: at..html.len(), kind: Kind::Text });
            break;
        };
        if start > at {
            pieces.push(Piece { range: at..start, kind: Kind::Text });
        }
        at = markup(html, start, &mut pieces);
    }
    pieces
}

/// The next `<` that begins a tag or a comment.
fn tag_start(html: &str, from: usize) -> Option<usize> {
    let mut from = from;
    loop {
        let start = from + html[from..].find('<')?;
        let next = html.as_bytes().get(start + 1);
        if next.is_some_and(|next| next.is_ascii_alphabetic() || matches!(next, b'/' | b'!' | b'?')) {
            return Some(start);
        }
        from = start + 1;
    }
}

/// Reads what begins at a `<`; gives the byte after it.
fn markup(html: &str, start: usize, pieces: &mut Vec<Piece>) -> usize {
    let rest = &html[start..];
    if let Some(comment) = rest.strip_prefix("<!--") {
        let end = comment.find("-->").map_or(html.len(), |end| start + 4 + end + 3);
        pieces.push(Piece { range: start..end, kind: Kind::Other });
        return end;
    }
    if rest.starts_with("<!") || rest.starts_with("<?") {
        let end = rest.find('>').map_or(html.len(), |end| start + end + 1);
        pieces.push(Piece { range: start..end, kind: Kind::Other });
        return end;
    }
    if let Some(name) = rest.strip_prefix("</") {
        let end = rest.find('>').map_or(html.len(), |end| start + end + 1);
        pieces.push(Piece { range: start..end, kind: Kind::Close(name_of(name)) });
        return end;
    }
    let (tag, end) = open(html, start);
    let raw = (RAW.contains(&tag.name.as_str()) && !tag.is_void).then(|| tag.name.clone());
    pieces.push(Piece { range: start..end, kind: Kind::Open(tag) });
    let Some(name) = raw else { return end };
    let close = closing(html, end, &name);
    if close > end {
        pieces.push(Piece { range: end..close, kind: Kind::Text });
    }
    close
}

fn name_of(text: &str) -> String {
    let end = text.find(|c: char| c.is_ascii_whitespace() || matches!(c, '/' | '>')).unwrap_or(text.len());
    text[..end].to_ascii_lowercase()
}

/// The byte of the closing tag of an element whose content is text.
fn closing(html: &str, from: usize, name: &str) -> usize {
    let mut from = from;
    while let Some(found) = html[from..].find("</") {
        let start = from + found;
        let here = html.as_bytes().get(start + 2..start + 2 + name.len());
        if here.is_some_and(|here| here.eq_ignore_ascii_case(name.as_bytes())) {
            return start;
        }
        from = start + 2;
    }
    html.len()
}

/// Reads an opening tag; gives the byte after its `>`.
fn open(html: &str, start: usize) -> (Tag, usize) {
    let name = name_of(&html[start + 1..]);
    let bytes = html.as_bytes();
    let mut at = start + 1 + name.len();
    let mut attributes = Vec::new();
    let mut is_void = VOID.contains(&name.as_str());
    let mut end = at;
    loop {
        while bytes.get(at).is_some_and(u8::is_ascii_whitespace) {
            at += 1;
        }
        match bytes.get(at) {
            None => return (Tag { name, attributes, is_void, end }, at),
            Some(b'>') => return (Tag { name, attributes, is_void, end }, at + 1),
            Some(b'/') => {
                is_void |= bytes.get(at + 1) == Some(&b'>');
                at += 1;
            }
            Some(_) => {
                let attribute = attribute(html, at);
                at = attribute.range.end;
                end = at;
                attributes.push(attribute);
            }
        }
    }
}

fn attribute(html: &str, start: usize) -> Attribute {
    let rest = &html[start..];
    // A name has at least one character, even `=`, so that reading goes on.
    let first = rest.chars().next().map_or(1, char::len_utf8);
    let ends = |c: char| c.is_ascii_whitespace() || matches!(c, '=' | '>' | '/');
    let name_end = start + rest[first..].find(ends).map_or(rest.len(), |end| first + end);
    let name = html[start..name_end].to_ascii_lowercase();
    let spaces = |from: usize| html[from..].len() - html[from..].trim_ascii_start().len();
    let equals = name_end + spaces(name_end);
    if html.as_bytes().get(equals) != Some(&b'=') {
        return Attribute { name, value: None, range: start..name_end };
    }
    let value = equals + 1 + spaces(equals + 1);
    let quote = html.as_bytes().get(value).copied().filter(|byte| matches!(byte, b'"' | b'\''));
    let (value, end) = if let Some(quote) = quote {
        let inner = value + 1;
        let length = html[inner..].find(char::from(quote)).unwrap_or(html.len() - inner);
        (inner..inner + length, (inner + length + 1).min(html.len()))
    } else {
        let ends = |c: char| c.is_ascii_whitespace() || c == '>';
        let length = html[value..].find(ends).unwrap_or(html.len() - value);
        (value..value + length, value + length)
    };
    Attribute { name, value: Some(value), range: start..end }
}

#[cfg(test)]
mod tests;
