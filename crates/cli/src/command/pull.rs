//! `wend pull`: what is published becomes a folder.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use serde_json::json;
use wend_domain::source::SourceFile;

use crate::args::General;
use crate::command::base;
use crate::exit::Failure;
use crate::output::member;
use crate::portfolio;

const EXAMPLES: &str = "\
Examples:
  wend pull shop                 writes what is new or different
  wend pull shop --prune         also removes files that aren't published any more";

/// Writes the published files into a folder, byte for byte as they were applied; the folder remembers their revision.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Pull {
    /// The folder to write into; made if it isn't there
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Remove YAML files that aren't published
    #[arg(long)]
    prune: bool,
}

impl Pull {
    /// Writes the files, and prints which.
    pub async fn run(&self, general: &General) -> Result<(), Failure> {
        let client = general.client()?;
        let answer = client.get(&["portfolio"], &[]).await?;
        let found = answer.get("files").cloned().unwrap_or_else(|| json!([]));
        let files: Vec<SourceFile> =
            serde_json::from_value(found).context("the server's portfolio has no files")?;
        let report = portfolio::write(&self.folder, &files, self.prune)?;
        let revision = answer.get("revision").cloned().unwrap_or_default();
        if let Some(revision) = revision.as_u64() {
            base::remember(&self.folder, client.base(), revision)?;
        }
        let document = json!({ "revision": revision, "report": report });
        general.output().finish(&document, || {
            let mut lines: Vec<String> =
                report.changed.iter().map(|path| format!("wrote    {path}")).collect();
            lines.extend(report.removed.iter().map(|path| format!("removed  {path}")));
            lines.push(format!("revision {}, {} unchanged", member(&answer, "revision"), report.unchanged));
            lines.join("\n")
        })
    }
}
