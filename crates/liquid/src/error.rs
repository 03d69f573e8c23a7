//! What can be wrong with a template, and where.

use std::fmt;

/// The longest excerpt of a template's line that an error quotes, in characters.
const EXCERPT_CHARACTERS_MAX: usize = 120;

/// The sort of mistake, for a caller that decides by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ErrorKind {
    /// The template can't be parsed; only [`Template::parse`](crate::Template::parse) gives it.
    Syntax,
    /// A variable has no value, in [`Mode::Strict`](crate::Mode::Strict).
    Undefined,
    /// A filter or tag was given a value that it can't work with.
    Argument,
    /// Two values of different types can't be compared or sorted.
    Type,
    /// A partial that doesn't exist was asked for.
    PartialNotFound,
    /// The rendering took more steps than it may.
    FuelExhausted,
    /// The text, or a string on the way to it, grew larger than it may.
    OutputTooLarge,
    /// Blocks, partials or brackets are nested deeper than they may be.
    NestingTooDeep,
    /// The template itself asked not to be sent, with this reason.
    Aborted(String),
}

/// A mistake in a template, with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    /// The sort of mistake.
    pub kind: ErrorKind,
    /// The partial it is in; `None` is the template itself.
    pub partial: Option<String>,
    /// The line, from one.
    pub line: u32,
    /// The column in characters, from one.
    pub column: u32,
    /// What is wrong and how to mend it.
    pub message: String,
    /// The line of the template that the mistake is in.
    pub excerpt: String,
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(partial) = &self.partial {
            write!(formatter, "partial `{partial}`, ")?;
        }
        write!(formatter, "line {}, column {}: {}", self.line, self.column, self.message)
    }
}

impl std::error::Error for Error {}

/// A mistake on its way up, before the place is known as line and column.
#[derive(Debug)]
pub(crate) enum Fault {
    /// A mistake in the template at hand; `at` is a byte offset, once someone knows it.
    Here { kind: ErrorKind, message: String, at: Option<u32> },
    /// A mistake in a partial, complete.
    Located(Box<Error>),
}

impl Fault {
    /// Makes a mistake whose place the caller adds with [`Fault::or_at`].
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self::Here { kind, message: message.into(), at: None }
    }

    /// Makes a mistake of syntax at a byte offset.
    pub(crate) fn syntax(at: u32, message: impl Into<String>) -> Self {
        Self::Here { kind: ErrorKind::Syntax, message: message.into(), at: Some(at) }
    }

    /// Makes a mistake about a value that was given.
    pub(crate) fn argument(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Argument, message)
    }

    /// Adds the place, unless a nearer one is known already.
    #[must_use]
    pub(crate) fn or_at(mut self, offset: u32) -> Self {
        if let Self::Here { at: at @ None, .. } = &mut self {
            *at = Some(offset);
        }
        self
    }

    /// Turns the byte offset into line, column and excerpt.
    pub(crate) fn locate(self, source: &str, partial: Option<&str>) -> Error {
        match self {
            Self::Located(error) => *error,
            Self::Here { kind, message, at } => {
                let place = Place::of(source, at.unwrap_or(0));
                Error {
                    kind,
                    partial: partial.map(str::to_owned),
                    line: place.line,
                    column: place.column,
                    message,
                    excerpt: place.excerpt,
                }
            }
        }
    }
}

/// A byte offset as a person counts.
pub(crate) struct Place {
    pub(crate) line: u32,
    pub(crate) column: u32,
    pub(crate) excerpt: String,
}

impl Place {
    /// Counts lines and characters up to a byte offset.
    pub(crate) fn of(source: &str, offset: u32) -> Self {
        let mut offset = (offset as usize).min(source.len());
        while !source.is_char_boundary(offset) {
            offset -= 1;
        }
        let before = &source[..offset];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line_text = source[line_start..].lines().next().unwrap_or("");
        Self {
            line: before.matches('\n').count() as u32 + 1,
            column: before[line_start..].chars().count() as u32 + 1,
            excerpt: line_text.chars().take(EXCERPT_CHARACTERS_MAX).collect(),
        }
    }
}

/// Where the lines of a source begin, to place many offsets.
pub(crate) struct Places<'s> {
    source: &'s str,
    line_starts: Vec<usize>,
}

impl<'s> Places<'s> {
    /// Finds the beginnings of all lines.
    pub(crate) fn of(source: &'s str) -> Self {
        let starts = source.match_indices('\n').map(|(newline, _)| newline + 1);
        Self { source, line_starts: std::iter::once(0).chain(starts).collect() }
    }

    /// Counts from one; on a very long line the column is in bytes, so that counting stays quick.
    pub(crate) fn line_and_column(&self, offset: u32) -> (u32, u32) {
        const COUNTED_BYTES_MAX: usize = 4_096;
        let offset = offset as usize;
        let line = self.line_starts.partition_point(|start| *start <= offset);
        let start = self.line_starts.get(line.wrapping_sub(1)).copied().unwrap_or(0);
        let column = match self.source.get(start..offset) {
            Some(before) if before.len() <= COUNTED_BYTES_MAX => before.chars().count(),
            _ => offset - start,
        };
        (line as u32, column as u32 + 1)
    }
}
