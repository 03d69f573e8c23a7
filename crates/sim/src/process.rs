//! One process: a store, engines on it, and a clock that may be wrong.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use wend_domain::time::{Period, Timestamp};
use wend_engine::{Clock, Engine, EngineOptions, ManualClock};
use wend_store::{Database, Gate, Store, StoreOptions};

use crate::faults::Faults;
use crate::provider::{Claiming, Line, Provider};

/// How many changes may wait to be folded: few, so that folds happen all the time.
const TAIL_CHANGES_MAX: usize = 60;

/// How many bytes may.
const TAIL_BYTES_MAX: usize = 256 * 1024;

/// How many engines a process has. On SQLite there is never another: a batch doesn't look for a later catalog than its
/// engine's there, because nobody else can have published one.
pub const ENGINES: usize = 1;

/// An engine, and since when its outbox claims.
pub struct Node {
    /// The engine.
    pub engine: Engine,
    /// When its present tick of the outbox began.
    pub claiming: Arc<Claiming>,
}

/// A running process.
pub struct Process {
    /// Its engines.
    pub nodes: Vec<Node>,
    /// Its clock.
    pub clock: Arc<ManualClock>,
    /// How wrong it is.
    pub is_off_by: Period,
}

impl Process {
    /// Starts a process on a folder.
    pub async fn start(
        folder: &Path,
        name: String,
        (faults, provider): (Faults, Provider),
        (now, is_off_by): (Timestamp, Period),
    ) -> anyhow::Result<Self> {
        let options = StoreOptions {
            database: Database::Sqlite { folder: folder.to_owned() },
            node: name,
            tail_changes_max: TAIL_CHANGES_MAX,
            tail_bytes_max: TAIL_BYTES_MAX,
        };
        let gate: Arc<dyn Gate> = Arc::new(faults);
        let store = Store::open_simulated(options, gate).await.context("cannot open the store")?;
        let clock = Arc::new(ManualClock::at(now + is_off_by));
        let mut nodes = Vec::new();
        for _ in 0..ENGINES {
            let claiming = Arc::new(Claiming::default());
            let line = Line { provider: provider.clone(), claiming: Arc::clone(&claiming) };
            let options = EngineOptions {
                compute_threads: 0,
                batch_inputs_max: 8,
                alarms_max: 3,
                inbox_rows_max: 4,
                outbox_concurrency: 4,
                job_page_max: 2,
                grants_max: 2,
                // Real time: nothing here ever takes so long, the provider's own time-out is simulated.
                attempt_timeout_ms: 3_600_000,
                ..EngineOptions::default()
            };
            let clock = Arc::clone(&clock) as Arc<dyn Clock>;
            let engine = Engine::start(store.clone(), Arc::new(line), clock, options).await?;
            nodes.push(Node { engine, claiming });
        }
        Ok(Self { nodes, clock, is_off_by })
    }

    /// Sets the clock by the right one.
    pub fn set_clock(&self, now: Timestamp) {
        let shown = self.clock.now();
        self.clock.pass((now + self.is_off_by).since(shown));
    }
}
