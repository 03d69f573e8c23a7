//! `wend bulk`: something is done to many contacts, by a job.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::args::General;
use crate::command::choices::parsed;
use crate::command::jobs::{over, shown};
use crate::command::order::{Mark, MoveRuns, Order as _, Runs, Start, Verb};
use crate::exit::{Exit, Failure};
use crate::output::{counted, plain};

const EXAMPLES: &str = "\
Examples:
  wend bulk --segment vips --reason 'autumn sale' start autumn-sale
  wend bulk --runs welcome:pause --reason 'wrong offer' move --workflow welcome --to goodbye
  wend bulk --where '{ trait: country, eq: AT }' --reason 'Austrian holiday' pause --workflow welcome
  wend bulk --users users.txt --reason 'guests of the fair' --wait list add fair-2026
  wend bulk --all --reason 'end of the beta' --pace 500 tag remove beta

The selection is judged when the job looks at each contact. Files have one id a line; `-` is stdin.";

/// Gives many contacts an order: each takes it as an input like any other, and `wend why` shows it with the reason.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Bulk {
    #[command(flatten)]
    select: Select,
    /// Why, in your words: it stands in every contact's explanation
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// How many contacts a second are looked at, at most
    #[arg(long, value_name = "CONTACTS_A_SECOND", value_parser = clap::value_parser!(u32).range(1..))]
    pace: Option<u32>,
    /// The job's id: a second command of the same id does nothing
    #[arg(long, value_name = "ID")]
    id: Option<String>,
    /// Wait until the job is over
    #[arg(long)]
    wait: bool,
    #[command(subcommand)]
    order: Order,
}

/// Of which contacts.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Select {
    /// Everybody
    #[arg(long)]
    all: bool,
    /// Those in a segment
    #[arg(long, value_name = "NAME")]
    segment: Option<String>,
    /// Those on a list
    #[arg(long, value_name = "NAME")]
    list: Option<String>,
    /// Those with a tag
    #[arg(long, value_name = "TAG")]
    tag: Option<String>,
    /// Those with a live run of a workflow, at a step if one is named
    #[arg(long, value_name = "WORKFLOW[:STEP]")]
    runs: Option<String>,
    /// Those for whom a condition holds, as files write it
    #[arg(long = "where", value_name = "CONDITION")]
    condition: Option<String>,
    /// Those whose user ids are in a file, one a line
    #[arg(long, value_name = "FILE")]
    users: Option<PathBuf>,
    /// Those whose ids of our own are in a file, one a line
    #[arg(long, value_name = "FILE")]
    ids: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Order {
    /// Let them into a workflow
    Start(Start),
    /// End live runs
    End(Runs),
    /// Hold live runs where they are
    Pause(Runs),
    /// Let paused runs go on
    Resume(Runs),
    /// Leave the step where runs rest, by its ordinary way
    Skip(Runs),
    /// Move live runs to a step of their version
    Move(MoveRuns),
    /// Put them on a list, or take them off
    List(Mark),
    /// Give them a tag, or take it away
    Tag(Mark),
}

impl Bulk {
    /// Begins the job, and prints it.
    pub async fn run(&self, general: &General) -> Result<(), Failure> {
        let order = match &self.order {
            Order::Start(start) => start.order()?,
            Order::End(runs) => runs.to(Verb::End),
            Order::Pause(runs) => runs.to(Verb::Pause),
            Order::Resume(runs) => runs.to(Verb::Resume),
            Order::Skip(runs) => runs.to(Verb::Skip),
            Order::Move(moved) => moved.order()?,
            Order::List(mark) => mark.list(),
            Order::Tag(mark) => mark.tag(),
        };
        let mut body = json!({ "select": self.select.selection()?, "order": order, "reason": self.reason });
        if let Some(pace) = self.pace {
            body["pace"] = pace.into();
        }
        if let Some(id) = &self.id {
            body["id"] = id.as_str().into();
        }
        let (client, output) = (general.client()?, general.output());
        let mut answer = client.post(&["bulk"], &body).await?;
        let n_unknown = answer.get("n_unknown").and_then(Value::as_u64).unwrap_or_default();
        if n_unknown > 0 {
            let unknown: Vec<String> =
                answer.get("unknown").and_then(Value::as_array).into_iter().flatten().map(plain).collect();
            output.note(&format!("{} of nobody: {}", counted(n_unknown, "id"), unknown.join(", ")));
        }
        if self.wait {
            let id = answer["job"].get("id").map(plain).unwrap_or_default();
            answer["job"] = over(&client, output, &id).await?;
        }
        output.finish(&answer, || shown(&answer["job"]))
    }
}

impl Select {
    fn selection(&self) -> Result<Value, Failure> {
        let Self { all: _, segment, list, tag, runs, condition, users, ids } = self;
        for (name, value) in [("segment", segment), ("list", list), ("tag", tag)] {
            if let Some(value) = value {
                return Ok(json!({ name: value }));
            }
        }
        if let Some(runs) = runs {
            return Ok(match runs.split_once(':') {
                Some((workflow, step)) => json!({ "runs": { "workflow": workflow, "step": step } }),
                None => json!({ "runs": { "workflow": runs } }),
            });
        }
        if let Some(condition) = condition {
            let read = parsed("--where", condition.clone()).map_err(|found| {
                Failure::new(Exit::Usage, "usage", "--where can't be read").diagnostics(found)
            })?;
            return Ok(json!({ "where": read }));
        }
        for (name, path) in [("user_ids", users), ("ids", ids)] {
            if let Some(path) = path {
                return Ok(json!({ name: lines(path)? }));
            }
        }
        Ok(json!({ "all": true }))
    }
}

/// The lines of a file that aren't empty.
fn lines(path: &Path) -> Result<Vec<String>, Failure> {
    let text = if path == Path::new("-") {
        std::io::read_to_string(std::io::stdin()).context("cannot read ids from stdin")?
    } else {
        std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?
    };
    Ok(text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect())
}
