//! `wend check`: what is wrong with a folder, all of it at once, without a server.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;
use wend_domain::source::Severity;
use wend_domain::source::diagnostic::any_error;

use crate::args::General;
use crate::exit::{Exit, Failure};
use crate::output::counted;
use crate::portfolio;

const EXAMPLES: &str = "\
Examples:
  wend check examples/shop
  wend check examples/shop --json | jq '(.error // .).diagnostics[]? | {file, line, message, fix}'

Exit code 3 if there is an error; warnings and notes alone are no failure.";

/// Checks workflows, segments, templates and policies: every error at once, with its place and a fix.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Check {
    /// The folder with workflows/, segments/, templates/ and policies.yaml
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

impl Check {
    /// Prints the findings.
    pub fn run(&self, general: &General) -> Result<(), Failure> {
        let files = portfolio::read(&self.folder)?;
        let n_files = files.len();
        let diagnostics = portfolio::diagnostics(files);
        if any_error(&diagnostics) {
            let n_errors = diagnostics.iter().filter(|found| found.is_error()).count();
            let message = format!("{} in {}", counted(n_errors as u64, "error"), self.folder.display());
            return Err(Failure::new(Exit::Invalid, "invalid", message).diagnostics(diagnostics));
        }
        for diagnostic in &diagnostics {
            general.output().note(&diagnostic.to_string());
        }
        let n_warnings = diagnostics.iter().filter(|found| found.severity == Severity::Warning).count();
        let document = json!({ "files": n_files, "diagnostics": diagnostics });
        general.output().finish(&document, || {
            format!("{n_files} files are fine, {}", counted(n_warnings as u64, "warning"))
        })
    }
}
