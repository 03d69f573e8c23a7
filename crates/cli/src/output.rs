//! What a command says: one JSON document for scripts, or lines for people, on stdout; everything else on stderr.

use std::fmt::Write as _;
use std::io::{IsTerminal as _, Write as _};
use std::time::Duration;

use anyhow::Context as _;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;
use serde_json::Value;

use crate::exit::Failure;

/// How often a progress bar without a length turns.
const TICK: Duration = Duration::from_millis(120);

/// The most characters of a cell of a table.
const CELL_CHARACTERS_MAX: usize = 160;

/// The terminal, or the script, that a command talks to.
#[derive(Debug, Clone, Copy)]
pub struct Output {
    /// Whether stdout is one JSON document.
    pub json: bool,
}

/// How many of something, in words: `1 error`, `2 errors`.
pub fn counted(n: u64, what: &str) -> String {
    if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") }
}

impl Output {
    /// Ends a command: the document for scripts, or the text for people.
    pub fn finish(self, document: &impl Serialize, text: impl FnOnce() -> String) -> Result<(), Failure> {
        let shown = if self.json {
            serde_json::to_string_pretty(document).context("cannot write the answer as JSON")?
        } else {
            printable(&text())
        };
        say(&shown)
    }

    /// A remark for a person, on stderr; scripts don't see it.
    pub fn note(self, text: &str) {
        if !self.json {
            // Nobody is left to hear that stderr is closed.
            let _ = writeln!(std::io::stderr(), "{text}");
        }
    }

    /// A bar over `length` things, or a spinner if it isn't known; hidden unless a person looks at stderr.
    pub fn progress(self, what: &'static str, length: Option<u64>) -> ProgressBar {
        let bar = length.map_or_else(ProgressBar::new_spinner, ProgressBar::new);
        if self.json || !std::io::stderr().is_terminal() {
            bar.set_draw_target(ProgressDrawTarget::hidden());
        }
        let template = if length.is_some() {
            "{msg} [{bar:32}] {human_pos}/{human_len} ({per_sec}, {eta} left)"
        } else {
            "{msg} {spinner} {human_pos} ({per_sec})"
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.set_message(what);
        bar.enable_steady_tick(TICK);
        bar
    }
}

/// Writes one text, and the end of its line, to stdout.
pub fn say(text: &str) -> Result<(), Failure> {
    let mut stdout = std::io::stdout().lock();
    let text = text.strip_suffix('\n').unwrap_or(text);
    match writeln!(stdout, "{text}").and_then(|()| stdout.flush()) {
        Ok(()) => Ok(()),
        // `wend messages | head` is no error.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(anyhow::Error::new(error).context("cannot write to stdout").into()),
    }
}

/// The text of a value in a table: strings without quotes, nothing for null.
pub fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The text of a member, or nothing.
pub fn member(value: &Value, name: &str) -> String {
    value.get(name).map(plain).unwrap_or_default()
}

/// A table with a heading and columns as wide as what is in them; `empty` if there are no rows.
pub fn table(heading: &[&str], rows: &[Vec<String>], empty: &str) -> String {
    if rows.is_empty() {
        return empty.to_owned();
    }
    let heading: Vec<String> = heading.iter().map(|title| title.to_uppercase()).collect();
    let rows: Vec<Vec<String>> =
        rows.iter().map(|row| row.iter().map(|cell| shortened(cell)).collect()).collect();
    let all = || std::iter::once(&heading).chain(&rows);
    let widths: Vec<usize> = (0..heading.len())
        .map(|column| {
            all().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
        })
        .collect();
    let mut out = String::new();
    for row in all() {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            let _ = write!(line, "{cell:<width$}  ");
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

/// A text whose control characters are shown, not obeyed: names and values come from anybody who sends events.
fn printable(text: &str) -> String {
    let shown = |c: char| match c {
        '\n' | '\t' => c.to_string(),
        c if c.is_control() => c.escape_unicode().to_string(),
        c => c.to_string(),
    };
    text.chars().map(shown).collect()
}

/// A cell that fits on a screen; `--json` has all of it.
fn shortened(cell: &str) -> String {
    if cell.chars().count() <= CELL_CHARACTERS_MAX {
        return cell.to_owned();
    }
    let kept: String = cell.chars().take(CELL_CHARACTERS_MAX - 1).collect();
    kept + "…"
}

#[cfg(test)]
mod tests;
