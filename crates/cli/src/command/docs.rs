//! `wend docs`: the generated part of the manual, and whether it is in step with the code.

use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, CommandFactory as _};
use serde_json::{Value, json};

use crate::args::{Arguments, General};
use crate::exit::{Exit, Failure, TABLE};
use crate::output::{member, plain};
use crate::portfolio::write_whole;
use crate::settings;

/// What each page begins with.
const HEADER: &str = "<!-- Written by `cargo xtask docs` from the code: change it there. -->\n\n";

/// Writes docs/reference from the code.
#[derive(Debug, Args)]
pub struct Docs {
    /// The folder to write
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Write nothing; fail if a page isn't what the code says
    #[arg(long)]
    check: bool,
}

impl Docs {
    /// Writes or compares every page.
    pub fn run(&self, general: &General) -> Result<(), Failure> {
        let mut changed = Vec::new();
        for (name, text) in pages()? {
            let path = self.folder.join(name);
            if std::fs::read_to_string(&path).is_ok_and(|there| there == text) {
                continue;
            }
            changed.push(name);
            if !self.check {
                write_whole(&path, text.as_bytes())?;
            }
        }
        if self.check && !changed.is_empty() {
            let message = format!("not in step with the code: {}", changed.join(", "));
            return Err(Failure::new(Exit::Failed, "stale", message).hint("cargo xtask docs"));
        }
        general.output().finish(&json!({ "changed": changed }), || format!("{} pages changed", changed.len()))
    }
}

/// Every generated page by its file's name.
fn pages() -> Result<Vec<(&'static str, String)>, Failure> {
    let description =
        serde_json::to_value(wend_server::openapi()).context("cannot write the API's description")?;
    let openapi = serde_json::to_string_pretty(&description).context("cannot write the API's description")?;
    let schema = wend_domain::source::schema::json_schema();
    let schema = serde_json::to_string_pretty(&schema).context("cannot write the schema")?;
    Ok(vec![
        ("command-line.md", with_header(&command_line())),
        ("configuration.md", with_header(&configuration())),
        ("file-format.md", with_header(&wend_domain::source::reference::markdown())),
        ("errors.md", with_header(&wend_domain::source::codes::markdown())),
        ("api.md", with_header(&api(&description))),
        ("retention.md", with_header(&wend_store::retention::page())),
        ("metrics.md", with_header(&metrics())),
        ("openapi.json", format!("{openapi}\n")),
        ("wend.schema.json", format!("{schema}\n")),
    ])
}

fn with_header(page: &str) -> String {
    format!("{HEADER}{}\n", page.trim())
}

/// The endpoints in short; openapi.json has the whole.
fn api(description: &Value) -> String {
    let mut out = String::from(
        "# API\n\nEvery endpoint in short. [openapi.json](openapi.json), which a server also gives at `/openapi.json`, \
         describes bodies, parameters and answers.\n\n| Method | Path | Scope | What |\n| --- | --- | --- | --- |\n",
    );
    for (path, methods) in description.get("paths").and_then(Value::as_object).into_iter().flatten() {
        for (method, operation) in methods.as_object().into_iter().flatten() {
            let summary = member(operation, "summary");
            let scopes = operation.get("security").and_then(Value::as_array).into_iter().flatten();
            let scopes = scopes.filter_map(|one| one.get("key")).filter_map(Value::as_array).flatten();
            let scopes: Vec<String> = scopes.map(plain).collect();
            let _ =
                writeln!(out, "| {} | `{path}` | {} | {summary} |", method.to_uppercase(), scopes.join(", "));
        }
    }
    out
}

fn metrics() -> String {
    use wend_engine::metrics::{ALL, markdown};
    markdown(ALL.iter().chain(&wend_server::METRICS))
}

fn configuration() -> String {
    format!(
        "# Configuration\n\n`wend config` prints this file; `wend serve --config FILE` uses one like it. Every setting \
         can also come from the environment (`WEND_SECTION__KEY`) or the command line (`--set section.key=value`).\n\n\
         ```toml\n{}```\n",
        settings::DEFAULT_FILE
    )
}

fn command_line() -> String {
    let mut root = Arguments::command().term_width(100).color(clap::ColorChoice::Never);
    root.build();
    let mut out = String::from(
        "# Command line\n\nEvery command takes `--url` (`WEND_URL`), `--key` (`WEND_KEY`) and `--json`, which makes it \
         print exactly one JSON document on stdout; a failure is one too, `{\"error\": {code, message, hint, \
         diagnostics, revision, conflicts}}`. What is for people only - progress, warnings - goes to stderr.\n\n",
    );
    let _ = writeln!(out, "```text\n{TABLE}\n```\n");
    for command in root.get_subcommands_mut() {
        if command.is_hide_set() || command.get_name() == "help" {
            continue;
        }
        describe(command, 2, &mut out);
    }
    out
}

fn describe(command: &mut clap::Command, level: usize, out: &mut String) {
    let name = command.get_bin_name().unwrap_or_else(|| command.get_name()).to_owned();
    // What every command takes is told once, at the top.
    let mut own = command.clone().mut_args(|argument| {
        let common = matches!(argument.get_id().as_str(), "url" | "key" | "json" | "help" | "version");
        argument.hide(common)
    });
    let help = own.render_long_help().to_string();
    let lines: Vec<&str> = help.lines().map(str::trim_end).collect();
    let _ = writeln!(out, "{} `{name}`\n\n```text\n{}\n```\n", "#".repeat(level), lines.join("\n").trim());
    for inner in command.get_subcommands_mut() {
        if inner.get_name() != "help" && !inner.is_hide_set() {
            describe(inner, level + 1, out);
        }
    }
}
