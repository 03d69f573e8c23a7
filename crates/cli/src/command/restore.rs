//! `wend restore`: a back-up is loaded into an empty database.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use indicatif::ProgressBar;
use serde_json::json;
use wend_store::{Error, Store};

use crate::args::General;
use crate::command::migrate::Where;
use crate::command::serve::database;
use crate::exit::{Exit, Failure};

const EXAMPLES: &str = "\
Examples:
  wend restore wend.jsonl.gz --data new-data
  wend restore wend.jsonl.gz --database postgres://wend:password@127.0.0.1/wend

The database must be empty, and no server may use it. A back-up of either kind of database goes into either kind.";

/// Loads a back-up into an empty database: all of it, or nothing.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Restore {
    /// The file that `wend backup` wrote
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    place: Where,
}

impl Restore {
    /// Loads, and prints what came back.
    pub async fn run(&self, general: &General) -> Result<(), Failure> {
        let database = database(&self.place.settings()?);
        let file = File::open(&self.file).with_context(|| format!("cannot open {}", self.file.display()))?;
        let length = file.metadata().map(|metadata| metadata.len()).ok();
        let progress = general.output().progress("loading (bytes)", length);
        let reader = BufReader::new(Watched { file, progress: progress.clone() });
        let loaded = Store::load(&database, reader).await;
        progress.finish_and_clear();
        let report = loaded.map_err(|error| failure(error, &self.file.display().to_string()))?;
        let rows: u64 = report.rows.values().sum();
        let document = json!({ "created_at": report.created_at.to_string(), "rows": report.rows, "checksum": report.checksum });
        general
            .output()
            .finish(&document, || format!("restored {rows} rows, as they were at {}", report.created_at))
    }
}

fn failure(error: Error, file: &str) -> Failure {
    match error {
        Error::Backup { what } => {
            Failure::new(Exit::Invalid, "bad_backup", format!("{file} is not a whole back-up: {what}"))
        }
        Error::Misuse { what } => Failure::new(Exit::Conflict, "not_empty", what),
        Error::Taken { what } => Failure::new(Exit::Conflict, "taken", what),
        other => anyhow::Error::new(other).context("cannot load the back-up").into(),
    }
}

/// A file whose reading is watched.
struct Watched {
    file: File,
    progress: ProgressBar,
}

impl Read for Watched {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let n_read = self.file.read(buffer)?;
        self.progress.inc(n_read as u64);
        Ok(n_read)
    }
}
