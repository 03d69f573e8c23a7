//! `wend config`: the commented default configuration.

use clap::Args;
use serde_json::json;

use crate::args::General;
use crate::exit::Failure;
use crate::output::say;
use crate::settings;

/// Prints the configuration file with every setting, its default and what it means.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  wend config > wend.toml && wend serve --config wend.toml")]
pub struct Config {}

impl Config {
    /// Prints the file; as JSON, the settings with their defaults.
    #[expect(clippy::unused_self, reason = "every command is run in the same way")]
    pub fn run(&self, general: &General) -> Result<(), Failure> {
        if general.json {
            return say(&json!({ "settings": settings::described() }).to_string());
        }
        say(settings::DEFAULT_FILE)
    }
}
