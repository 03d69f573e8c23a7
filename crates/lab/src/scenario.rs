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

/// A test file's outcome with everything that happened in it, whether or not it passed.
#[derive(Debug, Clone, PartialEq)]
pub struct Watched {
    /// What came of it.
    pub outcome: Outcome,
    /// What happened, beside what was expected; none if the file can't be read.
    pub story: Option<Failure>,
}

/// Plays a test file against a compiled portfolio.
pub fn run(catalog: &Catalog, renderer: &Renderer, file: &SourceFile) -> Outcome {
    watch(catalog, renderer, file).outcome
}

/// Plays those of the files that are tests, and tells everything that happened in them.
pub fn watch_all<'f>(catalog: &Catalog, files: impl IntoIterator<Item = &'f SourceFile>) -> Vec<Watched> {
    let renderer = Renderer::new(catalog);
    files.into_iter().filter(|file| is_test(file)).map(|file| watch(catalog, &renderer, file)).collect()
}

fn watch(catalog: &Catalog, renderer: &Renderer, file: &SourceFile) -> Watched {
    let script = match script::read(file, catalog) {
        Ok(script) => script,
        Err((test, diagnostics)) => {
            let verdict = Verdict::Unreadable { diagnostics };
            let outcome = Outcome { file: file.path.clone(), test, verdict, reached: Reached::default() };
            return Watched { outcome, story: None };
        }
    };
    let played = play::play(catalog, renderer, &script);
    let expected = judge::judge(catalog, &script, &played);
    let is_as_expected = expected.iter().all(|expected| expected.instead.is_none());
    let has_passed = is_as_expected && played.timeline.trouble.is_none();
    let story = played.timeline.failure(expected);
    let verdict = if has_passed { Verdict::Passed } else { Verdict::Failed(story.clone()) };
    let reached = played.timeline.reached;
    let outcome = Outcome { file: file.path.clone(), test: script.test, verdict, reached };
    Watched { outcome, story: Some(story) }
}
