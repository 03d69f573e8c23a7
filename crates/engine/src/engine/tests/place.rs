//! A database of a test's own, thrown away at the end.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tempfile::TempDir;
use wend_store::{Database, Gate, Store, StoreOptions};

/// Names the PostgreSQL in which tests may create databases.
const POSTGRES: &str = "WEND_TEST_POSTGRES";

static PLACES: AtomicUsize = AtomicUsize::new(0);

/// Every start of the process has a name of its own.
static NODES: AtomicUsize = AtomicUsize::new(0);

/// A database of a test's own.
pub(super) struct Place {
    database: Database,
    _folder: Option<TempDir>,
    /// The server and the database to drop.
    dropped: Option<(String, String)>,
}

impl Place {
    pub(super) fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::Sqlite { folder: folder.path().to_owned() };
        Self { database, _folder: Some(folder), dropped: None }
    }

    pub(super) async fn postgres() -> Self {
        let server = std::env::var(POSTGRES).expect("run cargo xtask test");
        let name = format!("wend_engine_{}_{}", std::process::id(), PLACES.fetch_add(1, Ordering::SeqCst));
        administer(&server, &format!("CREATE DATABASE {name} TEMPLATE template0")).await;
        let (host, _) = server.rsplit_once('/').unwrap();
        let database = Database::Postgres { url: format!("{host}/{name}") };
        Self { database, _folder: None, dropped: Some((server, name)) }
    }

    /// Lets nobody into the database, and those who are inside out; or opens it again.
    pub(super) async fn let_in(&self, is_open: bool) {
        let (server, name) = self.dropped.as_ref().expect("only PostgreSQL has a door");
        administer(server, &format!("ALTER DATABASE {name} ALLOW_CONNECTIONS {is_open}")).await;
        if !is_open {
            let end = format!(
                "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = '{name}'"
            );
            administer(server, &end).await;
        }
    }

    /// A new process, so to say.
    pub(super) async fn open(&self) -> Store {
        Store::open(self.options()).await.unwrap()
    }

    /// A new process whose database does what the gate says.
    pub(super) async fn open_simulated(&self, gate: Arc<dyn Gate>) -> Store {
        Store::open_simulated(self.options(), gate).await.unwrap()
    }

    fn options(&self) -> StoreOptions {
        StoreOptions {
            database: self.database.clone(),
            node: format!("node-{}", NODES.fetch_add(1, Ordering::SeqCst)),
            tail_changes_max: 10_000,
            tail_bytes_max: 16 * 1024 * 1024,
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let Some((server, name)) = self.dropped.take() else { return };
        let cleaning = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(administer(&server, &format!("DROP DATABASE {name} WITH (FORCE)")));
        });
        // A database that stays behind goes with the server.
        let _cleaned = cleaning.join();
    }
}

async fn administer(server: &str, statement: &str) {
    let (client, connection) = tokio_postgres::connect(server, tokio_postgres::NoTls).await.unwrap();
    let connection = tokio::spawn(connection);
    client.batch_execute(statement).await.unwrap();
    drop(client);
    connection.await.unwrap().unwrap();
}
