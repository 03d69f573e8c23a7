//! What is wrong with a file: where, what, why it matters, and how to mend it.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::codes::{self, Code};
use super::yaml::Place;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Nothing is applied.
    Error,
    /// It works, perhaps not as meant.
    Warning,
    /// Something that is good to know.
    Note,
}

/// One finding in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// Its code, with a page in the manual: `E0101`.
    pub code: String,
    /// The file's path.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
    /// What is wrong.
    pub message: String,
    /// Why it matters, if that isn't plain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// How to mend it: "did you mean `…`?"
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fix: Option<String>,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        };
        let Self { code, file, line, column, message, .. } = self;
        write!(f, "{file}:{line}:{column}: {severity} {code}: {message}")?;
        if let Some(why) = &self.why {
            write!(f, "\n  why: {why}")?;
        }
        if let Some(fix) = &self.fix {
            write!(f, "\n  fix: {fix}")?;
        }
        Ok(())
    }
}

impl Diagnostic {
    /// A finding of a code at a place of a file.
    pub fn new(code: &Code, file: &str, place: Place, message: impl Into<String>) -> Self {
        Self {
            severity: code.severity,
            code: code.code.to_owned(),
            file: file.to_owned(),
            line: place.line,
            column: place.column,
            message: message.into(),
            why: None,
            fix: None,
        }
    }

    /// Says why it matters.
    #[must_use]
    pub fn why(mut self, why: impl Into<String>) -> Self {
        self.why = Some(why.into());
        self
    }

    /// Says how to mend it.
    #[must_use]
    pub fn fix(mut self, fix: impl Into<String>) -> Self {
        self.fix = Some(fix.into());
        self
    }

    /// Says how to mend it, if anything is known.
    #[must_use]
    pub fn maybe_fix(mut self, fix: Option<String>) -> Self {
        self.fix = fix.or(self.fix);
        self
    }

    /// Whether nothing may be applied because of it.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// Whether any of these findings is an error.
pub fn any_error(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(Diagnostic::is_error)
}

/// The most findings that are shown at once.
pub const FINDINGS_MAX: usize = 1_000;

/// Sorts findings by file and place, and drops repeated ones; of too many, errors are kept first. Findings that were
/// in order already can be sorted again with others.
pub fn in_order(mut diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let n_before = diagnostics.len();
    diagnostics.retain(|diagnostic| diagnostic.code != codes::MORE_FINDINGS.code);
    let left_out = diagnostics.len() < n_before;
    sort(&mut diagnostics);
    diagnostics.dedup();
    if diagnostics.len() > FINDINGS_MAX || left_out {
        diagnostics.sort_by_key(|diagnostic| diagnostic.severity);
        diagnostics.truncate(FINDINGS_MAX);
        sort(&mut diagnostics);
        if let Some(last) = diagnostics.last().cloned() {
            let place = Place { line: last.line, column: last.column };
            let message = format!("there are more findings than these {FINDINGS_MAX}");
            let more = Diagnostic::new(&codes::MORE_FINDINGS, &last.file, place, message);
            diagnostics.push(more.fix("mend the ones that are shown, and check again"));
        }
    }
    diagnostics
}

fn sort(diagnostics: &mut [Diagnostic]) {
    diagnostics.sort_by(|a, b| {
        (&a.file, a.line, a.column, a.severity, &a.code)
            .cmp(&(&b.file, b.line, b.column, b.severity, &b.code))
    });
}
