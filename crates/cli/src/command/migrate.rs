//! `wend migrate`: a database is brought up to this version.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use serde_json::json;
use wend_store::Store;

use crate::args::General;
use crate::command::serve::{database, environment};
use crate::exit::Failure;
use crate::settings::Settings;

const EXAMPLES: &str = "\
Examples:
  wend migrate --data wend-data
  wend migrate --database postgres://wend:password@127.0.0.1/wend

`wend serve` does the same when it starts; this is for those who want it to be a step of its own.";

/// Where the database is: what `wend serve` would use.
#[derive(Debug, Args)]
pub struct Where {
    /// The configuration file of the server
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The folder of the embedded database [data.folder]
    #[arg(long, value_name = "DIR")]
    data: Option<String>,
    /// A PostgreSQL instead of the embedded database [database.url]
    #[arg(long, value_name = "URL")]
    database: Option<String>,
}

impl Where {
    /// The settings that the server would have.
    pub fn settings(&self) -> Result<Settings, Failure> {
        let named = [("data.folder", &self.data), ("database.url", &self.database)];
        let set: Vec<(String, String)> = named
            .into_iter()
            .filter_map(|(name, value)| value.clone().map(|value| (name.to_owned(), value)))
            .collect();
        Settings::load(self.config.as_deref(), environment(), &set)
    }
}

/// Applies the migrations that are missing.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Migrate {
    #[command(flatten)]
    place: Where,
}

impl Migrate {
    /// Migrates, and prints what was applied.
    pub async fn run(&self, general: &General) -> Result<(), Failure> {
        let database = database(&self.place.settings()?);
        let applied = Store::migrate(&database).await.context("cannot migrate the database")?;
        general.output().finish(&json!({ "applied": applied }), || {
            if applied.is_empty() { "the database is up to date".to_owned() } else { applied.join("\n") }
        })
    }
}
