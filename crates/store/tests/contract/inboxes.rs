//! Inputs wait for their contact in order, once for each source, and a stuck one holds up only its contact.

use wend_store::{Changes, InboxRow, NewInbox, Store};

use crate::helper::*;

fn sources(rows: &[InboxRow]) -> Vec<&str> {
    rows.iter().map(|row| row.source.as_str()).collect()
}

async fn add(store: &Store, inbox_add: Vec<NewInbox>) {
    commit(store, &shop(), Changes { inbox_add, ..Changes::default() }).await;
}

#[test]
fn inputs_are_taken_in_order_and_once_for_each_source() {
    for_each_database(async |store| {
        add(store, vec![queued(2, "a"), queued(1, "b"), queued(2, "c"), queued(2, "a")]).await;
        add(store, vec![queued(1, "b"), queued(1, "d")]).await;
        let rows = ready(store, &shop(), 10).await;
        assert_eq!(sources(&rows), ["a", "b", "c", "d"]);
        assert_eq!(rows[0].input_json, "{\"input\":\"a\"}");
        assert_eq!(rows[0].created_at, at(5));
        assert_eq!(ready(store, &shop(), 1).await.len(), 1);
        assert_eq!(store.inbox_ready_workspaces().await.unwrap(), [shop()]);
        let mut work = store.begin(&shop()).await.unwrap();
        let with_inbox = work.contacts_with_inbox(&set([contact(1), contact(3)])).await.unwrap();
        assert_eq!(with_inbox, set([contact(1)]));
        drop(work);
        commit(store, &shop(), Changes { inbox_done: vec![rows[0].seq, rows[1].seq], ..Changes::default() })
            .await;
        assert_eq!(sources(&ready(store, &shop(), 10).await), ["c", "d"]);
        add(store, vec![queued(2, "a")]).await;
        assert_eq!(sources(&ready(store, &shop(), 10).await), ["c", "d", "a"]);
    });
}

#[test]
fn s3_15_a_stuck_input_holds_up_its_contact_and_nobody_else() {
    for_each_database(async |store| {
        add(store, vec![queued(1, "a"), queued(2, "b"), queued(1, "c")]).await;
        add(store, vec![NewInbox { stuck: Some("it panicked".to_owned()), ..queued(1, "a") }]).await;
        assert_eq!(sources(&ready(store, &shop(), 10).await), ["b"]);
        let stuck = store.stuck(&shop(), 10).await.unwrap();
        assert_eq!(sources(&stuck), ["a"]);
        assert_eq!(stuck[0].error.as_deref(), Some("it panicked"));
        let statistics = store.statistics(&shop()).await.unwrap();
        assert_eq!((statistics.inbox, statistics.stuck), (3, 1));
        let b = ready(store, &shop(), 10).await[0].seq;
        commit(store, &shop(), Changes { inbox_done: vec![b], ..Changes::default() }).await;
        assert_eq!(store.inbox_ready_workspaces().await.unwrap(), []);
        assert!(!store.stuck_release(&shop(), stuck[0].seq + 1_000, false, at(9)).await.unwrap());
        assert!(store.stuck_release(&shop(), stuck[0].seq, false, at(9)).await.unwrap());
        assert_eq!(sources(&ready(store, &shop(), 10).await), ["a", "c"]);
    });
}

#[test]
fn a_stuck_input_that_is_dropped_is_kept_in_the_audit() {
    for_each_database(async |store| {
        add(
            store,
            vec![NewInbox { stuck: Some("it panicked".to_owned()), ..queued(1, "a") }, queued(1, "b")],
        )
        .await;
        let stuck = store.stuck(&shop(), 10).await.unwrap();
        assert!(store.stuck_release(&shop(), stuck[0].seq, true, at(9)).await.unwrap());
        assert_eq!(sources(&ready(store, &shop(), 10).await), ["b"]);
        let audit = store.audit(&shop(), None, 10).await.unwrap();
        assert!(audit[0].what_json.contains("it panicked"), "{audit:?}");
        assert_eq!(audit[0].at, at(9));
    });
}
