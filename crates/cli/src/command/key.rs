//! `wend key`: who may do what.

use clap::{Subcommand, ValueEnum};
use serde_json::json;

use crate::args::General;
use crate::command::contact::rows;
use crate::exit::Failure;
use crate::output::member;

const EXAMPLES: &str = "\
Examples:
  wend key create --scope ingest                      prints a write key for websites and apps, alone on stdout
  wend key create --scope manage --name ci            a secret key for apply and plan
  wend key list
  wend key revoke ID";

/// Makes, lists and revokes keys.
#[derive(Debug, Subcommand)]
#[command(after_help = EXAMPLES)]
pub enum Key {
    /// Make a key and print it; it is shown this once and kept only as a hash
    #[command(after_help = EXAMPLES)]
    Create {
        /// What it may do
        #[arg(long)]
        scope: Scope,
        /// What people call it, in lists and in the audit log
        #[arg(long, default_value = "")]
        name: String,
        /// The workspace that it belongs to, if not that of the key that asks
        #[arg(long)]
        workspace: Option<String>,
    },
    /// List keys, without the keys themselves
    List,
    /// Revoke a key; it stops working at once
    Revoke {
        /// Its id, from the list
        id: String,
    },
}

/// What a key may do.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Scope {
    /// Send events
    Ingest,
    /// Read everything
    Read,
    /// Read and change the portfolio, contacts and messages
    Manage,
    /// All, with keys, workspaces and back-ups
    Admin,
}

impl Key {
    /// Prints the key or the list.
    pub async fn run(&self, general: &General) -> Result<(), Failure> {
        let (client, output) = (general.client()?, general.output());
        match self {
            Self::Create { scope, name, workspace } => {
                let scope =
                    scope.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default();
                let name = if name.is_empty() { scope.clone() } else { name.clone() };
                let mut body = json!({ "scope": scope, "name": name });
                if let Some(workspace) = workspace {
                    body["workspace"] = workspace.as_str().into();
                }
                let answer = client.post(&["keys"], &body).await?;
                output.finish(&answer, || member(&answer, "secret"))
            }
            Self::List => {
                let answer = client.get(&["keys"], &[]).await?;
                let columns = ["id", "name", "scope", "created_at", "revoked_at"];
                output.finish(&answer, || rows(answer.get("keys"), &columns))
            }
            Self::Revoke { id } => {
                let answer = client.delete(&["keys", id], &[]).await?;
                output.finish(&answer, || format!("key {id} is revoked"))
            }
        }
    }
}
