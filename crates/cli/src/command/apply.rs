//! `wend apply`: a folder becomes the portfolio.

use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};

use crate::args::General;
use crate::command::base;
use crate::command::choices::{self, Choices};
use crate::command::plan::{shown, tell_warnings};
use crate::exit::Failure;
use crate::output::{member, plain};
use crate::portfolio;

const EXAMPLES: &str = "\
Examples:
  wend apply examples/shop
  wend apply examples/shop --migrate welcome --rollout welcome=10%:1d,100%
  wend apply examples/shop --base 7       refuses (exit code 7) if others changed files since revision 7
  wend apply examples/shop --expect 7     refuses if anything at all was published since revision 7

A folder that `wend pull` wrote remembers its revision: `--base` need not be given.";

/// Publishes a folder as the next revision of the portfolio: all of it, or nothing.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, after_long_help = format!("{EXAMPLES}\n\n{}", choices::EXAMPLES))]
pub struct Apply {
    /// The folder with workflows/, segments/, templates/ and policies.yaml
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// The revision that must still be the latest, as `wend plan` and `wend pull` show it
    #[arg(long, value_name = "REVISION")]
    expect: Option<u64>,
    /// The revision that the folder was made from, if not the one that it remembers
    #[arg(long, value_name = "REVISION")]
    base: Option<u64>,
    /// Publish whatever others changed since
    #[arg(long, conflicts_with_all = ["expect", "base"])]
    force: bool,
    /// What becomes of runs
    #[command(flatten)]
    choices: Choices,
}

impl Apply {
    /// Publishes, and prints what changed.
    pub async fn run(&self, general: &General) -> Result<(), Failure> {
        let files = portfolio::read(&self.folder)?;
        let client = general.client()?;
        let mut body = json!({ "files": files, "choices": self.choices.read()? });
        if let Some(expected) = self.expect {
            body["expected_revision"] = expected.into();
        }
        let remembered = base::known(&self.folder, client.base());
        if let Some(base) = self.base.or(remembered).filter(|_| !self.force && self.expect.is_none()) {
            body["base"] = base.into();
        }
        let progress = general.output().progress("applying", None);
        let answer = client.post(&["apply"], &body).await;
        progress.finish_and_clear();
        let answer = answer.map_err(|failure| explained(failure, &body, self.base.is_none()))?;
        tell_warnings(&answer, general);
        if let Some(revision) = answer.get("revision").and_then(Value::as_u64)
            && let Err(failure) = base::update(&self.folder, client.base(), revision)
        {
            general.output().note(&format!("the folder could not note its revision {revision}: {failure}"));
        }
        general.output().finish(&answer, || published(&answer))
    }
}

/// What was published, in words.
pub fn published(answer: &Value) -> String {
    let jobs: Vec<String> =
        answer.get("jobs").and_then(Value::as_array).into_iter().flatten().map(plain).collect();
    let jobs = if jobs.is_empty() { String::new() } else { format!("\njobs: {}", jobs.join(", ")) };
    format!("{}\npublished as revision {}{jobs}", shown(answer).trim_end(), member(answer, "revision"))
}

/// A folder may remember a server that isn't there any more.
fn explained(failure: Failure, body: &Value, is_remembered: bool) -> Failure {
    if failure.code() == "malformed" && is_remembered && body.get("base").is_some() {
        return failure.hint("the folder was pulled from another installation: pull again, or give --force");
    }
    failure
}
