//! The one loop, and how it ends.

use std::time::Duration;

use super::*;
use crate::clock::SystemClock;
use crate::error::IngestError;

/// More than anything in these tests takes.
const PATIENCE: Duration = Duration::from_secs(20);

#[tokio::test]
async fn a_stop_is_graceful_attempts_under_way_are_answered_and_recorded() {
    let mut world = World::with_steps("- { id: hello, send: { email: hello } }").await;
    // Else the news may wait in the inbox behind the job of publishing, which is told to contacts while it stops.
    world.settle(Worker::Jobs).await;
    let (courier, store) = (Arc::clone(&world.courier), world.engine.store().clone());
    world.engine =
        Engine::start(store, courier, Arc::new(SystemClock), EngineOptions::default()).await.unwrap();
    world.courier.reply_with(&[Reply::WhenReleased]);
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let (engine, workspace) = (world.engine.clone(), world.workspace.clone());
    let running = tokio::spawn(async move {
        engine.run(async { drop(stopped.await) }).await.unwrap();
    });
    let at = SystemClock.now();
    world.engine.ingest(&workspace, vec![event("ada", "Signed Up", json!({}), at)]).await.unwrap();
    let patiently = tokio::time::timeout(PATIENCE, async {
        while world.courier.carried().is_empty() {
            tokio::task::yield_now().await;
        }
        stop.send(()).unwrap();
        while world.engine.ready() {
            tokio::task::yield_now().await;
        }
        let refused = world.engine.ingest(&workspace, vec![event("bob", "Seen", json!({}), at)]).await;
        assert_eq!(refused, Err(IngestError::Stopping));
        world.courier.release.notify_one();
        running.await.unwrap();
    });
    patiently.await.expect("the engine stops in time");
    assert_eq!(world.states().await, ["sent"]);
}
