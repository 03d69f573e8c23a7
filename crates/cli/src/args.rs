//! The command line: what can be asked for. Each command's own arguments are in its file.

use clap::{Args, Parser, Subcommand};

use crate::client::Client;
use crate::command;
use crate::exit::{Failure, TABLE};
use crate::output::Output;

const LONG_ABOUT: &str = "\
Wend runs marketing automation workflows: it takes in what customers do, moves each contact through the \
workflows that a team has drawn, and sends the right message at the right moment - or doesn't, and can say why.

One binary: `wend serve` is the server; every other command talks to it over its HTTP API, except those that work on \
files (check, fmt, test, schema, config) or on a database that no server uses (migrate, restore).";

const EXAMPLES: &str = "\
Ten minutes:
  wend serve --data wend-data --listen 127.0.0.1:8080 --inbox http://127.0.0.1:8026 \\
             --smtp 'smtp://127.0.0.1:2525?tls=none'
  wend inbox --smtp 127.0.0.1:2525 --http 127.0.0.1:8026
  export WEND_KEY=$(cat wend-data/admin.key)
  wend apply examples/shop
  wend events send --user 42 --event 'Signed Up' --properties '{\"plan\": \"pro\"}'
  wend why 42";

/// The whole command line.
#[derive(Debug, Parser)]
#[command(name = "wend", version, about = "Marketing automation workflows, durable and explained", long_about = LONG_ABOUT)]
#[command(after_help = TABLE, after_long_help = format!("{EXAMPLES}\n\n{TABLE}"))]
#[command(arg_required_else_help = true, propagate_version = true, max_term_width = 110)]
pub struct Arguments {
    /// How to reach the server and how to answer.
    #[command(flatten)]
    pub general: General,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What every command takes.
#[derive(Debug, Args)]
pub struct General {
    /// The server's address
    #[arg(
        long,
        global = true,
        env = "WEND_URL",
        default_value = "http://127.0.0.1:8080",
        value_name = "URL"
    )]
    url: String,
    /// The key to speak to it with: a secret key, or for `events send` a write key
    #[arg(long, global = true, env = "WEND_KEY", hide_env_values = true, value_name = "KEY")]
    key: Option<String>,
    /// Print exactly one JSON document on stdout
    #[arg(long, global = true)]
    pub json: bool,
}

impl General {
    /// What the command prints to.
    pub fn output(&self) -> Output {
        Output { json: self.json }
    }

    /// The server that the command talks to.
    pub fn client(&self) -> Result<Client, Failure> {
        Client::new(&self.url, self.key.clone())
    }
}

/// What can be done.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the server
    Serve(command::serve::Serve),
    /// Publish a folder of workflows, segments, templates and policies
    Apply(command::apply::Apply),
    /// Check a folder without a server
    Check(command::check::Check),
    /// Format the files of a folder
    Fmt(command::fmt::Fmt),
    /// Play the tests of a folder in virtual time
    Test(command::test::Test),
    /// Show what applying a folder would change
    Plan(command::plan::Plan),
    /// Write what is published into a folder
    Pull(command::pull::Pull),
    /// Drafts: files that somebody works on and has not published
    #[command(subcommand)]
    Draft(command::draft::Draft),
    /// List and show workflows; pause, stop, archive, roll back, roll out
    #[command(subcommand)]
    Workflow(command::workflow::Workflow),
    /// Send events
    #[command(subcommand)]
    Events(command::events::Events),
    /// Tell of something that happened in the business
    #[command(subcommand)]
    BusinessEvent(command::business_event::BusinessEvent),
    /// Find contacts, show what is known about one, and act on its runs, lists and tags
    #[command(subcommand)]
    Contact(command::contact::Contact),
    /// Segments: list, show, preview, overlap, members, and why somebody is in one
    #[command(subcommand)]
    Segment(command::segment::Segment),
    /// Static lists: how many contacts are on them, and who
    #[command(subcommand)]
    List(command::list::List),
    /// What is known of traits: list them, and what disagrees
    #[command(subcommand)]
    Trait(command::profile::Trait),
    /// Accounts (groups): list, show, set traits, add and remove members
    #[command(subcommand)]
    Account(command::account::Account),
    /// Identifiers that contacts claimed and did not get: list, dismiss
    #[command(subcommand)]
    Claims(command::claims::Claims),
    /// Do something to many contacts, by a job
    Bulk(command::bulk::Bulk),
    /// What a domain needs in DNS before mail from it arrives
    Domain(command::domain::Domain),
    /// Import contacts from a file: CSV or JSON Lines
    Import(command::import::Import),
    /// Imports: list, show, report, cancel, undo, remove
    Imports(command::imports::Imports),
    /// Export contacts, events, messages or decisions: CSV, JSON Lines or Parquet
    Export(command::export::Export),
    /// Long work over many contacts: list, show, cancel
    Jobs(command::jobs::Jobs),
    /// Templates: what uses them, how they look, a test to colleagues
    #[command(subcommand)]
    Template(command::template::Template),
    /// What colleagues are to do: list, take on, complete
    #[command(subcommand)]
    Task(command::task::Task),
    /// Explain what happened to a contact, and why
    Why(command::why::Why),
    /// List messages, show one, or send a failed one again
    Messages(command::messages::Messages),
    /// Run the development inbox: it takes mail and messages, delivers to nobody, and shows them
    Inbox(command::inbox::Inbox),
    /// Make, list and revoke keys
    #[command(subcommand)]
    Key(command::key::Key),
    /// Catalogues that templates look up: list, show, upload, remove
    #[command(subcommand)]
    Catalogue(command::catalogue::Catalogue),
    /// Secrets of webhook steps and hooks: set, list, remove
    #[command(subcommand)]
    Secret(command::secret::Secret),
    /// Addresses that must not be used: list, add, remove
    #[command(subcommand)]
    Suppression(command::suppression::Suppression),
    /// Events that were refused: list, send again, drop
    #[command(subcommand)]
    Quarantine(command::quarantine::Quarantine),
    /// Inputs that could not be processed: list, try again, drop
    #[command(subcommand)]
    Stuck(command::stuck::Stuck),
    /// Look for what is wrong with an installation, and say how to mend it
    Doctor(command::doctor::Doctor),
    /// Rewrite the database's files without what was deleted
    Compact(command::compact::Compact),
    /// Save everything to a file while the server runs
    Backup(command::backup::Backup),
    /// Load a back-up into an empty database
    Restore(command::restore::Restore),
    /// Bring a database up to this version
    Migrate(command::migrate::Migrate),
    /// Print the JSON Schema of the files
    Schema(command::schema::Schema),
    /// Print the commented default configuration
    Config(command::config::Config),
    /// Write the generated part of the manual
    #[command(hide = true)]
    Docs(command::docs::Docs),
    /// Play a real shop's orders into an installation of its own
    #[command(hide = true)]
    Demo(command::demo::Demo),
}
