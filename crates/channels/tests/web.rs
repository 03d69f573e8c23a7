//! Calls to real servers on this machine, well-behaved and not.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail the test")]

use std::collections::VecDeque;
use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse as _;
use axum::routing::{any, get, post};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use wend_channels::web::{
    BODY_BYTES_MAX, BodyEnd, CALLS_MAX, Call, Called, Lookup, Method, Verdict, Web, WebOptions,
};

/// Long enough that only a server that never answers reaches it.
const PATIENT: Duration = Duration::from_secs(20);
/// Short, for servers that never answer.
const IMPATIENT: Duration = Duration::from_millis(1_500);

fn options(allow: &str) -> WebOptions {
    WebOptions { allow: allow.parse().unwrap(), ..WebOptions::default() }
}

fn web() -> Web {
    Web::new(options("127.0.0.1"))
}

fn call(url: impl Into<String>) -> Call {
    Call {
        method: Method::Post,
        url: url.into(),
        headers: vec![("X-Token".to_owned(), "hunter2".to_owned())],
        body: Some(b"{}".to_vec()),
        key: "run-1/step-2".to_owned(),
        timeout: PATIENT,
    }
}

fn impatient(url: impl Into<String>) -> Call {
    Call { timeout: IMPATIENT, ..call(url) }
}

/// Serves routes until the test ends.
async fn serve(router: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

/// A server that reads the beginning of a request, says these bytes, and closes or keeps the connection for good.
async fn serve_bytes(says: Vec<u8>, closes: bool) -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let n_connections = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&n_connections);
    tokio::spawn(async move {
        let mut kept = Vec::new();
        while let Ok((mut socket, _)) = listener.accept().await {
            counted.fetch_add(1, Ordering::SeqCst);
            let _ = socket.read(&mut [0; 4096]).await;
            let _ = socket.write_all(&says).await;
            if !closes {
                kept.push(socket);
            }
        }
    });
    (address, n_connections)
}

/// Answers questions for addresses from a list, in order, and counts them.
#[derive(Clone)]
struct Prepared {
    answers: Arc<Mutex<VecDeque<Vec<IpAddr>>>>,
}

impl Prepared {
    fn new(answers: &[&str]) -> Self {
        let read =
            |answer: &&str| answer.split_whitespace().map(|address| address.parse().unwrap()).collect();
        Self { answers: Arc::new(Mutex::new(answers.iter().map(read).collect())) }
    }

    fn n_left(&self) -> usize {
        self.answers.lock().unwrap().len()
    }
}

impl Lookup for Prepared {
    fn lookup(&self, name: &str) -> Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>> {
        let answer = self.answers.lock().unwrap().pop_front();
        let missing = || io::Error::new(io::ErrorKind::NotFound, format!("{name} isn't known"));
        Box::pin(std::future::ready(answer.ok_or_else(missing)))
    }
}

/// Never answers.
struct Silent;

impl Lookup for Silent {
    fn lookup(&self, _: &str) -> Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>> {
        Box::pin(std::future::pending())
    }
}

#[tokio::test]
async fn a_call_arrives_as_it_was_meant_and_its_answer_comes_back() {
    async fn echo(headers: HeaderMap, request: Request) -> impl axum::response::IntoResponse {
        let header = |name: &str| headers.get(name).map_or("-", |value| value.to_str().unwrap()).to_owned();
        let line = format!("{} {}", request.method(), request.uri());
        let names = ["idempotency-key", "user-agent", "x-token", "content-length", "cookie", "referer"];
        let said = names.map(header).join(" | ");
        let body = axum::body::to_bytes(request.into_body(), 1_000).await.unwrap();
        let text = format!("{line} | {said} | {}", String::from_utf8_lossy(&body));
        (StatusCode::CREATED, [("set-cookie", "a=b"), ("x-id", "7")], text)
    }
    let address = serve(Router::new().fallback(any(echo))).await;
    let web = web();
    let Called::Answered(answer) = web.call(&call(format!("http://{address}/hook?a=b#c"))).await else {
        panic!("the server answers")
    };
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(
        String::from_utf8(answer.body.clone()).unwrap(),
        format!("POST /hook?a=b | run-1/step-2 | Wend/{version} | hunter2 | 2 | - | - | {{}}")
    );
    assert_eq!((answer.status, answer.body_end, answer.header("x-id")), (201, BodyEnd::Whole, Some("7")));
    assert_eq!(answer.header("set-cookie"), None);
    assert_eq!(answer.verdict(), Verdict::Accepted);
    let again = Call { method: Method::Get, body: None, ..call(format!("http://{address}/")) };
    let Called::Answered(answer) = web.call(&again).await else { panic!("the server answers") };
    assert_eq!(
        String::from_utf8(answer.body).unwrap(),
        format!("GET / | run-1/step-2 | Wend/{version} | hunter2 | - | - | - | ")
    );
}

#[tokio::test]
async fn without_a_list_nothing_on_this_machine_is_ever_connected_to() {
    let (address, n_connections) =
        serve_bytes(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".to_vec(), true).await;
    let port = address.port();
    let web = Web::new(WebOptions::default());
    for host in [
        "127.0.0.1",
        "2130706433",
        "0x7f.1",
        "0177.1",
        "[::ffff:127.0.0.1]",
        "0",
        "[::]",
        "localhost",
        "LOCALHOST",
    ] {
        for scheme in ["http", "https"] {
            let called = web.call(&call(format!("{scheme}://{host}:{port}/hunter2"))).await;
            let Called::Refused { why } = &called else { panic!("{host}: {called}") };
            assert!(why.contains("`allow` under [web]") && !why.contains("hunter2"), "{why}");
            assert_eq!(called.verdict(), Verdict::Permanent);
        }
    }
    let other = Web::new(options("127.0.0.2, erp.internal"));
    assert!(matches!(other.call(&call(format!("http://{address}/"))).await, Called::Refused { .. }));
    assert_eq!(n_connections.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_name_that_leads_inside_is_refused_unless_the_operator_lists_it() {
    let address = serve(Router::new().route("/", post(|| async { "in" }))).await;
    let url = format!("http://erp.internal:{}/", address.port());
    let answers = ["127.0.0.1"];
    let called = Web::with_lookup(options(""), Prepared::new(&answers)).call(&call(&url)).await;
    assert_eq!(
        called.to_string(),
        "refused: erp.internal leads to a loopback address; if it is meant, the operator adds it to `allow` under \
         [web] in wend.toml"
    );
    for allow in ["erp.internal", "*.internal", "127.0.0.0/8"] {
        let called = Web::with_lookup(options(allow), Prepared::new(&answers)).call(&call(&url)).await;
        assert_eq!(called.to_string(), "answered with status 200", "{allow}");
    }
    let metadata = Prepared::new(&["169.254.169.254"]);
    let called = Web::with_lookup(options("erp.internal"), metadata).call(&call(&url)).await;
    assert!(matches!(called, Called::Refused { .. }), "{called}");
}

#[tokio::test]
async fn a_name_is_looked_up_once_for_a_connection_and_judged_each_time() {
    // The server closes, so that each call needs a connection of its own.
    let says = b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n".to_vec();
    let (address, n_connections) = serve_bytes(says, true).await;
    let lookup = Prepared::new(&["127.0.0.1", "127.0.0.2", "127.0.0.1 127.0.0.2", "127.0.0.1"]);
    let web = Web::with_lookup(options("127.0.0.1"), lookup.clone());
    let url = format!("http://rebinding.example:{}/", address.port());
    for (expected, n_left) in [
        ("answered with status 200", 3),
        ("refused: rebinding.example leads to a loopback address", 2),
        ("refused: rebinding.example leads to a loopback address", 1),
        ("answered with status 200", 0),
    ] {
        let called = web.call(&call(&url)).await.to_string();
        assert!(called.starts_with(expected), "{called}");
        assert_eq!(lookup.n_left(), n_left);
    }
    assert_eq!(n_connections.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_is_not_followed() {
    let (inside, n_connections) =
        serve_bytes(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".to_vec(), true).await;
    let location = format!("http://{inside}/");
    let router = Router::new().fallback(any(move || async move {
        (StatusCode::TEMPORARY_REDIRECT, [("location", location)]).into_response()
    }));
    let address = serve(router).await;
    let Called::Answered(answer) = web().call(&call(format!("http://{address}/"))).await else {
        panic!("a redirect is an answer")
    };
    assert_eq!((answer.status, answer.verdict()), (307, Verdict::Permanent));
    assert_eq!(answer.header("location"), Some(format!("http://{inside}/").as_str()));
    assert_eq!(n_connections.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_server_that_never_answers_leaves_the_fate_unknown() {
    let (address, _) = serve_bytes(Vec::new(), false).await;
    let called = web().call(&impatient(format!("http://{address}/hunter2"))).await;
    assert_eq!(called.to_string(), format!("unknown: http://{address} didn't answer within 1500 ms"));
    assert_eq!(called.verdict(), Verdict::Unknown);
}

#[tokio::test]
async fn the_operators_time_bounds_the_callers() {
    let (address, _) = serve_bytes(Vec::new(), false).await;
    let web = Web::new(WebOptions { timeout_ms: 1_200, ..options("127.0.0.1") });
    let called = web.call(&call(format!("http://{address}/"))).await;
    assert_eq!(called.to_string(), format!("unknown: http://{address} didn't answer within 1200 ms"));
}

#[tokio::test]
async fn a_server_that_closes_after_the_request_leaves_the_fate_unknown() {
    for says in [&b""[..], b"HTTP/1.1 200", b"SSH-2.0-OpenSSH_9.2\r\n"] {
        let (address, n_connections) = serve_bytes(says.to_vec(), true).await;
        let called = web().call(&call(format!("http://{address}/hunter2"))).await;
        let Called::Unknown { what } = &called else { panic!("{called}") };
        assert!(what.starts_with(&format!("http://{address} had the call and didn't answer")), "{what}");
        assert!(!what.contains("hunter2"), "{what}");
        assert_eq!(n_connections.load(Ordering::SeqCst), 1, "one call is one attempt");
    }
}

#[tokio::test]
async fn a_call_that_found_no_connection_was_certainly_not_sent() {
    // Bound and never listening: nobody else can be given the port meanwhile.
    let reserved = tokio::net::TcpSocket::new_v4().unwrap();
    reserved.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let nobody = reserved.local_addr().unwrap();
    let (silent, _) = serve_bytes(Vec::new(), false).await;
    let (plain, _) = serve_bytes(b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec(), true).await;
    for (called, expected) in [
        (web().call(&call(format!("http://{nobody}/hunter2"))).await, "Connection refused"),
        (
            web().call(&impatient(format!("https://{silent}/hunter2"))).await,
            "took no connection within 1500 ms",
        ),
        (web().call(&call(format!("https://{plain}/hunter2"))).await, "cannot connect to https://"),
        (
            Web::with_lookup(options(""), Silent).call(&impatient("http://shop.example/hunter2")).await,
            "took no connection",
        ),
        (
            Web::with_lookup(options(""), Prepared::new(&[]))
                .call(&call("http://shop.example/hunter2"))
                .await,
            "cannot look up shop.example: shop.example isn't known",
        ),
    ] {
        let Called::NotSent { why } = &called else { panic!("{called}") };
        assert!(why.contains(expected) && !why.contains("hunter2"), "{why}");
        assert_eq!(called.verdict(), Verdict::Temporary { retry_after: None });
    }
}

#[tokio::test]
async fn a_body_is_kept_up_to_its_bound_and_what_is_missing_is_said() {
    let sized = |n_bytes: usize| get(move || async move { vec![b'x'; n_bytes] });
    let router = Router::new()
        .route("/largest", sized(BODY_BYTES_MAX))
        .route("/larger", sized(BODY_BYTES_MAX + 1))
        .route("/huge", sized(50 * 1024 * 1024));
    let address = serve(router).await;
    for (path, body_end) in [("largest", BodyEnd::Whole), ("larger", BodyEnd::Cut), ("huge", BodyEnd::Cut)] {
        let call = Call { method: Method::Get, body: None, ..call(format!("http://{address}/{path}")) };
        let Called::Answered(answer) = web().call(&call).await else { panic!("{path} answers") };
        assert_eq!((answer.body.len(), answer.body_end), (BODY_BYTES_MAX, body_end), "{path}");
    }
}

#[tokio::test]
async fn a_body_that_breaks_off_or_never_ends_leaves_the_status_known() {
    for closes in [true, false] {
        let says = b"HTTP/1.1 202 Accepted\r\ncontent-length: 10\r\n\r\nhalf".to_vec();
        let (address, _) = serve_bytes(says, closes).await;
        let Called::Answered(answer) = web().call(&impatient(format!("http://{address}/"))).await else {
            panic!("the status came")
        };
        assert_eq!((answer.status, answer.body_end), (202, BodyEnd::Broken));
        assert_eq!((answer.body.as_slice(), answer.verdict()), (&b"half"[..], Verdict::Accepted));
    }
}

#[tokio::test]
async fn a_head_without_end_is_no_answer() {
    let says = format!("HTTP/1.1 200 OK\r\nx: {}\r\n\r\n", "x".repeat(1024 * 1024)).into_bytes();
    let (address, _) = serve_bytes(says, true).await;
    let called = web().call(&call(format!("http://{address}/"))).await;
    assert!(matches!(called, Called::Unknown { .. }), "{called}");
}

#[tokio::test]
async fn the_headers_of_an_answer_are_kept_whole_up_to_their_bounds() {
    let long = "l".repeat(20_000);
    let many = (0..80).map(|n| format!("x-{n}: {n}\r\n")).collect::<Vec<_>>().concat();
    let says = format!("HTTP/1.1 200 OK\r\nx-long: {long}\r\n{many}content-length: 0\r\n\r\n").into_bytes();
    let (address, _) = serve_bytes(says, true).await;
    let Called::Answered(answer) = web().call(&call(format!("http://{address}/"))).await else {
        panic!("the server answers")
    };
    assert_eq!((answer.headers.len(), answer.header("x-long")), (64, None));
}

#[tokio::test]
async fn a_receiver_that_is_busy_is_asked_again_after_its_own_time() {
    let router =
        Router::new().fallback(any(|| async { (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "7")]) }));
    let address = serve(router).await;
    let called = web().call(&call(format!("http://{address}/"))).await;
    assert_eq!(called.verdict(), Verdict::Temporary { retry_after: Some(Duration::from_secs(7)) });
}

/// Lets the others work until a server has so many connections.
async fn eventually_connected(n_connections: &AtomicUsize, n_expected: usize) {
    while n_connections.load(Ordering::SeqCst) < n_expected {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_call_beyond_the_most_at_once_waits_its_turn_and_is_not_sent_if_none_comes() {
    let (address, n_connections) = serve_bytes(Vec::new(), false).await;
    let web = web();
    let mut held = tokio::task::JoinSet::new();
    for _ in 0..CALLS_MAX {
        let (web, call) = (web.clone(), call(format!("http://{address}/")));
        held.spawn(async move { web.call(&call).await });
    }
    eventually_connected(&n_connections, CALLS_MAX).await;
    let called = web.call(&impatient(format!("http://{address}/"))).await;
    assert_eq!(
        called.to_string(),
        format!("not sent: http://{address} had no turn among the calls that are under way within 1500 ms")
    );
    held.shutdown().await;
    let called = web.call(&impatient(format!("http://{address}/"))).await;
    assert!(matches!(called, Called::Unknown { .. }), "a dropped call gives its turn back: {called}");
    assert_eq!(n_connections.load(Ordering::SeqCst), CALLS_MAX + 1);
}

#[tokio::test]
async fn many_calls_at_once_all_end() {
    let address = serve(Router::new().fallback(any(|| async { "ok" }))).await;
    let web = web();
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..600 {
        let (web, call) = (web.clone(), call(format!("http://{address}/")));
        calls.spawn(async move { web.call(&call).await.verdict() });
    }
    assert!(calls.join_all().await.iter().all(|verdict| *verdict == Verdict::Accepted));
}
