//! An installation in this process, as `wend serve` puts it together, with a provider that takes everything.

use std::pin::Pin;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context as _, bail};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use wend_domain::event::Event;
use wend_domain::id::{Channel, WorkspaceId};
use wend_domain::input::Outcome;
use wend_domain::source::SourceFile;
use wend_domain::time::Timestamp;
use wend_engine::{Applied, Clock, Courier, Engine, EngineOptions, Parcel, SystemClock, Worker};
use wend_server::{RateLimit, ServerOptions, ServerState};
use wend_store::{Store, StoreOptions};

/// The key that clients send.
pub const KEY: &str = "bench-key-0123456789";

/// How many events are given to the engine at once when contacts are made.
const FILLED_AT_ONCE: usize = 1_000;

/// The most ticks that a worker is given to come to rest.
const TICKS_MAX: usize = 10_000_000;

/// Takes every message and counts them.
#[derive(Debug, Default)]
pub struct Postman {
    carried: AtomicU64,
}

impl Courier for Postman {
    fn honours_keys(&self, _channel: &Channel) -> bool {
        true
    }

    fn usable(&self, _channel: &Channel) -> bool {
        true
    }

    fn send<'a>(&'a self, _parcel: &'a Parcel) -> Pin<Box<dyn Future<Output = Outcome> + Send + 'a>> {
        self.carried.fetch_add(1, Ordering::Relaxed);
        Box::pin(std::future::ready(Outcome::Accepted { reply: "250 ok".to_owned() }))
    }
}

/// An installation.
pub struct House {
    /// Its engine.
    pub engine: Engine,
    /// Its workspace.
    pub workspace: WorkspaceId,
    clock: Arc<dyn Clock>,
    postman: Arc<Postman>,
    running: Option<Running>,
}

struct Running {
    url: String,
    stop: watch::Sender<bool>,
    http: JoinHandle<anyhow::Result<()>>,
    ticks: JoinHandle<anyhow::Result<()>>,
}

impl House {
    /// Opens a store; nothing runs yet.
    pub async fn open(options: StoreOptions, clock: Arc<dyn Clock>) -> anyhow::Result<Self> {
        let store = Store::open(options).await.context("cannot open the store")?;
        wend_server::bootstrap(&store, Some(KEY), clock.now()).await?;
        let postman = Arc::new(Postman::default());
        let courier = Arc::clone(&postman) as _;
        Self::put_together(store, clock, (postman, courier), EngineOptions::default()).await
    }

    /// Opens a new store with a portfolio, whose messages somebody else carries.
    pub async fn carried_by(
        options: StoreOptions,
        clock: Arc<dyn Clock>,
        files: Vec<SourceFile>,
        courier: Arc<dyn Courier>,
        engine: EngineOptions,
    ) -> anyhow::Result<Self> {
        let store = Store::open(options).await.context("cannot open the store")?;
        wend_server::bootstrap(&store, Some(KEY), clock.now()).await?;
        let house = Self::put_together(store, clock, (Arc::default(), courier), engine).await?;
        match house.engine.apply(&house.workspace, files, None, "bench").await? {
            Applied::Applied { .. } => Ok(house),
            other => bail!("the portfolio can't be published: {other:?}"),
        }
    }

    async fn put_together(
        store: Store,
        clock: Arc<dyn Clock>,
        (postman, courier): (Arc<Postman>, Arc<dyn Courier>),
        options: EngineOptions,
    ) -> anyhow::Result<Self> {
        let engine = Engine::start(store, courier, Arc::clone(&clock), options).await?;
        Ok(Self { engine, workspace: WorkspaceId::from("default".to_owned()), clock, postman, running: None })
    }

    /// Opens a new store with a portfolio.
    pub async fn with(
        options: StoreOptions,
        clock: Arc<dyn Clock>,
        files: Vec<SourceFile>,
    ) -> anyhow::Result<Self> {
        let house = Self::open(options, clock).await?;
        match house.engine.apply(&house.workspace, files, None, "bench").await? {
            Applied::Applied { .. } => Ok(house),
            other => bail!("the portfolio can't be published: {other:?}"),
        }
    }

    /// Begins to work and to listen.
    pub async fn start(&mut self) -> anyhow::Result<()> {
        let listener = TcpListener::bind("127.0.0.1:0").await.context("cannot listen")?;
        let url = listener.local_addr()?.to_string();
        let (stop, stopped) = watch::channel(false);
        let done = |mut stopped: watch::Receiver<bool>| async move {
            let _ = stopped.wait_for(|stopped| *stopped).await;
        };
        let options = ServerOptions {
            clock: Arc::clone(&self.clock),
            rate_limit: RateLimit { events_per_second: u32::MAX, burst_events: u32::MAX },
            ..ServerOptions::default()
        };
        let state = ServerState::new(self.engine.clone(), options);
        let http = tokio::spawn(wend_server::serve(listener, state, done(stopped.clone())));
        let engine = self.engine.clone();
        let ticks = tokio::spawn(async move { engine.run(done(stopped)).await });
        self.running = Some(Running { url, stop, http, ticks });
        Ok(())
    }

    /// How many messages were handed over.
    pub fn n_carried(&self) -> u64 {
        self.postman.carried.load(Ordering::Relaxed)
    }

    /// Takes events in without HTTP while [`House::start`]ed or not.
    pub async fn fill(&self, events: impl Iterator<Item = Event>) -> anyhow::Result<()> {
        let mut events = events.peekable();
        while events.peek().is_some() {
            let batch: Vec<Event> = events.by_ref().take(FILLED_AT_ONCE).collect();
            let taken = self.engine.ingest(&self.workspace, batch);
            if self.running.is_some() {
                taken.await?;
            } else {
                let tick = async { self.engine.tick(Worker::Inputs, self.clock.now()).await };
                let (taken, ticked) = tokio::join!(taken, tick);
                ticked?;
                taken?;
            }
        }
        Ok(())
    }

    /// Ticks these workers until none has anything to do; how many things they did.
    pub async fn settle(&self, workers: &[Worker]) -> anyhow::Result<u64> {
        let mut n_done = 0;
        for _ in 0..TICKS_MAX {
            let mut n = 0;
            for worker in workers {
                n += self.engine.tick(*worker, self.clock.now()).await?.n_done;
            }
            if n == 0 {
                return Ok(n_done);
            }
            n_done += n as u64;
        }
        bail!("{workers:?} don't come to rest")
    }

    /// Has a process of its own send events, and gives what it says at its end.
    pub async fn client(&self, orders: &[(&str, String)]) -> anyhow::Result<Value> {
        let running = self.running.as_ref().context("nobody listens")?;
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["client", "--address", &running.url]);
        for (name, value) in orders {
            command.args([&format!("--{name}"), value]);
        }
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        let output =
            tokio::task::spawn_blocking(move || command.output()).await?.context("cannot run the client")?;
        if !output.status.success() {
            bail!("the client ended with {}", output.status);
        }
        serde_json::from_slice(&output.stdout).context("the client says what it did")
    }

    /// What time it is there.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Ends in order.
    pub async fn close(mut self) -> anyhow::Result<()> {
        if let Some(running) = self.running.take() {
            let _ = running.stop.send(true);
            running.http.await??;
            running.ticks.await??;
        }
        let store = self.engine.store().clone();
        drop(self);
        store.close().await?;
        Ok(())
    }
}

/// The machine's clock.
pub fn real() -> Arc<dyn Clock> {
    Arc::new(SystemClock)
}
