//! The receiver of what comes back: an SMTP server that takes mail to signed addresses and nothing else.
//!
//! **Invariants**
//! - Mail to anybody else is refused at `RCPT`: it relays nothing and keeps nothing.
//! - A mail is answered with 250 only after what it says was committed.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context as _;
use tokio::net::TcpListener;

use crate::reception::{Keeping, Reception, door};

/// The most recipients of one mail that are looked at: a bounce has one.
const RECIPIENTS_MAX: usize = 5;

/// Who decides what becomes of mail.
pub trait Mailroom: Send + Sync + 'static {
    /// Whether mail to an address is expected.
    fn expects<'a>(&'a self, recipient: &'a str)
    -> std::pin::Pin<Box<dyn Future<Output = bool> + Send + 'a>>;

    /// Takes a mail in; false if that isn't possible now.
    fn take<'a>(
        &'a self,
        recipient: &'a str,
        content: &'a [u8],
    ) -> std::pin::Pin<Box<dyn Future<Output = bool> + Send + 'a>>;
}

/// A receiver that has its port, but doesn't answer yet.
#[derive(Debug)]
pub struct Receiver {
    listener: TcpListener,
    address: SocketAddr,
}

struct Desk<M>(M);

impl Receiver {
    /// Takes the port.
    pub async fn bind(address: SocketAddr) -> anyhow::Result<Self> {
        let listener = TcpListener::bind(address)
            .await
            .with_context(|| format!("cannot listen on {address} for bounces"))?;
        let address = listener.local_addr().context("a bound socket has no address")?;
        Ok(Self { listener, address })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until `until` is done. A mail that isn't answered by then is the sender's to repeat.
    pub async fn run(self, mailroom: impl Mailroom, until: impl Future<Output = ()>) {
        door::serve(self.listener, Arc::new(Desk(mailroom)), until).await;
    }
}

impl<M: Mailroom> Reception for Desk<M> {
    fn name(&self) -> &'static str {
        "wend"
    }

    fn is_for_tests(&self) -> bool {
        false
    }

    fn admit<'a>(&'a self, recipient: &'a str) -> Keeping<'a, ()> {
        Box::pin(async move {
            if self.0.expects(recipient).await { Ok(()) } else { Err("550 5.1.1 no such address here") }
        })
    }

    fn keep(
        self: Arc<Self>,
        _sender: String,
        recipients: Vec<String>,
        content: Vec<u8>,
    ) -> Keeping<'static, String> {
        Box::pin(async move {
            for recipient in recipients.iter().take(RECIPIENTS_MAX) {
                if !self.0.take(recipient, &content).await {
                    return Err("451 4.3.0 try again later");
                }
            }
            Ok("news".to_owned())
        })
    }
}

#[cfg(test)]
mod tests;
