//! `wend serve`: the store, the engine, the outside and the HTTP server, put together.
//!
//! **Order of the end:** no new connections, requests under way are answered, the engine finishes its batches and
//! attempts, the outside is closed, the store is closed. A second Ctrl-C ends the process at once, which loses nothing
//! that was accepted.

use std::future::Future;
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use wend_channels::Receiver;
use wend_domain::id::WorkspaceId;
use wend_domain::time::Timestamp;
use wend_engine::{CatchingUpClock, Clock, Engine, EngineOptions, SecretsKey, SystemClock};
use wend_server::auth::{Scope, new_key};
use wend_server::{RateLimit, SECRET_BYTES_MIN, ServerOptions, ServerState};
use wend_store::{Database, Store, StoreOptions, make_private_folder};

use crate::bounces::Bounces;
use crate::command::backup::private_file;
use crate::courier::Outside;
use crate::exit::{Exit, Failure};
use crate::logs;
use crate::output::say;
use crate::settings::Settings;

/// The variable with the secret key that the first start is to have.
const BOOTSTRAP_KEY: &str = "WEND_BOOTSTRAP_KEY";
/// The workspace that every installation has.
const FIRST_WORKSPACE: &str = "default";
/// Where a first key that was made here is written.
const KEY_FILE: &str = "admin.key";

const EXAMPLES: &str = "\
Examples:
  wend serve
  wend serve --data /var/lib/wend --listen 127.0.0.1:8080 --smtp 'smtp://user:password@mail.example.com:587'
  wend serve --database postgres://wend:password@127.0.0.1/wend
  wend serve --config wend.toml --set engine.outbox_concurrency=16

Prints `ready http://ADDR:PORT` on a line of its own when it is. At the first start a key with the scope `admin` is \
needed: WEND_BOOTSTRAP_KEY names it, or one is made and written to DIR/admin.key. A password on the command line can \
be read by others on the machine; WEND_DATABASE__URL and WEND_EMAIL__SMTP can't.";

/// Runs the server until SIGTERM or Ctrl-C.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Serve {
    /// The configuration file (`wend config` prints one with every setting)
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The folder for everything that is kept here [data.folder]
    #[arg(long, value_name = "DIR")]
    data: Option<String>,
    /// Where it listens; port 0 takes any free port [server.listen]
    #[arg(long, value_name = "ADDR:PORT")]
    listen: Option<String>,
    /// A PostgreSQL instead of the embedded database [database.url]
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// The mail server [email.smtp]
    #[arg(long, value_name = "URL")]
    smtp: Option<String>,
    /// A development inbox on this machine [inbox.url]
    #[arg(long, value_name = "URL")]
    inbox: Option<String>,
    /// Any setting by its name
    #[arg(long = "set", value_name = "SECTION.KEY=VALUE")]
    set: Vec<String>,
    /// For demonstrations: show the past, and run fast until it is now
    #[arg(long, value_name = "RUNS_FROM:SHOWS_FIRST:TIMES_AS_FAST", hide = true, value_parser = demo_clock)]
    demo_clock: Option<CatchingUpClock>,
}

/// How long to wait for a folder that another process still has, and how often to look.
const TAKEN_FOR_MAX: Duration = Duration::from_secs(2);
const TAKEN_PAUSE: Duration = Duration::from_millis(50);

/// Reads the numbers of a demonstration's clock, in milliseconds since 1970 and times as fast.
fn demo_clock(text: &str) -> Result<CatchingUpClock, String> {
    let numbers: Vec<i64> = text.split(':').filter_map(|number| number.parse().ok()).collect();
    match numbers[..] {
        [runs_from, shows_first, times] if text.split(':').count() == 3 => Ok(CatchingUpClock {
            runs_from: Timestamp::from_millis(runs_from),
            shows_first: Timestamp::from_millis(shows_first),
            times_as_fast: u32::try_from(times).map_err(|error| error.to_string())?,
        }),
        _ => Err("three numbers with colons between them are wanted".to_owned()),
    }
}

/// What seals the secrets of calls: the configured key, else this server's own.
fn secrets_key(settings: &Settings) -> anyhow::Result<SecretsKey> {
    match settings.secrets_key.expose() {
        "" => SecretsKey::in_folder(&settings.data)
            .with_context(|| format!("cannot use the key of secrets in {}", settings.data.display())),
        key => SecretsKey::from_base64(key).context("cannot use secrets.key"),
    }
}

/// The address by which people reach the server: the configured one, else the one it listens on if only this machine
/// reaches that. Without any, messages have no links for unsubscribing.
fn public_url(settings: &Settings, address: SocketAddr) -> Option<String> {
    if !settings.public_url.is_empty() {
        return Some(settings.public_url.clone());
    }
    if address.ip().is_loopback() {
        return Some(format!("http://{address}"));
    }
    tracing::warn!(
        "server.public_url is not set: messages have no links by which people unsubscribe; set it to the address by \
         which they reach this server"
    );
    None
}

impl Serve {
    /// Runs until it is told to stop.
    pub async fn run(&self) -> Result<(), Failure> {
        let settings = self.settings()?;
        logs::start(&settings)?;
        make_private_folder(&settings.data)
            .with_context(|| format!("cannot make the folder {}", settings.data.display()))?;
        let store = open(&settings).await?;
        bootstrap(&store, &settings).await?;
        let clock: Arc<dyn Clock> = match self.demo_clock {
            Some(clock) => Arc::new(clock),
            None => Arc::new(SystemClock),
        };
        let outside =
            Arc::new(Outside::new(&settings, Arc::clone(&clock)).map_err(|error| configuration(&error))?);
        let listener = TcpListener::bind(settings.listen)
            .await
            .with_context(|| format!("cannot listen on {}", settings.listen))?;
        let address = listener.local_addr().context("a bound socket has an address")?;
        let engine_options = EngineOptions {
            secrets_key: Some(secrets_key(&settings)?),
            public_url: public_url(&settings, address),
            mail_domain: Some(settings.bounces_domain.clone()).filter(|domain| !domain.is_empty()),
            replies: settings.bounces_replies,
            ..settings.engine.clone()
        };
        let engine =
            Engine::start(store.clone(), Arc::clone(&outside) as _, Arc::clone(&clock), engine_options)
                .await?;
        let receiver = match settings.bounces_listen {
            Some(address) => Some(Receiver::bind(address).await?),
            None => None,
        };
        let served = serve(&settings, engine, clock, listener, receiver).await;
        outside.close().await;
        store.close().await.context("cannot close the database")?;
        tracing::info!("stopped");
        served
    }

    fn settings(&self) -> Result<Settings, Failure> {
        let named = [
            ("data.folder", &self.data),
            ("server.listen", &self.listen),
            ("database.url", &self.database),
            ("email.smtp", &self.smtp),
            ("inbox.url", &self.inbox),
        ];
        let mut set = Vec::new();
        for words in &self.set {
            let Some((name, value)) = words.split_once('=') else {
                // The words aren't repeated: they may be a secret in the wrong place.
                return Err(Failure::usage("--set takes SECTION.KEY=VALUE"));
            };
            set.push((name.to_owned(), value.to_owned()));
        }
        let named =
            named.into_iter().filter_map(|(name, value)| value.clone().map(|value| (name.to_owned(), value)));
        set.extend(named);
        Settings::load(self.config.as_deref(), environment(), &set)
    }
}

/// The environment, as far as it is text.
pub fn environment() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
}

/// Where everything is kept.
pub fn database(settings: &Settings) -> Database {
    if settings.database.expose().is_empty() {
        Database::Sqlite { folder: settings.data.clone() }
    } else {
        Database::Postgres { url: settings.database.expose().to_owned() }
    }
}

async fn open(settings: &Settings) -> Result<Store, Failure> {
    let options = StoreOptions {
        database: database(settings),
        // Of no other process and of no earlier one.
        node: format!("{}-{:016x}", std::process::id(), rand::random::<u64>()),
        tail_changes_max: settings.tail_changes_max,
        tail_bytes_max: settings.tail_bytes_max,
    };
    let mut waited = Duration::ZERO;
    loop {
        match Store::open(options.clone()).await {
            // One that was killed a moment ago may still be on its way out.
            Err(wend_store::Error::Taken { .. }) if waited < TAKEN_FOR_MAX => {
                tokio::time::sleep(TAKEN_PAUSE).await;
                waited += TAKEN_PAUSE;
            }
            opened => return Ok(opened.context("cannot open the database")?),
        }
    }
}

/// The first key: the one that is asked for, or a new one in a file that only the owner can read.
async fn bootstrap(store: &Store, settings: &Settings) -> Result<(), Failure> {
    let at = SystemClock.now();
    let wanted = std::env::var(BOOTSTRAP_KEY).ok().filter(|key| !key.is_empty());
    if let Some(key) = wanted.as_deref().filter(|key| key.len() < SECRET_BYTES_MIN) {
        let what = format!("{BOOTSTRAP_KEY} has {} characters", key.len());
        if !settings.listen.ip().is_loopback() {
            let hint = format!("choose {SECRET_BYTES_MIN} or more, for example with `openssl rand -hex 24`");
            return Err(
                Failure::usage(format!("{what}, and others can reach {}", settings.listen)).hint(hint)
            );
        }
        tracing::warn!("{what}: good enough for this machine alone, not for a server that others can reach");
    }
    wend_server::bootstrap(store, wanted.as_deref(), at)
        .await
        .with_context(|| format!("cannot use {BOOTSTRAP_KEY}"))?;
    let workspace = WorkspaceId::from(FIRST_WORKSPACE);
    let keys = store.keys(&workspace).await.context("cannot read the keys")?;
    if keys.iter().any(|key| key.scope == Scope::Admin.as_str() && key.revoked_at.is_none()) {
        return Ok(());
    }
    let made = new_key(&mut rand::rng(), &workspace, "first", Scope::Admin, at);
    let path = settings.data.join(KEY_FILE);
    // The file first: a key that nobody knows would be worse than a file whose key isn't valid yet.
    write_key(&path, &made.secret)?;
    store.key_create(made.row).await.context("cannot keep the first key")?;
    let shown = path.display();
    tracing::info!("the first key (scope admin) is in {shown}: export WEND_KEY=$(cat {shown})");
    Ok(())
}

fn write_key(path: &Path, key: &str) -> Result<(), Failure> {
    let mut file = private_file(path)?;
    writeln!(file, "{key}")
        .and_then(|()| file.sync_all())
        .with_context(|| format!("cannot write {}", path.display()))?;
    Ok(())
}

async fn serve(
    settings: &Settings,
    engine: Engine,
    clock: Arc<dyn Clock>,
    listener: TcpListener,
    receiver: Option<Receiver>,
) -> Result<(), Failure> {
    let address = listener.local_addr().context("a bound socket has an address")?;
    let state = ServerState::new(engine.clone(), options(settings, Arc::clone(&clock)));
    let (stop, stopped) = watch::channel(false);
    let bounces = receiver.map(|receiver| {
        tracing::info!(address = %receiver.address(), "bounces are received");
        let mailroom = Bounces::new(engine.clone(), clock, &settings.bounces_domain);
        tokio::spawn(receiver.run(mailroom, done(stopped.clone())))
    });
    let http = tokio::spawn(wend_server::serve(listener, state, done(stopped)));
    let (halt, halted) = watch::channel(false);
    let ticks = tokio::spawn({
        let engine = engine.clone();
        async move { engine.run(done(halted)).await }
    });
    let interrupted = interrupted();
    tracing::info!(%address, "ready");
    say(&format!("ready http://{address}"))?;
    let mut ticks = ticks;
    let early = tokio::select! {
        () = interrupted => None,
        ended = &mut ticks => Some(ended),
    };
    tracing::info!("stopping: requests and messages under way are finished first");
    // Requests under way wait for commits, so the engine goes on until they are answered.
    let _ = stop.send(true);
    let stop_for = Duration::from_millis(settings.engine.stop_for_ms);
    if let Ok(served) = tokio::time::timeout(stop_for, http).await {
        served.context("the HTTP server broke down")??;
    } else {
        tracing::warn!("some connections were still open and are cut");
    }
    if let Some(bounces) = bounces {
        bounces.await.context("the receiver of bounces broke down")?;
    }
    let _ = halt.send(true);
    let ended = match early {
        Some(ended) => ended,
        None => ticks.await,
    };
    ended.context("the engine's loop broke down")?.context("the engine stopped")?;
    Ok(())
}

fn options(settings: &Settings, clock: Arc<dyn Clock>) -> ServerOptions {
    ServerOptions {
        clock,
        rate_limit: RateLimit {
            events_per_second: settings.events_per_second,
            burst_events: settings.burst_events,
        },
        collecting_max: settings.collecting_max,
        receiving_max: settings.receiving_max,
        public_url: Some(settings.public_url.clone()).filter(|url| !url.is_empty()),
        spool_folder: settings.data.clone(),
        ..ServerOptions::default()
    }
}

fn configuration(error: &anyhow::Error) -> Failure {
    Failure::new(Exit::Usage, "configuration", format!("{error:#}"))
}

async fn done(mut stopped: watch::Receiver<bool>) {
    // An error means that the sender is gone, which is the end too.
    let _ = stopped.wait_for(|stopped| *stopped).await;
}

/// Done when SIGINT or SIGTERM comes; see [`signalled`].
pub fn interrupted() -> impl Future<Output = ()> + Send + 'static {
    signalled(&[SignalKind::interrupt(), SignalKind::terminate()])
}

/// Done when one of these signals comes; the next one ends the process at once.
///
/// The signals are caught from this call on, not from the first poll: whoever reads `ready` may send one right away.
pub fn signalled(kinds: &[SignalKind]) -> impl Future<Output = ()> + Send + 'static + use<> {
    let (sender, mut receiver) = watch::channel(0_u32);
    for kind in kinds {
        let Ok(mut signal) = signal(*kind) else {
            tracing::warn!(?kind, "a signal can't be received: the process can only be killed");
            continue;
        };
        let sender = sender.clone();
        tokio::spawn(async move {
            while signal.recv().await.is_some() {
                sender.send_modify(|n_signals| *n_signals += 1);
                if *sender.borrow() > 1 {
                    std::process::exit(Exit::Failed as i32);
                }
            }
        });
    }
    async move {
        let _ = receiver.wait_for(|n_signals| *n_signals > 0).await;
        // The sender lives until here: without any the stop would come at once.
        drop(sender);
    }
}
