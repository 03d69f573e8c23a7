//! A test file, played in virtual time and judged.
//!
//! Read in this order: [`script`] (what a test file says), [`play`] (how it is played), [`timeline`] (what happened, in
//! the words of [`telling`] and by the [`clock`]), [`judge`] (whether it was as expected), [`report`] (how that is
//! told), [`coverage`] (where the runs of all tests came by, and where none did); [`recording`] (a test
//! made of a real contact's history).

mod clock;
mod coverage;
mod judge;
mod play;
mod recording;
mod report;
mod script;
mod telling;
mod timeline;

#[cfg(test)]
mod tests;

use wend_domain::catalog::Catalog;
use wend_domain::source::SourceFile;
use wend_domain::source::grammar::FileKind;
use wend_render::Renderer;

pub use coverage::{Count, Coverage, Missed, Reached, WorkflowCoverage, coverage};
pub use recording::{Entry, History, Keep, Recording, recording};
pub use report::{Beside, Expected, Failure, Happened, Outcome, Verdict};

/// Whether a file of a portfolio is a test.
pub fn is_test(file: &SourceFile) -> bool {
    FileKind::of_path(&file.path) == Some(FileKind::Test)
}

/// Plays a test file against a compiled portfolio.
pub fn run(catalog: &Catalog, renderer: &Renderer, file: &SourceFile) -> Outcome {
    let script = match script::read(file, catalog) {
        Ok(script) => script,
        Err((test, diagnostics)) => {
            let verdict = Verdict::Unreadable { diagnostics };
            return Outcome { file: file.path.clone(), test, verdict, reached: Reached::default() };
        }
    };
    let played = play::play(catalog, renderer, &script);
    let expected = judge::judge(catalog, &script, &played);
    let is_as_expected = expected.iter().all(|expected| expected.instead.is_none());
    let verdict = if is_as_expected && played.timeline.trouble.is_none() {
        Verdict::Passed
    } else {
        Verdict::Failed(played.timeline.failure(expected))
    };
    Outcome { file: file.path.clone(), test: script.test, verdict, reached: played.timeline.reached }
}
