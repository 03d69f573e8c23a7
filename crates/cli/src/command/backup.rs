//! `wend backup`: everything in one file, while the server runs.

use std::fs::{self, File};
use std::io::{BufReader, Read, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use flate2::read::MultiGzDecoder;
use serde_json::json;

use crate::args::General;
use crate::exit::{Exit, Failure};

const EXAMPLES: &str = "\
Examples:
  wend backup wend-2026-11-22.jsonl.gz
  wend backup - | ssh store.example 'cat > wend.jsonl.gz'

Needs a key with the scope `admin`. The file holds personal data: it is written so that only you can read it.";

/// How many bytes of a back-up's end are kept to see its footer.
const FOOTER_BYTES: usize = 64 * 1024;

/// Saves everything to a file while the server runs: one consistent state, for either database.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Backup {
    /// The file to write; `-` for stdout
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

impl Backup {
    /// Writes the back-up beside its place, checks it, and moves it there.
    pub async fn run(&self, general: &General) -> Result<(), Failure> {
        let mut response = general.client()?.stream(&["backup"]).await?;
        let progress = general.output().progress("saving (bytes)", None);
        let mut broken = |error: reqwest::Error| {
            Failure::new(
                Exit::Unreachable,
                "broken_off",
                format!("the back-up broke off: {error}; nothing was kept"),
            )
        };
        if self.file == Path::new("-") {
            let mut stdout = std::io::stdout().lock();
            while let Some(chunk) = response.chunk().await.map_err(&mut broken)? {
                stdout.write_all(&chunk).context("cannot write to stdout")?;
                progress.inc(chunk.len() as u64);
            }
            stdout.flush().context("cannot write to stdout")?;
            progress.finish_and_clear();
            return Ok(());
        }
        let beside = self.file.with_added_extension("part");
        let mut file = private_file(&beside)?;
        let mut n_bytes = 0_u64;
        while let Some(chunk) = response.chunk().await.map_err(&mut broken)? {
            file.write_all(&chunk).with_context(|| format!("cannot write {}", beside.display()))?;
            n_bytes += chunk.len() as u64;
            progress.set_position(n_bytes);
        }
        file.sync_all().with_context(|| format!("cannot write {}", beside.display()))?;
        progress.set_message("checking");
        check(&beside)?;
        fs::rename(&beside, &self.file).with_context(|| format!("cannot write {}", self.file.display()))?;
        progress.finish_and_clear();
        let shown = self.file.display().to_string();
        general.output().finish(&json!({ "file": shown, "bytes": n_bytes }), || {
            format!("{shown}: {n_bytes} bytes, whole")
        })
    }
}

/// A new file that only its owner can read.
pub fn private_file(path: &Path) -> Result<File, Failure> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path);
    Ok(file.with_context(|| format!("cannot write {}", path.display()))?)
}

/// Unpacks it all once: a stream that broke off has no end, and the last line must be the footer.
fn check(path: &Path) -> Result<(), Failure> {
    let broken = |what: &str| {
        Failure::new(Exit::Failed, "not_whole", format!("{} isn't whole: {what}", path.display()))
            .hint("take the back-up again; the server's log says what happened")
    };
    let file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut reader = MultiGzDecoder::new(BufReader::new(file));
    let (mut block, mut tail) = (vec![0; FOOTER_BYTES], Vec::new());
    loop {
        let n_read = reader.read(&mut block).map_err(|error| broken(&error.to_string()))?;
        if n_read == 0 {
            break;
        }
        tail.extend_from_slice(&block[..n_read]);
        let excess = tail.len().saturating_sub(FOOTER_BYTES);
        tail.drain(..excess);
    }
    let text = String::from_utf8_lossy(&tail);
    let last = text.trim_end().lines().last().unwrap_or("");
    let footer: serde_json::Value =
        serde_json::from_str(last).map_err(|_| broken("its last line isn't JSON"))?;
    let is_footer = footer.as_object().is_some_and(|footer| !footer.contains_key("row"));
    if is_footer { Ok(()) } else { Err(broken("it has no footer")) }
}
