//! PostgreSQL: a pool of connections; the database coordinates the nodes.

use std::future::Future;
use std::pin::pin;
use std::str::FromStr;
use std::sync::Arc;
use std::task::{Context, Waker};
use std::time::Duration;

use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, PoolError, RecyclingMethod, Runtime};
use tokio_postgres::config::SslMode;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};
use tokio_postgres::{Config, NoTls};

use crate::driver::Bulk;
use crate::driver::tls;
use crate::driver::value::{Row, Value};
use crate::error::Error;
use crate::statement::{Dialect, Kind, Many, Statement};

/// How many connections one node opens: one says that it lives, the others work.
const CONNECTIONS_MAX: usize = 17;

/// How long somebody waits for a free connection, or for a new one, before the database counts as away.
const CONNECTION_WAIT: Duration = Duration::from_secs(10);

/// How long a statement waits for a row that another transaction holds, in milliseconds, before the batch is run
/// again.
const LOCK_WAIT_MS: u64 = 10_000;

/// After how many idle milliseconds the database ends a transaction, so that a node that stands still holds nobody up.
const TRANSACTION_IDLE_MS_MAX: u64 = 60_000;

/// After how long a silence either side asks whether the other is still there, how often it asks again, and how many
/// times in vain before the connection counts as gone. A machine that loses its power says no goodbye: without this its
/// locks, and whoever waits for its answer, would stay for hours.
const SILENCE_MAX: Duration = Duration::from_secs(10);
const ASKED_EVERY: Duration = Duration::from_secs(5);
const ASKED_IN_VAIN_MAX: u32 = 3;

/// How long what was sent may stay without an acknowledgement by the other side's network.
const UNACKNOWLEDGED_MAX: Duration = Duration::from_secs(25);

/// A pool of connections.
pub(crate) struct Postgres {
    pool: Pool,
}

/// A transaction; it sees what others have committed before each statement.
pub(crate) struct Transaction {
    client: Object,
    open: bool,
}

/// The number of the transaction that begins next.
const NEXT_TRANSACTION: &str =
    "SELECT (pg_snapshot_xmax(pg_current_snapshot())::text::bigint & 4294967295)::text";

/// How many transactions that began before `{begun}` may still see what was deleted: those that look at this database, and
/// those of any database that write, because the rewriting itself sees as much as the oldest of these.
const OTHERS_UNDER_WAY: &str = "SELECT COUNT(*) FROM pg_stat_activity WHERE pid <> pg_backend_pid()
    AND (age(backend_xid) > age('{begun}'::xid)
         OR (datname = current_database() AND age(backend_xmin) > age('{begun}'::xid)))";

/// How often it is asked whether they have ended, and the pause between: a minute in all.
const OTHERS_ASKED_MAX: usize = 1_200;
const OTHERS_PAUSE: &str = "SELECT pg_sleep(0.05)";

impl Postgres {
    /// Prepares the pool and tries a connection.
    pub(crate) async fn open(url: &str) -> Result<Self, Error> {
        let wrong_url = |error: tokio_postgres::Error| Error::Misuse {
            what: format!(
                "the database's address can't be read ({error}): it should look like \
                 postgres://user:password@host:5432/database?sslmode=require"
            ),
        };
        let mut config = Config::from_str(url).map_err(wrong_url)?;
        // Plans are made anew for each statement: one that was kept from when a table was nearly empty would go through
        // all of it, until statistics are gathered, once it is large; and arrays are of very different lengths.
        let options = format!(
            "{} -c lock_timeout={LOCK_WAIT_MS} -c plan_cache_mode=force_custom_plan -c idle_in_transaction_session_timeout={TRANSACTION_IDLE_MS_MAX} \
             -c default_transaction_isolation=read\\ committed -c tcp_keepalives_idle={} -c tcp_keepalives_interval={} \
             -c tcp_keepalives_count={ASKED_IN_VAIN_MAX} -c tcp_user_timeout={}",
            config.get_options().unwrap_or_default(),
            SILENCE_MAX.as_secs(),
            ASKED_EVERY.as_secs(),
            UNACKNOWLEDGED_MAX.as_millis(),
        );
        config.options(options.trim());
        config
            .keepalives_idle(SILENCE_MAX)
            .keepalives_interval(ASKED_EVERY)
            .keepalives_retries(ASKED_IN_VAIN_MAX);
        config.tcp_user_timeout(UNACKNOWLEDGED_MAX);
        config.application_name("wend");
        config.connect_timeout(CONNECTION_WAIT);
        let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        // `prefer`, which is what an address means that doesn't say, would verify nothing anyway.
        let manager = match config.get_ssl_mode() {
            SslMode::Require => Manager::from_config(config, tls::verified()?, recycling),
            _ => Manager::from_config(config, NoTls, recycling),
        };
        let pool = Pool::builder(manager)
            .max_size(CONNECTIONS_MAX)
            .runtime(Runtime::Tokio1)
            .wait_timeout(Some(CONNECTION_WAIT))
            .create_timeout(Some(CONNECTION_WAIT))
            .build()
            .map_err(Error::internal)?;
        let postgres = Self { pool };
        drop(postgres.connection().await?);
        Ok(postgres)
    }

    /// A connection of the pool, for as long as the caller keeps it.
    pub(crate) async fn connection(&self) -> Result<Object, Error> {
        self.pool.get().await.map_err(|failed| match failed {
            PoolError::Backend(source) => match error(source) {
                // A server that refuses us may let us in later; only the operator can tell.
                Error::Internal { what } => Error::unavailable(what),
                other => other,
            },
            PoolError::Timeout(_)
            | PoolError::Closed
            | PoolError::NoRuntimeSpecified
            | PoolError::PostCreateHook(_) => Error::unavailable(failed),
        })
    }

    pub(crate) async fn begin(&self) -> Result<Transaction, Error> {
        self.begin_with("BEGIN").await
    }

    /// Begins a transaction that sees one moment and changes nothing.
    pub(crate) async fn begin_snapshot(&self) -> Result<Transaction, Error> {
        self.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await
    }

    async fn begin_with(&self, text: &str) -> Result<Transaction, Error> {
        // Open before it has begun: a BEGIN whose answer nobody waited for must be rolled back as well.
        let transaction = Transaction { client: self.connection().await?, open: true };
        match transaction.client.batch_execute(text).await.map_err(error) {
            Ok(()) => return Ok(transaction),
            Err(Error::Unavailable { .. }) => drop(transaction),
            Err(other) => return Err(other),
        }
        self.forget_idle();
        let transaction = Transaction { client: self.connection().await?, open: true };
        transaction.client.batch_execute(text).await.map_err(error)?;
        Ok(transaction)
    }

    pub(crate) async fn query(&self, statement: Statement, params: Vec<Value>) -> Result<Vec<Row>, Error> {
        let text = statement.text_for(Dialect::Postgres)?;
        match query(&self.connection().await?, &text, &params).await {
            Err(Error::Unavailable { .. }) => {}
            answer => return answer,
        }
        self.forget_idle();
        query(&self.connection().await?, &text, &params).await
    }

    /// Empties the pool. After the database was away every connection that waits there is broken, and who comes next
    /// should not have to find out one by one: a new connection shows whether the database is back.
    fn forget_idle(&self) {
        self.pool.retain(|_, _| false);
    }

    /// Rewrites tables without their holes.
    pub(crate) async fn compact(&self, tables: &[&str]) -> Result<(), Error> {
        let connection = self.connection().await?;
        // What a transaction that began before could still see would be kept, too.
        let begun: String = connection.query_one(NEXT_TRANSACTION, &[]).await.map_err(error)?.get(0);
        let others = OTHERS_UNDER_WAY.replace("{begun}", &begun);
        let mut n_asked = 0;
        while connection.query_one(&others, &[]).await.map_err(error)?.get::<_, i64>(0) > 0 {
            n_asked += 1;
            if n_asked > OTHERS_ASKED_MAX {
                return Err(Error::unavailable(
                    "transactions have been under way for too long to compact the database: try again later",
                ));
            }
            connection.batch_execute(OTHERS_PAUSE).await.map_err(error)?;
        }
        for table in tables {
            // Each by itself, so that nobody waits for all of them; it can't be done in a transaction.
            connection.batch_execute(&format!("VACUUM (FULL) {table}")).await.map_err(error)?;
        }
        connection.batch_execute("CHECKPOINT").await.map_err(error)
    }

    /// Gives all connections back.
    pub(crate) fn close(&self) {
        self.pool.close();
    }
}

impl Transaction {
    pub(crate) async fn query(
        &mut self,
        statement: Statement,
        params: Vec<Value>,
    ) -> Result<Vec<Row>, Error> {
        query(&self.client, &statement.text_for(Dialect::Postgres)?, &params).await
    }

    pub(crate) async fn execute(&mut self, statement: Statement, params: Vec<Value>) -> Result<u64, Error> {
        let prepared =
            self.client.prepare_cached(&statement.text_for(Dialect::Postgres)?).await.map_err(error)?;
        self.client.execute_raw(&prepared, &params).await.map_err(error)
    }

    /// Asks a question whose answer is 1 for yes.
    pub(crate) async fn ask(&mut self, statement: Statement, params: Vec<Value>) -> Result<bool, Error> {
        ask(&self.client, statement, params).await
    }

    /// Asks for many rows at once; the order of the answers is the statement's.
    pub(crate) async fn query_many(&mut self, many: &Many, rows: Vec<Vec<Value>>) -> Result<Vec<Row>, Error> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let prepared = self.client.prepare_cached(&many.text_for(Dialect::Postgres)?).await.map_err(error)?;
        let columns = columns(many, rows);
        let params: Vec<&(dyn ToSql + Sync)> = columns.iter().map(|column| column as _).collect();
        let answer = self.client.query(&prepared, &params).await.map_err(error)?;
        answer.iter().map(read_row).collect()
    }

    /// Runs a statement for many rows; answers how many it concerned.
    pub(crate) async fn execute_many(&mut self, many: &Many, rows: Vec<Vec<Value>>) -> Result<u64, Error> {
        if rows.is_empty() {
            return Ok(0);
        }
        let prepared = self.client.prepare_cached(&many.text_for(Dialect::Postgres)?).await.map_err(error)?;
        let columns = columns(many, rows);
        let params: Vec<&(dyn ToSql + Sync)> = columns.iter().map(|column| column as _).collect();
        self.client.execute(&prepared, &params).await.map_err(error)
    }

    pub(crate) async fn execute_all(&mut self, bulks: Vec<Bulk>) -> Result<(), Error> {
        for (many, rows) in bulks {
            self.execute_many(many, rows).await?;
        }
        Ok(())
    }

    /// Runs a text that is made while running.
    pub(crate) async fn fetch(&mut self, text: &str) -> Result<Vec<Row>, Error> {
        let answer = self.client.query(text, &[]).await.map_err(error)?;
        answer.iter().map(read_row).collect()
    }

    pub(crate) async fn script(&mut self, script: &str) -> Result<(), Error> {
        self.client.batch_execute(script).await.map_err(error)
    }

    /// Prepares a text, to see whether the database understands it.
    pub(crate) async fn prepare(&mut self, text: &str) -> Result<(), Error> {
        self.client.prepare(text).await.map(|_| ()).map_err(error)
    }

    pub(crate) async fn commit(mut self) -> Result<(), Error> {
        self.client.batch_execute("COMMIT").await.map_err(error)?;
        self.open = false;
        Ok(())
    }
}

impl Drop for Transaction {
    /// Sends a ROLLBACK without waiting for its answer: whoever gets the connection next queues behind it.
    fn drop(&mut self) {
        if self.open && !self.client.is_closed() {
            // The first poll puts the message into the connection's queue; the answer is of no interest.
            let rollback = pin!(self.client.batch_execute("ROLLBACK"));
            let _answer_awaited_by_nobody = rollback.poll(&mut Context::from_waker(Waker::noop()));
        }
    }
}

/// Asks a question whose answer is 1 for yes.
pub(crate) async fn ask(client: &Object, statement: Statement, params: Vec<Value>) -> Result<bool, Error> {
    let rows = query(client, &statement.text_for(Dialect::Postgres)?, &params).await?;
    Ok(rows.first().is_some_and(|row| row.0.first() == Some(&Value::Integer(1))))
}

async fn query(client: &Object, text: &str, params: &[Value]) -> Result<Vec<Row>, Error> {
    let prepared = client.prepare_cached(text).await.map_err(error)?;
    let params: Vec<&(dyn ToSql + Sync)> = params.iter().map(|value| value as _).collect();
    let answer = client.query(&prepared, &params).await.map_err(error)?;
    answer.iter().map(read_row).collect()
}

/// The values of one column of many rows.
#[derive(Debug)]
enum Column {
    Integer(Vec<Option<i64>>),
    Text(Vec<Option<String>>),
    Bytes(Vec<Option<Arc<[u8]>>>),
}

fn columns(many: &Many, rows: Vec<Vec<Value>>) -> Vec<Column> {
    let mut columns: Vec<Column> = many
        .kinds()
        .map(|kind| match kind {
            Kind::Integer => Column::Integer(Vec::with_capacity(rows.len())),
            Kind::Text => Column::Text(Vec::with_capacity(rows.len())),
            Kind::Bytes => Column::Bytes(Vec::with_capacity(rows.len())),
        })
        .collect();
    for row in rows {
        for (column, value) in columns.iter_mut().zip(row) {
            match (column, value) {
                (Column::Integer(column), Value::Integer(number)) => column.push(Some(number)),
                (Column::Text(column), Value::Text(text)) => column.push(Some(text)),
                (Column::Bytes(column), Value::Bytes(bytes)) => column.push(Some(bytes)),
                (Column::Integer(column), _) => column.push(None),
                (Column::Text(column), _) => column.push(None),
                (Column::Bytes(column), _) => column.push(None),
            }
        }
    }
    columns
}

type Fault = Box<dyn std::error::Error + Sync + Send>;

impl ToSql for Column {
    fn to_sql(&self, ty: &Type, out: &mut bytes::BytesMut) -> Result<IsNull, Fault> {
        match self {
            Self::Integer(numbers) => numbers.to_sql(ty, out),
            Self::Text(texts) => texts.to_sql(ty, out),
            Self::Bytes(bytes) => {
                let slices: Vec<Option<&[u8]>> = bytes.iter().map(Option::as_deref).collect();
                slices.to_sql(ty, out)
            }
        }
    }

    fn accepts(ty: &Type) -> bool {
        [Type::INT8_ARRAY, Type::TEXT_ARRAY, Type::BYTEA_ARRAY].contains(ty)
    }

    to_sql_checked!();
}

impl ToSql for Value {
    fn to_sql(&self, ty: &Type, out: &mut bytes::BytesMut) -> Result<IsNull, Fault> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Integer(number) if *ty == Type::INT8 => number.to_sql(ty, out),
            Self::Text(text) if *ty == Type::TEXT => text.to_sql(ty, out),
            Self::Bytes(bytes) if *ty == Type::BYTEA => (&**bytes).to_sql(ty, out),
            Self::Integer(_) | Self::Text(_) | Self::Bytes(_) => Err(format!("not a value for {ty}").into()),
        }
    }

    fn accepts(ty: &Type) -> bool {
        [Type::INT8, Type::TEXT, Type::BYTEA].contains(ty)
    }

    to_sql_checked!();
}

impl<'a> FromSql<'a> for Value {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> Result<Self, Fault> {
        match *ty {
            Type::INT8 => i64::from_sql(ty, raw).map(Self::Integer),
            Type::INT4 => i32::from_sql(ty, raw).map(|number| Self::Integer(number.into())),
            Type::TEXT => String::from_sql(ty, raw).map(Self::Text),
            _ => <&[u8]>::from_sql(ty, raw).map(|bytes| Self::Bytes(bytes.into())),
        }
    }

    fn from_sql_null(_: &Type) -> Result<Self, Fault> {
        Ok(Self::Null)
    }

    fn accepts(ty: &Type) -> bool {
        [Type::INT8, Type::INT4, Type::TEXT, Type::BYTEA].contains(ty)
    }
}

fn read_row(row: &tokio_postgres::Row) -> Result<Row, Error> {
    (0..row.len()).map(|index| row.try_get(index).map_err(error)).collect::<Result<_, Error>>().map(Row)
}

/// What an error of PostgreSQL means to a caller.
#[expect(clippy::needless_pass_by_value, reason = "`map_err` hands it over by value")]
fn error(error: tokio_postgres::Error) -> Error {
    let Some(fault) = error.as_db_error() else {
        let away = error.is_closed()
            || std::error::Error::source(&error).is_some_and(<dyn std::error::Error>::is::<std::io::Error>);
        let what = with_cause(&error);
        return if away { Error::unavailable(what) } else { Error::internal(what) };
    };
    let what = format!("{} ({})", fault.message(), fault.code().code());
    match fault.code() {
        &SqlState::T_R_SERIALIZATION_FAILURE
        | &SqlState::T_R_DEADLOCK_DETECTED
        | &SqlState::LOCK_NOT_AVAILABLE
        | &SqlState::QUERY_CANCELED => Error::Conflict { what },
        // 08 connection, 53 out of disk, memory or connections, 57 shut down by an operator, 58 system error.
        code if ["08", "53", "57", "58"].iter().any(|class| code.code().starts_with(class)) => {
            Error::unavailable(what)
        }
        // The database ended a transaction that stood still for too long: the batch can be run again.
        code if code == &SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT => Error::Conflict { what },
        _ => Error::internal(format!("PostgreSQL: {what}")),
    }
}

/// An error with what caused it, in one line.
fn with_cause(error: &tokio_postgres::Error) -> String {
    match std::error::Error::source(error) {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}
