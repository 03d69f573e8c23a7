//! Who is erased is gone: from every table, and from the files once they are compacted.

use std::path::Path;

use tokio_postgres::NoTls;
use wend_domain::id::Channel;
use wend_store::{
    Changes, Database, Erasure, NewConsentChange, Posting, PostingPair, QuarantineRow, RefusedClaim, Store,
    SuppressionRow, TaskRow, TermChange,
};

use crate::helper::*;

/// What stands in everything of the person who is erased, and nowhere else.
const SECRET: &str = "zqx-ada-lovelace";

/// What stands in everything of somebody else.
const OTHER: &str = "vwk-bob-builder";

/// The tables that have something of a contact, and are looked through when one is erased. Who adds a table with a
/// contact adds it to `erase.rs` and here.
const WITH_CONTACT: &[&str] = &[
    "account_member",
    "alarm",
    "consent_change",
    "contact",
    "contact_log",
    "contact_message",
    "contact_term",
    "contact_term_log",
    "entry_request",
    "erased",
    "history",
    "history_key",
    "history_log",
    "identity",
    "inbox",
    "job_contact",
    "message",
    "message_log",
    "outbox",
    "posting",
    "posting_log",
    "refused_claim",
    "task",
    "trait_delta",
    "trait_seen",
];

fn task(n: u32, text: &str) -> TaskRow {
    TaskRow {
        id: message(40, n),
        contact: contact(n),
        run: message_row(message(40, n), n, "open").run,
        workflow: "welcome".into(),
        version: 1,
        step: "call".into(),
        assignee: "sales".to_owned(),
        title: Some(text.to_owned()),
        note: None,
        outcomes_json: "[]".to_owned(),
        opened_at: at(1),
        due_at: at(2),
        escalated: false,
        state: "open".to_owned(),
        outcome: None,
        outcome_note: None,
        done_by: None,
        claimed_by: None,
        updated_at: at(1),
    }
}

fn suppressed(n: u32, address: Option<&str>) -> SuppressionRow {
    SuppressionRow {
        channel: Channel::from("email"),
        hash: format!("hash-{n}"),
        address: address.map(ToOwned::to_owned),
        reason: "bounced".to_owned(),
        since: at(1),
        set_by: "contact".to_owned(),
    }
}

/// A contact with something in every table, all of it with a text.
async fn fill(store: &Store, n: u32, text: &str) {
    let mut work = store.begin(&shop()).await.unwrap();
    work.claim_identities(&map([(user(text), contact(n))])).await.unwrap();
    let mut happened = event(n, "Seen", 10);
    happened.input_json = format!("{{\"event\":\"{text}\"}}");
    let mut row = message_row(message(20, n), n, "pending");
    row.address = format!("{text}@example.com");
    let mut outgoing = outgoing(message(20, n), n, 30);
    outgoing.payload_json = format!("{{\"to\":\"{text}\"}}");
    let mut waiting = queued(n, "s");
    waiting.input_json = format!("{{\"input\":\"{text}\"}}");
    let pair = PostingPair { event: "Seen".into(), property: "name".to_owned() };
    let changes = Changes {
        contacts: vec![version(n, &format!("{{\"name\":\"{text}\"}}"), Some(50))],
        history: vec![happened],
        messages: vec![row],
        outbox: vec![outgoing],
        inbox_add: vec![waiting],
        tasks: vec![task(n, text)],
        postings: vec![Posting { pair, value: text.to_owned(), contact: contact(n), occurred_at: at(9) }],
        consent_changes: vec![NewConsentChange {
            contact: contact(n),
            id: "1".to_owned(),
            at: at(10),
            change_json: format!("{{\"source\":\"{text}\"}}"),
        }],
        suppress: vec![suppressed(n, Some(&format!("{text}@example.com")))],
        terms: vec![TermChange { contact: contact(n), term: format!("n:{text}"), present: true }],
        refused_claims: vec![RefusedClaim {
            id: format!("claim-{n}"),
            kind: "user_id".to_owned(),
            value: text.to_owned(),
            contact: contact(n),
            why: "taken".to_owned(),
            first_at: at(1),
            last_at: at(1),
            times: 1,
        }],
        ..Changes::default()
    };
    work.commit(changes).await.unwrap();
    let refused = QuarantineRow {
        id: format!("q{n}"),
        at: at(4),
        reason: "no name".to_owned(),
        event_json: format!("{{\"userId\":\"{text}\"}}"),
        key_id: "k1".to_owned(),
    };
    store.quarantine_add(&shop(), vec![refused]).await.unwrap();
    store.audit_add(&shop(), at(5), "ana", &format!("{{\"suppressed\":\"{text}\"}}")).await.unwrap();
}

async fn erase(store: &Store) {
    let erasure = Erasure {
        contacts: vec![contact(1)],
        texts: vec![format!("\"{SECRET}\"")],
        accounts: Vec::new(),
        suppressed: vec![SuppressionRow { reason: "erased".to_owned(), ..suppressed(1, None) }],
        at: at(100),
        by: "ana".to_owned(),
    };
    store.erase(&shop(), erasure).await.unwrap();
}

/// The files of a folder in which a text stands.
fn stands_in(folder: &Path, text: &str) -> Vec<String> {
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let found = files.filter(|file| {
        let bytes = std::fs::read(file).unwrap();
        bytes.windows(text.len()).any(|part| part == text.as_bytes())
    });
    found.map(|file| file.display().to_string()).collect()
}

/// The tables, indexes and overflows of a PostgreSQL database in whose files a text stands, as the server reads them.
async fn stands_in_postgres(place: &Place, text: &str) -> Vec<String> {
    let Database::Postgres { url } = &place.database else { panic!("only PostgreSQL is asked") };
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    let connection = tokio::spawn(connection);
    let rows = client
        .query(
            "SELECT relname::text FROM pg_class
             WHERE relkind IN ('r', 'i', 't') AND pg_relation_filepath(oid) IS NOT NULL
             AND position($1::bytea IN pg_read_binary_file(pg_relation_filepath(oid))) > 0",
            &[&text.as_bytes()],
        )
        .await
        .unwrap();
    drop(client);
    connection.await.unwrap().unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

/// The files in which a text stands.
async fn stands(place: &Place, text: &str) -> Vec<String> {
    if place.is_sqlite() { stands_in(&place.folder(), text) } else { stands_in_postgres(place, text).await }
}

#[test]
fn nothing_of_an_erased_person_is_left_in_the_files_after_compaction() {
    for_each_place(async |place| {
        let store = place.open().await;
        store.workspace_create(&shop(), at(0)).await.unwrap();
        fill(&store, 1, SECRET).await;
        fold(&store).await;
        fill(&store, 2, OTHER).await;
        erase(&store).await;
        store.compact().await.unwrap();
        assert_eq!(stands(place, SECRET).await, Vec::<String>::new());
        assert!(!stands(place, OTHER).await.is_empty());
        store.close().await.unwrap();
        assert_eq!(stands(place, SECRET).await, Vec::<String>::new());
        let store = place.open().await;
        assert_eq!(
            store.contact_by_id(&shop(), contact(2)).await.unwrap().unwrap(),
            format!("{{\"name\":\"{OTHER}\"}}").as_bytes()
        );
        store.close().await.unwrap();
    });
}

#[test]
fn no_query_finds_anything_of_an_erased_person() {
    for_each_database(async |store| {
        fill(store, 1, SECRET).await;
        fill(store, 2, OTHER).await;
        erase(store).await;
        assert_eq!(store.contact_by_id(&shop(), contact(1)).await.unwrap(), None);
        assert_eq!(store.contact_by_identifier(&shop(), &user(SECRET)).await.unwrap(), None);
        assert_eq!(store.history(&shop(), contact(1), 0, 10).await.unwrap(), []);
        assert_eq!(store.consent_changes(&shop(), contact(1), "", 10).await.unwrap(), []);
        assert_eq!(store.message(&shop(), message(20, 1)).await.unwrap(), None);
        assert_eq!(store.message_payload(&shop(), message(20, 1)).await.unwrap(), None);
        assert_eq!(ready(store, &shop(), 10).await.len(), 1);
        assert_eq!(store.quarantine_list(&shop(), None, 10).await.unwrap().len(), 1);
        let audit = store.audit(&shop(), None, 10).await.unwrap();
        assert!(audit.iter().all(|row| !row.what_json.contains(SECRET)), "{audit:?}");
        assert_eq!(audit.len(), 2, "who did something and when stays");
        assert_eq!(store.erased_at(&shop(), contact(1)).await.unwrap(), Some(at(100)));
        assert_eq!(store.erased_at(&shop(), contact(2)).await.unwrap(), None);
        // What others have stays.
        assert_eq!(store.history(&shop(), contact(2), 0, 10).await.unwrap().len(), 1);
        assert_eq!(store.consent_changes(&shop(), contact(2), "", 10).await.unwrap().len(), 1);
        assert!(store.message(&shop(), message(20, 2)).await.unwrap().is_some());
    });
}

#[test]
fn the_address_of_an_erased_person_stays_suppressed_without_being_known_and_is_never_taken_back() {
    for_each_database(async |store| {
        fill(store, 1, SECRET).await;
        erase(store).await;
        let found = store.suppressed(&shop(), &["hash-1".to_owned(), "hash-2".to_owned()]).await.unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!((found["hash-1"].address.as_deref(), found["hash-1"].reason.as_str()), (None, "erased"));
        assert!(!store.suppression_remove(&shop(), "hash-1").await.unwrap());
        let changes = Changes { unsuppress: vec!["hash-1".to_owned()], ..Changes::default() };
        commit(store, &shop(), changes).await;
        assert_eq!(store.suppressions(&shop(), "", 10).await.unwrap().len(), 1);
    });
}

#[test]
fn an_identifier_of_an_erased_person_can_be_claimed_anew() {
    for_each_database(async |store| {
        fill(store, 1, SECRET).await;
        erase(store).await;
        let mut work = store.begin(&shop()).await.unwrap();
        let granted = work.claim_identities(&map([(user(SECRET), contact(3))])).await.unwrap();
        assert_eq!(granted[&user(SECRET)], contact(3));
        work.commit(Changes::default()).await.unwrap();
    });
}

#[test]
fn every_table_with_a_contact_is_looked_through() {
    runtime().block_on(async {
        let place = Place::sqlite();
        place.open().await.close().await.unwrap();
        let mut files = std::fs::read_dir(place.folder()).unwrap().map(|entry| entry.unwrap().path());
        let file = files.find(|path| path.extension().is_some_and(|extension| extension == "db")).unwrap();
        let connection = rusqlite::Connection::open(file).unwrap();
        let text = "SELECT DISTINCT tables.name FROM sqlite_master AS tables, pragma_table_info(tables.name) AS columns
                    WHERE tables.type IN ('table', 'view') AND columns.name LIKE '%contact%' ORDER BY tables.name";
        let mut statement = connection.prepare(text).unwrap();
        let names = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
        let names: Vec<String> = names.map(Result::unwrap).filter(|name| name != "job").collect();
        assert_eq!(names, WITH_CONTACT);
    });
}
