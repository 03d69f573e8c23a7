//! The revision that a folder was pulled from or applied as, remembered in the folder for each server.
//!
//! It lies in `.wend/`, which no command takes for a file of the portfolio, and which Git is told to leave alone.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::exit::Failure;
use crate::portfolio::write_whole;

/// The folder in the folder.
const FOLDER: &str = ".wend";
/// The file in it: revisions by the server's address.
const FILE: &str = "base";
/// The most servers that a folder remembers.
const SERVERS_MAX: usize = 100;

fn path(folder: &Path) -> PathBuf {
    folder.join(FOLDER).join(FILE)
}

fn read(folder: &Path) -> Option<BTreeMap<String, u64>> {
    let bytes = std::fs::read(path(folder)).ok()?;
    // What can't be read is as if it weren't there: it guards a person's habit, not the data.
    Some(serde_json::from_slice(&bytes).unwrap_or_default())
}

/// The revision that the folder has of this server.
pub fn known(folder: &Path, server: &str) -> Option<u64> {
    read(folder)?.get(server).copied()
}

/// Remembers the revision of a folder that was pulled.
pub fn remember(folder: &Path, server: &str, revision: u64) -> Result<(), Failure> {
    let mut revisions = read(folder).unwrap_or_default();
    while revisions.len() >= SERVERS_MAX && !revisions.contains_key(server) {
        revisions.pop_first();
    }
    revisions.insert(server.to_owned(), revision);
    write_whole(&folder.join(FOLDER).join(".gitignore"), b"*\n")?;
    let text = serde_json::to_string_pretty(&revisions).context("cannot write down the revision")?;
    write_whole(&path(folder), format!("{text}\n").as_bytes())
}

/// Remembers the revision that applying a folder made, if the folder remembers any: one that nobody pulled stays as it is.
pub fn update(folder: &Path, server: &str, revision: u64) -> Result<(), Failure> {
    if read(folder).is_some() { remember(folder, server, revision) } else { Ok(()) }
}

#[cfg(test)]
mod tests;
