//! `wend stuck`: inputs that could not be processed; the later ones of their contacts wait behind them.

use clap::Subcommand;
use serde_json::json;

use crate::args::General;
use crate::command::contact::rows;
use crate::exit::Failure;

const EXAMPLES: &str = "\
Examples:
  wend stuck list
  wend stuck retry 1042       after what was wrong is mended
  wend stuck drop 1042        gives it up; it stays in the audit log";

/// Inputs that could not be processed.
#[derive(Debug, Subcommand)]
#[command(after_help = EXAMPLES)]
pub enum Stuck {
    /// List them with the reason
    List {
        /// How many at most
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=1_000))]
        limit: u32,
    },
    /// Try one again
    Retry {
        /// Its number, from the list
        seq: u64,
    },
    /// Give one up, so that what waits behind it goes on
    Drop {
        /// Its number, from the list
        seq: u64,
    },
}

impl Stuck {
    /// Prints the list or what was done.
    pub async fn run(&self, general: &General) -> Result<(), Failure> {
        let (client, output) = (general.client()?, general.output());
        match self {
            Self::List { limit } => {
                let answer = client.get(&["stuck"], &[("limit", limit.to_string())]).await?;
                output
                    .finish(&answer, || rows(answer.get("inputs"), &["seq", "contact", "created_at", "why"]))
            }
            Self::Retry { seq } => {
                let answer = client.post(&["stuck", &seq.to_string(), "retry"], &json!({})).await?;
                output.finish(&answer, || format!("input {seq} is tried again"))
            }
            Self::Drop { seq } => {
                let answer = client.post(&["stuck", &seq.to_string(), "drop"], &json!({})).await?;
                output.finish(&answer, || format!("input {seq} is given up"))
            }
        }
    }
}
