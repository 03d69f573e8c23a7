//! What a developer runs: `cargo xtask test`, `tidy`, `fmt`, `lint`, `docs`, `bench`, `sim`, `demo`.
//!
//! Read in this order: [`stage`] (how one step of a task is run and timed), [`setup`] (what the tests need from
//! packages), [`postgres`] (a database server of the tests' own), [`test`] (everything that must hold), [`bench`] (where
//! the time goes), [`task`] (the small tasks), [`fuzz`] (hostile inputs for as long as you like), [`nemesis`] (hours of
//! everything going wrong), [`instructions`] (a guard of speed), [`web`] (the browser application).
//!
//! **Invariant:** what CI runs is `cargo xtask test` and nothing else, so what holds there can be seen anywhere.
//! **Absent on purpose:** dependencies. This crate is built before anything else can be.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a developer's tool talks to its terminal")]

mod stage;

mod setup;

mod postgres;

mod test;

mod bench;

mod task;

mod fuzz;

mod nemesis;

mod instructions;

mod web;

use std::path::PathBuf;
use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask TASK

  test    installs what the tests need, starts the servers they need, runs every check; CI runs this
  tidy    checks the repository's own rules only (xtask/tests/tidy.rs)
  fmt     formats the code
  lint    formatting and clippy, as CI demands them
  docs    writes docs/reference/ again from the code
  bench   measures where the time goes: [NAME...] [--quick] [--database sqlite|postgres|both] [--json FILE];
          `bench peers` measures others, which it installs  [--quick] [--json FILE]
  fuzz    looks for inputs that nothing survives: [parser|compiler|advance] [--for 60s] [--seed N]
  liquid-suite  runs a file of Liquid cases and names those that fail: FILE
  histories     decides the recorded histories again: [--accept | --record]
  instructions  counts the instructions of hot scenarios again: [--accept]
  nemesis       three nodes on PostgreSQL while everything fails: [--for 1h] [--seed N]
  sim     plays installations from seeds, or with planted bugs  [--seeds N] [--from S] [--planted NAME|all] [--loud]
  web     builds the browser application, which becomes part of the binary  [check | browse]
  demo    builds Wend and plays a real shop's orders into it  [--days N] [--until-done] [--data DIR]
";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let task = arguments.next().unwrap_or_default();
    let rest: Vec<String> = arguments.collect();
    let done = match task.as_str() {
        "test" => test::all(),
        "tidy" => task::tidy(),
        "fmt" => task::fmt(),
        "lint" => task::lint(),
        "docs" => task::docs(),
        "demo" => task::demo(&rest),
        "sim" => task::sim(&rest),
        "bench" => bench::bench(&rest),
        "fuzz" => fuzz::run_targets(&rest),
        "web" => task::web(&rest),
        "liquid-suite" => task::liquid_suite(&rest),
        "histories" => task::histories(&rest),
        "instructions" => instructions::check(&rest),
        "nemesis" => nemesis::run(&rest),
        "" | "help" | "-h" | "--help" => {
            print!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        other => Err(anyhow::anyhow!("there is no task `{other}`\n\n{USAGE}")),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// The folder of the repository.
fn root() -> PathBuf {
    let manifest =
        std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from("xtask"), PathBuf::from);
    manifest.parent().map_or_else(|| PathBuf::from("."), PathBuf::from)
}

/// Where cargo builds.
fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}
