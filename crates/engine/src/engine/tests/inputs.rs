//! What comes in: batches, identities, poison, queues.

use wend_domain::consent::Answer;
use wend_domain::id::Category;
use wend_domain::input::{Command, Order};
use wend_store::{Changes, ContactChange};

use super::*;
use crate::error::{CommandError, IngestError};

/// A trait that makes a document larger than it may be.
fn too_large() -> Value {
    json!({ "essay": "x".repeat(70_000) })
}

fn with_traits(mut event: Event, traits: &Value) -> Event {
    event.traits.extend(traits.as_object().unwrap().clone());
    event
}

#[tokio::test]
async fn s8_5_a_client_is_answered_after_the_commit() {
    let world = World::new().await;
    let events = vec![event("ada", "Seen", json!({}), world.now())];
    let mut answer = std::pin::pin!(world.engine.ingest(&world.workspace, events));
    tokio::select! {
        biased;
        _ = &mut answer => panic!("answered before anything was committed"),
        () = tokio::task::yield_now() => {}
    }
    assert_eq!(world.contact_id("ada").await, None);
    assert_eq!(world.tick(Worker::Inputs).await, 1);
    assert_eq!(answer.await, Ok(()));
    assert_eq!(world.contact("ada").await.user_id.as_deref(), Some("ada"));
}

#[tokio::test]
async fn many_requests_are_one_batch_and_all_are_answered() {
    let world = World::new().await;
    let at = world.now();
    let one = world.engine.ingest(&world.workspace, vec![event("ada", "Seen", json!({}), at)]);
    let other = world.engine.ingest(
        &world.workspace,
        vec![event("bob", "Seen", json!({}), at), event("ada", "Seen", json!({}), at)],
    );
    let ticks = async {
        tokio::task::yield_now().await;
        (world.tick(Worker::Inputs).await, world.tick(Worker::Inputs).await)
    };
    let (one, other, ticks) = tokio::join!(one, other, ticks);
    assert_eq!((one, other, ticks), (Ok(()), Ok(()), (3, 0)));
    assert_eq!(world.assert_replays("ada").await, 2);
}

#[tokio::test]
async fn s13_1_within_one_batch_a_visitor_becomes_known() {
    let world = World::new().await;
    let ids = |user: Option<&str>, anonymous: Option<&str>| Identifiers {
        user_id: user.map(str::to_owned),
        anonymous_id: anonymous.map(str::to_owned),
        ..Identifiers::default()
    };
    let seen = |identifiers| Event { identifiers, ..event("x", "Seen", json!({}), world.now()) };
    let events = vec![
        seen(ids(None, Some("device"))),
        seen(ids(Some("ada"), Some("device"))),
        seen(ids(Some("bob"), Some("device"))),
        seen(ids(None, Some("device"))),
    ];
    world.ingest(events).await;
    assert_eq!(world.contact("ada").await.n_inputs, 2, "the visit before is hers");
    assert_eq!(world.contact("bob").await.n_inputs, 2, "the device is his from then on");
}

#[tokio::test]
async fn s3_15_a_poison_contact_never_fails_its_batch() {
    let world = World::new().await;
    let at = world.now();
    let events = vec![
        event("eve", "Seen", json!({}), at),
        event("ada", "Seen", json!({}), at),
        with_traits(event("eve", "Grew", json!({}), at), &too_large()),
        event("eve", "Seen", json!({}), at),
        event("ada", "Seen", json!({}), at),
    ];
    world.ingest(events).await;
    assert_eq!(world.contact("ada").await.n_inputs, 2);
    assert_eq!(world.contact("eve").await.n_inputs, 1, "what came before the poison stands");
    let stuck = world.engine.store().stuck(&world.workspace, 10).await.unwrap();
    assert_eq!(stuck.len(), 1);
    let why = stuck[0].error.clone().unwrap();
    assert!(why.contains("at most 65536 are kept"), "{why}");
    let statistics = world.engine.store().statistics(&world.workspace).await.unwrap();
    assert_eq!((statistics.inbox, statistics.stuck), (2, 1), "the later input queues behind");
}

#[tokio::test]
async fn s3_15_later_inputs_queue_behind_a_stuck_one_until_somebody_decides() {
    let world = World::new().await;
    world.ingest(vec![with_traits(event("eve", "Grew", json!({}), world.now()), &too_large())]).await;
    world.ingest(vec![event("eve", "Seen", json!({}), world.now())]).await;
    world.settle(Worker::Inbox).await;
    let store = world.engine.store();
    let stuck = store.stuck(&world.workspace, 10).await.unwrap();
    assert_eq!(stuck.len(), 1);

    assert!(store.stuck_release(&world.workspace, stuck[0].seq, false, world.now()).await.unwrap());
    world.settle(Worker::Inbox).await;
    let again = store.stuck(&world.workspace, 10).await.unwrap();
    assert_eq!(again.len(), 1, "trying again doesn't help a document that is too large");
    assert_eq!(again[0].source, stuck[0].source, "and it keeps its place before the others");

    assert!(store.stuck_release(&world.workspace, again[0].seq, true, world.now()).await.unwrap());
    world.settle(Worker::Inbox).await;
    assert_eq!(world.contact("eve").await.n_inputs, 1);
    let statistics = store.statistics(&world.workspace).await.unwrap();
    assert_eq!((statistics.inbox, statistics.stuck), (0, 0));
    world.ingest(vec![event("eve", "Seen", json!({}), world.now())]).await;
    assert_eq!(world.assert_replays("eve").await, 2);
}

#[tokio::test]
async fn s3_15_a_document_that_cannot_be_read_keeps_its_contact_waiting_and_no_other() {
    let world = World::new().await;
    world.ingest(vec![event("eve", "Seen", json!({}), world.now())]).await;
    let contact = world.contact_id("eve").await.unwrap();
    let work = world.engine.store().begin(&world.workspace).await.unwrap();
    let garbage = ContactChange { id: contact, document: b"{ not json".to_vec(), alarm: Some(world.now()) };
    work.commit(Changes { contacts: vec![garbage], ..Changes::default() }).await.unwrap();

    let at = world.now();
    world.ingest(vec![event("eve", "Seen", json!({}), at), event("ada", "Seen", json!({}), at)]).await;
    assert_eq!(world.contact("ada").await.n_inputs, 1);
    let stuck = world.engine.store().stuck(&world.workspace, 10).await.unwrap();
    assert!(stuck[0].error.clone().unwrap().contains("cannot read the contact document"));
    world.settle(Worker::Alarms).await;
}

#[tokio::test]
async fn an_event_that_names_nobody_is_set_aside() {
    let world = World::new().await;
    let seen = event("x", "Seen", json!({}), world.now());
    let nobodys = Event { identifiers: Identifiers::default(), traits: Map::new(), ..seen };
    world.ingest(vec![nobodys]).await;
    let rows = world.engine.store().quarantine_list(&world.workspace, None, 10).await.unwrap();
    assert!(rows[0].reason.contains("names nobody"), "{}", rows[0].reason);
}

#[tokio::test]
async fn more_than_the_queue_holds_is_refused_and_what_it_holds_is_taken() {
    let options = EngineOptions { queue_events_max: 3, ..EngineOptions::default() };
    let world = World::with(options).await;
    let events = |n: usize| (0..n).map(|_| event("ada", "Seen", json!({}), world.now())).collect::<Vec<_>>();
    let first = world.engine.ingest(&world.workspace, events(2));
    let second = world.engine.ingest(&world.workspace, events(2));
    let tick = async {
        tokio::task::yield_now().await;
        world.settle(Worker::Inputs).await;
    };
    let (first, second, ()) = tokio::join!(first, second, tick);
    assert_eq!(first, Ok(()));
    assert_eq!(second, Err(IngestError::Overloaded { retry_after_s: 1 }));
    assert_eq!(world.contact("ada").await.n_inputs, 2);
    assert!(world.engine.metrics().encode().contains("wend_ingest_refused_total{reason=\"overloaded\"} 1"));
}

#[tokio::test]
async fn s11_1_a_command_is_an_input_and_its_answer_says_what_was_decided() {
    let world = World::new().await;
    world.ingest(vec![event("ada", "Seen", json!({}), world.now())]).await;
    let contact = world.contact_id("ada").await.unwrap();
    let category = Category::from("offers");
    let order = Order::CategoryConsent { category: category.clone(), answer: Answer::Unsubscribed };
    let command = Command { by: "support".to_owned(), reason: None, order };
    let tick = async {
        tokio::task::yield_now().await;
        world.settle(Worker::Inputs).await;
    };
    let (record, ()) = tokio::join!(world.engine.command(&world.workspace, contact, command.clone()), tick);
    assert!(!record.unwrap().is_empty());
    assert_eq!(world.contact("ada").await.consent.categories[&category].answer, Answer::Unsubscribed);
    world.assert_replays("ada").await;

    let nobody = ContactId::hashed(world.now(), &[b"nobody"]);
    let tick = async {
        tokio::task::yield_now().await;
        world.settle(Worker::Inputs).await;
    };
    let (refused, ()) = tokio::join!(world.engine.command(&world.workspace, nobody, command), tick);
    assert_eq!(refused, Err(CommandError::NoSuchContact));
}
