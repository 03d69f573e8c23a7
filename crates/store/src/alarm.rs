//! Alarms: which contacts want to wake, and when.
//!
//! On PostgreSQL they are a table. On SQLite the keyed table `alarm` is only as new as the last fold: a contact that
//! is in the tail has its alarm there, and its keyed row is passed over.

use rusqlite::Connection;
use wend_domain::id::{ContactId, WorkspaceId};
use wend_domain::time::Timestamp;

use crate::bucket;
use crate::driver::Driver;
use crate::driver::postgres::Transaction;
use crate::driver::sqlite;
use crate::driver::value::{Row, params};
use crate::error::Error;
use crate::open::Store;
use crate::statement::{Kind, Many, Statement, statements};
use crate::tail::{Passed, SharedTail};
use crate::workspace;

/// How many rows of the keyed table are looked at in one go.
const ROWS_PER_LOOK: usize = 1_000;

statements! {
    LOOK: Statement = Statement::Sqlite(
        "SELECT alarm_at, contact FROM alarm
         WHERE workspace = $1 AND (alarm_at, contact) > ($2, $3) AND alarm_at <= $4
         ORDER BY alarm_at, contact LIMIT $5",
    );
    NEXT: Statement = Statement::Postgres(
        "SELECT workspace.workspace, earliest.alarm_at FROM workspace CROSS JOIN LATERAL (
             SELECT alarm_at FROM alarm WHERE alarm.workspace = workspace.workspace ORDER BY alarm_at LIMIT 1
         ) AS earliest ORDER BY earliest.alarm_at, workspace.workspace LIMIT 1",
    );
    DUE_WORKSPACES: Statement = Statement::Postgres(
        "SELECT workspace FROM workspace WHERE EXISTS (
             SELECT 1 FROM alarm WHERE alarm.workspace = workspace.workspace AND alarm.alarm_at <= $1
         ) ORDER BY workspace",
    );
    /// The contact is locked, not the alarm: the alarm's row changes only under the lock of its contact, and locking
    /// it first would be the wrong order against those who have the contact already.
    DUE: Statement = Statement::Postgres(
        "SELECT known.contact FROM alarm JOIN contact AS known USING (workspace, bucket, contact)
         WHERE workspace = $1 AND alarm.alarm_at <= $2 ORDER BY alarm.alarm_at LIMIT $3
         FOR UPDATE OF known SKIP LOCKED",
    );
    /// Asked under the lock: somebody may have moved the alarm between the look at it and the lock.
    STILL_DUE: Many = Many::Postgres {
        kinds: &[Kind::Text, Kind::Integer, Kind::Text, Kind::Integer],
        text: "SELECT alarm.alarm_at, alarm.contact FROM {rows} AS locked (workspace, bucket, contact, until)
               JOIN alarm USING (workspace, bucket, contact) WHERE alarm.alarm_at <= locked.until",
    };
}

impl Store {
    /// The earliest alarm, and whose workspace has it.
    pub async fn next_alarm(&self) -> Result<Option<(WorkspaceId, Timestamp)>, Error> {
        match &self.inner.driver {
            Driver::Sqlite(sqlite) => {
                let tail = self.inner.tail.clone();
                let earliest = sqlite.read(move |connection| {
                    let mut earliest: Option<(WorkspaceId, Timestamp)> = None;
                    for workspace in workspace::all(connection)? {
                        let until = earliest.as_ref().map_or(Timestamp::MAX, |(_, at)| *at);
                        if let Some((at, _)) =
                            look(connection, &tail, &workspace, until, 1)?.into_iter().next()
                            && earliest.as_ref().is_none_or(|(_, so_far)| at < *so_far)
                        {
                            earliest = Some((workspace, at));
                        }
                    }
                    Ok(earliest)
                });
                earliest.await
            }
            Driver::Postgres(postgres) => {
                let Some(row) = postgres.query(NEXT, params![]).await?.into_iter().next() else {
                    return Ok(None);
                };
                let mut row = row.columns("alarm");
                Ok(Some((row.name()?, row.time()?)))
            }
        }
    }

    /// The workspaces in which an alarm is due.
    pub async fn alarms_due_workspaces(&self, at: Timestamp) -> Result<Vec<WorkspaceId>, Error> {
        match &self.inner.driver {
            Driver::Sqlite(sqlite) => {
                let tail = self.inner.tail.clone();
                let due = sqlite.read(move |connection| {
                    let mut due = Vec::new();
                    for workspace in workspace::all(connection)? {
                        if !look(connection, &tail, &workspace, at, 1)?.is_empty() {
                            due.push(workspace);
                        }
                    }
                    Ok(due)
                });
                due.await
            }
            Driver::Postgres(postgres) => {
                let rows = postgres.query(DUE_WORKSPACES, params![at]).await?;
                rows.into_iter().map(|row| row.columns("workspace").name()).collect()
            }
        }
    }
}

/// Contacts whose alarm is due, earliest first, locked (PostgreSQL).
pub(crate) async fn lock_due(
    transaction: &mut Transaction,
    workspace: &WorkspaceId,
    at: Timestamp,
    limit: usize,
) -> Result<Vec<ContactId>, Error> {
    let rows = transaction.query(DUE, params![workspace.as_str(), at, limit]).await?;
    let locked: Vec<ContactId> =
        rows.into_iter().map(|row| row.columns("alarm").id()).collect::<Result<_, _>>()?;
    let asked =
        locked.iter().map(|id| params![workspace.as_str(), bucket::of_contact(*id), *id, at]).collect();
    let rows = transaction.query_many(&STILL_DUE, asked).await?;
    let read = |row: Row| {
        let mut row = row.columns("alarm");
        Ok((row.time()?, row.id()?))
    };
    let mut due: Vec<(Timestamp, ContactId)> = rows.into_iter().map(read).collect::<Result<_, Error>>()?;
    due.sort_unstable();
    Ok(due.into_iter().map(|(_, contact)| contact).collect())
}

/// The alarms up to an instant, earliest first (SQLite).
pub(crate) fn look(
    connection: &Connection,
    tail: &SharedTail,
    workspace: &WorkspaceId,
    until: Timestamp,
    limit: usize,
) -> Result<Vec<(Timestamp, ContactId)>, Error> {
    let (mut found, mut passed, folds) = {
        let tail = tail.read();
        let part = tail.workspaces.get(workspace);
        let alarms = part.into_iter().flat_map(|part| &part.alarms);
        let found: Vec<_> = alarms.take_while(|(at, _)| *at <= until).take(limit).copied().collect();
        (found, part.map(|part| part.passed.clone()).unwrap_or_default(), tail.folds)
    };
    let mut n_keyed = 0;
    loop {
        let params = params![workspace.as_str(), passed.0, passed.1.as_str(), until, ROWS_PER_LOOK];
        let rows = sqlite::query(connection, LOOK, &params)?;
        let n_rows = rows.len();
        let mut shared = tail.write();
        for row in rows {
            let mut row = row.columns("alarm");
            let (at, contact) = (row.time()?, row.id::<ContactId>()?);
            passed = Passed(at.as_millis(), contact.to_string());
            if shared.contact(workspace, contact).is_some_and(|contact| contact.version.is_some()) {
                continue;
            }
            found.push((at, contact));
            n_keyed += 1;
            if n_keyed == limit {
                break;
            }
        }
        // From the first row that counts on, rows must be looked at again next time; and a fold in between may have
        // made rows valid again that were passed over.
        if n_keyed == 0
            && shared.folds == folds
            && let Some(part) = shared.workspaces.get_mut(workspace)
        {
            part.passed = part.passed.clone().max(passed.clone());
        }
        if n_rows < ROWS_PER_LOOK || n_keyed == limit {
            break;
        }
    }
    found.sort_unstable();
    found.truncate(limit);
    Ok(found)
}
