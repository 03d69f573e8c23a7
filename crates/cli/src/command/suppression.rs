//! `wend suppression`: addresses that must not be used, whoever has them.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::args::General;
use crate::command::contact::rows;
use crate::exit::Failure;
use crate::output::member;

/// How many addresses one request has.
const ADDRESSES_AT_ONCE: usize = 1_000;

/// The largest file of addresses that is read, in bytes.
const READ_BYTES_MAX: u64 = 64 * 1024 * 1024;

const EXAMPLES: &str = "\
Examples:
  wend suppression list
  wend suppression find ada@example.com
  wend suppression add ada@example.com --reason 'asked by letter'
  wend suppression add --file complaints.txt --reason 'list of the old provider'
  wend suppression remove ada@example.com --reason 'a mistake'";

/// Addresses that must not be used, whoever has them.
#[derive(Debug, Subcommand)]
#[command(after_help = EXAMPLES)]
pub enum Suppression {
    /// List them, with the reason
    List {
        /// Only those after this one: `next` of the page before
        #[arg(long, value_name = "TEXT")]
        after: Option<String>,
        /// How many at most
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=1_000))]
        limit: u32,
    },
    /// Say whether an address is on the list
    Find {
        /// The address
        address: String,
        /// Its channel
        #[arg(long, default_value = "email")]
        channel: String,
    },
    /// Put addresses on the list; contacts need not have them yet
    Add(Addresses),
    /// Take addresses off the list
    Remove(Addresses),
}

/// Which addresses, and why.
#[derive(Debug, Args)]
pub struct Addresses {
    /// The addresses
    #[arg(value_name = "ADDRESS", required_unless_present = "file")]
    listed: Vec<String>,
    /// A file with one address a line; `-` for stdin
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// Their channel
    #[arg(long, default_value = "email")]
    channel: String,
    /// Why, in your words
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

impl Suppression {
    /// Prints the list or what was done.
    pub async fn run(&self, general: &General) -> Result<(), Failure> {
        let (client, output) = (general.client()?, general.output());
        let columns = ["channel", "address", "since", "by", "reason"];
        match self {
            Self::List { after, limit } => {
                let mut query = vec![("limit", limit.to_string())];
                query.extend(after.clone().map(|after| ("after", after)));
                let answer = client.get(&["suppressions"], &query).await?;
                output.finish(&answer, || {
                    let list = rows(answer.get("suppressions"), &columns);
                    match member(&answer, "next") {
                        next if next.is_empty() => list,
                        next => format!("{list}more: --after {next}\n"),
                    }
                })
            }
            Self::Find { address, channel } => {
                let query = [("address", address.clone()), ("channel", channel.clone())];
                let answer = client.get(&["suppressions"], &query).await?;
                output.finish(&answer, || rows(answer.get("suppressions"), &columns))
            }
            Self::Add(addresses) => {
                let (taken, _) = addresses.send(general, &["suppressions"]).await?;
                output.finish(&json!({ "taken": taken }), || format!("{taken} suppressed"))
            }
            Self::Remove(addresses) => {
                let (taken, unknown) = addresses.send(general, &["suppressions", "remove"]).await?;
                output.finish(&json!({ "taken": taken, "unknown": unknown }), || {
                    format!("{taken} may be used again; {} were not on the list", unknown.len())
                })
            }
        }
    }
}

impl Addresses {
    /// Sends them in portions; answers how many were taken, and those that were unknown.
    async fn send(&self, general: &General, path: &[&str]) -> Result<(u64, Vec<Value>), Failure> {
        let client = general.client()?;
        let mut addresses = self.listed.clone();
        if let Some(file) = &self.file {
            addresses.extend(read(file)?);
        }
        let (mut taken, mut unknown) = (0, Vec::new());
        for some in addresses.chunks(ADDRESSES_AT_ONCE) {
            let body = json!({ "addresses": some, "channel": self.channel, "reason": self.reason });
            let answer = client.post(path, &body).await?;
            taken += answer.get("taken").and_then(Value::as_u64).unwrap_or_default();
            unknown.extend(answer.get("unknown").and_then(Value::as_array).cloned().unwrap_or_default());
        }
        Ok((taken, unknown))
    }
}

/// The lines of a file that aren't empty.
fn read(file: &Path) -> Result<Vec<String>, Failure> {
    let mut text = String::new();
    let shown = file.display();
    if file == Path::new("-") {
        std::io::stdin().take(READ_BYTES_MAX).read_to_string(&mut text).context("cannot read stdin")?;
    } else {
        let opened = std::fs::File::open(file).with_context(|| format!("cannot open {shown}"))?;
        opened
            .take(READ_BYTES_MAX)
            .read_to_string(&mut text)
            .with_context(|| format!("cannot read {shown}"))?;
    }
    Ok(text.lines().map(str::trim).filter(|line| !line.is_empty()).map(ToOwned::to_owned).collect())
}
