//! `wend trait`: what is known of traits, and where what clients send disagrees.

use clap::Subcommand;
use serde_json::Value;

use crate::args::General;
use crate::exit::Failure;
use crate::output::{member, table};

const EXAMPLES: &str = "\
Examples:
  wend trait list                        declared, computed and seen
  wend trait conflicts                   where what clients send disagrees with itself or with traits.yaml
  wend trait list --json | jq '.traits[] | select(.personal)'";

/// What is known of the traits of contacts.
#[derive(Debug, Subcommand)]
#[command(after_help = EXAMPLES)]
pub enum Trait {
    /// List all traits: their type, what they are computed of, and which types clients sent how often
    #[command(after_help = EXAMPLES)]
    List,
    /// List what disagrees, with how often, since when, and one of the contacts
    Conflicts,
}

impl Trait {
    /// Prints the list.
    pub async fn run(&self, general: &General) -> Result<(), Failure> {
        let (client, output) = (general.client()?, general.output());
        match self {
            Self::List => {
                let answer = client.get(&["traits"], &[]).await?;
                output.finish(&answer, || listed(&answer))
            }
            Self::Conflicts => {
                let answer = client.get(&["traits"], &[("conflicts", "true".to_owned())]).await?;
                output.finish(&answer, || conflicts(&answer))
            }
        }
    }
}

fn items<'v>(value: &'v Value, name: &str) -> &'v [Value] {
    value.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

fn listed(answer: &Value) -> String {
    let row = |of: &Value| {
        let seen =
            items(of, "seen").iter().map(|seen| format!("{} {}", member(seen, "n"), member(seen, "type")));
        let conflict = if of.get("conflict") == Some(&Value::Bool(true)) { "yes" } else { "" };
        let seen: Vec<String> = seen.collect();
        vec![
            member(of, "name"),
            member(of, "type"),
            member(of, "computed"),
            seen.join(", "),
            conflict.to_owned(),
        ]
    };
    let rows: Vec<Vec<String>> = items(answer, "traits").iter().map(row).collect();
    table(&["name", "type", "computed", "seen", "conflict"], &rows, "no traits yet\n")
}

fn conflicts(answer: &Value) -> String {
    let mut rows = Vec::new();
    for of in items(answer, "traits") {
        let name = member(of, "name");
        let faults = items(of, "faults");
        for fault in faults {
            let what = what(of, fault);
            let columns = ["n", "first_at", "last_at", "contact"].map(|column| member(fault, column));
            rows.push([vec![name.clone(), what], columns.to_vec()].concat());
        }
        if faults.is_empty() {
            let seen = items(of, "seen").iter();
            let seen: Vec<String> =
                seen.map(|seen| format!("{} {}", member(seen, "n"), member(seen, "type"))).collect();
            let what = format!("sent with several types: {}", seen.join(", "));
            rows.push(vec![name, what, String::new(), String::new(), String::new(), String::new()]);
        }
    }
    table(&["name", "what", "n", "first_at", "last_at", "contact"], &rows, "nothing disagrees\n")
}

/// What is wrong, in words.
fn what(of: &Value, fault: &Value) -> String {
    let (declared, sent) = (member(of, "type"), member(fault, "type"));
    match member(fault, "fault").as_str() {
        "type" => format!("declared as {declared}, sent as {sent}"),
        "format" => format!("doesn't look like {}", member(of, "format")),
        "not_listed" => "not among the listed values".to_owned(),
        "computed" => "computed here: what was sent is left out".to_owned(),
        "missing" => "required, and a known contact lacks it".to_owned(),
        other => other.to_owned(),
    }
}
