//! The one HTTP client for every call that a user can aim: webhooks, connected content, catalogues.
//!
//! Read in this order: `call` (what is asked, and what of it may be sent), `address` (which addresses are public),
//! `allowed` (what the operator lets be reached besides), `connect` (names, addresses, sockets), `answer` (what
//! comes back, and what it means).
//!
//! **Invariants**
//! - Whoever writes the URL reaches public addresses, and what the operator listed; nothing else, by no spelling.
//! - One call is one attempt. [`Called::Refused`] and [`Called::NotSent`] promise that no byte of it left.
//! - Every size and time is bounded. What is beyond a bound is cut and said, or refused.
//! - No path, query, header or body is in an error or a `Debug`: tokens are there.
//!
//! **Absent on purpose:** redirects (an answer like others), cookies, proxies (also those of the environment), HTTP
//! authentication, decompression, HTTP/2, and repeating. `reqwest` stands back here because it doesn't tell whether a
//! call that timed out had a connection yet, and that is the difference between trying again and not knowing.

mod call;

mod address;

mod allowed;

mod connect;

mod answer;

use std::error::Error as _;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper_util::client::legacy::connect::capture_connection;
use hyper_util::client::legacy::{self, Client};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout_at};

use crate::smtp::tls;
use allowed::Forbidden;
use connect::{Connector, SystemLookup};

pub use allowed::{Allowed, Error as AllowedError};
pub use answer::{
    Answer, BODY_BYTES_MAX, BodyEnd, HEADER_BYTES_KEPT_MAX, HEADERS_KEPT_MAX, RETRY_AFTER_MAX, Verdict,
};
pub use call::{
    BODY_SENT_BYTES_MAX, Call, HEADER_BYTES_MAX, HEADERS_MAX, KEY_BYTES_MAX, Method, URL_BYTES_MAX,
};
pub use connect::Lookup;

/// The most calls that are under way at once; others wait their turn, within their own time.
pub const CALLS_MAX: usize = 256;
/// The most idle connections to one host that are kept.
const IDLE_PER_HOST_MAX: usize = 4;
/// How long an idle connection is kept: less than servers commonly do, so that none is closed under a call.
const IDLE_FOR: Duration = Duration::from_secs(3);
/// The most bytes of an answer's head.
const HEAD_BYTES_MAX: usize = 64 * 1024;

/// What the operator decides about calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebOptions {
    /// What may be reached though it isn't public.
    pub allow: Allowed,
    /// The longest that any call may take, from waiting its turn to the last byte of the answer.
    pub timeout_ms: u64,
}

impl Default for WebOptions {
    fn default() -> Self {
        Self { allow: Allowed::default(), timeout_ms: 30_000 }
    }
}

/// How a call ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Called {
    /// The receiver answered, whatever it said.
    Answered(Answer),
    /// The call was never sent, and never will be as it is: what it asks isn't allowed.
    Refused {
        /// The rule that it breaks.
        why: String,
    },
    /// No byte of the call was sent, this time: no address, no connection, no trust.
    NotSent {
        /// What went wrong.
        why: String,
    },
    /// The call may have arrived, and no answer tells.
    Unknown {
        /// What happened instead of an answer.
        what: String,
    },
}

impl Called {
    /// Tells what to do next.
    pub fn verdict(&self) -> Verdict {
        match self {
            Self::Answered(answer) => answer.verdict(),
            Self::Refused { .. } => Verdict::Permanent,
            Self::NotSent { .. } => Verdict::Temporary { retry_after: None },
            Self::Unknown { .. } => Verdict::Unknown,
        }
    }
}

impl fmt::Display for Called {
    /// One line for people, without anything of the answer but its status.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answered(answer) => write!(formatter, "answered with status {}", answer.status),
            Self::Refused { why } => write!(formatter, "refused: {why}"),
            Self::NotSent { why } => write!(formatter, "not sent: {why}"),
            Self::Unknown { what } => write!(formatter, "unknown: {what}"),
        }
    }
}

/// The client. Its clones share connections and bounds.
#[derive(Clone)]
pub struct Web {
    client: Client<Connector, Full<Bytes>>,
    allowed: Arc<Allowed>,
    turns: Arc<Semaphore>,
    timeout_max: Duration,
    /// Why no certificate can be judged on this machine. Only who calls https: needs to know.
    no_trust: Option<String>,
}

impl fmt::Debug for Web {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Web")
            .field("allowed", &self.allowed)
            .field("timeout_max", &self.timeout_max)
            .finish_non_exhaustive()
    }
}

impl Web {
    /// A client that knows names as the system does.
    pub fn new(options: WebOptions) -> Self {
        Self::with_lookup(options, SystemLookup::default())
    }

    /// A client with its own way to look names up; what it finds is judged all the same.
    pub fn with_lookup(options: WebOptions, lookup: impl Lookup) -> Self {
        let allowed = Arc::new(options.allow);
        let (tls, no_trust) = match tls::system() {
            Ok(tls) => (tls, None),
            Err(tls::Error::System { why } | tls::Error::Ca { why, .. }) => {
                (tls::nobody(), Some(no_trust(&why)))
            }
        };
        let connector = Connector::new(Arc::new(lookup), Arc::clone(&allowed), tls);
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE_FOR)
            .pool_max_idle_per_host(IDLE_PER_HOST_MAX)
            .http1_max_buf_size(HEAD_BYTES_MAX)
            .build(connector);
        let turns = Arc::new(Semaphore::new(CALLS_MAX));
        let timeout_max = Duration::from_millis(options.timeout_ms);
        Self { client, allowed, turns, timeout_max, no_trust }
    }

    /// Makes one call, once. Dropping it midway leaves its fate unknown.
    pub async fn call(&self, call: &Call) -> Called {
        let mut checked = match call::check(call, &self.allowed) {
            Ok(checked) => checked,
            Err(why) => return Called::Refused { why },
        };
        let origin = &checked.origin;
        if let Some(why) = self.no_trust.as_ref().filter(|_| checked.is_https) {
            return Called::NotSent { why: why.clone() };
        }
        let timeout = call.timeout.min(self.timeout_max);
        let deadline = Instant::now() + timeout;
        let late = |what: &str| format!("{origin} {what} within {} ms", timeout.as_millis());
        let Ok(_turn) = timeout_at(deadline, self.turns.acquire()).await else {
            return Called::NotSent { why: late("had no turn among the calls that are under way") };
        };
        let connection = capture_connection(&mut checked.request);
        let sent = timeout_at(deadline, self.client.request(checked.request)).await;
        // A request is given to a connection after this is set, and not before: without it, nothing has left.
        let had_connection = connection.connection_metadata().is_some();
        match sent {
            Ok(Ok(response)) => Called::Answered(answer::receive(response, deadline).await),
            Ok(Err(error)) => failed(&error, origin, had_connection),
            Err(_) if had_connection => Called::Unknown { what: late("didn't answer") },
            Err(_) => Called::NotSent { why: late("took no connection") },
        }
    }
}

fn no_trust(why: &str) -> String {
    format!("cannot use the system's CA certificates: {why}; install them (Debian: ca-certificates)")
}

fn failed(error: &legacy::Error, origin: &str, had_connection: bool) -> Called {
    let mut cause = error.source();
    let mut root = String::new();
    while let Some(known) = cause {
        if let Some(forbidden) = known.downcast_ref::<Forbidden>() {
            return Called::Refused { why: forbidden.to_string() };
        }
        root = known.to_string();
        cause = known.source();
    }
    if error.is_connect() || !had_connection {
        return Called::NotSent { why: format!("cannot connect to {origin}: {root}") };
    }
    Called::Unknown { what: format!("{origin} had the call and didn't answer: {root}") }
}
