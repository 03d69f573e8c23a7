//! `wend account`: groups of contacts, with traits of their own.

use std::fmt::Write as _;

use clap::Subcommand;
use serde_json::{Map, Value, json};

use crate::args::General;
use crate::command::contact::{carry_out, rows};
use crate::exit::Failure;
use crate::output::{member, plain};

const EXAMPLES: &str = "\
Examples:
  wend account list
  wend account show acme                    traits, sums over members, and how many there are
  wend account members acme
  wend account set acme plan=pro seats_paid=20
  wend account set acme trial_ends_at=null  removes the trait
  wend account add acme 42                  contact 42 is a member from now on
  wend account remove acme 42";

/// Accounts (groups): companies, teams, households.
#[derive(Debug, Subcommand)]
#[command(after_help = EXAMPLES)]
pub enum Account {
    /// List accounts
    #[command(after_help = EXAMPLES)]
    List {
        /// Only those after this one
        #[arg(long, value_name = "ACCOUNT")]
        after: Option<String>,
        /// How many to show
        #[arg(long, value_name = "N")]
        limit: Option<u32>,
    },
    /// Show traits and sums of an account
    Show {
        /// The account
        #[arg(value_name = "ACCOUNT")]
        account: String,
    },
    /// List the members of an account
    Members {
        /// The account
        #[arg(value_name = "ACCOUNT")]
        account: String,
        /// Only those after this one
        #[arg(long, value_name = "CONTACT")]
        after: Option<String>,
        /// How many to show
        #[arg(long, value_name = "N")]
        limit: Option<u32>,
    },
    /// Set traits of an account; its members hear of it
    Set {
        /// The account
        #[arg(value_name = "ACCOUNT")]
        account: String,
        /// Traits; a value is JSON if it can be read as such, else a text
        #[arg(value_name = "NAME=VALUE", required = true)]
        traits: Vec<String>,
    },
    /// Make a contact a member of an account
    Add(Membership),
    /// Let a contact be no member any more
    Remove(Membership),
}

/// A contact and an account.
#[derive(Debug, clap::Args)]
pub struct Membership {
    /// The account
    #[arg(value_name = "ACCOUNT")]
    account: String,
    /// A user id, an anonymous id, or our own id of the contact
    #[arg(value_name = "CONTACT")]
    contact: String,
    /// Why, in your words: `wend why` shows it
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

impl Account {
    /// Prints what is there, or what was done.
    pub async fn run(&self, general: &General) -> Result<(), Failure> {
        let output = general.output();
        match self {
            Self::List { after, limit } => {
                let answer = general.client()?.get(&["accounts"], &page(after.as_ref(), *limit)).await?;
                output.finish(&answer, || rows(answer.get("accounts"), &["id", "n_members", "updated_at"]))
            }
            Self::Show { account } => {
                let answer = general.client()?.get(&["accounts", account], &[]).await?;
                output.finish(&answer, || shown(&answer))
            }
            Self::Members { account, after, limit } => {
                let query = page(after.as_ref(), *limit);
                let answer = general.client()?.get(&["accounts", account, "members"], &query).await?;
                output.finish(&answer, || rows(answer.get("members"), &["contact", "since"]))
            }
            Self::Set { account, traits } => {
                let traits = traits.iter().map(|text| assigned(text)).collect::<Result<Map<_, _>, _>>()?;
                let n = traits.len();
                general.client()?.put(&["accounts", account], &json!({ "traits": traits })).await?;
                let done = json!({ "account": account, "queued": n });
                output.finish(&done, || format!("queued for the account {account}"))
            }
            Self::Add(of) => of.carry_out(general, true).await,
            Self::Remove(of) => of.carry_out(general, false).await,
        }
    }
}

impl Membership {
    async fn carry_out(&self, general: &General, on: bool) -> Result<(), Failure> {
        let order = json!({ "account": { "account": self.account, "on": on } });
        carry_out(general, &self.contact, &order, self.reason.as_deref()).await
    }
}

fn page(after: Option<&String>, limit: Option<u32>) -> Vec<(&'static str, String)> {
    let after = after.map(|after| ("after", after.clone()));
    after.into_iter().chain(limit.map(|limit| ("limit", limit.to_string()))).collect()
}

/// `plan=pro`: JSON if it is, else a text.
fn assigned(text: &str) -> Result<(String, Value), Failure> {
    let Some((name, value)) = text.split_once('=').filter(|(name, _)| !name.is_empty()) else {
        return Err(
            Failure::usage(format!("`{text}` sets nothing")).hint("write NAME=VALUE, such as plan=pro")
        );
    };
    let value = serde_json::from_str(value).unwrap_or_else(|_| Value::from(value));
    Ok((name.to_owned(), value))
}

fn shown(account: &Value) -> String {
    let mut out = String::new();
    for (label, name) in [
        ("account", "id"),
        ("members", "n_members"),
        ("created_at", "created_at"),
        ("updated_at", "updated_at"),
    ] {
        let _ = writeln!(out, "{label:<13} {}", member(account, name));
    }
    if account.get("telling") == Some(&Value::Bool(true)) {
        let _ = writeln!(out, "its members are being told of a change");
    }
    let names = |key: &str| -> Vec<String> {
        account.get(key).and_then(Value::as_array).into_iter().flatten().map(plain).collect()
    };
    let (sums, shared) = (names("sums"), names("shared"));
    let traits = account.get("traits").and_then(Value::as_object);
    let _ = writeln!(out, "\ntraits");
    for (name, value) in traits.into_iter().flatten() {
        let marks = [(&sums, "a sum over members"), (&shared, "read by rules or messages")];
        let marks: Vec<&str> =
            marks.iter().filter(|(names, _)| names.contains(name)).map(|(_, mark)| *mark).collect();
        let marks = if marks.is_empty() { String::new() } else { format!("  ({})", marks.join(", ")) };
        let _ = writeln!(out, "  {name}  {}{marks}", plain(value));
    }
    out
}
