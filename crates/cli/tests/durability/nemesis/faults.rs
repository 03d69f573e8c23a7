//! What goes wrong: one thing after the other, and several at a time.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::harness::chance::Chance;
use crate::harness::inbox::Inbox;
use crate::harness::postgres::Postgres;
use crate::harness::server::{Server, Setup};
use crate::harness::sink::Sink;
use crate::harness::wait::eventually_later;
use crate::harness::wire::Wire;
use crate::workload::writer::Load;

use super::witness::Witness;

/// How many nodes there are.
const N_NODES: usize = 3;
/// The longest that a node is held, or that nothing comes through its wire.
const HELD_MS_MAX: u64 = 2_500;
/// The longest that a node stays dead.
const DEAD_MS_MAX: u64 = 1_200;
/// The longest quiet between two faults.
const QUIET_MS_MAX: u64 = 900;
/// How often it is looked what is due.
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// How many of the last faults a story tells.
const STORY_LINES: usize = 30;

/// How much longer it may take until every fault has been dealt out and enough has been acknowledged.
const LONGER_MAX: Duration = Duration::from_mins(3);

/// What is done to a node, or to the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fault {
    Kill,
    Hold,
    CutWire,
    HoldWire,
    /// The node is held, and its connections end meanwhile: the others take it for dead, and then it goes on.
    HoldAndCutWire,
    CrashDatabase,
}

/// The faults as cards that are shuffled and dealt out: each comes, the more often named the more often.
const FAULTS: [Fault; 9] = [
    Fault::Kill,
    Fault::Kill,
    Fault::Hold,
    Fault::CutWire,
    Fault::CutWire,
    Fault::HoldWire,
    Fault::HoldAndCutWire,
    Fault::HoldAndCutWire,
    Fault::CrashDatabase,
];

/// One node: how it is started, its wire, and until when what is done to it lasts.
struct Node {
    setup: Setup,
    wire: Wire,
    /// None while it is dead.
    server: Option<Server>,
    is_held: bool,
    is_wire_held: bool,
    until: Option<Instant>,
}

/// The installation and its enemy.
pub struct Nemesis {
    nodes: Vec<Node>,
    postgres: Postgres,
    chance: Chance,
    cards: Vec<Fault>,
    begun: Instant,
    told: Vec<String>,
    counts: BTreeMap<Fault, usize>,
}

impl Nemesis {
    pub fn start(folder: &Path, postgres: Postgres, sink: &Sink, inbox: &Inbox, chance: Chance) -> Self {
        let node = |n: usize| {
            let wire = Wire::to(postgres.address());
            let folder = folder.join(format!("node{n}"));
            std::fs::create_dir_all(&folder).unwrap();
            let setup = Setup::new(&folder)
                .with("--smtp", &sink.smtp)
                .with("--inbox", &inbox.http)
                .with("--database", format!("postgres://postgres@{}/postgres", wire.address));
            let server = Some(setup.start());
            Node { setup, wire, server, is_held: false, is_wire_held: false, until: None }
        };
        let nodes = (0..N_NODES).map(node).collect();
        let (cards, told, counts) = (Vec::new(), Vec::new(), BTreeMap::new());
        Self { nodes, postgres, chance, cards, begun: Instant::now(), told, counts }
    }

    /// The nodes; all must be alive.
    pub fn servers(&self) -> Vec<&Server> {
        self.nodes.iter().map(|node| node.server.as_ref().expect("no fault lasts any more")).collect()
    }

    /// What the database itself says.
    pub fn witness(&self) -> Witness {
        Witness { url: self.postgres.url.clone() }
    }

    /// Lets things go wrong for a while, and until every fault has come and so many events have been acknowledged; then
    /// mends everything.
    pub fn rage(&mut self, load: &Load, how_long: Duration, n_events_min: usize) {
        self.begun = Instant::now();
        let mut next = Instant::now();
        loop {
            let is_enough = self.n_faults() >= FAULTS.len() && load.n_acknowledged() >= n_events_min;
            let longest = if is_enough { how_long } else { how_long + LONGER_MAX };
            if self.begun.elapsed() >= longest {
                break;
            }
            self.mend(load, Instant::now());
            if Instant::now() >= next && self.harm(load) {
                next = Instant::now() + Duration::from_millis(self.chance.below(QUIET_MS_MAX));
            }
            eventually_later(LOOK_EVERY);
        }
        self.mend(load, Instant::now() + Duration::from_hours(1));
        self.tell("everything is mended");
    }

    /// The next card of the deck.
    fn deal(&mut self) -> Fault {
        if self.cards.is_empty() {
            self.cards = FAULTS.to_vec();
        }
        let n = self.chance.below(self.cards.len() as u64) as usize;
        self.cards.swap_remove(n)
    }

    /// Does something to a node to which nothing is done now; false if there is none.
    fn harm(&mut self, load: &Load) -> bool {
        let free: Vec<usize> = (0..N_NODES).filter(|n| self.nodes[*n].until.is_none()).collect();
        if free.is_empty() {
            return false;
        }
        let fault = self.deal();
        if fault == Fault::CrashDatabase {
            // A node that is held meanwhile finds its connections gone when it goes on.
            self.count(fault, "the database crashes and starts again");
            self.postgres.end();
            eventually_later(Duration::from_millis(self.chance.below(DEAD_MS_MAX)));
            self.postgres.begin();
            return true;
        }
        let n = free[self.chance.below(free.len() as u64) as usize];
        let longest = if fault == Fault::Kill { DEAD_MS_MAX } else { HELD_MS_MAX };
        let span = Duration::from_millis(self.chance.below(longest));
        self.count(fault, &format!("node {n}: {fault:?} for {} ms", span.as_millis()));
        let node = &mut self.nodes[n];
        node.until = Some(Instant::now() + span);
        let server = node.server.as_mut().expect("nothing is done to it now");
        assert!(server.lives(), "node {n} ended by itself:\n{}", server.log());
        match fault {
            Fault::Kill => {
                load.leaves(n);
                server.kill();
                node.server = None;
            }
            Fault::Hold | Fault::HoldAndCutWire => {
                server.pause(true);
                node.is_held = true;
                if fault == Fault::HoldAndCutWire {
                    node.wire.cut();
                }
            }
            Fault::CutWire => {
                node.wire.cut();
                node.until = None;
            }
            Fault::HoldWire => {
                node.wire.hold(true);
                node.is_wire_held = true;
            }
            Fault::CrashDatabase => {}
        }
        true
    }

    /// Ends what has lasted long enough.
    fn mend(&mut self, load: &Load, now: Instant) {
        for n in 0..N_NODES {
            let node = &mut self.nodes[n];
            if node.until.is_none_or(|until| until > now) {
                continue;
            }
            node.until = None;
            if std::mem::take(&mut node.is_wire_held) {
                node.wire.hold(false);
            }
            if let Some(server) = &node.server {
                if std::mem::take(&mut node.is_held) {
                    server.pause(false);
                }
                continue;
            }
            let server = node.setup.start();
            load.returns(n, server.address);
            node.server = Some(server);
            self.tell(&format!("node {n} is back"));
        }
    }

    fn count(&mut self, fault: Fault, told: &str) {
        *self.counts.entry(fault).or_insert(0) += 1;
        self.tell(told);
    }

    fn tell(&mut self, what: &str) {
        self.told.push(format!("{:>9.3} s  {what}", self.begun.elapsed().as_secs_f64()));
    }

    fn n_faults(&self) -> usize {
        self.counts.values().sum()
    }

    /// Whether every fault has come.
    pub fn has_dealt_all(&self) -> bool {
        FAULTS.iter().all(|fault| self.counts.contains_key(fault))
    }

    /// How often which fault.
    pub fn summary(&self) -> String {
        format!("{} faults {:?}", self.n_faults(), self.counts)
    }

    /// What was done last, and what the nodes logged.
    pub fn story(&self, seed: u64) -> String {
        let last = self.told[self.told.len().saturating_sub(STORY_LINES)..].join("\n");
        let logs = self.nodes.iter().filter_map(|node| node.server.as_ref()).map(Server::log);
        format!("WEND_SEED={seed}\n{last}\n{}", logs.collect::<Vec<_>>().join("\n--- the next node's log\n"))
    }

    /// Asks every node to end, and waits until it has; their wires and the database outlive them.
    pub fn end(mut self) {
        self.nodes.iter_mut().filter_map(|node| node.server.take()).for_each(Server::stop);
    }
}
