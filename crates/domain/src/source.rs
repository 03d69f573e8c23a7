//! The files of a portfolio: YAML with places, diagnostics, formatting, and the grammar from which the JSON Schema and
//! the reference are generated.
//!
//! Read in this order: [`diagnostic`] (what is wrong, where, and how to mend it), then the modules that make it.

pub mod diagnostic;

pub use diagnostic::{Diagnostic, Severity};

use serde::{Deserialize, Serialize};

/// One file of a portfolio.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SourceFile {
    /// The path inside the folder, with `/`: `workflows/cart-rescue.yaml`.
    pub path: String,
    /// The text, UTF-8.
    pub text: String,
}
