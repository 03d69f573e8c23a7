//! The browser application: its packages, its build, its checks, and its tests in a real browser.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::Context as _;

use crate::stage::run;

/// The folder of the application.
fn folder() -> PathBuf {
    crate::root().join("web")
}

/// Installs the application's packages, again when their lock file changes.
pub fn packages() -> anyhow::Result<()> {
    let lock = folder().join("package-lock.json");
    let wanted = fs::read_to_string(&lock).with_context(|| format!("cannot read {}", lock.display()))?;
    let stamp = folder().join("node_modules/.installed-package-lock.json");
    if fs::read_to_string(&stamp).is_ok_and(|text| text == wanted) {
        println!("  every package is there");
        return Ok(());
    }
    run(&mut npm(&["install", "--no-save", "--no-audit", "--no-fund", "--loglevel=error"]))?;
    fs::write(&stamp, wanted).with_context(|| format!("cannot write {}", stamp.display()))
}

/// Builds the application into `web/dist`, from where it becomes part of the binary.
pub fn build() -> anyhow::Result<()> {
    packages()?;
    run(&mut npm(&["run", "--silent", "build"]))
}

/// Types (the client's are made from the API's description), formatting, lints and unit tests.
pub fn check() -> anyhow::Result<()> {
    packages()?;
    run(&mut npm(&["run", "--silent", "api"]))?;
    run(&mut npm(&["run", "--silent", "check"]))?;
    run(&mut npm(&["run", "--silent", "test"]))
}

/// Tests of the built binary in Debian's Chromium.
pub fn browse() -> anyhow::Result<()> {
    packages()?;
    let mut tests = npm(&["run", "--silent", "test:browser"]);
    run(tests.env("WEND_BINARY", crate::target().join("debug/wend")))
}

fn npm(arguments: &[&str]) -> Command {
    let mut command = Command::new("npm");
    command.args(arguments).arg("--prefix").arg(folder());
    command
}
