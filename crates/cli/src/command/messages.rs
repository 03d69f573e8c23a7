//! `wend messages`: what was or will be sent, and what became of it.

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::args::General;
use crate::command::contact::rows;
use crate::exit::{Exit, Failure};
use crate::output::member;

const EXAMPLES: &str = "\
Examples:
  wend messages                                  the newest
  wend messages --state failed --workflow welcome
  wend messages --json | jq '.messages[].state'
  wend messages show ID                          one message with its content, if that is still kept
  wend messages requeue ID                       send a failed or uncertain message again";

/// Lists messages, shows one, or sends a failed one again.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, args_conflicts_with_subcommands = true)]
pub struct Messages {
    #[command(subcommand)]
    command: Option<One>,
    #[command(flatten)]
    filter: Filter,
}

#[derive(Debug, Args)]
struct Filter {
    /// Only messages in this state: scheduled, rendering, pending, sent, blocked, expired, cancelled, failed, uncertain
    #[arg(long)]
    state: Option<String>,
    /// Only messages of this workflow
    #[arg(long)]
    workflow: Option<String>,
    /// Only messages to this contact
    #[arg(long)]
    contact: Option<String>,
    /// Only messages on this channel
    #[arg(long)]
    channel: Option<String>,
    /// Only messages older than this one (the last of the page before)
    #[arg(long, value_name = "ID")]
    before: Option<String>,
    /// How many at most
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    limit: u32,
}

#[derive(Debug, Subcommand)]
enum One {
    /// Show one message
    Show {
        /// Its id
        id: String,
    },
    /// Put a failed or uncertain message back into the outbox
    Requeue {
        /// Its id
        id: String,
    },
}

impl Messages {
    /// Prints the messages.
    pub async fn run(&self, general: &General) -> Result<(), Failure> {
        let (client, output) = (general.client()?, general.output());
        match &self.command {
            None => {
                let answer = client.get(&["messages"], &self.filter.query()).await?;
                let columns =
                    ["state_at", "state", "channel", "workflow", "step", "template", "address", "id"];
                output.finish(&answer, || rows(answer.get("messages"), &columns))
            }
            Some(One::Show { id }) => {
                let answer = client.get(&["messages", id], &[]).await?;
                output.finish(&answer, || shown(&answer))
            }
            Some(One::Requeue { id }) => {
                let answer = client.post(&["messages", id, "requeue"], &json!({})).await?;
                if let Some(why) = not_done(&answer) {
                    let message = format!("message {id} was not put into the outbox: {why}");
                    return Err(Failure::new(Exit::Conflict, "not_done", message)
                        .hint("only a failed or uncertain message can be tried again"));
                }
                let queued = answer.get("queued").and_then(Value::as_bool) == Some(true);
                let when = if queued { "after earlier inputs of its contact" } else { "now" };
                output.finish(&answer, || format!("message {id} is tried again {when}"))
            }
        }
    }
}

/// Why a command came to nothing, if it did.
fn not_done(answer: &Value) -> Option<&str> {
    let decisions = answer.get("decisions")?.as_array()?;
    let not_done = decisions.iter().find(|decision| member(decision, "decision") == "not_done")?;
    not_done.get("why")?.as_str()
}

impl Filter {
    fn query(&self) -> Vec<(&'static str, String)> {
        let named = [
            ("state", &self.state),
            ("workflow", &self.workflow),
            ("contact", &self.contact),
            ("channel", &self.channel),
            ("before", &self.before),
        ];
        let given = named.into_iter().filter_map(|(name, value)| value.clone().map(|value| (name, value)));
        given.chain([("limit", self.limit.to_string())]).collect()
    }
}

fn shown(message: &Value) -> String {
    let Value::Object(members) = message else {
        return message.to_string();
    };
    let width = members.keys().map(|key| key.chars().count()).max().unwrap_or(0);
    let lines: Vec<String> = members
        .iter()
        .map(|(name, value)| {
            let value = if value.is_object() || value.is_array() {
                serde_json::to_string_pretty(value).unwrap_or_default()
            } else {
                member(message, name)
            };
            format!("{name:<width$}  {value}")
        })
        .collect();
    lines.join("\n")
}
