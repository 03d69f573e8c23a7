//! `wend list`: static lists, which people and steps put contacts on.

use clap::Subcommand;

use crate::args::General;
use crate::command::contact::rows;
use crate::command::segment::{Page, contacts, grown};
use crate::exit::Failure;
use crate::output::member;

const EXAMPLES: &str = "\
Examples:
  wend list all
  wend list show fair-2026 --days 90
  wend list members fair-2026 --limit 1000 --json
  wend contact list 42 add fair-2026
  wend bulk --segment vips --reason 'guests of the fair' list add fair-2026";

/// Static lists. A list exists as soon as somebody is put on it: `wend contact list`, `wend bulk`, or a step.
#[derive(Debug, Subcommand)]
#[command(after_help = EXAMPLES)]
pub enum List {
    /// All lists with how many contacts are on each
    All,
    /// Show a list: how many contacts, and how that came about
    Show {
        /// Its name
        name: String,
        /// How many days of growth to show
        #[arg(long, default_value_t = 14, value_parser = clap::value_parser!(u32).range(1..=400))]
        days: u32,
    },
    /// The contacts on a list
    Members {
        /// Its name
        name: String,
        /// Which of them
        #[command(flatten)]
        page: Page,
    },
}

impl List {
    /// Prints what was asked for.
    pub async fn run(&self, general: &General) -> Result<(), Failure> {
        let (client, output) = (general.client()?, general.output());
        match self {
            Self::All => {
                let answer = client.get(&["lists"], &[]).await?;
                output.finish(&answer, || rows(answer.get("lists"), &["name", "n_contacts"]))
            }
            Self::Show { name, days } => {
                let list = client.get(&["lists", name], &[("days", days.to_string())]).await?;
                output.finish(&list, || {
                    format!("list      {name}\ncontacts  {}\n\n{}", member(&list, "n_contacts"), grown(&list))
                })
            }
            Self::Members { name, page } => {
                let members = page.all(&client, output, &["lists", name, "members"]).await?;
                output.finish(&members, || contacts(&members))
            }
        }
    }
}
