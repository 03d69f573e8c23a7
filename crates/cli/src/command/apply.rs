//! `wend apply`: a folder becomes the portfolio.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use crate::args::General;
use crate::command::plan::{shown, tell_warnings};
use crate::exit::Failure;
use crate::output::member;
use crate::portfolio;

const EXAMPLES: &str = "\
Examples:
  wend apply examples/shop
  wend apply examples/shop --expect 7     refuses (exit code 7) if somebody else published meanwhile";

/// Publishes a folder as the next revision of the portfolio: all of it, or nothing.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Apply {
    /// The folder with workflows/, segments/, templates/ and policies.yaml
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// The revision that must still be the latest, as `wend plan` and `wend pull` show it
    #[arg(long, value_name = "REVISION")]
    expect: Option<u64>,
}

impl Apply {
    /// Publishes, and prints what changed.
    pub async fn run(&self, general: &General) -> Result<(), Failure> {
        let files = portfolio::read(&self.folder)?;
        let progress = general.output().progress("applying", None);
        let mut body = json!({ "files": files });
        if let Some(expected) = self.expect {
            body["expected_revision"] = expected.into();
        }
        let answer = general.client()?.post(&["apply"], &body).await;
        progress.finish_and_clear();
        let answer = answer?;
        tell_warnings(&answer, general);
        general.output().finish(&answer, || {
            format!("{}\npublished as revision {}", shown(&answer).trim_end(), member(&answer, "revision"))
        })
    }
}
