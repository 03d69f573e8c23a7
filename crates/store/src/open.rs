//! Opening and closing the store.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use wend_domain::id::WorkspaceId;

use crate::check;
use crate::driver::Driver;
use crate::driver::postgres::Postgres;
use crate::driver::sqlite::{Alive, Sqlite};
use crate::error::Error;
use crate::gate::Gate;
use crate::identity;
use crate::janitor::Sweep;
use crate::migrate;
use crate::node;
use crate::tail::SharedTail;

/// Where everything is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Database {
    /// One file in a folder that belongs to one process at a time.
    Sqlite {
        /// The folder; it is created if missing.
        folder: PathBuf,
    },
    /// A PostgreSQL that any number of nodes share.
    Postgres {
        /// `postgres://user:password@host:port/database`; with `?sslmode=require` the connection is encrypted, and the
        /// server's certificate is verified with the certificates of the system (or of `SSL_CERT_FILE`).
        url: String,
    },
}

/// What the store must know to open.
#[derive(Debug, Clone)]
pub struct StoreOptions {
    /// Where everything is kept.
    pub database: Database,
    /// The name of this process, of no other and of no earlier one: attempts are claimed under it.
    pub node: String,
    /// SQLite: how many changes may wait to be folded.
    pub tail_changes_max: usize,
    /// SQLite: how many bytes of documents may wait to be folded.
    pub tail_bytes_max: usize,
}

/// Everything that survives a crash. Cheap to clone: all clones are the same store.
#[derive(Clone)]
pub struct Store {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) driver: Driver,
    pub(crate) node: String,
    pub(crate) tail_changes_max: usize,
    pub(crate) tail_bytes_max: usize,
    /// Always empty on PostgreSQL.
    pub(crate) tail: SharedTail,
    identities: Arc<Mutex<identity::Cache>>,
    /// The connection that holds this node's lock (PostgreSQL).
    pub(crate) alive: tokio::sync::Mutex<Option<deadpool_postgres::Object>>,
    /// That a node of a simulated database lives.
    _lives: Option<Alive>,
    /// How many events each quarantine still has room for before it must be counted.
    quarantine_room: Mutex<BTreeMap<WorkspaceId, usize>>,
    /// Where the janitor goes on.
    pub(crate) sweep: Mutex<Sweep>,
}

impl Inner {
    fn new(
        driver: Driver,
        options: &StoreOptions,
        tail: SharedTail,
        identities: Arc<Mutex<identity::Cache>>,
    ) -> Self {
        let simulated = match &driver {
            Driver::Sqlite(sqlite) => sqlite.simulated(),
            Driver::Postgres(_) => None,
        };
        Self {
            _lives: simulated.map(|inline| inline.begin_node(&options.node)),
            driver,
            node: options.node.clone(),
            tail_changes_max: options.tail_changes_max,
            tail_bytes_max: options.tail_bytes_max,
            tail,
            identities,
            alive: tokio::sync::Mutex::default(),
            quarantine_room: Mutex::default(),
            sweep: Mutex::default(),
        }
    }

    pub(crate) fn identities(&self) -> MutexGuard<'_, identity::Cache> {
        self.identities.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn quarantine_room(&self, workspace: &WorkspaceId) -> usize {
        let rooms = self.quarantine_room.lock().unwrap_or_else(PoisonError::into_inner);
        rooms.get(workspace).copied().unwrap_or_default()
    }

    pub(crate) fn set_quarantine_room(&self, workspace: &WorkspaceId, room: usize) {
        let mut rooms = self.quarantine_room.lock().unwrap_or_else(PoisonError::into_inner);
        rooms.insert(workspace.clone(), room);
    }
}

impl Store {
    /// Opens the database: migrates it, takes the folder (SQLite) or the node's name (PostgreSQL), and rebuilds the
    /// tail of changes that were not folded yet.
    pub async fn open(options: StoreOptions) -> Result<Self, Error> {
        let driver = connect(&options.database).await?;
        Self::begin_with(driver, options).await
    }

    /// Opens a SQLite database whose every piece of work passes `gate`, on the thread of whoever polls: for simulators.
    pub async fn open_simulated(options: StoreOptions, gate: Arc<dyn Gate>) -> Result<Self, Error> {
        let Database::Sqlite { folder } = &options.database else {
            return Err(Error::Misuse { what: "only SQLite can be simulated: give a folder".to_owned() });
        };
        let driver = Driver::Sqlite(Sqlite::open_simulated(folder, gate)?);
        Self::begin_with(driver, options).await
    }

    async fn begin_with(driver: Driver, options: StoreOptions) -> Result<Self, Error> {
        migrate::migrate(&driver).await?;
        let tail = SharedTail::default();
        if let Driver::Sqlite(sqlite) = &driver {
            let tail = tail.clone();
            sqlite.turn().await.run(move |connection| tail.rebuild(connection)).await?;
        }
        let inner = Inner::new(driver, &options, tail, Arc::default());
        node::keep_alive(&inner).await?;
        Ok(Self { inner: Arc::new(inner) })
    }

    /// The same simulated database, as another node has it; it lives until its last clone is dropped.
    pub fn simulated_node(&self, node: &str) -> Result<Self, Error> {
        let another = match &self.inner.driver {
            Driver::Sqlite(sqlite) => sqlite.for_another_node(),
            Driver::Postgres(_) => None,
        };
        let Some(sqlite) = another else {
            return Err(Error::Misuse { what: "only a simulated database has simulated nodes".to_owned() });
        };
        let options = StoreOptions {
            database: Database::Sqlite { folder: PathBuf::new() },
            node: node.to_owned(),
            tail_changes_max: self.inner.tail_changes_max,
            tail_bytes_max: self.inner.tail_bytes_max,
        };
        let (tail, identities) = (self.inner.tail.clone(), Arc::clone(&self.inner.identities));
        Ok(Self { inner: Arc::new(Inner::new(Driver::Sqlite(sqlite), &options, tail, identities)) })
    }

    /// Applies the migrations that are missing and answers their names.
    pub async fn migrate(database: &Database) -> Result<Vec<String>, Error> {
        let driver = connect(database).await?;
        let applied = migrate::migrate(&driver).await;
        close(driver).await?;
        applied
    }

    /// Closes the database in order; a store that is dropped instead loses nothing.
    ///
    /// On SQLite the folder is free once this has answered, if no other clone of the store is left.
    pub async fn close(self) -> Result<(), Error> {
        let left = node::leave(&self.inner).await;
        match Arc::try_unwrap(self.inner) {
            Ok(inner) => close(inner.driver).await?,
            Err(shared) => match &shared.driver {
                // The last clone that is dropped ends the writer's thread.
                Driver::Sqlite(_) => {}
                Driver::Postgres(postgres) => postgres.close(),
            },
        }
        left
    }

    /// Has the database read every statement the store knows; answers how many they were.
    pub async fn check_statements(&self) -> Result<usize, Error> {
        check::every_statement(&self.inner.driver).await
    }
}

/// Opens a database as it is.
pub(crate) async fn connect(database: &Database) -> Result<Driver, Error> {
    match database {
        Database::Sqlite { folder } => Sqlite::open(folder).await.map(Driver::Sqlite),
        Database::Postgres { url } => Postgres::open(url).await.map(Driver::Postgres),
    }
}

/// Closes it again.
pub(crate) async fn close(driver: Driver) -> Result<(), Error> {
    match driver {
        Driver::Sqlite(sqlite) => sqlite.close().await,
        Driver::Postgres(postgres) => {
            postgres.close();
            Ok(())
        }
    }
}
