//! `wend import`: contacts from a file.

use std::fmt::Write as _;
use std::os::fd::AsFd as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use reqwest::Body;
use serde_json::{Map, Value, json};

use crate::args::General;
use crate::client::Client;
use crate::command::choices::parsed;
use crate::command::imports::{over, shown};
use crate::exit::{Exit, Failure};
use crate::output::{Output, member, table};

/// How many bad rows are told of; the report has all.
const BAD_ROWS_TOLD: usize = 10;

const EXAMPLES: &str = "\
Examples:
  wend import contacts.csv --preview                  what the columns are and what the first rows would become
  wend import contacts.csv --dry-run --report bad.csv every row is tried, nothing changes
  wend import contacts.csv --map 'Customer No=user_id' --map 'Age=trait:age as number' --map 'Notes=ignore'
  wend import contacts.csv --duplicates fill --list newsletter --consent-source 'old shop'
  wend export contacts - --format json-lines | wend import - --format json-lines

A column goes to: user_id, anonymous_id, trait:NAME, list:NAME, tag:NAME, channel:NAME, category:NAME, lists, tags, traits,
created_at, consent_at, consent_source or ignore; with a type: text, number, decimal_comma, boolean, date, date_dmy,
date_mdy, list or json. What isn't said is guessed from the file; --preview shows it. Imports trigger nothing unless a
trigger says `late: true`. A bad row stops nothing: it is reported. The server does the work: if it or this command is
stopped, the import goes on where it was (`wend imports show ID --wait`), and `wend imports undo ID` gives it back.";

/// What becomes of rows whose contact is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Duplicates {
    /// The row's values replace those that the contact has
    Update,
    /// Only what the contact lacks is taken
    Fill,
    /// The contact stays as it is
    Skip,
}

/// Imports contacts from CSV or JSON Lines, with a preview, a dry run, a report and an undo.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub struct Import {
    /// The file; `-` for stdin
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Where a column goes; may be given often
    #[arg(long, value_name = "COLUMN=PLACE")]
    map: Vec<String>,
    /// A file with all the settings, as `wend imports show ID --json` has them under `settings`
    #[arg(long, value_name = "FILE")]
    mapping: Option<PathBuf>,
    /// What becomes of rows whose contact is there already
    #[arg(long, value_enum)]
    duplicates: Option<Duplicates>,
    /// Whether an empty cell removes the trait
    #[arg(long)]
    clear_empty: bool,
    /// Put everybody on this list
    #[arg(long, value_name = "NAME")]
    list: Option<String>,
    /// Give everybody this tag
    #[arg(long, value_name = "TAG")]
    tag: Option<String>,
    /// Through what consent was given, where the file doesn't say it
    #[arg(long, value_name = "TEXT")]
    consent_source: Option<String>,
    #[command(flatten)]
    kind: Kind,
    /// Show what the first rows would become, and do nothing
    #[arg(long, conflicts_with = "dry_run")]
    preview: bool,
    /// Try every row, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Save what is wrong with which row, as CSV
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Return when it has begun; `wend imports show ID --wait` waits
    #[arg(long)]
    detach: bool,
}

/// What the file is; found out if it isn't said.
#[derive(Debug, Args)]
struct Kind {
    /// csv or json-lines
    #[arg(long, value_name = "FORMAT", value_parser = ["csv", "json-lines"])]
    format: Option<String>,
    /// utf-8, utf-16le, windows-1252 or another name that browsers know
    #[arg(long, value_name = "NAME")]
    encoding: Option<String>,
    /// What separates cells: one character, or tab
    #[arg(long, value_name = "CHARACTER")]
    delimiter: Option<String>,
}

impl Import {
    /// Uploads the file, looks at it, and imports it.
    pub async fn run(&self, general: &General) -> Result<(), Failure> {
        let (client, output) = (general.client()?, general.output());
        let import = self.upload(&client, output).await?;
        let id = member(&import, "id");
        let done = self.import(&client, output, &import).await;
        let now = client.get(&["imports", &id], &[]).await?;
        // A file that was only looked at isn't kept; what is under way or over stays.
        if ["uploaded", "checked"].contains(&member(&now, "state").as_str()) {
            client.delete(&["imports", &id], &[]).await?;
        }
        done
    }

    async fn upload(&self, client: &Client, output: Output) -> Result<Value, Failure> {
        let mut query = Vec::new();
        let name = self.file.file_name().map_or_else(|| "stdin".into(), |name| name.to_string_lossy());
        query
            .push(("name", if self.file == Path::new("-") { "stdin".to_owned() } else { name.into_owned() }));
        let Kind { format, encoding, delimiter } = &self.kind;
        let format = format.as_ref().map(|format| format.replace('-', "_"));
        for (name, value) in [("format", &format), ("encoding", encoding), ("delimiter", delimiter)] {
            query.extend(value.clone().map(|value| (name, value)));
        }
        let bar = output.progress("uploading", None);
        let body = if self.file == Path::new("-") {
            let stdin = std::io::stdin().as_fd().try_clone_to_owned().context("cannot read stdin")?;
            Body::from(tokio::fs::File::from_std(stdin.into()))
        } else {
            let file = tokio::fs::File::open(&self.file).await;
            Body::from(file.with_context(|| format!("cannot open {}", self.file.display()))?)
        };
        let import = client.upload(&["imports"], &query, body).await?;
        bar.finish_and_clear();
        Ok(import)
    }

    async fn import(&self, client: &Client, output: Output, import: &Value) -> Result<(), Failure> {
        let id = member(import, "id");
        let settings = self.settings(import)?;
        let preview = client.post(&["imports", &id, "preview"], &settings).await?;
        let faults = preview.get("faults").and_then(Value::as_array).cloned().unwrap_or_default();
        if !faults.is_empty() {
            let told: Vec<String> = faults.iter().map(fault).collect();
            let hint = "see the columns with --preview, and say where they go with --map";
            let message = format!("the file can't be imported like this: {}", told.join("; "));
            return Err(Failure::new(Exit::Invalid, "settings", message).hint(hint));
        }
        if self.preview {
            let document = json!({ "file": import.get("file"), "settings": settings, "preview": preview });
            return output.finish(&document, || previewed(import, &preview));
        }
        for column in preview.get("columns").and_then(Value::as_array).into_iter().flatten() {
            output.note(&format!("{} -> {}", member(column, "column"), member(column, "target")));
        }
        let start = json!({ "settings": settings, "dry_run": self.dry_run });
        let started = client.post(&["imports", &id, "start"], &start).await?;
        if self.detach {
            return output.finish(&started, || shown(&started));
        }
        output.note(&format!("import {id}"));
        let finished = over(client, output, started).await?;
        self.tell_bad_rows(client, output, &id, &finished).await?;
        output.finish(&finished, || shown(&finished))
    }

    /// Tells of the first bad rows, and saves all of them if that is asked for.
    async fn tell_bad_rows(
        &self,
        client: &Client,
        output: Output,
        id: &str,
        finished: &Value,
    ) -> Result<(), Failure> {
        if let Some(report) = &self.report {
            let query = [("bad_only", "true".to_owned()), ("format", "csv".to_owned())];
            let mut response = client.download(&["imports", id, "report"], &query).await?;
            let mut bytes = Vec::new();
            while let Some(chunk) = response.chunk().await.map_err(anyhow::Error::new)? {
                bytes.extend_from_slice(&chunk);
            }
            std::fs::write(report, bytes).with_context(|| format!("cannot write {}", report.display()))?;
        }
        let n_bad = finished["progress"]["bad"].as_u64().unwrap_or_default();
        if n_bad == 0 || output.json {
            return Ok(());
        }
        let query = [("bad_only", "true".to_owned()), ("format", "json_lines".to_owned())];
        let mut response = client.download(&["imports", id, "report"], &query).await?;
        let mut text = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(anyhow::Error::new)? {
            text.extend_from_slice(&chunk);
            if text.split(|byte| *byte == b'\n').count() > BAD_ROWS_TOLD {
                break;
            }
        }
        for line in String::from_utf8_lossy(&text).lines().take(BAD_ROWS_TOLD) {
            let Ok(row) = serde_json::from_str::<Value>(line) else { continue };
            let told = row.get("fault").map(fault).unwrap_or_default();
            output.note(&format!("line {}: {told}", member(&row, "line")));
        }
        if n_bad > BAD_ROWS_TOLD as u64 {
            output
                .note(&format!("and more: --report FILE, or `wend imports report {id} --bad`, has them all"));
        }
        Ok(())
    }

    /// What the server proposes, with what is said here.
    fn settings(&self, import: &Value) -> Result<Value, Failure> {
        let mut settings = match &self.mapping {
            Some(path) => read(path)?,
            None => import.get("suggested").and_then(Value::as_object).cloned().unwrap_or_default(),
        };
        let mut columns = settings.get("columns").and_then(Value::as_object).cloned().unwrap_or_default();
        for map in &self.map {
            let (column, place) = map.rsplit_once('=').ok_or_else(|| {
                Failure::usage(format!("`{map}` doesn't say where a column goes"))
                    .hint("write --map 'Customer No=user_id'")
            })?;
            // A place that was guessed gives way to one that is said.
            let bare = |place: &str| place.split(" as ").next().unwrap_or_default().to_owned();
            for (other, taken) in &mut columns {
                if other != column && taken.as_str().map(bare) == Some(bare(place)) {
                    *taken = Value::from("ignore");
                }
            }
            columns.insert(column.to_owned(), Value::from(place));
        }
        settings.insert("columns".to_owned(), Value::Object(columns));
        if let Some(duplicates) = self.duplicates {
            let name = match duplicates {
                Duplicates::Update => "update",
                Duplicates::Fill => "fill",
                Duplicates::Skip => "skip",
            };
            settings.insert("duplicates".to_owned(), name.into());
        }
        if self.clear_empty {
            settings.insert("empty".to_owned(), "clear".into());
        }
        let texts = [("list", &self.list), ("tag", &self.tag), ("consent_source", &self.consent_source)];
        for (name, value) in texts {
            if let Some(value) = value {
                settings.insert(name.to_owned(), value.as_str().into());
            }
        }
        Ok(Value::Object(settings))
    }
}

/// A file of settings, in YAML or JSON.
fn read(path: &Path) -> Result<Map<String, Value>, Failure> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let shown = path.display().to_string();
    let read = parsed(&shown, text).map_err(|found| {
        Failure::new(Exit::Invalid, "invalid", format!("{shown} can't be read")).diagnostics(found)
    })?;
    match read {
        Value::Object(settings) => Ok(settings),
        _ => Err(Failure::new(Exit::Invalid, "invalid", format!("{shown} is not an object"))),
    }
}

fn fault(fault: &Value) -> String {
    let column = member(fault, "column");
    let column = if column.is_empty() { column } else { format!("column `{column}`: ") };
    format!("{column}{} - {}", member(fault, "reason"), member(fault, "fix"))
}

/// A preview in words.
fn previewed(import: &Value, preview: &Value) -> String {
    let file = &import["file"];
    let mut text = format!(
        "{} bytes, {}, separated by `{}`, {}: {}\n",
        member(file, "bytes"),
        member(file, "format"),
        member(file, "delimiter").replace('\t', "tab"),
        member(file, "encoding"),
        member(file, "encoding_why"),
    );
    for note in file.get("notes").and_then(Value::as_array).into_iter().flatten() {
        let _ = writeln!(text, "note: {}", note.as_str().unwrap_or_default());
    }
    let columns = preview.get("columns").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let column = |column: &Value| {
        let cells = column.get("cells").and_then(Value::as_array).into_iter().flatten();
        let cells: Vec<&str> = cells.filter_map(Value::as_str).collect();
        let mut row = ["column", "target", "n_empty", "n_bad"].map(|name| member(column, name)).to_vec();
        row.push(cells.join(" · "));
        row
    };
    let rows: Vec<Vec<String>> = columns.iter().map(column).collect();
    text.push_str(&table(&["column", "goes to", "empty", "bad", "cells"], &rows, "  none\n"));
    for row in preview.get("rows").and_then(Value::as_array).into_iter().flatten() {
        let said = match row.get("fault").filter(|fault| !fault.is_null()) {
            Some(found) => format!("bad: {}", fault(found)),
            None => member(row, "says"),
        };
        let _ = writeln!(text, "line {}: {said}", member(row, "line"));
    }
    text
}
