//! The files of a portfolio: YAML with places, diagnostics, formatting, and the grammar from which the JSON Schema and
//! the reference are generated.
//!
//! Read in this order: [`diagnostic`] (what is wrong, where, and how to mend it), [`codes`] (all that can be wrong),
//! [`yaml`] (text to a tree with places), [`grammar`] (the one table that describes the format), [`check`] (a tree held
//! against the table), [`schema`] and [`reference`](mod@reference) (the table for editors and for people), [`format`](mod@format) (the
//! stable layout), [`write`](mod@write) (values as files).

pub mod check;
pub mod codes;
pub mod diagnostic;
pub mod format;
pub mod grammar;
pub mod reference;
pub mod schema;
pub mod suggest;
pub mod write;
pub mod yaml;

pub use diagnostic::{Diagnostic, Severity};
pub use suggest::did_you_mean;

use serde::{Deserialize, Serialize};

/// One file of a portfolio.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SourceFile {
    /// The path inside the folder, with `/`: `workflows/cart-rescue.yaml`.
    pub path: String,
    /// The text, UTF-8.
    pub text: String,
}

/// The largest file, in bytes.
pub const FILE_BYTES_MAX: usize = 1024 * 1024;

/// The most files of a portfolio.
pub const FILES_MAX: usize = 10_000;
