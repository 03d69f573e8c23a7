//! The writer and the readers of a simulated database: no threads, and a gate before each piece of work.

use std::collections::BTreeSet;
use std::fs::File;
use std::future::pending;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;
use tokio::task::yield_now;

use super::{DATABASE_FILE, Role, connect, error, script, take};
use crate::error::Error;
use crate::gate::{Fate, Gate, Piece};

/// The connections of a simulated database.
pub(crate) struct Inline {
    gate: Arc<dyn Gate>,
    writer: Mutex<Connection>,
    reader: Mutex<Connection>,
    /// The nodes that live.
    nodes: Mutex<BTreeSet<String>>,
    _lock: File,
}

/// That a node lives, until this is dropped.
pub(crate) struct Alive {
    inline: Arc<Inline>,
    node: String,
}

impl Drop for Alive {
    fn drop(&mut self) {
        self.inline.nodes().remove(&self.node);
    }
}

impl Inline {
    pub(crate) fn open(folder: &Path, gate: Arc<dyn Gate>) -> Result<Self, Error> {
        let lock = take(folder)?;
        let file = folder.join(DATABASE_FILE);
        let writer = connect(&file, Role::Writer)?;
        // Processes are simulated to end, never machines: what was written needn't reach the disk.
        script(&writer, "PRAGMA synchronous = OFF")?;
        let reader = Mutex::new(connect(&file, Role::Reader)?);
        Ok(Self { gate, writer: Mutex::new(writer), reader, nodes: Mutex::default(), _lock: lock })
    }

    /// Runs `work` as the gate wills, with the connection that writes.
    pub(crate) async fn write<T>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, Error>,
    ) -> Result<T, Error> {
        yield_now().await;
        let fate = self.gate.fate(Piece::Write);
        let answer = match fate {
            Fate::NeverBegun => pending().await,
            Fate::Refused => return Err(away()),
            Fate::DiskFull => on_a_full_disk(&mut self.writer(), work),
            Fate::Done | Fate::AnswerLost | Fate::NeverAnswered => work(&mut self.writer()),
        };
        yield_now().await;
        match fate {
            Fate::NeverAnswered => pending().await,
            Fate::AnswerLost => answer.and_then(|_| Err(away())),
            _ => answer,
        }
    }

    /// Runs `work` as the gate wills, with a connection that sees what is committed.
    pub(crate) async fn read<T>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, Error>,
    ) -> Result<T, Error> {
        yield_now().await;
        let answer = match self.gate.fate(Piece::Read) {
            Fate::NeverBegun | Fate::NeverAnswered => pending().await,
            Fate::Refused | Fate::AnswerLost => return Err(away()),
            Fate::Done | Fate::DiskFull => work(&self.reader.lock().unwrap_or_else(PoisonError::into_inner)),
        };
        yield_now().await;
        answer
    }

    /// Takes back what a transaction left open.
    pub(crate) fn roll_back(&self) {
        let writer = self.writer();
        if !writer.is_autocommit()
            && let Err(error) = writer.execute_batch("ROLLBACK")
        {
            tracing::error!(%error, "a transaction cannot be rolled back");
        }
    }

    /// From now on a node lives.
    pub(crate) fn begin_node(self: &Arc<Self>, node: &str) -> Alive {
        self.nodes().insert(node.to_owned());
        Alive { inline: Arc::clone(self), node: node.to_owned() }
    }

    /// Whether a node lives.
    pub(crate) fn has_node(&self, node: &str) -> bool {
        self.nodes().contains(node)
    }

    fn nodes(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.nodes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn writer(&self) -> MutexGuard<'_, Connection> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn away() -> Error {
    Error::unavailable("the simulated database is away")
}

/// Runs `work` while the file can't grow.
fn on_a_full_disk<T>(
    connection: &mut Connection,
    work: impl FnOnce(&mut Connection) -> Result<T, Error>,
) -> Result<T, Error> {
    let limit = |connection: &Connection, pages: i64| {
        connection.query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(())).map_err(error)
    };
    let n_pages: i64 = connection.query_row("PRAGMA page_count", [], |row| row.get(0)).map_err(error)?;
    limit(connection, n_pages)?;
    let answer = work(connection);
    limit(connection, PAGES_MAX)?;
    answer
}

/// As many pages as a file can have.
const PAGES_MAX: i64 = 0xFFFF_FFFE;
