//! Catalogs, jobs, keys, quarantine, audit, counters and retention.

use wend_domain::policy::retention::Retention;
use wend_domain::time::{Period, Timestamp};
use wend_store::retention::{self, Kept, RETENTION};
use wend_store::{CatalogRow, Changes, Consequences, Error, JobPage, KeyRow, Publish, QuarantineRow, Store};

use crate::helper::*;

fn catalog(revision: u64) -> CatalogRow {
    CatalogRow {
        revision,
        at: at(revision as i64),
        by: "ada".to_owned(),
        portfolio_json: format!("{{\"n\":{revision}}}"),
    }
}

#[test]
fn a_catalog_is_published_on_top_of_the_one_that_was_looked_at() {
    for_each_database(async |store| {
        assert_eq!(store.catalog_latest(&shop()).await.unwrap(), None);
        assert_eq!(store.catalog_revision_number(&shop()).await.unwrap(), 0);
        for revision in 1..=2 {
            let published = publish(store, revision - 1, catalog(revision)).await.unwrap();
            assert_eq!(published, Publish::Published);
        }
        let late = publish(store, 1, catalog(2)).await.unwrap();
        assert_eq!(late, Publish::Conflict { revision: 2 });
        let gap = publish(store, 2, catalog(7)).await.unwrap_err();
        assert!(matches!(gap, Error::Misuse { .. }));
        assert_eq!(store.catalog_latest(&shop()).await.unwrap(), Some(catalog(2)));
        assert_eq!(store.catalog_at(&shop(), 1).await.unwrap(), Some(catalog(1)));
        assert_eq!(store.catalog_at(&shop(), 3).await.unwrap(), None);
        let nowhere = wend_domain::id::WorkspaceId::from("nowhere");
        let nowhere = store.publish_catalog(&nowhere, 0, catalog(1), Consequences::default()).await;
        let nowhere = nowhere.unwrap_err();
        assert!(nowhere.to_string().contains("create it first"), "{nowhere}");
    });
}

#[test]
fn a_job_goes_page_by_page_through_the_inboxes() {
    for_each_database(async |store| {
        let contacts = (0..3).map(|n| version(n, "a", None)).collect();
        commit(store, &shop(), Changes { contacts, ..Changes::default() }).await;
        publish(store, 0, catalog(1)).await.unwrap();
        let job = next_job(store, at(1)).await.unwrap();
        assert_eq!((job.kind.as_str(), job.revision, job.done, job.total), ("recompute", 1, 0, 3));
        let found = store.contacts_page(&shop(), job.cursor, 2).await.unwrap();
        let inputs: Vec<_> = found.iter().map(|(id, _)| (*id, "{}".to_owned(), job.id.clone())).collect();
        let cursor = Some(found[1].0);
        let page =
            JobPage { inputs, looked_at: 2, cursor, finished: false, next_at: at(7), result_json: None };
        assert!(store.job_advance(&job, page.clone()).await.unwrap());
        // Another node that had the same page is late.
        assert!(!store.job_advance(&job, page).await.unwrap());
        assert_eq!(next_job(store, at(6)).await, None);
        assert_eq!(store.next_job_at().await.unwrap(), Some(at(7)));
        let job = next_job(store, at(7)).await.unwrap();
        assert_eq!((job.cursor, job.done, job.looked_at, job.finished), (cursor, 2, 2, false));
        let last = JobPage { cursor, finished: true, looked_at: 1, ..JobPage::default() };
        assert!(store.job_advance(&job, last).await.unwrap());
        assert_eq!(next_job(store, at(9)).await, None);
        let job = &store.jobs(&shop()).await.unwrap()[0];
        assert_eq!((job.finished, job.looked_at, job.done), (true, 3, 2));
        assert_eq!(store.statistics(&shop()).await.unwrap().inbox, 2);
    });
}

#[test]
fn a_newer_catalog_takes_the_place_of_an_unfinished_job() {
    for_each_database(async |store| {
        publish(store, 0, catalog(1)).await.unwrap();
        publish(store, 1, catalog(2)).await.unwrap();
        assert_eq!(next_job(store, at(2)).await.unwrap().revision, 2);
        let jobs = store.jobs(&shop()).await.unwrap();
        assert_eq!(
            jobs.iter().map(|job| (job.revision, job.finished)).collect::<Vec<_>>(),
            [(2, false), (1, true)]
        );
    });
}

#[test]
fn a_workspace_is_created_once() {
    for_each_database(async |store| {
        assert!(!store.workspace_create(&shop(), at(1)).await.unwrap());
        assert!(store.workspace_create(&"Other".into(), at(1)).await.unwrap());
        assert_eq!(store.workspaces().await.unwrap(), ["Other".into(), shop()]);
    });
}

#[test]
fn a_key_is_found_by_its_hash_until_long_after_it_is_revoked() {
    for_each_database(async |store| {
        let key = |id: &str, created_at| KeyRow {
            id: id.to_owned(),
            workspace: shop(),
            name: "Shop".to_owned(),
            scope: "ingest".to_owned(),
            hash: format!("hash of {id}"),
            created_at: at(created_at),
            revoked_at: None,
        };
        store.key_create(key("b", 1)).await.unwrap();
        store.key_create(key("a", 2)).await.unwrap();
        assert_eq!(store.keys(&shop()).await.unwrap(), [key("b", 1), key("a", 2)]);
        assert_eq!(store.key_by_hash("hash of a").await.unwrap(), Some(key("a", 2)));
        assert_eq!(store.key_by_hash("hash").await.unwrap(), None);
        assert!(!store.key_revoke(&"other".into(), "a", at(3)).await.unwrap());
        assert!(store.key_revoke(&shop(), "a", at(3)).await.unwrap());
        assert!(!store.key_revoke(&shop(), "a", at(4)).await.unwrap());
        assert_eq!(store.key_by_hash("hash of a").await.unwrap().unwrap().revoked_at, Some(at(3)));
    });
}

fn bad(n: u32, millis: i64) -> QuarantineRow {
    QuarantineRow {
        id: message(millis, n).to_string(),
        at: at(millis),
        reason: "no name".to_owned(),
        event_json: "{}".to_owned(),
        key_id: "key".to_owned(),
    }
}

#[test]
fn the_quarantine_lists_latest_first_and_forgets_what_was_sent_again() {
    for_each_database(async |store| {
        store.quarantine_add(&shop(), (0..5).map(|n| bad(n, 1)).collect()).await.unwrap();
        store.quarantine_add(&shop(), vec![bad(4, 1)]).await.unwrap();
        let page = store.quarantine_list(&shop(), None, 2).await.unwrap();
        assert_eq!(page, [bad(4, 1), bad(3, 1)]);
        let next = store.quarantine_list(&shop(), Some(&page[1].id), 10).await.unwrap();
        assert_eq!(next, [bad(2, 1), bad(1, 1), bad(0, 1)]);
        assert!(store.quarantine_remove(&shop(), &bad(2, 1).id).await.unwrap());
        assert!(!store.quarantine_remove(&shop(), &bad(2, 1).id).await.unwrap());
        assert_eq!(store.quarantine_get(&shop(), &bad(2, 1).id).await.unwrap(), None);
        assert_eq!(store.quarantine_get(&shop(), &bad(1, 1).id).await.unwrap(), Some(bad(1, 1)));
    });
}

#[test]
fn the_quarantine_is_bounded_and_the_oldest_leave() {
    for_each_database(async |store| {
        for chunk in 0..11 {
            let rows = (0..10_000).map(|n| bad(n, chunk)).collect();
            store.quarantine_add(&shop(), rows).await.unwrap();
            assert!(store.statistics(&shop()).await.unwrap().quarantine <= 100_000);
        }
        assert_eq!(store.quarantine_get(&shop(), &bad(0, 0).id).await.unwrap(), None);
        assert!(store.quarantine_get(&shop(), &bad(0, 10).id).await.unwrap().is_some());
    });
}

#[test]
fn the_audit_is_read_latest_first() {
    for_each_database(async |store| {
        for n in 0..5 {
            store.audit_add(&shop(), at(n), "ada", &format!("{n}")).await.unwrap();
        }
        let page = store.audit(&shop(), None, 2).await.unwrap();
        assert_eq!(page.iter().map(|row| row.what_json.as_str()).collect::<Vec<_>>(), ["4", "3"]);
        let next = store.audit(&shop(), Some(page[1].seq), 10).await.unwrap();
        assert_eq!(next.iter().map(|row| row.what_json.as_str()).collect::<Vec<_>>(), ["2", "1", "0"]);
        assert_eq!(next[0].by, "ada");
    });
}

#[test]
fn counters_say_the_same_before_and_after_they_are_rolled_up() {
    for_each_database(async |store| {
        for _ in 0..5 {
            let counters = map([("sent".to_owned(), 2), ("failed".to_owned(), -1)]);
            commit(store, &shop(), Changes { counters, ..Changes::default() }).await;
            let report = tidy(store, at(1)).await;
            assert_eq!(report.rolled_up, 2);
        }
        let counters = map([("sent".to_owned(), 10), ("failed".to_owned(), -5)]);
        assert_eq!(store.counters(&shop()).await.unwrap(), counters);
    });
}

/// Lets the janitor go through the buckets that the test uses.
async fn clean(store: &Store, at: Timestamp) {
    for _ in 0..100 {
        tidy(store, at).await;
    }
}

#[test]
fn what_is_older_than_its_table_keeps_it_leaves() {
    const DAY: i64 = 86_400_000;
    for_each_database(async |store| {
        let (old, new) = (message(DAY, 1), message(700 * DAY, 2));
        let waiting = message(DAY, 3);
        let changes = Changes {
            history: vec![event(1, "Old", DAY), event(1, "New", 700 * DAY), event(4_096 + 50, "Old", DAY)],
            messages: [old, new, waiting].into_iter().map(|id| message_row(id, 1, "sent")).collect(),
            outbox: vec![outgoing(old, 1, 1), outgoing(new, 1, 1), outgoing(waiting, 1, 1)],
            outbox_settle: vec![old, new],
            ..Changes::default()
        };
        commit(store, &shop(), changes).await;
        store.quarantine_add(&shop(), vec![bad(1, DAY), bad(2, 720 * DAY)]).await.unwrap();
        fold(store).await;
        clean(store, at(732 * DAY)).await;
        let history = store.history(&shop(), contact(1), 0, 10).await.unwrap();
        assert_eq!(history.iter().map(|row| row.event.clone().unwrap()).collect::<Vec<_>>(), ["New".into()]);
        assert!(store.history(&shop(), contact(4_096 + 50), 0, 10).await.unwrap().is_empty());
        assert_eq!(store.message(&shop(), old).await.unwrap(), None);
        assert!(store.message(&shop(), new).await.unwrap().is_some());
        assert!(store.message(&shop(), waiting).await.unwrap().is_some());
        assert_eq!(store.message_payload(&shop(), new).await.unwrap(), None);
        assert!(store.message_payload(&shop(), waiting).await.unwrap().is_some());
        let filter = wend_store::MessageFilter { contact: Some(contact(1)), limit: 10, ..Default::default() };
        assert_eq!(store.messages(&shop(), &filter).await.unwrap().len(), 2);
        assert_eq!(store.quarantine_list(&shop(), None, 10).await.unwrap(), [bad(2, 720 * DAY)]);
    });
}

#[test]
fn each_workspace_keeps_its_rows_as_long_as_its_policies_say() {
    const DAY: i64 = 86_400_000;
    for_each_database(async |store| {
        // A hundred pieces go through as many buckets, the second hundred through the next ones.
        let history = vec![event(50, "Old", DAY), event(150, "Old", DAY)];
        commit(store, &shop(), Changes { history, ..Changes::default() }).await;
        store.quarantine_add(&shop(), vec![bad(1, DAY)]).await.unwrap();
        fold(store).await;
        let clean = async |kept: &Retention, at| {
            for _ in 0..100 {
                let next = store.next_sweep().await.unwrap();
                assert_eq!(next.workspace(), Some(&shop()));
                store.janitor(at, next, kept).await.unwrap();
            }
        };
        let mut kept = Retention::default();
        for table in ["history", "quarantine"] {
            kept.set(table, Period::from_millis(1_000 * DAY)).unwrap();
        }
        clean(&kept, at(800 * DAY)).await;
        assert_eq!(store.history(&shop(), contact(50), 0, 10).await.unwrap().len(), 1);
        assert_eq!(store.quarantine_list(&shop(), None, 10).await.unwrap().len(), 1);
        kept.set("history", Period::from_millis(30 * DAY)).unwrap();
        clean(&kept, at(800 * DAY)).await;
        assert!(store.history(&shop(), contact(150), 0, 10).await.unwrap().is_empty());
        assert_eq!(store.history(&shop(), contact(50), 0, 10).await.unwrap().len(), 1);
        assert_eq!(store.quarantine_list(&shop(), None, 10).await.unwrap().len(), 1);
    });
}

#[test]
fn every_table_has_a_stated_retention() {
    let migrations = [
        include_str!("../../migrations/0001_management.sql"),
        include_str!("../../migrations/0002_contact.postgres.sql"),
        include_str!("../../migrations/0003_language.sql"),
        include_str!("../../migrations/0004_posting.postgres.sql"),
        include_str!("../../migrations/0005_history.postgres.sql"),
        include_str!("../../migrations/0006_identity.sql"),
        include_str!("../../migrations/0007_profiles.postgres.sql"),
        include_str!("../../migrations/0008_audience.postgres.sql"),
        include_str!("../../migrations/0009_transfer.postgres.sql"),
        include_str!("../../migrations/0010_consent.sql"),
        include_str!("../../migrations/0011_team.sql"),
        include_str!("../../migrations/0012_sending.sql"),
        include_str!("../../migrations/0015_catalogues.sql"),
        include_str!("../../migrations/0016_past.postgres.sql"),
    ];
    let mut tables: Vec<&str> = migrations
        .iter()
        .flat_map(|text| text.lines())
        .filter_map(|line| line.strip_prefix("CREATE TABLE "))
        .map(|rest| rest.split(' ').next().unwrap())
        .collect();
    let mut stated: Vec<&str> = RETENTION.iter().map(|retention| retention.table).collect();
    tables.sort_unstable();
    stated.sort_unstable();
    assert_eq!(stated, tables);
    assert!(retention::page().contains("| `quarantine` |"));
    assert!(RETENTION.iter().any(|retention| retention.kept == Kept::Policies));
}
