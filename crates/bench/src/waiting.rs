//! A million contacts that wait: what they take on disk and in memory, how long a start takes, and all of them at once.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use clap::Args;
use serde_json::{Value, json};
use wend_domain::source::SourceFile;
use wend_domain::time::{Period, Timestamp};
use wend_engine::{Clock, ManualClock, Worker};
use wend_store::Database;

use crate::house::{House, real};
use crate::meter::{Meter, resident_bytes};
use crate::place::{Kind, Place, options};
use crate::report::Report;
use crate::scale::Scale;
use crate::shop::{sign_up, small};
use crate::stage::Sampler;

/// A deadline that moves a run on, and one that releases a message.
const STEPS: &str = "  - { id: first, wait: 1d }
  - update: { tags: { add: [waited] } }
  - { id: second, wait: 1d }
  - { id: hello, send: { email: hello } }
";

/// A day and a second.
const DAY: Period = Period::from_millis(86_401_000);

/// How many events a process takes in before it dies: all of their changes are in the tail then.
const UNFOLDED: u64 = 99_000;

fn files() -> Vec<SourceFile> {
    small(STEPS)
}

/// Measures all of it on one database.
pub fn measure(kind: Kind, scale: &Scale, report: &mut Report) -> anyhow::Result<()> {
    crate::block_on(async {
        let bench = format!("waiting {kind}");
        let place = Place::new(kind).await?;
        let clock = Arc::new(ManualClock::at(real().now()));
        let now = clock.now();
        let house = House::with(place.options(), Arc::clone(&clock) as _, files()).await?;
        let before = place.bytes().await?;
        let n = scale.n_contacts;
        let meter = Meter::start();
        house.fill((0..n).map(|n| sign_up(n, now))).await?;
        let passed = meter.passed();
        report.note(&bench, "contacts that enter and wait, without HTTP", passed.per_second(n), "/s");
        report.note(&bench, "a contact that enters and waits", passed.cpu_us_each(n), "us of CPU");
        house.engine.store().fold_all().await?;
        house.close().await?;
        let bytes = place.bytes().await?.saturating_sub(before);
        report.goal(
            &bench,
            "a waiting contact, history and all",
            bytes as f64 / n as f64,
            "bytes on disk",
            "500",
        );
        tables(&place, n, &bench, report)?;
        start(&place, &bench, "in order", report).await?;
        if kind == Kind::Sqlite {
            die(&place, scale, &bench, report).await?;
        }
        all_due(&place, &clock, n, &bench, report).await
    })
}

/// What each table takes (SQLite).
fn tables(place: &Place, n: u64, bench: &str, report: &mut Report) -> anyhow::Result<()> {
    if place.kind != Kind::Sqlite {
        return Ok(());
    }
    let connection = rusqlite::Connection::open(crate::place::sqlite_file(place.folder()))?;
    let mut statement = connection.prepare(
        "SELECT name, CAST(SUM(pgsize) AS BIGINT) AS bytes FROM dbstat GROUP BY name ORDER BY bytes DESC LIMIT 8",
    )?;
    let rows = statement.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?)))?;
    for row in rows {
        let (name, bytes) = row?;
        report.note(bench, &format!("  of it table {name}"), bytes as f64 / n as f64, "bytes");
    }
    Ok(())
}

/// Starts a process of its own on what is there.
async fn start(place: &Place, bench: &str, how: &str, report: &mut Report) -> anyhow::Result<()> {
    let said = child("open", place, &[]).await?;
    let number = |name: &str| said[name].as_f64().unwrap_or(f64::NAN);
    report.goal(bench, &format!("start after a stop {how}"), number("start_ms") / 1e3, "s", "2");
    report.goal(bench, &format!("memory after that start, {how}"), number("resident") / 1e6, "MB", "300");
    Ok(())
}

/// Has a process die with as much unfolded as there may be, and starts again.
async fn die(place: &Place, scale: &Scale, bench: &str, report: &mut Report) -> anyhow::Result<()> {
    let unfolded = UNFOLDED.min(scale.n_contacts);
    let died = child("die", place, &["--contacts".to_owned(), unfolded.to_string()]).await;
    ensure!(died.is_err(), "the process that was to die has ended in order");
    start(place, bench, &format!("by a kill with {} changes unfolded", unfolded * 2), report).await
}

/// Runs another process of this program on a database.
async fn child(part: &str, place: &Place, arguments: &[String]) -> anyhow::Result<Value> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg(part).args(arguments).args(["--folder"]).arg(place.folder());
    if place.kind == Kind::Postgres {
        command.args(["--url", place.url()]);
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    let output =
        tokio::task::spawn_blocking(move || command.output()).await?.context("cannot run a process")?;
    ensure!(output.status.success(), "the process ended with {}", output.status);
    serde_json::from_slice(&output.stdout).context("the process says what it saw")
}

/// Lets a day pass, twice.
async fn all_due(
    place: &Place,
    clock: &Arc<ManualClock>,
    n: u64,
    bench: &str,
    report: &mut Report,
) -> anyhow::Result<()> {
    let house = House::open(place.options(), Arc::clone(clock) as _).await?;
    for (what, goal) in [("deadlines", Some("50,000")), ("deadlines that release a message", None)] {
        clock.pass(DAY);
        let sampler = Sampler::start()?;
        let (meter, server_before) = (Meter::start(), place.server_cpu()?);
        let n_done = house.settle(&[Worker::Alarms]).await?;
        let passed = meter.passed();
        ensure!(n_done >= n, "only {n_done} of {n} contacts were due");
        match goal {
            Some(goal) => report.goal(bench, what, passed.per_second(n_done), "/s", goal),
            None => report.note(bench, what, passed.per_second(n_done), "/s"),
        }
        report.note(bench, &format!("{what}, each"), passed.cpu_us_each(n_done), "us of CPU");
        if place.kind == Kind::Postgres {
            let server = place.server_cpu()?.saturating_sub(server_before);
            report.note(
                bench,
                &format!("{what}, each, in the database"),
                crate::meter::us_each(server, n_done),
                "us of CPU",
            );
        }
        sampler.note(bench, passed, n_done, report)?;
    }
    let resident = resident_bytes()? as f64 / 1e6;
    report.goal(bench, "memory of the whole measurement after that", resident, "MB", "300");
    house.close().await
}

/// Opens what is there.
#[derive(Debug, Args)]
pub struct Opening {
    /// The folder
    #[arg(long)]
    folder: PathBuf,
    /// Instead of it a PostgreSQL
    #[arg(long)]
    url: Option<String>,
}

impl Opening {
    /// Starts, listens, and prints what that took.
    pub fn run(&self) -> anyhow::Result<()> {
        use std::io::Write as _;
        crate::block_on(async {
            let meter = Meter::start();
            let database = match &self.url {
                Some(url) => Database::Postgres { url: url.clone() },
                None => Database::Sqlite { folder: self.folder.clone() },
            };
            let mut house = House::open(options(database), real()).await?;
            house.start().await?;
            let start_ms = meter.passed().wall.as_secs_f64() * 1e3;
            // What every worker's first tick takes is memory that it will always have.
            tokio::time::sleep(Duration::from_secs(1)).await;
            let said = json!({ "start_ms": start_ms, "resident": resident_bytes()? });
            std::io::stdout().write_all(said.to_string().as_bytes())?;
            // Nothing more is wanted of it, and what waits must go on waiting.
            std::process::exit(0);
        })
    }
}

/// Takes events in, and dies with all of them unfolded.
#[derive(Debug, Args)]
pub struct Dying {
    /// The folder
    #[arg(long)]
    folder: PathBuf,
    /// How many contacts do something before
    #[arg(long)]
    contacts: u64,
}

impl Dying {
    /// Doesn't return unless it fails.
    pub fn run(&self) -> anyhow::Result<()> {
        crate::block_on(async {
            let house =
                House::open(options(Database::Sqlite { folder: self.folder.clone() }), real()).await?;
            let now: Timestamp = house.now();
            house.fill((0..self.contacts).map(|n| crate::shop::identify(n, now))).await?;
            std::process::abort()
        })
    }
}
