//! How a command ends: its exit code, and what a person or a script is told.

use std::fmt;

use serde::Serialize;
use serde_json::{Value, json};
use wend_domain::compile::Conflict;
use wend_domain::source::Diagnostic;

/// The exit codes; scripts rely on them, so a number never changes its meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Something went wrong that has no code of its own.
    Failed = 1,
    /// The command line or the configuration is wrong.
    Usage = 2,
    /// A file or a value was looked at and found wrong; the diagnostics say where.
    Invalid = 3,
    /// What the command is about doesn't exist.
    NotFound = 4,
    /// The server can't be reached, or can't answer now.
    Unreachable = 5,
    /// The key is missing, wrong, or doesn't allow this.
    Refused = 6,
    /// Somebody else was faster, or the state of things forbids it.
    Conflict = 7,
}

/// The table of exit codes as the help and the manual print it.
pub const TABLE: &str = "\
Exit codes:
  0  done
  1  failed
  2  the command line or the configuration is wrong
  3  invalid input; the diagnostics say where
  4  not found
  5  the server can't be reached, or can't answer now
  6  the key is missing, wrong, or doesn't allow this
  7  conflict: somebody else was faster, or the state of things forbids it";

/// Why a command didn't do what it was asked to.
#[derive(Debug)]
pub struct Failure(Box<Inner>);

#[derive(Debug)]
struct Inner {
    exit: Exit,
    code: String,
    message: String,
    hint: Option<String>,
    diagnostics: Vec<Diagnostic>,
    revision: Option<u64>,
    conflicts: Vec<Conflict>,
}

impl Failure {
    /// A failure with a code for scripts and a message for people.
    pub fn new(exit: Exit, code: impl Into<String>, message: impl Into<String>) -> Self {
        let (code, message) = (code.into(), message.into());
        Self(Box::new(Inner {
            exit,
            code,
            message,
            hint: None,
            diagnostics: Vec::new(),
            revision: None,
            conflicts: Vec::new(),
        }))
    }

    /// The command line or the configuration is wrong.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, "usage", message)
    }

    /// Says how to mend it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    /// Says how to mend it, if that is known.
    #[must_use]
    pub fn maybe_hint(mut self, hint: Option<String>) -> Self {
        self.0.hint = hint.or(self.0.hint);
        self
    }

    /// Carries the findings in files.
    #[must_use]
    pub fn diagnostics(mut self, diagnostics: Vec<Diagnostic>) -> Self {
        self.0.diagnostics = diagnostics;
        self
    }

    /// Carries what others changed in the same places, and the revision that is there now.
    #[must_use]
    pub fn conflicts(mut self, revision: Option<u64>, conflicts: Vec<Conflict>) -> Self {
        (self.0.revision, self.0.conflicts) = (revision, conflicts);
        self
    }

    /// Its code for scripts.
    pub fn code(&self) -> &str {
        &self.0.code
    }

    /// What went wrong, in a sentence.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The findings in files.
    #[cfg(test)]
    pub fn found(&self) -> &[Diagnostic] {
        &self.0.diagnostics
    }

    /// How the process ends.
    pub fn exit(&self) -> Exit {
        self.0.exit
    }

    /// The failure as `--json` prints it.
    pub fn document(&self) -> Value {
        #[derive(Serialize)]
        struct Shown<'a> {
            code: &'a str,
            message: &'a str,
            #[serde(skip_serializing_if = "Option::is_none")]
            hint: Option<&'a str>,
            #[serde(skip_serializing_if = "<[Diagnostic]>::is_empty")]
            diagnostics: &'a [Diagnostic],
            #[serde(skip_serializing_if = "Option::is_none")]
            revision: Option<u64>,
            #[serde(skip_serializing_if = "<[Conflict]>::is_empty")]
            conflicts: &'a [Conflict],
        }
        let Inner { exit: _, code, message, hint, diagnostics, revision, conflicts } = &*self.0;
        json!({ "error": Shown { code, message, hint: hint.as_deref(), diagnostics, revision: *revision, conflicts } })
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for diagnostic in &self.0.diagnostics {
            writeln!(formatter, "{diagnostic}")?;
        }
        for conflict in &self.0.conflicts {
            difference(formatter, "what they changed", &conflict.path, &conflict.theirs)?;
            difference(formatter, "from theirs to yours", &conflict.path, &conflict.mine)?;
        }
        write!(formatter, "error: {}", self.0.message)?;
        match &self.0.hint {
            Some(hint) => write!(formatter, "\n  hint: {hint}"),
            None => Ok(()),
        }
    }
}

/// One side of a conflict, under its title.
fn difference(formatter: &mut fmt::Formatter<'_>, title: &str, path: &str, text: &str) -> fmt::Result {
    if text.trim().is_empty() {
        return Ok(());
    }
    writeln!(formatter, "{path}: {title}\n{}\n", text.trim_end())
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::new(Exit::Failed, "failed", format!("{error:#}"))
    }
}
