//! The two databases behind one set of calls.
//!
//! An enum, not a trait with two implementations: what differs is a `match` where it differs.

use crate::driver::postgres::Postgres;
use crate::driver::sqlite::Sqlite;
use crate::driver::value::{Row, Value};
use crate::error::Error;
use crate::statement::{Dialect, Many, Statement};

pub(crate) mod postgres;
pub(crate) mod sqlite;
mod tls;
pub(crate) mod value;

/// The database.
pub(crate) enum Driver {
    Sqlite(Sqlite),
    Postgres(Postgres),
}

/// One transaction; dropping it rolls it back.
#[expect(clippy::large_enum_variant, reason = "there are as many as transactions, and they are moved rarely")]
pub(crate) enum Transaction {
    Sqlite(sqlite::Transaction),
    Postgres(postgres::Transaction),
}

/// A statement for many rows, with the rows.
pub(crate) type Bulk = (&'static Many, Vec<Vec<Value>>);

impl Driver {
    pub(crate) fn dialect(&self) -> Dialect {
        match self {
            Self::Sqlite(_) => Dialect::Sqlite,
            Self::Postgres(_) => Dialect::Postgres,
        }
    }

    /// Reads, outside any transaction, what is committed.
    pub(crate) async fn query(&self, statement: Statement, params: Vec<Value>) -> Result<Vec<Row>, Error> {
        match self {
            Self::Sqlite(sqlite) => {
                sqlite.read(move |connection| sqlite::query(connection, statement, &params)).await
            }
            Self::Postgres(postgres) => postgres.query(statement, params).await,
        }
    }

    /// The first row of an answer.
    pub(crate) async fn query_first(
        &self,
        statement: Statement,
        params: Vec<Value>,
    ) -> Result<Option<Row>, Error> {
        Ok(self.query(statement, params).await?.into_iter().next())
    }

    /// Begins a transaction that may write.
    pub(crate) async fn begin(&self) -> Result<Transaction, Error> {
        match self {
            Self::Sqlite(sqlite) => sqlite.begin().await.map(Transaction::Sqlite),
            Self::Postgres(postgres) => postgres.begin().await.map(Transaction::Postgres),
        }
    }

    /// One statement in a transaction of its own; answers how many rows it concerned.
    pub(crate) async fn execute(&self, statement: Statement, params: Vec<Value>) -> Result<u64, Error> {
        let mut transaction = self.begin().await?;
        let n_rows = transaction.execute(statement, params).await?;
        transaction.commit().await?;
        Ok(n_rows)
    }
}

impl Transaction {
    pub(crate) async fn query(
        &mut self,
        statement: Statement,
        params: Vec<Value>,
    ) -> Result<Vec<Row>, Error> {
        match self {
            Self::Sqlite(transaction) => transaction.query(statement, params).await,
            Self::Postgres(transaction) => transaction.query(statement, params).await,
        }
    }

    pub(crate) async fn query_first(
        &mut self,
        statement: Statement,
        params: Vec<Value>,
    ) -> Result<Option<Row>, Error> {
        Ok(self.query(statement, params).await?.into_iter().next())
    }

    pub(crate) async fn execute(&mut self, statement: Statement, params: Vec<Value>) -> Result<u64, Error> {
        match self {
            Self::Sqlite(transaction) => transaction.execute(statement, params).await,
            Self::Postgres(transaction) => transaction.execute(statement, params).await,
        }
    }

    /// Runs statements for many rows, one after the other.
    pub(crate) async fn execute_all(&mut self, bulks: Vec<Bulk>) -> Result<(), Error> {
        match self {
            Self::Sqlite(transaction) => transaction.execute_all(bulks).await,
            Self::Postgres(transaction) => transaction.execute_all(bulks).await,
        }
    }

    /// Runs a text that is made while running.
    pub(crate) async fn fetch(&mut self, text: &str) -> Result<Vec<Row>, Error> {
        match self {
            Self::Sqlite(transaction) => transaction.fetch(text).await,
            Self::Postgres(transaction) => transaction.fetch(text).await,
        }
    }

    /// Runs a script of several statements without parameters.
    pub(crate) async fn script(&mut self, script: &str) -> Result<(), Error> {
        match self {
            Self::Sqlite(transaction) => transaction.script(script).await,
            Self::Postgres(transaction) => transaction.script(script).await,
        }
    }

    pub(crate) async fn commit(self) -> Result<(), Error> {
        match self {
            Self::Sqlite(transaction) => transaction.commit().await,
            Self::Postgres(transaction) => transaction.commit().await,
        }
    }
}
