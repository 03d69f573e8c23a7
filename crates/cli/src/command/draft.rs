//! `wend draft`: files that somebody works on and has not published.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::args::General;
use crate::client::Client;
use crate::command::apply::published;
use crate::command::choices::{self, Choices};
use crate::command::contact::rows;
use crate::command::plan::tell_warnings;
use crate::exit::{Exit, Failure};
use crate::output::{Output, member};

const EXAMPLES: &str = "\
Examples:
  wend draft save workflows/welcome.yaml --from shop/workflows/welcome.yaml
  wend draft show workflows/welcome.yaml > welcome.yaml
  wend draft save workflows/welcome.yaml --from welcome.yaml --expect 1
  wend draft publish workflows/welcome.yaml --migrate welcome
  wend draft remove workflows/welcome.yaml

A draft is named by the path that its file has in the portfolio.";

/// Files that somebody works on and has not published.
#[derive(Debug, Subcommand)]
#[command(after_help = EXAMPLES)]
pub enum Draft {
    /// List drafts
    List,
    /// Print a draft's text
    Show {
        /// The path of its file
        path: String,
    },
    /// Save a draft; it may be half done
    #[command(after_help = EXAMPLES)]
    Save(Save),
    /// Throw a draft away; what is published stays
    Remove {
        /// The path of its file
        path: String,
        /// The revision of the draft that must still be the latest
        #[arg(long, value_name = "REVISION")]
        expect: Option<u64>,
    },
    /// Publish a draft: the other files stay as they are published
    #[command(after_long_help = choices::EXAMPLES)]
    Publish(Publish),
}

/// What to save.
#[derive(Debug, Args)]
pub struct Save {
    /// The path of its file
    path: String,
    /// The text; stdin if it is `-`
    #[arg(long, value_name = "FILE", default_value = "-")]
    from: PathBuf,
    /// The revision of the draft that was looked at; 0 for a new one
    #[arg(long, value_name = "REVISION", default_value_t = 0)]
    expect: u64,
    /// Save it whatever others saved meanwhile
    #[arg(long, conflicts_with = "expect")]
    force: bool,
    /// The revision of the portfolio whose file it began with, if not the latest
    #[arg(long, value_name = "REVISION")]
    base: Option<u64>,
}

/// What to publish.
#[derive(Debug, Args)]
pub struct Publish {
    /// The path of its file
    path: String,
    /// The revision of the draft that must still be the latest
    #[arg(long, value_name = "REVISION")]
    expect: Option<u64>,
    /// What becomes of runs
    #[command(flatten)]
    choices: Choices,
}

impl Draft {
    /// Prints the drafts, or what was done.
    pub async fn run(&self, general: &General) -> Result<(), Failure> {
        let (client, output) = (general.client()?, general.output());
        match self {
            Self::List => {
                let answer = client.get(&["drafts"], &[]).await?;
                let columns = ["path", "revision", "base_revision", "saved_at", "saved_by"];
                output.finish(&answer, || rows(answer.get("drafts"), &columns))
            }
            Self::Show { path } => {
                let answer = client.get(&["drafts", path], &[]).await?;
                if answer.get("is_behind").and_then(Value::as_bool) == Some(true) {
                    output.note("somebody published another text of this file since the draft was begun");
                }
                output.note(&format!(
                    "revision {}, by {}",
                    member(&answer, "revision"),
                    member(&answer, "saved_by")
                ));
                output.finish(&answer, || member(&answer, "text"))
            }
            Self::Save(save) => save.run(&client, output).await,
            Self::Remove { path, expect } => {
                let query: Vec<(&str, String)> =
                    expect.iter().map(|revision| ("revision", revision.to_string())).collect();
                client.delete(&["drafts", path], &query).await?;
                output.finish(&json!({ "path": path, "removed": true }), || format!("draft {path} is gone"))
            }
            Self::Publish(publish) => {
                let Publish { path, expect, choices } = publish;
                let revision = match expect {
                    Some(revision) => *revision,
                    None => revision(&client, path).await?.unwrap_or_default(),
                };
                let body = json!({ "revision": revision, "choices": choices.read()? });
                let answer = client.post(&["drafts", path, "publish"], &body).await?;
                tell_warnings(&answer, general);
                output.finish(&answer, || published(&answer))
            }
        }
    }
}

impl Save {
    async fn run(&self, client: &Client, output: Output) -> Result<(), Failure> {
        let Self { path, from, expect, force, base } = self;
        let text = if from == Path::new("-") {
            std::io::read_to_string(std::io::stdin()).context("cannot read the draft from stdin")?
        } else {
            std::fs::read_to_string(from).with_context(|| format!("cannot read {}", from.display()))?
        };
        let expected = if *force { revision(client, path).await?.unwrap_or_default() } else { *expect };
        let mut body = json!({ "text": text, "expected_revision": expected });
        if let Some(base) = base {
            body["base_revision"] = (*base).into();
        }
        let answer = client.put(&["drafts", path], &body).await.map_err(|failure| {
            if failure.exit() == Exit::Conflict {
                failure.hint("`wend draft show` has theirs; save on top of it with --expect REVISION")
            } else {
                failure
            }
        })?;
        output.finish(&answer, || {
            let revision = member(&answer, "revision");
            format!("saved as revision {revision}: save it again with --expect {revision}")
        })
    }
}

/// The revision of a draft; none if there is none.
async fn revision(client: &Client, path: &str) -> Result<Option<u64>, Failure> {
    match client.get(&["drafts", path], &[]).await {
        Ok(draft) => Ok(draft.get("revision").and_then(Value::as_u64)),
        Err(failure) if failure.exit() == Exit::NotFound => Ok(None),
        Err(failure) => Err(failure),
    }
}
