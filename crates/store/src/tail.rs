//! The tail (SQLite): what was committed to the logs and isn't folded into the keyed tables yet, in memory.
//!
//! It holds documents and alarms, and for history and messages only where they are in the logs. It is bounded
//! ([`Tail::is_full`]), changed only on the writer's thread right after a COMMIT, and rebuilt from the logs at open, so
//! a crash loses nothing. Readers look here first and into the keyed tables second: in this order a change that is
//! folded in between is seen twice at most, and never missed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use rusqlite::Connection;
use wend_domain::id::{ContactId, MessageId, WorkspaceId};
use wend_domain::planted;
use wend_domain::time::Timestamp;

use crate::bucket::{self, BUCKETS};
use crate::driver::sqlite;
use crate::error::Error;
use crate::statement::{Statement, statements};

/// What a change costs in memory besides its document: keys, map nodes, numbers. Measured high rather than low.
const CHANGE_BYTES: usize = 256;

statements! {
    FOLD_READ: Statement = Statement::Sqlite("SELECT until_seq, next_bucket FROM fold WHERE one = 1");
    CONTACT_LOG: Statement =
        Statement::Sqlite("SELECT seq, workspace, contact, document, alarm_at FROM contact_log ORDER BY seq");
    HISTORY_LOG: Statement = Statement::Sqlite(
        "SELECT seq, workspace, contact FROM history_log
         WHERE seq > (SELECT from_seq FROM fold WHERE one = 1) ORDER BY seq",
    );
    MESSAGE_LOG: Statement =
        Statement::Sqlite("SELECT seq, workspace, contact, message FROM message_log ORDER BY seq");
}

/// The tail, shared by the writer's thread and all readers. The lock is never held across an `.await`.
#[derive(Clone, Default)]
pub(crate) struct SharedTail(Arc<RwLock<Tail>>);

/// How contacts are keyed, in the tail as in the tables.
pub(crate) type Key = (u16, ContactId);

/// What isn't folded yet.
#[derive(Default)]
pub(crate) struct Tail {
    pub(crate) workspaces: BTreeMap<WorkspaceId, TailWorkspace>,
    /// Rows in the logs, of history only those that aren't folded.
    pub(crate) n_changes: usize,
    /// Bytes of memory, about.
    pub(crate) n_bytes: usize,
    /// The highest number that was ever given to a row of a log.
    pub(crate) last_seq: i64,
    /// How far the fold is that is under way.
    pub(crate) rotation: Rotation,
    /// Goes up with every piece that is folded.
    pub(crate) folds: u64,
    /// Since when something waits here, as the janitor saw it.
    pub(crate) waits_since: Option<Timestamp>,
    /// A commit failed in a way that leaves open what the logs hold: rebuild before the next one.
    pub(crate) stale: bool,
}

/// How far a fold is: rows up to `until_seq` of buckets below `next_bucket` are folded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rotation {
    pub(crate) until_seq: i64,
    pub(crate) next_bucket: u16,
}

/// The part of one workspace.
#[derive(Default)]
pub(crate) struct TailWorkspace {
    pub(crate) contacts: BTreeMap<Key, TailContact>,
    /// The alarms of the versions in `contacts`.
    pub(crate) alarms: BTreeSet<(Timestamp, ContactId)>,
    /// Up to here every row of the keyed table `alarm` is out of date, because its contact has a newer version here.
    pub(crate) passed: Passed,
}

/// A place in the order of the table `alarm`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Passed(pub(crate) i64, pub(crate) String);

/// What isn't folded of one contact.
#[derive(Default)]
pub(crate) struct TailContact {
    pub(crate) version: Option<Version>,
    /// Its rows in `history_log`, in order.
    pub(crate) history: Vec<i64>,
    /// Its rows in `message_log`, in order.
    pub(crate) messages: Vec<(i64, MessageId)>,
}

/// The newest version of a contact.
#[derive(Clone)]
pub(crate) struct Version {
    pub(crate) seq: i64,
    pub(crate) document: Arc<[u8]>,
    pub(crate) alarm: Option<Timestamp>,
}

impl Default for Rotation {
    fn default() -> Self {
        Self { until_seq: 0, next_bucket: BUCKETS }
    }
}

impl Default for Passed {
    fn default() -> Self {
        Self(i64::MIN, String::new())
    }
}

impl Rotation {
    /// Whether everything up to `until_seq` is folded.
    pub(crate) fn is_over(self) -> bool {
        self.next_bucket >= BUCKETS
    }

    fn has_folded(self, seq: i64, contact: ContactId) -> bool {
        seq <= self.until_seq && bucket::of_contact(contact) < self.next_bucket
    }
}

impl SharedTail {
    pub(crate) fn read(&self) -> RwLockReadGuard<'_, Tail> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn write(&self) -> RwLockWriteGuard<'_, Tail> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads the logs anew.
    pub(crate) fn rebuild(&self, connection: &Connection) -> Result<(), Error> {
        let rebuilt = Tail::from_logs(connection)?;
        *self.write() = rebuilt;
        Ok(())
    }

    /// The newest version of a contact, if it isn't folded yet.
    pub(crate) fn version(&self, workspace: &WorkspaceId, contact: ContactId) -> Option<Version> {
        self.read().contact(workspace, contact)?.version.clone()
    }
}

impl Tail {
    fn from_logs(connection: &Connection) -> Result<Self, Error> {
        let mut tail = Self::default();
        let fold = sqlite::query(connection, FOLD_READ, &[])?.into_iter().next();
        let mut fold =
            fold.ok_or_else(|| Error::inconsistent("fold", "1", "the row is missing"))?.columns("fold");
        tail.rotation = Rotation { until_seq: fold.integer()?, next_bucket: fold.count()? };
        tail.last_seq = tail.rotation.until_seq;
        sqlite::for_each_row(connection, CONTACT_LOG, |row| {
            let mut row = row.columns("contact_log");
            let (seq, workspace, contact) = (row.integer()?, row.name()?, row.id()?);
            let (document, alarm) = (row.bytes()?, row.optional_time()?);
            let alarm = alarm.filter(|_| !planted!("restart-loses-alarms"));
            let version = Version { seq, document, alarm };
            tail.count(seq);
            if !tail.rotation.has_folded(seq, contact) {
                tail.put_version(&workspace, contact, version);
            }
            Ok(())
        })?;
        sqlite::for_each_row(connection, HISTORY_LOG, |row| {
            let mut row = row.columns("history_log");
            let (seq, workspace, contact) = (row.integer()?, row.name()?, row.id()?);
            // What is folded stays in this log and waits for nothing.
            if !tail.rotation.has_folded(seq, contact) {
                tail.count(seq);
                tail.put_history(&workspace, contact, seq);
            }
            Ok(())
        })?;
        sqlite::for_each_row(connection, MESSAGE_LOG, |row| {
            let mut row = row.columns("message_log");
            let (seq, workspace, contact, message) = (row.integer()?, row.name()?, row.id()?, row.id()?);
            tail.count(seq);
            if !tail.rotation.has_folded(seq, contact) {
                tail.put_message(&workspace, contact, seq, message);
            }
            Ok(())
        })?;
        Ok(tail)
    }

    fn count(&mut self, seq: i64) {
        self.n_changes += 1;
        self.last_seq = self.last_seq.max(seq);
    }

    /// Whether a fold must come before more is committed.
    pub(crate) fn is_full(&self, changes_max: usize, bytes_max: usize) -> bool {
        self.n_changes >= changes_max || self.n_bytes >= bytes_max
    }

    pub(crate) fn contact(&self, workspace: &WorkspaceId, contact: ContactId) -> Option<&TailContact> {
        self.workspaces.get(workspace)?.contacts.get(&(bucket::of_contact(contact), contact))
    }

    fn contact_mut(&mut self, workspace: &WorkspaceId, contact: ContactId) -> &mut TailContact {
        self.n_bytes += CHANGE_BYTES;
        // Nearly always it is there, and then its name needs no copy.
        if !self.workspaces.contains_key(workspace) {
            self.workspaces.insert(workspace.clone(), TailWorkspace::default());
        }
        let part = self.workspaces.get_mut(workspace).expect("it was put there just now");
        part.contacts.entry((bucket::of_contact(contact), contact)).or_default()
    }

    pub(crate) fn put_version(&mut self, workspace: &WorkspaceId, contact: ContactId, version: Version) {
        self.n_bytes += version.document.len();
        let alarm = version.alarm;
        let before = self.contact_mut(workspace, contact).version.replace(version);
        if let Some(before) = &before {
            self.n_bytes -= before.document.len() + CHANGE_BYTES;
        }
        let part = self.workspaces.get_mut(workspace).expect("contact_mut has put it there");
        if let Some(passed) = before.and_then(|before| before.alarm) {
            part.alarms.remove(&(passed, contact));
        }
        if let Some(alarm) = alarm {
            part.alarms.insert((alarm, contact));
        }
    }

    pub(crate) fn put_history(&mut self, workspace: &WorkspaceId, contact: ContactId, seq: i64) {
        self.contact_mut(workspace, contact).history.push(seq);
    }

    pub(crate) fn put_message(
        &mut self,
        workspace: &WorkspaceId,
        contact: ContactId,
        seq: i64,
        message: MessageId,
    ) {
        self.contact_mut(workspace, contact).messages.push((seq, message));
    }

    /// Forgets what a piece of a fold has brought into the keyed tables.
    pub(crate) fn forget(&mut self, piece: Rotation, from_bucket: u16, n_log_rows_removed: usize) {
        let (mut n_bytes, mut n_history) = (0, 0);
        for part in self.workspaces.values_mut() {
            let smallest = lowest();
            let end = (piece.next_bucket, smallest);
            let keys: Vec<Key> =
                part.contacts.range((from_bucket, smallest)..end).map(|(key, _)| *key).collect();
            for key in keys {
                let forgotten = part.forget(key, piece.until_seq);
                n_bytes += forgotten.n_bytes;
                n_history += forgotten.n_history;
            }
        }
        self.n_bytes = self.n_bytes.saturating_sub(n_bytes);
        self.n_changes = self.n_changes.saturating_sub(n_log_rows_removed + n_history);
        self.workspaces.retain(|_, part| !part.contacts.is_empty());
        self.rotation = piece;
        self.folds += 1;
    }
}

/// The lowest id there is.
pub(crate) fn lowest() -> ContactId {
    "00000000000000000000000000000000".parse().expect("32 hexadecimal digits are an id")
}

/// What forgetting a contact's folded changes frees.
#[derive(Debug, Clone, Copy, Default)]
struct Forgotten {
    n_bytes: usize,
    n_history: usize,
}

impl TailWorkspace {
    /// Forgets what is folded of a contact.
    fn forget(&mut self, key: Key, until_seq: i64) -> Forgotten {
        let Some(contact) = self.contacts.get_mut(&key) else { return Forgotten::default() };
        let mut n_bytes = 0;
        if let Some(version) = contact.version.take_if(|version| version.seq <= until_seq) {
            n_bytes += version.document.len() + CHANGE_BYTES;
            if let Some(alarm) = version.alarm {
                self.alarms.remove(&(alarm, key.1));
                // The keyed row is valid from now on, so nothing may skip it.
                self.passed = self.passed.clone().min(Passed(alarm.as_millis(), String::new()));
            }
        }
        let (n_history_before, n_messages_before) = (contact.history.len(), contact.messages.len());
        contact.history.retain(|seq| *seq > until_seq);
        contact.messages.retain(|(seq, _)| *seq > until_seq);
        let n_history = n_history_before - contact.history.len();
        n_bytes += (n_history + n_messages_before - contact.messages.len()) * CHANGE_BYTES;
        if contact.version.is_none() && contact.history.is_empty() && contact.messages.is_empty() {
            self.contacts.remove(&key);
        }
        Forgotten { n_bytes, n_history }
    }
}
