//! `wend contact`: what is known about one person, and what people do for one.

use std::fmt::Write as _;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::args::General;
use crate::command::decided;
use crate::command::order::{Mark, MoveRuns, Order as _, Runs, Start, Verb};
use crate::command::person::{Answer, Archive, Erase, Who};
use crate::command::segment::{Page, contacts, read};
use crate::exit::Failure;
use crate::output::{member, plain, table};

const EXAMPLES: &str = "\
Examples:
  wend contact show 42                                  by user id
  wend contact show 01993e6f0c7a4b1e8d2f3a4b5c6d7e8f     by our own id
  wend contact show 42 --json | jq .traits
  wend contact search ada                               by any id, or how a name or e-mail begins
  wend contact search --where '{ trait: plan, eq: pro }'
  wend contact segments 42                              how its segments and lists came and went
  wend contact start 42 onboarding --reason 'asked on the phone'
  wend contact move 42 --workflow onboarding --to offer
  wend contact end 42 --workflow onboarding
  wend contact list 42 add vip
  wend contact show ada@example.com                     by e-mail address
  wend contact merge 42 ada@example.com --reason 'the same person on two phones'
  wend contact consent 42                                who agreed to what, when and how
  wend contact answer 42 --unsubscribe news --source 'call of 3 May'
  wend contact archive 42 --to person-42
  wend contact erase 42 --reason 'asked by letter' --yes";

/// Shows one contact, or does something for one. Whatever is done stands in `wend why`, with who did it and why.
#[derive(Debug, Subcommand)]
#[command(after_help = EXAMPLES)]
pub enum Contact {
    /// Show traits, consent, segments, lists, runs and messages of a contact
    #[command(after_help = EXAMPLES)]
    Show {
        /// A user id, our own id, or any other identifier of the contact
        #[arg(value_name = "CONTACT")]
        contact: String,
    },
    /// Find contacts by any id, by how a name or an e-mail address begins, and by conditions
    #[command(after_help = EXAMPLES)]
    Search(Search),
    /// Show how the segments and lists of a contact came and went
    Segments {
        /// A user id, an anonymous id, or our own id of the contact
        #[arg(value_name = "CONTACT")]
        contact: String,
        /// Only what came after this number: `next` of the page before
        #[arg(long, value_name = "SEQ")]
        after: Option<i64>,
    },
    /// Make two contacts one: the known one stays, else the older one
    Merge {
        /// One of them
        #[arg(value_name = "CONTACT")]
        contact: String,
        /// The other one
        #[arg(value_name = "OTHER")]
        with: String,
        /// Why, in your words: `wend why` shows it
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
    },
    /// Show every answer of consent that was ever given for a contact
    Consent(Who),
    /// Answer questions of consent on a contact's behalf
    Answer(Answer),
    /// Write everything about a person into a folder, for reading and for programs
    Archive(Archive),
    /// Erase a person for good
    Erase(Erase),
    /// Let a contact into a workflow
    Start(Of<Start>),
    /// End live runs
    End(Of<Runs>),
    /// Hold live runs where they are
    Pause(Of<Runs>),
    /// Let paused runs go on
    Resume(Of<Runs>),
    /// Leave the step where runs rest, by its ordinary way
    Skip(Of<Runs>),
    /// Move live runs to a step of their version
    Move(Of<MoveRuns>),
    /// Put a contact on a list, or take it off
    List(Of<Mark>),
    /// Give a contact a tag, or take it away
    Tag(Of<Mark>),
}

/// How many inputs of a history are looked through at once.
const HISTORY_ROWS: usize = 1_000;

/// What is looked for.
#[derive(Debug, Args)]
pub struct Search {
    /// Any id, or the beginning of a name or an e-mail address
    #[arg(value_name = "TEXT")]
    typed: Option<String>,
    /// Only those in a segment
    #[arg(long, value_name = "NAME", conflicts_with_all = ["list", "tag", "condition"])]
    segment: Option<String>,
    /// Only those on a list
    #[arg(long, value_name = "NAME", conflicts_with_all = ["tag", "condition"])]
    list: Option<String>,
    /// Only those with a tag
    #[arg(long, value_name = "NAME", conflicts_with = "condition")]
    tag: Option<String>,
    /// Only those for whom a condition of the file format holds
    #[arg(long = "where", value_name = "CONDITION")]
    condition: Option<String>,
    /// Which of them
    #[command(flatten)]
    page: Page,
}

/// For whom something is done, what, and why.
#[derive(Debug, Args)]
pub struct Of<T: Args> {
    /// A user id, our own id, or any other identifier of the contact
    #[arg(value_name = "CONTACT")]
    contact: String,
    /// What
    #[command(flatten)]
    what: T,
    /// Why, in your words: `wend why` shows it
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

impl Contact {
    /// Prints the contact, or what was decided.
    pub async fn run(&self, general: &General) -> Result<(), Failure> {
        let (contact, order, reason) = match self {
            Self::Show { contact } => {
                let answer = general.client()?.get(&["contacts", contact], &[]).await?;
                return general.output().finish(&answer, || shown(&answer));
            }
            Self::Search(search) => return search.run(general).await,
            Self::Segments { contact, after } => {
                let mut query = vec![("limit", HISTORY_ROWS.to_string())];
                query.extend(after.map(|after| ("after", after.to_string())));
                let answer = general.client()?.get(&["contacts", contact, "segments"], &query).await?;
                return general.output().finish(&answer, || memberships(&answer));
            }
            Self::Merge { contact, with, reason } => {
                let body = json!({ "with": with, "reason": reason });
                let answer = general.client()?.post(&["contacts", contact, "merge"], &body).await?;
                return decided::finish(general.output(), &answer);
            }
            Self::Consent(who) => return who.ledger(general).await,
            Self::Answer(answer) => return answer.run(general).await,
            Self::Archive(archive) => return archive.run(general).await,
            Self::Erase(erase) => return erase.run(general).await,
            Self::Start(of) => (&of.contact, of.what.order()?, &of.reason),
            Self::End(of) => (&of.contact, of.what.to(Verb::End), &of.reason),
            Self::Pause(of) => (&of.contact, of.what.to(Verb::Pause), &of.reason),
            Self::Resume(of) => (&of.contact, of.what.to(Verb::Resume), &of.reason),
            Self::Skip(of) => (&of.contact, of.what.to(Verb::Skip), &of.reason),
            Self::Move(of) => (&of.contact, of.what.order()?, &of.reason),
            Self::List(of) => (&of.contact, of.what.list(), &of.reason),
            Self::Tag(of) => (&of.contact, of.what.tag(), &of.reason),
        };
        carry_out(general, contact, &order, reason.as_deref()).await
    }
}

impl Search {
    async fn run(&self, general: &General) -> Result<(), Failure> {
        let mut body = json!({});
        let named =
            [("q", &self.typed), ("segment", &self.segment), ("list", &self.list), ("tag", &self.tag)];
        for (name, value) in named {
            if let Some(value) = value {
                body[name] = json!(value);
            }
        }
        if let Some(condition) = &self.condition {
            body["where"] = read("--where", condition)?;
        }
        let (client, output) = (general.client()?, general.output());
        let found = self.page.found(&client, output, &body).await?;
        output.finish(&found, || contacts(&found))
    }
}

fn memberships(answer: &Value) -> String {
    let mut out = format!("contact  {}\n", member(answer, "contact"));
    section(&mut out, "segments", answer.get("segments"));
    section(&mut out, "lists", answer.get("lists"));
    let changes = answer["changes"].as_array().map(Vec::as_slice).unwrap_or_default();
    let row = |change: &Value| {
        let what = if change["entered"] == true { "+" } else { "-" };
        let name = member(change, "segment");
        let name = if name.is_empty() { format!("list {}", member(change, "list")) } else { name };
        let event = member(change, "event");
        let by = member(change, "by");
        vec![member(change, "at"), what.to_owned(), name, if event.is_empty() { by } else { event }]
    };
    let rows: Vec<Vec<String>> = changes.iter().map(row).collect();
    let _ = write!(out, "\nchanges\n{}", table(&["at", "", "of", "by"], &rows, "  none\n"));
    if let Some(next) = answer["next"].as_i64() {
        let _ = writeln!(out, "more with --after {next}");
    }
    out
}

/// Gives one contact an order, and prints what was decided.
pub async fn carry_out(
    general: &General,
    contact: &str,
    order: &Value,
    reason: Option<&str>,
) -> Result<(), Failure> {
    let body = json!({ "order": order, "reason": reason });
    let answer = general.client()?.post(&["contacts", contact, "commands"], &body).await?;
    decided::finish(general.output(), &answer)
}

fn shown(contact: &Value) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "contact       {}", member(contact, "id"));
    let way = member(contact, "redirected_from");
    if !way.is_empty() {
        let _ = writeln!(out, "              {way} is part of it");
    }
    for name in ["user_id", "created_at", "last_input_at"] {
        let value = member(contact, name);
        if !value.is_empty() {
            let _ = writeln!(out, "{name:<13} {value}");
        }
    }
    for name in ["anonymous_ids", "emails", "phones"] {
        let values: Vec<String> =
            contact.get(name).and_then(Value::as_array).into_iter().flatten().map(plain).collect();
        if !values.is_empty() {
            let _ = writeln!(out, "{name:<13} {}", values.join(", "));
        }
    }
    section(&mut out, "external ids", contact.get("external_ids"));
    section(&mut out, "contacts that are part of it, and since when", contact.get("merged"));
    section(&mut out, "traits", contact.get("traits"));
    let accounts = contact.get("accounts").and_then(Value::as_object);
    for (account, membership) in accounts.into_iter().flatten() {
        let _ = writeln!(out, "\naccount {account}, since {}", member(membership, "since"));
        let traits = membership.get("traits").and_then(Value::as_object);
        for (name, value) in traits.into_iter().flatten() {
            let _ = writeln!(out, "  {name}  {}", plain(value));
        }
    }
    section(&mut out, "segments", contact.get("segments"));
    section(&mut out, "lists", contact.get("lists"));
    let tags: Vec<String> =
        contact.get("tags").and_then(Value::as_array).into_iter().flatten().map(plain).collect();
    if !tags.is_empty() {
        let _ = writeln!(out, "\ntags\n  {}", tags.join(", "));
    }
    let consent = contact.get("consent");
    for name in ["channels", "categories", "unconfirmed", "suppressed"] {
        section(&mut out, &format!("consent: {name}"), consent.and_then(|consent| consent.get(name)));
    }
    for name in ["paused_until", "frequency"] {
        let chosen = consent.map(|consent| member(consent, name)).filter(|chosen| !chosen.is_empty());
        if let Some(chosen) = chosen {
            let _ = writeln!(out, "\nconsent: {name}\n  {chosen}");
        }
    }
    let _ = write!(
        out,
        "\nruns\n{}",
        rows(contact.get("runs"), &["workflow", "version", "step", "state", "until", "paused_at"])
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
