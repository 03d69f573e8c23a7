//! Two nodes on one PostgreSQL: the database is the coordinator.

use super::*;
use crate::error::IngestError;

const USERS: [&str; 4] = ["ada", "bob", "cem", "dua"];
const ROUNDS: usize = 12;

/// Takes requests of the same contacts in on one node.
async fn take_in(
    engine: &Engine,
    workspace: &WorkspaceId,
    at: Timestamp,
    events: Vec<Event>,
) -> Result<(), IngestError> {
    let (answer, ()) = tokio::join!(engine.ingest(workspace, events), async {
        tokio::task::yield_now().await;
        while engine.tick(Worker::Inputs, at).await.unwrap().n_done > 0 {}
    });
    answer
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes_take_the_same_contacts_inputs_each_once_and_send_each_message_once() {
    let world = World::in_place(Place::postgres().await, EngineOptions::default()).await;
    world.apply(&files("- { id: hello, send: { email: hello } }")).await;
    let other_courier = Arc::new(Recorder::default());
    let other =
        engine_on(world.place.open().await, &other_courier, &world.clock, EngineOptions::default()).await;
    let (workspace, at) = (&world.workspace, world.now());
    for round in 0..ROUNDS {
        // Opposite orders: locks are taken in one order all the same.
        let events = |backwards: bool| {
            let mut users = USERS.to_vec();
            if backwards {
                users.reverse();
            }
            users
                .iter()
                .map(|user| event(user, "Signed Up", json!({ "round": round }), at))
                .collect::<Vec<_>>()
        };
        let (one, two) = (events(false), events(true));
        let (one, two) =
            tokio::join!(take_in(&world.engine, workspace, at, one), take_in(&other, workspace, at, two));
        assert_eq!((one, two), (Ok(()), Ok(())));
        let (one, two) = tokio::join!(world.engine.tick(Worker::Outbox, at), other.tick(Worker::Outbox, at));
        assert!(one.unwrap().n_done + two.unwrap().n_done > 0);
    }
    for _ in 0..TICKS_MAX {
        tokio::task::yield_now().await;
        world.tick(Worker::Outbox).await;
        other.tick(Worker::Outbox, at).await.unwrap();
        if world.n_outbox("pending").await + world.n_outbox("attempting").await == 0 {
            break;
        }
    }
    let carried: Vec<_> = world.courier.carried().into_iter().chain(other_courier.carried()).collect();
    let messages: std::collections::BTreeSet<_> = carried.iter().map(|parcel| parcel.message).collect();
    assert_eq!(carried.len(), messages.len(), "no message was handed out by both");
    let unsettled: Vec<_> =
        world.messages().await.into_iter().filter(|message| message.state != "sent").collect();
    assert_eq!(unsettled, Vec::new());
    for user in USERS {
        let contact = world.contact_id(user).await.unwrap();
        let rows = world.engine.store().history(workspace, contact, 0, 10_000).await.unwrap();
        let n_events = rows.iter().filter(|row| row.event.is_some()).count();
        assert_eq!(n_events, 2 * ROUNDS, "{user}");
        world.assert_replays(user).await;
    }
    drop(other);
}
