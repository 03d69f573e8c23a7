//! What an older version has written, a newer one reads.

use wend_domain::id::{ContactId, WorkspaceId};
use wend_domain::time::Timestamp;

use super::*;
use crate::driver::sqlite::script;
use crate::history::NewHistory;
use crate::open;
use crate::{Changes, Database, HistoryRow, Store, StoreOptions};

/// The schema in which the fold moved history into a table keyed by contact.
const N_BEFORE_HISTORY: usize = 4;

/// A contact whose bucket is its number.
fn contact(n: u16) -> ContactId {
    format!("{n:032x}").parse().unwrap()
}

/// What the older version wrote: rows 1 to 3 were folded long ago, 4 to 7 are in the log, a fold is under way that has
/// brought those up to 6 of the buckets below 2,000 into the keyed table, and 7 came after it had begun.
fn older() -> String {
    let (low, high) = (contact(5), contact(3_000));
    let values = |seq: i64, contact: ContactId| {
        format!("{seq}, 'shop', '{contact}', {seq}, 1, 'Seen', {seq}, 'input {seq}', 'record {seq}'")
    };
    let keyed = |seq: i64, contact: ContactId, bucket: u16| {
        let values = values(seq, contact);
        format!(
            "INSERT INTO history (seq, workspace, contact, at, catalog_revision, event, occurred_at, input_json,
                                  record_json, bucket) VALUES ({values}, {bucket});"
        )
    };
    let logged = |seq, contact| format!("INSERT INTO history_log VALUES ({});", values(seq, contact));
    [
        "UPDATE fold SET until_seq = 6, next_bucket = 2000;".to_owned(),
        keyed(1, low, 5),
        keyed(2, high, 3_000),
        keyed(3, low, 5),
        keyed(4, low, 5),
        keyed(6, low, 5),
        logged(4, low),
        logged(5, high),
        logged(6, low),
        logged(7, low),
    ]
    .concat()
}

async fn seqs(store: &Store, contact: ContactId) -> Vec<i64> {
    let rows = store.history(&WorkspaceId::from("shop"), contact, 0, 100).await.unwrap();
    for HistoryRow { seq, input_json, record_json, at, .. } in &rows {
        assert_eq!((input_json, record_json), (&format!("input {seq}"), &format!("record {seq}")));
        assert_eq!(*at, Timestamp::from_millis(*seq));
    }
    rows.into_iter().map(|row| row.seq).collect()
}

#[tokio::test]
async fn history_of_an_older_version_in_the_middle_of_a_fold_is_all_there_afterwards() {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::Sqlite { folder: folder.path().to_owned() };
    let driver = open::connect(&database).await.unwrap();
    migrate_with(&driver, &MIGRATIONS[..N_BEFORE_HISTORY]).await.unwrap();
    let Driver::Sqlite(sqlite) = &driver else { panic!("a folder was opened") };
    sqlite.turn().await.run(|connection| script(connection, &older())).await.unwrap();
    open::close(driver).await.unwrap();

    let options = StoreOptions {
        database,
        node: "node".to_owned(),
        tail_changes_max: 1_000,
        tail_bytes_max: 1_000_000,
    };
    let store = Store::open(options).await.unwrap();
    for _ in 0..2 {
        assert_eq!(seqs(&store, contact(5)).await, [1, 3, 4, 6, 7]);
        assert_eq!(seqs(&store, contact(3_000)).await, [2, 5]);
        store.fold_all().await.unwrap();
    }
    let new = NewHistory {
        contact: contact(5),
        at: Timestamp::from_millis(8),
        catalog_revision: 1,
        event: None,
        occurred_at: None,
        input_json: "input 8".to_owned(),
        record_json: "record 8".to_owned(),
    };
    let changes = Changes { history: vec![new], ..Changes::default() };
    store.begin(&WorkspaceId::from("shop")).await.unwrap().commit(changes).await.unwrap();
    assert_eq!(seqs(&store, contact(5)).await, [1, 3, 4, 6, 7, 8]);
}
