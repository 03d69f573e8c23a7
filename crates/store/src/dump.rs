//! Back-ups: one consistent snapshot in a format of our own, the same for both databases, taken while running.

use std::collections::BTreeMap;
use std::io::{Read, Write};

use tokio::sync::mpsc;
use wend_domain::time::Timestamp;

use crate::driver::postgres::Postgres;
use crate::driver::sqlite::{self, Sqlite};
use crate::driver::value::{Value, params};
use crate::driver::{Driver, Transaction};
use crate::dump::format::Encoder;
use crate::dump::table::{TABLES, Table};
use crate::error::Error;
use crate::fold;
use crate::migrate;
use crate::open::{self, Database, Store};
use crate::posting;
use crate::tail::SharedTail;
use crate::term;

mod format;
pub(crate) mod table;

/// How many chunks of rows may wait to be written into the database.
const CHUNKS_WAITING_MAX: usize = 2;

/// How many rows are fetched at once.
const ROWS_PER_FETCH: usize = 2_000;

/// What a back-up holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DumpReport {
    /// When it was taken.
    pub created_at: Timestamp,
    /// How many rows of each table.
    pub rows: BTreeMap<String, u64>,
    /// The checksum over all lines before the last.
    pub checksum: String,
}

impl Store {
    /// Writes a back-up: gzip'd JSON lines, a header, a line per row, and a footer with counts and a checksum.
    pub async fn dump(
        &self,
        at: Timestamp,
        writer: impl Write + Send + 'static,
    ) -> Result<DumpReport, Error> {
        let encoder = Encoder::begin(writer, at)?;
        match &self.inner.driver {
            Driver::Sqlite(sqlite) => dump_sqlite(sqlite, &self.inner.tail, encoder).await,
            Driver::Postgres(postgres) => dump_postgres(postgres, encoder).await,
        }
    }

    /// Loads a back-up into an empty database, all of it or nothing.
    pub async fn load(database: &Database, reader: impl Read + Send + 'static) -> Result<DumpReport, Error> {
        let driver = open::connect(database).await?;
        let loaded = load(&driver, reader).await;
        open::close(driver).await?;
        loaded
    }
}

/// Folds everything, and reads from the moment right after it: then the keyed tables say it all.
async fn dump_sqlite<W: Write + Send + 'static>(
    sqlite: &Sqlite,
    tail: &SharedTail,
    mut encoder: Encoder<W>,
) -> Result<DumpReport, Error> {
    let turn = sqlite.turn().await;
    fold::fold_all(&turn, tail).await?;
    while turn.run(|connection| posting::merge_piece(connection)).await? {}
    while turn.run(|connection| term::merge_piece(connection)).await? {}
    let dump = move |connection: &rusqlite::Connection| {
        sqlite::script(connection, "BEGIN; SELECT one FROM fold;")?;
        // The moment is fixed; from here on others may write again.
        drop(turn);
        let written = TABLES.iter().try_for_each(|table| {
            let text = table.select(crate::statement::Dialect::Sqlite);
            sqlite::for_each_row_of(connection, &text, |row| encoder.row(table, row))
        });
        sqlite::script(connection, "COMMIT")?;
        written.and_then(|()| encoder.end())
    };
    sqlite.read(dump).await
}

async fn dump_postgres<W: Write + Send + 'static>(
    postgres: &Postgres,
    mut encoder: Encoder<W>,
) -> Result<DumpReport, Error> {
    let mut snapshot = postgres.begin_snapshot().await?;
    for table in TABLES {
        let text = table.select(crate::statement::Dialect::Postgres);
        snapshot.script(&format!("DECLARE dumped NO SCROLL CURSOR FOR {text}")).await?;
        loop {
            let rows = snapshot.fetch(&format!("FETCH {ROWS_PER_FETCH} FROM dumped")).await?;
            let is_last = rows.len() < ROWS_PER_FETCH;
            let writing = tokio::task::spawn_blocking(move || {
                for row in rows {
                    encoder.row(table, row)?;
                }
                Ok(encoder)
            });
            encoder = writing.await.map_err(Error::internal)??;
            if is_last {
                break;
            }
        }
        snapshot.script("CLOSE dumped").await?;
    }
    tokio::task::spawn_blocking(move || encoder.end()).await.map_err(Error::internal)?
}

async fn load(driver: &Driver, reader: impl Read + Send + 'static) -> Result<DumpReport, Error> {
    migrate::migrate(driver).await?;
    let dialect = driver.dialect();
    let mut transaction = driver.begin().await?;
    refuse_unless_empty(&mut transaction).await?;
    let (chunks, mut waiting) = mpsc::channel::<(&'static Table, Vec<Vec<Value>>)>(CHUNKS_WAITING_MAX);
    let reading = tokio::task::spawn_blocking(move || {
        format::decode(reader, |table, rows| {
            // It fails only if nobody listens any more, and then nobody hears of this error either.
            chunks.blocking_send((table, rows)).map_err(|_| Error::internal("the load was given up"))
        })
    });
    while let Some((table, rows)) = waiting.recv().await {
        transaction.execute_all(table.bulks(dialect, rows)).await?;
    }
    let report = reading.await.map_err(Error::internal)??;
    match &mut transaction {
        Transaction::Sqlite(transaction) => {
            transaction.execute(table::HISTORY_NEXT_SQLITE, params![]).await?;
        }
        Transaction::Postgres(transaction) => {
            transaction.query(table::HISTORY_NEXT, params![]).await?;
            transaction.query(table::INBOX_NEXT, params![]).await?;
            transaction.query(table::ACCOUNT_INBOX_NEXT, params![]).await?;
        }
    }
    transaction.commit().await?;
    Ok(report)
}

async fn refuse_unless_empty(transaction: &mut Transaction) -> Result<(), Error> {
    for table in TABLES {
        if !transaction.fetch(&table.any()).await?.is_empty() {
            return Err(Error::Misuse {
                what: format!(
                    "the database is not empty (its table `{}` has rows): a back-up is loaded into a new one",
                    table.name
                ),
            });
        }
    }
    Ok(())
}
