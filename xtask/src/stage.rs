//! One step of a task: run, timed, and told of at the end.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};

/// The steps of one task, in the order they were run.
///
/// A step that fails doesn't keep the later ones from running: whoever reads the output sees everything that is wrong.
#[derive(Default)]
pub struct Stages {
    done: Vec<Stage>,
}

struct Stage {
    name: String,
    took: Duration,
    error: Option<String>,
}

impl Stages {
    /// Runs one step and remembers how it went; says whether it went well.
    pub fn run(&mut self, name: &str, work: impl FnOnce() -> anyhow::Result<()>) -> bool {
        println!("\n=== {name}");
        let begun = Instant::now();
        let error = work().err().map(|error| format!("{error:#}"));
        if let Some(error) = &error {
            println!("!!! {name}: {error}");
        }
        let good = error.is_none();
        self.done.push(Stage { name: name.to_owned(), took: begun.elapsed(), error });
        good
    }

    /// Prints what was run, how long it took and what failed; an error if anything did.
    pub fn finish(self) -> anyhow::Result<()> {
        println!("\n=== summary");
        for Stage { name, took, error } in &self.done {
            let verdict = if error.is_none() { "ok" } else { "FAILED" };
            println!("{verdict:>8} {:>8.1} s  {name}", took.as_secs_f64());
        }
        let total: Duration = self.done.iter().map(|stage| stage.took).sum();
        println!("{:>17.1} s  in all", total.as_secs_f64());
        let failed: Vec<&str> =
            self.done.iter().filter(|stage| stage.error.is_some()).map(|stage| stage.name.as_str()).collect();
        if failed.is_empty() {
            return Ok(());
        }
        bail!("failed: {}", failed.join(", "))
    }
}

/// Runs a program in the repository's folder with the terminal as its own; an error unless it ends well.
pub fn run(command: &mut Command) -> anyhow::Result<()> {
    let shown = shown(command);
    println!("  $ {shown}");
    let status = command
        .current_dir(crate::root())
        .stdin(Stdio::null())
        .status()
        .with_context(|| format!("cannot run `{shown}`"))?;
    if status.success() {
        return Ok(());
    }
    bail!("`{shown}` ended with {status}")
}

/// Runs a program quietly; whether it ended well and what it printed.
pub fn ask(command: &mut Command) -> Option<String> {
    let output =
        command.current_dir(crate::root()).stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The cargo that runs this.
pub fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments);
    // What cargo told this program about itself would confuse the cargo that it starts.
    for name in ["CARGO_MANIFEST_DIR", "CARGO_MANIFEST_PATH", "CARGO_PKG_NAME", "CARGO_PKG_VERSION"] {
        command.env_remove(name);
    }
    command
}

fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let words: Vec<String> = words.map(|word| word.to_string_lossy().into_owned()).collect();
    words.join(" ")
}
