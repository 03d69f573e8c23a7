//! The one way to a socket: names are looked up, judged and connected to in one go.
//!
//! **Invariant:** the addresses that were judged are the ones connected to. A name is looked up once for a connection,
//! so that a second answer of its DNS server ("re-binding") is judged like the first.

use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs as _};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::Uri;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder, MaybeHttpsStream};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::dns::Name;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio_rustls::rustls::ClientConfig;
use tower::Service;

use super::allowed::Allowed;

/// How long looking up, connecting and the TLS handshake may take together.
const CONNECT_FOR: Duration = Duration::from_secs(10);
/// The most addresses of a name that are tried.
const ADDRESSES_TRIED_MAX: usize = 8;
/// The most names that are looked up at once: each holds a thread, for as long as a slow DNS server likes.
const LOOKUPS_MAX: usize = 32;

/// An answer that is awaited.
type Answering<T> = Pin<Box<dyn Future<Output = T> + Send>>;
/// An error of any kind, which is what the HTTP library passes on.
type Broken = Box<dyn std::error::Error + Send + Sync>;

/// Who knows the addresses of a name.
pub trait Lookup: Send + Sync + 'static {
    /// Gives all addresses of a name.
    fn lookup(&self, name: &str) -> Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>>;
}

/// The system's resolver: its hosts file and its DNS servers.
pub(super) struct SystemLookup {
    threads: Arc<Semaphore>,
}

impl Default for SystemLookup {
    fn default() -> Self {
        Self { threads: Arc::new(Semaphore::new(LOOKUPS_MAX)) }
    }
}

impl Lookup for SystemLookup {
    fn lookup(&self, name: &str) -> Answering<io::Result<Vec<IpAddr>>> {
        let threads = Arc::clone(&self.threads);
        let name = name.to_owned();
        Box::pin(async move {
            // The permit goes with the thread: a call that gave up waiting doesn't free what is still held.
            let permit = threads.acquire_owned().await.map_err(io::Error::other)?;
            let looking = tokio::task::spawn_blocking(move || {
                let _permit = permit;
                (name.as_str(), 0).to_socket_addrs().map(|found| found.map(|address| address.ip()).collect())
            });
            looking.await.map_err(io::Error::other)?
        })
    }
}

/// Looks names up and judges what they lead to.
#[derive(Clone)]
pub(super) struct Resolver {
    lookup: Arc<dyn Lookup>,
    allowed: Arc<Allowed>,
}

impl Resolver {
    pub(super) fn new(lookup: Arc<dyn Lookup>, allowed: Arc<Allowed>) -> Self {
        Self { lookup, allowed }
    }

    pub(super) async fn addresses(self, name: String) -> Result<std::vec::IntoIter<SocketAddr>, Broken> {
        let found =
            self.lookup.lookup(&name).await.map_err(|error| format!("cannot look up {name}: {error}"))?;
        if found.is_empty() {
            return Err(format!("{name} has no address").into());
        }
        self.allowed.check_name(&name, &found)?;
        let tried = found.into_iter().take(ADDRESSES_TRIED_MAX).map(|address| SocketAddr::new(address, 0));
        Ok(tried.collect::<Vec<_>>().into_iter())
    }
}

impl Service<Name> for Resolver {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = Broken;
    type Future = Answering<Result<Self::Response, Broken>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Broken>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        Box::pin(self.clone().addresses(name.as_str().to_owned()))
    }
}

/// Connects to what is allowed, within a bounded time.
#[derive(Clone)]
pub(super) struct Connector {
    inner: HttpsConnector<HttpConnector<Resolver>>,
    allowed: Arc<Allowed>,
}

impl Connector {
    pub(super) fn new(lookup: Arc<dyn Lookup>, allowed: Arc<Allowed>, tls: ClientConfig) -> Self {
        let mut http = HttpConnector::new_with_resolver(Resolver::new(lookup, Arc::clone(&allowed)));
        // TLS begins on top of it, so it must take https too.
        http.enforce_http(false);
        http.set_nodelay(true);
        // Divided among the addresses, so that a dead one doesn't take the time of all.
        http.set_connect_timeout(Some(CONNECT_FOR));
        let inner = HttpsConnectorBuilder::new()
            .with_tls_config(tls)
            .https_or_http()
            .enable_http1()
            .wrap_connector(http);
        Self { inner, allowed }
    }
}

impl Service<Uri> for Connector {
    type Response = MaybeHttpsStream<TokioIo<TcpStream>>;
    type Error = Broken;
    type Future = Answering<Result<Self::Response, Broken>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Broken>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        // An address passes the resolver by. The URL was judged already; this is the reading that counts.
        if let Some(address) = literal(&uri)
            && let Err(forbidden) = self.allowed.check_literal(address)
        {
            return Box::pin(std::future::ready(Err(forbidden.into())));
        }
        let connecting = self.inner.call(uri);
        Box::pin(async move {
            let late = || format!("no connection within {} s", CONNECT_FOR.as_secs());
            tokio::time::timeout(CONNECT_FOR, connecting).await.map_err(|_| late())?
        })
    }
}

/// The address that a host is written as, if it is one.
fn literal(uri: &Uri) -> Option<IpAddr> {
    let host = uri.host()?;
    host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host).parse().ok()
}

#[cfg(test)]
mod tests;
