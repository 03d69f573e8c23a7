//! What every request shares.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use rand::SeedableRng;
use rand::rngs::StdRng;
use tokio::sync::Semaphore;
use wend_domain::time::Timestamp;
use wend_engine::{Clock, Engine, SystemClock};
use wend_store::Store;

use crate::auth::KeyCache;
use crate::auth::attempts::Attempts;
use crate::counts::Counts;
use crate::limiter::{Limiter, RateLimit};
use crate::tracking::Recent;

/// The most files that come in at once; more are told to come again.
const UPLOADS_MAX: usize = 16;

/// How the server is set up.
#[derive(Clone)]
pub struct ServerOptions {
    /// What tells the time; the engine's.
    pub clock: Arc<dyn Clock>,
    /// The most connections at once; more wait to be accepted.
    pub connections_max: usize,
    /// How many events one key may send.
    pub rate_limit: RateLimit,
    /// The most requests whose bodies are coming in at once; more are told to come again. It bounds memory, also against
    /// clients that send slowly on purpose.
    pub receiving_max: usize,
    /// The most requests whose events are read and committed at once; more are told to come again.
    pub collecting_max: usize,
    /// The address that browsers reach this server by, such as `https://events.example.com`; without it, the one that a
    /// request names.
    pub public_url: Option<String>,
    /// Where a back-up is put together before it is sent.
    pub spool_folder: PathBuf,
    /// Makes ids and secrets repeatable, for tests; without it they are drawn by chance.
    pub seed: Option<u64>,
}

impl Default for ServerOptions {
    fn default() -> Self {
        Self {
            clock: Arc::new(SystemClock),
            connections_max: 10_000,
            rate_limit: RateLimit::default(),
            receiving_max: 2_048,
            collecting_max: 512,
            public_url: None,
            spool_folder: std::env::temp_dir(),
            seed: None,
        }
    }
}

/// What every request shares. Cheap to clone.
#[derive(Clone)]
pub struct ServerState(Arc<Shared>);

struct Shared {
    engine: Engine,
    options: ServerOptions,
    limiter: Limiter,
    receiving: Semaphore,
    collecting: Semaphore,
    uploading: Semaphore,
    key_cache: KeyCache,
    attempts: Attempts,
    counts: Counts,
    recent: Recent,
    random: Mutex<StdRng>,
}

impl ServerState {
    /// The state of a server over a running engine.
    pub fn new(engine: Engine, options: ServerOptions) -> Self {
        let random = options.seed.map_or_else(StdRng::from_os_rng, StdRng::seed_from_u64);
        Self(Arc::new(Shared {
            limiter: Limiter::new(options.rate_limit),
            receiving: Semaphore::new(options.receiving_max),
            collecting: Semaphore::new(options.collecting_max),
            uploading: Semaphore::new(UPLOADS_MAX),
            key_cache: KeyCache::default(),
            attempts: Attempts::default(),
            counts: Counts::default(),
            recent: Recent::default(),
            random: Mutex::new(random),
            engine,
            options,
        }))
    }

    /// The engine.
    pub fn engine(&self) -> &Engine {
        &self.0.engine
    }

    /// The store below it.
    pub fn store(&self) -> &Store {
        self.0.engine.store()
    }

    /// What time it is.
    pub fn now(&self) -> Timestamp {
        self.0.options.clock.now()
    }

    pub(crate) fn options(&self) -> &ServerOptions {
        &self.0.options
    }

    pub(crate) fn limiter(&self) -> &Limiter {
        &self.0.limiter
    }

    pub(crate) fn receiving(&self) -> &Semaphore {
        &self.0.receiving
    }

    pub(crate) fn collecting(&self) -> &Semaphore {
        &self.0.collecting
    }

    pub(crate) fn uploading(&self) -> &Semaphore {
        &self.0.uploading
    }

    pub(crate) fn key_cache(&self) -> &KeyCache {
        &self.0.key_cache
    }

    pub(crate) fn attempts(&self) -> &Attempts {
        &self.0.attempts
    }

    pub(crate) fn counts(&self) -> &Counts {
        &self.0.counts
    }

    pub(crate) fn recent(&self) -> &Recent {
        &self.0.recent
    }

    /// Draws by chance.
    pub(crate) fn with_random<T>(&self, draw: impl FnOnce(&mut StdRng) -> T) -> T {
        draw(&mut self.0.random.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
