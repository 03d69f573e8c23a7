//! `wend domain`: what a domain needs in DNS before mail from it arrives.

use clap::{Args, Subcommand};
use serde_json::Value;

use crate::args::General;
use crate::exit::{Exit, Failure};
use crate::output::member;

const EXAMPLES: &str = "\
Examples:
  wend domain check example.com
  wend domain check example.com --json | jq '.records[] | select(.state != \"good\")'

Exit code 1 if a record is missing or wrong. Changes nothing: publish the records with whoever runs the domain's DNS.";

/// Says which DNS records a domain needs, and looks whether they are there.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Domain {
    #[command(subcommand)]
    command: One,
}

#[derive(Debug, Subcommand)]
enum One {
    /// Print the records (SPF, DKIM, DMARC, the names of links and bounces) and how each is
    Check {
        /// The domain that mail is from
        domain: String,
    },
}

impl Domain {
    /// Prints the records; fails if one of them is missing or wrong.
    pub async fn run(&self, general: &General) -> Result<(), Failure> {
        let One::Check { domain } = &self.command;
        let answer = general.client()?.get(&["domains", domain], &[]).await?;
        general.output().finish(&answer, || shown(&answer))?;
        if answer.get("ok").and_then(Value::as_bool) == Some(true) {
            return Ok(());
        }
        if general.json {
            // The one document is out; what is left is the exit code.
            std::process::exit(Exit::Failed as i32);
        }
        Err(Failure::new(Exit::Failed, "domain", format!("{domain} lacks what mail needs to arrive")))
    }
}

/// Each record to be copied, and how it is.
fn shown(answer: &Value) -> String {
    let records = answer.get("records").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let mut lines = Vec::new();
    for record in records {
        let (state, purpose) = (member(record, "state"), member(record, "purpose"));
        lines.push(format!("{:<8} {purpose}", state.to_uppercase()));
        lines.push(format!("  {} {}", member(record, "name"), member(record, "kind")));
        lines.push(format!("    {}", member(record, "value")));
        for found in record.get("found").and_then(Value::as_array).into_iter().flatten() {
            if state != "good" {
                lines.push(format!("  there is: {}", found.as_str().unwrap_or_default()));
            }
        }
        let advice = member(record, "advice");
        if !advice.is_empty() {
            lines.push(format!("  {advice}"));
        }
    }
    lines.join("\n")
}
