//! One installation from a seed: first anything may go wrong, then nothing does, and everything must come to its end.

mod calm;
mod flight;

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context;
use tempfile::TempDir;
use wend_domain::compile::lifecycle::Operation;
use wend_domain::id::{WorkflowName, WorkspaceId};
use wend_domain::time::{Period, Timestamp};
use wend_engine::{Applied, Clock, Engine, LifecycleChange, Worker};

use crate::check;
use crate::clients::{CLIENTS, Clients};
use crate::dice::Dice;
use crate::faults::{Faults, Rates};
use crate::portfolio;
use crate::process::Process;
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
    n_nodes: u64,
    pub(crate) changes: Vec<Change>,
    /// The nodes that are gone.
    pub(crate) died: BTreeSet<u64>,
    /// The revisions that somebody was told are published, with the steps of the answers.
    pub(crate) published: Vec<(u64, u64)>,
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
            n_nodes: 0,
            changes: Vec::new(),
            died: BTreeSet::new(),
            published: Vec::new(),
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
        let engine = self.engine()?;
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

    /// Starts a database with a first node, again and again if it ends while it starts.
    pub(crate) async fn start(&mut self) -> anyhow::Result<()> {
        for _ in 0..STARTS_MAX {
            self.faults.revive();
            self.n_processes += 1;
            let name = format!("database-{}", self.n_processes);
            self.say(format!("{name} starts"));
            let outside = (self.faults.clone(), self.provider.clone());
            let started = self.start_all(name, outside);
            let started = started.await;
            self.tell_faults();
            match started {
                Some(Ok(())) => return Ok(()),
                Some(Err(error)) => self.say(format!("it doesn't start: {error:#}")),
                None => self.say("it ends while it starts"),
            }
        }
        anyhow::bail!("no process could be started")
    }

    /// A database and its first node; none if they end meanwhile.
    async fn start_all(&mut self, name: String, outside: (Faults, Provider)) -> Option<anyhow::Result<()>> {
        let faults = self.faults.clone();
        let started = Process::start(self.folder.path(), name, outside, &mut self.dice);
        let mut process = match flight::until_it_ends(started, &faults).await? {
            Ok(process) => process,
            Err(error) => return Some(Err(error)),
        };
        self.n_nodes += 1;
        let number = self.n_nodes;
        let started = process.start_node(number, self.now, &mut self.dice);
        if let Err(error) = flight::until_it_ends(started, &faults).await? {
            return Some(Err(anyhow::anyhow!(error)));
        }
        self.process = Some(process);
        self.node_started(number);
        Some(Ok(()))
    }

    /// One node more begins, if there are too few.
    fn begin_node(&mut self) {
        let Some(process) = &mut self.process else { return };
        if !process.lacks_nodes() {
            return;
        }
        self.n_nodes += 1;
        let number = self.n_nodes;
        let started = process.start_node(number, self.now, &mut self.dice);
        self.flights.push(Flight::new(Doing::Start(number), self.step, async move {
            Landed::Done(started.await.map(|()| format!("node-{number} is ready")))
        }));
    }

    /// The start of a node has ended.
    fn node_started(&mut self, number: u64) {
        let is_off_by = self.process.as_mut().and_then(|process| process.has_started(number));
        if let Some(is_off_by) = is_off_by {
            self.say(format!("node-{number} works, its clock is off by {} s", is_off_by.as_millis() / 1_000));
        }
    }

    /// One of several nodes is gone, whatever it was about.
    async fn lose_node(&mut self) {
        let Some(process) = &mut self.process else { return };
        if process.nodes.len() < 2 {
            return;
        }
        let Some((number, _)) = process.any(&mut self.dice) else { return };
        process.nodes.remove(&number);
        self.died.insert(number);
        self.flights.retain(|flight| flight.node != Some(number));
        self.say(format!("node-{number} is killed"));
        self.count("a node is killed");
        flight::let_others_go_on().await;
    }

    /// The database is gone with all its nodes, whatever they were about.
    pub(crate) async fn crash(&mut self, why: &str) {
        self.say(format!("the database ends with all nodes: {why}"));
        self.count("crash");
        self.flights.clear();
        self.died.extend(self.process.take().iter().flat_map(|process| process.nodes.keys().copied()));
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
            915..955 => self.answer(),
            955..962 => self.begin_node(),
            962..965 => self.lose_node().await,
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
                self.say(format!("{} of node-{node} did {n_done}", worker.as_str()));
            }
            (Doing::Request(client), Landed::Request(Ok(()))) => {
                self.clients.answered(client, self.step);
                self.say(format!("client {client} is answered"));
            }
            (Doing::Request(client), Landed::Request(Err(error))) => {
                self.say(format!("client {client} is refused: {error}"));
            }
            (doing, Landed::Published(revision)) => {
                if let Doing::Change(number) = doing {
                    self.changes[number].done_at_step = Some(self.step);
                }
                self.published.push((self.step, revision));
                self.say(format!("revision {revision} is published"));
            }
            (Doing::Start(number), Landed::Done(landed)) => {
                if let Err(error) = landed {
                    self.say(format!("node-{number} doesn't start: {error}"));
                }
                self.node_started(number);
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
        let worker = self.dice.pick(&Worker::ALL);
        let Some(process) = &self.process else { return };
        let Some((number, node)) = process.any(&mut self.dice) else { return };
        let (doing, at) = (Doing::Tick(number, worker), node.clock.now());
        if self.is_doing(doing) {
            return;
        }
        if worker == Worker::Outbox {
            node.claiming.begin(self.step, at);
        }
        let engine = node.engine.clone();
        self.flights.push(Flight::of(Some(number), doing, self.step, async move {
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
        let Some((number, engine)) = self.any_engine() else { return };
        let events = self.clients.request(client, self.now, self.step);
        let told: Vec<String> = events
            .iter()
            .map(|event| {
                let user = event.identifiers.user_id.as_deref().unwrap_or("-");
                format!("{} of {user} {}", event.name, serde_json::Value::Object(event.properties.clone()))
            })
            .collect();
        self.say(format!("client {client} sends to node-{number} {}", told.join(", ")));
        let workspace = self.workspace.clone();
        self.flights.push(Flight::of(Some(number), doing, self.step, async move {
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
        let passed = Period::from_millis(1 + self.dice.millis(range));
        self.pass(passed);
    }

    pub(crate) fn pass(&mut self, passed: Period) {
        self.now = self.now + passed;
        if let Some(process) = &mut self.process {
            // A clock that goes too fast would make everything late that is waited for while nothing else happens.
            process.pass(self.now, passed, self.step < STEPS);
        }
    }

    /// The clock of a node is set by somebody.
    fn jump(&mut self) {
        let Some(process) = &mut self.process else { return };
        let Some((number, _)) = process.any(&mut self.dice) else { return };
        let Some(node) = process.nodes.get_mut(&number) else { return };
        let is_off_by = node.jump(self.now, &mut self.dice);
        self.say(format!(
            "the clock of node-{number} is set, it is off by {} s",
            is_off_by.as_millis() / 1_000
        ));
    }

    /// The engine of a living node, chosen by the dice.
    fn any_engine(&mut self) -> Option<(u64, Engine)> {
        let process = self.process.as_ref()?;
        process.any(&mut self.dice).map(|(number, node)| (number, node.engine.clone()))
    }

    fn change_disk(&mut self) {
        let is_full = !self.faults.is_disk_full();
        self.faults.fill_disk(is_full);
        self.say(if is_full { "the disk is full" } else { "the disk has room again" });
    }

    /// A publication that tells every contact, through its inbox.
    fn begin_publish(&mut self) {
        if self.is_doing(Doing::Publish) {
            return;
        }
        let Some((number, engine)) = self.any_engine() else { return };
        let workspace = self.workspace.clone();
        self.has_segment = !self.has_segment;
        let files = portfolio::files(self.has_segment);
        self.say("the team publishes");
        self.flights.push(Flight::of(Some(number), Doing::Publish, self.step, async move {
            match engine.apply(&workspace, files, None, "team").await {
                Ok(Applied::Applied { revision, .. }) => Landed::Published(revision),
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
        self.change(workflow, operation);
    }

    pub(crate) fn change(&mut self, workflow: &'static str, operation: Operation) {
        let Some((number, engine)) = self.any_engine() else { return };
        let workspace = self.workspace.clone();
        let goes_on = operation == Operation::Resume;
        self.changes.push(Change { workflow, goes_on, asked_at_step: self.step, done_at_step: None });
        self.say(format!("somebody wants `{workflow}` to {operation:?}"));
        let doing = Doing::Change(self.changes.len() - 1);
        self.flights.push(Flight::of(Some(number), doing, self.step, async move {
            let name = WorkflowName::from(workflow);
            match engine.change_lifecycle(&workspace, &name, &operation, "team", "because").await {
                Ok(LifecycleChange::Changed { revision, .. }) => Landed::Published(revision),
                Ok(other) => Landed::Done(Err(format!("{other:?}"))),
                Err(error) => Landed::Done(Err(format!("{error:#}"))),
            }
        }));
    }
}
