//! The example shop, played from a seed with failures and crashes, then without: what must hold at the end, holds.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use wend_domain::id::MessageId;

use super::*;

/// How many things happen while anything may fail.
const STEPS: usize = 120;

/// How many days then pass without a failure.
const CALM_DAYS: usize = 100;

/// Numbers from a seed (splitmix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % n
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[usize::try_from(self.below(from.len() as u64)).unwrap()]
    }
}

fn example() -> Vec<SourceFile> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../examples/shop");
    let mut files =
        vec![file("policies.yaml", &std::fs::read_to_string(root.join("policies.yaml")).unwrap())];
    for folder in ["segments", "templates", "workflows"] {
        for entry in std::fs::read_dir(root.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let name = format!("{folder}/{}", path.file_name().unwrap().to_string_lossy());
            files.push(file(&name, &std::fs::read_to_string(path).unwrap()));
        }
    }
    files
}

/// One user's next event, sometimes of a device that isn't known yet, sometimes one that was sent before.
fn next_event(dice: &mut Dice, before: &mut Vec<Event>, at: Timestamp) -> Event {
    if !before.is_empty() && dice.below(10) == 0 {
        let again = dice.below(before.len() as u64);
        return before[usize::try_from(again).unwrap()].clone();
    }
    let user = dice.pick(&["ada", "bob", "cem", "dua", "eve"]);
    let name =
        dice.pick(&["Signed Up", "Cart Updated", "Cart Updated", "Checkout Started", "Order Completed"]);
    let cart = format!("{user}-{}", dice.below(3));
    let mut event = event(user, name, json!({ "cart_id": cart, "item_count": 2, "total": 30 }), at);
    event.traits.insert("push_token".to_owned(), json!(format!("token-{user}")));
    let device = format!("device-{}", dice.below(4));
    match dice.below(4) {
        0 => event.identifiers = Identifiers { anonymous_id: Some(device), ..Identifiers::default() },
        1 => event.identifiers.anonymous_id = Some(device),
        _ => {}
    }
    event.occurred_at = at - Period::from_millis(i64::try_from(dice.below(1_800_000)).unwrap());
    before.push(event.clone());
    event
}

fn reply(dice: &mut Dice) -> Reply {
    Reply::Now(match dice.below(7) {
        0 | 1 => Outcome::Temporary { reply: "451 later".to_owned() },
        2 => Outcome::Unknown { what: "the connection was lost".to_owned() },
        3 | 4 => Outcome::Permanent { reply: "552 too large".to_owned(), suppress: false },
        _ => Recorder::accepted(),
    })
}

/// Every parcel that any courier of the play carried, and what came of it.
type Carried = Vec<(Parcel, Reply)>;

/// One thing that may happen.
async fn step(mut world: World, dice: &mut Dice, events: &mut Vec<Event>, carried: &mut Carried) -> World {
    match dice.below(10) {
        0..=3 => {
            let n_events = 1 + dice.below(4);
            let batch = (0..n_events).map(|_| next_event(dice, events, world.now())).collect();
            world.ingest(batch).await;
        }
        4 | 5 => world.pass(dice.pick(&["1m", "20m", "1h", "7h", "1d"])),
        6 | 7 => {
            let worker = dice.pick(&Worker::ALL);
            world.tick(worker).await;
        }
        8 => {
            let replies: Vec<Reply> = (0..=dice.below(4)).map(|_| reply(dice)).collect();
            world.courier.reply_with(&replies);
            world.settle(Worker::Outbox).await;
        }
        _ => {
            // The process ends while the provider is thinking.
            world.courier.reply_with(&[Reply::Never, Reply::Never]);
            world.tick(Worker::Outbox).await;
            tokio::task::yield_now().await;
            carried.extend(world.courier.log());
            world = world.crash().await;
        }
    }
    world
}

async fn calm(world: &World) {
    world.courier.reply_with(&[]);
    for _ in 0..CALM_DAYS {
        for worker in
            [Worker::Recovery, Worker::Alarms, Worker::Jobs, Worker::Grants, Worker::Inbox, Worker::Outbox]
        {
            world.settle(worker).await;
        }
        world.pass("1d");
    }
}

/// What must hold when everything had time to finish.
///
/// Answers the states of messages that were seen.
async fn check(world: &World, carried: &Carried) -> BTreeSet<String> {
    let mut states = BTreeSet::new();
    let statistics = world.engine.store().statistics(&world.workspace).await.unwrap();
    assert_eq!((statistics.inbox, statistics.stuck), (0, 0), "nothing waits for a person");
    assert_eq!((world.n_outbox("pending").await, world.n_outbox("attempting").await), (0, 0));
    let attempts = check_attempts(carried);
    let filter = MessageFilter { limit: 10_000, ..MessageFilter::default() };
    for message in world.engine.store().messages(&world.workspace, &filter).await.unwrap() {
        let is_settled = !["scheduled", "rendering", "pending"].contains(&message.state.as_str());
        assert!(is_settled, "{message:?}");
        // An uncertain one may have been claimed by a process that ended before it called anybody.
        if message.state == "sent" {
            assert!(attempts.contains_key(&message.id), "{message:?} was never carried");
        }
        states.insert(message.state);
    }
    let contacts = world.engine.store().contacts_page(&world.workspace, None, 100).await.unwrap();
    assert!(contacts.len() > 4);
    for (id, document) in contacts {
        let report = world.engine.replay(&world.workspace, id).await.unwrap();
        assert_eq!(report.differences, Vec::new());
        // Events that came twice are recorded and not counted.
        let n_inputs = Contact::from_bytes(&document).unwrap().n_inputs;
        assert!(report.inputs >= n_inputs, "every input is recorded");
    }
    states
}

/// No attempt is made twice, and after one that was or may have been taken there is no other: nothing here is
/// transactional (SEMANTICS 8.2, 8.4).
fn check_attempts(carried: &Carried) -> BTreeMap<MessageId, BTreeSet<u32>> {
    let mut attempts: BTreeMap<MessageId, BTreeSet<u32>> = BTreeMap::new();
    let mut final_ones = BTreeSet::new();
    for (parcel, reply) in carried {
        let is_new = attempts.entry(parcel.message).or_default().insert(parcel.attempt);
        assert!(is_new, "attempt {} of {} was made twice", parcel.attempt, parcel.message);
        if parcel.channel.as_str() != "email" {
            // The providers of the other channels honour keys: unknown attempts are made again.
            continue;
        }
        assert!(!final_ones.contains(&parcel.message), "{} was handed out again", parcel.message);
        if !matches!(reply, Reply::Now(Outcome::Temporary { .. })) {
            final_ones.insert(parcel.message);
        }
    }
    attempts
}

async fn play(place: Place, seed: u64) -> BTreeSet<String> {
    println!("seed {seed}: WEND_SEEDS={} plays up to it", seed + 1);
    let (mut dice, mut events, mut carried) = (Dice(seed), Vec::new(), Vec::new());
    let mut world = World::in_place(place, EngineOptions::default()).await;
    world.apply(&example()).await;
    for _ in 0..STEPS {
        world = step(world, &mut dice, &mut events, &mut carried).await;
    }
    calm(&world).await;
    carried.extend(world.courier.log());
    check(&world, &carried).await
}

/// The seeds to play: up to `WEND_SEEDS`, for whoever has more time.
fn seeds() -> std::ops::Range<u64> {
    1..std::env::var("WEND_SEEDS").map_or(4, |n| n.parse().unwrap())
}

/// A play in which nothing goes wrong would prove little.
fn check_variety(states: &BTreeSet<String>) {
    for state in ["sent", "failed", "uncertain", "cancelled", "blocked"] {
        assert!(states.contains(state), "no message was ever {state}: {states:?}");
    }
}

#[tokio::test]
async fn s8_and_s12_2_hold_when_the_shop_is_played_with_failures_and_crashes() {
    let mut states = BTreeSet::new();
    for seed in seeds() {
        states.extend(play(Place::sqlite(), seed).await);
    }
    check_variety(&states);
}

#[tokio::test]
async fn s8_and_s12_2_hold_on_postgresql_too() {
    let mut states = BTreeSet::new();
    for seed in seeds() {
        states.extend(play(Place::postgres().await, seed).await);
    }
    check_variety(&states);
}
