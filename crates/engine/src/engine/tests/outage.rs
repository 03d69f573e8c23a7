//! The database goes away and comes back.

use wend_store::{Fate, Gate, Piece};

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

/// A database that loses its answer to one write: the n-th from now on.
#[derive(Default)]
struct Forgetful(AtomicUsize);

impl Gate for Forgetful {
    fn fate(&self, piece: Piece) -> Fate {
        let before = |n: usize| (piece == Piece::Write && n > 0).then(|| n - 1);
        match self.0.fetch_update(Ordering::SeqCst, Ordering::SeqCst, before) {
            Ok(1) => Fate::AnswerLost,
            _ => Fate::Done,
        }
    }
}

/// What a claim writes: the beginning, the claim and the end of its transaction.
const WRITES_OF_A_CLAIM: usize = 3;

#[tokio::test]
async fn s8_4_a_claim_whose_answer_was_lost_is_uncertain_and_not_forgotten() {
    let (place, gate) = (Place::sqlite(), Arc::new(Forgetful::default()));
    let store = place.open_simulated(Arc::clone(&gate) as Arc<dyn Gate>).await;
    let world = World::on(place, store, EngineOptions::default()).await;
    world.apply(&files("- { id: hello, send: { email: hello } }")).await;
    world.ingest(vec![event("ada", "Signed Up", json!({}), world.now())]).await;
    gate.0.store(WRITES_OF_A_CLAIM, Ordering::SeqCst);
    world.engine.tick(Worker::Outbox, world.now()).await.unwrap_err();
    assert_eq!((world.n_outbox("attempting").await, world.courier.carried().len()), (1, 0));
    world.settle(Worker::Outbox).await;
    assert_eq!(world.states().await, ["uncertain"]);
    assert_eq!(world.n_outbox("attempting").await, 0);
    world.assert_replays("ada").await;
}

#[tokio::test]
async fn s8_4_attempts_whose_taking_over_lost_its_answer_are_uncertain_and_not_forgotten() {
    let world = World::with_steps("- { id: hello, send: { email: hello } }").await;
    world.courier.reply_with(&[Reply::Never]);
    world.happens("ada", "Signed Up", json!({})).await;
    let gate = Arc::new(Forgetful::default());
    let World { place, engine, courier, .. } = world;
    let store = engine.store().clone();
    drop((engine, courier));
    store.close().await.unwrap();

    let store = place.open_simulated(Arc::clone(&gate) as Arc<dyn Gate>).await;
    let world = World::on(place, store, EngineOptions::default()).await;
    gate.0.store(WRITES_OF_A_CLAIM, Ordering::SeqCst);
    world.engine.tick(Worker::Recovery, world.now()).await.unwrap_err();
    world.settle(Worker::Outbox).await;
    assert_eq!(world.states().await, ["uncertain"]);
    assert_eq!(world.courier.carried().len(), 0);
}
