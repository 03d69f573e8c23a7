//! The folder in which the development inbox keeps messages, one file each.
//!
//! Mails are `NUMBER.eml`, as they came, under the two lines that any last server adds (`Return-Path`,
//! `Delivered-To`); messages of other channels are `NUMBER.json`. Numbers only grow. When a message
//! came is its file's time. The index in memory is made from the files, so the folder is all there is.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::shown;
use crate::development::DevelopmentMessage;

/// How much of a mail is read for the list: its headers, unless they are absurd.
const HEAD_BYTES_MAX: u64 = 64 * 1024;
/// The file that remembers the last number when everything was removed.
const LAST_FILE: &str = "last";

/// What the list says of one message.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Summary {
    /// Its number: later messages have larger ones.
    pub id: u64,
    /// `email`, or the channel that the message named.
    pub channel: String,
    /// Who it is from, if it says.
    pub from: String,
    /// The addresses it was sent to.
    pub to: Vec<String>,
    /// The subject or title.
    pub subject: String,
    /// Our message's key, if it has one.
    pub message: Option<String>,
    /// When it came.
    pub received_at: jiff::Timestamp,
    /// Its size as kept.
    pub bytes: u64,
}

/// Which messages a list wants.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Wanted {
    /// Only those sent to this address.
    pub to: Option<String>,
    /// Only those of this channel.
    pub channel: Option<String>,
    /// Only the one with this key.
    pub message: Option<String>,
    /// Only those with a larger number.
    pub after: Option<u64>,
    /// At most so many.
    pub limit: Option<usize>,
}

impl Wanted {
    /// Whether a message is one of those.
    pub fn takes(&self, summary: &Summary) -> bool {
        let same =
            |wanted: &Option<String>, found: &str| wanted.as_deref().is_none_or(|wanted| wanted == found);
        let to = self.to.as_deref().filter(|to| !to.is_empty());
        to.is_none_or(|to| summary.to.iter().any(|found| found.eq_ignore_ascii_case(to)))
            && same(&self.channel, &summary.channel)
            && same(&self.message, summary.message.as_deref().unwrap_or_default())
    }
}

/// What became of a message that carries a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// It is new.
    New(u64),
    /// The same message came before under the same key.
    Before(u64),
    /// Another message came before under the same key.
    Conflict(u64),
}

#[derive(Debug, Default)]
struct Index {
    kept: BTreeMap<u64, (Summary, Option<String>)>,
    /// The keys of messages of other channels; e-mail has no such promise.
    keys: BTreeMap<String, u64>,
}

/// The kept messages. Its functions block on the disk.
#[derive(Debug)]
pub struct Spool {
    folder: PathBuf,
    mails_max: usize,
    next: AtomicU64,
    index: Mutex<Index>,
    /// Held while a message with a key is looked up and kept.
    keyed: Mutex<()>,
}

impl Spool {
    /// Opens the folder, making it if needed, and reads what it holds.
    pub fn open(folder: &Path, mails_max: usize) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let mut index = Index::default();
        let mut last =
            fs::read_to_string(folder.join(LAST_FILE)).ok().and_then(|text| text.parse().ok()).unwrap_or(0);
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "part") {
                // A message that was never answered.
                fs::remove_file(&path)?;
                continue;
            }
            let Some(id) = number_of(&path) else { continue };
            last = last.max(id);
            index.add(summary_of(id, &path)?);
        }
        let spool = Self {
            folder: folder.to_owned(),
            mails_max: mails_max.max(1),
            next: AtomicU64::new(last + 1),
            index: Mutex::new(index),
            keyed: Mutex::new(()),
        };
        spool.remove_oldest()?;
        Ok(spool)
    }

    /// Keeps a mail; it is on disk when this returns.
    pub fn keep_mail(&self, sender: &str, recipients: &[String], content: &[u8]) -> io::Result<u64> {
        let mut bytes = format!("Return-Path: <{sender}>\r\n").into_bytes();
        for recipient in recipients {
            bytes.extend_from_slice(format!("Delivered-To: {recipient}\r\n").as_bytes());
        }
        bytes.extend_from_slice(content);
        self.keep("eml", &bytes)
    }

    /// Keeps a message of another channel, once per key; it is on disk when this returns.
    pub fn keep_message(&self, key: &str, message: &DevelopmentMessage) -> io::Result<Kept> {
        let stored = StoredMessage { key: key.to_owned(), message: message.clone() };
        let _one_at_a_time = self.keyed.lock().unwrap_or_else(PoisonError::into_inner);
        let before = self.lock().keys.get(key).copied();
        if let Some(id) = before {
            let same = self.message(id)?.is_some_and(|before| before.message == *message);
            return Ok(if same { Kept::Before(id) } else { Kept::Conflict(id) });
        }
        let bytes = serde_json::to_vec_pretty(&stored)?;
        self.keep("json", &bytes).map(Kept::New)
    }

    /// The wanted messages, oldest first.
    pub fn list(&self, wanted: &Wanted, limit: usize) -> Vec<Summary> {
        let index = self.lock();
        let after = wanted.after.unwrap_or(0).saturating_add(1);
        let found = index.kept.range(after..).map(|(_, (summary, _))| summary);
        found.filter(|summary| wanted.takes(summary)).take(limit).cloned().collect()
    }

    /// The wanted messages before a number, newest first.
    pub fn list_newest(&self, wanted: &Wanted, before: Option<u64>, limit: usize) -> Vec<Summary> {
        let index = self.lock();
        let found = index.kept.range(..before.unwrap_or(u64::MAX)).rev().map(|(_, (summary, _))| summary);
        found.filter(|summary| wanted.takes(summary)).take(limit).cloned().collect()
    }

    /// One message and its file's bytes, if it is kept.
    pub fn read(&self, id: u64) -> io::Result<Option<(Summary, Vec<u8>)>> {
        let Some(summary) = self.lock().kept.get(&id).map(|(summary, _)| summary.clone()) else {
            return Ok(None);
        };
        match fs::read(self.path(&summary)) {
            Ok(bytes) => Ok(Some((summary, bytes))),
            // It was removed as the oldest in between.
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Removes all messages and says how many they were. Their numbers aren't used again.
    pub fn clear(&self) -> io::Result<usize> {
        let removed = {
            let mut index = self.lock();
            index.keys.clear();
            std::mem::take(&mut index.kept)
        };
        if let Some(last) = removed.keys().next_back() {
            self.write(LAST_FILE, last.to_string().as_bytes())?;
        }
        for (summary, _) in removed.values() {
            remove_if_there(&self.path(summary))?;
        }
        Ok(removed.len())
    }

    fn message(&self, id: u64) -> io::Result<Option<StoredMessage>> {
        match self.read(id)? {
            Some((_, bytes)) => Ok(Some(serde_json::from_slice(&bytes)?)),
            None => Ok(None),
        }
    }

    fn keep(&self, extension: &str, bytes: &[u8]) -> io::Result<u64> {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let name = format!("{id:012}.{extension}");
        self.write(&name, bytes)?;
        let summary = summary_of(id, &self.folder.join(name))?;
        self.lock().add(summary);
        self.remove_oldest()?;
        Ok(id)
    }

    /// Writes a file so that after a power cut it is whole or not there.
    fn write(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let part = self.folder.join(format!("{name}.part"));
        let mut file = File::create(&part)?;
        let written = file.write_all(bytes).and_then(|()| file.sync_all());
        if let Err(error) = written {
            // The disk may be full: don't leave the half that fitted.
            remove_if_there(&part)?;
            return Err(error);
        }
        fs::rename(&part, self.folder.join(name))?;
        File::open(&self.folder)?.sync_all()
    }

    fn remove_oldest(&self) -> io::Result<()> {
        let mut removed = Vec::new();
        {
            let mut index = self.lock();
            while index.kept.len() > self.mails_max {
                let Some((_, (summary, key))) = index.kept.pop_first() else { break };
                if let Some(key) = key {
                    index.keys.remove(&key);
                }
                removed.push(summary);
            }
        }
        removed.iter().try_for_each(|summary| remove_if_there(&self.path(summary)))
    }

    fn path(&self, summary: &Summary) -> PathBuf {
        let extension = if summary.channel == shown::EMAIL { "eml" } else { "json" };
        self.folder.join(format!("{:012}.{extension}", summary.id))
    }

    fn lock(&self) -> MutexGuard<'_, Index> {
        // A panic elsewhere leaves the maps whole, each change being one call.
        self.index.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Index {
    fn add(&mut self, (summary, key): (Summary, Option<String>)) {
        if let Some(key) = &key {
            self.keys.insert(key.clone(), summary.id);
        }
        self.kept.insert(summary.id, (summary, key));
    }
}

/// A message of another channel as it is kept.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub(super) struct StoredMessage {
    pub(super) key: String,
    pub(super) message: DevelopmentMessage,
}

fn number_of(path: &Path) -> Option<u64> {
    let extension = path.extension()?.to_str()?;
    if !matches!(extension, "eml" | "json") {
        return None;
    }
    path.file_stem()?.to_str()?.parse().ok()
}

fn summary_of(id: u64, path: &Path) -> io::Result<(Summary, Option<String>)> {
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    let received_at = jiff::Timestamp::try_from(metadata.modified()?).unwrap_or_default();
    let is_mail = path.extension().is_some_and(|extension| extension == "eml");
    let mut bytes = Vec::new();
    file.take(if is_mail { HEAD_BYTES_MAX } else { u64::MAX }).read_to_end(&mut bytes)?;
    let mut summary = Summary {
        id,
        channel: shown::EMAIL.to_owned(),
        from: String::new(),
        to: Vec::new(),
        subject: String::new(),
        message: None,
        received_at,
        bytes: metadata.len(),
    };
    if is_mail {
        shown::summarise_mail(&mut summary, &bytes);
        return Ok((summary, None));
    }
    let StoredMessage { key, message } = serde_json::from_slice(&bytes)?;
    summary.channel = message.channel;
    summary.to = vec![message.to];
    summary.subject = message.title.unwrap_or_default();
    summary.message = Some(message.message);
    Ok((summary, Some(key)))
}

fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
