use super::*;

fn pragma(connection: &Connection, name: &str) -> String {
    connection
        .query_row(&format!("SELECT CAST({name} AS TEXT) FROM pragma_{name}"), [], |row| row.get(0))
        .unwrap()
}

#[tokio::test]
async fn a_commit_is_on_the_disk_before_it_is_answered() {
    let folder = tempfile::tempdir().unwrap();
    let sqlite = Sqlite::open(folder.path()).await.unwrap();
    let settings = sqlite
        .turn()
        .await
        .run(|connection| Ok((pragma(connection, "journal_mode"), pragma(connection, "synchronous"))))
        .await
        .unwrap();
    // 2 is FULL.
    assert_eq!(settings, ("wal".to_owned(), "2".to_owned()));
}

#[tokio::test]
async fn a_reader_cannot_write() {
    let folder = tempfile::tempdir().unwrap();
    let sqlite = Sqlite::open(folder.path()).await.unwrap();
    sqlite.turn().await.run(|connection| script(connection, "CREATE TABLE a (b BIGINT)")).await.unwrap();
    let refused = sqlite.read(|connection| script(connection, "INSERT INTO a VALUES (1)")).await;
    assert!(matches!(refused, Err(Error::Unavailable { .. })), "{refused:?}");
}

#[tokio::test]
async fn a_transaction_that_is_dropped_gives_the_turn_to_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let sqlite = Sqlite::open(folder.path()).await.unwrap();
    sqlite.turn().await.run(|connection| script(connection, "CREATE TABLE a (b BIGINT)")).await.unwrap();
    for _ in 0..3 {
        let mut transaction = sqlite.begin().await.unwrap();
        transaction.script("INSERT INTO a VALUES (1)").await.unwrap();
    }
    let mut transaction = sqlite.begin().await.unwrap();
    let rows = transaction.fetch("SELECT b FROM a").await.unwrap();
    assert!(rows.is_empty());
}

#[tokio::test]
async fn a_begin_that_nobody_waits_for_any_more_leaves_no_transaction_open() {
    let folder = tempfile::tempdir().unwrap();
    let sqlite = Sqlite::open(folder.path()).await.unwrap();
    {
        let mut beginning = std::pin::pin!(sqlite.begin());
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        // It is on its way to the writer's thread, and is dropped there.
        drop(beginning.as_mut().poll(&mut context));
    }
    let transaction = sqlite.begin().await.unwrap();
    transaction.commit().await.unwrap();
}

#[test]
fn a_folder_that_cannot_be_made_is_unavailable_with_its_name() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let refused = take(&file.path().join("inside a file")).unwrap_err();
    assert!(refused.is_unavailable());
    assert!(refused.to_string().contains("inside a file"), "{refused}");
}
