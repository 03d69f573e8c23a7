//! What can go wrong with the store, told apart by what the caller then does.

use wend_domain::id::WorkspaceId;

/// Why the store could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database is gone or its disk is full: answer 503 and try later; nothing was changed.
    #[error("the database is unavailable: {what}")]
    Unavailable {
        /// What was tried, and what the database said.
        what: String,
    },
    /// Another transaction was in the way: run the whole batch again, from its reads on.
    #[error("another transaction was in the way: {what}")]
    Conflict {
        /// What the database said.
        what: String,
    },
    /// A row makes no sense: a fault of Wend or of the disk, and never the caller's.
    #[error("the table `{table}` has a row that makes no sense ({row}): {why}")]
    Inconsistent {
        /// The table.
        table: &'static str,
        /// Which row.
        row: String,
        /// What is wrong with it.
        why: String,
    },
    /// The folder of the database belongs to another running process.
    #[error("{what}")]
    Taken {
        /// Which folder, and what to do.
        what: String,
    },
    /// The database was written by a newer version of Wend.
    #[error(
        "the database was migrated by a newer version of Wend (migration {found}, this version knows {known}): \
         run that version, or restore a back-up made before it"
    )]
    TooNew {
        /// The newest migration that the database has.
        found: i64,
        /// The newest one that this version has.
        known: i64,
    },
    /// The store was asked for something it never does; the text says what to do instead.
    #[error("{what}")]
    Misuse {
        /// What was asked, and what to do instead.
        what: String,
    },
    /// A back-up that is cut off, altered or of another kind; nothing was loaded from it.
    #[error("this is not a whole back-up: {what}")]
    Backup {
        /// Where it stops making sense.
        what: String,
    },
    /// What the caller was to read from or write to failed.
    #[error("cannot {what}: {source}")]
    File {
        /// What was tried.
        what: String,
        /// Why it failed.
        source: std::io::Error,
    },
    /// A fault in the store itself.
    #[error("a fault in the store: {what}")]
    Internal {
        /// What happened.
        what: String,
    },
}

impl Error {
    /// Whether the same batch may succeed when it is run again at once.
    pub fn is_conflict(&self) -> bool {
        matches!(self, Self::Conflict { .. })
    }

    /// Whether the database is away and the work must wait.
    pub fn is_unavailable(&self) -> bool {
        matches!(self, Self::Unavailable { .. })
    }

    #[expect(clippy::needless_pass_by_value, reason = "`map_err` hands it over by value")]
    pub(crate) fn inconsistent(table: &'static str, row: impl ToString, why: impl ToString) -> Self {
        Self::Inconsistent { table, row: row.to_string(), why: why.to_string() }
    }

    #[expect(clippy::needless_pass_by_value, reason = "`map_err` hands it over by value")]
    pub(crate) fn internal(what: impl ToString) -> Self {
        Self::Internal { what: what.to_string() }
    }

    #[expect(clippy::needless_pass_by_value, reason = "`map_err` hands it over by value")]
    pub(crate) fn unavailable(what: impl ToString) -> Self {
        Self::Unavailable { what: what.to_string() }
    }

    pub(crate) fn no_workspace(workspace: &WorkspaceId) -> Self {
        Self::Misuse { what: format!("there is no workspace `{workspace}`: create it first") }
    }
}
