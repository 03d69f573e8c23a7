//! Everything that must hold, in the order in which it fails fastest.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::instructions;
use crate::postgres::Postgres;
use crate::setup;
use crate::stage::{Stages, ask, cargo, run};
use crate::web;

/// The mail server that Debian's package `opensmtpd` brings.
const OPENSMTPD: &str = "/usr/sbin/smtpd";

/// Where the packages of the tests are.
#[derive(Default)]
struct Installed {
    python: Option<PathBuf>,
    node_modules: Option<PathBuf>,
}

/// Installs, starts, checks, stops, and says what failed.
pub fn all() -> anyhow::Result<()> {
    let mut stages = Stages::default();
    let mut installed = Installed::default();
    stages.run("Debian packages", setup::debian);
    stages.run("Python packages", || {
        installed.python = setup::python()?;
        Ok(())
    });
    stages.run("Node packages", || {
        installed.node_modules = setup::node()?;
        Ok(())
    });
    // What is in the binary is built before the binary is.
    stages.run("build the application", web::build);
    stages.run("types, lints and unit tests of the application", web::check);
    stages.run("formatting", || run(&mut cargo(&["fmt", "--all", "--check"])));
    stages.run("clippy", || {
        run(&mut cargo(&["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"]))
    });
    if ask(&mut cargo(&["deny", "--version"])).is_some() {
        stages.run("licences and sources of dependencies", || {
            run(&mut cargo(&["deny", "check", "licenses", "bans", "sources"]))
        });
    }
    let nextest = ask(&mut cargo(&["nextest", "--version"])).is_some();
    let runner: &[&str] =
        if nextest { &["nextest", "run"] } else { &["test", "--tests", "--bins", "--lib", "--no-fail-fast"] };
    let built = stages.run("build the tests", || run(cargo(runner).args(["--workspace", "--no-run"])));
    if built {
        // Before the tests, so that the last thing a reader sees is what the tests said.
        stages.run("examples in the documentation", || {
            run(&mut cargo(&["test", "--workspace", "--doc", "--quiet"]))
        });
        stages.run("instructions of hot scenarios", || instructions::check(&[]));
        stages.run("the application in a browser", web::browse);
        let mut postgres = None;
        stages.run("start PostgreSQL", || {
            postgres = Some(Postgres::start()?);
            Ok(())
        });
        if let Some(postgres) = &postgres {
            stages.run("tests", || run(with_servers(cargo(runner).arg("--workspace"), postgres, &installed)));
        }
    }
    stages.finish()
}

/// Tells the tests where their servers and clients are.
fn with_servers<'a>(command: &'a mut Command, postgres: &Postgres, installed: &Installed) -> &'a mut Command {
    command.env("WEND_TEST_POSTGRES", &postgres.url).env("WEND_TEST_NODE", "node");
    if let Some(python) = &installed.python {
        command.env("WEND_TEST_PYTHON", python);
    }
    if let Some(modules) = &installed.node_modules {
        command.env("WEND_TEST_NODE_MODULES", modules);
    }
    if Path::new(OPENSMTPD).exists() {
        command.env("WEND_TEST_SMTPD", OPENSMTPD);
    }
    command
}
