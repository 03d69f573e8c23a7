//! `wend fmt`: the one layout of the files.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;
use wend_domain::source::SourceFile;
use wend_domain::source::format::format;

use crate::args::General;
use crate::exit::{Exit, Failure};
use crate::portfolio;

const EXAMPLES: &str = "\
Examples:
  wend fmt examples/shop
  wend fmt examples/shop --check      writes nothing; exit code 1 if a file would change

Comments stay. Steps that need an id and have none get one.";

/// Formats the files of a folder in place.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Fmt {
    /// The folder
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Write nothing; fail if a file would change
    #[arg(long)]
    check: bool,
}

impl Fmt {
    /// Formats, and prints which files changed.
    pub fn run(&self, general: &General) -> Result<(), Failure> {
        let (mut changed, mut diagnostics) = (Vec::new(), Vec::new());
        for file in portfolio::read(&self.folder)? {
            match format(&file) {
                Ok(text) if text == file.text => {}
                Ok(text) => changed.push(SourceFile { path: file.path, text }),
                Err(found) => diagnostics.extend(found),
            }
        }
        if !diagnostics.is_empty() {
            let message =
                format!("some files in {} can't be read; nothing was formatted", self.folder.display());
            return Err(Failure::new(Exit::Invalid, "invalid", message).diagnostics(diagnostics));
        }
        let names: Vec<&str> = changed.iter().map(|file| file.path.as_str()).collect();
        if self.check && !changed.is_empty() {
            let message = format!("not formatted: {}", names.join(", "));
            return Err(Failure::new(Exit::Failed, "unformatted", message).hint("wend fmt DIR"));
        }
        portfolio::write(&self.folder, &changed, false)?;
        general.output().finish(&json!({ "changed": names }), || format!("{} files changed", names.len()))
    }
}
