//! One POST to a provider, and what is certain afterwards.
//!
//! The aim is the operator's, so it may be any address. As in [`crate::web`], what counts is whether the request had a
//! connection: without one nothing has left.

use std::error::Error as _;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::header::{self, HeaderName, HeaderValue};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client as Hyper;
use hyper_util::client::legacy::connect::{HttpConnector, capture_connection};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio::time::{Instant, timeout_at};

use crate::smtp::tls;

/// Who asks.
const USER_AGENT: &str = concat!("Wend/", env!("CARGO_PKG_VERSION"));
/// How long an idle connection is kept: less than servers commonly do, so that none is closed under a request.
const IDLE_FOR: Duration = Duration::from_secs(10);
/// The most idle connections that are kept.
const IDLE_MAX: usize = 64;
/// The most bytes of an answer: 500 lines of a batch fit many times.
const ANSWER_BYTES_MAX: usize = 4 * 1024 * 1024;

/// A request that is made of parts that were checked.
pub(super) struct Request {
    pub(super) url: String,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Vec<u8>,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answered {
    pub(super) status: u16,
    /// Names in lower case.
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: String,
}

/// How a request ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Posted {
    Answered(Answered),
    /// No byte of it left.
    NotSent {
        why: String,
    },
    /// It may have arrived.
    Unknown {
        what: String,
    },
}

/// Posts, over connections that are kept.
pub(super) struct Client {
    hyper: Hyper<HttpsConnector<HttpConnector>, Full<Bytes>>,
    timeout: Duration,
}

impl Client {
    pub(super) fn new(timeout: Duration) -> Self {
        let tls = tls::system().unwrap_or_else(|error| {
            tracing::error!(%error, "no provider's certificate can be checked on this machine");
            tls::nobody()
        });
        let mut http = HttpConnector::new();
        http.enforce_http(false);
        http.set_nodelay(true);
        http.set_connect_timeout(Some(timeout));
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls)
            .https_or_http()
            .enable_http1()
            .wrap_connector(http);
        let hyper = Hyper::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE_FOR)
            .pool_max_idle_per_host(IDLE_MAX)
            .build(connector);
        Self { hyper, timeout }
    }

    /// One try.
    pub(super) async fn post(&self, request: &Request) -> Posted {
        let Some(mut http) = http(request) else {
            return Posted::NotSent {
                why: "the request can't be written: a header has a line break".to_owned(),
            };
        };
        let deadline = Instant::now() + self.timeout;
        let host = http.uri().host().unwrap_or_default().to_owned();
        let connection = capture_connection(&mut http);
        let sent = timeout_at(deadline, self.hyper.request(http)).await;
        let had_connection = connection.connection_metadata().is_some();
        match sent {
            Ok(Ok(response)) => received(response, deadline, &host).await,
            Ok(Err(error)) => {
                let mut root = error.to_string();
                let mut cause = error.source();
                while let Some(known) = cause {
                    root = known.to_string();
                    cause = known.source();
                }
                if error.is_connect() || !had_connection {
                    return Posted::NotSent { why: format!("cannot connect to {host}: {root}") };
                }
                Posted::Unknown { what: format!("{host} had the request and didn't answer: {root}") }
            }
            Err(_) if had_connection => {
                let what =
                    format!("{host} had the request and didn't answer within {} s", self.timeout.as_secs());
                Posted::Unknown { what }
            }
            Err(_) => Posted::NotSent {
                why: format!("cannot connect to {host} within {} s", self.timeout.as_secs()),
            },
        }
    }
}

fn http(request: &Request) -> Option<hyper::Request<Full<Bytes>>> {
    let mut builder = hyper::Request::post(&request.url).header(header::USER_AGENT, USER_AGENT);
    for (name, value) in &request.headers {
        let mut value = HeaderValue::from_str(value).ok()?;
        value.set_sensitive(*name == "authorization" || name.starts_with("x-"));
        builder = builder.header(HeaderName::from_static(name), value);
    }
    builder.body(Full::new(Bytes::from(request.body.clone()))).ok()
}

async fn received(response: hyper::Response<hyper::body::Incoming>, deadline: Instant, host: &str) -> Posted {
    let (head, body) = response.into_parts();
    let status = head.status.as_u16();
    let headers = head.headers.iter().map(|(name, value)| {
        (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
    });
    let headers = headers.collect();
    let body = match timeout_at(deadline, Limited::new(body, ANSWER_BYTES_MAX).collect()).await {
        Ok(Ok(body)) => String::from_utf8_lossy(&body.to_bytes()).into_owned(),
        // The status alone tells whether one message was taken, but not which of several.
        Ok(Err(_)) | Err(_) => {
            return Posted::Unknown { what: format!("the answer of {host}, status {status}, broke off") };
        }
    };
    Posted::Answered(Answered { status, headers, body })
}
