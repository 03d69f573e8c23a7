//! Writers that send batches without a pause, and remember what was acknowledged and what wasn't.

use super::N_CONTACTS;
use crate::harness::api::send;
use crate::harness::chance::Chance;
use crate::harness::wait::eventually_later;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, Mutex};
use std::time::Duration;

/// How many writers send at the same time.
const N_WRITERS: u64 = 4;
/// The most events of one batch.
const BATCH_EVENTS_MAX: u64 = 20;
/// How many of a hundred events send messages, unless a test wants more.
const ORDERED_PERCENT: u64 = 3;
/// How often of a hundred times a writer sends again what wasn't acknowledged.
const AGAIN_PERCENT: u64 = 75;
/// How long a writer waits before it tries anything again.
const PAUSE: Duration = Duration::from_millis(15);

/// What the writers share.
#[derive(Clone)]
pub struct Load {
    /// Where the nodes listen now; none of those that are dead, because another process may be given their ports.
    addresses: Arc<Mutex<Vec<Option<SocketAddr>>>>,
    stopped: Arc<AtomicBool>,
    write_key: String,
    n_acknowledged: Arc<AtomicUsize>,
    ordered_percent: u64,
}

/// Stops the writers when it is dropped: they have to end with the test, however it ends.
struct Stop(Arc<AtomicBool>);

impl Drop for Stop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}

impl Load {
    pub fn new(addresses: Vec<SocketAddr>, write_key: String) -> Self {
        let addresses = Arc::new(Mutex::new(addresses.into_iter().map(Some).collect()));
        let (stopped, n_acknowledged) = (Arc::default(), Arc::default());
        Self { addresses, stopped, write_key, n_acknowledged, ordered_percent: ORDERED_PERCENT }
    }

    /// The same with so many of a hundred events that send messages.
    pub fn ordering(self, percent: u64) -> Self {
        Self { ordered_percent: percent, ..self }
    }

    /// A node is to be killed, or to end: nobody speaks to it from now on.
    pub fn leaves(&self, node: usize) {
        self.addresses.lock().unwrap()[node] = None;
    }

    /// A node is back, elsewhere.
    pub fn returns(&self, node: usize, address: SocketAddr) {
        self.addresses.lock().unwrap()[node] = Some(address);
    }

    /// Where the next request goes, as a load balancer that takes any would say; none while that node is dead.
    pub fn address(&self, chance: &mut Chance) -> Option<SocketAddr> {
        let addresses = self.addresses.lock().unwrap();
        addresses[chance.below(addresses.len() as u64) as usize]
    }

    /// How many events were acknowledged so far.
    pub fn n_acknowledged(&self) -> usize {
        self.n_acknowledged.load(Ordering::Acquire)
    }
}

/// The client's ids of what was sent.
#[derive(Default)]
pub struct Sent {
    pub acknowledged: BTreeSet<String>,
    pub unacknowledged: BTreeSet<String>,
}

impl Sent {
    fn sum(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut sum = Self::default();
        for part in parts {
            sum.acknowledged.extend(part.acknowledged);
            sum.unacknowledged.extend(part.unacknowledged);
        }
        sum
    }

    fn keep(&mut self, batch: &[Value], acknowledged: bool) {
        let ids = batch.iter().map(|event| event["messageId"].as_str().unwrap().to_owned());
        if acknowledged { self.acknowledged.extend(ids) } else { self.unacknowledged.extend(ids) }
    }
}

/// The name of a contact.
pub fn contact(n: u64) -> String {
    format!("c{n}")
}

/// Whether an event sends messages, by its id.
pub fn is_order(id: &str) -> bool {
    id.starts_with("order-")
}

/// Runs the writers for as long as something else takes, and gives what they sent.
pub fn writing(load: &Load, seed: u64, meanwhile: impl FnOnce()) -> Sent {
    // Nobody orders before all contacts are introduced: an order of somebody without an address sends nothing.
    let introduced = &Barrier::new(N_WRITERS as usize);
    std::thread::scope(|scope| {
        let start = |writer| scope.spawn(move || write(load, writer, introduced, Chance::new(seed ^ writer)));
        let writers: Vec<_> = (0..N_WRITERS).map(start).collect();
        let stop = Stop(Arc::clone(&load.stopped));
        meanwhile();
        drop(stop);
        Sent::sum(
            writers
                .into_iter()
                .map(|writer| writer.join().expect("a writer got an answer that makes no sense")),
        )
    })
}

/// Introduces this writer's share of the contacts, then sends batches until it is told to stop.
fn write(load: &Load, writer: u64, introduced: &Barrier, mut chance: Chance) -> Sent {
    let mut sent = Sent::default();
    let mine = (0..N_CONTACTS).filter(|n| n % N_WRITERS == writer);
    let joined: Vec<Value> = mine.flat_map(introduction).collect();
    for batch in joined.chunks(BATCH_EVENTS_MAX as usize) {
        deliver(load, batch, &mut sent, &mut chance, 100);
    }
    introduced.wait();
    let mut n_batch = 0;
    while !load.stopped.load(Ordering::Acquire) {
        let batch = batch(writer, n_batch, load.ordered_percent, &mut chance);
        deliver(load, &batch, &mut sent, &mut chance, AGAIN_PERCENT);
        n_batch += 1;
    }
    sent
}

fn introduction(n: u64) -> [Value; 2] {
    let user = contact(n);
    let traits = json!({ "email": format!("{user}@example.com"), "webhook_url": format!("https://shop.example/{user}") });
    [
        json!({ "type": "identify", "messageId": format!("identify-{user}"), "userId": user, "traits": traits }),
        json!({ "type": "track", "messageId": format!("joined-{user}"), "userId": user, "event": "Joined" }),
    ]
}

fn batch(writer: u64, n_batch: u64, ordered_percent: u64, chance: &mut Chance) -> Vec<Value> {
    let n_events = 1 + chance.below(BATCH_EVENTS_MAX);
    let events = (0..n_events).map(|n| {
        let (name, event) =
            if chance.percent(ordered_percent) { ("order", "Ordered") } else { ("view", "Viewed") };
        let id = format!("{name}-{writer}-{n_batch}-{n}");
        let user = contact(chance.below(N_CONTACTS));
        json!({ "type": "track", "messageId": id, "userId": user, "event": event, "properties": { "n": id } })
    });
    events.collect()
}

/// Sends a batch until it is acknowledged, or chance gives up.
fn deliver(load: &Load, batch: &[Value], sent: &mut Sent, chance: &mut Chance, again_percent: u64) {
    loop {
        // An error says nothing about what became of the batch.
        let answer = load.address(chance).and_then(|address| send(address, &load.write_key, batch).ok());
        let status = answer.map_or(0, |answer| answer.status());
        match status {
            200 => {
                load.n_acknowledged.fetch_add(batch.len(), Ordering::AcqRel);
                return sent.keep(batch, true);
            }
            0 | 429 | 503 if chance.percent(again_percent) => eventually_later(PAUSE),
            0 | 429 | 503 => return sent.keep(batch, false),
            status => panic!("a batch that is fine was answered with {status}"),
        }
    }
}
