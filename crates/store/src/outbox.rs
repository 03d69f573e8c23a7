//! The outbox: what is to be handed to providers, written before it is acted on.

use std::collections::BTreeSet;

use wend_domain::id::{Channel, ContactId, MessageId, WorkflowName, WorkspaceId};
use wend_domain::time::Timestamp;

use crate::bucket;
use crate::driver::value::{Columns, Value, params};
use crate::driver::{Driver, Transaction};
use crate::error::Error;
use crate::lane::{self, RateRoom};
use crate::node;
use crate::open::Store;
use crate::statement::{Kind, Many, Statement, statements};

/// A message to hand to a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewOutbox {
    /// The message.
    pub message: MessageId,
    /// To whom.
    pub contact: ContactId,
    /// How it goes.
    pub channel: Channel,
    /// The workflow whose message it is.
    pub workflow: WorkflowName,
    /// From when on it may be attempted.
    pub due_at: Timestamp,
    /// Past this it is not attempted any more.
    pub expires_at: Option<Timestamp>,
    /// What was rendered.
    pub payload_json: String,
}

/// A message that this node has claimed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxRow {
    /// Whose.
    pub workspace: WorkspaceId,
    /// The message.
    pub message: MessageId,
    /// To whom.
    pub contact: ContactId,
    /// How it goes.
    pub channel: Channel,
    /// The workflow whose message it is.
    pub workflow: WorkflowName,
    /// How often it was claimed, this time included.
    pub attempts: u32,
    /// From when on it might be attempted.
    pub due_at: Timestamp,
    /// Past this it is not attempted any more.
    pub expires_at: Option<Timestamp>,
    /// What was rendered.
    pub payload_json: String,
}

/// The columns of a claimed row, in the order in which [`read`] reads them.
macro_rules! columns {
    () => {
        "workspace, message, contact, channel, workflow, attempts, due_at, expires_at, \
         (SELECT payload_json FROM message_payload AS kept WHERE kept.workspace = outbox.workspace \
          AND kept.bucket = outbox.bucket AND kept.message = outbox.message)"
    };
}

statements! {
    PUT: Many = Many::Insert {
        table: "outbox",
        columns: &[
            ("workspace", Kind::Text),
            ("bucket", Kind::Integer),
            ("message", Kind::Text),
            ("contact", Kind::Text),
            ("channel", Kind::Text),
            ("workflow", Kind::Text),
            ("state", Kind::Text),
            ("attempts", Kind::Integer),
            ("due_at", Kind::Integer),
            ("expires_at", Kind::Integer),
        ],
        // At most one exists for each message, whatever is said twice.
        conflict: "ON CONFLICT (workspace, bucket, message) DO NOTHING",
    };
    RETRY: Many = Many::Each {
        kinds: &[Kind::Text, Kind::Text, Kind::Integer],
        sqlite: "UPDATE outbox SET state = 'pending', lane = '', due_at = $3, claimed_by = NULL
                 WHERE workspace = $1 AND message = $2",
        postgres: "UPDATE outbox SET state = 'pending', lane = '', due_at = again.due_at, claimed_by = NULL
                   FROM {rows} AS again (workspace, message, due_at)
                   WHERE outbox.workspace = again.workspace AND outbox.message = again.message",
    };
    CANCEL: Many = Many::Each {
        kinds: &[Kind::Text, Kind::Text],
        sqlite: "DELETE FROM outbox WHERE workspace = $1 AND message = $2 AND state = 'pending'",
        postgres: "DELETE FROM outbox USING {rows} AS gone (workspace, message)
                   WHERE outbox.workspace = gone.workspace AND outbox.message = gone.message
                   AND outbox.state = 'pending'",
    };
    /// What is being attempted can't be called back; should it be put back instead, it isn't tried again.
    CANCEL_CLAIMED: Many = Many::Each {
        kinds: &[Kind::Text, Kind::Text],
        sqlite: "UPDATE outbox SET lane = 'cancelled'
                 WHERE workspace = $1 AND message = $2 AND state = 'attempting'",
        postgres: "UPDATE outbox SET lane = 'cancelled' FROM {rows} AS gone (workspace, message)
                   WHERE outbox.workspace = gone.workspace AND outbox.message = gone.message
                   AND outbox.state = 'attempting'",
    };
    SETTLE: Many = Many::Each {
        kinds: &[Kind::Text, Kind::Text],
        sqlite: "DELETE FROM outbox WHERE workspace = $1 AND message = $2",
        postgres: "DELETE FROM outbox USING {rows} AS gone (workspace, message)
                   WHERE outbox.workspace = gone.workspace AND outbox.message = gone.message",
    };
    /// The rows are chosen once and for all (MATERIALIZED): a plan that chose again would claim more than the limit. A row
    /// whose workflow is on hold is not claimed but put into its lane, in the same statement: a stop needs no write of its
    /// own to any row, and nobody who claims has to have heard of it.
    CLAIM: Statement = Statement::Both(concat!(
        "WITH due AS MATERIALIZED (
             SELECT workspace AS w, bucket AS b, message AS m, CASE WHEN EXISTS (
                 SELECT 1 FROM workflow_hold AS hold
                 WHERE hold.workspace = outbox.workspace AND hold.workflow = outbox.workflow
             ) THEN 1 ELSE 0 END AS held
             FROM outbox
             WHERE state = 'pending' AND lane = '' AND due_at <= $1 ORDER BY due_at LIMIT $2 FOR UPDATE SKIP LOCKED
         )
         UPDATE outbox SET state = CASE WHEN due.held = 1 THEN 'pending' ELSE 'attempting' END,
             attempts = attempts + 1 - due.held,
             claimed_by = CASE WHEN due.held = 1 THEN NULL ELSE CAST($3 AS TEXT) END,
             lane = CASE WHEN due.held = 1 THEN 'hold:' || workspace || '/' || workflow ELSE '' END
         FROM due WHERE workspace = due.w AND bucket = due.b AND message = due.m
         RETURNING lane, ", columns!(),
    ));
    NEXT_DUE: Statement = Statement::Both(
        "SELECT (SELECT MIN(due_at) FROM outbox WHERE state = 'pending' AND lane = ''),
                (SELECT MIN(opens_at) FROM outbox_lane)",
    );
    CLAIMERS: Statement = Statement::Both(
        "SELECT DISTINCT claimed_by FROM outbox WHERE state = 'attempting' AND claimed_by <> $1 ORDER BY claimed_by",
    );
    /// What waits in the inbox of a contact may be the outcome itself.
    OWN: Statement = Statement::Both(concat!(
        "SELECT ", columns!(), " FROM outbox WHERE state = 'attempting' AND claimed_by = $1 AND NOT EXISTS (
             SELECT 1 FROM inbox WHERE inbox.workspace = outbox.workspace AND inbox.bucket = outbox.bucket
             AND inbox.contact = outbox.contact
         ) ORDER BY message LIMIT $2",
    ));
    TAKE_OVER: Statement = Statement::Both(concat!(
        "WITH orphan AS MATERIALIZED (
             SELECT workspace AS w, bucket AS b, message AS m FROM outbox
             WHERE state = 'attempting' AND claimed_by = $1 ORDER BY message LIMIT $2 FOR UPDATE SKIP LOCKED
         )
         UPDATE outbox SET claimed_by = $3 FROM orphan
         WHERE workspace = orphan.w AND bucket = orphan.b AND message = orphan.m
         RETURNING ", columns!(),
    ));
}

impl Store {
    /// Claims pending rows that are due, earliest first, of all workspaces: from now on this node attempts them.
    ///
    /// Rows of workflows on hold, and those beyond the `rates`, are passed over and wait in lanes; there may be more to
    /// claim at once although fewer than `limit` were.
    pub async fn claim_outbox(
        &self,
        at: Timestamp,
        limit: usize,
        rates: &[RateRoom],
    ) -> Result<Vec<OutboxRow>, Error> {
        let (due_at, opens_at) = self.next_due_and_opening().await?;
        if opens_at.is_some_and(|opens_at| opens_at <= at) {
            self.open_lanes(at, rates).await?;
        } else if due_at.is_none_or(|due_at| due_at > at) {
            return Ok(Vec::new());
        }
        node::keep_alive(&self.inner).await?;
        let mut transaction = self.inner.driver.begin().await?;
        let found = transaction.query(CLAIM, params![at, limit, self.inner.node.as_str()]).await?;
        let (mut rows, mut lanes) = (Vec::with_capacity(found.len()), BTreeSet::new());
        for row in found {
            let mut columns = row.columns("outbox");
            let lane = columns.text()?;
            if lane.is_empty() {
                rows.push(read(columns)?);
            } else {
                lanes.insert(lane);
            }
        }
        if !lanes.is_empty() {
            lane::put_held(&mut transaction, lanes).await?;
            lane::park_held(&mut transaction, at).await?;
        }
        rows.sort_by_key(|row| (row.due_at, row.message));
        if !rates.is_empty() && !rows.is_empty() {
            rows = lane::take_room(&mut transaction, rates, rows, (self.inner.node.as_str(), at)).await?;
        }
        transaction.commit().await?;
        Ok(rows)
    }

    /// When there is something to claim at the earliest.
    pub async fn next_outbox_due(&self) -> Result<Option<Timestamp>, Error> {
        let (due_at, opens_at) = self.next_due_and_opening().await?;
        Ok(due_at.into_iter().chain(opens_at).min())
    }

    async fn next_due_and_opening(&self) -> Result<(Option<Timestamp>, Option<Timestamp>), Error> {
        let Some(row) = self.inner.driver.query_first(NEXT_DUE, params![]).await? else {
            return Ok((None, None));
        };
        let mut row = row.columns("outbox");
        Ok((row.optional_time()?, row.optional_time()?))
    }

    /// Takes over attempts of nodes that are gone: nobody knows what became of them.
    pub async fn orphaned_attempts(&self, limit: usize) -> Result<Vec<OutboxRow>, Error> {
        let own = self.inner.node.as_str();
        let claimers = self.inner.driver.query(CLAIMERS, params![own]).await?;
        if claimers.is_empty() {
            return Ok(Vec::new());
        }
        node::keep_alive(&self.inner).await?;
        let mut orphans = Vec::new();
        for claimer in claimers {
            let claimer = claimer.columns("outbox").text()?;
            let room = limit - orphans.len();
            if room == 0 {
                break;
            }
            let mut transaction = self.inner.driver.begin().await?;
            if self.is_gone(&mut transaction, &claimer).await? {
                let rows = transaction.query(TAKE_OVER, params![claimer, room, own]).await?;
                transaction.commit().await?;
                for row in rows {
                    orphans.push(read(row.columns("outbox"))?);
                }
            }
        }
        orphans.sort_by_key(|row| row.message);
        Ok(orphans)
    }

    /// Rows that this node has claimed or taken over and that are not settled, in the order of their messages. Those of
    /// contacts with a filled inbox are left out: the outcome may wait there.
    pub async fn own_attempts(&self, limit: usize) -> Result<Vec<OutboxRow>, Error> {
        let rows = self.inner.driver.query(OWN, params![self.inner.node.as_str(), limit]).await?;
        rows.into_iter().map(|row| read(row.columns("outbox"))).collect()
    }

    /// Whether a node that isn't this one is gone. On SQLite it is: one process at a time has the folder, if nobody
    /// simulates several.
    async fn is_gone(&self, transaction: &mut Transaction, node: &str) -> Result<bool, Error> {
        match (&self.inner.driver, transaction) {
            (Driver::Postgres(_), Transaction::Postgres(transaction)) => {
                node::is_gone(transaction, node).await
            }
            (Driver::Sqlite(sqlite), _) => Ok(sqlite.simulated().is_none_or(|inline| !inline.has_node(node))),
            (Driver::Postgres(_), Transaction::Sqlite(_)) => Ok(false),
        }
    }
}

/// The values of a new row.
pub(crate) fn row_values(workspace: &WorkspaceId, new: &NewOutbox) -> Vec<Value> {
    params![
        workspace.as_str(),
        bucket::of_contact(new.contact),
        new.message,
        new.contact,
        new.channel.as_str(),
        new.workflow.as_str(),
        "pending",
        0_i64,
        new.due_at,
        new.expires_at
    ]
}

fn read(mut row: Columns) -> Result<OutboxRow, Error> {
    Ok(OutboxRow {
        workspace: row.name()?,
        message: row.id()?,
        contact: row.id()?,
        channel: row.name()?,
        workflow: row.name()?,
        attempts: row.count()?,
        due_at: row.time()?,
        expires_at: row.optional_time()?,
        // One row without a payload must not keep all others from being claimed: its attempt fails, and is seen.
        payload_json: row.optional_text()?.unwrap_or_else(|| "null".to_owned()),
    })
}
