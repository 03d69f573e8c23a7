//! From the files of a portfolio to a catalog, or to everything that is wrong with them at once.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::behaviour::SummaryId;
use crate::catalog::Catalog;
use crate::id::WorkflowName;
use crate::source::{Diagnostic, SourceFile};

/// A published version of a workflow, as the store keeps it: its text never changes (SEMANTICS 9.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedVersion {
    /// The workflow.
    pub workflow: WorkflowName,
    /// The version, from 1.
    pub version: u32,
    /// The file as it was published.
    pub source: SourceFile,
}

/// All that a revision of the catalog is made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Portfolio {
    /// The files as applied, byte for byte, sorted by path: `pull` gives them back.
    pub files: Vec<SourceFile>,
    /// Every version of every workflow ever published, oldest first.
    pub versions: Vec<PublishedVersion>,
    /// Behaviour summaries in use, with the revision that first had them (SEMANTICS 9.5).
    #[serde(default)]
    pub summaries: BTreeMap<SummaryId, u64>,
}

/// What compiling gave: a catalog if there is no error, and all findings.
#[derive(Debug, Clone, PartialEq)]
pub struct Compiled {
    /// The catalog; none if there was an error.
    pub catalog: Option<Catalog>,
    /// Everything found, in the order of file and place.
    pub diagnostics: Vec<Diagnostic>,
}
