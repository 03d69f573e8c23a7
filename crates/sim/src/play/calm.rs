//! When nothing goes wrong any more: everything that was begun must come to its end.

use std::sync::Arc;

use anyhow::{Context, ensure};
use wend_domain::compile::lifecycle::Operation;
use wend_domain::time::{Period, Timestamp};
use wend_engine::{Clock, Engine, Worker};

use super::{Play, flight};
use crate::clients::CLIENTS;
use crate::faults::Rates;
use crate::process::Process;

/// How often things under way are looked at before they count as hanging.
const POLLS_MAX: usize = 100_000;

/// How many ticks a worker may need to come to rest.
const TICKS_MAX: usize = 500;

/// How often time may go on to what is due next.
const ROUNDS_MAX: usize = 2_000;

/// The workers that have something to do for contacts.
const WORKERS: [Worker; 10] = [
    Worker::Catalogs,
    Worker::Recovery,
    Worker::Inputs,
    Worker::Alarms,
    Worker::Jobs,
    Worker::Grants,
    Worker::Accounts,
    Worker::Inbox,
    Worker::Outbox,
    Worker::Janitor,
];

impl Play {
    /// The second phase.
    pub(super) async fn calm(&mut self) -> anyhow::Result<()> {
        self.say("from now on nothing goes wrong");
        self.faults.set(Rates::default());
        self.faults.fill_disk(false);
        self.provider.calm_down();
        if self.process.is_none() {
            self.start().await?;
        }
        self.land_everything().await?;
        for workflow in ["cart", "receipt"] {
            // It may be going on already.
            self.change(workflow, Operation::Resume);
            self.land_everything().await?;
        }
        for client in 0..CLIENTS {
            if self.clients.has_pending(client) {
                let events = self.clients.request(client, self.now, self.step);
                let (engine, at) = (self.engine()?, self.clock_shows());
                let workspace = self.workspace.clone();
                let (answer, ()) = tokio::join!(engine.ingest(&workspace, events), async {
                    for _ in 0..TICKS_MAX {
                        tokio::task::yield_now().await;
                        let _tick = engine.tick(Worker::Inputs, at).await;
                    }
                });
                answer.context("a request is refused although nothing goes wrong")?;
                self.clients.answered(client, self.step);
            }
        }
        if self.dice.happens(500) {
            // What is only in memory is gone; what waits must be found again.
            self.crash("it is started anew").await;
            self.start().await?;
        }
        self.come_to_rest().await
    }

    /// The engine of the node that has lived for longest.
    pub(crate) fn engine(&self) -> anyhow::Result<Engine> {
        let first = self.process.as_ref().and_then(|process| process.nodes.values().next());
        Ok(first.context("no node lives")?.engine.clone())
    }

    /// What the clock shows that is ahead of all others.
    pub(crate) fn clock_shows(&self) -> Timestamp {
        self.process.as_ref().and_then(Process::latest_clock).unwrap_or(self.now)
    }

    fn living(&self) -> Vec<u64> {
        self.process.iter().flat_map(|process| process.nodes.keys().copied()).collect()
    }

    async fn land_everything(&mut self) -> anyhow::Result<()> {
        for _ in 0..POLLS_MAX {
            if self.flights.is_empty() {
                return Ok(());
            }
            // Requests end by the ticks of the inputs' worker.
            self.begin_ticks_of_inputs();
            for index in (0..self.flights.len()).rev() {
                if let Some(landed) = self.flights[index].poll() {
                    let flight = self.flights.remove(index);
                    self.landed(flight.doing, flight.since, landed);
                }
            }
            flight::let_others_go_on().await;
            self.tell_faults();
        }
        let hanging: Vec<_> = self.flights.iter().map(|flight| format!("{:?}", flight.doing)).collect();
        anyhow::bail!("never ends: {}", hanging.join(", "))
    }

    fn begin_ticks_of_inputs(&mut self) {
        let waits = self.flights.iter().any(|flight| matches!(flight.doing, flight::Doing::Request(_)));
        for number in self.living() {
            let doing = flight::Doing::Tick(number, Worker::Inputs);
            let node = self.process.as_ref().and_then(|process| process.nodes.get(&number));
            if waits
                && !self.is_doing(doing)
                && let Some(node) = node
            {
                let (engine, at) = (node.engine.clone(), node.clock.now());
                self.flights.push(flight::Flight::of(Some(number), doing, self.step, async move {
                    let tick = engine.tick(Worker::Inputs, at).await;
                    flight::Landed::Tick(tick.map(|tick| tick.n_done).map_err(|error| format!("{error:#}")))
                }));
            }
        }
    }

    /// Does what is due, then lets time go on to what is due next, until nothing is.
    async fn come_to_rest(&mut self) -> anyhow::Result<()> {
        let mut last = String::new();
        for _ in 0..ROUNDS_MAX {
            self.step += 1;
            self.provider.set_now(self.now, self.step);
            let mut n_done = 0;
            for worker in WORKERS {
                n_done += self.settle(worker).await?;
            }
            let store = self.engine()?.store().clone();
            let alarm = store.next_alarm().await?.map(|(_, alarm)| alarm);
            let due = [alarm, store.next_outbox_due().await?, store.next_job_at().await?];
            last = format!("{n_done} were done, alarm, outbox and job are due at {due:?}");
            let Some(due) = due.into_iter().flatten().min() else {
                if n_done == 0 {
                    self.say("nothing is due any more");
                    return Ok(());
                }
                continue;
            };
            let shown = self.clock_shows();
            let passes =
                due.since(shown).max(if n_done == 0 { Period::from_millis(1_000) } else { Period::ZERO });
            self.pass(passes);
        }
        anyhow::bail!("it never comes to rest: {last}")
    }

    /// Ticks a worker of every engine until it has nothing to do.
    async fn settle(&mut self, worker: Worker) -> anyhow::Result<usize> {
        let mut n_done = 0;
        for number in self.living() {
            let Some(node) = self.process.as_ref().and_then(|process| process.nodes.get(&number)) else {
                continue;
            };
            let (engine, clock) = (node.engine.clone(), Arc::clone(&node.clock));
            let claiming = Arc::clone(&node.claiming);
            for n_ticks in 0.. {
                ensure!(n_ticks < TICKS_MAX, "the worker of {} never comes to rest", worker.as_str());
                flight::let_others_go_on().await;
                let at = clock.now();
                if worker == Worker::Outbox {
                    claiming.begin(self.step, at);
                }
                let tick = engine.tick(worker, at).await;
                let tick =
                    tick.with_context(|| format!("{} fails although nothing goes wrong", worker.as_str()))?;
                self.tell_faults();
                // What the janitor does isn't waited for.
                if tick.n_done == 0 || worker == Worker::Janitor || worker == Worker::Catalogs {
                    break;
                }
                self.trace.mix(&format!("{number} {} {}", worker.as_str(), tick.n_done));
                n_done += tick.n_done;
            }
        }
        Ok(n_done)
    }
}
