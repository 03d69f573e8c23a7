//! The development inbox: an SMTP server that delivers to nobody, and a page that shows what it took.
//!
//! Read in this order: [`spool`] (how messages are kept), `reception` (the SMTP side), `http`, `page`, `shown` and
//! `remarks` (the HTTP side).
//!
//! **Invariants**
//! - A mail is answered with 250, and a message with 201, only after it is on disk.
//! - Everything is bounded: connections, recipients, lines, mails, and how many are kept.
//! - What a mail says is never trusted: text is escaped, HTML is shown in a frame without scripts.
//!
//! This is a whole server rather than a channel, so it alone in this crate spawns tasks and waits on
//! several things at once; nothing in it is used when a real provider is configured.

mod http;

mod page;

mod remarks;

mod shown;

pub mod spool;

use std::future::Future;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::reception::{Keeping, Reception, door};
use spool::Spool;

pub use remarks::{Inspect, Remark, RemarkLink, Remarks};

/// How long a browser's open connections may hold up the end.
const GRACE: Duration = Duration::from_secs(1);

/// Where the inbox listens and what it keeps.
#[derive(Debug, Clone)]
pub struct InboxOptions {
    /// The SMTP side; port 0 takes any free port.
    pub smtp: SocketAddr,
    /// The page and the API; port 0 takes any free port.
    pub http: SocketAddr,
    /// The folder that keeps the messages; made if it isn't there.
    pub folder: PathBuf,
    /// The most messages that are kept; older ones are removed.
    pub mails_max: usize,
}

/// A development inbox that has its ports and its folder, but doesn't answer yet.
#[derive(Debug)]
pub struct Inbox {
    smtp: TcpListener,
    smtp_addr: SocketAddr,
    http: TcpListener,
    http_addr: SocketAddr,
    spool: Arc<Spool>,
    inspect: Option<Inspect>,
}

impl Inbox {
    /// Takes the ports and reads what the folder already holds.
    pub async fn bind(options: InboxOptions) -> anyhow::Result<Self> {
        for address in [options.smtp, options.http] {
            anyhow::ensure!(
                address.ip().is_loopback(),
                "the development inbox takes mail from anybody and shows it to anybody, so it listens on \
                 loopback only; {address} isn't (use 127.0.0.1)"
            );
        }
        let (folder, mails_max) = (options.folder, options.mails_max);
        let shown = folder.display().to_string();
        let spool = tokio::task::spawn_blocking(move || Spool::open(&folder, mails_max))
            .await?
            .with_context(|| format!("cannot use {shown} as the development inbox's folder"))?;
        let (smtp, smtp_addr) = listen("SMTP", options.smtp).await?;
        let (http, http_addr) = listen("HTTP", options.http).await?;
        Ok(Self { smtp, smtp_addr, http, http_addr, spool: Arc::new(spool), inspect: None })
    }

    /// The same, with remarks on each e-mail: its links, its size, and what speaks against it.
    #[must_use]
    pub fn inspecting(self, inspect: Inspect) -> Self {
        Self { inspect: Some(inspect), ..self }
    }

    /// The address that takes mail.
    pub fn smtp_addr(&self) -> SocketAddr {
        self.smtp_addr
    }

    /// The address that shows it.
    pub fn http_addr(&self) -> SocketAddr {
        self.http_addr
    }

    /// Serves until `until` is done. A mail that isn't answered by then is the sender's to repeat.
    pub async fn run(self, until: impl Future<Output = ()>) -> anyhow::Result<()> {
        let (stop, stopped) = watch::channel(false);
        let ender = async move {
            until.await;
            // Nobody left to hear it is as good as everybody having stopped.
            let _ = stop.send(true);
            Ok(())
        };
        let router = http::router(Arc::clone(&self.spool), self.inspect);
        let http = axum::serve(self.http, router).with_graceful_shutdown(done(stopped.clone()));
        let patience = done(stopped.clone());
        let http = async {
            tokio::select! {
                served = http => served.context("the development inbox's HTTP side failed"),
                () = async { patience.await; tokio::time::sleep(GRACE).await } => Ok(()),
            }
        };
        let smtp = async {
            door::serve(self.smtp, self.spool, done(stopped)).await;
            Ok(())
        };
        tokio::try_join!(http, smtp, ender)?;
        Ok(())
    }
}

impl Reception for Spool {
    fn name(&self) -> &'static str {
        "wend development inbox"
    }

    fn is_for_tests(&self) -> bool {
        true
    }

    fn admit<'a>(&'a self, _recipient: &'a str) -> Keeping<'a, ()> {
        Box::pin(std::future::ready(Ok(())))
    }

    fn keep(
        self: Arc<Self>,
        sender: String,
        recipients: Vec<String>,
        content: Vec<u8>,
    ) -> Keeping<'static, String> {
        Box::pin(async move {
            let kept = tokio::task::spawn_blocking(move || self.keep_mail(&sender, &recipients, &content));
            let kept = kept.await.map_err(std::io::Error::other).flatten();
            kept.map(|id| id.to_string()).map_err(|error| {
                tracing::error!(%error, "the development inbox cannot keep a mail: see to its folder");
                "452 4.3.1 the mail cannot be kept"
            })
        })
    }
}

async fn listen(what: &str, address: SocketAddr) -> anyhow::Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind(address)
        .await
        .with_context(|| format!("cannot listen on {address} for the development inbox's {what} side"))?;
    let address = listener.local_addr().context("a bound socket has no address")?;
    Ok((listener, address))
}

async fn done(mut stopped: watch::Receiver<bool>) {
    // An error means that the sender is gone, which is the end too.
    let _ = stopped.wait_for(|stopped| *stopped).await;
}

#[cfg(test)]
mod tests;
