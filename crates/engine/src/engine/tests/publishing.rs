//! Publishing: conflicts, errors, telling every contact, surviving a restart.

use super::*;

const SEND: &str = "- { id: hello, send: { email: hello } }";

#[tokio::test]
async fn s9_2_a_publication_on_top_of_an_old_revision_is_a_conflict() {
    let world = World::new().await;
    assert_eq!(world.apply(&files(SEND)).await, 1);
    let again =
        world.engine.apply(&world.workspace, files("- { id: pause, wait: 1h }"), Some(0), "test").await;
    assert!(matches!(again.unwrap(), Applied::Conflict { revision: 1, .. }));
    assert_eq!(world.engine.catalog(&world.workspace).revision, 1);
    assert_eq!(world.apply(&files(SEND)).await, 1, "the same files are the same revision");
}

#[tokio::test]
async fn a_mistake_in_a_template_stops_a_publication() {
    let world = World::new().await;
    let mut files = files(SEND);
    files[1].text = "template: hello\nchannel: email\nsubject: \"{% if %}\"\nhtml: <p>Hello</p>\n".to_owned();
    let planned = world.engine.plan(&world.workspace, files.clone()).await.unwrap();
    assert!(planned.next.is_none());
    let applied = world.engine.apply(&world.workspace, files, None, "test").await.unwrap();
    let Applied::Invalid { diagnostics } = applied else { panic!("applied: {applied:?}") };
    let found = diagnostics.iter().find(|found| found.code == "E0501").expect("the template's error");
    assert_eq!((found.file.as_str(), found.line), ("templates/hello.yaml", 3));
    assert_eq!(world.engine.portfolio(&world.workspace).await.unwrap().0, 0);
}

#[tokio::test]
async fn every_contact_is_told_of_a_new_catalog() {
    let world = World::new().await;
    world.happens("ada", "Seen", json!({})).await;
    world.happens("bob", "Seen", json!({})).await;
    assert_eq!(world.contact("ada").await.catalog_revision, 0);
    let mut files = files(SEND);
    files.push(file(
        "segments/readers.yaml",
        "segment: readers\ntitle: Readers\nwhere: { event: Seen, count: { gte: 1 } }\n",
    ));
    world.apply(&files).await;
    assert!(world.tick(Worker::Jobs).await >= 1);
    world.settle(Worker::Jobs).await;
    world.settle(Worker::Inbox).await;
    for user in ["ada", "bob"] {
        let contact = world.contact(user).await;
        assert_eq!(contact.catalog_revision, 1);
        assert!(contact.segments.contains_key("readers"), "history says so (SEMANTICS 9.5)");
        world.assert_replays(user).await;
    }
}

#[tokio::test]
async fn another_node_notices_a_publication_and_a_restart_finds_it() {
    let world = World::with_steps(SEND).await;
    let world = world.crash().await;
    assert_eq!(world.engine.catalog(&world.workspace).revision, 1);
    world.happens("ada", "Signed Up", json!({})).await;
    assert_eq!(world.states().await, ["sent"]);

    // What another node published is in the store, and not yet known here.
    let other = Engine::start(
        world.engine.store().clone(),
        Arc::new(Recorder::default()),
        Arc::clone(&world.clock) as Arc<dyn Clock>,
        EngineOptions::default(),
    );
    let other = other.await.unwrap();
    let applied = other.apply(&world.workspace, files("- { id: pause, wait: 1h }"), None, "other").await;
    assert!(matches!(applied.unwrap(), Applied::Applied { revision: 2, .. }));
    assert_eq!(world.engine.catalog(&world.workspace).revision, 1);
    let events = vec![event("ada", "Seen", json!({}), world.now())];
    let (answer, _) = tokio::join!(other.ingest(&world.workspace, events), async {
        tokio::task::yield_now().await;
        other.tick(Worker::Inputs, world.now()).await.unwrap()
    });
    answer.unwrap();
    world.happens("ada", "Seen", json!({})).await;
    let now = world.engine.catalog(&world.workspace).revision;
    assert_eq!(now, 2, "a node whose catalog is older than the document's reloads first");
}
