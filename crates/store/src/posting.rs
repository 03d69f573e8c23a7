//! Postings: which contacts did something with which value, for triggers on business events (SEMANTICS 4.1).

use std::collections::BTreeMap;

use wend_domain::id::{ContactId, EventName, WorkspaceId};
use wend_domain::time::Timestamp;

use crate::driver::sqlite;
use crate::driver::value::{Row, Value, params, values};
use crate::driver::{Driver, Transaction};
use crate::error::Error;
use crate::open::Store;
use crate::statement::{Kind, Many, Statement, statements};

/// How many postings are merged in one transaction (SQLite).
const MERGED_AT_ONCE: usize = 20_000;

/// How many appended postings the janitor waits for: the more at once, the fewer pages for each.
pub(crate) const WORTH_MERGING: usize = 5_000;

/// A pair of an event and one of its properties by whose values contacts are found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PostingPair {
    /// The contact's event.
    pub event: EventName,
    /// The property, as a path.
    pub property: String,
}

/// One contact did something with one value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posting {
    /// With what, and what kind of value it is.
    pub pair: PostingPair,
    /// The value, as text.
    pub value: String,
    /// Who.
    pub contact: ContactId,
    /// When last.
    pub occurred_at: Timestamp,
}

/// The columns that a posting is written with.
const COLUMNS: &[(&str, Kind)] = &[
    ("workspace", Kind::Text),
    ("event", Kind::Text),
    ("property", Kind::Text),
    ("value", Kind::Text),
    ("contact", Kind::Text),
    ("occurred_at", Kind::Integer),
];

statements! {
    LOG: Many = Many::Sqlite(
        "INSERT INTO posting_log (workspace, event, property, value, contact, occurred_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
    );
    PUT: Many = Many::Insert {
        table: "posting",
        columns: COLUMNS,
        conflict: "ON CONFLICT (workspace, event, property, value, contact) DO UPDATE SET
                   occurred_at = excluded.occurred_at WHERE posting.occurred_at < excluded.occurred_at",
    };
    LOG_LENGTH: Statement = Statement::Sqlite(
        "SELECT COALESCE((SELECT seq FROM posting_log ORDER BY seq DESC LIMIT 1), 0)
              - COALESCE((SELECT seq FROM posting_log ORDER BY seq LIMIT 1) - 1, 0)",
    );
    LOG_END: Statement =
        Statement::Sqlite("SELECT MAX(seq) FROM (SELECT seq FROM posting_log ORDER BY seq LIMIT $1) AS first");
    MERGE: Statement = Statement::Sqlite(
        "INSERT INTO posting (workspace, event, property, value, contact, occurred_at)
         SELECT workspace, event, property, value, contact, MAX(occurred_at) FROM posting_log WHERE seq <= $1
         GROUP BY workspace, event, property, value, contact
         ORDER BY workspace, event, property, value, contact
         ON CONFLICT (workspace, event, property, value, contact) DO UPDATE SET
         occurred_at = excluded.occurred_at WHERE posting.occurred_at < excluded.occurred_at",
    );
    LOG_REMOVE: Statement = Statement::Sqlite("DELETE FROM posting_log WHERE seq <= $1");
    PAGE: Statement = Statement::Both(
        "SELECT contact, occurred_at FROM posting
         WHERE workspace = $1 AND event = $2 AND property = $3 AND value = $4 AND contact > $5
         ORDER BY contact LIMIT $6",
    );
    PAIRS: Statement = Statement::Both(
        "SELECT event, property, complete FROM posting_pair WHERE workspace = $1 ORDER BY event, property",
    );
    PAIR_ADD: Statement = Statement::Both(
        "INSERT INTO posting_pair (workspace, event, property, complete) VALUES ($1, $2, $3, 0)
         ON CONFLICT (workspace, event, property) DO NOTHING",
    );
    PAIR_COMPLETE: Statement = Statement::Both(
        "UPDATE posting_pair SET complete = 1 WHERE workspace = $1 AND event = $2 AND property = $3",
    );
    PAIR_REMOVE: Statement =
        Statement::Both("DELETE FROM posting_pair WHERE workspace = $1 AND event = $2 AND property = $3");
    REMOVE: Statement = Statement::Both(
        "DELETE FROM posting WHERE (workspace, event, property, value, contact) IN (
             SELECT old.workspace, old.event, old.property, old.value, old.contact FROM posting AS old
             WHERE old.workspace = $1 AND NOT EXISTS (
                 SELECT 1 FROM posting_pair AS pair WHERE pair.workspace = old.workspace
                 AND pair.event = old.event AND pair.property = old.property
             ) LIMIT $2
         )",
    );
}

impl Store {
    /// The contacts that did something with a value, and when last: a page after one of them.
    pub async fn postings(
        &self,
        workspace: &WorkspaceId,
        pair: &PostingPair,
        value: &str,
        after: Option<ContactId>,
        limit: usize,
    ) -> Result<Vec<(ContactId, Timestamp)>, Error> {
        self.merge_postings(1).await?;
        let after = after.map(|contact| contact.to_string()).unwrap_or_default();
        let params =
            params![workspace.as_str(), pair.event.as_str(), pair.property.as_str(), value, after, limit];
        let rows = self.inner.driver.query(PAGE, params).await?;
        let read = |row: Row| {
            let mut row = row.columns("posting");
            Ok((row.id()?, row.time()?))
        };
        rows.into_iter().map(read).collect()
    }

    /// Writes postings of what happened before their pair was declared.
    pub async fn postings_add(&self, workspace: &WorkspaceId, postings: Vec<Posting>) -> Result<(), Error> {
        let rows = row_values(workspace, latest_of_each(postings));
        let mut transaction = self.inner.driver.begin().await?;
        let many = match &transaction {
            Transaction::Sqlite(_) => &LOG,
            Transaction::Postgres(_) => &PUT,
        };
        transaction.execute_all(vec![(many, rows)]).await?;
        transaction.commit().await
    }

    /// The pairs that postings are kept of, and whether those of the past are there.
    pub async fn posting_pairs(&self, workspace: &WorkspaceId) -> Result<Vec<(PostingPair, bool)>, Error> {
        let rows = self.inner.driver.query(PAIRS, params![workspace.as_str()]).await?;
        let read = |row: Row| {
            let mut row = row.columns("posting_pair");
            Ok((PostingPair { event: row.name()?, property: row.text()? }, row.integer()? != 0))
        };
        rows.into_iter().map(read).collect()
    }

    /// From now on the postings of a pair include those of the past.
    pub async fn posting_pair_complete(
        &self,
        workspace: &WorkspaceId,
        pair: &PostingPair,
    ) -> Result<(), Error> {
        self.inner.driver.execute(PAIR_COMPLETE, pair_key(workspace, pair)).await?;
        Ok(())
    }

    /// Merges what commits have appended, if that is at least so much (SQLite).
    pub(crate) async fn merge_postings(&self, n_rows_min: usize) -> Result<(), Error> {
        let Driver::Sqlite(sqlite) = &self.inner.driver else { return Ok(()) };
        let ask = |connection: &rusqlite::Connection| log_length(connection);
        while sqlite.read(ask).await? >= n_rows_min {
            sqlite.turn().await.run(|connection| merge_piece(connection)).await?;
        }
        Ok(())
    }
}

/// How much has been appended and not merged, about.
fn log_length(connection: &rusqlite::Connection) -> Result<usize, Error> {
    let rows = sqlite::query(connection, LOG_LENGTH, &[])?;
    rows.into_iter().next().map_or(Ok(0), |row| row.columns("posting_log").count())
}

/// Merges a piece; false if there was nothing to merge.
pub(crate) fn merge_piece(connection: &rusqlite::Connection) -> Result<bool, Error> {
    let rows = sqlite::query(connection, LOG_END, &values![MERGED_AT_ONCE])?;
    let end = rows.into_iter().next().map(|row| row.columns("posting_log").optional_integer());
    let Some(end) = end.transpose()?.flatten() else { return Ok(false) };
    sqlite::transact(connection, |connection| {
        sqlite::execute(connection, MERGE, &values![end])?;
        sqlite::execute(connection, LOG_REMOVE, &values![end])
    })?;
    Ok(true)
}

/// Declares the pairs that postings are kept of, and no others.
pub(crate) async fn declare(
    transaction: &mut Transaction,
    workspace: &WorkspaceId,
    pairs: &[PostingPair],
) -> Result<(), Error> {
    let rows = transaction.query(PAIRS, params![workspace.as_str()]).await?;
    for row in rows {
        let mut row = row.columns("posting_pair");
        let known = PostingPair { event: row.name()?, property: row.text()? };
        if !pairs.contains(&known) {
            transaction.execute(PAIR_REMOVE, pair_key(workspace, &known)).await?;
        }
    }
    for pair in pairs {
        transaction.execute(PAIR_ADD, pair_key(workspace, pair)).await?;
    }
    Ok(())
}

/// Removes postings of pairs that nothing declares any more, at most so many.
pub(crate) async fn remove_undeclared(
    transaction: &mut Transaction,
    workspace: &WorkspaceId,
    limit: usize,
) -> Result<u64, Error> {
    transaction.execute(REMOVE, params![workspace.as_str(), limit]).await
}

fn pair_key(workspace: &WorkspaceId, pair: &PostingPair) -> Vec<Value> {
    params![workspace.as_str(), pair.event.as_str(), pair.property.as_str()]
}

/// The values of postings.
pub(crate) fn row_values(workspace: &WorkspaceId, postings: Vec<Posting>) -> Vec<Vec<Value>> {
    let values = |Posting { pair, value, contact, occurred_at }: Posting| {
        params![workspace.as_str(), pair.event.as_str(), pair.property, value, contact, occurred_at]
    };
    postings.into_iter().map(values).collect()
}

/// One posting of each key: PostgreSQL can't change a row twice in one statement.
pub(crate) fn latest_of_each(postings: Vec<Posting>) -> Vec<Posting> {
    let mut latest: BTreeMap<(PostingPair, String, ContactId), Timestamp> = BTreeMap::new();
    for Posting { pair, value, contact, occurred_at } in postings {
        let last = latest.entry((pair, value, contact)).or_insert(occurred_at);
        *last = occurred_at.max(*last);
    }
    let posting = |((pair, value, contact), occurred_at)| Posting { pair, value, contact, occurred_at };
    latest.into_iter().map(posting).collect()
}
