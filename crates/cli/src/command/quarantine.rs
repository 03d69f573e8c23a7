//! `wend quarantine`: events that were refused, with the reason.

use anyhow::Context as _;
use clap::Subcommand;
use serde_json::{Value, json};

use crate::args::General;
use crate::command::contact::rows;
use crate::exit::Failure;

const EXAMPLES: &str = "\
Examples:
  wend quarantine list
  wend quarantine resend ID
  wend quarantine resend ID --event '{\"type\": \"track\", \"userId\": \"42\", \"event\": \"Signed Up\"}'
  wend quarantine drop ID";

/// Events that were refused.
#[derive(Debug, Subcommand)]
#[command(after_help = EXAMPLES)]
pub enum Quarantine {
    /// List refused events, newest first, with the reason
    List {
        /// Only events older than this one
        #[arg(long, value_name = "ID")]
        before: Option<String>,
        /// How many at most
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=1_000))]
        limit: u32,
    },
    /// Send an event again, as it was or mended
    Resend {
        /// Its id, from the list
        id: String,
        /// The mended event, as JSON
        #[arg(long, value_name = "JSON")]
        event: Option<String>,
    },
    /// Drop an event for good
    Drop {
        /// Its id, from the list
        id: String,
    },
}

impl Quarantine {
    /// Prints the list or what was done.
    pub async fn run(&self, general: &General) -> Result<(), Failure> {
        let (client, output) = (general.client()?, general.output());
        match self {
            Self::List { before, limit } => {
                let mut query = vec![("limit", limit.to_string())];
                query.extend(before.clone().map(|before| ("before", before)));
                let answer = client.get(&["quarantine"], &query).await?;
                output.finish(&answer, || rows(answer.get("events"), &["id", "at", "reason", "event"]))
            }
            Self::Resend { id, event } => {
                let mut body = json!({});
                if let Some(event) = event {
                    body["event"] = serde_json::from_str::<Value>(event)
                        .context("--event isn't JSON")
                        .map_err(|error| Failure::usage(format!("{error:#}")))?;
                }
                let answer = client.post(&["quarantine", id, "resend"], &body).await?;
                output.finish(&answer, || format!("event {id} was taken in"))
            }
            Self::Drop { id } => {
                let answer = client.delete(&["quarantine", id], &[]).await?;
                output.finish(&answer, || format!("event {id} is gone"))
            }
        }
    }
}
