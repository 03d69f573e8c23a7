//! The inbox: inputs that wait for their contact, in order.

use std::collections::BTreeSet;

use wend_domain::id::{ContactId, WorkspaceId};
use wend_domain::time::Timestamp;

use crate::audit;
use crate::bucket;
use crate::driver::value::{Row, Value, params};
use crate::error::Error;
use crate::open::Store;
use crate::statement::{Kind, Many, Statement, statements};

/// An input to queue for a contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewInbox {
    /// For whom.
    pub contact: ContactId,
    /// Where it comes from: while one of this source waits for the contact, a second one is not queued.
    pub source: String,
    /// The input.
    pub input_json: String,
    /// Why it could not be processed, if that was tried; nothing of the contact is taken until it is released.
    pub stuck: Option<String>,
    /// When it was queued.
    pub at: Timestamp,
}

/// An input that waits for its contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboxRow {
    /// Its number; inputs are taken in this order.
    pub seq: i64,
    /// For whom.
    pub contact: ContactId,
    /// Where it comes from.
    pub source: String,
    /// The input.
    pub input_json: String,
    /// When it was queued.
    pub created_at: Timestamp,
    /// Why it could not be processed, if that was tried.
    pub error: Option<String>,
}

/// The columns of a row, in the order in which [`read`] reads them.
macro_rules! columns {
    () => {
        "inbox.seq, inbox.contact, inbox.source, inbox.input_json, inbox.created_at, inbox.error"
    };
}

statements! {
    /// Inboxes are short: what is in them is looked through.
    FROM_SOURCE: Statement = Statement::Both(
        "SELECT COUNT(*) FROM (
             SELECT 1 FROM inbox WHERE workspace = $1 AND source = $2 AND error IS NULL LIMIT 1
         ) AS waiting",
    );
    /// An input that is queued already stays where it is in the order; that it is stuck is noted on it.
    PUT: Many = Many::Insert {
        table: "inbox",
        columns: &[
            ("workspace", Kind::Text),
            ("bucket", Kind::Integer),
            ("contact", Kind::Text),
            ("source", Kind::Text),
            ("input_json", Kind::Text),
            ("error", Kind::Text),
            ("created_at", Kind::Integer),
        ],
        conflict: "ON CONFLICT (workspace, bucket, contact, source) DO UPDATE SET error = excluded.error
                   WHERE excluded.error IS NOT NULL",
    };
    DONE: Many = Many::Each {
        kinds: &[Kind::Text, Kind::Integer],
        sqlite: "DELETE FROM inbox WHERE workspace = $1 AND seq = $2",
        postgres: "DELETE FROM inbox USING {rows} AS gone (workspace, seq)
                   WHERE inbox.workspace = gone.workspace AND inbox.seq = gone.seq",
    };
    /// Contacts are taken by the first row of their queue: whoever has locked it has the queue.
    HEADS: Statement = Statement::Both(
        "SELECT queued.contact FROM inbox AS queued
         WHERE queued.workspace = $1 AND queued.error IS NULL AND NOT EXISTS (
             SELECT 1 FROM inbox AS other WHERE other.workspace = queued.workspace AND other.bucket = queued.bucket
             AND other.contact = queued.contact AND (other.error IS NOT NULL OR other.seq < queued.seq)
         )
         ORDER BY queued.seq LIMIT $2 FOR UPDATE OF queued SKIP LOCKED",
    );
    QUEUE: Many = Many::Each {
        kinds: &[Kind::Text, Kind::Integer, Kind::Text, Kind::Integer],
        sqlite: concat!(
            "SELECT ", columns!(), " FROM inbox WHERE workspace = $1 AND bucket = $2 AND contact = $3
             ORDER BY seq LIMIT $4",
        ),
        postgres: concat!(
            "SELECT ", columns!(), " FROM {rows} AS asked (workspace, bucket, contact, n_rows_max)
             CROSS JOIN LATERAL (
                 SELECT * FROM inbox WHERE inbox.workspace = asked.workspace AND inbox.bucket = asked.bucket
                 AND inbox.contact = asked.contact ORDER BY seq LIMIT asked.n_rows_max
             ) AS inbox",
        ),
    };
    QUEUED: Many = Many::Each {
        kinds: &[Kind::Text, Kind::Integer, Kind::Text],
        sqlite: "SELECT contact FROM inbox WHERE workspace = $1 AND bucket = $2 AND contact = $3 LIMIT 1",
        postgres: "SELECT asked.contact FROM {rows} AS asked (workspace, bucket, contact) WHERE EXISTS (
                       SELECT 1 FROM inbox WHERE inbox.workspace = asked.workspace AND inbox.bucket = asked.bucket
                       AND inbox.contact = asked.contact
                   )",
    };
    READY_WORKSPACES: Statement = Statement::Both(
        "SELECT workspace FROM workspace WHERE EXISTS (
             SELECT 1 FROM inbox AS queued WHERE queued.workspace = workspace.workspace AND NOT EXISTS (
                 SELECT 1 FROM inbox AS other WHERE other.workspace = queued.workspace
                 AND other.bucket = queued.bucket AND other.contact = queued.contact AND other.error IS NOT NULL
             )
         ) ORDER BY workspace",
    );
    OF_CONTACT: Statement = Statement::Both(concat!(
        "SELECT ", columns!(), " FROM inbox WHERE workspace = $1 AND bucket = $2 AND contact = $3 AND seq > $4
         ORDER BY seq LIMIT $5",
    ));
    STUCK: Statement = Statement::Both(concat!(
        "SELECT ", columns!(), " FROM inbox WHERE workspace = $1 AND error IS NOT NULL ORDER BY seq LIMIT $2",
    ));
    AGAIN: Statement = Statement::Both(
        "UPDATE inbox SET error = NULL WHERE workspace = $1 AND seq = $2 AND error IS NOT NULL",
    );
    DROP: Statement = Statement::Both(concat!(
        "DELETE FROM inbox WHERE workspace = $1 AND seq = $2 AND error IS NOT NULL RETURNING ", columns!(),
    ));
}

impl Store {
    /// Whether inputs of a source wait for their contacts; those that are stuck don't count.
    pub async fn inbox_has_source(&self, workspace: &WorkspaceId, source: &str) -> Result<bool, Error> {
        let row = self.inner.driver.query_first(FROM_SOURCE, params![workspace.as_str(), source]).await?;
        row.map_or(Ok(false), |row| Ok(row.columns("inbox").integer()? > 0))
    }

    /// The workspaces in which queued inputs can be taken.
    pub async fn inbox_ready_workspaces(&self) -> Result<Vec<WorkspaceId>, Error> {
        let rows = self.inner.driver.query(READY_WORKSPACES, params![]).await?;
        rows.into_iter().map(|row| row.columns("workspace").name()).collect()
    }

    /// What waits for a contact, stuck or not, in order: `limit` inputs after a number.
    pub async fn inbox_of(
        &self,
        workspace: &WorkspaceId,
        contact: ContactId,
        after: i64,
        limit: usize,
    ) -> Result<Vec<InboxRow>, Error> {
        let params = params![workspace.as_str(), bucket::of_contact(contact), contact, after, limit];
        let rows = self.inner.driver.query(OF_CONTACT, params).await?;
        rows.into_iter().map(read).collect()
    }

    /// Inputs that could not be processed, with why, oldest first.
    pub async fn stuck(&self, workspace: &WorkspaceId, limit: usize) -> Result<Vec<InboxRow>, Error> {
        let rows = self.inner.driver.query(STUCK, params![workspace.as_str(), limit]).await?;
        rows.into_iter().map(read).collect()
    }

    /// Lets a stuck input be tried again, or drops it (the audit keeps it); false if there is none of this number.
    pub async fn stuck_release(
        &self,
        workspace: &WorkspaceId,
        seq: i64,
        drop: bool,
        at: Timestamp,
    ) -> Result<bool, Error> {
        let mut transaction = self.inner.driver.begin().await?;
        if !drop {
            let n_rows = transaction.execute(AGAIN, params![workspace.as_str(), seq]).await?;
            transaction.commit().await?;
            return Ok(n_rows > 0);
        }
        let Some(row) = transaction.query_first(DROP, params![workspace.as_str(), seq]).await? else {
            return Ok(false);
        };
        let dropped = read(row)?;
        let what = serde_json::json!({
            "dropped": "stuck input",
            "contact": dropped.contact,
            "source": dropped.source,
            "input": dropped.input_json,
            "error": dropped.error,
        });
        audit::add(&mut transaction, workspace, at, "stuck input", &what.to_string()).await?;
        transaction.commit().await?;
        Ok(true)
    }
}

/// Reads a row of [`QUEUE`], [`OF_CONTACT`] or [`STUCK`].
pub(crate) fn read(row: Row) -> Result<InboxRow, Error> {
    let mut row = row.columns("inbox");
    Ok(InboxRow {
        seq: row.integer()?,
        contact: row.id()?,
        source: row.text()?,
        input_json: row.text()?,
        created_at: row.time()?,
        error: row.optional_text()?,
    })
}

/// The parameters of [`QUEUE`]: so much of each contact that all together are about `limit`.
pub(crate) fn queues(workspace: &WorkspaceId, contacts: &[ContactId], limit: usize) -> Vec<Vec<Value>> {
    let n_rows_max = (limit / contacts.len().max(1)).max(1);
    let queue =
        |contact: &ContactId| params![workspace.as_str(), bucket::of_contact(*contact), *contact, n_rows_max];
    contacts.iter().map(queue).collect()
}

/// What [`QUEUE`] answered, in order, without contacts of which something has got stuck meanwhile.
pub(crate) fn in_order(rows: Vec<Row>, limit: usize) -> Result<Vec<InboxRow>, Error> {
    let mut rows = rows.into_iter().map(read).collect::<Result<Vec<_>, _>>()?;
    let stuck: BTreeSet<ContactId> =
        rows.iter().filter(|row| row.error.is_some()).map(|row| row.contact).collect();
    rows.retain(|row| !stuck.contains(&row.contact));
    rows.sort_by_key(|row| row.seq);
    rows.truncate(limit);
    Ok(rows)
}

/// The values of a new row.
pub(crate) fn row_values(workspace: &WorkspaceId, new: NewInbox) -> Vec<Value> {
    params![
        workspace.as_str(),
        bucket::of_contact(new.contact),
        new.contact,
        new.source,
        new.input_json,
        new.stuck,
        new.at
    ]
}
