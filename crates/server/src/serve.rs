//! Connections: accepting a bounded number of them, closing those that say nothing, and ending in order.
//!
//! This is the one place in the crate that spawns and waits: a connection is a task of its own.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower::ServiceExt;

use crate::router::router;
use crate::state::ServerState;

/// How long a connection may take to send the head of a request, and to say nothing between two requests.
const HEAD_FOR_MAX: Duration = Duration::from_secs(30);

/// How long to wait after a connection could not be accepted, mostly for want of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Serves until `stop` is ready; requests under way are finished.
///
/// It returns when the last of them is: a caller that can't wait so long drops this.
pub async fn serve(
    listener: TcpListener,
    state: ServerState,
    stop: impl Future<Output = ()> + Send + 'static,
) -> anyhow::Result<()> {
    let places = Arc::new(Semaphore::new(state.options().connections_max));
    let app = router(state);
    let graceful = GracefulShutdown::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        let (stream, place) = tokio::select! {
            biased;
            () = &mut stop => break,
            accepted = accept(&listener, &places) => accepted,
        };
        connection(&app, stream, place, &graceful);
    }
    drop(listener);
    graceful.shutdown().await;
    Ok(())
}

/// The next connection, once there is a place for it.
async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> (TcpStream, Option<OwnedSemaphorePermit>) {
    // The semaphore is never closed, so that there always is a place in the end.
    let place = Arc::clone(places).acquire_owned().await.ok();
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return (stream, place),
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// Serves one connection in a task of its own; its place is free again when it ends.
fn connection(
    app: &Router,
    stream: TcpStream,
    place: Option<OwnedSemaphorePermit>,
    graceful: &GracefulShutdown,
) {
    // Answers are small: waiting to fill packets would only delay them.
    let _ = stream.set_nodelay(true);
    let service = app.clone().map_request(|request: hyper::Request<Incoming>| request.map(Body::new));
    let service = TowerToHyperService::new(service);
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_FOR_MAX)
        .serve_connection(TokioIo::new(stream), service);
    let served = graceful.watch(connection);
    tokio::spawn(async move {
        if let Err(error) = served.await {
            tracing::debug!(%error, "a connection broke");
        }
        drop(place);
    });
}
