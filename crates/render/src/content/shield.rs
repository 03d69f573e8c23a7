//! Liquid put aside while another language is read: each construct becomes a word that Markdown, MJML and HTML leave as
//! it is, and comes back afterwards, with the place where it stood.
//!
//! **Invariant:** what comes back is the source's own text, byte for byte; a word that the source has by chance is never
//! taken for one of ours, because ours is made so that the source doesn't contain it.

use std::ops::Range;

/// What our words begin with, as long as the source doesn't have it.
const WORD: &str = "wendliquid";

/// What ends a word, so that `1` is not the beginning of `12`.
const WORD_END: char = 'z';

/// Tags whose content is not Liquid: the whole block is one construct.
const VERBATIM: [(&str, &str); 3] = [("raw", "endraw"), ("comment", "endcomment"), ("doc", "enddoc")];

/// One construct of Liquid, and where it is in the source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Construct {
    /// Its bytes in the source, delimiters and all.
    pub range: Range<usize>,
    /// Whether it is a tag, `{% … %}`; else it is an output.
    pub is_tag: bool,
}

/// Finds the constructs of a source, as the lexer of Liquid does; one that is never closed ends the list, because the
/// source has been refused for it already.
pub(crate) fn constructs(source: &str) -> Vec<Construct> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(start) = next_opening(source, from) {
        let is_tag = source[start..].starts_with("{%");
        let closing = if is_tag { "%}" } else { "}}" };
        let Some(length) = source[start + 2..].find(closing) else { break };
        let mut end = start + 2 + length + 2;
        if is_tag {
            let name = tag_name(&source[start + 2..end]);
            if let Some((_, last)) = VERBATIM.iter().find(|(first, _)| *first == name) {
                end = after_tag(source, end, last).unwrap_or(source.len());
            }
        }
        found.push(Construct { range: start..end, is_tag });
        from = end;
    }
    found
}

fn next_opening(source: &str, from: usize) -> Option<usize> {
    let output = source[from..].find("{{");
    let tag = source[from..].find("{%");
    [output, tag].into_iter().flatten().min().map(|offset| from + offset)
}

fn tag_name(inside: &str) -> &str {
    let inside = inside.strip_prefix('-').unwrap_or(inside).trim_start();
    let end = inside.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(inside.len());
    &inside[..end]
}

/// The byte after the tag of that name.
fn after_tag(source: &str, from: usize, name: &str) -> Option<usize> {
    let mut from = from;
    loop {
        let start = from + source[from..].find("{%")?;
        let end = start + 2 + source[start + 2..].find("%}")? + 2;
        if tag_name(&source[start + 2..end]) == name {
            return Some(end);
        }
        from = start + 2;
    }
}

/// A source with words in place of its Liquid.
#[derive(Debug)]
pub(crate) struct Shielded<'s> {
    source: &'s str,
    word: String,
    constructs: Vec<Construct>,
}

impl<'s> Shielded<'s> {
    /// Finds the Liquid of a source.
    pub fn new(source: &'s str) -> Self {
        let mut word = WORD.to_owned();
        // Each round makes the word longer, and a word longer than the source is not in it.
        while source.contains(&word) {
            word.push('q');
        }
        Self { source, word, constructs: constructs(source) }
    }

    /// The text with `around` deciding what stands for each construct: it is given the construct and its word.
    pub fn text(&self, mut around: impl FnMut(&Construct, &str) -> String) -> String {
        let mut out = String::with_capacity(self.source.len());
        let mut from = 0;
        for (index, construct) in self.constructs.iter().enumerate() {
            out.push_str(&self.source[from..construct.range.start]);
            out.push_str(&around(construct, &self.word(index)));
            from = construct.range.end;
        }
        out.push_str(&self.source[from..]);
        out
    }

    /// The text with nothing but the words.
    pub fn plain(&self) -> String {
        self.text(|_, word| word.to_owned())
    }

    /// Where the words begin in the text with nothing but the words.
    pub fn positions(&self) -> Vec<usize> {
        let (mut positions, mut at, mut from) = (Vec::with_capacity(self.constructs.len()), 0, 0);
        for (index, construct) in self.constructs.iter().enumerate() {
            at += construct.range.start - from;
            positions.push(at);
            at += self.word(index).len();
            from = construct.range.end;
        }
        positions
    }

    fn word(&self, index: usize) -> String {
        format!("{}{index}{WORD_END}", self.word)
    }

    /// Whether a text has a word in it.
    pub fn is_in(&self, text: &str) -> bool {
        text.contains(&self.word)
    }

    /// Whether a text begins with a word.
    pub fn begins(&self, text: &str) -> bool {
        self.leading(text).is_some()
    }

    /// Whether a text is words of tags and white space, and nothing else.
    pub fn is_only_tags(&self, text: &str) -> bool {
        let mut rest = text.trim_start();
        let mut n_words = 0;
        while let Some((index, after)) = self.leading(rest) {
            if !self.constructs.get(index).is_some_and(|construct| construct.is_tag) {
                return false;
            }
            n_words += 1;
            rest = after.trim_start();
        }
        n_words > 0 && rest.is_empty()
    }

    /// The number of the word that a text begins with, and what follows.
    fn leading<'t>(&self, text: &'t str) -> Option<(usize, &'t str)> {
        let (digits, after) = text.strip_prefix(self.word.as_str())?.split_once(WORD_END)?;
        Some((digits.parse().ok()?, after))
    }

    /// The byte of the source for a byte of the text that [`text`](Self::text) made of it.
    pub fn source_offset(&self, text: &str, offset: usize) -> usize {
        let mut before = &text[..floor(text, offset)];
        let Some(start) = before.rfind(&self.word) else { return offset.min(self.source.len()) };
        let Some((index, _)) = self.leading(&text[start..]) else { return offset.min(self.source.len()) };
        before = &before[start..];
        let word = self.word(index).len();
        let end = self.constructs.get(index).map_or(0, |construct| construct.range.end);
        (end + before.len().saturating_sub(word)).min(self.source.len())
    }

    /// Puts the Liquid back, and says which construct of the source each place of the result is of.
    pub fn restored(&self, text: &str) -> (String, Places) {
        let mut out = String::with_capacity(text.len() + self.source.len());
        let mut moved = Vec::new();
        let mut rest = text;
        while let Some(start) = rest.find(&self.word) {
            out.push_str(&rest[..start]);
            let Some((construct, after)) = self
                .leading(&rest[start..])
                .and_then(|(index, after)| Some((self.constructs.get(index)?, after)))
            else {
                out.push_str(&self.word);
                rest = &rest[start + self.word.len()..];
                continue;
            };
            moved.push((out.len(), construct.range.start));
            out.push_str(&self.source[construct.range.clone()]);
            rest = after;
        }
        out.push_str(rest);
        let places = Places::of(&out, self.source, &moved);
        (out, places)
    }
}

fn floor(text: &str, offset: usize) -> usize {
    (0..=offset.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// The most bytes of a line in which columns are counted in characters; behind them, in bytes.
const COLUMN_BYTES_MAX: usize = 4_096;

/// Line and column of a byte, both from 1.
pub(crate) fn line_and_column(text: &str, offset: usize) -> (u32, u32) {
    Lines::of(text).place(offset)
}

/// Where the lines of a text begin.
pub(crate) struct Lines<'t> {
    text: &'t str,
    starts: Vec<usize>,
}

impl<'t> Lines<'t> {
    /// Finds the lines of a text.
    pub fn of(text: &'t str) -> Self {
        let newlines = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        Self { text, starts: std::iter::once(0).chain(newlines.map(|(at, _)| at + 1)).collect() }
    }

    /// Line and column of a byte, both from 1.
    pub fn place(&self, offset: usize) -> (u32, u32) {
        let offset = floor(self.text, offset);
        let line = self.starts.partition_point(|start| *start <= offset);
        let before = &self.text[self.starts[line - 1]..offset];
        let column = if before.len() > COLUMN_BYTES_MAX { before.len() } else { before.chars().count() };
        (u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column + 1).unwrap_or(u32::MAX))
    }
}

/// Where the Liquid of a text that was made stood in the source.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Places {
    moved: Vec<Moved>,
    /// Whether nothing is known but where the source begins.
    is_beginning: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Moved {
    made: (u32, u32),
    source: (u32, u32),
}

impl Places {
    fn of(made: &str, source: &str, moved: &[(usize, usize)]) -> Self {
        let (made, source) = (Lines::of(made), Lines::of(source));
        let one = |(at, from): &(usize, usize)| Moved { made: made.place(*at), source: source.place(*from) };
        Self { moved: moved.iter().map(one).collect(), is_beginning: false }
    }

    /// Every place is where the source begins.
    pub fn at_beginning() -> Self {
        Self { moved: Vec::new(), is_beginning: true }
    }

    /// The place in the source for a place of what was made of it; where nothing was moved, it is the same.
    pub fn source(&self, line: u32, column: u32) -> (u32, u32) {
        if self.is_beginning {
            return (1, 1);
        }
        let at = self.moved.partition_point(|moved| moved.made <= (line, column));
        let Some(moved) = at.checked_sub(1).and_then(|index| self.moved.get(index)) else {
            return (line, column);
        };
        let lines = line - moved.made.0;
        if lines > 0 {
            // A construct of several lines; else it is behind the construct, and its beginning is near enough.
            return (moved.source.0 + lines, column);
        }
        (moved.source.0, moved.source.1 + (column - moved.made.1))
    }
}

#[cfg(test)]
mod tests;
