//! A test file, played in virtual time and judged.
//!
//! Read in this order: [`script`] (what a test file says), [`play`] (how it is played), [`timeline`] (what happened),
//! [`judge`] (whether it was as expected), and then the report below.

mod judge;
mod play;
mod script;
mod timeline;

#[cfg(test)]
mod tests;

use std::fmt;

use wend_domain::catalog::Catalog;
use wend_domain::source::{Diagnostic, SourceFile};
use wend_render::Renderer;

/// What came of one test file.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// The file's path.
    pub file: String,
    /// The sentence that ought to be true; empty if the file can't be read that far.
    pub test: String,
    /// Whether it is.
    pub verdict: Verdict,
}

/// Whether a test passed.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// Everything was as expected.
    Passed,
    /// Something was not.
    Failed(Failure),
    /// The file makes no sense.
    Unreadable(Vec<Diagnostic>),
}

/// What was expected beside what happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Every expectation, in the file's order.
    pub expected: Vec<Expected>,
    /// What happened, in order, a line each.
    pub happened: Vec<String>,
}

/// One expectation, judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// The line of the file, from 1.
    pub line: u32,
    /// What was expected, in words.
    pub what: String,
    /// What was there instead; none if it was as expected.
    pub instead: Option<String>,
}

impl Outcome {
    /// Whether everything was as expected.
    pub fn has_passed(&self) -> bool {
        self.verdict == Verdict::Passed
    }
}

/// Plays a test file against a compiled portfolio.
pub fn run(catalog: &Catalog, renderer: &Renderer, file: &SourceFile) -> Outcome {
    let script = match script::read(file, catalog) {
        Ok(script) => script,
        Err((test, diagnostics)) => {
            return Outcome { file: file.path.clone(), test, verdict: Verdict::Unreadable(diagnostics) };
        }
    };
    let played = play::play(catalog, renderer, &script);
    let expected = judge::judge(catalog, &script, &played);
    let is_as_expected = expected.iter().all(|expected| expected.instead.is_none());
    let verdict = if is_as_expected && played.timeline.trouble.is_none() {
        Verdict::Passed
    } else {
        Verdict::Failed(Failure {
            expected,
            happened: played.timeline.lines(catalog, &script, &played.contact),
        })
    };
    Outcome { file: file.path.clone(), test: script.test, verdict }
}

/// The widest that the left column of a report gets, in characters.
const LEFT_MAX: usize = 64;

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, test, verdict } = self;
        match verdict {
            Verdict::Passed => write!(f, "passed: {file}: {test}"),
            Verdict::Unreadable(diagnostics) => {
                write!(f, "unreadable: {file}: {test}")?;
                diagnostics.iter().try_for_each(|diagnostic| write!(f, "\n{diagnostic}"))
            }
            Verdict::Failed(failure) => write!(f, "FAILED: {file}: {test}\n{failure}"),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for expected in &self.expected {
            if let Some(instead) = &expected.instead {
                writeln!(f, "  line {}: {}, but {instead}", expected.line, expected.what)?;
            }
        }
        let left: Vec<String> = self
            .expected
            .iter()
            .map(|expected| {
                format!("{} {}", if expected.instead.is_some() { "✗" } else { "✓" }, expected.what)
            })
            .collect();
        let width = left.iter().map(|text| text.chars().count()).max().unwrap_or(0).clamp(8, LEFT_MAX);
        write!(f, "\n  {:width$} │ what happened", "expected")?;
        write!(f, "\n  {}─┼─{}", "─".repeat(width), "─".repeat(LEFT_MAX))?;
        let mut left = left.iter().flat_map(|text| wrapped(text, width));
        let mut right = self.happened.iter();
        loop {
            match (left.next(), right.next()) {
                (None, None) => return Ok(()),
                (left, right) => {
                    let (left, right) = (left.unwrap_or_default(), right.map_or("", String::as_str));
                    write!(f, "\n  {left:width$} │ {right}")?;
                }
            }
        }
    }
}

/// A text in lines of at most `width` characters, the later ones indented.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let line = lines.last_mut().expect("there is always a line");
        if !line.trim().is_empty() && line.chars().count() + 1 + word.chars().count() > width {
            lines.push(format!("  {word}"));
        } else {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines
}
