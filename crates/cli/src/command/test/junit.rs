//! Results as JUnit XML, which every build server reads.

use std::fmt::Write as _;

use wend_lab::scenario::Verdict;

use super::play::{Played, Round};

/// The whole document: one suite, the folder, with a case for each test.
pub fn document(folder: &str, round: &Round) -> String {
    let n_errors = round.n_unreadable();
    let counts = format!(
        "tests=\"{}\" failures=\"{}\" errors=\"{n_errors}\" time=\"{:.3}\"",
        round.tests.len(),
        round.n_failed() - n_errors,
        round.took.as_secs_f64()
    );
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(out, "<testsuites name=\"wend test\" {counts}>");
    let _ = writeln!(out, "  <testsuite name=\"{}\" {counts}>", attribute(folder));
    round.tests.iter().for_each(|played| case(&mut out, played));
    out.push_str("  </testsuite>\n</testsuites>\n");
    out
}

fn case(out: &mut String, played: &Played) {
    let outcome = &played.outcome;
    let class = outcome.file.strip_suffix(".test.yaml").unwrap_or(&outcome.file);
    let _ = write!(
        out,
        "    <testcase name=\"{}\" classname=\"{}\" file=\"{}\" time=\"{:.3}\"",
        attribute(&outcome.test),
        attribute(class),
        attribute(&outcome.file),
        played.took.as_secs_f64()
    );
    let (element, kind) = match outcome.verdict {
        Verdict::Passed => {
            out.push_str("/>\n");
            return;
        }
        Verdict::Failed(_) => ("failure", "expectation"),
        Verdict::Unreadable { .. } => ("error", "unreadable"),
    };
    let message = outcome.complaints().join("\n");
    let _ = writeln!(
        out,
        ">\n      <{element} type=\"{kind}\" message=\"{}\">{}</{element}>\n    </testcase>",
        attribute(&message),
        content(&outcome.to_string())
    );
}

/// A text between two quotation marks.
fn attribute(text: &str) -> String {
    content(text).replace('"', "&quot;").replace('\n', "&#10;").replace('\t', "&#9;")
}

/// A text between two tags; characters that XML has no way to write are shown as unknown.
fn content(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\n' | '\t' => out.push(character),
            '\u{fffe}' | '\u{ffff}' => out.push(char::REPLACEMENT_CHARACTER),
            character if character < ' ' => out.push(char::REPLACEMENT_CHARACTER),
            character => out.push(character),
        }
    }
    out
}
