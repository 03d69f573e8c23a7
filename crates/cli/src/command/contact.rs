//! `wend contact`: what is known about one person.

use std::fmt::Write as _;

use clap::Subcommand;
use serde_json::Value;

use crate::args::General;
use crate::exit::Failure;
use crate::output::{member, plain, table};

const EXAMPLES: &str = "\
Examples:
  wend contact show 42                                  by user id
  wend contact show 01993e6f0c7a4b1e8d2f3a4b5c6d7e8f     by our own id
  wend contact show 42 --json | jq .traits";

/// Shows one contact.
#[derive(Debug, Subcommand)]
pub enum Contact {
    /// Show traits, consent, segments, runs and messages of a contact
    #[command(after_help = EXAMPLES)]
    Show {
        /// A user id, an anonymous id, or our own id of the contact
        #[arg(value_name = "CONTACT")]
        contact: String,
    },
}

impl Contact {
    /// Prints the contact.
    pub async fn run(&self, general: &General) -> Result<(), Failure> {
        let Self::Show { contact } = self;
        let answer = general.client()?.get(&["contacts", contact], &[]).await?;
        general.output().finish(&answer, || shown(&answer))
    }
}

fn shown(contact: &Value) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "contact       {}", member(contact, "id"));
    for name in ["user_id", "created_at", "last_input_at"] {
        let value = member(contact, name);
        if !value.is_empty() {
            let _ = writeln!(out, "{name:<13} {value}");
        }
    }
    section(&mut out, "traits", contact.get("traits"));
    section(&mut out, "segments", contact.get("segments"));
    let consent = contact.get("consent");
    for name in ["channels", "categories", "suppressed"] {
        section(&mut out, &format!("consent: {name}"), consent.and_then(|consent| consent.get(name)));
    }
    let _ = write!(
        out,
        "\nruns\n{}",
        rows(contact.get("runs"), &["workflow", "version", "step", "state", "until"])
    );
    let columns = ["template", "channel", "state", "state_at", "id"];
    let _ = write!(out, "\nmessages\n{}", rows(contact.get("messages"), &columns));
    out
}

fn section(out: &mut String, name: &str, value: Option<&Value>) {
    let Some(Value::Object(members)) =
        value.filter(|value| value.as_object().is_some_and(|map| !map.is_empty()))
    else {
        return;
    };
    let _ = writeln!(out, "\n{name}");
    let width = members.keys().map(|key| key.chars().count()).max().unwrap_or(0);
    for (key, value) in members {
        let _ = writeln!(out, "  {key:<width$}  {}", plain(value));
    }
}

/// A table of the named members of each item of a list.
pub fn rows(list: Option<&Value>, columns: &[&str]) -> String {
    let items = list.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let rows: Vec<Vec<String>> =
        items.iter().map(|item| columns.iter().map(|column| member(item, column)).collect()).collect();
    table(columns, &rows, "  none\n")
}
