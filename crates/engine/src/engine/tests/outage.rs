//! The database goes away and comes back.

use super::*;
use crate::error::{IngestError, UNAVAILABLE_RETRY_AFTER_S};

#[tokio::test]
async fn s8_5_while_the_database_is_away_nothing_is_accepted_or_lost_and_work_resumes_by_itself() {
    let world = World::in_place(Place::postgres().await, EngineOptions::default()).await;
    world.apply(&files("- { id: hello, send: { email: hello } }")).await;
    world.courier.reply_with(&[Reply::WhenReleased]);
    world.happens("ada", "Signed Up", json!({})).await;
    assert_eq!(world.courier.carried().len(), 1);

    world.place.let_in(false).await;
    world.courier.release.notify_one();
    let events = vec![event("bob", "Signed Up", json!({}), world.now())];
    let (answer, ()) = tokio::join!(world.engine.ingest(&world.workspace, events.clone()), async {
        tokio::task::yield_now().await;
        world.settle(Worker::Inputs).await;
    });
    let Err(IngestError::Unavailable { what, retry_after_s }) = answer else { panic!("{answer:?}") };
    assert_eq!((what.as_str(), retry_after_s), ("the database is away", UNAVAILABLE_RETRY_AFTER_S));
    assert!(!world.engine.ready());
    for _ in 0..3 {
        // The provider's answer can't be committed, and is kept.
        tokio::task::yield_now().await;
        let _failed = world.engine.tick(Worker::Outbox, world.now()).await;
    }
    assert_eq!(world.engine.shared().attempts.under_way(), 1);

    world.place.let_in(true).await;
    world.settle(Worker::Outbox).await;
    assert_eq!(world.states().await, ["sent"], "the answer was not lost, and nothing was sent twice");
    world.tick(Worker::Catalogs).await;
    assert!(world.engine.ready());
    world.ingest(events).await;
    world.settle(Worker::Outbox).await;
    assert_eq!(world.states().await, ["sent", "sent"]);
    assert_eq!(world.courier.carried().len(), 2);
    world.assert_replays("ada").await;
}
