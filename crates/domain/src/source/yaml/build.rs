//! The parser's events to a tree.

use std::collections::BTreeMap;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle};

use super::{DEPTH_MAX, Entry, Kind, NODES_MAX, Node, Place, Scalar, Span, Style};
use crate::source::SourceFile;
use crate::source::codes::{self, Code};
use crate::source::diagnostic::Diagnostic;

/// A list or an object that is still being read.
struct Open {
    place: Place,
    start: usize,
    flow: bool,
    content: Content,
}

enum Content {
    List(Vec<Node>),
    Map {
        entries: Vec<Entry>,
        /// The line of each key.
        lines: BTreeMap<String, u32>,
        /// The key whose value comes next; `None` inside for one that was given before.
        key: Option<(Option<String>, Place, Span)>,
    },
}

struct Builder<'a> {
    file: &'a str,
    characters: Vec<char>,
    open: Vec<Open>,
    root: Option<Node>,
    n_nodes: usize,
    n_documents: usize,
    /// How deep in a key that is no text; it and its value are left out.
    skipped: usize,
    diagnostics: Vec<Diagnostic>,
}

/// Reads a file; a tree is only given if it is complete.
pub(super) fn build(file: &SourceFile) -> (Option<Node>, Vec<Diagnostic>) {
    let mut builder = Builder {
        file: &file.path,
        characters: file.text.chars().collect(),
        open: Vec::new(),
        root: None,
        n_nodes: 0,
        n_documents: 0,
        skipped: 0,
        diagnostics: Vec::new(),
    };
    let mut parser = Parser::new_from_str(&file.text);
    while let Some(event) = parser.next_event() {
        match event {
            Ok((event, span)) => {
                if !builder.take(event, span) {
                    return (None, builder.diagnostics);
                }
            }
            Err(error) => {
                let message = format!("this is not YAML: {}", error.info());
                let diagnostic =
                    Diagnostic::new(&codes::NOT_YAML, &file.path, place(*error.marker()), message);
                builder.diagnostics.push(diagnostic.fix(hint(error.info())));
                return (None, builder.diagnostics);
            }
        }
    }
    if builder.root.is_none() {
        let diagnostic =
            Diagnostic::new(&codes::EMPTY_FILE, &file.path, Place::START, "the file says nothing");
        builder.diagnostics.push(diagnostic.fix("describe something in it, or remove it"));
    }
    (builder.root, builder.diagnostics)
}

fn place(marker: Marker) -> Place {
    Place { line: marker.line().max(1) as u32, column: marker.col() as u32 + 1 }
}

/// The most likely way out of a syntax error.
fn hint(info: &str) -> &'static str {
    let has = |word: &str| info.contains(word);
    if has("tab") {
        "indent with spaces, not with tabs"
    } else if has("flow") || has("expected ','") {
        "close every `{` and `[`, and put commas between the entries"
    } else if has("quoted") || has("escape") {
        "close the quotation mark, or use single quotes where `\\` is meant literally"
    } else if has("mapping values")
        || has("simple key")
        || has("block mapping")
        || has("did not find expected")
    {
        "check the indentation of this line and the one above, and put texts with `: ` or `#` in quotes"
    } else {
        "check the indentation and the quotation marks of this line and the one above"
    }
}

impl Builder<'_> {
    /// Takes one event; `false` if reading on makes no sense.
    fn take(&mut self, event: Event<'_>, span: saphyr_parser::Span) -> bool {
        if self.skipped > 0 {
            return self.skip(&event, span.start);
        }
        match event {
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => true,
            Event::DocumentStart(_) => self.document(span.start),
            Event::Alias(_) => {
                self.refuse(&codes::ANCHOR, span.start, "an alias (`*name`)", "write out what it stands for");
                self.value(null(span.start))
            }
            Event::Scalar(text, style, anchor, tag) => {
                self.extras(anchor, tag.is_some(), span.start);
                self.scalar(&text, style, span)
            }
            Event::SequenceStart(anchor, tag) => {
                self.extras(anchor, tag.is_some(), span.start);
                self.begin(span.start, Content::List(Vec::new()))
            }
            Event::MappingStart(anchor, tag) => {
                self.extras(anchor, tag.is_some(), span.start);
                self.begin(
                    span.start,
                    Content::Map { entries: Vec::new(), lines: BTreeMap::new(), key: None },
                )
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(span.start),
        }
    }

    /// Passes over what is inside of a key that is no text.
    fn skip(&mut self, event: &Event<'_>, marker: Marker) -> bool {
        match event {
            Event::SequenceStart(..) | Event::MappingStart(..) => self.skipped += 1,
            Event::SequenceEnd | Event::MappingEnd => self.skipped -= 1,
            _ => {}
        }
        if self.skipped == 0
            && let Some(Open { content: Content::Map { key, .. }, .. }) = self.open.last_mut()
        {
            *key = Some((None, place(marker), Span { start: marker.index(), end: marker.index() }));
        }
        true
    }

    fn document(&mut self, marker: Marker) -> bool {
        self.n_documents += 1;
        if self.n_documents > 1 {
            self.refuse(&codes::SEVERAL_DOCUMENTS, marker, "a second document", "make it a file of its own");
        }
        self.n_documents == 1
    }

    fn refuse(&mut self, code: &Code, marker: Marker, what: &str, fix: &str) {
        let message = format!("{what} is not part of the format");
        self.diagnostics.push(Diagnostic::new(code, self.file, place(marker), message).fix(fix));
    }

    fn extras(&mut self, anchor: usize, tagged: bool, marker: Marker) {
        if anchor != 0 {
            self.refuse(
                &codes::ANCHOR,
                marker,
                "an anchor (`&name`)",
                "remove it, and write out each use of it",
            );
        }
        if tagged {
            self.refuse(
                &codes::TAG,
                marker,
                "a tag (`!name`)",
                "remove it; texts that look like numbers take quotes",
            );
        }
    }

    fn scalar(&mut self, text: &str, style: ScalarStyle, span: saphyr_parser::Span) -> bool {
        let start = span.start.index();
        let (scalar, end) = match style {
            // The parser's span of nothing may cover what follows.
            ScalarStyle::Plain if text.is_empty() => (Scalar::Null, start),
            ScalarStyle::Plain => (Scalar::plain(text), span.end.index()),
            ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => {
                (Scalar::Text { text: text.to_owned(), style: Style::Quoted }, self.quote_end(start))
            }
            ScalarStyle::Literal | ScalarStyle::Folded => {
                (Scalar::Text { text: text.to_owned(), style: Style::Block }, span.end.index())
            }
        };
        let node = Node { place: place(span.start), span: Span { start, end }, kind: Kind::Scalar(scalar) };
        let waits_for_key =
            matches!(self.open.last(), Some(Open { content: Content::Map { key: None, .. }, .. }));
        if waits_for_key { self.key(text, &node) } else { self.value(node) }
    }

    /// Where the quotation that begins at `start` ends: the parser's own span goes on over blanks and comments.
    fn quote_end(&self, start: usize) -> usize {
        let Some(quote) = self.characters.get(start).copied() else { return start };
        let mut index = start + 1;
        while let Some(character) = self.characters.get(index).copied() {
            if character == '\\' && quote == '"' {
                index += 1;
            } else if character == quote {
                if quote == '\'' && self.characters.get(index + 1) == Some(&'\'') {
                    index += 1;
                } else {
                    return index + 1;
                }
            }
            index += 1;
        }
        self.characters.len()
    }

    fn key(&mut self, text: &str, node: &Node) -> bool {
        if text.is_empty() {
            let message = "a key is missing before the colon";
            let diagnostic = Diagnostic::new(&codes::BAD_KEY, self.file, node.place, message);
            self.diagnostics.push(diagnostic.fix("name it, or remove the colon"));
        }
        let Some(Open { content: Content::Map { lines, key, .. }, .. }) = self.open.last_mut() else {
            return true;
        };
        let first = lines.get(text).copied();
        *key = Some((first.is_none().then(|| text.to_owned()), node.place, node.span));
        if let Some(first) = first {
            let message = format!("`{text}` is given twice: first in line {first}");
            let diagnostic = Diagnostic::new(&codes::DUPLICATE_KEY, self.file, node.place, message)
                .why("only one of the two could count")
                .fix("keep one of them");
            self.diagnostics.push(diagnostic);
        } else {
            lines.insert(text.to_owned(), node.place.line);
        }
        true
    }

    fn begin(&mut self, marker: Marker, content: Content) -> bool {
        let waits_for_key =
            matches!(self.open.last(), Some(Open { content: Content::Map { key: None, .. }, .. }));
        if waits_for_key {
            let message = "a list or an object cannot be a key";
            let fix = "put text with braces in quotes: \"{{ … }}\"";
            let diagnostic = Diagnostic::new(&codes::BAD_KEY, self.file, place(marker), message).fix(fix);
            self.diagnostics.push(diagnostic);
            self.skipped = 1;
            return true;
        }
        if self.open.len() >= DEPTH_MAX {
            let message = format!("lists and objects are nested more than {DEPTH_MAX} deep");
            let diagnostic = Diagnostic::new(&codes::TOO_LARGE, self.file, place(marker), message);
            self.diagnostics.push(diagnostic.fix("split the file"));
            return false;
        }
        let start = marker.index();
        let flow = matches!(self.characters.get(start), Some('{' | '['));
        self.open.push(Open { place: place(marker), start, flow, content });
        true
    }

    fn end(&mut self, marker: Marker) -> bool {
        let Some(Open { place, start, flow, content }) = self.open.pop() else { return true };
        let end = if flow { self.flow_end(start, marker.index()) } else { marker.index() };
        let kind = match content {
            Content::List(items) => Kind::List { items, flow },
            Content::Map { entries, .. } => Kind::Map { entries, flow },
        };
        self.value(Node { place, span: Span { start, end: end.max(start) }, kind })
    }

    /// Where brackets close: after a last comma the parser's own place is the comma.
    fn flow_end(&self, start: usize, from: usize) -> usize {
        let close = if self.characters.get(start) == Some(&'{') { '}' } else { ']' };
        let mut index = from;
        while let Some(character) = self.characters.get(index).copied() {
            if character == close {
                return index + 1;
            }
            let comment = character == '#';
            index += 1;
            while comment && self.characters.get(index).is_some_and(|c| *c != '\n') {
                index += 1;
            }
        }
        self.characters.len()
    }

    fn value(&mut self, node: Node) -> bool {
        self.n_nodes += 1;
        if self.n_nodes > NODES_MAX {
            let message = format!("the file has more than {NODES_MAX} values");
            let diagnostic = Diagnostic::new(&codes::TOO_LARGE, self.file, node.place, message);
            self.diagnostics.push(diagnostic.fix("split the file"));
            return false;
        }
        match self.open.last_mut().map(|open| &mut open.content) {
            None => self.root = Some(node),
            Some(Content::List(items)) => items.push(node),
            Some(Content::Map { entries, key, .. }) => {
                if let Some((Some(name), place, span)) = key.take() {
                    entries.push(Entry { key: name, place, span, value: node });
                }
            }
        }
        true
    }
}

fn null(marker: Marker) -> Node {
    let index = marker.index();
    Node { place: place(marker), span: Span { start: index, end: index }, kind: Kind::Scalar(Scalar::Null) }
}
