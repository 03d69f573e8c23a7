//! Serving on a real socket, and stopping.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use wend_server::serve;

use crate::app::App;

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
