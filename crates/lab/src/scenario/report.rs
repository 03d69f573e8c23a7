//! What is told of a test: each failed expectation with its place, then what happened and what was expected side by side.

use std::fmt;

use serde::{Serialize, Serializer};
use wend_domain::id::{StepId, WorkflowName};
use wend_domain::source::Diagnostic;
use wend_domain::time::Timestamp;

use super::coverage::Reached;

/// What came of one test file.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Outcome {
    /// The file's path.
    pub file: String,
    /// The sentence that ought to be true; empty if the file can't be read that far.
    pub test: String,
    /// Whether it is.
    #[serde(flatten)]
    pub verdict: Verdict,
    /// Where its runs came by.
    #[serde(skip)]
    pub reached: Reached,
}

/// Whether a test passed.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "verdict")]
pub enum Verdict {
    /// Everything was as expected.
    Passed,
    /// Something was not.
    Failed(Failure),
    /// The file makes no sense.
    Unreadable {
        /// Why.
        diagnostics: Vec<Diagnostic>,
    },
}

/// What was expected beside what happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// The zone in which local times are told.
    pub zone: String,
    /// Every expectation, in the file's order.
    pub expected: Vec<Expected>,
    /// What happened, in order.
    pub happened: Vec<Happened>,
    /// What kept the test from being played to its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trouble: Option<String>,
}

/// One expectation, judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Expected {
    /// The line of the file, from 1.
    pub line: u32,
    /// What was expected, in words.
    pub what: String,
    /// What was there instead; none if it was as expected.
    pub instead: Option<String>,
    /// Where in the timeline it is told.
    #[serde(skip)]
    pub beside: Beside,
}

/// Where in the timeline an expectation is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Beside {
    /// Beside what happened, counted from 0.
    Row(usize),
    /// At an instant at which it should have happened.
    At {
        /// The instant.
        at: Timestamp,
        /// As it is told.
        when: String,
    },
    /// After everything.
    End,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Happened {
    /// When.
    #[serde(serialize_with = "shown")]
    pub at: Timestamp,
    /// When, in local time.
    pub local: String,
    /// How long after the beginning.
    pub after: String,
    /// What.
    pub what: String,
    /// At which step of which workflow, if it happened at one.
    #[serde(skip)]
    pub place: Option<(WorkflowName, StepId)>,
}

/// Writes an instant as the API does.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's serialize_with gives a reference")]
fn shown<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(at)
}

/// The narrowest and the widest column of what happened, in characters.
const HAPPENED_WIDTH: (usize, usize) = (24, 62);
/// The widest column of what was expected, in characters.
const EXPECTED_WIDTH_MAX: usize = 50;
/// What the last row says instead of a time.
const IN_THE_END: &str = "in the end";

impl Outcome {
    /// Whether everything was as expected.
    pub fn has_passed(&self) -> bool {
        self.verdict == Verdict::Passed
    }

    /// The failed expectations with their places, a line each, as compilers tell theirs.
    pub fn complaints(&self) -> Vec<String> {
        match &self.verdict {
            Verdict::Passed => Vec::new(),
            Verdict::Unreadable { diagnostics } => diagnostics.iter().map(ToString::to_string).collect(),
            Verdict::Failed(failure) => {
                let complaint = |expected: &Expected| {
                    let Expected { line, what, instead, .. } = expected;
                    instead
                        .as_ref()
                        .map(|instead| format!("{}:{line}: expected {what}, but {instead}", self.file))
                };
                let trouble = failure.trouble.iter().map(|trouble| format!("{}: {trouble}", self.file));
                failure.expected.iter().filter_map(complaint).chain(trouble).collect()
            }
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, test, verdict, .. } = self;
        match verdict {
            Verdict::Passed => return write!(f, "✓ {file}: {test}"),
            Verdict::Unreadable { .. } => write!(f, "✗ {file}: it can't be played")?,
            Verdict::Failed(_) => write!(f, "✗ {file}: {test}")?,
        }
        for complaint in self.complaints() {
            write!(f, "\n    {}", complaint.replace('\n', "\n    "))?;
        }
        match verdict {
            Verdict::Failed(failure) => write!(f, "\n\n{failure}"),
            Verdict::Passed | Verdict::Unreadable { .. } => Ok(()),
        }
    }
}

/// One row of the two timelines.
struct Row<'a> {
    /// Local time and time since the beginning; empty if it is that of the row above.
    when: String,
    happened: &'a str,
    expected: Option<&'a Expected>,
}

impl Failure {
    /// What happened and what was expected, in the order of time, beside each other where they belong together.
    fn rows(&self) -> Vec<Row<'_>> {
        let mut rows = Rows::default();
        let mut left: Vec<&Expected> = self.expected.iter().collect();
        for (n, happened) in self.happened.iter().enumerate() {
            let Happened { at, what, .. } = happened;
            // What should have happened before stands before.
            rows.missed(take(&mut left, |beside| matches!(beside, Beside::At { at: then, .. } if then < at)));
            let here = |beside: &Beside| match beside {
                Beside::Row(row) => *row == n,
                Beside::At { at: then, .. } => then == at,
                Beside::End => false,
            };
            let mut here = take(&mut left, here).into_iter();
            rows.add(happened.when(), what, here.next());
            here.for_each(|expected| rows.add(happened.when(), "", Some(expected)));
        }
        let missed = take(&mut left, |beside| matches!(beside, Beside::At { .. }));
        rows.missed(missed);
        for expected in left {
            rows.add(IN_THE_END.to_owned(), "", Some(expected));
        }
        rows.rows
    }
}

impl Happened {
    fn when(&self) -> String {
        format!("{}  {}", self.local, self.after)
    }
}

/// Rows, of which only the first of an instant names it.
#[derive(Default)]
struct Rows<'a> {
    rows: Vec<Row<'a>>,
    last: String,
}

impl<'a> Rows<'a> {
    fn add(&mut self, when: String, happened: &'a str, expected: Option<&'a Expected>) {
        let shown = if when == self.last { String::new() } else { when.clone() };
        self.last = when;
        self.rows.push(Row { when: shown, happened, expected });
    }

    /// What should have happened and didn't.
    fn missed(&mut self, mut missed: Vec<&'a Expected>) {
        missed.sort_by_key(|expected| match expected.beside {
            Beside::At { at, .. } => Some(at),
            Beside::Row(_) | Beside::End => None,
        });
        for expected in missed {
            let when = match &expected.beside {
                Beside::At { when, .. } => when.clone(),
                Beside::Row(_) | Beside::End => String::new(),
            };
            self.add(when, "", Some(expected));
        }
    }
}

/// Takes the expectations that belong somewhere out of those that are left.
fn take<'a>(left: &mut Vec<&'a Expected>, belongs: impl Fn(&Beside) -> bool) -> Vec<&'a Expected> {
    let (taken, rest) = left.iter().partition(|expected| belongs(&expected.beside));
    *left = rest;
    taken
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = self.rows();
        let widest = |texts: &mut dyn Iterator<Item = usize>| texts.max().unwrap_or(0);
        let when_width =
            widest(&mut rows.iter().map(|row| row.when.chars().count())).max(self.zone.chars().count());
        let happened_width = widest(&mut rows.iter().map(|row| row.happened.chars().count()))
            .clamp(HAPPENED_WIDTH.0, HAPPENED_WIDTH.1);
        let line = |when: &str, happened: &str, expected: &str| {
            let line = format!("    {when:when_width$}  {happened:happened_width$} │ {expected}");
            line.trim_end().to_owned()
        };
        writeln!(f, "{}", line(&self.zone, "what happened", "what was expected"))?;
        let rule = ("─".repeat(when_width), "─".repeat(happened_width), "─".repeat(EXPECTED_WIDTH_MAX));
        write!(f, "    {}──{}─┼─{}", rule.0, rule.1, rule.2)?;
        for row in rows {
            let mut happened = wrapped(row.happened, happened_width).into_iter();
            let mut expected = row.expected.map(told).unwrap_or_default().into_iter();
            let mut when = Some(row.when.as_str());
            loop {
                match (when.take(), happened.next(), expected.next()) {
                    (None, None, None) => break,
                    (when, happened, expected) => {
                        let (happened, expected) =
                            (happened.unwrap_or_default(), expected.unwrap_or_default());
                        write!(f, "\n{}", line(when.unwrap_or_default(), &happened, &expected))?;
                    }
                }
            }
        }
        Ok(())
    }
}

/// An expectation with its mark.
fn told(expected: &Expected) -> Vec<String> {
    let mark = if expected.instead.is_some() { "✗" } else { "✓" };
    wrapped(&format!("{mark} {}", expected.what), EXPECTED_WIDTH_MAX)
}

/// A text in lines of at most `width` characters, the later ones indented; a longer word stays whole.
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
