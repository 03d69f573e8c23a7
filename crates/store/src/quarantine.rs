//! The quarantine: events that made no sense, with the reason, to be sent again after a fix.

use wend_domain::id::WorkspaceId;
use wend_domain::time::Timestamp;

use crate::driver::value::{Row, params};
use crate::error::Error;
use crate::open::Store;
use crate::statement::{Kind, Many, Statement, statements};

/// The most events that a workspace's quarantine keeps; beyond it the oldest leave.
pub const QUARANTINE_ROWS_MAX: usize = 100_000;

/// An event that made no sense.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuarantineRow {
    /// Its id; ids sort by time, as all of Wend's do.
    pub id: String,
    /// When it came.
    pub at: Timestamp,
    /// What was wrong with it.
    pub reason: String,
    /// The event as it came.
    pub event_json: String,
    /// The id of the key that it came with.
    pub key_id: String,
}

/// How many leave at once when it is full, so that it isn't counted again for each event.
const LEAVE_AT_ONCE: usize = 10_000;

statements! {
    ADD: Many = Many::Insert {
        table: "quarantine",
        columns: &[
            ("workspace", Kind::Text),
            ("id", Kind::Text),
            ("at", Kind::Integer),
            ("reason", Kind::Text),
            ("event_json", Kind::Text),
            ("key_id", Kind::Text),
        ],
        conflict: "ON CONFLICT DO NOTHING",
    };
    COUNT: Statement = Statement::Both("SELECT COUNT(*) FROM quarantine WHERE workspace = $1");
    REMOVE_OLDEST: Statement = Statement::Both(
        "DELETE FROM quarantine WHERE workspace = $1 AND id <=
         (SELECT id FROM quarantine WHERE workspace = $1 ORDER BY id DESC LIMIT 1 OFFSET $2)",
    );
    LIST: Statement = Statement::Both(
        "SELECT id, at, reason, event_json, key_id FROM quarantine WHERE workspace = $1 AND id < $2
         ORDER BY id DESC LIMIT $3",
    );
    LIST_ALL: Statement = Statement::Both(
        "SELECT id, at, reason, event_json, key_id FROM quarantine WHERE workspace = $1 ORDER BY id DESC LIMIT $2",
    );
    GET: Statement = Statement::Both(
        "SELECT id, at, reason, event_json, key_id FROM quarantine WHERE workspace = $1 AND id = $2",
    );
    REMOVE: Statement = Statement::Both("DELETE FROM quarantine WHERE workspace = $1 AND id = $2");
}

impl Store {
    /// Keeps events that made no sense; an id that is there already is left as it is.
    pub async fn quarantine_add(
        &self,
        workspace: &WorkspaceId,
        rows: Vec<QuarantineRow>,
    ) -> Result<(), Error> {
        let n_new = rows.len();
        let name = workspace.as_str();
        let values =
            |row: QuarantineRow| params![name, row.id, row.at, row.reason, row.event_json, row.key_id];
        let rows = rows.into_iter().map(values).collect();
        let mut transaction = self.inner.driver.begin().await?;
        transaction.execute_all(vec![(&ADD, rows)]).await?;
        let room = self.inner.quarantine_room(workspace);
        let room = if let Some(room) = room.checked_sub(n_new) {
            room
        } else {
            let kept = QUARANTINE_ROWS_MAX - LEAVE_AT_ONCE;
            transaction.execute(REMOVE_OLDEST, params![name, kept]).await?;
            let count = transaction.query_first(COUNT, params![name]).await?;
            let n_rows: usize = count.map_or(Ok(0), |row| row.columns("quarantine").count())?;
            QUARANTINE_ROWS_MAX.saturating_sub(n_rows)
        };
        transaction.commit().await?;
        self.inner.set_quarantine_room(workspace, room);
        Ok(())
    }

    /// Events before one of them (none: up to now), latest first.
    pub async fn quarantine_list(
        &self,
        workspace: &WorkspaceId,
        before: Option<&str>,
        limit: usize,
    ) -> Result<Vec<QuarantineRow>, Error> {
        let rows = match before {
            Some(before) => self.inner.driver.query(LIST, params![workspace.as_str(), before, limit]).await?,
            None => self.inner.driver.query(LIST_ALL, params![workspace.as_str(), limit]).await?,
        };
        rows.into_iter().map(read).collect()
    }

    /// One event.
    pub async fn quarantine_get(
        &self,
        workspace: &WorkspaceId,
        id: &str,
    ) -> Result<Option<QuarantineRow>, Error> {
        self.inner.driver.query_first(GET, params![workspace.as_str(), id]).await?.map(read).transpose()
    }

    /// Forgets an event, because it was sent again or is not wanted; false if it isn't there.
    pub async fn quarantine_remove(&self, workspace: &WorkspaceId, id: &str) -> Result<bool, Error> {
        Ok(self.inner.driver.execute(REMOVE, params![workspace.as_str(), id]).await? > 0)
    }

    pub(crate) async fn quarantine_count(&self, workspace: &WorkspaceId) -> Result<i64, Error> {
        let count = self.inner.driver.query_first(COUNT, params![workspace.as_str()]).await?;
        count.map_or(Ok(0), |row| row.columns("quarantine").integer())
    }
}

fn read(row: Row) -> Result<QuarantineRow, Error> {
    let mut row = row.columns("quarantine");
    Ok(QuarantineRow {
        id: row.text()?,
        at: row.time()?,
        reason: row.text()?,
        event_json: row.text()?,
        key_id: row.text()?,
    })
}
