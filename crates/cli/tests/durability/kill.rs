//! `kill -9` of the real binary under load, again and again, and what must hold whenever it strikes.
//!
//! Writers send batches all the time; some of their events send a marketing mail, a keyed message and a transactional
//! mail to a real inbox. The server is killed at instants that chance picks - under load, while it starts, with
//! messages under way - and started again. Then everything drains, and what was acknowledged is compared with what is
//! known, and what is known with what arrived ([`workload`](crate::workload)).
//!
//! `WEND_KILLS` says how often (thousands by hand), `WEND_SEED` gives the instants of a failure again.

use crate::harness::chance::{Chance, seed};
use crate::harness::inbox::Inbox;
use crate::harness::postgres::Database;
use crate::harness::server::{Server, Setup};
use crate::harness::wait::eventually_later;
use crate::workload::verdict::judge;
use crate::workload::writer::{Load, writing};
use crate::workload::{PORTFOLIO, drain};
use std::fmt::Write as _;
use std::time::{Duration, Instant};

/// How often the server is killed if `WEND_KILLS` doesn't say.
const KILLS: u64 = 50;
/// The longest time between ready and the next kill.
const LIFE_MAX_MS: u64 = 700;
/// How often of a hundred times a server is killed while it starts, too.
const KILLED_EARLY_PERCENT: u64 = 15;
/// The latest that this second kill strikes after the start.
const EARLY_MAX_MS: u64 = 120;

/// One or more servers on one database, and how each is started.
struct Nodes {
    setups: Vec<Setup>,
    servers: Vec<Server>,
    load: Load,
    chance: Chance,
    story: Vec<String>,
    restarts: Vec<Duration>,
}

impl Nodes {
    fn kill_one(&mut self, n_kill: u64) {
        let life = Duration::from_millis(self.chance.below(LIFE_MAX_MS));
        eventually_later(life);
        let node = self.chance.below(self.servers.len() as u64) as usize;
        let mut told = format!("kill {n_kill}: node {node} after {} ms", life.as_millis());
        let server = &mut self.servers[node];
        assert!(server.lives(), "node {node} ended by itself before kill {n_kill}:\n{}", server.log());
        self.load.leaves(node);
        server.kill();
        while self.chance.percent(KILLED_EARLY_PERCENT) {
            let early = Duration::from_millis(self.chance.below(EARLY_MAX_MS));
            write!(told, ", again {} ms into its start", early.as_millis()).unwrap();
            self.setups[node].start_and_kill(early);
        }
        self.servers[node] = self.setups[node].start();
        let server = &self.servers[node];
        self.load.returns(node, server.address);
        self.restarts.push(server.ready_in);
        write!(told, ", ready in {} ms", server.ready_in.as_millis()).unwrap();
        self.story.push(told);
    }
}

/// Everything that is known of a test that went wrong: the seed, the last kills, the findings.
fn story(seed: u64, kills: &[String], wrong: &[String]) -> String {
    let last = kills.iter().rev().take(12).rev().cloned().collect::<Vec<_>>().join("\n");
    let shown = wrong.iter().take(20).cloned().collect::<Vec<_>>().join("\n");
    format!("WEND_SEED={seed}\n… {last}\n{} things are wrong, the first:\n{shown}", wrong.len())
}

/// Kills one of the nodes so many times under load, lets everything drain, and judges.
fn survives_kills(setups: Vec<Setup>, inbox: &Inbox) {
    let seed = seed();
    let n_kills =
        std::env::var("WEND_KILLS").map_or(KILLS, |count| count.parse().expect("WEND_KILLS is a number"));
    let servers: Vec<Server> = setups.iter().map(Setup::start).collect();
    let api = servers[0].api();
    api.apply(&PORTFOLIO);
    let load = Load::new(servers.iter().map(|server| server.address).collect(), api.write_key());
    let mut nodes = Nodes {
        setups,
        servers,
        load: load.clone(),
        chance: Chance::new(seed),
        story: Vec::new(),
        restarts: Vec::new(),
    };
    let begun = Instant::now();
    let sent = writing(&load, seed, || {
        for n_kill in 0..n_kills {
            nodes.kill_one(n_kill);
        }
    });
    let took = begun.elapsed();
    let api = nodes.servers[0].api();
    drain(&api, || story(seed, &nodes.story, &[nodes.servers[0].log()]));
    let wrong = judge(&api, inbox, &sent);
    assert!(
        wrong.findings.is_empty(),
        "{}\n{}",
        story(seed, &nodes.story, &wrong.findings),
        nodes.servers[0].log()
    );
    let slowest = nodes.restarts.iter().max().copied().unwrap_or_default();
    let mean = nodes.restarts.iter().sum::<Duration>() / (nodes.restarts.len().max(1) as u32);
    println!(
        "{n_kills} kills in {took:?} ({:?} each); restarts: mean {mean:?}, slowest {slowest:?}; {}",
        took / (n_kills.max(1) as u32),
        wrong.summary
    );
    nodes.servers.into_iter().for_each(Server::stop);
}

#[test]
fn whatever_was_acknowledged_survives_kills_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let inbox = Inbox::start(folder.path());
    let setup = Setup::new(folder.path()).with("--smtp", &inbox.smtp).with("--inbox", &inbox.http);
    survives_kills(vec![setup], &inbox);
}

#[test]
fn whatever_was_acknowledged_survives_kills_of_two_nodes_on_postgresql() {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::create("kill");
    let inbox = Inbox::start(folder.path());
    let setup = |node: usize| {
        let folder = folder.path().join(format!("node{node}"));
        std::fs::create_dir_all(&folder).unwrap();
        Setup::new(&folder)
            .with("--smtp", &inbox.smtp)
            .with("--inbox", &inbox.http)
            .with("--database", &database.url)
    };
    survives_kills(vec![setup(0), setup(1)], &inbox);
}
