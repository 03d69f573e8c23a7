//! SQLite: one thread that writes, a few connections that read, one folder that belongs to this process.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, OpenFlags};
use tokio::sync::{OwnedMutexGuard, Semaphore, mpsc, oneshot};

use crate::driver::Bulk;
use crate::driver::value::{Row, Value};
use crate::error::Error;
use crate::gate::Gate;
use crate::statement::{Dialect, Many, Statement};

mod inline;

pub(crate) use inline::Alive;
use inline::Inline;

/// The file that the database is.
const DATABASE_FILE: &str = "wend.db";

/// The file whose lock says that the folder is taken; it is always empty.
const LOCK_FILE: &str = "wend.lock";

/// The page cache of the writer: inner pages of all tables stay in it, and the pages that a fold goes through.
const WRITER_CACHE_KIB: i64 = 128 * 1024;

/// The page cache of one reader.
const READER_CACHE_KIB: i64 = 16 * 1024;

/// How much of the file is read through the page cache of the system without copying.
const MMAP_BYTES: i64 = 1024 * 1024 * 1024;

/// After how many pages the write-ahead log is moved into the file: 64 MiB of pages that are often written again.
const CHECKPOINT_PAGES: i64 = 16_384;

/// The size to which the write-ahead log is cut back after that.
const WAL_BYTES_KEPT: i64 = 128 * 1024 * 1024;

/// How many connections read at the same time.
const READERS: usize = 4;

/// How many statements one connection keeps prepared: more than the store has.
const STATEMENTS_PREPARED_MAX: usize = 256;

/// How much work may wait for the writer. Only who has the turn sends any, so it is never full.
const WRITER_QUEUE: usize = 8;

type WriterJob = Box<dyn FnOnce(&mut Connection) + Send>;

/// An open folder.
pub(crate) struct Sqlite {
    writer: Writer,
    turn: Arc<tokio::sync::Mutex<()>>,
    thread: Mutex<Option<JoinHandle<()>>>,
    readers: Arc<Readers>,
}

/// Who writes.
#[derive(Clone)]
enum Writer {
    /// A thread of its own.
    Thread(mpsc::Sender<WriterJob>),
    /// Whoever asks, for simulators; it reads, too.
    Inline(Arc<Inline>),
}

struct Readers {
    file: PathBuf,
    idle: Mutex<Vec<Connection>>,
    free: Arc<Semaphore>,
}

/// The right to write. Whoever holds it is the only one, until its last piece of work is done.
pub(crate) struct Turn {
    held: Arc<OwnedMutexGuard<()>>,
    writer: Writer,
}

/// A transaction in several steps.
pub(crate) struct Transaction {
    turn: Turn,
    open: bool,
}

impl Sqlite {
    /// Opens the folder, or says who has it.
    pub(crate) async fn open(folder: &Path) -> Result<Self, Error> {
        let folder = folder.to_owned();
        let opened = tokio::task::spawn_blocking(move || {
            let lock = take(&folder)?;
            let file = folder.join(DATABASE_FILE);
            let connection = connect(&file, Role::Writer)?;
            Ok((lock, file, connection))
        });
        let (lock, file, connection) = opened.await.map_err(Error::internal)??;
        let (writer, jobs) = mpsc::channel(WRITER_QUEUE);
        let thread = std::thread::Builder::new()
            .name("wend-store-writer".to_owned())
            .spawn(move || write(connection, jobs, lock))
            .map_err(|error| Error::unavailable(format!("cannot start the writer's thread: {error}")))?;
        let readers = Readers { file, idle: Mutex::default(), free: Arc::new(Semaphore::new(READERS)) };
        Ok(Self {
            writer: Writer::Thread(writer),
            turn: Arc::default(),
            thread: Mutex::new(Some(thread)),
            readers: Arc::new(readers),
        })
    }

    /// Opens the folder for a simulator.
    pub(crate) fn open_simulated(folder: &Path, gate: Arc<dyn Gate>) -> Result<Self, Error> {
        let readers = Readers {
            file: folder.join(DATABASE_FILE),
            idle: Mutex::default(),
            free: Arc::new(Semaphore::new(READERS)),
        };
        Ok(Self {
            writer: Writer::Inline(Arc::new(Inline::open(folder, gate)?)),
            turn: Arc::default(),
            thread: Mutex::default(),
            readers: Arc::new(readers),
        })
    }

    /// The same database for another node, if it is simulated.
    pub(crate) fn for_another_node(&self) -> Option<Self> {
        self.simulated()?;
        Some(Self {
            writer: self.writer.clone(),
            turn: Arc::clone(&self.turn),
            thread: Mutex::default(),
            readers: Arc::clone(&self.readers),
        })
    }

    /// What simulates the database, if something does.
    pub(crate) fn simulated(&self) -> Option<&Arc<Inline>> {
        match &self.writer {
            Writer::Thread(_) => None,
            Writer::Inline(inline) => Some(inline),
        }
    }

    /// Waits until nobody else writes.
    pub(crate) async fn turn(&self) -> Turn {
        let held = Arc::new(Arc::clone(&self.turn).lock_owned().await);
        Turn { held, writer: self.writer.clone() }
    }

    pub(crate) async fn begin(&self) -> Result<Transaction, Error> {
        // It is there before it begins: whoever drops this while it waits has begun it all the same, and it must end.
        let transaction = Transaction { turn: self.turn().await, open: true };
        transaction.turn.run(|connection| script(connection, "BEGIN IMMEDIATE")).await?;
        Ok(transaction)
    }

    /// Runs `work` with a connection that sees what is committed.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        if let Writer::Inline(inline) = &self.writer {
            return inline.read(work).await;
        }
        let readers = Arc::clone(&self.readers);
        let free = Arc::clone(&readers.free).acquire_owned().await.map_err(Error::internal)?;
        let reading = tokio::task::spawn_blocking(move || {
            let idle = readers.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let connection = idle.map_or_else(|| connect(&readers.file, Role::Reader), Ok)?;
            let answer = work(&connection);
            // A connection that is left in a transaction would read the same moment for ever.
            if connection.is_autocommit() {
                readers.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
            }
            drop(free);
            answer
        });
        reading.await.map_err(Error::internal)?
    }

    /// Ends the writer's thread after what it has begun, and waits for it: then the folder is free.
    pub(crate) async fn close(self) -> Result<(), Error> {
        let Self { writer, turn, thread, readers } = self;
        drop(turn.lock_owned().await);
        drop((writer, readers));
        let thread = thread.into_inner().unwrap_or_else(PoisonError::into_inner);
        let joining = tokio::task::spawn_blocking(move || thread.is_none_or(|thread| thread.join().is_ok()));
        match joining.await {
            Ok(true) => Ok(()),
            Ok(false) => Err(Error::internal("the writer's thread panicked")),
            Err(error) => Err(Error::internal(error)),
        }
    }
}

impl Turn {
    /// Whether this is the turn of one of several simulated nodes.
    pub(crate) fn is_simulated(&self) -> bool {
        matches!(self.writer, Writer::Inline(_))
    }

    /// Runs `work` on the writer's thread. It runs to its end even if nobody waits for it any more, and the turn lasts
    /// until then.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let writer = match &self.writer {
            Writer::Thread(writer) => writer,
            Writer::Inline(inline) => return inline.write(work).await,
        };
        let (answer, answered) = oneshot::channel();
        let held = Arc::clone(&self.held);
        let job: WriterJob = Box::new(move |connection| {
            let _nobody_waits = answer.send(work(connection));
            drop(held);
        });
        let gone = |_| Error::unavailable("the writer's thread has ended");
        writer.send(job).await.map_err(|_| Error::unavailable("the writer's thread has ended"))?;
        answered.await.map_err(gone)?
    }
}

/// Runs `work` in a transaction and commits it, or rolls back.
pub(crate) fn transact<T>(
    connection: &Connection,
    work: impl FnOnce(&Connection) -> Result<T, Error>,
) -> Result<T, Error> {
    script(connection, "BEGIN IMMEDIATE")?;
    let answer = work(connection).and_then(|answer| script(connection, "COMMIT").map(|()| answer));
    if answer.is_err() && !connection.is_autocommit() {
        script(connection, "ROLLBACK")?;
    }
    answer
}

impl Transaction {
    pub(crate) async fn query(
        &mut self,
        statement: Statement,
        params: Vec<Value>,
    ) -> Result<Vec<Row>, Error> {
        self.turn.run(move |connection| query(connection, statement, &params)).await
    }

    pub(crate) async fn execute(&mut self, statement: Statement, params: Vec<Value>) -> Result<u64, Error> {
        self.turn.run(move |connection| execute(connection, statement, &params)).await
    }

    pub(crate) async fn execute_all(&mut self, bulks: Vec<Bulk>) -> Result<(), Error> {
        self.turn.run(move |connection| execute_all(connection, &bulks)).await
    }

    /// Runs a text that is made while running.
    pub(crate) async fn fetch(&mut self, text: &str) -> Result<Vec<Row>, Error> {
        let text = text.to_owned();
        self.turn.run(move |connection| query_text(connection, &text, &[])).await
    }

    pub(crate) async fn script(&mut self, text: &str) -> Result<(), Error> {
        let text = text.to_owned();
        self.turn.run(move |connection| script(connection, &text)).await
    }

    pub(crate) async fn commit(mut self) -> Result<(), Error> {
        self.turn.run(|connection| script(connection, "COMMIT")).await?;
        self.open = false;
        Ok(())
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        if !self.open {
            return;
        }
        let writer = match &self.turn.writer {
            Writer::Thread(writer) => writer,
            Writer::Inline(inline) => return inline.roll_back(),
        };
        let held = Arc::clone(&self.turn.held);
        let rollback: WriterJob = Box::new(move |connection| {
            if !connection.is_autocommit()
                && let Err(error) = connection.execute_batch("ROLLBACK")
            {
                tracing::error!(%error, "a transaction cannot be rolled back");
            }
            drop(held);
        });
        // It fails only if the thread has ended, and then the transaction has ended with it.
        let _ended = writer.try_send(rollback);
    }
}

/// The writer's thread: it does one piece of work after the other, and gives the folder back at its end.
fn write(mut connection: Connection, mut jobs: mpsc::Receiver<WriterJob>, lock: File) {
    while let Some(job) = jobs.blocking_recv() {
        job(&mut connection);
    }
    if let Err((_, error)) = connection.close() {
        tracing::warn!(%error, "the database was not closed in order; nothing is lost by it");
    }
    drop(lock);
}

/// Makes a folder that only its owner can look into: it will hold personal data. One that is there stays as it is.
pub fn make_private_folder(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(folder)
}

/// Takes the folder for this process.
fn take(folder: &Path) -> Result<File, Error> {
    let what = |error: std::io::Error| {
        Error::unavailable(format!("cannot open the folder {}: {error}", folder.display()))
    };
    make_private_folder(folder).map_err(what)?;
    let lock = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(folder.join(LOCK_FILE))
        .map_err(what)?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(Error::Taken {
            what: format!(
                "the folder {} belongs to another running wend: stop that one, or give this one another folder",
                folder.display()
            ),
        }),
        Err(TryLockError::Error(error)) => Err(what(error)),
    }
}

#[derive(Clone, Copy)]
enum Role {
    Writer,
    Reader,
}

fn connect(file: &Path, role: Role) -> Result<Connection, Error> {
    let (flags, cache_kib) = match role {
        Role::Writer => (OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE, WRITER_CACHE_KIB),
        Role::Reader => (OpenFlags::SQLITE_OPEN_READ_ONLY, READER_CACHE_KIB),
    };
    let connection =
        Connection::open_with_flags(file, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX).map_err(error)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_PREPARED_MAX);
    if matches!(role, Role::Writer) {
        // `synchronous = FULL`: what was committed survives a power cut, not only a crash.
        script(
            &connection,
            &format!(
                "PRAGMA journal_mode = WAL;
                 PRAGMA synchronous = FULL;
                 PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES};
                 PRAGMA journal_size_limit = {WAL_BYTES_KEPT};"
            ),
        )?;
    }
    script(
        &connection,
        &format!(
            "PRAGMA cache_size = -{cache_kib};
             PRAGMA mmap_size = {MMAP_BYTES};
             PRAGMA temp_store = MEMORY;"
        ),
    )?;
    Ok(connection)
}

/// Runs a statement that answers rows.
pub(crate) fn query(
    connection: &Connection,
    statement: Statement,
    params: &[Value],
) -> Result<Vec<Row>, Error> {
    query_text(connection, &statement.text_for(Dialect::Sqlite)?, params)
}

/// Runs a statement that doesn't; answers how many rows it concerned.
pub(crate) fn execute(connection: &Connection, statement: Statement, params: &[Value]) -> Result<u64, Error> {
    let mut prepared = connection.prepare_cached(&statement.text_for(Dialect::Sqlite)?).map_err(error)?;
    prepared.execute(rusqlite::params_from_iter(params)).map(|n_rows| n_rows as u64).map_err(error)
}

/// Runs statements for many rows.
pub(crate) fn execute_all(connection: &Connection, bulks: &[Bulk]) -> Result<(), Error> {
    for (many, rows) in bulks {
        let mut prepared = connection.prepare_cached(&many.text_for(Dialect::Sqlite)?).map_err(error)?;
        for row in rows {
            prepared.execute(rusqlite::params_from_iter(row)).map_err(error)?;
        }
    }
    Ok(())
}

/// Asks for many rows; the answers follow one another in the order of the questions.
pub(crate) fn query_many(
    connection: &Connection,
    many: &Many,
    rows: &[Vec<Value>],
) -> Result<Vec<Row>, Error> {
    let text = many.text_for(Dialect::Sqlite)?;
    let mut answers = Vec::new();
    for row in rows {
        answers.append(&mut query_text(connection, &text, row)?);
    }
    Ok(answers)
}

/// Runs a script of several statements without parameters.
pub(crate) fn script(connection: &Connection, text: &str) -> Result<(), Error> {
    connection.execute_batch(text).map_err(error)
}

/// Rewrites the file without its holes, and empties the log that was written ahead.
pub(crate) fn compact(connection: &Connection) -> Result<(), Error> {
    // The copy goes to the disk: it is as large as the database.
    script(connection, "PRAGMA temp_store = FILE")?;
    let rewritten = script(connection, "VACUUM");
    script(connection, "PRAGMA temp_store = MEMORY")?;
    rewritten?;
    let busy: i64 =
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0)).map_err(error)?;
    if busy != 0 {
        return Err(Error::unavailable(
            "the database was rewritten, but somebody was reading the old pages: compact it once more",
        ));
    }
    Ok(())
}

/// Runs a statement and hands on each row as it comes.
pub(crate) fn for_each_row(
    connection: &Connection,
    statement: Statement,
    take: impl FnMut(Row) -> Result<(), Error>,
) -> Result<(), Error> {
    for_each_row_of(connection, &statement.text_for(Dialect::Sqlite)?, take)
}

/// The same for a text.
pub(crate) fn for_each_row_of(
    connection: &Connection,
    text: &str,
    mut take: impl FnMut(Row) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut prepared = connection.prepare(text).map_err(error)?;
    let n_columns = prepared.column_count();
    let mut rows = prepared.query([]).map_err(error)?;
    while let Some(row) = rows.next().map_err(error)? {
        take(read_row(row, n_columns)?)?;
    }
    Ok(())
}

/// Prepares a text, to see whether the database understands it.
pub(crate) fn prepare(connection: &Connection, text: &str) -> Result<(), Error> {
    connection.prepare(text).map(|_| ()).map_err(error)
}

fn query_text(connection: &Connection, text: &str, params: &[Value]) -> Result<Vec<Row>, Error> {
    let mut prepared = connection.prepare_cached(text).map_err(error)?;
    let n_columns = prepared.column_count();
    let mut rows = prepared.query(rusqlite::params_from_iter(params)).map_err(error)?;
    let mut answer = Vec::new();
    while let Some(row) = rows.next().map_err(error)? {
        answer.push(read_row(row, n_columns)?);
    }
    Ok(answer)
}

/// Runs a statement and shows each row that it answers: for so many rows that a copy of each would cost more than it.
pub(crate) fn each(
    connection: &Connection,
    statement: Statement,
    params: &[Value],
    mut show: impl FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<()>,
) -> Result<(), Error> {
    let mut prepared = connection.prepare_cached(&statement.text_for(Dialect::Sqlite)?).map_err(error)?;
    let mut rows = prepared.query(rusqlite::params_from_iter(params)).map_err(error)?;
    while let Some(row) = rows.next().map_err(error)? {
        show(row).map_err(error)?;
    }
    Ok(())
}

fn read_row(row: &rusqlite::Row<'_>, n_columns: usize) -> Result<Row, Error> {
    let value = |index| {
        Ok(match row.get_ref(index).map_err(error)? {
            ValueRef::Null => Value::Null,
            ValueRef::Integer(number) => Value::Integer(number),
            ValueRef::Text(text) => Value::Text(
                std::str::from_utf8(text).map_err(|why| Error::inconsistent("?", "a text", why))?.to_owned(),
            ),
            ValueRef::Blob(bytes) => Value::Bytes(bytes.into()),
            ValueRef::Real(number) => {
                return Err(Error::inconsistent("?", number, "no column holds fractions"));
            }
        })
    };
    (0..n_columns).map(value).collect::<Result<_, Error>>().map(Row)
}

impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Integer(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

/// What an error of SQLite means to a caller.
fn error(error: rusqlite::Error) -> Error {
    match error.sqlite_error_code() {
        Some(
            ErrorCode::DiskFull
            | ErrorCode::SystemIoFailure
            | ErrorCode::CannotOpen
            | ErrorCode::ReadOnly
            | ErrorCode::DatabaseBusy
            | ErrorCode::DatabaseLocked
            | ErrorCode::OutOfMemory
            | ErrorCode::PermissionDenied,
        ) => Error::unavailable(error),
        _ => Error::internal(format!("SQLite: {error}")),
    }
}

#[cfg(test)]
mod tests;
