//! The worker that hands messages out, and takes in how that went.
//!
//! A row is claimed, which records the attempt, before the courier is called (SEMANTICS 8.2). What an attempt came to
//! is an input of the contact; until it is committed it is kept here, and should the process die first, the claim
//! stays behind and `recovery` takes it over.
//!
//! **Invariant:** a row that is this node's in the database is known here, or is reported as unknown (8.4) when it is next
//! looked for: after each claim whose answer was lost, after each taking over, and whenever `recovery` looks around, since
//! a commit may also be done long after nobody waits for its answer any more. Only this worker claims, begins, settles and
//! looks, one after the other, so no attempt is taken for lost that is under way.

mod calls;
mod late;
mod rates;
mod suppressed;
mod warm_up;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use wend_domain::id::{Channel, ContactId, MessageId, WorkspaceId};
use wend_domain::input::{Answered, Cause, News, NewsKind, Outcome, Receipt};
use wend_domain::message::{is_expired, is_late};
use wend_domain::planted;
use wend_domain::time::{Period, Timestamp};
use wend_store::{OutboxRow, PutBack};

use crate::batch::{self, Arrival};
use crate::courier::{Carried, Parcel, Payload};
use crate::lifecycle::is_held;
use crate::shared::Shared;
use crate::tick::tasks::{Finished, Tasks};
use crate::tick::{Next, Tick, Worker};
use calls::Sealed;

/// How long outcomes rest that could not be committed.
const UNSETTLED_PAUSE: Period = Period::from_millis(1_000);

/// One claimed row.
#[derive(Debug, Clone)]
struct Claimed {
    workspace: WorkspaceId,
    contact: ContactId,
    message: MessageId,
    channel: Channel,
    attempt: u32,
    begun_at: Timestamp,
}

/// How an attempt ended that was begun.
enum Attempt {
    /// It was made.
    Made(Outcome, Option<Box<Answered>>, Option<Box<Receipt>>),
    /// Its workflow was stopped or paused before it was made.
    Held,
    /// Nobody may carry it before then: it wasn't made.
    Waits(Timestamp),
}

impl Claimed {
    fn of(row: &OutboxRow, at: Timestamp) -> Self {
        Self {
            workspace: row.workspace.clone(),
            contact: row.contact,
            message: row.message,
            channel: row.channel.clone(),
            attempt: row.attempts,
            begun_at: at,
        }
    }

    /// The row, to be put back: to be claimed at once, or then.
    fn put_back(self, until: Option<Timestamp>) -> PutBack {
        PutBack { workspace: self.workspace, message: self.message, until }
    }

    /// What tells this attempt from all others.
    fn key(&self) -> (MessageId, u32) {
        (self.message, self.attempt)
    }
}

/// Attempts under way, and outcomes that wait to be committed.
pub(crate) struct Attempts {
    under_way: Tasks<Claimed, Attempt>,
    /// The messages of those under way.
    begun: Mutex<BTreeSet<MessageId>>,
    unsettled: Mutex<Vec<(Claimed, NewsKind)>>,
    /// Rows that were claimed and are not attempted after all.
    held: Mutex<Vec<PutBack>>,
    /// Whether there may be rows that are this node's and of which this process knows nothing.
    has_lost_some: AtomicBool,
}

/// A claim that was asked for. If this is dropped before its answer was heard, for whatever reason, it is looked for what
/// was claimed.
struct Asked<'a> {
    has_lost_some: &'a AtomicBool,
    is_heard: bool,
}

impl Asked<'_> {
    /// What there is, is known from now on.
    fn heard(mut self) {
        self.is_heard = true;
    }
}

impl Drop for Asked<'_> {
    fn drop(&mut self) {
        if !self.is_heard {
            self.has_lost_some.store(true, Ordering::SeqCst);
        }
    }
}

impl Default for Attempts {
    fn default() -> Self {
        Self {
            under_way: Tasks::new(),
            begun: Mutex::default(),
            unsettled: Mutex::default(),
            held: Mutex::default(),
            has_lost_some: AtomicBool::new(false),
        }
    }
}

impl Attempts {
    /// How many attempts are not settled yet.
    pub(crate) fn under_way(&self) -> usize {
        self.under_way.len() + self.unsettled().len() + self.held().len()
    }

    /// Keeps an outcome until it is committed.
    fn keep(&self, claimed: Claimed, what: NewsKind) {
        self.unsettled().push((claimed, what));
    }

    /// There may be rows that are this node's and of which this process knows nothing.
    pub(crate) fn look_for_lost(&self) {
        self.has_lost_some.store(true, Ordering::SeqCst);
    }

    /// Rows are about to be claimed, or looked for.
    fn ask(&self) -> Asked<'_> {
        Asked { has_lost_some: &self.has_lost_some, is_heard: false }
    }

    /// The messages of which this process knows what it is about with them.
    fn known(&self) -> BTreeSet<MessageId> {
        let mut known = self.begun().clone();
        known.extend(self.unsettled().iter().map(|(claimed, _)| claimed.message));
        known.extend(self.held().iter().map(|row| row.message));
        known
    }

    fn begun(&self) -> MutexGuard<'_, BTreeSet<MessageId>> {
        self.begun.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn held(&self) -> MutexGuard<'_, Vec<PutBack>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn unsettled(&self) -> MutexGuard<'_, Vec<(Claimed, NewsKind)>> {
        self.unsettled.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Commits what attempts came to, then begins new ones.
pub(crate) async fn tick(shared: &Shared, at: Timestamp) -> anyhow::Result<Tick> {
    collect(shared, at);
    let (mut n_done, is_held_up) = settle(shared, at).await;
    if is_held_up || !put_back(shared).await {
        return Ok(Tick { n_done, next: Next::At(at + UNSETTLED_PAUSE) });
    }
    if shared.is_stopping() {
        return Ok(Tick { n_done, next: if n_done > 0 { Next::Now } else { Next::WhenWoken } });
    }
    if shared.attempts.has_lost_some.swap(false, Ordering::SeqCst) {
        n_done += find_lost(shared, at).await?;
    }
    warm_up::ask(shared, at).await?;
    let free = shared.options.outbox_concurrency.saturating_sub(shared.attempts.under_way());
    let rates = rates::rooms(&shared.catalogs, at);
    let asked = shared.attempts.ask();
    let rows = if free == 0 { Vec::new() } else { shared.store.claim_outbox(at, free, &rates).await? };
    let is_full = rows.len() == free;
    n_done += rows.len();
    let mut listed = match suppressed::among(shared, &rows).await {
        Ok(listed) => listed,
        Err(error) => {
            // Nobody knows whether they may go: they are put back as they were.
            let mut held = shared.attempts.held();
            held.extend(rows.iter().map(|row| Claimed::of(row, at).put_back(None)));
            return Err(error);
        }
    };
    let mut late = Vec::new();
    for row in rows {
        match listed.remove(&row.message) {
            Some(reason) => {
                shared.attempts.keep(Claimed::of(&row, at), NewsKind::SuppressedAtClaim { reason });
            }
            None if is_late(row.due_at, at) => late.push(row),
            None => begin(shared, row, at).await,
        }
    }
    for row in late::allowed(shared, late, at).await {
        begin(shared, row, at).await;
    }
    asked.heard();
    shared.metrics.attempts_under_way(shared.attempts.under_way());
    let next = if !shared.attempts.unsettled().is_empty() {
        Next::Now
    } else if is_full {
        Next::WhenWoken
    } else {
        let soon = at + Period::from_millis(shared.options.poll_ms);
        Next::At(shared.store.next_outbox_due().await?.map_or(soon, |due| due.min(soon)))
    };
    Ok(Tick { n_done, next })
}

/// Reports what is this node's and what this process knows nothing of: a claim whose answer was lost, or what was taken
/// over from a process that is gone. An attempt whose outcome nobody wrote down is unknown (SEMANTICS 8.4), and a row that
/// nobody settles would stay for ever.
async fn find_lost(shared: &Shared, at: Timestamp) -> anyhow::Result<usize> {
    let asked = shared.attempts.ask();
    let n_known = shared.attempts.known().len();
    let rows = shared.store.own_attempts(n_known + shared.options.orphans_max).await?;
    asked.heard();
    let known = shared.attempts.known();
    let lost: Vec<&OutboxRow> = rows.iter().filter(|row| !known.contains(&row.message)).collect();
    for row in &lost {
        let what = "wend stopped, or lost its database, between the attempt and its answer".to_owned();
        let outcome = if planted!("recovered-attempt-is-resent") {
            Outcome::Temporary { reply: what }
        } else {
            Outcome::Unknown { what }
        };
        shared.metrics.attempt(&row.channel, &outcome, Period::ZERO);
        let news = NewsKind::Attempted { attempt: row.attempts, outcome, answer: None, receipt: None };
        shared.attempts.keep(Claimed::of(row, at), news);
    }
    if !lost.is_empty() {
        tracing::warn!(n_attempts = lost.len(), "nobody heard what became of some attempts");
    }
    if lost.len() >= shared.options.orphans_max {
        shared.attempts.look_for_lost();
    }
    Ok(lost.len())
}

/// Looks at the attempts that have ended.
fn collect(shared: &Shared, at: Timestamp) {
    for (claimed, finished) in shared.attempts.under_way.finished() {
        shared.attempts.begun().remove(&claimed.message);
        let (outcome, answer, receipt) = match finished {
            Finished::Answered(Attempt::Held) => {
                shared.attempts.held().push(claimed.put_back(None));
                continue;
            }
            Finished::Answered(Attempt::Waits(until)) => {
                shared.metrics.waited(&claimed.channel);
                shared.attempts.held().push(claimed.put_back(Some(until)));
                continue;
            }
            Finished::Answered(Attempt::Made(outcome, answer, receipt)) => (outcome, answer, receipt),
            Finished::TimedOut => {
                let millis = shared.options.attempt_timeout_ms;
                (Outcome::Unknown { what: format!("no answer within {} s", millis / 1_000) }, None, None)
            }
            Finished::Panicked(what) => (Outcome::Unknown { what }, None, None),
        };
        shared.metrics.attempt(&claimed.channel, &outcome, at.since(claimed.begun_at));
        let attempt = claimed.attempt;
        shared.attempts.keep(claimed, NewsKind::Attempted { attempt, outcome, answer, receipt });
    }
}

/// Puts back what was claimed and is not attempted after all; false if that has to wait.
async fn put_back(shared: &Shared) -> bool {
    let held = shared.attempts.held().clone();
    if let Err(error) = shared.store.outbox_put_back(&held).await {
        tracing::error!(%error, "messages that may not go now wait to be put back");
        return false;
    }
    shared.attempts.held().drain(..held.len());
    true
}

/// Commits outcomes, per workspace and in bounded batches. Answers how many, and whether some must wait: those are
/// kept, and one workspace doesn't hold up another.
async fn settle(shared: &Shared, at: Timestamp) -> (usize, bool) {
    let mut by_workspace: BTreeMap<WorkspaceId, Vec<(Claimed, NewsKind)>> = BTreeMap::new();
    for (claimed, what) in shared.attempts.unsettled().iter().cloned() {
        by_workspace.entry(claimed.workspace.clone()).or_default().push((claimed, what));
    }
    let (mut n_settled, mut is_held_up) = (0, false);
    for (workspace, news) in by_workspace {
        for news in news.chunks(shared.options.batch_inputs_max.max(1)) {
            let arrivals: Vec<Arrival> = news.iter().map(arrival).collect();
            if let Err(error) = batch::run(shared, &workspace, &arrivals, at).await {
                shared.metrics.tick_failed(Worker::Outbox);
                tracing::error!(workspace = %workspace, %error, "outcomes of attempts wait to be committed");
                is_held_up = true;
                break;
            }
            let settled: BTreeSet<_> = news.iter().map(|(claimed, _)| claimed.key()).collect();
            shared.attempts.unsettled().retain(|(claimed, _)| !settled.contains(&claimed.key()));
            n_settled += news.len();
        }
    }
    (n_settled, is_held_up)
}

fn arrival((claimed, what): &(Claimed, NewsKind)) -> Arrival {
    Arrival::ToContact {
        contact: claimed.contact,
        cause: Cause::News(News { message: claimed.message, what: what.clone() }),
        source: format!("attempt:{}:{}", claimed.message, claimed.attempt),
    }
}

/// Begins the attempt of a claimed row, unless the row has expired.
async fn begin(shared: &Shared, row: OutboxRow, at: Timestamp) {
    let claimed = Claimed::of(&row, at);
    if is_expired(row.expires_at, at) && !planted!("expired-is-sent") {
        shared.attempts.keep(claimed, NewsKind::ExpiredAtClaim);
        return;
    }
    let payload: Payload = match serde_json::from_str(&row.payload_json) {
        Ok(payload) => payload,
        Err(error) => {
            let reply = format!("the rendered content in the outbox cannot be read: {error}");
            let outcome = Outcome::Permanent { reply, suppress: false };
            let attempt = claimed.attempt;
            shared
                .attempts
                .keep(claimed, NewsKind::Attempted { attempt, outcome, answer: None, receipt: None });
            return;
        }
    };
    let timeout = Duration::from_millis(shared.options.attempt_timeout_ms);
    let bell = shared.wakers.bell(Worker::Outbox);
    let sealed = calls::secrets_of(shared, &row, payload.content.call.as_ref()).await;
    let sealed = match sealed {
        Ok(sealed) => sealed,
        Err(outcome) => {
            let attempt = claimed.attempt;
            shared
                .attempts
                .keep(claimed, NewsKind::Attempted { attempt, outcome, answer: None, receipt: None });
            return;
        }
    };
    let attempt = attempt(shared, row, payload, sealed);
    shared.attempts.begun().insert(claimed.message);
    shared.attempts.under_way.begin(claimed, timeout, bell, attempt);
}

/// One attempt; whether the workflow moves is asked again at its very beginning.
fn attempt(
    shared: &Shared,
    row: OutboxRow,
    payload: Payload,
    sealed: Sealed,
) -> impl Future<Output = Attempt> + Send + 'static + use<> {
    let courier = Arc::clone(&shared.courier);
    let catalogs = Arc::clone(&shared.catalogs);
    async move {
        if is_held(catalogs.get(&row.workspace).catalog.status(&row.workflow)) {
            return Attempt::Held;
        }
        let Payload { address, content } = payload;
        let parcel = match content.call {
            Some(call) => return calls::attempt(courier.as_ref(), &sealed, &row, &call).await,
            None => Parcel {
                message: key(&row),
                workspace: row.workspace,
                channel: row.channel,
                address,
                attempt: row.attempts,
                content,
            },
        };
        if planted!("doubled-send") && parcel.attempt > 1 {
            courier.send(&parcel).await;
        }
        match courier.carry(&parcel).await {
            Carried::Made(outcome, receipt) => Attempt::Made(outcome, None, receipt.map(Box::new)),
            Carried::Wait { until, why } => {
                tracing::debug!(message.id = %parcel.message, %until, why, "nobody may carry a message now");
                Attempt::Waits(until)
            }
        }
    }
}

/// What the provider knows the message by: the same for every attempt.
fn key(row: &OutboxRow) -> MessageId {
    if planted!("retry-without-key") && row.attempts > 1 {
        return MessageId::hashed(row.due_at, &[&row.message.to_bytes(), &row.attempts.to_be_bytes()]);
    }
    row.message
}
