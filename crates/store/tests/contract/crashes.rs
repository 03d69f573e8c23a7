//! What was committed survives a crash at any point, on SQLite, where a fold has many points.

use std::fmt::Write as _;

use wend_store::{Changes, Database, Error, MessageFilter, Store, StoreOptions};

use crate::helper::*;

/// All that can be read, as text.
async fn everything(store: &Store) -> String {
    let mut text = String::new();
    for (id, document) in store.contacts_page(&shop(), None, 1_000).await.unwrap() {
        let history = store.history(&shop(), id, 0, 1_000).await.unwrap();
        let filter = MessageFilter { contact: Some(id), limit: 1_000, ..MessageFilter::default() };
        let messages = store.messages(&shop(), &filter).await.unwrap();
        writeln!(text, "{id} {document:?} {history:?} {messages:?}").unwrap();
    }
    let due = due(store, &shop(), at(i64::MAX), 1_000).await;
    let statistics = store.statistics(&shop()).await.unwrap();
    write!(text, "{due:?} {:?} {} {}", statistics.outbox, statistics.inbox, statistics.history).unwrap();
    text
}

fn changes(round: u32) -> Changes {
    let numbers = || (0..40_u32).map(move |n| (n * 97 + round * 13) % 4_096);
    Changes {
        contacts: numbers()
            .map(|n| version(n, &format!("{n} in {round}"), Some(i64::from(round * n))))
            .collect(),
        history: numbers().map(|n| event(n, "Seen", i64::from(round))).collect(),
        messages: numbers()
            .take(5)
            .map(|n| message_row(message(i64::from(round), n), n, "pending"))
            .collect(),
        outbox: numbers().take(5).map(|n| outgoing(message(i64::from(round), n), n, 5)).collect(),
        inbox_add: vec![queued(round, "source")],
        ..Changes::default()
    }
}

#[test]
fn s8_5_a_crash_after_a_commit_loses_nothing_of_it() {
    runtime().block_on(async {
        let place = Place::sqlite();
        let store = place.open().await;
        store.workspace_create(&shop(), at(0)).await.unwrap();
        for round in 0..5 {
            commit(&store, &shop(), changes(round)).await;
            let crashed = place.crashed();
            let survivor = crashed.open().await;
            assert_eq!(everything(&survivor).await, everything(&store).await);
            if round == 2 {
                fold(&store).await;
            }
        }
    });
}

#[test]
fn a_crash_between_two_pieces_of_a_fold_loses_and_doubles_nothing() {
    runtime().block_on(async {
        let place = Place::sqlite();
        let store = place.open().await;
        store.workspace_create(&shop(), at(0)).await.unwrap();
        // Enough contacts for several pieces, of which some change while the fold is under way.
        for chunk in 0..50 {
            let contacts =
                (0..1_000).map(|n| version(chunk * 1_000 + n, "first", Some(i64::from(n)))).collect();
            let history = (0..10).map(|n| event(chunk * 1_000 + n, "Seen", 1)).collect();
            commit(&store, &shop(), Changes { contacts, history, ..Changes::default() }).await;
        }
        commit(&store, &shop(), changes(1)).await;
        let mut n_pieces = 0;
        loop {
            let report = tidy(&store, at(n_pieces * 60_000)).await;
            let crashed = place.crashed();
            let survivor = crashed.open().await;
            assert_eq!(everything(&survivor).await, everything(&store).await);
            // And a survivor goes on folding where it was.
            fold(&survivor).await;
            assert_eq!(everything(&survivor).await, everything(&store).await);
            if n_pieces > 1 && !report.more {
                break;
            }
            n_pieces += 1;
            commit(&store, &shop(), changes(n_pieces as u32 + 1)).await;
        }
        assert!(n_pieces >= 3, "{n_pieces}");
        assert_eq!(store.statistics(&shop()).await.unwrap().contacts, survivors(&store).await);
    });
}

async fn survivors(store: &Store) -> i64 {
    let mut last = None;
    let mut n_contacts = 0;
    loop {
        let page = store.contacts_page(&shop(), last, 5_000).await.unwrap();
        let Some((id, _)) = page.last() else { return n_contacts };
        last = Some(*id);
        n_contacts += page.len() as i64;
    }
}

#[test]
fn numbers_of_history_go_on_after_a_crash() {
    runtime().block_on(async {
        let place = Place::sqlite();
        let store = place.open().await;
        let history = |millis| Changes { history: vec![event(1, "Seen", millis)], ..Changes::default() };
        commit(&store, &shop(), history(1)).await;
        fold(&store).await;
        let crashed = place.crashed();
        let survivor = crashed.open().await;
        commit(&survivor, &shop(), history(2)).await;
        let seen = survivor.history(&shop(), contact(1), 0, 10).await.unwrap();
        assert_eq!(seen.iter().map(|row| row.at).collect::<Vec<_>>(), [at(1), at(2)]);
        assert!(seen[0].seq < seen[1].seq);
    });
}

#[test]
fn a_folder_belongs_to_one_process() {
    runtime().block_on(async {
        let place = Place::sqlite();
        let store = place.open().await;
        let options = StoreOptions {
            database: place.database.clone(),
            node: "another".to_owned(),
            tail_changes_max: 10,
            tail_bytes_max: 10,
        };
        let refused = Store::open(options).await.err().unwrap();
        assert!(matches!(refused, Error::Taken { .. }), "{refused}");
        assert!(refused.to_string().contains("stop that one"), "{refused}");
        store.close().await.unwrap();
        place.open().await.close().await.unwrap();
    });
}

#[test]
fn a_database_of_a_newer_version_is_refused() {
    for_each_place(async |place| {
        let applied = Store::migrate(&place.database).await.unwrap();
        assert_eq!(
            applied,
            [
                "0001_management",
                "0002_contact",
                "0003_language",
                "0004_posting",
                "0005_history",
                "0006_identity",
                "0007_profiles",
                "0008_audience",
                "0009_transfer",
                "0010_consent",
                "0011_team",
                "0012_sending",
                "0015_catalogues",
                "0016_past"
            ]
        );
        assert_eq!(Store::migrate(&place.database).await.unwrap(), Vec::<String>::new());
        let newer = "INSERT INTO migration (number, name, hash) VALUES (1000, '1000_future', '')";
        match &place.database {
            Database::Sqlite { folder } => {
                rusqlite::Connection::open(folder.join("wend.db")).unwrap().execute_batch(newer).unwrap();
            }
            Database::Postgres { url } => administer(url, newer).await,
        }
        let refused = Store::migrate(&place.database).await.unwrap_err();
        assert!(matches!(refused, Error::TooNew { found: 1000, known: 16 }), "{refused}");
    });
}

#[test]
fn a_migration_that_was_edited_after_it_was_applied_is_refused() {
    for_each_place(async |place| {
        Store::migrate(&place.database).await.unwrap();
        let edited = "UPDATE migration SET hash = 'another' WHERE number = 1";
        match &place.database {
            Database::Sqlite { folder } => {
                rusqlite::Connection::open(folder.join("wend.db")).unwrap().execute_batch(edited).unwrap();
            }
            Database::Postgres { url } => administer(url, edited).await,
        }
        let refused = Store::migrate(&place.database).await.unwrap_err();
        assert!(matches!(refused, Error::Inconsistent { table: "migration", .. }), "{refused}");
    });
}
