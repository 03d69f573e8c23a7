//! The janitor: folds, rolls up counters and enforces retention, a bounded piece at a time.

use std::collections::BTreeMap;
use std::sync::PoisonError;

use wend_domain::id::WorkspaceId;
use wend_domain::policy::retention::Retention;
use wend_domain::time::{Period, Timestamp};

use crate::bucket::BUCKETS;
use crate::counter;
use crate::driver::value::params;
use crate::driver::{Driver, Transaction};
use crate::error::Error;
use crate::fold;
use crate::import;
use crate::open::Store;
use crate::posting;
use crate::retention::cutoff;
use crate::statement::{Many, Statement, statements};
use crate::tail::Tail;
use crate::term;
use crate::trait_seen;

/// How long a change waits at most before a fold begins.
const FOLD_AFTER: Period = Period::from_millis(60_000);

/// How many rows of one table leave in one go.
const REMOVED_AT_ONCE: usize = 1_000;

/// How many imports leave in one go: each may have many rows.
const IMPORTS_AT_ONCE: usize = 1;

statements! {
    /// One node at a time cleans up; the others leave it to that one.
    ALONE: Statement = Statement::Postgres(
        "SELECT CASE WHEN pg_try_advisory_xact_lock(8271947) THEN 1 ELSE 0 END",
    );
    /// A bucket at a time, because an index by age would cost a page for every input.
    HISTORY_OLD: Statement =
        Statement::Postgres("DELETE FROM history WHERE workspace = $1 AND bucket = $2 AND at < $3");
    HISTORY_LOG_OLD: Statement = Statement::Sqlite(
        "DELETE FROM history_log WHERE seq IN (
             SELECT seq FROM history_key WHERE workspace = $1 AND bucket = $2 AND at < $3
         )",
    );
    HISTORY_KEY_OLD: Statement =
        Statement::Sqlite("DELETE FROM history_key WHERE workspace = $1 AND bucket = $2 AND at < $3");
    MESSAGE_OLD: Statement = Statement::Both(
        "DELETE FROM message WHERE (workspace, bucket, message) IN (
             SELECT old.workspace, old.bucket, old.message FROM message AS old
             WHERE old.workspace = $1 AND old.message < $2 AND NOT EXISTS (
                 SELECT 1 FROM outbox WHERE outbox.workspace = old.workspace AND outbox.message = old.message
             ) ORDER BY old.message LIMIT $3
         ) RETURNING workspace, bucket, contact, message",
    );
    CONTACT_MESSAGE_OLD: Many = Many::Sqlite(
        "DELETE FROM contact_message WHERE workspace = $1 AND bucket = $2 AND contact = $3 AND message = $4",
    );
    PAYLOAD_OLD: Statement = Statement::Both(
        "DELETE FROM message_payload WHERE (workspace, bucket, message) IN (
             SELECT old.workspace, old.bucket, old.message FROM message_payload AS old
             WHERE old.workspace = $1 AND old.message < $2 AND NOT EXISTS (
                 SELECT 1 FROM outbox WHERE outbox.workspace = old.workspace AND outbox.message = old.message
             ) ORDER BY old.message LIMIT $3
         )",
    );
    QUARANTINE_OLD: Statement = Statement::Both(
        "DELETE FROM quarantine WHERE (workspace, id) IN (
             SELECT workspace, id FROM quarantine WHERE workspace = $1 AND at < $2 ORDER BY at LIMIT $3
         )",
    );
    BUSINESS_EVENT_OLD: Statement = Statement::Both(
        "DELETE FROM business_event WHERE (workspace, id) IN (
             SELECT workspace, id FROM business_event WHERE at < $1 ORDER BY at LIMIT $2
         )",
    );
    ENTRY_REQUEST_OLD: Statement = Statement::Both(
        "DELETE FROM entry_request WHERE (workspace, run) IN (
             SELECT workspace, run FROM entry_request
             WHERE workspace = $1 AND run < $2 AND asked_at < $3 AND answered_at IS NOT NULL ORDER BY run LIMIT $4
         )",
    );
    /// What is counted for ever is in a window that began at 0.
    ENTRY_GRANT_OLD: Statement = Statement::Both(
        "DELETE FROM entry_grant WHERE workspace = $1 AND window_start > 0 AND window_start < $2",
    );
    TASK_OLD: Statement = Statement::Both(
        "DELETE FROM task WHERE (workspace, task) IN (
             SELECT workspace, task FROM task
             WHERE workspace = $1 AND task < $2 AND state <> 'open' ORDER BY task LIMIT $3
         )",
    );
    JOB_CONTACT_OLD: Statement = Statement::Both(
        "DELETE FROM job_contact WHERE (workspace, job, contact) IN (
             SELECT named.workspace, named.job, named.contact FROM job_contact AS named
             WHERE named.workspace = $1 AND NOT EXISTS (
                 SELECT 1 FROM job WHERE job.workspace = named.workspace AND job.id = named.job AND job.finished = 0
             ) LIMIT $2
         )",
    );
    JOB_OLD: Statement = Statement::Both("DELETE FROM job WHERE finished = 1 AND created_at < $1");
}

/// What the janitor has done in one go.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JanitorReport {
    /// Contacts whose changes were folded.
    pub folded: usize,
    /// Counter deltas that were rolled up.
    pub rolled_up: u64,
    /// Rows whose time was over, by table.
    pub removed: BTreeMap<&'static str, u64>,
    /// Whether there is more to do at once.
    pub more: bool,
}

/// Where the sweep through the workspaces, and through the buckets of their history, goes on.
#[derive(Debug, Clone, Default)]
pub struct Sweep {
    after: Option<WorkspaceId>,
    bucket: u16,
}

impl Sweep {
    /// The workspace whose turn it is; none if there are none.
    pub fn workspace(&self) -> Option<&WorkspaceId> {
        self.after.as_ref()
    }
}

impl Store {
    /// Does a bounded piece of the housekeeping: of one workspace, whose policies say how long its rows are kept.
    pub async fn janitor(
        &self,
        at: Timestamp,
        next: Sweep,
        kept: &Retention,
    ) -> Result<JanitorReport, Error> {
        let mut report = JanitorReport::default();
        self.fold_if_due(at, &mut report).await?;
        self.merge_postings(posting::WORTH_MERGING).await?;
        self.merge_terms(term::WORTH_MERGING).await?;
        let mut transaction = self.inner.driver.begin().await?;
        if let Transaction::Postgres(transaction) = &mut transaction
            && !transaction.ask(ALONE, params![]).await?
        {
            return Ok(report);
        }
        let (rolled_up, more) = counter::roll_up(&mut transaction).await?;
        let (added_up, more_seen) = trait_seen::add_up(&mut transaction).await?;
        report.rolled_up = rolled_up + added_up;
        report.more |= more_seen;
        report.more |= more;
        if let Some(workspace) = &next.after {
            remove_old(&mut transaction, workspace, next.bucket, kept, at, &mut report).await?;
            remove_unneeded(&mut transaction, workspace, kept, at, &mut report).await?;
        }
        transaction.commit().await?;
        *self.inner.sweep.lock().unwrap_or_else(PoisonError::into_inner) = next;
        report.removed.retain(|_, n_rows| *n_rows > 0);
        Ok(report)
    }

    /// Folds everything.
    pub async fn fold_all(&self) -> Result<(), Error> {
        match &self.inner.driver {
            Driver::Sqlite(sqlite) => fold::fold_all(&sqlite.turn().await, &self.inner.tail).await,
            Driver::Postgres(_) => Ok(()),
        }
    }

    async fn fold_if_due(&self, at: Timestamp, report: &mut JanitorReport) -> Result<(), Error> {
        let Driver::Sqlite(sqlite) = &self.inner.driver else { return Ok(()) };
        let (changes_max, bytes_max) = (self.inner.tail_changes_max, self.inner.tail_bytes_max);
        if !is_fold_due(&mut self.inner.tail.write(), at, changes_max, bytes_max) {
            return Ok(());
        }
        let turn = sqlite.turn().await;
        report.folded = fold::fold_piece(&turn, &self.inner.tail).await?;
        let mut tail = self.inner.tail.write();
        report.more = !tail.rotation.is_over();
        tail.waits_since = tail.waits_since.filter(|_| report.more);
        Ok(())
    }

    /// The workspace and bucket whose turn it is: one workspace each time, the next bucket after the last one.
    pub async fn next_sweep(&self) -> Result<Sweep, Error> {
        let sweep = self.inner.sweep.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let workspaces = self.workspaces().await?;
        let following =
            workspaces.iter().find(|workspace| sweep.after.as_ref().is_none_or(|after| *workspace > after));
        Ok(match following {
            Some(workspace) => Sweep { after: Some(workspace.clone()), bucket: sweep.bucket },
            None => Sweep { after: workspaces.first().cloned(), bucket: (sweep.bucket + 1) % BUCKETS },
        })
    }
}

/// Whether a fold should begin or go on: the tail is half full, or something has waited for long enough.
fn is_fold_due(tail: &mut Tail, at: Timestamp, changes_max: usize, bytes_max: usize) -> bool {
    if tail.n_changes == 0 {
        tail.waits_since = None;
        return false;
    }
    let waits_since = *tail.waits_since.get_or_insert(at);
    !tail.rotation.is_over()
        || tail.is_full(changes_max / 2, bytes_max / 2)
        || at.since(waits_since) >= FOLD_AFTER
}

/// Removes what the retention table says is too old.
async fn remove_old(
    transaction: &mut Transaction,
    workspace: &WorkspaceId,
    bucket: u16,
    retention: &Retention,
    at: Timestamp,
    report: &mut JanitorReport,
) -> Result<(), Error> {
    let name = workspace.as_str();
    let mut removed = |table: &'static str, n_rows: u64, max: usize| {
        report.removed.insert(table, n_rows);
        report.more |= n_rows >= max as u64;
    };
    if let Some(cutoff) = cutoff("history", retention, at) {
        let old = params![name, bucket, cutoff];
        let n_rows = match transaction {
            Transaction::Sqlite(transaction) => {
                transaction.execute(HISTORY_LOG_OLD, old.clone()).await?;
                transaction.execute(HISTORY_KEY_OLD, old).await?
            }
            Transaction::Postgres(transaction) => transaction.execute(HISTORY_OLD, old).await?,
        };
        removed("history", n_rows, usize::MAX);
    }
    if let Some(cutoff) = cutoff("message", retention, at) {
        let rows = transaction.query(MESSAGE_OLD, params![name, id_at(cutoff), REMOVED_AT_ONCE]).await?;
        removed("message", rows.len() as u64, REMOVED_AT_ONCE);
        if let Transaction::Sqlite(transaction) = transaction {
            let rows = rows.into_iter().map(|row| row.0).collect();
            transaction.execute_all(vec![(&CONTACT_MESSAGE_OLD, rows)]).await?;
        }
    }
    if let Some(cutoff) = cutoff("message_payload", retention, at) {
        let n_rows = transaction.execute(PAYLOAD_OLD, params![name, id_at(cutoff), REMOVED_AT_ONCE]).await?;
        removed("message_payload", n_rows, REMOVED_AT_ONCE);
    }
    if let Some(cutoff) = cutoff("quarantine", retention, at) {
        let n_rows = transaction.execute(QUARANTINE_OLD, params![name, cutoff, REMOVED_AT_ONCE]).await?;
        removed("quarantine", n_rows, REMOVED_AT_ONCE);
    }
    if let Some(cutoff) = cutoff("job", retention, at) {
        removed("job", transaction.execute(JOB_OLD, params![cutoff]).await?, usize::MAX);
    }
    Ok(())
}

/// Removes what the whole language leaves behind.
async fn remove_unneeded(
    transaction: &mut Transaction,
    workspace: &WorkspaceId,
    retention: &Retention,
    at: Timestamp,
    report: &mut JanitorReport,
) -> Result<(), Error> {
    let name = workspace.as_str();
    let mut removed = |table: &'static str, n_rows: u64| {
        report.removed.insert(table, n_rows);
        report.more |= n_rows >= REMOVED_AT_ONCE as u64;
    };
    if let Some(cutoff) = cutoff("business_event", retention, at) {
        let n_rows = transaction.execute(BUSINESS_EVENT_OLD, params![cutoff, REMOVED_AT_ONCE]).await?;
        removed("business_event", n_rows);
    }
    if let Some(cutoff) = cutoff("entry_request", retention, at) {
        let params = params![name, id_at(cutoff), cutoff, REMOVED_AT_ONCE];
        removed("entry_request", transaction.execute(ENTRY_REQUEST_OLD, params).await?);
    }
    if let Some(cutoff) = cutoff("entry_grant", retention, at) {
        removed("entry_grant", transaction.execute(ENTRY_GRANT_OLD, params![name, cutoff]).await?);
    }
    if let Some(cutoff) = cutoff("task", retention, at) {
        let params = params![name, id_at(cutoff), REMOVED_AT_ONCE];
        removed("task", transaction.execute(TASK_OLD, params).await?);
    }
    if let Some(cutoff) = cutoff("import", retention, at) {
        removed("import", import::remove_old(transaction, workspace, cutoff, IMPORTS_AT_ONCE).await?);
    }
    removed("job_contact", transaction.execute(JOB_CONTACT_OLD, params![name, REMOVED_AT_ONCE]).await?);
    if let Some(cutoff) = cutoff("counter", retention, at) {
        removed("counter", counter::remove_old_days(transaction, workspace, cutoff).await?);
    }
    removed("posting", posting::remove_undeclared(transaction, workspace, REMOVED_AT_ONCE).await?);
    Ok(())
}

/// What the ids of messages that were wanted at an instant begin with: ids sort by time.
fn id_at(at: Timestamp) -> String {
    format!("{:012x}", at.as_millis().max(0))
}
