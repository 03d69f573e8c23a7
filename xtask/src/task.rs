//! The small tasks.

use std::process::Command;

use anyhow::{Context as _, bail};

use crate::stage::{cargo, run};

/// The test that compares recorded histories, or writes them.
const HISTORIES_WRITER: &str = "s12_2_recorded_histories_are_decided_again_as_they_were";

/// Checks the repository's own rules.
pub fn tidy() -> anyhow::Result<()> {
    run(&mut cargo(&["test", "--quiet", "--package", "xtask", "--test", "tidy"]))
}

/// Formats the code.
pub fn fmt() -> anyhow::Result<()> {
    run(&mut cargo(&["fmt", "--all"]))
}

/// Checks formatting and lints.
pub fn lint() -> anyhow::Result<()> {
    run(&mut cargo(&["fmt", "--all", "--check"]))?;
    run(&mut cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))
}

/// Writes the generated part of the manual again.
pub fn docs() -> anyhow::Result<()> {
    run(&mut cargo(&["run", "--quiet", "--package", "wend-cli", "--", "docs", "docs/reference"]))
}

/// Builds Wend and hands over to `wend demo`, which runs until Ctrl-C.
pub fn demo(arguments: &[String]) -> anyhow::Result<()> {
    use std::os::unix::process::CommandExt as _;
    crate::web::build()?;
    run(&mut cargo(&["build", "--package", "wend-cli"]))?;
    let wend = crate::target().join("debug/wend");
    // In place of this process, so that Ctrl-C has one receiver, which ends everything in order.
    let error = Command::new(&wend).arg("demo").args(arguments).current_dir(crate::root()).exec();
    Err(error).with_context(|| format!("cannot run {}", wend.display()))
}

/// Runs a file of cases of the Liquid language, of the shape that golden-liquid has.
pub fn liquid_suite(arguments: &[String]) -> anyhow::Result<()> {
    let [file] = arguments else { bail!("write the file: cargo xtask liquid-suite FILE") };
    // What runs it is in the repository's folder.
    let file = std::path::absolute(file).with_context(|| format!("cannot find {file}"))?;
    let mut command = cargo(&["run", "--quiet", "--package", "wend-liquid", "--example", "suite", "--"]);
    run(command.arg(file))
}

/// Decides the recorded histories again, or writes down what was reviewed.
pub fn histories(arguments: &[String]) -> anyhow::Result<()> {
    let mode = match arguments {
        [] => None,
        [argument] if argument == "--accept" => Some("accept"),
        [argument] if argument == "--record" => Some("record"),
        _ => bail!(
            "`histories` takes nothing, `--accept` (the decisions as they are now) or `--record` (all anew)"
        ),
    };
    let mut command = cargo(&["test", "--quiet", "--package", "wend-lab", "--test", "histories"]);
    if let Some(mode) = mode {
        // Only the one test that writes: the others read what it writes.
        command.arg(HISTORIES_WRITER).env("WEND_HISTORIES", mode);
    }
    run(&mut command)
}

/// What cargo calls instead of rustc for the crates of this repository, to build the planted bugs in.
const PLANTING: &str = "#!/bin/sh\nexec \"$@\" --cfg planting\n";

/// Plays the simulator's seeds (docs/simulator.md); planted bugs are only in a build that is asked for them.
///
/// By a wrapper for this repository's crates, and not by `RUSTFLAGS`: so nothing else is built once more.
pub fn sim(arguments: &[String]) -> anyhow::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let mut play = cargo(&["run", "--quiet", "--package", "wend-sim", "--"]);
    if arguments.iter().any(|argument| argument == "--planted") {
        let wrapper = crate::target().join("planting.sh");
        std::fs::create_dir_all(crate::target())?;
        std::fs::write(&wrapper, PLANTING)
            .and_then(|()| std::fs::set_permissions(&wrapper, std::fs::Permissions::from_mode(0o755)))
            .with_context(|| format!("cannot write {}", wrapper.display()))?;
        play.env("RUSTC_WORKSPACE_WRAPPER", wrapper);
    }
    run(play.args(arguments))
}

/// Builds the browser application, checks it, or plays it in a browser.
pub fn web(arguments: &[String]) -> anyhow::Result<()> {
    match arguments {
        [] => crate::web::build(),
        [argument] if argument == "check" => crate::web::check(),
        [argument] if argument == "browse" => {
            crate::web::build()?;
            run(&mut cargo(&["build", "--package", "wend-cli"]))?;
            crate::web::browse()
        }
        _ => bail!(
            "`web` takes nothing (build it), `check` (types, lints, unit tests) or `browse` (in Chromium)"
        ),
    }
}
