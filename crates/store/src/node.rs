//! How nodes that share a PostgreSQL know of each other's death.
//!
//! Each node holds a lock of its own on a connection of its own, for as long as it lives. When it dies, or is cut off,
//! the database takes the lock back: no heartbeats, no leases, no clocks.

use deadpool_postgres::Object;

use crate::driver::Driver;
use crate::driver::postgres::Transaction;
use crate::driver::value::params;
use crate::error::Error;
use crate::open::Inner;
use crate::statement::{Statement, statements};

statements! {
    /// Taken until the connection ends.
    LIVE: Statement =
        Statement::Postgres("SELECT CASE WHEN pg_try_advisory_lock($1) THEN 1 ELSE 0 END");
    LEAVE: Statement = Statement::Postgres("SELECT CASE WHEN pg_advisory_unlock($1) THEN 1 ELSE 0 END");
    /// Taken until the transaction ends, so that two nodes never take over the same attempts.
    GONE: Statement =
        Statement::Postgres("SELECT CASE WHEN pg_try_advisory_xact_lock($1) THEN 1 ELSE 0 END");
}

/// Makes sure that the others see this node alive: takes its lock, again if the connection was lost.
pub(crate) async fn keep_alive(inner: &Inner) -> Result<(), Error> {
    let Driver::Postgres(postgres) = &inner.driver else { return Ok(()) };
    let mut alive = inner.alive.lock().await;
    if alive.as_ref().is_some_and(|connection: &Object| !connection.is_closed()) {
        return Ok(());
    }
    *alive = None;
    let connection = postgres.connection().await?;
    if !crate::driver::postgres::ask(&connection, LIVE, params![key(&inner.node)]).await? {
        return Err(Error::Unavailable {
            what: format!(
                "the node name `{}` is taken: two processes have the same name, or the database has not noticed yet \
                 that this one's connection broke",
                inner.node
            ),
        });
    }
    *alive = Some(connection);
    Ok(())
}

/// Gives the node's lock back, so that others know at once.
pub(crate) async fn leave(inner: &Inner) -> Result<(), Error> {
    if let Some(connection) = inner.alive.lock().await.take()
        && !connection.is_closed()
    {
        crate::driver::postgres::ask(&connection, LEAVE, params![key(&inner.node)]).await?;
    }
    Ok(())
}

/// Whether a node is gone; if so, no other node hears the same until this transaction ends.
pub(crate) async fn is_gone(transaction: &mut Transaction, node: &str) -> Result<bool, Error> {
    transaction.ask(GONE, params![key(node)]).await
}

/// The number of a node's lock.
fn key(node: &str) -> i64 {
    let digest = wend_domain::id::digest("node lock", &[node.as_bytes()]);
    i64::from_be_bytes(digest[..8].try_into().expect("a digest has 32 bytes"))
}
