//! What a worker is, and the one loop that sleeps and spawns.

pub(crate) mod compute;
pub(crate) mod tasks;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::task::JoinSet;
use wend_domain::time::{Period, Timestamp};

use crate::engine::Engine;
use crate::shared::Shared;

/// How long a worker rests after a tick that failed.
const FAILED_PAUSE: Period = Period::from_millis(1_000);

/// How long a worker that waits to be woken sleeps at most.
const ASLEEP_MAX: Duration = Duration::from_mins(1);

/// The workers; each does a bounded piece of one kind of work per tick.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Worker {
    /// Takes what clients send, in batches.
    Inputs,
    /// Wakes contacts whose alarm is due.
    Alarms,
    /// Takes inputs that were queued for contacts.
    Inbox,
    /// Hands messages out, and takes in how that went.
    Outbox,
    /// Takes over the attempts of processes that are gone.
    Recovery,
    /// Notices new catalogs and workspaces.
    Catalogs,
    /// Tells many contacts about something, page by page.
    Jobs,
    /// Takes the rows of files in, and gives back what an import changed.
    Imports,
    /// Begins what set times have come for.
    Schedules,
    /// Judges versions that are rolled out.
    Rollouts,
    /// Answers runs that ask for a place under entry caps.
    Grants,
    /// Lets accounts take what they were told, and tells their members.
    Accounts,
    /// Keeps the store in order and the gauges current.
    Janitor,
}

/// When a worker wants to run again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// At once: there is more to do.
    Now,
    /// At this instant, or when it is woken before.
    At(Timestamp),
    /// When it is woken.
    WhenWoken,
}

/// What a tick came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tick {
    /// How many things were done; 0 means that there was nothing to do.
    pub n_done: usize,
    /// When the worker wants to run again.
    pub next: Next,
}

impl Worker {
    /// All workers.
    pub const ALL: [Self; 13] = [
        Self::Inputs,
        Self::Alarms,
        Self::Inbox,
        Self::Outbox,
        Self::Recovery,
        Self::Catalogs,
        Self::Jobs,
        Self::Imports,
        Self::Schedules,
        Self::Rollouts,
        Self::Grants,
        Self::Accounts,
        Self::Janitor,
    ];

    /// Its name in logs and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Inputs => "inputs",
            Self::Alarms => "alarms",
            Self::Inbox => "inbox",
            Self::Outbox => "outbox",
            Self::Recovery => "recovery",
            Self::Catalogs => "catalogs",
            Self::Jobs => "jobs",
            Self::Imports => "imports",
            Self::Schedules => "schedules",
            Self::Rollouts => "rollouts",
            Self::Grants => "grants",
            Self::Accounts => "accounts",
            Self::Janitor => "janitor",
        }
    }
}

/// One bell per worker; a ring while nobody listens is kept.
#[derive(Default)]
pub(crate) struct Wakers([Arc<Notify>; Worker::ALL.len()]);

impl Wakers {
    pub(crate) fn wake(&self, worker: Worker) {
        self.0[worker as usize].notify_one();
    }

    pub(crate) fn wake_all(&self) {
        for worker in Worker::ALL {
            self.wake(worker);
        }
    }

    /// A bell for somebody who outlives the borrow.
    pub(crate) fn bell(&self, worker: Worker) -> Arc<Notify> {
        Arc::clone(&self.0[worker as usize])
    }
}

/// Runs all workers until `stop`, then lets them finish what they have begun, within a bound.
///
/// Ends with an error if a worker ends by itself: an engine without one of its workers only seems to run.
pub(crate) async fn run(engine: &Engine, stop: impl Future<Output = ()> + Send) -> anyhow::Result<()> {
    let mut loops = JoinSet::new();
    for worker in Worker::ALL {
        loops.spawn(drive(engine.clone(), worker));
    }
    let mut stop = pin!(stop);
    let lost_a_worker = tokio::select! {
        () = &mut stop => false,
        _ = loops.join_next() => true,
    };
    let shared = engine.shared();
    shared.begin_stop();
    let finished = async { while loops.join_next().await.is_some() {} };
    if tokio::time::timeout(Duration::from_millis(shared.options.stop_for_ms), finished).await.is_err() {
        tracing::warn!("stopped before all attempts under way had an answer: they will count as uncertain");
    }
    loops.shutdown().await;
    shared.queue.close();
    anyhow::ensure!(!lost_a_worker, "a worker of the engine ended by itself");
    Ok(())
}

async fn drive(engine: Engine, worker: Worker) {
    let shared = engine.shared();
    loop {
        let at = shared.clock.now();
        let next = match Box::pin(guarded(engine.tick(worker, at))).await {
            Ok(Ok(tick)) => tick.next,
            Ok(Err(error)) => failed(shared, worker, at, &format!("{error:#}")),
            Err(panic) => failed(shared, worker, at, &panic),
        };
        if shared.is_stopping() && !shared.must_finish(worker) {
            return;
        }
        rest(shared, worker, next).await;
    }
}

fn failed(shared: &Shared, worker: Worker, at: Timestamp, error: &str) -> Next {
    shared.metrics.tick_failed(worker);
    tracing::error!(worker = worker.as_str(), error, "a worker failed and tries again");
    Next::At(at + FAILED_PAUSE)
}

async fn rest(shared: &Shared, worker: Worker, next: Next) {
    let span = match next {
        Next::Now => return tokio::task::yield_now().await,
        Next::At(at) => shared.clock.sleep_for(at.since(shared.clock.now())).min(ASLEEP_MAX),
        Next::WhenWoken => ASLEEP_MAX,
    };
    let bell = shared.wakers.bell(worker);
    // Nobody rang: then it is simply time.
    let _ = tokio::time::timeout(span, bell.notified()).await;
}

/// Awaits a future and gives a panic in it back as its text.
pub(crate) async fn guarded<T>(future: impl Future<Output = T>) -> Result<T, String> {
    let mut future = pin!(future);
    std::future::poll_fn(|context| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
        Ok(Poll::Pending) => Poll::Pending,
        Ok(Poll::Ready(value)) => Poll::Ready(Ok(value)),
        Err(panic) => Poll::Ready(Err(panic_text(panic.as_ref()))),
    })
    .await
}

/// What a panic said.
pub(crate) fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    format!("panic: {}", text.as_deref().unwrap_or("without words"))
}

#[cfg(test)]
mod tests;
