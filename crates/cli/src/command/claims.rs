//! `wend claims`: identifiers that contacts claimed and did not get.

use clap::Subcommand;

use crate::args::General;
use crate::command::contact::rows;
use crate::exit::Failure;

const EXAMPLES: &str = "\
Examples:
  wend claims list
  wend claims dismiss ID
  wend contact merge 42 43 --reason 'the same person'   if two of them are one after all";

/// Identifiers that somebody else held first, or that are none.
#[derive(Debug, Subcommand)]
#[command(after_help = EXAMPLES)]
pub enum Claims {
    /// List refused claims, newest first, with the reason
    List {
        /// Only claims older than this one
        #[arg(long, value_name = "ID")]
        before: Option<String>,
        /// How many at most
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=1_000))]
        limit: u32,
    },
    /// Take a claim off the list that you have looked at
    Dismiss {
        /// Its id, from the list
        id: String,
    },
}

impl Claims {
    /// Prints the list or what was done.
    pub async fn run(&self, general: &General) -> Result<(), Failure> {
        let (client, output) = (general.client()?, general.output());
        match self {
            Self::List { before, limit } => {
                let mut query = vec![("limit", limit.to_string())];
                query.extend(before.clone().map(|before| ("before", before)));
                let answer = client.get(&["claims"], &query).await?;
                let columns = ["id", "last_at", "times", "kind", "value", "contact", "why"];
                output.finish(&answer, || rows(answer.get("claims"), &columns))
            }
            Self::Dismiss { id } => {
                let answer = client.delete(&["claims", id], &[]).await?;
                output.finish(&answer, || format!("claim {id} is off the list"))
            }
        }
    }
}
