//! Where the time goes: one small file for each question, and every ratio measured within one run.
//!
//! Read in this order: [`report`] (what comes out), [`scale`] (how much goes in), [`meter`] (processor time and memory),
//! [`stage`] (which part of the product uses it), [`shop`] (the portfolio and the traffic), [`place`] (the databases),
//! [`house`] (a server in this process), [`client`] (who sends to it, in a process of its own), then the questions:
//! [`advance`], [`ingest`] with its [`floor`], [`latency`], [`waiting`], [`broadcast`], [`audience`], [`transfer`], [`portfolio`],
//! [`templates`], [`workflow`], [`sending`].
//!
//! **Invariants.** What is measured is the production code, called as `wend serve` calls it. What drives it is never in
//! the measured process when processor time is. **Absent on purpose:** numbers to compare with from another run; a
//! machine that others use makes them worthless. No test waits for any of this: tests run it with tiny sizes.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a developer's tool talks to its terminal")]

mod meter;
mod report;
mod scale;
mod stage;

mod shop;

mod house;
mod place;

mod client;

mod advance;
mod audience;
mod broadcast;
mod floor;
mod ingest;
mod latency;
mod portfolio;
mod sending;
mod templates;
mod transfer;
mod waiting;
mod workflow;

use std::alloc::System;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::{Parser, Subcommand};
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

use crate::place::Kind;
use crate::report::Report;
use crate::scale::Scale;

/// Counts what is allocated; two additions each, which nobody notices beside the allocation.
#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Measures where the time goes.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask bench", subcommand_negates_reqs = true, args_conflicts_with_subcommands = true)]
struct Arguments {
    /// Which questions: advance, ingest, latency, waiting, broadcast, workflow, audience, transfer, portfolio, templates, sending; all of them if none is named
    names: Vec<String>,
    /// A twentieth of the size
    #[arg(long)]
    quick: bool,
    /// How many contacts, instead of a million
    #[arg(long)]
    contacts: Option<u64>,
    /// How many events, instead of as many as there are contacts
    #[arg(long)]
    events: Option<u64>,
    /// For how many seconds a rate is held, instead of 30
    #[arg(long)]
    seconds: Option<u64>,
    /// sqlite, postgres or both
    #[arg(long, default_value = "both")]
    database: String,
    /// Write the results there as JSON, too
    #[arg(long)]
    json: Option<PathBuf>,
    /// Print where the processor's time went, function by function
    #[arg(long)]
    functions: bool,
    #[command(subcommand)]
    part: Option<Part>,
}

/// What a process of its own does for a measurement.
#[derive(Debug, Subcommand)]
enum Part {
    /// Sends events
    #[command(hide = true)]
    Client(client::Orders),
    /// Opens a folder and says what that took
    #[command(hide = true)]
    Open(waiting::Opening),
    /// Takes events in until it dies
    #[command(hide = true)]
    Die(waiting::Dying),
    /// Takes messages until it is killed
    #[command(hide = true)]
    Sink(sending::Sinking),
}

/// The questions in the order in which they are asked.
const NAMES: [&str; 11] = [
    "advance",
    "portfolio",
    "templates",
    "ingest",
    "latency",
    "waiting",
    "broadcast",
    "workflow",
    "sending",
    "audience",
    "transfer",
];

fn main() -> ExitCode {
    let done = match Arguments::parse() {
        Arguments { part: Some(Part::Client(orders)), .. } => orders.run(),
        Arguments { part: Some(Part::Open(opening)), .. } => opening.run(),
        Arguments { part: Some(Part::Die(dying)), .. } => dying.run(),
        Arguments { part: Some(Part::Sink(sinking)), .. } => sinking.run(),
        arguments => measure(&arguments),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn measure(arguments: &Arguments) -> anyhow::Result<()> {
    let scale = Scale::new(arguments.quick, arguments.contacts, arguments.events, arguments.seconds);
    let kinds: &[Kind] = match arguments.database.as_str() {
        "sqlite" => &[Kind::Sqlite],
        "postgres" => &[Kind::Postgres],
        "both" => &[Kind::Sqlite, Kind::Postgres],
        other => bail!("there is no database `{other}`: sqlite, postgres or both"),
    };
    if let Some(unknown) = arguments.names.iter().find(|name| !NAMES.contains(&name.as_str())) {
        bail!("there is no question `{unknown}`: {}", NAMES.join(", "));
    }
    let mut report = Report::new(arguments.functions);
    for name in NAMES {
        if !arguments.names.is_empty() && !arguments.names.iter().any(|wanted| wanted == name) {
            continue;
        }
        // These need no database.
        match name {
            "advance" => {
                advance::measure(&scale, &mut report)?;
                continue;
            }
            "portfolio" => {
                portfolio::measure(&scale, &mut report)?;
                continue;
            }
            "templates" => {
                templates::measure(&scale, &mut report)?;
                continue;
            }
            _ => {}
        }
        for kind in kinds {
            match name {
                "ingest" => ingest::measure(*kind, &scale, &mut report),
                "latency" => latency::measure(*kind, &scale, &mut report),
                "waiting" => waiting::measure(*kind, &scale, &mut report),
                "workflow" => workflow::measure(*kind, &scale, &mut report),
                "sending" => sending::measure(*kind, &scale, &mut report),
                "audience" => audience::measure(*kind, &scale, &mut report),
                "transfer" => transfer::measure(*kind, &scale, &mut report),
                _ => broadcast::measure(*kind, &scale, &mut report),
            }
            .with_context(|| format!("cannot measure `{name}` on {kind}"))?;
        }
    }
    report.print();
    match &arguments.json {
        Some(path) => report.write(path),
        None => Ok(()),
    }
}

/// Waits for asynchronous work on threads as `wend serve` has them.
fn block_on<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(work)
}

#[cfg(test)]
mod tests;
