//! A back-up of one database is a back-up of the other, and one that isn't whole is not loaded.

use std::io::{Read, Write};
use std::sync::{Arc, Mutex};

use wend_store::{
    CatalogRow, Changes, Erasure, Error, ImportPage, ImportRow, ImportStep, KeyRow, NewConsentChange,
    Publish, QuarantineRow, RefusedClaim, Store, SuppressionRow, TeamMember,
};

use crate::helper::*;

/// Where a back-up is written to.
#[derive(Clone, Default)]
struct Bytes(Arc<Mutex<Vec<u8>>>);

impl Write for Bytes {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

async fn dump(store: &Store) -> Vec<u8> {
    let bytes = Bytes::default();
    store.dump(at(1_000), bytes.clone()).await.unwrap();
    let bytes = bytes.0.lock().unwrap();
    bytes.clone()
}

/// Something in every table, some of it folded.
async fn fill(store: &Store) {
    store.workspace_create(&shop(), at(0)).await.unwrap();
    store.workspace_create(&"other".into(), at(1)).await.unwrap();
    let key = KeyRow {
        id: "k1".to_owned(),
        workspace: shop(),
        name: "Ingestion".to_owned(),
        scope: "ingest".to_owned(),
        hash: "hash".to_owned(),
        created_at: at(2),
        revoked_at: None,
    };
    store.key_create(key).await.unwrap();
    let member = TeamMember {
        id: "m1".to_owned(),
        workspace: shop(),
        email: "ada@shop.example".to_owned(),
        name: "Ada".to_owned(),
        scope: "admin".to_owned(),
        password: "hash".to_owned(),
        created_at: at(2),
        removed_at: None,
    };
    assert!(store.team_member_create(member, true).await.unwrap());
    let catalog = CatalogRow {
        revision: 1,
        at: at(3),
        by: "ada".to_owned(),
        portfolio_json: "{\"é\":\"\\u0000\"}".to_owned(),
    };
    assert_eq!(publish(store, 0, catalog).await.unwrap(), Publish::Published);
    let bad = QuarantineRow {
        id: "q1".to_owned(),
        at: at(4),
        reason: "no name".to_owned(),
        event_json: "{}".to_owned(),
        key_id: "k1".to_owned(),
    };
    store.quarantine_add(&shop(), vec![bad]).await.unwrap();
    store.audit_add(&shop(), at(5), "ada", "{}").await.unwrap();
    store.workspace_key_put(&shop(), "key", at(5)).await.unwrap();
    let erasure = Erasure {
        contacts: vec![contact(99)],
        texts: Vec::new(),
        accounts: Vec::new(),
        suppressed: vec![SuppressionRow {
            channel: "email".into(),
            hash: "h".to_owned(),
            address: None,
            reason: "erased".to_owned(),
            since: at(5),
            set_by: "ada".to_owned(),
        }],
        at: at(5),
        by: "ada".to_owned(),
    };
    store.erase(&shop(), erasure).await.unwrap();
    let change =
        NewConsentChange { contact: contact(1), id: "1".to_owned(), at: at(5), change_json: "{}".to_owned() };
    let claim = RefusedClaim {
        id: "c1".to_owned(),
        kind: "user_id".to_owned(),
        value: "ada".to_owned(),
        contact: contact(1),
        why: "taken".to_owned(),
        first_at: at(5),
        last_at: at(5),
        times: 1,
    };
    let changes =
        Changes { consent_changes: vec![change], refused_claims: vec![claim], ..Changes::default() };
    commit(store, &shop(), changes).await;
    fill_imports(store).await;
    assert_eq!(store.sender_room("main", "2026-11-22", 30, 50).await.unwrap(), 30);
    for round in 0..3 {
        let mut work = store.begin(&shop()).await.unwrap();
        work.claim_identities(&map([(user(&format!("ünïque {round}")), contact(round))])).await.unwrap();
        let id = message(6, round);
        let changes = Changes {
            contacts: vec![version(round, "\u{0}bytes\u{ff}", Some(10)), version(round + 10, "b", None)],
            history: vec![event(round, "Seen", 6), event(0, "Bought", 7)],
            messages: vec![message_row(id, round, "pending")],
            outbox: vec![outgoing(id, round, 8)],
            inbox_add: vec![queued(round, "source")],
            counters: map([("sent".to_owned(), 2)]),
            ..Changes::default()
        };
        work.commit(changes).await.unwrap();
        if round == 0 {
            tidy(store, at(9)).await;
            fold(store).await;
        }
    }
    crate::language::fill(store).await;
    crate::profiles::fill(store).await;
    store.claim_outbox(at(20), 1, &[]).await.unwrap();
}

async fn fill_imports(store: &Store) {
    let row = ImportRow {
        workspace: shop(),
        id: "i1".to_owned(),
        name: "people.csv".to_owned(),
        state: "receiving".to_owned(),
        revision: 0,
        about_json: "{}".to_owned(),
        progress_json: "{}".to_owned(),
        made_by: "ada".to_owned(),
        created_at: at(5),
        updated_at: at(5),
    };
    assert!(store.import_create(&row).await.unwrap());
    store.import_chunks_add(&shop(), "i1", 0, vec![b"id\n1\n".to_vec()]).await.unwrap();
    let step = ImportStep {
        id: "i1".to_owned(),
        revision: 0,
        state: "uploaded".to_owned(),
        about_json: None,
        progress_json: "{}".to_owned(),
        at: at(6),
        page: Some(ImportPage { kind: "check".to_owned(), n: 0, n_bad: 0, rows_json: "[]".to_owned() }),
    };
    assert!(store.import_move(&shop(), step).await.unwrap());
}

#[test]
fn a_dump_of_one_database_loads_into_the_other_and_gives_the_same_dump() {
    runtime().block_on(async {
        for from_sqlite in [true, false] {
            let (sqlite, postgres) = (Place::sqlite(), Place::postgres().await);
            let (from, to) = if from_sqlite { (&sqlite, &postgres) } else { (&postgres, &sqlite) };
            let source = from.open().await;
            fill(&source).await;
            let written = dump(&source).await;
            let report = Store::load(&to.database, std::io::Cursor::new(written.clone())).await.unwrap();
            assert!(report.rows.values().all(|n_rows| *n_rows > 0), "{:?}", report.rows);
            let target = to.open().await;
            assert_eq!(lines(&dump(&target).await), lines(&written));
            goes_on(&target).await;
        }
    });
}

/// A loaded database works like any other.
async fn goes_on(store: &Store) {
    let before = store.history(&shop(), contact(0), 0, 100).await.unwrap();
    let changes = Changes {
        history: vec![event(0, "Seen", 50)],
        inbox_add: vec![queued(1, "new")],
        ..Changes::default()
    };
    commit(store, &shop(), changes).await;
    let after = store.history(&shop(), contact(0), 0, 100).await.unwrap();
    assert_eq!(after[..before.len()], before);
    assert_eq!(after.len(), before.len() + 1);
    assert_eq!(store.contact_by_identifier(&shop(), &user("ünïque 1")).await.unwrap(), Some(contact(1)));
    assert_eq!(store.next_alarm().await.unwrap(), Some((shop(), at(10))));
    assert_eq!(store.orphaned_attempts(10).await.unwrap().len(), 2);
    assert_eq!(store.statistics(&shop()).await.unwrap().contacts, 6);
    let filter = wend_store::MessageFilter { contact: Some(contact(2)), limit: 5, ..Default::default() };
    assert_eq!(store.messages(&shop(), &filter).await.unwrap().len(), 1);
    let sources = ready(store, &shop(), 10).await.into_iter().map(|row| row.source);
    let sources: Vec<String> = sources.filter(|source| !source.starts_with("grant:")).collect();
    assert_eq!(sources, ["source", "source", "source", "new"]);
}

fn lines(dump: &[u8]) -> Vec<String> {
    let mut text = String::new();
    flate2::read::GzDecoder::new(dump).read_to_string(&mut text).unwrap();
    text.lines().map(ToOwned::to_owned).collect()
}

fn zip(lines: &[String]) -> Vec<u8> {
    let mut zipped = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    for line in lines {
        writeln!(zipped, "{line}").unwrap();
    }
    zipped.finish().unwrap()
}

#[test]
fn a_dump_that_is_cut_off_or_altered_is_refused_and_leaves_nothing() {
    for_each_place(async |place| {
        let source = Place::sqlite();
        let store = source.open().await;
        fill(&store).await;
        let whole = dump(&store).await;
        let text = lines(&whole);
        let mut altered = text.clone();
        altered[2] = altered[2].replace("other", "shopp").replace("shop\"", "shoq\"");
        let mut missing = text.clone();
        missing.remove(3);
        let mut longer = text.clone();
        longer.push("{}".to_owned());
        let mut renamed = text.clone();
        renamed[1] = renamed[1].replace("\"table\":\"workspace\"", "\"table\":\"elsewhere\"");
        let bad = [
            whole[..whole.len() / 2].to_vec(),
            whole[..whole.len() - 1].to_vec(),
            b"something else".to_vec(),
            Vec::new(),
            zip(&text[..text.len() - 1]),
            zip(&altered),
            zip(&missing),
            zip(&longer),
            zip(&renamed),
        ];
        for bytes in bad {
            let refused = Store::load(&place.database, std::io::Cursor::new(bytes)).await.unwrap_err();
            assert!(matches!(refused, Error::Backup { .. }), "{refused}");
        }
        Store::load(&place.database, std::io::Cursor::new(whole.clone())).await.unwrap();
        let refused = Store::load(&place.database, std::io::Cursor::new(whole)).await.unwrap_err();
        assert!(matches!(refused, Error::Misuse { .. }), "{refused}");
    });
}

#[test]
fn a_dump_that_is_taken_while_others_commit_is_of_one_moment() {
    for_each_database(async |store| {
        commit(store, &shop(), together(0)).await;
        let writing = async {
            for round in 1..60 {
                commit(store, &shop(), together(round)).await;
            }
        };
        let dumping = async {
            let mut dumps = Vec::new();
            for _ in 0..5 {
                dumps.push(dump(store).await);
            }
            dumps
        };
        let ((), dumps) = tokio::join!(writing, dumping);
        for dump in dumps {
            let loaded = Place::sqlite();
            Store::load(&loaded.database, std::io::Cursor::new(dump)).await.unwrap();
            let loaded = loaded.open().await;
            let round = loaded.contact_by_id(&shop(), contact(0)).await.unwrap().unwrap();
            for n in 0..30 {
                assert_eq!(loaded.contact_by_id(&shop(), contact(n * 77)).await.unwrap().unwrap(), round);
                let n_events = loaded.history(&shop(), contact(n * 77), 0, 100).await.unwrap().len();
                assert_eq!(n_events.to_string().into_bytes(), round);
            }
        }
    });
}

/// A commit after which every contact says how many events it has had.
fn together(round: u32) -> Changes {
    let numbers = || (0..30).map(|n| n * 77);
    Changes {
        contacts: numbers().map(|n| version(n, &format!("{}", round + 1), None)).collect(),
        history: numbers().map(|n| event(n, "Seen", 1)).collect(),
        ..Changes::default()
    }
}
