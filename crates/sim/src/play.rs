//! One installation from a seed: first anything may go wrong, then nothing does, and everything must come to its end.

mod calm;
mod flight;

use std::collections::BTreeMap;

use anyhow::Context;
use tempfile::TempDir;
use wend_domain::compile::lifecycle::Operation;
use wend_domain::id::{WorkflowName, WorkspaceId};
use wend_domain::time::{Period, Timestamp};
use wend_engine::{Applied, Clock, LifecycleChange, Worker};

use crate::check;
use crate::clients::{CLIENTS, Clients};
use crate::dice::Dice;
use crate::faults::{Faults, Rates};
use crate::portfolio;
use crate::process::{ENGINES, Process};
use crate::provider::Provider;
use crate::trace::Trace;
use flight::{Doing, Flight, Landed};

/// When every installation begins: shortly before the clocks go forward in Berlin.
const START: &str = "2026-03-27T15:00:00Z";

/// How many steps anything may go wrong for.
const STEPS: u64 = 2_500;

/// How often a process is tried to be started before that counts as a failure.
const STARTS_MAX: usize = 1_000;

/// What the database does wrong while anything may.
const RATES: Rates = Rates { end_before: 2, end_after: 2, refused: 4, answer_lost: 3 };

/// What people did to a workflow, or tried.
#[derive(Debug, Clone)]
pub struct Change {
    /// The workflow.
    pub workflow: &'static str,
    /// Whether it goes on, or is stopped.
    pub goes_on: bool,
    /// The step at which it was asked.
    pub asked_at_step: u64,
    /// The step at which it was answered that it is done.
    pub done_at_step: Option<u64>,
}

/// What came of a play.
#[derive(Debug)]
pub struct Played {
    /// What tells this history from any other.
    pub digest: String,
    /// What was wrong; empty if nothing was.
    pub wrong: Vec<String>,
    /// The last things that happened, and the record of whom it concerns.
    pub story: Vec<String>,
    /// How often what happened.
    pub counts: BTreeMap<String, u64>,
}

/// An installation, with everything around it.
pub struct Play {
    pub(crate) dice: Dice,
    pub(crate) trace: Trace,
    pub(crate) faults: Faults,
    pub(crate) provider: Provider,
    pub(crate) clients: Clients,
    pub(crate) folder: TempDir,
    pub(crate) workspace: WorkspaceId,
    pub(crate) now: Timestamp,
    pub(crate) step: u64,
    pub(crate) process: Option<Process>,
    pub(crate) n_processes: u64,
    pub(crate) changes: Vec<Change>,
    pub(crate) counts: BTreeMap<String, u64>,
    flights: Vec<Flight>,
    has_segment: bool,
}

/// Plays a seed. A panic is something wrong like any other.
pub fn play(seed: u64, is_loud: bool) -> anyhow::Result<Played> {
    std::panic::catch_unwind(|| play_all(seed, is_loud)).unwrap_or_else(|_| {
        let wrong = vec!["something panicked".to_owned()];
        Ok(Played { digest: String::new(), wrong, story: Vec::new(), counts: BTreeMap::new() })
    })
}

fn play_all(seed: u64, is_loud: bool) -> anyhow::Result<Played> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
    runtime.block_on(async {
        let mut play = Play::new(seed, is_loud)?;
        let mut wrong = match play.all().await {
            Ok(()) => Vec::new(),
            Err(error) => vec![format!("{error:#}")],
        };
        let mut about = Vec::new();
        if wrong.is_empty() {
            let found = check::everything(&mut play).await?;
            wrong = found.wrong;
            about = found.about;
        }
        let mut story = play.trace.story();
        story.extend(about);
        Ok(Played { digest: play.trace.digest(), wrong, story, counts: play.counts })
    })
}

impl Play {
    fn new(seed: u64, is_loud: bool) -> anyhow::Result<Self> {
        Ok(Self {
            dice: Dice::new(seed, "play"),
            trace: Trace::new(is_loud),
            faults: Faults::new(seed),
            provider: Provider::new(seed),
            clients: Clients::new(seed),
            folder: tempfile::tempdir()?,
            workspace: WorkspaceId::from("shop"),
            now: Timestamp::parse(START).context("the start is no instant")?,
            step: 0,
            process: None,
            n_processes: 0,
            changes: Vec::new(),
            counts: BTreeMap::new(),
            flights: Vec::new(),
            has_segment: false,
        })
    }

    async fn all(&mut self) -> anyhow::Result<()> {
        self.start().await?;
        self.publish_first().await?;
        self.faults.set(RATES);
        while self.step < STEPS {
            self.one_step().await?;
        }
        self.calm().await
    }

    async fn publish_first(&self) -> anyhow::Result<()> {
        let engine = self.engine(0)?;
        engine.store().workspace_create(&self.workspace, self.now).await?;
        match engine.apply(&self.workspace, portfolio::files(false), None, "team").await? {
            Applied::Applied { .. } => Ok(()),
            other => anyhow::bail!("the portfolio is not in order: {other:?}"),
        }
    }

    pub(crate) fn say(&mut self, line: impl AsRef<str>) {
        let line = format!("{:>5} {} {}", self.step, self.now, line.as_ref());
        self.trace.say(line);
    }

    pub(crate) fn count(&mut self, what: &str) {
        *self.counts.entry(what.to_owned()).or_default() += 1;
    }

    /// Starts a process, again and again if it ends while it starts.
    pub(crate) async fn start(&mut self) -> anyhow::Result<()> {
        for _ in 0..STARTS_MAX {
            self.faults.revive();
            self.n_processes += 1;
            let is_off_by = self.clock_error();
            let name = format!("node-{}", self.n_processes);
            self.say(format!("{name} starts, its clock is off by {} s", is_off_by.as_millis() / 1_000));
            let outside = (self.faults.clone(), self.provider.clone());
            let started = Process::start(self.folder.path(), name, outside, (self.now, is_off_by));
            let started = flight::until_it_ends(started, &self.faults).await;
            self.tell_faults();
            match started {
                Some(Ok(process)) => {
                    self.process = Some(process);
                    return Ok(());
                }
                Some(Err(error)) => self.say(format!("it doesn't start: {error:#}")),
                None => self.say("it ends while it starts"),
            }
        }
        anyhow::bail!("no process could be started")
    }

    /// How wrong the clock of a process is: mostly seconds, sometimes hours.
    fn clock_error(&mut self) -> Period {
        let range = if self.dice.happens(100) { 3 * 3_600_000 } else { 20_000 };
        Period::from_millis(self.dice.millis(2 * range) - range)
    }

    /// The process is gone, whatever it was about.
    pub(crate) async fn crash(&mut self, why: &str) {
        self.say(format!("the process ends: {why}"));
        self.count("crash");
        self.flights.clear();
        self.process = None;
        // What it had begun beside its ticks ends with it.
        flight::let_others_go_on().await;
    }

    fn tell_faults(&mut self) {
        let (n_pieces, said) = self.faults.said();
        self.trace.mix(&n_pieces.to_string());
        for line in said.into_iter().chain(self.provider.said()) {
            let kind = line.rsplit(' ').next().unwrap_or_default().to_owned();
            self.count(&kind);
            self.say(line);
        }
    }

    async fn one_step(&mut self) -> anyhow::Result<()> {
        self.step += 1;
        self.provider.set_now(self.now, self.step);
        if self.process.is_none() {
            return self.start().await;
        }
        match self.dice.below(1_000) {
            0..550 => self.poll_one(),
            550..780 => self.begin_tick(),
            780..860 => self.begin_request(),
            860..915 => self.pass_time(),
            915..965 => self.answer(),
            965..970 => self.abandon_request(),
            970..974 => self.jump(),
            974..979 => self.change_disk(),
            979..982 => self.begin_publish(),
            982..995 => self.begin_change(),
            995..998 => self.crash("it is killed").await,
            _ => {}
        }
        flight::let_others_go_on().await;
        self.tell_faults();
        if self.faults.has_ended() {
            self.crash("the database's last answer was its last").await;
        }
        Ok(())
    }

    fn poll_one(&mut self) {
        if self.flights.is_empty() {
            return;
        }
        let index = self.dice.index(self.flights.len());
        for _ in 0..=self.dice.below(24) {
            if let Some(landed) = self.flights[index].poll() {
                let flight = self.flights.remove(index);
                self.landed(flight.doing, flight.since, landed);
                return;
            }
        }
    }

    fn landed(&mut self, doing: Doing, since: u64, landed: Landed) {
        self.trace.mix(&format!("{doing:?} -> {landed:?}"));
        match (doing, landed) {
            (Doing::Tick(_, Worker::Inbox), Landed::Tick(Ok(0))) => {
                self.clients.inboxes_were_empty(since, self.step);
            }
            (Doing::Tick(_, worker), Landed::Tick(Err(error))) => {
                self.count("tick failed");
                self.say(format!("the tick of {} failed: {error}", worker.as_str()));
            }
            (Doing::Tick(node, worker), Landed::Tick(Ok(n_done))) if n_done > 0 => {
                self.say(format!("{} of engine {node} did {n_done}", worker.as_str()));
            }
            (Doing::Request(client), Landed::Request(Ok(()))) => {
                self.clients.answered(client, self.step);
                self.say(format!("client {client} is answered"));
            }
            (Doing::Request(client), Landed::Request(Err(error))) => {
                self.say(format!("client {client} is refused: {error}"));
            }
            (Doing::Change(number), Landed::Done(Ok(what))) => {
                self.changes[number].done_at_step = Some(self.step);
                self.say(what);
            }
            (_, Landed::Done(Ok(what))) => self.say(what),
            (_, Landed::Done(Err(error))) => self.say(format!("it failed: {error}")),
            _ => {}
        }
    }

    fn is_doing(&self, doing: Doing) -> bool {
        self.flights.iter().any(|flight| flight.doing == doing)
    }

    fn begin_tick(&mut self) {
        let node = self.dice.index(ENGINES);
        let worker = self.dice.pick(&Worker::ALL);
        let Some(process) = &self.process else { return };
        let doing = Doing::Tick(node, worker);
        if self.is_doing(doing) {
            return;
        }
        let (node, at) = (&process.nodes[node], process.clock.now());
        if worker == Worker::Outbox {
            node.claiming.begin(self.step, at);
        }
        let engine = node.engine.clone();
        self.flights.push(Flight::new(doing, self.step, async move {
            let tick = engine.tick(worker, at).await;
            Landed::Tick(tick.map(|tick| tick.n_done).map_err(|error| format!("{error:#}")))
        }));
    }

    fn begin_request(&mut self) {
        let client = self.dice.index(CLIENTS);
        let doing = Doing::Request(client);
        if self.is_doing(doing) {
            return;
        }
        let node = self.dice.index(ENGINES);
        let Some(process) = &self.process else { return };
        let engine = process.nodes[node].engine.clone();
        let events = self.clients.request(client, self.now, self.step);
        let told: Vec<String> = events
            .iter()
            .map(|event| {
                let user = event.identifiers.user_id.as_deref().unwrap_or("-");
                format!("{} of {user} {}", event.name, serde_json::Value::Object(event.properties.clone()))
            })
            .collect();
        self.say(format!("client {client} sends {}", told.join(", ")));
        let workspace = self.workspace.clone();
        self.flights.push(Flight::new(doing, self.step, async move {
            let answer = engine.ingest(&workspace, events).await;
            Landed::Request(answer.map_err(|error| error.to_string()))
        }));
    }

    /// An answer of a provider that was on its way arrives.
    fn answer(&mut self) {
        if self.provider.answer_one(&mut self.dice) {
            self.say("an answer arrives");
        }
    }

    /// A client doesn't wait any longer; it will send again.
    fn abandon_request(&mut self) {
        let is_request = |flight: &Flight| matches!(flight.doing, Doing::Request(_));
        if let Some(index) = self.flights.iter().position(is_request) {
            self.flights.remove(index);
            self.say("a client waits no longer");
        }
    }

    fn pass_time(&mut self) {
        let range = match self.dice.below(20) {
            0..9 => 60_000,
            9..15 => 20 * 60_000,
            15..19 => 2 * 3_600_000,
            _ => 8 * 3_600_000,
        };
        self.now = self.now + Period::from_millis(1 + self.dice.millis(range));
        if let Some(process) = &self.process {
            process.set_clock(self.now);
        }
    }

    /// The clock of the process is set by somebody.
    fn jump(&mut self) {
        let is_off_by = self.clock_error();
        if let Some(process) = &mut self.process {
            process.is_off_by = is_off_by;
            process.set_clock(self.now);
        }
        self.say(format!("the clock is set, it is off by {} s", is_off_by.as_millis() / 1_000));
    }

    fn change_disk(&mut self) {
        let is_full = !self.faults.is_disk_full();
        self.faults.fill_disk(is_full);
        self.say(if is_full { "the disk is full" } else { "the disk has room again" });
    }

    /// A publication that tells every contact, through its inbox.
    fn begin_publish(&mut self) {
        let node = self.dice.index(ENGINES);
        let Some(process) = &self.process else { return };
        if self.is_doing(Doing::Publish) {
            return;
        }
        let (engine, workspace) = (process.nodes[node].engine.clone(), self.workspace.clone());
        self.has_segment = !self.has_segment;
        let files = portfolio::files(self.has_segment);
        self.say("the team publishes");
        self.flights.push(Flight::new(Doing::Publish, self.step, async move {
            match engine.apply(&workspace, files, None, "team").await {
                Ok(Applied::Applied { revision, .. }) => {
                    Landed::Done(Ok(format!("revision {revision} is published")))
                }
                Ok(other) => Landed::Done(Ok(format!("not published: {other:?}"))),
                Err(error) => Landed::Done(Err(format!("{error:#}"))),
            }
        }));
    }

    /// A workflow is stopped, paused or let go on.
    fn begin_change(&mut self) {
        let workflow = self.dice.pick(&["cart", "receipt"]);
        let operation = match self.dice.below(5) {
            0 => Operation::Halt,
            1 | 2 => Operation::Pause { discard: false },
            _ => Operation::Resume,
        };
        let node = self.dice.index(ENGINES);
        self.change(workflow, operation, node);
    }

    pub(crate) fn change(&mut self, workflow: &'static str, operation: Operation, node: usize) {
        let Some(process) = &self.process else { return };
        let (engine, workspace) = (process.nodes[node].engine.clone(), self.workspace.clone());
        let goes_on = operation == Operation::Resume;
        self.changes.push(Change { workflow, goes_on, asked_at_step: self.step, done_at_step: None });
        self.say(format!("somebody wants `{workflow}` to {operation:?}"));
        self.flights.push(Flight::new(Doing::Change(self.changes.len() - 1), self.step, async move {
            let name = WorkflowName::from(workflow);
            match engine.change_lifecycle(&workspace, &name, &operation, "team", "because").await {
                Ok(LifecycleChange::Changed { revision, .. }) => {
                    Landed::Done(Ok(format!("`{workflow}`: {operation:?} is done as revision {revision}")))
                }
                Ok(other) => Landed::Done(Err(format!("{other:?}"))),
                Err(error) => Landed::Done(Err(format!("{error:#}"))),
            }
        }));
    }
}
