//! `wend workflow`: what is published, and what is done to it.
//!
//! Read in this order: this file (what can be asked), [`change`] (the life cycle), [`show`] (what a person reads).

mod change;
mod show;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::args::General;
use crate::command::apply::published;
use crate::command::choices::Gates;
use crate::command::contact::{carry_out, rows};
use crate::command::order::{Order as _, Start as StartOrder};
use crate::exit::Failure;

const EXAMPLES: &str = "\
Examples:
  wend workflow list
  wend workflow show welcome
  wend workflow stop welcome cart-rescue --reason 'wrong price'     nothing moves
  wend workflow stop --all
  wend workflow resume welcome
  wend workflow pause welcome --discard                            live runs end
  wend workflow rollback welcome --to 3
  wend workflow rollout welcome start --stages 5%:1d,25%:1d,100% --errors-max 2
  wend workflow rollout welcome next
  wend workflow start onboarding 42";

/// Lists workflows, shows one, and does something to those that are published.
#[derive(Debug, Subcommand)]
#[command(after_help = EXAMPLES)]
pub enum Workflow {
    /// List workflows with their state and how many runs are live
    List {
        /// List archived ones too
        #[arg(long)]
        archived: bool,
    },
    /// Show state, versions, who rests at which step, and a rollout with its gates
    Show {
        /// Its name
        name: String,
    },
    /// Nobody enters; runs rest with their timers kept, messages wait
    Pause(Rest),
    /// After a pause or a stop, go on: what fell due meanwhile happens now
    Resume(Plain),
    /// The emergency stop: at once nobody enters, nothing advances, nothing more is sent
    Stop(Plain),
    /// Put away: nobody enters, lists hide it, live runs go on to their end
    Archive(Rest),
    /// Take an archived workflow out again
    Restore(Plain),
    /// Go back: new runs enter an older version from now on
    Rollback {
        /// Its name
        name: String,
        /// The version
        #[arg(long, value_name = "VERSION")]
        to: u32,
        /// Why, in your words: the audit says it
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
    },
    /// Roll a version out to a growing share of contacts
    Rollout {
        /// Its name
        name: String,
        /// What to do about it
        #[command(subcommand)]
        step: Rollout,
        /// Why, in your words: the audit says it
        #[arg(long, global = true, value_name = "TEXT")]
        reason: Option<String>,
    },
    /// Let one contact in by hand
    Start(Start),
    /// Let those in who match already
    Backfill {
        /// Its name
        name: String,
        /// How many contacts a second are looked at, at most
        #[arg(long, value_name = "CONTACTS_A_SECOND", value_parser = clap::value_parser!(u32).range(1..))]
        pace: Option<u32>,
    },
}

/// Which workflows.
#[derive(Debug, Args)]
pub struct Which {
    /// Their names
    #[arg(value_name = "NAME", required_unless_present = "all")]
    names: Vec<String>,
    /// All of them for which it makes sense
    #[arg(long, conflicts_with = "names")]
    all: bool,
}

/// Which workflows, and why.
#[derive(Debug, Args)]
pub struct Plain {
    /// Which
    #[command(flatten)]
    which: Which,
    /// Why, in your words: the audit and `wend why` say it
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

/// Which workflows, what becomes of their runs, and why.
#[derive(Debug, Args)]
pub struct Rest {
    /// Which, and why
    #[command(flatten)]
    plain: Plain,
    /// Live runs end
    #[arg(long)]
    discard: bool,
}

/// What is done about a rollout.
#[derive(Debug, Subcommand)]
pub enum Rollout {
    /// A version begins to reach contacts
    Start {
        /// Shares, and how long each lasts at least
        #[arg(long, value_name = "5%:1d,25%:1d,100%")]
        stages: String,
        /// The version, if not the newest
        #[arg(long = "to", value_name = "VERSION")]
        to: Option<u32>,
        /// What must hold
        #[command(flatten)]
        gates: Gates,
    },
    /// It reaches this share of contacts, in percent, and no stage follows by itself any more
    Share {
        /// In percent
        percent: f64,
    },
    /// The next stage begins now
    Next,
    /// Everybody enters the new version
    Finish,
    /// Everybody enters the previous version again
    Abort,
}

/// Whom to let in.
#[derive(Debug, Args)]
pub struct Start {
    /// The workflow; it needs the trigger `manual`, or with --api the trigger `api`
    name: String,
    /// A user id, an anonymous id, or our own id of the contact
    contact: String,
    /// The trigger's data
    #[arg(long, value_name = "JSON", default_value = "{}")]
    data: String,
    /// Start it as a program does, rather than a person
    #[arg(long)]
    api: bool,
    /// Why, in your words: `wend why` shows it
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

impl Workflow {
    /// Prints the workflows, or what was done.
    pub async fn run(&self, general: &General) -> Result<(), Failure> {
        match self {
            Self::List { archived } => list(general, *archived).await,
            Self::Show { name } => {
                let answer = general.client()?.get(&["workflows", name], &[]).await?;
                general.output().finish(&answer, || show::shown(&answer))
            }
            Self::Pause(Rest { plain, discard }) => {
                change::each(general, &change::PAUSE, plain, Some(*discard)).await
            }
            Self::Resume(plain) => change::each(general, &change::RESUME, plain, None).await,
            Self::Stop(plain) => change::each(general, &change::STOP, plain, None).await,
            Self::Archive(Rest { plain, discard }) => {
                change::each(general, &change::ARCHIVE, plain, Some(*discard)).await
            }
            Self::Restore(plain) => change::each(general, &change::RESTORE, plain, None).await,
            Self::Rollback { name, to, reason } => {
                let body = json!({ "to": to, "reason": reason });
                let answer = general.client()?.post(&["workflows", name, "rollback"], &body).await?;
                general.output().finish(&answer, || format!("{name}: new runs enter version {to}"))
            }
            Self::Rollout { name, step, reason } => {
                let body = json!({ "do": step.what()?, "reason": reason });
                let client = general.client()?;
                let answer = client.post(&["workflows", name, "rollout"], &body).await?;
                let now = client.get(&["workflows", name], &[]).await?;
                general.output().finish(&answer, || show::rollout_in_words(name, &now))
            }
            Self::Start(start) => {
                let order = StartOrder::of(&start.name, &start.data, start.api).order()?;
                carry_out(general, &start.contact, &order, start.reason.as_deref()).await
            }
            Self::Backfill { name, pace } => backfill(general, name, *pace).await,
        }
    }
}

impl Rollout {
    fn what(&self) -> Result<Value, Failure> {
        Ok(match self {
            Self::Start { stages, to, gates } => {
                json!({ "start": { "version": to, "plan": gates.plan(stages)? } })
            }
            Self::Share { percent } => json!({ "share": percent }),
            Self::Next => "next".into(),
            Self::Finish => "finish".into(),
            Self::Abort => "abort".into(),
        })
    }
}

async fn list(general: &General, archived: bool) -> Result<(), Failure> {
    let answer = general.client()?.get(&["workflows"], &[("archived", archived.to_string())]).await?;
    let columns = ["name", "status", "current", "newest", "live", "entered", "category", "owner", "title"];
    general.output().finish(&answer, || rows(answer.get("workflows"), &columns))
}

/// Publishes what is published once more, with nothing new but that those who match already are let in.
async fn backfill(general: &General, name: &str, pace: Option<u32>) -> Result<(), Failure> {
    let client = general.client()?;
    client.get(&["workflows", name], &[]).await?;
    let portfolio = client.get(&["portfolio"], &[]).await?;
    let backfill = json!([{ "workflow": name, "pace": pace }]);
    let body = json!({
        "files": portfolio.get("files"),
        "base": portfolio.get("revision"),
        "choices": { "backfill": backfill },
    });
    let answer = client.post(&["apply"], &body).await?;
    general.output().finish(&answer, || published(&answer))
}
