use wend_domain::time::Timestamp;

use super::*;
use crate::driver::Driver;
use crate::driver::sqlite::script;
use crate::{Database, Store, StoreOptions};

async fn open(folder: &std::path::Path) -> Store {
    let options = StoreOptions {
        database: Database::Sqlite { folder: folder.to_owned() },
        node: "node".to_owned(),
        tail_changes_max: 1_000,
        tail_bytes_max: 1_000_000,
    };
    Store::open(options).await.unwrap()
}

async fn run_on_writer(store: &Store, text: &'static str) {
    let Driver::Sqlite(sqlite) = &store.inner.driver else { panic!("a folder was opened") };
    sqlite.turn().await.run(move |connection| script(connection, text)).await.unwrap();
}

fn version(n: u8, n_bytes: usize) -> Changes {
    let id = ContactId::hashed(Timestamp::from_millis(0), &[&[n]]);
    let contacts = vec![ContactChange { id, document: vec![n; n_bytes], alarm: None }];
    Changes { contacts, ..Changes::default() }
}

async fn commit(store: &Store, changes: Changes) -> Result<(), Error> {
    store.begin(&WorkspaceId::from("shop")).await.unwrap().commit(changes).await
}

#[tokio::test]
async fn a_full_disk_is_unavailable_and_work_goes_on_when_there_is_room_again() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    commit(&store, version(1, 100)).await.unwrap();
    // SQLite answers the same when the file may not grow as when the disk is full.
    run_on_writer(&store, "PRAGMA max_page_count = 1").await;
    let full = commit(&store, version(2, 50_000_000)).await.unwrap_err();
    assert!(full.is_unavailable(), "{full}");
    run_on_writer(&store, "PRAGMA max_page_count = 4294967294").await;
    commit(&store, version(3, 100)).await.unwrap();
    let page = store.contacts_page(&WorkspaceId::from("shop"), None, 10).await.unwrap();
    let mut documents: Vec<u8> = page.iter().map(|(_, document)| document[0]).collect();
    documents.sort_unstable();
    assert_eq!(documents, [1, 3]);
}

#[tokio::test]
async fn a_commit_that_nobody_waits_for_is_whole_or_not_there() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    for n in 0..20 {
        let work = store.begin(&WorkspaceId::from("shop")).await.unwrap();
        let mut committing = Box::pin(work.commit(version(n, 1_000)));
        // Polled a few times only, so that it is dropped at another await each time.
        for _ in 0..n % 5 {
            let polled = std::future::poll_fn(|context| {
                std::task::Poll::Ready(Future::poll(committing.as_mut(), context))
            });
            if polled.await.is_ready() {
                break;
            }
            tokio::task::yield_now().await;
        }
    }
    let before = store.contacts_page(&WorkspaceId::from("shop"), None, 100).await.unwrap();
    store.fold_all().await.unwrap();
    let page = store.contacts_page(&WorkspaceId::from("shop"), None, 100).await.unwrap();
    assert!(page.len() >= before.len());
    let statistics = store.statistics(&WorkspaceId::from("shop")).await.unwrap();
    assert_eq!(statistics.contacts, page.len() as i64);
    assert_eq!(statistics.tail_changes, 0);
}
