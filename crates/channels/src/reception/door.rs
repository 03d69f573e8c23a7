//! The SMTP side's door: takes connections, a bounded number at a time.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::{Reception, session};

/// The most connections at one time.
pub(crate) const CONNECTIONS_MAX: usize = 64;
/// How long to wait when the system has no more sockets to give.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Serves connections until `until` is done, then closes them all.
pub(crate) async fn serve<R: Reception>(
    listener: TcpListener,
    reception: Arc<R>,
    until: impl Future<Output = ()>,
) {
    let mut sessions = JoinSet::new();
    let mut until = std::pin::pin!(until);
    loop {
        let accepted = tokio::select! {
            () = &mut until => break,
            accepted = listener.accept() => accepted,
        };
        let mut stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) => {
                tracing::warn!(%error, name = reception.name(), "a connection of SMTP cannot be taken");
                tokio::time::sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        while sessions.try_join_next().is_some() {}
        if sessions.len() >= CONNECTIONS_MAX {
            // Whoever doesn't stay to hear it sees the connection close.
            let _ = stream.write_all(b"421 4.7.0 too many connections, try again later\r\n").await;
            continue;
        }
        // A socket that is already dead shows it at the first read.
        let _ = stream.set_nodelay(true);
        sessions.spawn(session::serve(stream, Arc::clone(&reception)));
    }
    sessions.shutdown().await;
}
