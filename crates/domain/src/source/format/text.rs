//! A text by characters and lines.

use crate::source::yaml::Span;

/// A text that can be asked by character and by line; lines count from 0 here.
pub(super) struct Text {
    characters: Vec<char>,
    /// The first character of each line.
    starts: Vec<usize>,
}

impl Text {
    pub fn new(text: &str) -> Self {
        let characters: Vec<char> = text.chars().collect();
        let after_breaks =
            characters.iter().enumerate().filter(|(_, c)| **c == '\n').map(|(index, _)| index + 1);
        let starts = std::iter::once(0).chain(after_breaks).collect();
        Self { characters, starts }
    }

    pub fn n_lines(&self) -> usize {
        self.starts.len()
    }

    /// The line of a character.
    pub fn line_of(&self, index: usize) -> usize {
        self.starts.partition_point(|start| *start <= index).saturating_sub(1)
    }

    /// The column of a character.
    pub fn column_of(&self, index: usize) -> usize {
        index - self.starts[self.line_of(index)]
    }

    pub fn line_start(&self, line: usize) -> usize {
        self.starts[line]
    }

    /// A line without its break.
    pub fn line_characters(&self, line: usize) -> &[char] {
        let start = self.starts[line];
        let end = self.starts.get(line + 1).map_or(self.characters.len(), |next| next - 1);
        &self.characters[start..end]
    }

    /// How many spaces a line begins with.
    pub fn indent(&self, line: usize) -> usize {
        self.line_characters(line).iter().take_while(|c| **c == ' ').count()
    }

    /// Whether a line has nothing but blanks.
    pub fn is_blank(&self, line: usize) -> bool {
        self.line_characters(line).iter().all(|c| c.is_whitespace())
    }

    pub fn slice(&self, span: Span) -> String {
        let end = span.end.min(self.characters.len());
        self.characters[span.start.min(end)..end].iter().collect()
    }

    pub fn character(&self, index: usize) -> Option<char> {
        self.characters.get(index).copied()
    }

    /// The line of the last character of a range.
    pub fn last_line(&self, span: Span) -> usize {
        self.line_of(span.end.max(span.start + 1) - 1)
    }
}
