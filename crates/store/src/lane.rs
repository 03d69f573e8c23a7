//! Lanes of the outbox: where rows stand that are due and may not go: their workflow is on hold, or a rate is used up.
//!
//! Whoever looks for what is due passes over whole lanes, not over rows. A row is put into a lane when it is claimed and
//! may not go, never before; a lane is opened a piece at a time, and its rows are claimed like all others then.

use std::collections::{BTreeMap, BTreeSet};

use wend_domain::id::{Channel, MessageId, WorkflowName, WorkspaceId};
use wend_domain::time::Timestamp;

use crate::driver::Transaction;
use crate::driver::value::{Row, Value, params};
use crate::error::Error;
use crate::open::Store;
use crate::outbox::OutboxRow;
use crate::statement::{Kind, Many, Statement, statements};

/// How many rows go into or out of a lane in one statement.
const PIECE: usize = 2_000;

/// How many lanes are opened in one go.
const LANES_AT_ONCE: usize = 20;

/// How fast a workspace's messages may go, at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RateRoom {
    /// Whose.
    pub workspace: WorkspaceId,
    /// What tells it from the workspace's other rates; the same as long as the rate is.
    pub rate: String,
    /// The channels that it counts together; empty means all.
    pub channels: BTreeSet<Channel>,
    /// How many messages may be claimed in the window.
    pub max: u32,
    /// When the window began.
    pub since: Timestamp,
    /// When the next one begins.
    pub until: Timestamp,
}

/// A claimed row that is not attempted after all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PutBack {
    /// Whose.
    pub workspace: WorkspaceId,
    /// The message.
    pub message: MessageId,
    /// Until when nobody may carry it; it can be claimed at once if that isn't said.
    pub until: Option<Timestamp>,
}

statements! {
    /// Rows that are due and whose workflow is on hold go into its lane.
    PARK_HELD: Statement = Statement::Both(
        "WITH due AS MATERIALIZED (
             SELECT workspace AS w, bucket AS b, message AS m FROM outbox
             WHERE state = 'pending' AND lane = '' AND due_at <= $1 ORDER BY due_at LIMIT $2 FOR UPDATE SKIP LOCKED
         )
         UPDATE outbox SET lane = 'hold:' || workspace || '/' || workflow FROM due
         WHERE workspace = due.w AND bucket = due.b AND message = due.m AND EXISTS (
             SELECT 1 FROM workflow_hold AS hold
             WHERE hold.workspace = outbox.workspace AND hold.workflow = outbox.workflow
         ) RETURNING lane",
    );
    /// Rows that are due and go on a channel go into a lane.
    PARK_CHANNEL: Statement = Statement::Both(
        "WITH due AS MATERIALIZED (
             SELECT workspace AS w, bucket AS b, message AS m FROM outbox
             WHERE state = 'pending' AND lane = '' AND due_at <= $1 ORDER BY due_at LIMIT $2 FOR UPDATE SKIP LOCKED
         )
         UPDATE outbox SET lane = $3 FROM due
         WHERE workspace = due.w AND bucket = due.b AND message = due.m AND workspace = $4 AND channel = $5",
    );
    /// Rows that were taken back while they were claimed go.
    GIVE_UP: Many = Many::Each {
        kinds: &[Kind::Text, Kind::Text, Kind::Text],
        sqlite: "DELETE FROM outbox WHERE workspace = $1 AND message = $2 AND state = 'attempting'
                 AND lane = 'cancelled' AND claimed_by = $3",
        postgres: "DELETE FROM outbox USING {rows} AS gone (workspace, message, node)
                   WHERE outbox.workspace = gone.workspace AND outbox.message = gone.message
                   AND outbox.state = 'attempting' AND outbox.lane = 'cancelled' AND outbox.claimed_by = gone.node",
    };
    UNCLAIM: Many = Many::Each {
        kinds: &[Kind::Text, Kind::Text, Kind::Text, Kind::Text],
        sqlite: "UPDATE outbox SET state = 'pending', attempts = attempts - 1, claimed_by = NULL, lane = $3
                 WHERE workspace = $1 AND message = $2 AND state = 'attempting' AND claimed_by = $4",
        postgres: "UPDATE outbox SET state = 'pending', attempts = attempts - 1, claimed_by = NULL, lane = back.lane
                   FROM {rows} AS back (workspace, message, lane, node)
                   WHERE outbox.workspace = back.workspace AND outbox.message = back.message
                   AND outbox.state = 'attempting' AND outbox.claimed_by = back.node",
    };
    PUT: Statement = Statement::Both(
        "INSERT INTO outbox_lane (lane, opens_at) VALUES ($1, $2)
         ON CONFLICT (lane) DO UPDATE SET opens_at = excluded.opens_at",
    );
    /// The hold may have been lifted since the row was looked at: then the lane is open from the start.
    PUT_HELD: Statement = Statement::Both(
        "INSERT INTO outbox_lane (lane, opens_at) VALUES ($1, CASE WHEN EXISTS (
             SELECT 1 FROM workflow_hold AS hold WHERE 'hold:' || hold.workspace || '/' || hold.workflow = $1
         ) THEN NULL ELSE 0 END)
         ON CONFLICT (lane) DO UPDATE SET opens_at = outbox_lane.opens_at",
    );
    /// Waits for whoever is about to make the lane, so that it doesn't stay shut.
    OPEN: Statement = Statement::Both(
        "INSERT INTO outbox_lane (lane, opens_at) VALUES ($1, 0) ON CONFLICT (lane) DO UPDATE SET opens_at = 0",
    );
    SHUT: Statement = Statement::Both("UPDATE outbox_lane SET opens_at = NULL WHERE lane = $1");
    DUE: Statement = Statement::Both(
        "SELECT lane FROM outbox_lane WHERE opens_at <= $1 ORDER BY lane LIMIT $2 FOR UPDATE SKIP LOCKED",
    );
    MOVE_OUT: Statement = Statement::Both(
        "WITH first AS MATERIALIZED (
             SELECT workspace AS w, bucket AS b, message AS m FROM outbox
             WHERE state = 'pending' AND lane = $1 ORDER BY due_at LIMIT $2 FOR UPDATE SKIP LOCKED
         )
         UPDATE outbox SET lane = '' FROM first
         WHERE workspace = first.w AND bucket = first.b AND message = first.m",
    );
    ANY_IN: Statement =
        Statement::Both("SELECT message FROM outbox WHERE state = 'pending' AND lane = $1 LIMIT 1");
    REMOVE: Statement = Statement::Both("DELETE FROM outbox_lane WHERE lane = $1");
    /// A node whose clock is behind doesn't begin an earlier window again.
    WINDOW: Statement = Statement::Both(
        "INSERT INTO rate (workspace, rate, window_start, used) VALUES ($1, $2, $3, 0)
         ON CONFLICT (workspace, rate) DO UPDATE SET
         used = CASE WHEN rate.window_start < excluded.window_start THEN 0 ELSE rate.used END,
         window_start = CASE WHEN rate.window_start < excluded.window_start
                        THEN excluded.window_start ELSE rate.window_start END
         RETURNING used",
    );
    USE: Statement =
        Statement::Both("UPDATE rate SET used = used + $3 WHERE workspace = $1 AND rate = $2");
}

/// The lane of a workflow on hold.
pub(crate) fn of_workflow(workspace: &WorkspaceId, workflow: &WorkflowName) -> String {
    format!("hold:{workspace}/{workflow}")
}

/// The lane of those that nobody may carry before an instant. Instants of one second share one.
fn of_waiting(until: Timestamp) -> String {
    format!("wait:{}", until.as_millis().div_euclid(1_000))
}

/// The lane of a rate that is used up.
fn of_rate(room: &RateRoom) -> String {
    format!("rate:{}/{}", room.workspace, room.rate)
}

/// From now on what stands in a lane may go.
pub(crate) async fn open(transaction: &mut Transaction, lane: &str) -> Result<(), Error> {
    transaction.execute(OPEN, params![lane]).await?;
    Ok(())
}

/// From now on what stands in a lane stays there.
pub(crate) async fn shut(transaction: &mut Transaction, lane: &str) -> Result<(), Error> {
    transaction.execute(SHUT, params![lane]).await?;
    Ok(())
}

impl Store {
    /// Puts claimed rows back that were not attempted after all; their attempts don't count. Those that were cancelled
    /// meanwhile go instead.
    ///
    /// A row that waits stands in a lane that opens then: it is looked at again, and no sooner.
    pub async fn outbox_put_back(&self, rows: &[PutBack]) -> Result<(), Error> {
        if rows.is_empty() {
            return Ok(());
        }
        let mut transaction = self.inner.driver.begin().await?;
        let node = self.inner.node.as_str();
        let mut lanes = BTreeMap::new();
        let cancelled = |row: &PutBack| params![row.workspace.as_str(), row.message, node];
        let mut back = |row: &PutBack| {
            let lane = row.until.map_or_else(String::new, of_waiting);
            if let Some(until) = row.until {
                lanes.insert(lane.clone(), until);
            }
            params![row.workspace.as_str(), row.message, lane, node]
        };
        let (cancelled, back) = (rows.iter().map(cancelled).collect(), rows.iter().map(&mut back).collect());
        transaction.execute_all(vec![(&GIVE_UP, cancelled), (&UNCLAIM, back)]).await?;
        for (lane, until) in lanes {
            transaction.execute(PUT, params![lane, until]).await?;
        }
        transaction.commit().await
    }

    /// Opens lanes whose time has come, a piece of each.
    pub(crate) async fn open_lanes(&self, at: Timestamp, rates: &[RateRoom]) -> Result<(), Error> {
        let mut transaction = self.inner.driver.begin().await?;
        let lanes = transaction.query(DUE, params![at, LANES_AT_ONCE]).await?;
        for lane in lanes {
            let lane = lane.columns("outbox_lane").text()?;
            let rate = rates.iter().find(|room| of_rate(room) == lane);
            let room = match rate {
                Some(rate) => rate.max.saturating_sub(used(&mut transaction, rate).await?) as usize,
                None => PIECE,
            };
            let n_wanted = room.min(PIECE);
            let n_moved = transaction.execute(MOVE_OUT, params![lane.as_str(), n_wanted]).await?;
            // Asked by a statement of its own: it sees what was put in before the lane was locked.
            if transaction.query_first(ANY_IN, params![lane.as_str()]).await?.is_none() {
                transaction.execute(REMOVE, params![lane.as_str()]).await?;
            } else if let Some(rate) = rate.filter(|_| n_moved >= room as u64) {
                transaction.execute(PUT, params![lane.as_str(), rate.until]).await?;
            }
        }
        transaction.commit().await
    }
}

/// After rows were found to be held: puts more of them away, so that what is behind them is found.
pub(crate) async fn park_held(transaction: &mut Transaction, at: Timestamp) -> Result<(), Error> {
    let rows = transaction.query(PARK_HELD, params![at, PIECE]).await?;
    let lanes = rows.into_iter().map(|row| row.columns("outbox").text()).collect::<Result<_, _>>()?;
    put_held(transaction, lanes).await
}

/// Makes the lanes of held rows, in order, so that two nodes never wait for each other in a circle.
pub(crate) async fn put_held(transaction: &mut Transaction, lanes: BTreeSet<String>) -> Result<(), Error> {
    for lane in lanes {
        transaction.execute(PUT_HELD, params![lane]).await?;
    }
    Ok(())
}

/// Lets claimed rows take the room of their rates; those that find none are put back, and with them others behind
/// them.
pub(crate) async fn take_room(
    transaction: &mut Transaction,
    rates: &[RateRoom],
    rows: Vec<OutboxRow>,
    (node, at): (&str, Timestamp),
) -> Result<Vec<OutboxRow>, Error> {
    let concerned = |room: &&RateRoom| rows.iter().any(|row| room.covers(row));
    let mut rates: Vec<&RateRoom> = rates.iter().filter(concerned).collect();
    rates.sort_by_key(|room| of_rate(room));
    let mut left = Vec::with_capacity(rates.len());
    for room in &rates {
        left.push(room.max.saturating_sub(used(transaction, room).await?));
    }
    let before = left.clone();
    let (mut kept, mut back) = (Vec::with_capacity(rows.len()), Vec::new());
    let mut full: BTreeMap<usize, BTreeSet<Channel>> = BTreeMap::new();
    for row in rows {
        let covering = || (0..rates.len()).filter(|n| rates[*n].covers(&row));
        if let Some(n) = covering().find(|n| left[*n] == 0) {
            full.entry(n).or_default().insert(row.channel.clone());
            back.push(unclaimed(&row, &of_rate(rates[n]), node));
        } else {
            covering().for_each(|n| left[n] -= 1);
            kept.push(row);
        }
    }
    for (n, room) in rates.iter().enumerate().filter(|(n, _)| before[*n] > left[*n]) {
        let params = params![room.workspace.as_str(), room.rate.as_str(), before[n] - left[n]];
        transaction.execute(USE, params).await?;
    }
    transaction.execute_all(vec![(&UNCLAIM, back)]).await?;
    for (n, channels) in full {
        let (room, lane) = (rates[n], of_rate(rates[n]));
        for channel in channels {
            let params = params![at, PIECE, lane.as_str(), room.workspace.as_str(), channel.as_str()];
            transaction.execute(PARK_CHANNEL, params).await?;
        }
        transaction.execute(PUT, params![lane, room.until]).await?;
    }
    Ok(kept)
}

/// How much of a rate's window is used; nobody else takes of it until the end of the transaction.
async fn used(transaction: &mut Transaction, room: &RateRoom) -> Result<u32, Error> {
    let params = params![room.workspace.as_str(), room.rate.as_str(), room.since];
    let row: Option<Row> = transaction.query_first(WINDOW, params).await?;
    row.map_or(Ok(0), |row| row.columns("rate").count())
}

impl RateRoom {
    fn covers(&self, row: &OutboxRow) -> bool {
        self.workspace == row.workspace && (self.channels.is_empty() || self.channels.contains(&row.channel))
    }
}

fn unclaimed(row: &OutboxRow, lane: &str, node: &str) -> Vec<Value> {
    params![row.workspace.as_str(), row.message, lane, node]
}
