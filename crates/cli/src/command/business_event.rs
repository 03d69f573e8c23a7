//! `wend business-event`: what happened that is nobody's own event.

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::args::General;
use crate::command::order::json_object;
use crate::exit::Failure;
use crate::output::plain;

const EXAMPLES: &str = "\
Examples:
  wend business-event send 'Price Dropped' --id price-4711-monday --properties '{\"sku\": \"4711\", \"drop\": 15}'

Workflows with a trigger `business:` let those contacts in whose own events of late match. Needs a key of scope manage.";

/// Something that happened in the business.
#[derive(Debug, Subcommand)]
#[command(after_help = EXAMPLES)]
pub enum BusinessEvent {
    /// Send one
    #[command(after_help = EXAMPLES)]
    Send(Send),
}

/// What happened.
#[derive(Debug, Args)]
pub struct Send {
    /// What happened, as triggers name it
    #[arg(value_name = "EVENT")]
    event: String,
    /// Its id: what comes twice counts once; without it, one that never comes again
    #[arg(long)]
    id: Option<String>,
    /// What it says of itself
    #[arg(long, value_name = "JSON", default_value = "{}")]
    properties: String,
    /// When it happened, if not now
    #[arg(long, value_name = "INSTANT")]
    occurred_at: Option<String>,
}

impl BusinessEvent {
    /// Sends it, and prints the jobs that tell contacts.
    pub async fn run(&self, general: &General) -> Result<(), Failure> {
        let Self::Send(Send { event, id, properties, occurred_at }) = self;
        let id = id.clone().unwrap_or_else(|| format!("{:016x}", rand::random::<u64>()));
        let mut body =
            json!({ "id": id, "event": event, "properties": json_object("properties", properties)? });
        if let Some(occurred_at) = occurred_at {
            body["occurred_at"] = occurred_at.as_str().into();
        }
        let answer = general.client()?.business_event(&body).await?;
        general.output().finish(&answer, || {
            if answer.get("duplicate").and_then(Value::as_bool) == Some(true) {
                return format!("the business event {id} came before: nothing happens");
            }
            let jobs: Vec<String> =
                answer.get("jobs").and_then(Value::as_array).into_iter().flatten().map(plain).collect();
            if jobs.is_empty() {
                "taken in; no workflow asks for it".to_owned()
            } else {
                format!("taken in; jobs: {}", jobs.join(", "))
            }
        })
    }
}
