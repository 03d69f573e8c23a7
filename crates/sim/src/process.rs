//! One database, and the nodes that work on it: each with an engine and a clock that may be wrong.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context;
use wend_domain::time::{Period, Timestamp};
use wend_engine::{Clock, Engine, EngineOptions, ManualClock};
use wend_store::{Database, Gate, Store, StoreOptions};

use crate::dice::Dice;
use crate::faults::Faults;
use crate::provider::{Claiming, Line, Provider};

/// How many changes may wait to be folded: few, so that folds happen all the time.
const TAIL_CHANGES_MAX: usize = 60;

/// How many bytes may.
const TAIL_BYTES_MAX: usize = 256 * 1024;

/// How many nodes there are at most.
const NODES_MAX: u64 = 3;

/// By how much a clock is mostly wrong, and by how much sometimes.
const OFF_BY_MS: (i64, i64) = (20_000, 3 * 3_600_000);

/// By how many of 1,000 a clock goes too fast or too slow at most.
const DRIFT_PER_MILLE: i64 = 20;

/// A node.
pub struct Node {
    /// Its engine.
    pub engine: Engine,
    /// When its present tick of the outbox began.
    pub claiming: Arc<Claiming>,
    /// Its clock.
    pub clock: Arc<ManualClock>,
    is_off_by: Period,
    drift_per_mille: i64,
}

/// An engine that is being started: where it is put when it runs.
pub struct Starting {
    engine: Arc<Mutex<Option<Engine>>>,
    claiming: Arc<Claiming>,
    clock: Arc<ManualClock>,
    is_off_by: Period,
    drift_per_mille: i64,
}

/// A database that answers, and its living nodes by their numbers.
pub struct Process {
    store: Store,
    provider: Provider,
    /// The nodes.
    pub nodes: BTreeMap<u64, Node>,
    /// Those that begin.
    pub starting: BTreeMap<u64, Starting>,
    /// How many nodes there should be.
    pub n_wanted: usize,
}

impl Process {
    /// Starts a database on a folder; nobody works on it yet.
    pub async fn start(
        folder: &Path,
        name: String,
        (faults, provider): (Faults, Provider),
        dice: &mut Dice,
    ) -> anyhow::Result<Self> {
        let options = StoreOptions {
            database: Database::Sqlite { folder: folder.to_owned() },
            node: name,
            tail_changes_max: TAIL_CHANGES_MAX,
            tail_bytes_max: TAIL_BYTES_MAX,
        };
        let n_wanted = 1 + dice.below(NODES_MAX) as usize;
        let gate: Arc<dyn Gate> = Arc::new(faults);
        let store = Store::open_simulated(options, gate).await.context("cannot open the store")?;
        Ok(Self { store, provider, nodes: BTreeMap::new(), starting: BTreeMap::new(), n_wanted })
    }

    /// Whether there are fewer nodes than there should be.
    pub fn lacks_nodes(&self) -> bool {
        self.nodes.len() + self.starting.len() < self.n_wanted
    }

    /// Begins to start a node; what is answered has to be waited for, and then [`Process::has_started`].
    pub fn start_node(
        &mut self,
        number: u64,
        now: Timestamp,
        dice: &mut Dice,
    ) -> impl Future<Output = Result<(), String>> + use<> {
        let is_off_by = clock_error(dice);
        let starting = Starting {
            engine: Arc::default(),
            claiming: Arc::default(),
            clock: Arc::new(ManualClock::at(now + is_off_by)),
            is_off_by,
            drift_per_mille: dice.millis(2 * DRIFT_PER_MILLE) - DRIFT_PER_MILLE,
        };
        let line =
            Line { provider: self.provider.clone(), node: number, claiming: Arc::clone(&starting.claiming) };
        let clock = Arc::clone(&starting.clock) as Arc<dyn Clock>;
        let (slot, store) =
            (Arc::clone(&starting.engine), self.store.simulated_node(&format!("node-{number}")));
        self.starting.insert(number, starting);
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
        async move {
            let store = store.map_err(|error| error.to_string())?;
            let engine = Engine::start(store, Arc::new(line), clock, options).await;
            let engine = engine.map_err(|error| format!("{error:#}"))?;
            *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(engine);
            Ok(())
        }
    }

    /// The start of a node has ended; answers by how much its clock is off, if it runs.
    pub fn has_started(&mut self, number: u64) -> Option<Period> {
        let starting = self.starting.remove(&number)?;
        let engine = starting.engine.lock().unwrap_or_else(PoisonError::into_inner).take()?;
        let Starting { claiming, clock, is_off_by, drift_per_mille, .. } = starting;
        self.nodes.insert(number, Node { engine, claiming, clock, is_off_by, drift_per_mille });
        Some(is_off_by)
    }

    /// A living node, chosen by the dice.
    pub fn any(&self, dice: &mut Dice) -> Option<(u64, &Node)> {
        let n_nodes = self.nodes.len();
        if n_nodes == 0 {
            return None;
        }
        self.nodes.iter().nth(dice.index(n_nodes)).map(|(number, node)| (*number, node))
    }

    /// Lets time pass on all clocks; they may go too fast or too slow meanwhile.
    pub fn pass(&mut self, now: Timestamp, passed: Period, may_drift: bool) {
        for node in self.nodes.values_mut() {
            let gained = if may_drift { passed.as_millis() * node.drift_per_mille / 1_000 } else { 0 };
            node.is_off_by = Period::from_millis(node.is_off_by.as_millis() + gained);
            node.set_clock(now);
        }
    }

    /// What the clock shows that is ahead of all others.
    pub fn latest_clock(&self) -> Option<Timestamp> {
        self.nodes.values().map(|node| node.clock.now()).max()
    }
}

impl Node {
    /// Somebody sets the clock; answers by how much it is off then.
    pub fn jump(&mut self, now: Timestamp, dice: &mut Dice) -> Period {
        self.is_off_by = clock_error(dice);
        self.set_clock(now);
        self.is_off_by
    }

    fn set_clock(&self, now: Timestamp) {
        let shown = self.clock.now();
        self.clock.pass((now + self.is_off_by).since(shown));
    }
}

/// How wrong a clock is: mostly seconds, sometimes hours.
fn clock_error(dice: &mut Dice) -> Period {
    let range = if dice.happens(100) { OFF_BY_MS.1 } else { OFF_BY_MS.0 };
    Period::from_millis(dice.millis(2 * range) - range)
}
