//! Numbers for the doctor and for metrics.

use std::collections::BTreeMap;

use wend_domain::id::WorkspaceId;
use wend_domain::time::Timestamp;

use crate::alarm;
use crate::counter;
use crate::driver::Driver;
use crate::driver::value::params;
use crate::error::Error;
use crate::open::Store;
use crate::statement::{Statement, statements};

/// How much there is of everything in a workspace.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Statistics {
    /// Contacts ever created.
    pub contacts: i64,
    /// Inputs ever kept in history.
    pub history: i64,
    /// Rows of the outbox by state: `pending`, `attempting`.
    pub outbox: BTreeMap<String, i64>,
    /// Queued inputs.
    pub inbox: i64,
    /// Queued inputs that could not be processed.
    pub stuck: i64,
    /// Events in quarantine.
    pub quarantine: i64,
    /// The earliest alarm.
    pub oldest_alarm: Option<Timestamp>,
    /// Changes of all workspaces that wait to be folded; always 0 on PostgreSQL.
    pub tail_changes: usize,
    /// Bytes of documents that wait to be folded; always 0 on PostgreSQL.
    pub tail_bytes: usize,
}

statements! {
    OUTBOX: Statement = Statement::Both(
        "SELECT state, COUNT(*) FROM outbox WHERE workspace = $1 GROUP BY state ORDER BY state",
    );
    INBOX: Statement = Statement::Both("SELECT COUNT(*), COUNT(error) FROM inbox WHERE workspace = $1");
    OLDEST_ALARM: Statement = Statement::Postgres("SELECT MIN(alarm_at) FROM alarm WHERE workspace = $1");
}

impl Store {
    /// How much there is of everything in a workspace.
    pub async fn statistics(&self, workspace: &WorkspaceId) -> Result<Statistics, Error> {
        let driver = &self.inner.driver;
        let name = workspace.as_str();
        let counters = self.counters_with_own(workspace).await?;
        let mut statistics = Statistics {
            contacts: counters.get(counter::CONTACTS).copied().unwrap_or_default(),
            history: counters.get(counter::HISTORY).copied().unwrap_or_default(),
            quarantine: self.quarantine_count(workspace).await?,
            oldest_alarm: self.oldest_alarm(workspace).await?,
            ..Statistics::default()
        };
        for row in driver.query(OUTBOX, params![name]).await? {
            let mut row = row.columns("outbox");
            statistics.outbox.insert(row.text()?, row.integer()?);
        }
        if let Some(row) = driver.query_first(INBOX, params![name]).await? {
            let mut row = row.columns("inbox");
            (statistics.inbox, statistics.stuck) = (row.integer()?, row.integer()?);
        }
        let tail = self.inner.tail.read();
        (statistics.tail_changes, statistics.tail_bytes) = (tail.n_changes, tail.n_bytes);
        Ok(statistics)
    }

    async fn oldest_alarm(&self, workspace: &WorkspaceId) -> Result<Option<Timestamp>, Error> {
        match &self.inner.driver {
            Driver::Sqlite(sqlite) => {
                let (tail, workspace) = (self.inner.tail.clone(), workspace.clone());
                let look = move |connection: &rusqlite::Connection| {
                    alarm::look(connection, &tail, &workspace, Timestamp::MAX, 1)
                };
                Ok(sqlite.read(look).await?.first().map(|(at, _)| *at))
            }
            Driver::Postgres(postgres) => {
                let rows = postgres.query(OLDEST_ALARM, params![workspace.as_str()]).await?;
                rows.into_iter().next().map_or(Ok(None), |row| row.columns("alarm").optional_time())
            }
        }
    }
}
