//! The fold (SQLite): merges the tail into the keyed tables, in the order of their keys, so that many changes of one
//! contact and of one page become one write.
//!
//! One rotation goes once through all buckets, a piece at a time, each piece in a transaction of its own: between two
//! of them others may commit. How far it is stands in the table `fold` and changes with each piece; the logs of
//! contacts and messages lose their rows at the end of the rotation, in one go and from one end. History stays in its
//! log: what is folded of it is the key by which a contact's rows are found.

use rusqlite::Connection;
use wend_domain::id::{ContactId, WorkspaceId};
use wend_domain::planted;
use wend_domain::time::Timestamp;

use crate::bucket::BUCKETS;
use crate::driver::Bulk;
use crate::driver::sqlite::{self, Turn};
use crate::driver::value::{Value, params, values};
use crate::error::Error;
use crate::statement::{Many, Statement, statements};
use crate::tail::{Rotation, SharedTail, Tail, lowest};

/// How many contacts a piece folds, about: what keeps others waiting for less than a second.
const CONTACTS_PER_PIECE: usize = 20_000;

statements! {
    ALARM_REMOVE: Many = Many::Sqlite(
        "DELETE FROM alarm WHERE workspace = $1 AND contact = $3 AND alarm_at =
         (SELECT alarm_at FROM contact WHERE workspace = $1 AND bucket = $2 AND contact = $3)",
    );
    ALARM_PUT: Many = Many::Sqlite("INSERT INTO alarm (workspace, alarm_at, contact) VALUES ($1, $2, $3)");
    CONTACT_PUT: Many = Many::Sqlite(
        "INSERT INTO contact (workspace, bucket, contact, document, alarm_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (workspace, bucket, contact)
         DO UPDATE SET document = excluded.document, alarm_at = excluded.alarm_at",
    );
    HISTORY_PUT: Many = Many::Sqlite(
        "INSERT INTO history_key (workspace, bucket, contact, seq, at, event, occurred_at)
         SELECT workspace, $1, contact, seq, at, event, occurred_at FROM history_log WHERE seq = $2",
    );
    MESSAGE_PUT: Many = Many::Sqlite(
        "INSERT INTO contact_message (workspace, bucket, contact, message) VALUES ($1, $2, $3, $4)
         ON CONFLICT DO NOTHING",
    );
    FOLD_WRITE: Statement = Statement::Sqlite("UPDATE fold SET until_seq = $1, next_bucket = $2 WHERE one = 1");
    /// Every row of the log of history has its key now.
    FOLD_OVER: Statement = Statement::Sqlite("UPDATE fold SET from_seq = until_seq WHERE one = 1");
    CONTACT_LOG_REMOVE: Statement = Statement::Sqlite("DELETE FROM contact_log WHERE seq <= $1");
    MESSAGE_LOG_REMOVE: Statement = Statement::Sqlite("DELETE FROM message_log WHERE seq <= $1");
}

/// Folds one piece; answers how many contacts it had. A rotation begins if none is under way.
pub(crate) async fn fold_piece(turn: &Turn, tail: &SharedTail) -> Result<usize, Error> {
    let tail = tail.clone();
    turn.run(move |connection| fold_piece_now(connection, &tail)).await
}

/// Folds all that is in the tail now.
pub(crate) async fn fold_all(turn: &Turn, tail: &SharedTail) -> Result<(), Error> {
    let tail = tail.clone();
    turn.run(move |connection| {
        // What is under way doesn't cover what came after it began; the rotation that follows does.
        let until_seq = tail.read().last_seq;
        while tail.read().rotation != (Rotation { until_seq, next_bucket: BUCKETS }) {
            fold_piece_now(connection, &tail)?;
        }
        Ok(())
    })
    .await
}

fn fold_piece_now(connection: &Connection, tail: &SharedTail) -> Result<usize, Error> {
    let (from_bucket, piece, bulks, n_contacts) = {
        let tail = tail.read();
        let begun = if tail.rotation.is_over() {
            Rotation { until_seq: tail.last_seq, next_bucket: 0 }
        } else {
            tail.rotation
        };
        let piece = Rotation { next_bucket: piece_end(&tail, begun.next_bucket), ..begun };
        let (bulks, n_contacts) = changes(&tail, begun.next_bucket, piece);
        (begun.next_bucket, piece, bulks, n_contacts)
    };
    let n_removed = sqlite::transact(connection, |connection| {
        sqlite::execute_all(connection, &bulks)?;
        sqlite::execute(connection, FOLD_WRITE, &values![piece.until_seq, piece.next_bucket])?;
        let mut n_removed = 0;
        if piece.is_over() {
            sqlite::execute(connection, FOLD_OVER, &values![])?;
            for remove in [CONTACT_LOG_REMOVE, MESSAGE_LOG_REMOVE] {
                n_removed += sqlite::execute(connection, remove, &values![piece.until_seq])?;
            }
        }
        Ok(n_removed)
    })?;
    tail.write().forget(piece, from_bucket, n_removed as usize);
    Ok(n_contacts)
}

/// The bucket before which a piece ends that begins at `from_bucket`.
fn piece_end(tail: &Tail, from_bucket: u16) -> u16 {
    let mut n_contacts = vec![0_usize; BUCKETS.into()];
    for part in tail.workspaces.values() {
        // Looking at a little more than one piece is enough: whatever comes later belongs to the next one.
        for (bucket, _) in
            part.contacts.range((from_bucket, lowest())..).map(|(key, _)| *key).take(CONTACTS_PER_PIECE)
        {
            n_contacts[usize::from(bucket)] += 1;
        }
    }
    let mut sum = 0;
    for bucket in from_bucket..BUCKETS {
        sum += n_contacts[usize::from(bucket)];
        if sum >= CONTACTS_PER_PIECE {
            return bucket + 1;
        }
    }
    BUCKETS
}

/// What a piece writes, in the order of the keys, and of how many contacts.
fn changes(tail: &Tail, from_bucket: u16, piece: Rotation) -> (Vec<Bulk>, usize) {
    let mut rows = Rows::default();
    let mut n_contacts = 0;
    for (workspace, part) in &tail.workspaces {
        for ((bucket, id), contact) in
            part.contacts.range((from_bucket, lowest())..(piece.next_bucket, lowest()))
        {
            n_contacts += 1;
            // A contact that has changed since the rotation began is left to the next one: its newest version stays
            // in the log, and to write this one would be a write for nothing.
            if let Some(version) = contact.version.as_ref().filter(|version| version.seq <= piece.until_seq) {
                if planted!("fold-drops-a-version") && version.seq == piece.until_seq {
                    continue;
                }
                rows.contact(workspace, *bucket, *id, version.document.clone(), version.alarm);
            }
            let history = contact.history.iter().take_while(|seq| **seq <= piece.until_seq);
            let history =
                history.skip(usize::from(planted!("history-row-lost") && contact.history.len() > 2));
            rows.history.extend(history.map(|seq| params![*bucket, *seq]));
            let messages = contact.messages.iter().take_while(|(seq, _)| *seq <= piece.until_seq);
            rows.messages
                .extend(messages.map(|(_, message)| params![workspace.as_str(), *bucket, *id, *message]));
        }
    }
    // By time, as the table is keyed.
    rows.alarms.sort_by(|(one, _), (other, _)| one.cmp(other));
    let alarms = rows.alarms.into_iter().map(|(_, row)| row).collect();
    let bulks = vec![
        (&ALARM_REMOVE, rows.alarms_before),
        (&CONTACT_PUT, rows.contacts),
        (&ALARM_PUT, alarms),
        (&HISTORY_PUT, rows.history),
        (&MESSAGE_PUT, rows.messages),
    ];
    (bulks, n_contacts)
}

#[derive(Default)]
struct Rows {
    alarms_before: Vec<Vec<Value>>,
    contacts: Vec<Vec<Value>>,
    alarms: Vec<((String, Timestamp), Vec<Value>)>,
    history: Vec<Vec<Value>>,
    messages: Vec<Vec<Value>>,
}

impl Rows {
    fn contact(
        &mut self,
        workspace: &WorkspaceId,
        bucket: u16,
        id: ContactId,
        document: std::sync::Arc<[u8]>,
        alarm: Option<Timestamp>,
    ) {
        let name = workspace.as_str();
        self.alarms_before.push(params![name, bucket, id]);
        self.contacts.push(params![name, bucket, id, document, alarm]);
        if let Some(alarm) = alarm.filter(|_| !planted!("fold-loses-alarms")) {
            self.alarms.push(((name.to_owned(), alarm), params![name, alarm, id]));
        }
    }
}
