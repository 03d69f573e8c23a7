//! `wend compact`: the database's files without what was deleted.

use clap::Args;
use serde_json::json;

use crate::args::General;
use crate::exit::Failure;

/// Rewrites the database's files, so that nothing of erased people is left in them; whoever writes waits meanwhile.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  wend compact                  after `wend contact erase`: nothing of them is left in the files"
)]
pub struct Compact {}

impl Compact {
    /// Compacts, and says so.
    pub async fn run(&self, general: &General) -> Result<(), Failure> {
        general.client()?.post(&["compact"], &json!({})).await?;
        general.output().finish(&json!({ "compacted": true }), || "the database is compacted".to_owned())
    }
}
