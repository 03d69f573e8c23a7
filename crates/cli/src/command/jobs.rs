//! `wend jobs`: long work over many contacts.

use std::time::Duration;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::args::General;
use crate::client::Client;
use crate::command::contact::rows;
use crate::exit::{Exit, Failure};
use crate::output::{Output, member};

/// How often a job that is waited for is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(500);

const EXAMPLES: &str = "\
Examples:
  wend jobs                     the newest
  wend jobs show ID --wait      returns when it is over
  wend jobs cancel ID           it stops where it is; contacts that it has told stay told";

/// Lists jobs, shows one, or cancels one.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Jobs {
    #[command(subcommand)]
    command: Option<One>,
}

#[derive(Debug, Subcommand)]
enum One {
    /// Show one job and how far it is
    Show {
        /// Its id
        id: String,
        /// Wait until it is over
        #[arg(long)]
        wait: bool,
    },
    /// Stop a job where it is
    Cancel {
        /// Its id
        id: String,
    },
}

impl Jobs {
    /// Prints the jobs.
    pub async fn run(&self, general: &General) -> Result<(), Failure> {
        let (client, output) = (general.client()?, general.output());
        match &self.command {
            None => {
                let answer = client.get(&["jobs"], &[]).await?;
                let columns = ["created_at", "kind", "state", "done", "looked_at", "total", "by", "id"];
                output.finish(&answer, || rows(answer.get("jobs"), &columns))
            }
            Some(One::Show { id, wait }) => {
                let job = if *wait {
                    over(&client, output, id).await?
                } else {
                    client.get(&["jobs", id], &[]).await?
                };
                output.finish(&job, || shown(&job))
            }
            Some(One::Cancel { id }) => {
                let job = client.post(&["jobs", id, "cancel"], &json!({})).await?;
                output.finish(&job, || shown(&job))
            }
        }
    }
}

/// The job once it is over; a cancelled one is a conflict.
pub async fn over(client: &Client, output: Output, id: &str) -> Result<Value, Failure> {
    let progress = output.progress("contacts", None);
    loop {
        let job = client.get(&["jobs", id], &[]).await?;
        progress.set_position(job.get("looked_at").and_then(Value::as_u64).unwrap_or_default());
        match member(&job, "state").as_str() {
            "running" => tokio::time::sleep(LOOK_EVERY).await,
            "finished" => {
                progress.finish_and_clear();
                return Ok(job);
            }
            state => {
                progress.finish_and_clear();
                return Err(Failure::new(
                    Exit::Conflict,
                    "not_finished",
                    format!("the job `{id}` is {state}"),
                ));
            }
        }
    }
}

/// A job in words.
pub fn shown(job: &Value) -> String {
    let pace = member(job, "pace");
    let pace = if pace.is_empty() { pace } else { format!(", at most {pace} contacts a second") };
    format!(
        "job {}  {}  {}\n{} of {} contacts looked at, {} told{pace}\nby {} at {}\n{}",
        member(job, "id"),
        member(job, "kind"),
        member(job, "state"),
        member(job, "looked_at"),
        member(job, "total"),
        member(job, "done"),
        member(job, "by"),
        member(job, "created_at"),
        member(job, "work"),
    )
}
