//! The one helper that knows how a store is opened, filled and thrown away.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use wend_domain::id::{ContactId, MessageId, RunId, WorkspaceId};
use wend_domain::identity::{Identifier, IdentifierKind};
use wend_domain::policy::retention::Retention;
use wend_domain::time::Timestamp;
use wend_store::{
    CatalogRow, Changes, Consequences, ContactChange, Database, Error, InboxRow, JanitorReport, Job,
    MessageRow, NewHistory, NewInbox, NewJob, NewOutbox, Publish, PutBack, RECOMPUTE, Store, StoreOptions,
};

/// Names the PostgreSQL in which tests may create databases.
const POSTGRES: &str = "WEND_TEST_POSTGRES";

static N_PLACES: AtomicU32 = AtomicU32::new(0);
static N_NODES: AtomicU32 = AtomicU32::new(0);

/// Lets the janitor do a piece, keeping everything as long as usual.
pub async fn tidy(store: &Store, at: Timestamp) -> JanitorReport {
    let next = store.next_sweep().await.unwrap();
    store.janitor(at, next, &Retention::default()).await.unwrap()
}

/// A database of its own, which is thrown away at the end.
pub struct Place {
    pub database: Database,
    _folder: Option<tempfile::TempDir>,
    dropped: Option<(String, String)>,
}

impl Place {
    pub fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::Sqlite { folder: folder.path().to_owned() };
        Self { database, _folder: Some(folder), dropped: None }
    }

    pub async fn postgres() -> Self {
        let server = std::env::var(POSTGRES).expect("run cargo xtask test");
        let name = format!("wend_test_{}_{}", std::process::id(), N_PLACES.fetch_add(1, Ordering::Relaxed));
        administer(&server, &format!("CREATE DATABASE {name} TEMPLATE template0")).await;
        let (host, _) = server.rsplit_once('/').unwrap();
        let database = Database::Postgres { url: format!("{host}/{name}") };
        Self { database, _folder: None, dropped: Some((server, name)) }
    }

    pub fn folder(&self) -> PathBuf {
        match &self.database {
            Database::Sqlite { folder } => folder.clone(),
            Database::Postgres { .. } => panic!("only SQLite has a folder"),
        }
    }

    pub fn is_sqlite(&self) -> bool {
        matches!(self.database, Database::Sqlite { .. })
    }

    /// A new process, so to say.
    pub async fn open(&self) -> Store {
        self.open_with_tail(1_000_000, 1_000_000_000).await
    }

    pub async fn open_with_tail(&self, tail_changes_max: usize, tail_bytes_max: usize) -> Store {
        let node = format!("node-{}", N_NODES.fetch_add(1, Ordering::Relaxed));
        let options =
            StoreOptions { database: self.database.clone(), node, tail_changes_max, tail_bytes_max };
        Store::open(options).await.unwrap()
    }

    /// Runs a statement on the server that holds this database, as its administrator.
    pub async fn administer(&self, statement: &str) {
        let (server, _) = self.dropped.as_ref().expect("only PostgreSQL is administered");
        administer(server, statement).await;
    }

    pub fn name(&self) -> &str {
        &self.dropped.as_ref().expect("only PostgreSQL databases have names").1
    }

    /// The files as a crash would leave them now, in another place.
    pub fn crashed(&self) -> Self {
        let other = Self::sqlite();
        copy(&self.folder(), &other.folder());
        other
    }
}

fn copy(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        // The shared memory beside the log doesn't survive a crash.
        if path.extension().is_none_or(|extension| extension != "db-shm") {
            std::fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let Some((server, name)) = self.dropped.take() else { return };
        let cleaning = std::thread::spawn(move || {
            let drop = format!("DROP DATABASE {name} WITH (FORCE)");
            runtime().block_on(administer(&server, &drop));
        });
        let _cleaned = cleaning.join();
    }
}

pub async fn administer(server: &str, statement: &str) {
    let (client, connection) = tokio_postgres::connect(server, tokio_postgres::NoTls).await.unwrap();
    let connection = tokio::spawn(connection);
    client.batch_execute(statement).await.unwrap();
    drop(client);
    connection.await.unwrap().unwrap();
}

pub fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

/// Runs a test on both databases, each in a place of its own.
#[expect(clippy::needless_pass_by_value, reason = "a test is written where it is handed over")]
pub fn for_each_place(test: impl AsyncFn(&Place)) {
    runtime().block_on(async {
        test(&Place::sqlite()).await;
        test(&Place::postgres().await).await;
    });
}

/// The same with a store that is open.
#[expect(clippy::needless_pass_by_value, reason = "a test is written where it is handed over")]
pub fn for_each_database(test: impl AsyncFn(&Store)) {
    for_each_place(async |place| {
        let store = place.open().await;
        store.workspace_create(&shop(), at(0)).await.unwrap();
        test(&store).await;
        store.close().await.unwrap();
    });
}

pub fn shop() -> WorkspaceId {
    WorkspaceId::from("shop")
}

pub fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

/// A contact whose number decides its bucket.
pub fn contact(n: u32) -> ContactId {
    format!("{n:032x}").parse().unwrap()
}

/// A message that was wanted at an instant.
pub fn message(millis: i64, n: u32) -> MessageId {
    format!("{millis:012x}{n:020x}").parse().unwrap()
}

pub fn user(name: &str) -> Identifier {
    Identifier { kind: IdentifierKind::UserId, value: name.to_owned() }
}

pub fn anonymous(name: &str) -> Identifier {
    Identifier { kind: IdentifierKind::AnonymousId, value: name.to_owned() }
}

pub fn set<T: Ord>(items: impl IntoIterator<Item = T>) -> BTreeSet<T> {
    items.into_iter().collect()
}

pub fn map<K: Ord, V>(items: impl IntoIterator<Item = (K, V)>) -> BTreeMap<K, V> {
    items.into_iter().collect()
}

pub fn version(n: u32, document: &str, alarm: Option<i64>) -> ContactChange {
    ContactChange { id: contact(n), document: document.as_bytes().to_vec(), alarm: alarm.map(at) }
}

pub fn event(n: u32, name: &str, millis: i64) -> NewHistory {
    NewHistory {
        contact: contact(n),
        at: at(millis),
        catalog_revision: 1,
        event: Some(name.into()),
        occurred_at: Some(at(millis - 1)),
        input_json: format!("{{\"event\":\"{name}\"}}"),
        record_json: "[]".to_owned(),
    }
}

pub fn message_row(id: MessageId, n: u32, state: &str) -> MessageRow {
    MessageRow {
        id,
        contact: contact(n),
        run: RunId::hashed(at(0), &[b"run"]),
        workflow: "welcome".into(),
        version: 1,
        step: "hello".into(),
        channel: "email".into(),
        category: "news".into(),
        template: "hello".into(),
        state: state.to_owned(),
        detail_json: "{}".to_owned(),
        address: "ada@example.com".to_owned(),
        created_at: at(1),
        updated_at: at(2),
    }
}

pub fn outgoing(id: MessageId, n: u32, due_at: i64) -> NewOutbox {
    NewOutbox {
        message: id,
        contact: contact(n),
        channel: "email".into(),
        workflow: "welcome".into(),
        due_at: at(due_at),
        expires_at: None,
        payload_json: format!("{{\"to\":\"{n}\"}}"),
    }
}

/// A claimed row that can be claimed again at once.
pub fn put_back(message: MessageId) -> PutBack {
    PutBack { workspace: shop(), message, until: None }
}

pub fn queued(n: u32, source: &str) -> NewInbox {
    NewInbox {
        contact: contact(n),
        source: source.to_owned(),
        input_json: format!("{{\"input\":\"{source}\"}}"),
        stuck: None,
        at: at(5),
    }
}

/// Publishes a catalog and tells every contact of it.
pub async fn publish(store: &Store, expected: u64, row: CatalogRow) -> Result<Publish, Error> {
    let jobs = vec![recompute(row.revision, row.at)];
    store.publish_catalog(&shop(), expected, row, Consequences { jobs, ..Consequences::default() }).await
}

pub fn recompute(revision: u64, made_at: Timestamp) -> NewJob {
    NewJob {
        id: format!("recompute-{revision}"),
        kind: RECOMPUTE.to_owned(),
        revision,
        params_json: "{}".to_owned(),
        pace: None,
        by: "ada".to_owned(),
        contacts: None,
        at: made_at,
        begins_at: made_at,
    }
}

/// The only job that can go on.
pub async fn next_job(store: &Store, now: Timestamp) -> Option<Job> {
    store.jobs_ready(now).await.unwrap().into_iter().next()
}

pub async fn commit(store: &Store, workspace: &WorkspaceId, changes: Changes) {
    store.begin(workspace).await.unwrap().commit(changes).await.unwrap();
}

/// Folds what there is to fold.
pub async fn fold(store: &Store) {
    store.fold_all().await.unwrap();
}

/// The contacts whose alarm is due; nothing is locked afterwards.
pub async fn due(store: &Store, workspace: &WorkspaceId, until: Timestamp, limit: usize) -> Vec<ContactId> {
    let mut work = store.begin(workspace).await.unwrap();
    let due = work.due_alarms(until, limit).await.unwrap();
    work.commit(Changes::default()).await.unwrap();
    due
}

/// The inputs that can be taken; nothing is locked afterwards.
pub async fn ready(store: &Store, workspace: &WorkspaceId, limit: usize) -> Vec<InboxRow> {
    let mut work = store.begin(workspace).await.unwrap();
    let ready = work.inbox_ready(limit).await.unwrap();
    work.commit(Changes::default()).await.unwrap();
    ready
}
