//! `wend test record`: a test that says what happened to a real contact.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use wend_domain::compile::{Portfolio, compile};
use wend_domain::id::{ContactId, WorkspaceId};
use wend_domain::input::Input;
use wend_domain::record::Record as Decisions;
use wend_domain::source::SourceFile;
use wend_domain::time::Timestamp;
use wend_engine::{Clock as _, SystemClock};
use wend_lab::scenario::{self, Entry, History, Keep};
use wend_render::Renderer;

use crate::args::General;
use crate::client::Client;
use crate::exit::{Exit, Failure};
use crate::portfolio::write_whole;

/// How many entries are asked for at once.
const PAGE_ENTRIES: usize = 500;
/// The most entries that a test is made of.
const ENTRIES_MAX: usize = 5_000;

const EXAMPLES: &str = "\
Examples:
  wend test record 42                                        prints the test
  wend test record 42 --out shop/tests/real-42.test.yaml     writes it beside the others
  wend test record 42 --name 'the customer of ticket 7 gets one reminder'

The history is played against the portfolio that is published now. What both agree about is
expected, so the test passes; where they differ, and what a test can't say, is told in comments at
its top.

Of the person, only traits and properties that a rule or template reads are written down, with
example addresses, and `example` for texts that only templates read.";

/// Writes a test that says what happened to a real contact, and passes.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Record {
    /// A user id, an anonymous id, or our own id of the contact
    #[arg(value_name = "CONTACT")]
    contact: String,
    /// The file to write; it must not be there yet. Without it, the test is printed
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// The test's sentence
    #[arg(long, value_name = "SENTENCE")]
    name: Option<String>,
    /// Write traits, properties, addresses and the user id as they are: personal data
    #[arg(long)]
    traits: bool,
}

/// One page of the history, as the server keeps it.
#[derive(Deserialize)]
struct Page {
    entries: Vec<Kept>,
    next: Option<i64>,
}

/// One input and what was decided.
#[derive(Deserialize)]
struct Kept {
    at: String,
    catalog_revision: u64,
    input: Input,
    record: Decisions,
}

/// What is known of the contact.
#[derive(Deserialize)]
struct Known {
    id: ContactId,
    user_id: Option<String>,
    #[serde(default)]
    traits: Map<String, Value>,
}

impl Record {
    /// Reads the history, makes the test, and writes or prints it.
    pub async fn run(&self, general: &General) -> Result<(), Failure> {
        if let Some(out) = self.out.as_ref().filter(|out| out.exists()) {
            let message = format!("{} is already there", out.display());
            return Err(Failure::new(Exit::Conflict, "exists", message).hint("name another file with --out"));
        }
        let client = general.client()?;
        let known = client.get(&["contacts", &self.contact], &[]).await?;
        let known: Known = read(known, "contact")?;
        let entries = self.entries(general, &client).await?;
        let published = client.get(&["portfolio"], &[]).await?;
        let files: Vec<SourceFile> = read(published["files"].clone(), "portfolio")?;
        let portfolio = Portfolio { files, ..Portfolio::default() };
        let Some(catalog) = compile(&WorkspaceId::from("default"), 1, &portfolio).catalog else {
            let message = "this version of the command can't read what is published";
            return Err(Failure::new(Exit::Invalid, "unreadable", message)
                .hint("use the command of the server's version: `wend doctor` tells it"));
        };
        let now = SystemClock.now();
        let history = History {
            id: known.id,
            user_id: known.user_id.as_deref(),
            traits: &known.traits,
            entries: &entries,
            now,
        };
        let keep = if self.traits { Keep::Everything } else { Keep::WhatIsRead };
        let name = self.name.clone().unwrap_or_else(|| format!("recorded from a contact at {now}"));
        let renderer = Renderer::new(&catalog);
        let recording = scenario::recording(&catalog, &renderer, &portfolio.files, &history, keep, &name);
        for remark in &recording.remarks {
            general.output().note(remark);
        }
        if let Some(out) = &self.out {
            write_whole(out, recording.text.as_bytes())?;
        }
        let document = json!({ "test": recording.text, "remarks": recording.remarks, "file": self.out });
        general.output().finish(&document, || match &self.out {
            Some(out) => format!("wrote {}", out.display()),
            None => recording.text,
        })
    }

    /// The whole history, page by page.
    async fn entries(&self, general: &General, client: &Client) -> Result<Vec<Entry>, Failure> {
        let progress = general.output().progress("reading", None);
        let mut entries = Vec::new();
        let mut after = None;
        loop {
            let mut query = vec![("limit", PAGE_ENTRIES.to_string())];
            query.extend(after.map(|after: i64| ("after", after.to_string())));
            let page = client.get(&["contacts", &self.contact, "history"], &query).await?;
            let page: Page = read(page, "history")?;
            for kept in page.entries {
                let at = Timestamp::parse(&kept.at).context("the server's history has no instants")?;
                let Kept { catalog_revision, input, record, .. } = kept;
                entries.push(Entry { at, catalog_revision, input, record });
            }
            progress.set_position(entries.len() as u64);
            if entries.len() > ENTRIES_MAX {
                let message = format!("the contact took more than {ENTRIES_MAX} inputs");
                return Err(Failure::new(Exit::Invalid, "too_long", message)
                    .hint("a test of so much says nothing to anybody: record a contact with less history"));
            }
            if page.next.is_none() || page.next == after {
                progress.finish_and_clear();
                return Ok(entries);
            }
            after = page.next;
        }
    }
}

/// An answer of the server as what it ought to be.
fn read<T: serde::de::DeserializeOwned>(answer: Value, what: &str) -> Result<T, Failure> {
    serde_json::from_value(answer).map_err(|error| {
        let message = format!("the server's {what} isn't what this version of the command reads: {error}");
        Failure::new(Exit::Failed, "foreign", message)
            .hint("use the command of the server's version: `wend doctor` tells it")
    })
}
