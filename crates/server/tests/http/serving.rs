//! Serving on a real socket, and stopping.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use wend_server::serve;

use crate::app::App;

#[tokio::test]
async fn a_connection_that_never_finishes_its_request_is_closed() {
    let app = App::start().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::time::pause();
    let client = async move {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(b"GET /health HTTP/1.1\r\nHost: ").await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap()
    };
    tokio::select! {
        served = serve(listener, app.state.clone(), std::future::pending()) => served.unwrap(),
        n_bytes = client => assert_eq!(n_bytes, 0),
    }
}

#[tokio::test]
async fn more_connections_than_allowed_wait_for_a_place() {
    let app = App::with(|options| options.connections_max = 1).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let client = async move {
        let request = format!("GET /health HTTP/1.1\r\nHost: {address}\r\n\r\n");
        let mut first = TcpStream::connect(address).await.unwrap();
        let mut second = TcpStream::connect(address).await.unwrap();
        second.write_all(request.as_bytes()).await.unwrap();
        let mut answer = [0; 4_096];
        // The first connection is served and kept alive; the second one has been asking all the time.
        for _ in 0..3 {
            first.write_all(request.as_bytes()).await.unwrap();
            assert!(first.read(&mut answer).await.unwrap() > 0);
            let early = second.try_read(&mut answer).unwrap_err();
            assert_eq!(early.kind(), std::io::ErrorKind::WouldBlock);
        }
        drop(first);
        assert!(second.read(&mut answer).await.unwrap() > 0);
    };
    tokio::select! {
        served = serve(listener, app.state.clone(), std::future::pending()) => served.unwrap(),
        () = client => {}
    }
}

#[tokio::test]
async fn requests_are_served_until_the_server_is_told_to_stop() {
    let app = App::start().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = serve(listener, app.state.clone(), async {
        let _ = stopped.await;
    });
    let client = async move {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let request = format!("GET /health HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        stop.send(()).unwrap();
        answer
    };
    let (served, answer) = tokio::join!(serving, client);
    served.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.ends_with(r#"{"status":"ok"}"#), "{answer}");
    assert!(TcpStream::connect(address).await.is_err());
}
