//! Playing the tests of a portfolio: what `wend test` does with a folder, for files that may still be drafts.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wend_domain::compile::{Portfolio, compile};
use wend_domain::id::WorkspaceId;
use wend_domain::source;
use wend_domain::source::diagnostic::any_error;
use wend_lab::scenario::{self, Beside, Expected, Failure, Happened, Verdict, Watched};

use crate::api::publication::sources;
use crate::auth::Reader;
use crate::error::{Error, Refusals};
use crate::state::ServerState;
use crate::view::shown;
use crate::wire::{Body, SourceFile};

/// The most tests that one request plays.
const TESTS_MAX: usize = 200;

/// The files of a portfolio, and which of their tests to play.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TestFiles {
    /// The files: all of them, because policies, segments and other workflows take part.
    files: Vec<SourceFile>,
    /// Only the tests in these files. Default: all, at most 200.
    #[serde(default)]
    only: Vec<String>,
}

/// What came of tests.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TestsPlayed {
    /// What is wrong with the files; with an error among it no test is played.
    #[schema(value_type = Vec<crate::wire::Diagnostic>)]
    diagnostics: Vec<source::Diagnostic>,
    /// The tests, in the order of their paths.
    tests: Vec<PlayedTest>,
}

/// One test, and everything that happened in it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PlayedTest {
    /// Its file's path.
    file: String,
    /// The sentence that ought to be true; empty if the file can't be read that far.
    test: String,
    /// `passed`, `failed` or `unreadable`.
    verdict: &'static str,
    /// Why it is unreadable.
    #[schema(value_type = Vec<crate::wire::Diagnostic>)]
    diagnostics: Vec<source::Diagnostic>,
    /// The zone in which local times are told.
    zone: String,
    /// What kept it from being played to its end.
    trouble: Option<String>,
    /// What happened, in order.
    happened: Vec<HappenedView>,
    /// What was expected, in the file's order.
    expected: Vec<ExpectedView>,
    /// The steps that runs came by.
    steps: Vec<PlaceView>,
}

/// Something that happened in a test.
#[derive(Debug, Serialize, ToSchema)]
struct HappenedView {
    /// When.
    at: String,
    /// When, in local time.
    local: String,
    /// How long after the beginning.
    after: String,
    /// What.
    what: String,
    /// At which step, if it happened at one.
    place: Option<PlaceView>,
}

/// A step of a workflow.
#[derive(Debug, Serialize, ToSchema)]
struct PlaceView {
    /// The workflow.
    workflow: String,
    /// The step.
    step: String,
}

/// An expectation of a test, judged.
#[derive(Debug, Serialize, ToSchema)]
struct ExpectedView {
    /// The line of the file, from 1.
    line: u32,
    /// What was expected.
    what: String,
    /// What was there instead; none if it was as expected.
    instead: Option<String>,
    /// Beside which of the things that happened it is told, from 0.
    row: Option<usize>,
    /// The instant at which it should have happened, if it is told at none of them.
    at: Option<String>,
}

/// Plays the tests among files in virtual time, by the rules that production uses, and tells everything that happened
/// in each. Nothing is sent and nothing is kept.
#[utoipa::path(
    post,
    path = "/api/v1/test",
    tag = "portfolio",
    operation_id = "play_tests",
    summary = "Play the tests of a portfolio",
    request_body = TestFiles,
    security(("key" = ["read"])),
    responses((status = 200, body = TestsPlayed), Refusals),
)]
pub(crate) async fn play(
    Reader(caller): Reader,
    State(_): State<ServerState>,
    Body(wanted): Body<TestFiles>,
) -> Result<Json<TestsPlayed>, Error> {
    let only: BTreeSet<String> = wanted.only.into_iter().collect();
    let files = sources(wanted.files)?;
    let is_wanted = |file: &source::SourceFile| only.is_empty() || only.contains(&file.path);
    let n_tests = files.iter().filter(|file| scenario::is_test(file) && is_wanted(file)).count();
    if n_tests > TESTS_MAX {
        return Err(Error::TooLarge(format!(
            "{n_tests} tests are to be played, more than {TESTS_MAX}: name some in `only`"
        )));
    }
    // A year of a contact takes some milliseconds, and there may be many tests.
    let played = tokio::task::spawn_blocking(move || played(&caller.workspace, files, &only));
    Ok(Json(played.await.map_err(Error::internal)?))
}

fn played(workspace: &WorkspaceId, files: Vec<source::SourceFile>, only: &BTreeSet<String>) -> TestsPlayed {
    let portfolio = Portfolio { files, ..Portfolio::default() };
    let compiled = compile(workspace, 1, &portfolio);
    let diagnostics = compiled.diagnostics;
    let Some(catalog) = compiled.catalog.filter(|_| !any_error(&diagnostics)) else {
        return TestsPlayed { diagnostics, tests: Vec::new() };
    };
    let mut wanted: Vec<&source::SourceFile> =
        portfolio.files.iter().filter(|file| only.is_empty() || only.contains(&file.path)).collect();
    wanted.sort_by(|one, other| one.path.cmp(&other.path));
    let tests = scenario::watch_all(&catalog, wanted).into_iter().map(PlayedTest::from).collect();
    TestsPlayed { diagnostics, tests }
}

impl From<Watched> for PlayedTest {
    fn from(watched: Watched) -> Self {
        let Watched { outcome, story } = watched;
        let place = |(workflow, step): (&dyn ToString, &dyn ToString)| PlaceView {
            workflow: workflow.to_string(),
            step: step.to_string(),
        };
        let steps = outcome.reached.steps().map(|(workflow, step)| place((workflow, step))).collect();
        let (verdict, diagnostics) = match outcome.verdict {
            Verdict::Passed => ("passed", Vec::new()),
            Verdict::Failed(_) => ("failed", Vec::new()),
            Verdict::Unreadable { diagnostics } => ("unreadable", diagnostics),
        };
        let (zone, happened, expected, trouble) = match story {
            Some(Failure { zone, expected, happened, trouble }) => (zone, happened, expected, trouble),
            None => Default::default(),
        };
        Self {
            file: outcome.file,
            test: outcome.test,
            verdict,
            diagnostics,
            zone,
            trouble,
            happened: happened.into_iter().map(HappenedView::from).collect(),
            expected: expected.into_iter().map(ExpectedView::from).collect(),
            steps,
        }
    }
}

impl From<Happened> for HappenedView {
    fn from(happened: Happened) -> Self {
        let Happened { at, local, after, what, place } = happened;
        let place = place
            .map(|(workflow, step)| PlaceView { workflow: workflow.to_string(), step: step.to_string() });
        Self { at: shown(at), local, after, what, place }
    }
}

impl From<Expected> for ExpectedView {
    fn from(expected: Expected) -> Self {
        let Expected { line, what, instead, beside } = expected;
        let (row, at) = match beside {
            Beside::Row(row) => (Some(row), None),
            Beside::At { at, .. } => (None, Some(shown(at))),
            Beside::End => (None, None),
        };
        Self { line, what, instead, row, at }
    }
}
