//! E-mail over SMTP, with a bounded pool of connections.
//!
//! Read in this order: [`options`] (where), `connection` (how one message crosses), this file (which
//! connection), `reply` (what answers mean), `dialogue` and `tls` (the wire).

pub mod options;

mod connection;

mod dialogue;

mod reply;

pub mod tls;

pub use options::SmtpOptions;

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::Instant;
use tokio_rustls::TlsConnector;

use crate::dkim::Dkim;
use crate::email::{Composed, Email};
use crate::outcome::Outcome;
use crate::provider::{Doing, Provider};
use connection::{Connection, Delivery};
use dialogue::Lost;

/// How long a connection may lie in the pool; servers commonly close after five minutes.
const IDLE_MAX: Duration = Duration::from_mins(1);
/// How long a connection may have been idle and still be used unchecked.
const UNCHECKED_MAX: Duration = Duration::from_secs(2);
/// How many messages one connection carries; many servers refuse more.
const MESSAGES_PER_CONNECTION_MAX: u32 = 100;

/// A channel to one SMTP server.
///
/// At most `pool` messages are under way at once; further calls wait for their turn. A call that is
/// dropped closes its connection, and whether its message was taken is then unknown.
pub struct Smtp {
    options: SmtpOptions,
    dkim: Option<Dkim>,
    connector: Result<TlsConnector, tls::Error>,
    turns: Semaphore,
    idle: Mutex<Vec<Idle>>,
}

struct Idle {
    connection: Connection,
    since: Instant,
}

/// How far a connection that was idle is trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Use {
    AtOnce,
    IfAlive,
    Never,
}

impl Use {
    fn of(idle_for: Duration, dirty: bool) -> Self {
        if idle_for >= IDLE_MAX {
            Self::Never
        } else if dirty || idle_for >= UNCHECKED_MAX {
            Self::IfAlive
        } else {
            Self::AtOnce
        }
    }
}

impl std::fmt::Debug for Smtp {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Smtp")
            .field("options", &self.options)
            .field("dkim", &self.dkim)
            .finish_non_exhaustive()
    }
}

impl Smtp {
    /// Makes the channel; connects to nobody yet.
    pub fn new(options: SmtpOptions, dkim: Option<Dkim>) -> Result<Self, tls::Error> {
        let connector = tls::connector(&options)?;
        let turns = Semaphore::new(options.pool);
        Ok(Self { options, dkim, connector, turns, idle: Mutex::new(Vec::new()) })
    }

    /// Hands one e-mail over: one attempt, whose outcome says what became of it.
    pub async fn send(&self, email: &Email) -> Outcome {
        let mut composed = match email.compose() {
            Ok(composed) => composed,
            Err(unfit) => {
                return Outcome::Permanent { reply: unfit.to_string(), suppress: unfit.bad_recipient };
            }
        };
        if let Some(dkim) = &self.dkim
            && let Err(error) = dkim.sign(&mut composed, email.date)
        {
            return Outcome::temporary(error.to_string());
        }
        let Ok(_turn) = self.turns.acquire().await else {
            return Outcome::temporary("the channel is closed");
        };
        match self.deliver(&composed).await {
            Ok(outcome) => outcome,
            Err(Lost(what)) => {
                tracing::debug!(message.id = email.message_key, what, "no connection for an e-mail");
                Outcome::temporary(what)
            }
        }
    }

    /// Says good-bye on all idle connections.
    pub async fn close(&self) {
        let idle = std::mem::take(&mut *self.lock());
        for Idle { connection, .. } in idle {
            connection.quit().await;
        }
    }

    /// Delivers over a connection from the pool, or over a new one if that turns out to be stale.
    ///
    /// The second try can't send anything twice: the first broke before the message's content.
    async fn deliver(&self, email: &Composed) -> Result<Outcome, Lost> {
        if let Some(connection) = self.pooled().await
            && let Ok(outcome) = self.deliver_over(connection, email).await
        {
            return Ok(outcome);
        }
        let connection = Connection::open(&self.options, &self.connector).await?;
        self.deliver_over(connection, email).await
    }

    async fn deliver_over(&self, mut connection: Connection, email: &Composed) -> Result<Outcome, Lost> {
        let Delivery { outcome, reusable } = connection.deliver(email).await?;
        if reusable && connection.n_messages < MESSAGES_PER_CONNECTION_MAX {
            self.lock().push(Idle { connection, since: Instant::now() });
        } else if reusable {
            connection.quit().await;
        }
        Ok(outcome)
    }

    /// The connection used last, if there is one that still answers.
    async fn pooled(&self) -> Option<Connection> {
        // Each round takes one connection out of a pool that holds at most as many as there are turns.
        loop {
            let Idle { mut connection, since } = {
                let mut idle = self.lock();
                idle.retain(|idle| Use::of(idle.since.elapsed(), false) != Use::Never);
                idle.pop()?
            };
            match Use::of(since.elapsed(), connection.is_dirty()) {
                Use::AtOnce => return Some(connection),
                Use::IfAlive if connection.is_alive().await => return Some(connection),
                Use::IfAlive | Use::Never => {}
            }
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Idle>> {
        // A panic elsewhere leaves the list whole: it is only pushed to, popped and filtered.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Provider for Smtp {
    fn kind(&self) -> &'static str {
        "smtp"
    }

    fn send<'a>(&'a self, email: &'a Email) -> Doing<'a, Outcome> {
        Box::pin(Self::send(self, email))
    }

    fn spf(&self) -> Option<String> {
        self.options.spf()
    }

    fn uses_return_path(&self) -> bool {
        true
    }

    fn close(&self) -> Doing<'_, ()> {
        Box::pin(Self::close(self))
    }
}

#[cfg(test)]
mod tests;
