//! A folder, and what came of its tests.

use std::num::NonZero;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use wend_domain::catalog::Catalog;
use wend_domain::compile::{Portfolio, compile};
use wend_domain::id::WorkspaceId;
use wend_domain::source::diagnostic::any_error;
use wend_domain::source::{SourceFile, yaml};
use wend_lab::scenario::{self, Coverage, Outcome, Reached, Verdict};
use wend_render::Renderer;

use crate::exit::{Exit, Failure};
use crate::output::counted;
use crate::portfolio;

/// What came of the tests of a folder.
pub struct Round {
    /// By path.
    pub tests: Vec<Played>,
    /// What of the workflows they reached.
    pub coverage: Coverage,
    /// How long it took in all, from reading the files on.
    pub took: Duration,
}

/// One test, and how long it took.
pub struct Played {
    pub outcome: Outcome,
    pub took: Duration,
}

impl Round {
    /// How many tests didn't pass.
    pub fn n_failed(&self) -> usize {
        self.tests.iter().filter(|played| !played.outcome.has_passed()).count()
    }

    /// How many tests couldn't be played.
    pub fn n_unreadable(&self) -> usize {
        let unreadable = |played: &&Played| matches!(played.outcome.verdict, Verdict::Unreadable { .. });
        self.tests.iter().filter(unreadable).count()
    }
}

/// Reads a folder and plays its tests.
pub fn round(folder: &Path, filter: Option<&str>) -> Result<Round, Failure> {
    let begun = Instant::now();
    let files = portfolio::read(folder)?;
    round_of(folder, files, filter, begun)
}

/// Plays the tests among files that were read.
pub fn round_of(
    folder: &Path,
    files: Vec<SourceFile>,
    filter: Option<&str>,
    begun: Instant,
) -> Result<Round, Failure> {
    let diagnostics = portfolio::diagnostics(files.clone());
    if any_error(&diagnostics) {
        let n_errors = diagnostics.iter().filter(|found| found.is_error()).count();
        let message = format!("{} in {}", counted(n_errors as u64, "error"), folder.display());
        return Err(Failure::new(Exit::Invalid, "invalid", message).diagnostics(diagnostics));
    }
    let portfolio = Portfolio { files, ..Portfolio::default() };
    let compiled = compile(&WorkspaceId::from("default"), 1, &portfolio);
    let Some(catalog) = compiled.catalog else {
        let message = format!("{} can't be compiled", folder.display());
        return Err(Failure::new(Exit::Invalid, "invalid", message).diagnostics(compiled.diagnostics));
    };
    let chosen = choose(folder, &portfolio.files, filter)?;
    let tests = play_all(&catalog, &chosen);
    let mut reached = Reached::default();
    for played in &tests {
        reached.add(&played.outcome.reached);
    }
    let coverage = scenario::coverage(&catalog, &portfolio.files, &reached);
    Ok(Round { tests, coverage, took: begun.elapsed() })
}

/// The tests that are asked for.
fn choose<'f>(
    folder: &Path,
    files: &'f [SourceFile],
    filter: Option<&str>,
) -> Result<Vec<&'f SourceFile>, Failure> {
    let all: Vec<&SourceFile> = files.iter().filter(|file| scenario::is_test(file)).collect();
    if all.is_empty() {
        let message = format!("{} has no test", folder.display());
        return Err(Failure::new(Exit::NotFound, "no_tests", message)
            .hint("write one as tests/NAME.test.yaml: docs/testing.md shows how"));
    }
    let Some(text) = filter.map(str::to_lowercase) else { return Ok(all) };
    let n_all = all.len();
    let chosen: Vec<&SourceFile> = all.into_iter().filter(|file| matches(file, &text)).collect();
    if chosen.is_empty() {
        let message = format!(
            "none of the {} in {} has `{text}` in its file's name or its sentence",
            counted(n_all as u64, "test"),
            folder.display()
        );
        return Err(Failure::new(Exit::NotFound, "no_tests", message).hint("leave out --filter to play all"));
    }
    Ok(chosen)
}

fn matches(file: &SourceFile, text: &str) -> bool {
    let sentence = || yaml::parse(file).0.and_then(|node| node.text_of("test").map(str::to_lowercase));
    file.path.to_lowercase().contains(text) || sentence().is_some_and(|sentence| sentence.contains(text))
}

/// Plays tests on all cores; the results are in the order of the tests.
fn play_all(catalog: &Catalog, tests: &[&SourceFile]) -> Vec<Played> {
    let renderer = Renderer::new(catalog);
    let n_threads = thread::available_parallelism().map_or(1, NonZero::get).min(tests.len());
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, Played)>> = Mutex::new(Vec::with_capacity(tests.len()));
    let work = || {
        while let Some((n, file)) = {
            let n = next.fetch_add(1, Ordering::Relaxed);
            tests.get(n).map(|file| (n, file))
        } {
            let begun = Instant::now();
            let outcome = scenario::run(catalog, &renderer, file);
            let played = Played { outcome, took: begun.elapsed() };
            done.lock().expect("nobody panics while holding it").push((n, played));
        }
    };
    thread::scope(|scope| {
        for _ in 0..n_threads {
            scope.spawn(work);
        }
    });
    let mut done = done.into_inner().expect("nobody panics while holding it");
    done.sort_by_key(|(n, _)| *n);
    done.into_iter().map(|(_, played)| played).collect()
}
