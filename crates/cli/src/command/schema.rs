//! `wend schema`: the JSON Schema of the files, for editors.

use anyhow::Context as _;
use clap::Args;

use crate::exit::Failure;
use crate::output::say;

const EXAMPLES: &str = "\
Examples:
  wend schema > wend.schema.json

Editors complete and check a file that begins with:
  # yaml-language-server: $schema=../wend.schema.json";

/// Prints the JSON Schema of the files of a portfolio.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Schema {}

impl Schema {
    /// Prints the schema.
    #[expect(clippy::unused_self, reason = "every command is run in the same way")]
    pub fn run(&self) -> Result<(), Failure> {
        let schema = wend_domain::source::schema::json_schema();
        say(&serde_json::to_string_pretty(&schema).context("cannot write the schema")?)
    }
}
