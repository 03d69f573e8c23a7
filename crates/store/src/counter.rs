//! Counters: appended as deltas, rolled up by the janitor, because a hot row would make nodes wait for each other.

use std::collections::BTreeMap;

use wend_domain::advance::BY_DAY;
use wend_domain::id::WorkspaceId;
use wend_domain::time::Timestamp;
use wend_domain::zone::Zone;

use crate::driver::value::params;
use crate::driver::{Bulk, Transaction};
use crate::error::Error;
use crate::open::Store;
use crate::statement::{Kind, Many, Statement, statements};

/// What the names of the store's own counters begin with.
pub(crate) const OWN: &str = "store.";

/// How many contacts were ever created.
pub(crate) const CONTACTS: &str = "store.contacts";

/// How many inputs were ever kept in history.
pub(crate) const HISTORY: &str = "store.history";

/// How many deltas are rolled up in one go.
const ROLL_UP_MAX: usize = 10_000;

statements! {
    ADD: Many = Many::Insert {
        table: "counter_delta",
        columns: &[("workspace", Kind::Text), ("name", Kind::Text), ("delta", Kind::Integer)],
        conflict: "",
    };
    ALL: Statement = Statement::Both(
        "SELECT name, CAST(SUM(part) AS BIGINT) FROM (
             SELECT name, total AS part FROM counter WHERE workspace = $1
             UNION ALL SELECT name, delta AS part FROM counter_delta WHERE workspace = $1
         ) AS parts WHERE name < 'day.' OR name >= 'day/' GROUP BY name",
    );
    /// Those whose names lie in a span.
    BETWEEN: Statement = Statement::Both(
        "SELECT name, CAST(SUM(part) AS BIGINT) FROM (
             SELECT name, total AS part FROM counter WHERE workspace = $1 AND name >= $2 AND name < $3
             UNION ALL
             SELECT name, delta AS part FROM counter_delta WHERE workspace = $1 AND name >= $2 AND name < $3
         ) AS parts GROUP BY name",
    );
    REMOVE_DAYS: Statement = Statement::Both(
        "DELETE FROM counter WHERE (workspace, name) IN (
             SELECT workspace, name FROM counter WHERE workspace = $1 AND name >= 'day.' AND name < $2 LIMIT $3
         )",
    );
    OLDEST: Statement = Statement::Both(
        "WITH oldest AS MATERIALIZED (SELECT seq AS s FROM counter_delta ORDER BY seq LIMIT $1 FOR UPDATE SKIP LOCKED)
         DELETE FROM counter_delta WHERE seq IN (SELECT s FROM oldest) RETURNING workspace, name, delta",
    );
    ROLL_UP: Many = Many::Insert {
        table: "counter",
        columns: &[("workspace", Kind::Text), ("name", Kind::Text), ("total", Kind::Integer)],
        conflict: "ON CONFLICT (workspace, name) DO UPDATE SET total = counter.total + excluded.total",
    };
}

impl Store {
    /// All counters of a workspace, without the store's own and those of days.
    pub async fn counters(&self, workspace: &WorkspaceId) -> Result<BTreeMap<String, i64>, Error> {
        let mut counters = self.counters_with_own(workspace).await?;
        counters.retain(|name, _| !name.starts_with(OWN));
        Ok(counters)
    }

    /// The counters whose names lie between `from`, which is one of them, and `to`, which isn't: also those of days,
    /// which [`counters`](Self::counters) leaves out.
    pub async fn counters_between(
        &self,
        workspace: &WorkspaceId,
        from: &str,
        to: &str,
    ) -> Result<BTreeMap<String, i64>, Error> {
        read(self.inner.driver.query(BETWEEN, params![workspace.as_str(), from, to]).await?)
    }

    /// How many contacts there are.
    pub async fn contact_count(&self, workspace: &WorkspaceId) -> Result<u64, Error> {
        let counters = self.counters_between(workspace, CONTACTS, &format!("{CONTACTS}!")).await?;
        Ok(counters.get(CONTACTS).copied().unwrap_or_default().max(0) as u64)
    }

    pub(crate) async fn counters_with_own(
        &self,
        workspace: &WorkspaceId,
    ) -> Result<BTreeMap<String, i64>, Error> {
        read(self.inner.driver.query(ALL, params![workspace.as_str()]).await?)
    }
}

fn read(rows: Vec<crate::driver::value::Row>) -> Result<BTreeMap<String, i64>, Error> {
    let read = |row: crate::driver::value::Row| {
        let mut row = row.columns("counter");
        Ok((row.text()?, row.integer()?))
    };
    rows.into_iter().map(read).collect()
}

/// One of the store's own counters.
pub(crate) async fn own(
    transaction: &mut Transaction,
    workspace: &WorkspaceId,
    name: &str,
) -> Result<u64, Error> {
    let counters = read(transaction.query(ALL, params![workspace.as_str()]).await?)?;
    Ok(counters.get(name).copied().unwrap_or_default().max(0) as u64)
}

/// Removes counters of days before an instant, some at a time; answers how many.
pub(crate) async fn remove_old_days(
    transaction: &mut Transaction,
    workspace: &WorkspaceId,
    before: Timestamp,
) -> Result<u64, Error> {
    let day = Zone::utc().local(before).date();
    transaction.execute(REMOVE_DAYS, params![workspace.as_str(), format!("{BY_DAY}{day}"), ROLL_UP_MAX]).await
}

/// Adds up the oldest deltas; answers how many there were, and whether there may be more.
pub(crate) async fn roll_up(transaction: &mut Transaction) -> Result<(u64, bool), Error> {
    let rows = transaction.query(OLDEST, params![ROLL_UP_MAX]).await?;
    let n_rows = rows.len();
    // In order, so that two nodes never wait for each other in a circle.
    let mut sums: BTreeMap<(String, String), i64> = BTreeMap::new();
    for row in rows {
        let mut row = row.columns("counter_delta");
        let key = (row.text()?, row.text()?);
        *sums.entry(key).or_default() += row.integer()?;
    }
    let rows = sums.into_iter().map(|((workspace, name), sum)| params![workspace, name, sum]).collect();
    let bulk: Bulk = (&ROLL_UP, rows);
    transaction.execute_all(vec![bulk]).await?;
    Ok((n_rows as u64, n_rows == ROLL_UP_MAX))
}
