//! The databases.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use tempfile::TempDir;
use tokio_postgres::{Client, NoTls};
use wend_store::{Database, StoreOptions};

use crate::meter::family_cpu;

/// The variable with the address of a PostgreSQL for measurements; `cargo xtask bench` starts one.
pub const POSTGRES: &str = "WEND_BENCH_POSTGRES";

/// The variable with the number of its first process, whose children's time is counted, too.
const POSTGRES_PID: &str = "WEND_BENCH_POSTGRES_PID";

/// Changes that wait to be folded, as `wend serve` has it.
const TAIL_CHANGES_MAX: usize = 200_000;
/// Their bytes, as `wend serve` has it.
const TAIL_BYTES_MAX: usize = 256 * 1024 * 1024;

/// Which database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Sqlite,
    Postgres,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        })
    }
}

/// An empty database that goes with this.
pub struct Place {
    pub kind: Kind,
    folder: TempDir,
    url: String,
}

impl Place {
    /// Makes one. It is beside what was built rather than where temporary files are, which may be in memory.
    pub async fn new(kind: Kind) -> anyhow::Result<Self> {
        let program = std::env::current_exe().context("this program is somewhere")?;
        let beside = program.parent().context("it is in a folder")?;
        let folder =
            tempfile::Builder::new().prefix("bench-").tempdir_in(beside).context("cannot make a folder")?;
        let mut url = String::new();
        if kind == Kind::Postgres {
            let server = std::env::var(POSTGRES).with_context(|| {
                format!("{POSTGRES} is not set: use `cargo xtask bench`, which starts one")
            })?;
            let client = client(&server).await?;
            client
                .batch_execute("DROP DATABASE IF EXISTS bench")
                .await
                .context("cannot remove the last one")?;
            client.batch_execute("CREATE DATABASE bench").await.context("cannot make a database")?;
            let at = server.rfind('/').context("the address ends in a database")?;
            url = format!("{}/bench", &server[..at]);
        }
        Ok(Self { kind, folder, url })
    }

    /// The folder, which is the whole database on SQLite.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The address on PostgreSQL.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// How the store is opened.
    pub fn options(&self) -> StoreOptions {
        let database = match self.kind {
            Kind::Sqlite => Database::Sqlite { folder: self.folder().to_owned() },
            Kind::Postgres => Database::Postgres { url: self.url.clone() },
        };
        options(database)
    }

    /// Processor time of the database server so far; on SQLite it is ours.
    pub fn server_cpu(&self) -> anyhow::Result<Duration> {
        match (self.kind, std::env::var(POSTGRES_PID)) {
            (Kind::Postgres, Ok(pid)) => family_cpu(pid.parse().context("the server's number is a number")?),
            _ => Ok(Duration::ZERO),
        }
    }

    /// Bytes on disk.
    pub async fn bytes(&self) -> anyhow::Result<u64> {
        match self.kind {
            // Without the write-ahead log, and without pages that are free.
            Kind::Sqlite => {
                let connection = rusqlite::Connection::open(sqlite_file(self.folder()))?;
                let text = "SELECT (page_count - freelist_count) * page_size
                            FROM pragma_page_count, pragma_freelist_count, pragma_page_size";
                Ok(u64::try_from(connection.query_row(text, [], |row| row.get::<_, i64>(0))?)?)
            }
            Kind::Postgres => {
                let client = client(&self.url).await?;
                let row = client.query_one("SELECT pg_database_size(current_database())", &[]).await?;
                Ok(u64::try_from(row.get::<_, i64>(0)).unwrap_or_default())
            }
        }
    }
}

/// How a store is opened as `wend serve` does it.
pub fn options(database: Database) -> StoreOptions {
    StoreOptions {
        database,
        node: format!("bench-{}", std::process::id()),
        tail_changes_max: TAIL_CHANGES_MAX,
        tail_bytes_max: TAIL_BYTES_MAX,
    }
}

/// A folder's file.
pub fn sqlite_file(folder: &Path) -> PathBuf {
    folder.join("wend.db")
}

/// A connection to a PostgreSQL.
pub async fn client(url: &str) -> anyhow::Result<Client> {
    let (client, connection) =
        tokio_postgres::connect(url, NoTls).await.context("cannot reach PostgreSQL")?;
    tokio::spawn(connection);
    Ok(client)
}
