//! `wend export`: what is known, as a file.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use reqwest::Response;
use serde_json::json;

use crate::args::General;
use crate::command::backup::private_file;
use crate::command::choices::parsed;
use crate::exit::{Exit, Failure};
use crate::output::Output;

const EXAMPLES: &str = "\
Examples:
  wend export contacts contacts.csv
  wend export contacts --segment vips --format json-lines - | head
  wend export contacts austria.csv --where '{ trait: country, eq: AT }'
  wend export events events.parquet --since 2026-01-01
  wend export decisions decisions.jsonl --list fair-2026
  wend import contacts.csv                       takes an export back, also elsewhere

Needs a key with the scope `manage`; the audit names who exported. The format is told by the file's ending. In CSV, texts
that a spreadsheet would take for a formula get a ' in front, which `wend import` takes off (--formulas keep leaves them).";

/// What is exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Of {
    /// Contacts, as `wend import` takes them back
    Contacts,
    /// What contacts did
    Events,
    /// Messages and what became of them
    Messages,
    /// What was decided and why
    Decisions,
}

/// How it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Csv,
    JsonLines,
    Parquet,
}

/// What is done about texts that look like formulas.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Formulas {
    Escape,
    Keep,
}

/// Exports contacts, events, messages or decisions.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Export {
    /// What
    #[arg(value_enum)]
    of: Of,
    /// The file to write; `-` for stdout
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// How it is written; without it, by the file's ending
    #[arg(long, value_enum)]
    format: Option<Format>,
    #[command(flatten)]
    select: Select,
    /// Only what happened since then; contacts that are known since then
    #[arg(long, value_name = "INSTANT")]
    since: Option<String>,
    /// Only what happened before then
    #[arg(long, value_name = "INSTANT")]
    until: Option<String>,
    /// What is done about texts that a spreadsheet would take for a formula, in CSV
    #[arg(long, value_enum, default_value = "escape")]
    formulas: Formulas,
    /// Give contacts with Wend's own ids, by which the other exports name them
    #[arg(long)]
    ids: bool,
}

/// Of which contacts.
#[derive(Debug, Args)]
#[group(multiple = false)]
struct Select {
    /// Only contacts in a segment
    #[arg(long, value_name = "NAME")]
    segment: Option<String>,
    /// Only contacts on a list
    #[arg(long, value_name = "NAME")]
    list: Option<String>,
    /// Only contacts with a tag
    #[arg(long, value_name = "TAG")]
    tag: Option<String>,
    /// Only contacts for whom a condition holds, as files write it
    #[arg(long = "where", value_name = "CONDITION")]
    condition: Option<String>,
}

impl Export {
    /// Writes the file beside its place, and moves it there when it is whole.
    pub async fn run(&self, general: &General) -> Result<(), Failure> {
        let mut query = vec![("format", self.format()?.to_owned())];
        let Select { segment, list, tag, condition } = &self.select;
        let texts = [
            ("segment", segment),
            ("list", list),
            ("tag", tag),
            ("since", &self.since),
            ("until", &self.until),
        ];
        query.extend(texts.into_iter().filter_map(|(name, value)| Some((name, value.clone()?))));
        if let Some(condition) = condition {
            let read = parsed("--where", condition.clone()).map_err(|found| {
                Failure::new(Exit::Usage, "usage", "--where can't be read").diagnostics(found)
            })?;
            query.push(("where", read.to_string()));
        }
        let formulas = if self.formulas == Formulas::Keep { "keep" } else { "escape" };
        query.push(("formulas", formulas.to_owned()));
        query.push(("ids", self.ids.to_string()));
        let of = match self.of {
            Of::Contacts => "contacts",
            Of::Events => "events",
            Of::Messages => "messages",
            Of::Decisions => "decisions",
        };
        let response = general.client()?.download(&["exports", of], &query).await?;
        save(response, general.output(), &self.file).await
    }

    fn format(&self) -> Result<&'static str, Failure> {
        let ending = self.file.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        Ok(match (self.format, ending) {
            (Some(Format::Csv), _) | (None, "csv") => "csv",
            (Some(Format::JsonLines), _) | (None, "jsonl" | "ndjson" | "json") => "json_lines",
            (Some(Format::Parquet), _) | (None, "parquet") => "parquet",
            (None, _) => {
                return Err(Failure::usage("the file's ending doesn't say how it is to be written")
                    .hint("end it with .csv, .jsonl or .parquet, or say it with --format"));
            }
        })
    }
}

/// Saves what comes, only readable by its owner; a part of it is never taken for the whole.
pub async fn save(mut response: Response, output: Output, to: &Path) -> Result<(), Failure> {
    let broken = |error: reqwest::Error| {
        Failure::new(
            Exit::Unreachable,
            "broken_off",
            format!("the file broke off: {error}; nothing was kept"),
        )
    };
    let bar = output.progress("saving (bytes)", None);
    if to == Path::new("-") {
        let mut stdout = std::io::stdout().lock();
        while let Some(chunk) = response.chunk().await.map_err(broken)? {
            match stdout.write_all(&chunk) {
                Ok(()) => bar.inc(chunk.len() as u64),
                // `wend export … - | head` is no error.
                Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => return Ok(()),
                Err(error) => return Err(anyhow::Error::new(error).context("cannot write to stdout").into()),
            }
        }
        stdout.flush().context("cannot write to stdout")?;
        bar.finish_and_clear();
        return Ok(());
    }
    let beside = to.with_added_extension("part");
    let mut file = private_file(&beside)?;
    let mut n_bytes = 0_u64;
    while let Some(chunk) = response.chunk().await.map_err(broken)? {
        file.write_all(&chunk).with_context(|| format!("cannot write {}", beside.display()))?;
        n_bytes += chunk.len() as u64;
        bar.set_position(n_bytes);
    }
    file.sync_all().with_context(|| format!("cannot write {}", beside.display()))?;
    fs::rename(&beside, to).with_context(|| format!("cannot write {}", to.display()))?;
    bar.finish_and_clear();
    let shown = to.display().to_string();
    output.finish(&json!({ "file": shown, "bytes": n_bytes }), || format!("{shown}: {n_bytes} bytes"))
}
