//! SQL as text: one text for both databases wherever that is possible.
//!
//! The text is PostgreSQL's. For SQLite three things are rewritten: `$1` becomes `?1` (SQLite would number `$n` by
//! first appearance), row locks are left out (SQLite has one writer, who has locked everything), and so is
//! `COLLATE "C"` (SQLite compares bytes anyway).

use std::borrow::Cow;
use std::fmt::{Debug, Write as _};

use crate::error::Error;

/// Which database a text is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    Sqlite,
    Postgres,
}

/// One statement.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Statement {
    /// The same text for both.
    Both(&'static str),
    /// A text that is only ever used with SQLite.
    Sqlite(&'static str),
    /// A text that is only ever used with PostgreSQL.
    Postgres(&'static str),
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Integer,
    Text,
    Bytes,
}

/// A statement for many rows at once.
///
/// SQLite runs it once for each row, which costs it nothing; PostgreSQL gets the columns as arrays and one round trip.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Many {
    /// `INSERT INTO table (columns) … conflict`.
    Insert {
        table: &'static str,
        columns: &'static [(&'static str, Kind)],
        /// What follows, such as `ON CONFLICT …`.
        conflict: &'static str,
    },
    /// Anything else: for SQLite a text with one row's values, for PostgreSQL one with `{rows}`, which stands for the
    /// arrays as a table.
    Each { kinds: &'static [Kind], sqlite: &'static str, postgres: &'static str },
    /// A text that is only ever used with SQLite.
    Sqlite(&'static str),
    /// A text with `{rows}` that is only ever used with PostgreSQL.
    Postgres { kinds: &'static [Kind], text: &'static str },
}

impl Statement {
    /// The text for a database; none if it is only for the other.
    pub(crate) fn text(self, dialect: Dialect) -> Option<Cow<'static, str>> {
        match (self, dialect) {
            (Self::Both(text) | Self::Sqlite(text), Dialect::Sqlite) => Some(for_sqlite(text).into()),
            (Self::Both(text) | Self::Postgres(text), Dialect::Postgres) => Some(text.into()),
            (Self::Sqlite(_), Dialect::Postgres) | (Self::Postgres(_), Dialect::Sqlite) => None,
        }
    }

    /// The text for the database at hand.
    pub(crate) fn text_for(self, dialect: Dialect) -> Result<Cow<'static, str>, Error> {
        self.text(dialect).ok_or_else(|| misled(dialect, &self))
    }
}

impl Many {
    /// What its columns hold.
    pub(crate) fn kinds(&self) -> impl Iterator<Item = Kind> {
        let (inserted, each): (&[(&str, Kind)], &[Kind]) = match self {
            Self::Insert { columns, .. } => (columns, &[]),
            Self::Each { kinds, .. } | Self::Postgres { kinds, .. } => (&[], kinds),
            Self::Sqlite(_) => (&[], &[]),
        };
        inserted.iter().map(|(_, kind)| *kind).chain(each.iter().copied())
    }

    /// The text for a database; none if it is only for the other.
    pub(crate) fn text(&self, dialect: Dialect) -> Option<String> {
        Some(match (self, dialect) {
            (Self::Insert { table, columns, conflict }, Dialect::Sqlite) => {
                let values: Vec<String> = (1..=columns.len()).map(|n| format!("?{n}")).collect();
                format!("INSERT INTO {table} ({}) VALUES ({}) {conflict}", names(columns), values.join(", "))
            }
            (Self::Insert { table, columns, conflict }, Dialect::Postgres) => {
                let arrays = arrays(self.kinds());
                format!("INSERT INTO {table} ({}) SELECT * FROM {arrays} {conflict}", names(columns))
            }
            (Self::Each { sqlite: text, .. } | Self::Sqlite(text), Dialect::Sqlite) => for_sqlite(text),
            (Self::Each { postgres: text, .. } | Self::Postgres { text, .. }, Dialect::Postgres) => {
                text.replace("{rows}", &arrays(self.kinds()))
            }
            (Self::Sqlite(_), Dialect::Postgres) | (Self::Postgres { .. }, Dialect::Sqlite) => return None,
        })
    }

    /// The text for the database at hand.
    pub(crate) fn text_for(&self, dialect: Dialect) -> Result<String, Error> {
        self.text(dialect).ok_or_else(|| misled(dialect, self))
    }
}

fn misled(dialect: Dialect, statement: &impl Debug) -> Error {
    Error::internal(format!("a statement for the other database reached {dialect:?}: {statement:?}"))
}

fn names(columns: &[(&str, Kind)]) -> String {
    columns.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
}

/// The parameters as arrays, unrolled into a table whose rows stay in order.
fn arrays(kinds: impl Iterator<Item = Kind>) -> String {
    let mut text = String::from("unnest(");
    for (index, kind) in kinds.enumerate() {
        let kind = match kind {
            Kind::Integer => "BIGINT",
            Kind::Text => "TEXT",
            Kind::Bytes => "BYTEA",
        };
        let comma = if index == 0 { "" } else { ", " };
        write!(text, "{comma}CAST(${} AS {kind}[])", index + 1).expect("writing to a String never fails");
    }
    text.push(')');
    text
}

/// What is left out for SQLite, longest first.
const LEFT_OUT: [&str; 5] = [
    " FOR UPDATE OF queued SKIP LOCKED",
    " FOR UPDATE OF known SKIP LOCKED",
    " FOR UPDATE SKIP LOCKED",
    " FOR UPDATE",
    " COLLATE \"C\"",
];

/// Rewrites a text for SQLite.
pub(crate) fn for_sqlite(text: &str) -> String {
    let mut text = text.to_owned();
    for left_out in LEFT_OUT {
        text = text.replace(left_out, "");
    }
    let mut rewritten = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(character) = rest.next() {
        let parameter = character == '$' && rest.peek().is_some_and(char::is_ascii_digit);
        rewritten.push(if parameter { '?' } else { character });
    }
    rewritten
}

/// Declares the statements of a file, so that none is left out of the list of which each is prepared on both
/// databases (`every_statement_prepares_on_both_databases`).
macro_rules! statements {
    ($($(#[doc = $doc:literal])* $name:ident: $type:ident = $statement:expr;)*) => {
        $($(#[doc = $doc])* pub(crate) const $name: $crate::statement::$type = $statement;)*
        /// Every statement of this file.
        pub(crate) const STATEMENTS: &[$crate::statement::AnyStatement] =
            &[$($crate::statement::AnyStatement::$type($name)),*];
    };
}

pub(crate) use statements;

/// A statement of either shape, for the list of all.
#[derive(Debug, Clone, Copy)]
pub(crate) enum AnyStatement {
    Statement(Statement),
    Many(Many),
}

impl AnyStatement {
    /// The text for a database; none if it is only for the other.
    pub(crate) fn text(self, dialect: Dialect) -> Option<String> {
        match self {
            Self::Statement(statement) => statement.text(dialect).map(Cow::into_owned),
            Self::Many(many) => many.text(dialect),
        }
    }
}

#[cfg(test)]
mod tests;
