//! Runs a file of cases in the shape of the golden-liquid suite: what `cargo xtask liquid-suite FILE` calls.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "it tells a developer what fails")]

#[path = "../tests/golden/cases.rs"]
mod cases;
#[path = "../tests/golden/rendering.rs"]
mod rendering;

use std::process::ExitCode;

const KNOWN_FAILURES: &str = include_str!("../tests/golden/known_failures.txt");

fn main() -> ExitCode {
    let Some(file) = std::env::args().nth(1) else {
        eprintln!("usage: suite FILE");
        return ExitCode::FAILURE;
    };
    let read = std::fs::read_to_string(&file).map_err(|error| error.to_string());
    let outcome = match read.and_then(|text| cases::run(&text)) {
        Ok(outcome) => outcome,
        Err(error) => {
            eprintln!("error: cannot run {file}: {error}");
            return ExitCode::FAILURE;
        }
    };
    let known = cases::known(KNOWN_FAILURES);
    let is_known = |name: &str| known.contains(name);
    for (name, why) in &outcome.failed {
        let note =
            if is_known(name) { " (known: crates/liquid/tests/golden/known_failures.txt)" } else { "" };
        println!("failed: {name}{note}\n    {why}");
    }
    println!("{} passed, {} failed", outcome.n_passed, outcome.failed.len());
    let is_as_known = outcome.failed.iter().all(|(name, _)| is_known(name));
    if is_as_known { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
