//! `wend secret`: what webhook steps and hooks need to know, and nobody can read back.

use std::io::{IsTerminal as _, Read as _};

use anyhow::Context as _;
use clap::Subcommand;
use serde_json::json;

use crate::args::General;
use crate::command::contact::rows;
use crate::exit::Failure;

/// The largest secret that is read from stdin, in bytes; the server says how long one may be.
const READ_BYTES_MAX: u64 = 1024 * 1024;

const EXAMPLES: &str = "\
Examples:
  wend secret set crm < crm.key          webhook steps write {{ secrets.crm }}
  pass show crm | wend secret set crm
  wend secret list                       names only: a secret can't be read back
  wend secret remove crm";

/// Secrets of webhook steps and hooks.
#[derive(Debug, Subcommand)]
#[command(after_help = EXAMPLES)]
pub enum Secret {
    /// Set a secret, or another value of it, from stdin; the line's end is left out
    #[command(after_help = EXAMPLES)]
    Set {
        /// Its name: letters, digits, dashes and underscores
        name: String,
    },
    /// List the names, with when they were set and by whom
    List,
    /// Remove a secret; calls that use it fail from then on
    Remove {
        /// Its name
        name: String,
    },
}

impl Secret {
    /// Prints the list or what was done; never a secret.
    pub async fn run(&self, general: &General) -> Result<(), Failure> {
        let (client, output) = (general.client()?, general.output());
        match self {
            Self::Set { name } => {
                client.put(&["secrets", name], &json!({ "value": value()? })).await?;
                output.finish(&json!({ "secret": name, "set": true }), || format!("secret {name} is set"))
            }
            Self::List => {
                let answer = client.get(&["secrets"], &[]).await?;
                output.finish(&answer, || rows(answer.get("secrets"), &["name", "set_at", "set_by"]))
            }
            Self::Remove { name } => {
                client.delete(&["secrets", name], &[]).await?;
                output
                    .finish(&json!({ "secret": name, "removed": true }), || format!("secret {name} is gone"))
            }
        }
    }
}

/// A secret isn't an argument: those stand in the shell's history and in the list of processes.
fn value() -> Result<String, Failure> {
    let stdin = std::io::stdin();
    if stdin.is_terminal() {
        return Err(Failure::usage(
            "the secret is read from stdin, and this is a terminal that would show it",
        )
        .hint("wend secret set NAME < FILE"));
    }
    let mut text = String::new();
    stdin.take(READ_BYTES_MAX).read_to_string(&mut text).context("cannot read the secret from stdin")?;
    let value = text.strip_suffix('\n').unwrap_or(&text);
    let value = value.strip_suffix('\r').unwrap_or(value);
    if value.is_empty() {
        return Err(Failure::usage("stdin is empty: there is no secret in it"));
    }
    Ok(value.to_owned())
}
