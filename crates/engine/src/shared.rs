//! What all workers of one engine share.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use wend_domain::id::WorkspaceId;
use wend_store::Store;

use crate::accounts::Shares;
use crate::catalogs::Catalogs;
use crate::clock::Clock;
use crate::courier::Courier;
use crate::links::Keys;
use crate::metrics::Metrics;
use crate::options::EngineOptions;
use crate::outbox::Attempts;
use crate::queue::Queue;
use crate::tick::{Wakers, Worker};

/// What all workers of one engine share.
pub(crate) struct Shared {
    pub(crate) store: Store,
    pub(crate) courier: Arc<dyn Courier>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) options: EngineOptions,
    pub(crate) metrics: Metrics,
    pub(crate) catalogs: Arc<Catalogs>,
    pub(crate) queue: Queue,
    pub(crate) attempts: Attempts,
    pub(crate) wakers: Wakers,
    /// The workspace whose inputs were taken last: they take turns.
    pub(crate) last_workspace: Mutex<Option<WorkspaceId>>,
    /// The revisions of the catalogs whose schedules are in the store.
    pub(crate) schedules: Mutex<BTreeMap<WorkspaceId, u64>>,
    /// The workspaces whose accounts share what their rules read.
    pub(crate) shares: Shares,
    /// The keys of workspaces' links.
    pub(crate) keys: Keys,
    stopping: AtomicBool,
    database_answers: AtomicBool,
}

impl Shared {
    pub(crate) fn new(
        store: Store,
        courier: Arc<dyn Courier>,
        clock: Arc<dyn Clock>,
        options: EngineOptions,
    ) -> Self {
        Self {
            store,
            courier,
            clock,
            metrics: Metrics::new(),
            catalogs: Arc::default(),
            queue: Queue::new(options.queue_events_max),
            attempts: Attempts::default(),
            wakers: Wakers::default(),
            last_workspace: Mutex::default(),
            schedules: Mutex::default(),
            shares: Shares::default(),
            keys: Keys::default(),
            stopping: AtomicBool::new(false),
            database_answers: AtomicBool::new(true),
            options,
        }
    }

    /// From now on nothing new is accepted and no attempt begins.
    pub(crate) fn begin_stop(&self) {
        self.stopping.store(true, Ordering::SeqCst);
        self.wakers.wake_all();
    }

    pub(crate) fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::SeqCst)
    }

    /// Whether a worker still has something that must not be left when the engine stops.
    pub(crate) fn must_finish(&self, worker: Worker) -> bool {
        match worker {
            Worker::Inputs => self.queue.len() > 0,
            Worker::Outbox => self.attempts.under_way() > 0,
            Worker::Alarms
            | Worker::Inbox
            | Worker::Recovery
            | Worker::Catalogs
            | Worker::Jobs
            | Worker::Imports
            | Worker::Schedules
            | Worker::Rollouts
            | Worker::Grants
            | Worker::Accounts
            | Worker::Janitor => false,
        }
    }

    pub(crate) fn note_database(&self, answers: bool) {
        if self.database_answers.swap(answers, Ordering::SeqCst) != answers {
            if answers {
                tracing::info!("the database answers again");
            } else {
                tracing::error!("the database does not answer: nothing is accepted until it does");
            }
        }
    }

    pub(crate) fn database_answers(&self) -> bool {
        self.database_answers.load(Ordering::SeqCst)
    }
}
