//! How long each table keeps its rows.

/// How long a table keeps its rows, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// The table.
    pub table: &'static str,
    /// How many days a row is kept; none: forever.
    pub days: Option<u32>,
    /// What the table holds and from when the days count.
    pub meaning: &'static str,
}
