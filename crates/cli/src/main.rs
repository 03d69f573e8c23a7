//! The `wend` binary: arguments, configuration, wiring.
//!
//! Read in this order: [`args`] (what can be asked for), [`exit`] (how a command ends), [`output`] (what it says),
//! [`client`] (the API as the commands use it), then [`command`], one file each. What `wend serve` is made of:
//! [`settings`] (its configuration), [`courier`] (from a rendered message to a channel), `told` and `bounces` (what comes back of it), [`logs`].
//!
//! **Invariants**
//! - Everything the command line does with a running installation goes through its API; only commands that work on
//!   files, or on a database that no server uses, don't.
//! - stdout holds what was asked for and nothing else: one JSON document with `--json`.
//! - No secret is in an error, a log or a list of arguments that we print.
//!
//! **Absent on purpose:** rules. What a file means and what happens to a contact is decided in `domain`.

mod args;

mod bounces;

mod exit;

mod output;

mod client;

mod portfolio;

mod settings;

mod courier;

mod told;

mod logs;

mod command;

use std::process::ExitCode;

use clap::Parser as _;

use args::{Arguments, Command};
use exit::{Exit, Failure};

// Planted bugs are for the simulator alone.
const _: () = assert!(!wend_domain::planting::IS_POSSIBLE, "wend is not built with planted bugs in it");

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return not_understood(&error),
    };
    let json = arguments.general.json;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let done = match runtime {
        Ok(runtime) => runtime.block_on(run(arguments)),
        Err(error) => Err(anyhow::Error::new(error).context("cannot start the runtime").into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            tell(&failure, json);
            ExitCode::from(failure.exit() as u8)
        }
    }
}

/// Help and the version, or what is wrong with the command line; a script gets its one document all the same.
fn not_understood(error: &clap::Error) -> ExitCode {
    if error.use_stderr() && std::env::args_os().any(|argument| argument == "--json") {
        let text = error.render().to_string();
        let what = text.split("\n\n").next().unwrap_or_default().trim();
        let failure = Failure::usage(what.strip_prefix("error: ").unwrap_or(what));
        let _ = output::say(&failure.document().to_string());
    }
    // Nobody is left to hear that the terminal is closed.
    let _ = error.print();
    ExitCode::from(if error.use_stderr() { Exit::Usage as u8 } else { 0 })
}

/// Tells a person on stderr, and a script on stdout too: its one document is the error.
fn tell(failure: &Failure, json: bool) {
    use std::io::Write as _;
    if json {
        let _ = output::say(&failure.document().to_string());
    }
    // Nobody is left to hear that stderr is closed.
    let _ = writeln!(std::io::stderr(), "{failure}");
}

async fn run(arguments: Arguments) -> Result<(), Failure> {
    let Arguments { general, command } = arguments;
    match command {
        Command::Serve(serve) => serve.run().await,
        Command::Apply(apply) => apply.run(&general).await,
        Command::Check(check) => check.run(&general),
        Command::Fmt(fmt) => fmt.run(&general),
        Command::Test(test) => test.run(&general).await,
        Command::Plan(plan) => plan.run(&general).await,
        Command::Pull(pull) => pull.run(&general).await,
        Command::Events(events) => events.run(&general).await,
        Command::Draft(draft) => draft.run(&general).await,
        Command::Workflow(workflow) => workflow.run(&general).await,
        Command::BusinessEvent(event) => event.run(&general).await,
        Command::Segment(segment) => segment.run(&general).await,
        Command::Template(template) => template.run(&general).await,
        Command::List(list) => list.run(&general).await,
        Command::Trait(of) => of.run(&general).await,
        Command::Account(account) => account.run(&general).await,
        Command::Bulk(bulk) => bulk.run(&general).await,
        Command::Domain(domain) => domain.run(&general).await,
        Command::Import(import) => import.run(&general).await,
        Command::Imports(imports) => imports.run(&general).await,
        Command::Export(export) => export.run(&general).await,
        Command::Jobs(jobs) => jobs.run(&general).await,
        Command::Task(task) => task.run(&general).await,
        Command::Catalogue(catalogue) => catalogue.run(&general).await,
        Command::Secret(secret) => secret.run(&general).await,
        Command::Contact(contact) => contact.run(&general).await,
        Command::Claims(claims) => claims.run(&general).await,
        Command::Why(why) => why.run(&general).await,
        Command::Messages(messages) => messages.run(&general).await,
        Command::Inbox(inbox) => inbox.run(&general).await,
        Command::Key(key) => key.run(&general).await,
        Command::Suppression(suppression) => suppression.run(&general).await,
        Command::Compact(compact) => compact.run(&general).await,
        Command::Quarantine(quarantine) => quarantine.run(&general).await,
        Command::Stuck(stuck) => stuck.run(&general).await,
        Command::Doctor(doctor) => doctor.run(&general).await,
        Command::Backup(backup) => backup.run(&general).await,
        Command::Restore(restore) => restore.run(&general).await,
        Command::Migrate(migrate) => migrate.run(&general).await,
        Command::Schema(schema) => schema.run(),
        Command::Config(config) => config.run(&general),
        Command::Docs(docs) => docs.run(&general),
        Command::Demo(demo) => demo.run(&general).await,
    }
}
