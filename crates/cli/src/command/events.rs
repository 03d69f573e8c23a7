//! `wend events`: events from a file, from stdin, or from the command line.
//!
//! Read in this order: this file (what is sent), [`sender`] (how a batch gets there whatever happens).

pub mod sender;

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{Args, Subcommand};
use serde_json::{Map, Value, json};

use crate::args::General;
use crate::exit::{Exit, Failure};
use crate::output::counted;
use sender::Sender;

/// The most events of one batch.
const BATCH_EVENTS_MAX: usize = 100;
/// The most bytes of one batch: the server takes 500 KB, and the frame around the events needs some.
const BATCH_BYTES_MAX: usize = 400_000;
/// The longest line: the largest event that a server takes is half of it.
const LINE_BYTES_MAX: usize = 64 * 1024;

const EXAMPLES: &str = "\
Examples:
  wend events send --user 42 --event 'Signed Up' --properties '{\"plan\": \"pro\"}'
  wend events send --user 42 --traits '{\"email\": \"ada@example.com\"}'
  wend events send events.jsonl
  zcat events.jsonl.gz | wend events send

Each line is one call of the Segment specification:
  {\"type\": \"identify\", \"userId\": \"42\", \"traits\": {\"email\": \"ada@example.com\"}}
  {\"type\": \"track\", \"userId\": \"42\", \"event\": \"Order Completed\", \"properties\": {\"total\": 80}}

A line with a messageId of its own counts once however often it is sent. Needs a write key (`wend key create --scope \
ingest`) or an admin key in WEND_KEY.";

/// Sends events.
#[derive(Debug, Subcommand)]
pub enum Events {
    /// Send events as JSON Lines, or one event
    #[command(after_help = EXAMPLES)]
    Send(Send),
}

/// What to send.
#[derive(Debug, Args)]
pub struct Send {
    /// A file with one event a line; stdin if there is none, or if it is `-`
    #[arg(value_name = "FILE", conflicts_with_all = ["event", "traits"])]
    file: Option<PathBuf>,
    /// The user id of the one event
    #[arg(long, value_name = "ID")]
    user: Option<String>,
    /// The anonymous id of the one event
    #[arg(long, value_name = "ID")]
    anonymous: Option<String>,
    /// The name of the one event
    #[arg(long, value_name = "NAME")]
    event: Option<String>,
    /// Its properties
    #[arg(long, value_name = "JSON", requires = "event")]
    properties: Option<String>,
    /// Traits of the person; with --event they are told first
    #[arg(long, value_name = "JSON")]
    traits: Option<String>,
    /// Skip the lines before this one: goes on where an earlier command broke off
    #[arg(long, value_name = "LINE", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..))]
    from_line: u64,
}

impl Events {
    /// Sends, and prints how many.
    pub async fn run(&self, general: &General) -> Result<(), Failure> {
        let Self::Send(send) = self;
        let mut sender = Sender::new(general.client()?);
        if send.event.is_some() || send.traits.is_some() {
            sender.send(send.send_arguments()?).await?;
        } else {
            let path = send.file.as_deref().unwrap_or(Path::new("-"));
            send.lines(path, general, &mut sender).await?;
        }
        let report = sender.report();
        let hint = if report.quarantined > 0 { "; `wend quarantine list` says why" } else { "" };
        for reason in &report.reasons {
            general.output().note(&format!("refused: {reason}"));
        }
        general.output().finish(&report, || {
            format!("{} sent, {} of them refused{hint}", counted(report.sent, "event"), report.quarantined)
        })
    }
}

impl Send {
    /// The identify that the traits make, then the event.
    fn send_arguments(&self) -> Result<Vec<Value>, Failure> {
        if self.user.is_none() && self.anonymous.is_none() {
            return Err(Failure::usage("an event is about somebody").hint("give --user or --anonymous"));
        }
        let mut calls = Vec::new();
        if let Some(traits) = &self.traits {
            calls.push(self.call("identify", &[("traits", object("traits", traits)?)]));
        }
        if let Some(event) = &self.event {
            let properties = object("properties", self.properties.as_deref().unwrap_or("{}"))?;
            calls.push(self.call("track", &[("event", event.as_str().into()), ("properties", properties)]));
        }
        Ok(calls)
    }

    fn call(&self, kind: &str, members: &[(&str, Value)]) -> Value {
        let mut call = Map::new();
        call.insert("type".to_owned(), kind.into());
        for (name, id) in [("userId", &self.user), ("anonymousId", &self.anonymous)] {
            if let Some(id) = id {
                call.insert(name.to_owned(), id.as_str().into());
            }
        }
        call.extend(members.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        Value::Object(call)
    }

    async fn lines(&self, path: &Path, general: &General, sender: &mut Sender) -> Result<(), Failure> {
        let (mut reader, length): (Box<dyn BufRead>, Option<u64>) = if path == Path::new("-") {
            (Box::new(BufReader::new(std::io::stdin())), None)
        } else {
            let file = File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
            let length =
                file.metadata().ok().filter(std::fs::Metadata::is_file).map(|metadata| metadata.len());
            (Box::new(BufReader::new(file)), length)
        };
        let progress = general
            .output()
            .progress(if length.is_some() { "sending (bytes)" } else { "sending (events)" }, length);
        let mut batch = Batch { first_line: self.from_line, ..Batch::default() };
        let (mut number, mut n_bytes) = (0, 0_u64);
        loop {
            let line = next_line(&mut *reader, number + 1)?;
            number += 1;
            let ends = line.is_none();
            if let Some(line) = line {
                n_bytes += line.len() as u64;
                if number < self.from_line || line.trim().is_empty() {
                    continue;
                }
                batch.add(&line, number)?;
            }
            if batch.is_full() || ends {
                let full =
                    std::mem::replace(&mut batch, Batch { first_line: number + 1, ..Batch::default() });
                let first_line = full.first_line;
                let sent = sender.send(full.events).await;
                sent.map_err(|failure| {
                    failure.hint(format!("mend that, then go on with --from-line {first_line}"))
                })?;
                progress.set_position(if length.is_some() { n_bytes } else { sender.report().sent });
            }
            if ends {
                progress.finish_and_clear();
                return Ok(());
            }
        }
    }
}

#[derive(Default)]
struct Batch {
    first_line: u64,
    events: Vec<Value>,
    n_bytes: usize,
}

impl Batch {
    fn add(&mut self, line: &str, number: u64) -> Result<(), Failure> {
        let event: Map<String, Value> = serde_json::from_str(line).map_err(|error| {
            let first_line = self.first_line;
            Failure::new(Exit::Invalid, "bad_line", format!("line {number} isn't a JSON object: {error}"))
                .hint(format!(
                    "nothing from line {first_line} on was sent: mend it, then use --from-line {first_line}"
                ))
        })?;
        self.n_bytes += line.len();
        self.events.push(Value::Object(event));
        Ok(())
    }

    /// Whether another line of the largest size might not fit.
    fn is_full(&self) -> bool {
        self.events.len() >= BATCH_EVENTS_MAX || self.n_bytes + LINE_BYTES_MAX > BATCH_BYTES_MAX
    }
}

/// The JSON object that an argument must be.
fn object(argument: &str, text: &str) -> Result<Value, Failure> {
    serde_json::from_str::<Map<String, Value>>(text)
        .map(Value::Object)
        .map_err(|error| Failure::usage(format!("--{argument} isn't a JSON object: {error}")))
}

/// The next line with its end; none at the end of the file.
fn next_line(reader: &mut dyn BufRead, number: u64) -> Result<Option<String>, Failure> {
    use std::io::Read as _;
    let mut bytes = Vec::new();
    // One byte beyond the bound tells too much from just enough.
    let n_read = reader
        .take(LINE_BYTES_MAX as u64 + 1)
        .read_until(b'\n', &mut bytes)
        .context("cannot read the events")?;
    if n_read == 0 {
        return Ok(None);
    }
    if bytes.len() > LINE_BYTES_MAX {
        let message = format!(
            "line {number} is longer than {LINE_BYTES_MAX} bytes: is this a file with one event a line?"
        );
        return Err(Failure::new(Exit::Invalid, "long_line", message));
    }
    let line = String::from_utf8(bytes)
        .map_err(|_| Failure::new(Exit::Invalid, "bad_line", format!("line {number} isn't UTF-8")))?;
    Ok(Some(line))
}

/// An identify call.
pub fn identify(user: &str, traits: &Value) -> Value {
    json!({ "type": "identify", "userId": user, "traits": traits })
}

/// A track call.
pub fn track(user: &str, event: &str, properties: &Value) -> Value {
    json!({ "type": "track", "userId": user, "event": event, "properties": properties })
}
