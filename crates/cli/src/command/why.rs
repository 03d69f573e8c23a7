//! `wend why`: what came in, what was decided, by which rule, and what was sent or not.

use std::fmt::Write as _;

use clap::Args;
use serde_json::Value;

use crate::args::General;
use crate::client::Client;
use crate::exit::{Exit, Failure};
use crate::output::{member, plain};

/// How many entries are asked for at once.
const PAGE_ENTRIES: usize = 200;
/// The most entries that one command prints.
const ENTRIES_MAX: usize = 100_000;

const EXAMPLES: &str = "\
Examples:
  wend why 42                       everything, oldest first
  wend why 42 --last 5              the last five inputs
  wend why 42 --after 1042          what came after entry 1042
  wend why 42 --replay              decide everything again and compare (exit code 1 if anything differs)
  wend why 42 --json | jq '.entries[].decisions[].text'";

/// Explains what happened to a contact, and why.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Why {
    /// A user id, an anonymous id, or our own id of the contact
    #[arg(value_name = "CONTACT")]
    contact: String,
    /// Only entries after this number
    #[arg(long, value_name = "SEQ")]
    after: Option<i64>,
    /// Only the last entries
    #[arg(long, value_name = "COUNT")]
    last: Option<usize>,
    /// Decide every recorded input again and compare with what was recorded
    #[arg(long, conflicts_with_all = ["after", "last"])]
    replay: bool,
}

impl Why {
    /// Prints the timeline, or what the replay found.
    pub async fn run(&self, general: &General) -> Result<(), Failure> {
        let client = general.client()?;
        if self.replay {
            return self.replay(general, &client).await;
        }
        let mut answer = self.entries(general, &client).await?;
        if let (Some(last), Some(entries)) = (self.last, answer["entries"].as_array_mut()) {
            entries.drain(..entries.len().saturating_sub(last));
        }
        general.output().finish(&answer, || shown(&answer))
    }

    /// All entries in one document, page by page.
    async fn entries(&self, general: &General, client: &Client) -> Result<Value, Failure> {
        let progress = general.output().progress("reading", None);
        let mut after = self.after;
        let mut entries: Vec<Value> = Vec::new();
        loop {
            let mut query = vec![("limit", PAGE_ENTRIES.to_string())];
            query.extend(after.map(|after| ("after", after.to_string())));
            let mut page = client.get(&["contacts", &self.contact, "why"], &query).await?;
            let found = page["entries"].take();
            let Value::Array(found) = found else {
                return Err(Failure::new(Exit::Failed, "foreign", "the server's answer has no `entries`"));
            };
            entries.extend(found);
            progress.set_position(entries.len() as u64);
            let next = page.get("next").and_then(Value::as_i64);
            if next.is_none() || next == after || entries.len() >= ENTRIES_MAX {
                progress.finish_and_clear();
                page["entries"] = Value::Array(entries);
                return Ok(page);
            }
            after = next;
        }
    }

    async fn replay(&self, general: &General, client: &Client) -> Result<(), Failure> {
        let report = client.get(&["contacts", &self.contact, "replay"], &[]).await?;
        let differences = report.get("differences").and_then(Value::as_array).map_or(0, Vec::len);
        if differences > 0 && !general.json {
            let _ =
                crate::output::say(&serde_json::to_string_pretty(&report["differences"]).unwrap_or_default());
        }
        if differences > 0 {
            let message =
                format!("{differences} of {} inputs are decided differently now", member(&report, "inputs"));
            return Err(Failure::new(Exit::Failed, "replay_differs", message));
        }
        general.output().finish(&report, || {
            format!("{} inputs decided again; every decision is the recorded one", member(&report, "inputs"))
        })
    }
}

/// The timeline: one paragraph per input.
fn shown(answer: &Value) -> String {
    let mut out = format!("contact {}\n", member(answer, "contact"));
    let entries = answer.get("entries").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    if entries.is_empty() {
        out.push_str("\nnothing happened yet\n");
    }
    for entry in entries {
        let (at, seq) = (member(entry, "at"), member(entry, "seq"));
        let revision = member(entry, "catalog_revision");
        let taken_by = member(entry, "taken_by");
        let taken_by = if taken_by.is_empty() { taken_by } else { format!(", as {taken_by}") };
        let _ = writeln!(out, "\n{at}  {}  (#{seq}, revision {revision}{taken_by})", cause(entry));
        for decision in entry.get("decisions").and_then(Value::as_array).into_iter().flatten() {
            let (text, rule) = (member(decision, "text"), member(decision, "rule"));
            let rule = if rule.is_empty() { String::new() } else { format!("  [rule {rule}]") };
            let _ = writeln!(out, "    {text}{rule}");
        }
    }
    out
}

/// What came in, in a few words.
fn cause(entry: &Value) -> String {
    let input = entry.get("input").unwrap_or(&Value::Null);
    match member(input, "kind").as_str() {
        "event" => event(input.get("event").unwrap_or(&Value::Null)),
        "alarm" => "a deadline came".to_owned(),
        "catalog_changed" => "the portfolio changed".to_owned(),
        "command" => {
            let command = input.get("command").unwrap_or(&Value::Null);
            let reason = member(command, "reason");
            let reason = if reason.is_empty() { reason } else { format!(", because: {reason}") };
            format!("{} asks: {}{reason}", member(command, "by"), brief(command.get("order")))
        }
        "news" => {
            let news = input.get("news").unwrap_or(&Value::Null);
            // What it means is told by the decisions.
            let what = match news.get("what") {
                Some(Value::Object(members)) => members.keys().next().cloned().unwrap_or_default(),
                Some(other) => plain(other),
                None => String::new(),
            };
            format!("news of message {}: {}", member(news, "message"), what.replace('_', " "))
        }
        "merge" => format!("it turned out to be the same person as {}", member(input, "contact")),
        "absorb" => format!("the document of {} came", member(input, "contact")),
        "thaw" => format!("its document came back from {}", member(input, "contact")),
        "forwarded" => {
            let from = member(input, "contact");
            match input.get("event") {
                Some(happened) => format!("{} (sent on by {from})", event(happened)),
                None => format!("something was sent on by {from}"),
            }
        }
        other => other.to_owned(),
    }
}

fn event(event: &Value) -> String {
    let mut out = member(event, "name");
    for part in ["properties", "traits"] {
        if let Some(values) =
            event.get(part).filter(|values| values.as_object().is_some_and(|map| !map.is_empty()))
        {
            let _ = write!(out, " {values}");
        }
    }
    if event.get("imported").and_then(Value::as_bool) == Some(true) {
        out.push_str(" (imported history)");
    }
    out
}

fn brief(value: Option<&Value>) -> String {
    match value {
        Some(Value::Object(members)) => members
            .iter()
            .map(|(name, value)| {
                if value.is_object() {
                    format!("{name} {}", brief(Some(value)))
                } else {
                    format!("{name} {value}")
                }
            })
            .collect::<Vec<_>>()
            .join(", "),
        Some(Value::String(word)) => word.clone(),
        Some(other) => other.to_string(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests;
