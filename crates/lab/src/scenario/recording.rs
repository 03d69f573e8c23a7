//! A test made of a real contact's history.
//!
//! Read in this order: [`recording`], [`disguise`] (what of a person is written down), [`happened`] (inputs as a test
//! says them), [`expected`] (what came of them), [`text`] (how it is written).
//!
//! What is expected is what the history and the portfolio of today agree about: the test passes when it is played, and
//! where they disagree, the remarks say so.

mod disguise;
mod expected;
mod happened;
mod text;

use serde_json::{Map, Value};
use wend_domain::advance::TakenInput;
use wend_domain::catalog::Catalog;
use wend_domain::id::ContactId;
use wend_domain::input::Input;
use wend_domain::record::{Decision, Record};
use wend_domain::source::SourceFile;
use wend_domain::source::format::format;
use wend_domain::time::Timestamp;
use wend_domain::zone::Zone;
use wend_render::Renderer;

use super::clock::Clock;
use super::play::play;
use super::report::Verdict;
use super::timeline::Timeline;
use super::{run, script};
use disguise::{Disguise, Read};
use happened::Happened;

pub use disguise::Keep;

/// What is known of a contact, and all that happened to it.
pub struct History<'h> {
    /// Our own id.
    pub id: ContactId,
    /// The team's own id.
    pub user_id: Option<&'h str>,
    /// The traits as they are now.
    pub traits: &'h Map<String, Value>,
    /// What happened, oldest first.
    pub entries: &'h [Entry],
    /// The present: until then nothing else happened.
    pub now: Timestamp,
}

/// One input that a contact took.
pub struct Entry {
    /// When.
    pub at: Timestamp,
    /// The revision of the catalog that decided.
    pub catalog_revision: u64,
    /// The input.
    pub input: Input,
    /// What was decided.
    pub record: Record,
}

/// A test, and what to know about it.
pub struct Recording {
    /// The test file.
    pub text: String,
    /// What was left out, and where the history and the portfolio of today disagree.
    pub remarks: Vec<String>,
}

/// The name under which a recording is played before it has one.
const PATH: &str = "tests/recorded.test.yaml";

/// Makes a test of a history; `files` are those that `catalog` was compiled from.
pub fn recording(
    catalog: &Catalog,
    renderer: &Renderer,
    files: &[SourceFile],
    history: &History<'_>,
    keep: Keep,
    sentence: &str,
) -> Recording {
    let read = Read::of(catalog, files);
    let recorded = recorded(catalog, history);
    let attempts = Disguise::attempts(&read, catalog, history, keep);
    let attempts = attempts
        .into_iter()
        .map(|disguise| attempt(catalog, renderer, history, sentence, disguise, &recorded));
    let best = attempts.min_by_key(|attempt| attempt.expected.differences.len());
    let Some(best) = best else { return Recording { text: String::new(), remarks: Vec::new() } };
    let mut remarks = best.happened.remarks;
    remarks.extend(best.expected.differences.iter().map(|differs| format!("not expected: {differs}")));
    let mut lines = best.expected.lines;
    // What is written must pass: an expectation that doesn't is none.
    loop {
        let text = best.frame.with(&remarks, &lines);
        let file = SourceFile { path: PATH.to_owned(), text };
        let file = SourceFile { text: format(&file).unwrap_or(file.text), ..file };
        let outcome = run(catalog, renderer, &file);
        let Verdict::Failed(failure) = &outcome.verdict else {
            return Recording { text: file.text, remarks };
        };
        let before = lines.len();
        let fails: Vec<bool> = failure.expected.iter().map(|expected| expected.instead.is_some()).collect();
        let mut fails = fails.into_iter();
        lines.retain(|line| {
            let fails = fails.next().unwrap_or(false);
            if fails {
                remarks.push(format!("not expected: {line}"));
            }
            !fails
        });
        if lines.len() == before {
            return Recording { text: file.text, remarks };
        }
    }
}

/// One way to write it down, played.
struct Attempt {
    happened: Happened,
    frame: text::Frame,
    expected: expected::Agreed,
}

fn attempt(
    catalog: &Catalog,
    renderer: &Renderer,
    history: &History<'_>,
    sentence: &str,
    disguise: Disguise<'_>,
    recorded: &Timeline,
) -> Attempt {
    let happened = happened::happened(history, disguise, recorded);
    let frame = text::Frame::of(sentence, &recorded.clock, history, &happened);
    let file = SourceFile { path: PATH.to_owned(), text: frame.with(&[], &[]) };
    let expected = match script::read(&file, catalog) {
        Ok(script) => {
            let played = play(catalog, renderer, &script);
            expected::agreed(recorded, &played.timeline)
        }
        Err((_, diagnostics)) => {
            let differences = diagnostics.iter().map(|found| found.message.clone()).collect();
            expected::Agreed { lines: Vec::new(), differences }
        }
    };
    Attempt { happened, frame, expected }
}

/// The history as a timeline; it begins on the second.
fn recorded(catalog: &Catalog, history: &History<'_>) -> Timeline {
    let zone = history.traits.get("timezone").and_then(Value::as_str).and_then(Zone::named);
    let zone = zone.unwrap_or_else(|| catalog.policies.zone.clone());
    let start = history.entries.first().map_or(history.now, |entry| whole_second(entry.at));
    let mut timeline = Timeline::new(Clock::new(zone, start));
    for entry in history.entries {
        let taken =
            TakenInput { input: entry.input.clone(), effects: Vec::new(), record: entry.record.clone() };
        timeline.input(entry.at, &taken);
    }
    timeline
}

/// Whether the contact was heard of for the first time in this history.
fn is_whole(history: &History<'_>) -> bool {
    history
        .entries
        .first()
        .is_none_or(|entry| entry.record.iter().any(|line| matches!(line.decision, Decision::Created)))
}

/// The traits before the history began: those of today with every change undone, newest first.
fn first_traits(history: &History<'_>) -> Map<String, Value> {
    let mut traits = history.traits.clone();
    let lines = history.entries.iter().rev().flat_map(|entry| entry.record.iter().rev());
    for line in lines {
        if let Decision::TraitChanged { name, from, .. } = &line.decision {
            if from.is_null() {
                traits.remove(name);
            } else {
                traits.insert(name.clone(), from.clone());
            }
        }
    }
    traits
}

fn whole_second(at: Timestamp) -> Timestamp {
    Timestamp::from_millis(at.as_millis().div_euclid(1_000) * 1_000)
}

#[cfg(test)]
mod tests;
