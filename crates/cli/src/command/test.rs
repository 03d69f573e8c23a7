//! `wend test`: plays the tests of a portfolio in virtual time, by the rules that production uses.
//!
//! Read in this order: [`play`] (a folder, and what came of its tests), [`report`] (how that is told to people and
//! scripts), [`junit`] (and to a build server), [`watch`] (again and again), [`record`] (a test made
//! of a real contact's history).

mod junit;
mod play;
mod record;
mod report;
mod watch;

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use crate::args::General;
use crate::exit::{Exit, Failure};
use crate::output::{counted, say};
use crate::portfolio::write_whole;

use play::Round;

const EXAMPLES: &str = "\
Examples:
  wend test examples/shop
  wend test examples/shop --filter cart          only tests whose file or sentence has `cart` in it
  wend test examples/shop --watch                again whenever a file changes, until Ctrl-C
  wend test examples/shop --junit tests.xml      for a build server
  wend test examples/shop --coverage             which steps, ways and time-outs no test reaches
  wend test examples/shop --coverage-min 90      fails below
  wend test examples/shop --json | jq '.tests[] | select(.verdict != \"passed\")'
  wend test record 42 --out examples/shop/tests/real.test.yaml

Each file tests/NAME.test.yaml is one test: a contact, what happens to it and when, and what must
have come of it. The whole portfolio takes part, so that caps, quiet hours and priorities act as
they will in production. No server is needed.

Exit code 1 if a test fails or the coverage is too low, 3 if a file is invalid, 4 if there is no test.";

/// Plays the tests of a folder in virtual time.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Test {
    /// Make a test instead
    #[command(subcommand)]
    make: Option<Make>,
    /// What to play
    #[command(flatten)]
    play: Play,
}

/// How to make a test.
#[derive(Debug, Subcommand)]
enum Make {
    /// Write a test that says what happened to a real contact
    Record(record::Record),
}

/// Which tests to play, and how to tell what came of them.
#[derive(Debug, Args)]
struct Play {
    /// The folder with workflows/, segments/, templates/, tests/ and policies.yaml
    #[arg(value_name = "DIR", required = true)]
    folder: Option<PathBuf>,
    /// Only tests whose file or sentence contains this text, in any case
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
    /// Play them again whenever a file of the folder changes, until Ctrl-C
    #[arg(long)]
    watch: bool,
    /// Write the results as JUnit XML
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Tell which steps, branches, alternatives and time-outs no test reaches
    #[arg(long)]
    coverage: bool,
    /// Fail if less of the workflows than this is reached, in percent
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(0..=100))]
    coverage_min: Option<u8>,
}

impl Test {
    /// Plays, prints every result, and fails if a test does; or makes a test.
    pub async fn run(&self, general: &General) -> Result<(), Failure> {
        match &self.make {
            Some(Make::Record(record)) => record.run(general).await,
            None => self.play.run(general).await,
        }
    }
}

impl Play {
    /// The folder: the command line has one unless a test is made.
    fn folder(&self) -> &Path {
        self.folder.as_deref().unwrap_or(Path::new("."))
    }

    async fn run(&self, general: &General) -> Result<(), Failure> {
        if self.watch {
            if general.json {
                return Err(Failure::usage("--json prints one document, and --watch never ends")
                    .hint("leave out one of them"));
            }
            return watch::watch(self, general).await;
        }
        let round = play::round(self.folder(), self.filter.as_deref())?;
        self.tell(general, &round)?;
        match self.failure(&round) {
            None => Ok(()),
            // The one document is out; what is left is the exit code.
            Some(failure) if general.json => std::process::exit(failure.exit() as i32),
            Some(failure) => Err(failure),
        }
    }

    /// Prints the results, and writes them where they are wanted.
    fn tell(&self, general: &General, round: &Round) -> Result<(), Failure> {
        if let Some(path) = &self.junit {
            write_whole(path, junit::document(&self.folder().display().to_string(), round).as_bytes())?;
        }
        let coverage = (self.coverage || self.coverage_min.is_some()).then_some(&round.coverage);
        let document = report::document(round, coverage);
        if general.json {
            return say(&document.to_string());
        }
        general.output().finish(&document, || report::text(round, coverage))
    }

    /// What is wrong with the results, if anything.
    fn failure(&self, round: &Round) -> Option<Failure> {
        let (n_tests, n_failed) = (round.tests.len(), round.n_failed());
        if n_failed > 0 {
            let exit = if round.n_unreadable() > 0 { Exit::Invalid } else { Exit::Failed };
            let message = format!("{n_failed} of {} failed", counted(n_tests as u64, "test"));
            return Some(Failure::new(exit, "tests_failed", message));
        }
        let percent = round.coverage.all.percent();
        let min = self.coverage_min.map(usize::from).filter(|min| percent < *min)?;
        let message = format!("the tests reach {percent} % of the workflows, less than {min} %");
        Some(
            Failure::new(Exit::Failed, "coverage_too_low", message)
                .hint("write tests for what is listed as never reached"),
        )
    }
}
