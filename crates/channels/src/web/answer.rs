//! What came back, bounded, and what it means.

use std::fmt;
use std::time::Duration;

use http_body_util::BodyExt as _;
use hyper::Response;
use hyper::body::Incoming;
use hyper::header::{self, HeaderMap};
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;
use tokio::time::{Instant, timeout_at};

/// The most bytes of an answer's body that are kept.
pub const BODY_BYTES_MAX: usize = 64 * 1024;
/// The most headers of an answer that are kept.
pub const HEADERS_KEPT_MAX: usize = 64;
/// The most bytes of names and values of an answer's headers that are kept.
pub const HEADER_BYTES_KEPT_MAX: usize = 16 * 1024;
/// The longest that a receiver can make us wait.
pub const RETRY_AFTER_MAX: Duration = Duration::from_hours(24);

/// How a body ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyEnd {
    /// It is all there.
    Whole,
    /// It was longer than [`BODY_BYTES_MAX`]; its beginning is there.
    Cut,
    /// The connection broke, or the time was up; what came until then is there.
    Broken,
}

/// An answer to a call.
#[derive(Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// Names in lower case and values, in order and whole; cookies and what goes beyond the bounds is left out.
    pub headers: Vec<(String, String)>,
    /// The body as far as it is kept.
    pub body: Vec<u8>,
    /// Whether that is all of it.
    pub body_end: BodyEnd,
}

impl fmt::Debug for Answer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Answer")
            .field("status", &self.status)
            .field("n_headers", &self.headers.len())
            .field("body_bytes", &self.body.len())
            .field("body_end", &self.body_end)
            .finish_non_exhaustive()
    }
}

/// What a call's end means for the one who made it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The receiver took it.
    Accepted,
    /// It wasn't taken, and may be tried again, not before the receiver's own time if it gave one.
    ///
    /// After an answer of the 500s that is the receiver's word, not certainty: the key is what makes trying again safe.
    Temporary {
        /// How long the receiver asks us to wait, at most [`RETRY_AFTER_MAX`].
        retry_after: Option<Duration>,
    },
    /// It wasn't taken, and trying again would change nothing.
    Permanent,
    /// It may have been taken or not.
    Unknown,
}

impl Answer {
    /// Tells what the status means. A redirect is an answer like others: it isn't followed, and is permanent.
    pub fn verdict(&self) -> Verdict {
        match self.status {
            200..=299 => Verdict::Accepted,
            408 | 425 | 429 | 500..=599 => Verdict::Temporary { retry_after: self.retry_after() },
            _ => Verdict::Permanent,
        }
    }

    /// The first value of a header, by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// How long the receiver asks us to wait: seconds, or a date, which is measured against the date of the answer.
    fn retry_after(&self) -> Option<Duration> {
        let value = self.header("retry-after")?.trim();
        let wait = if value.bytes().all(|byte| byte.is_ascii_digit()) && !value.is_empty() {
            // More digits than fit are longer than any bound.
            Duration::from_secs(value.parse().unwrap_or(u64::MAX))
        } else {
            let seconds = date(value)?.duration_since(date(self.header("date")?)?).as_secs();
            Duration::from_secs(u64::try_from(seconds).unwrap_or(0))
        };
        Some(wait.min(RETRY_AFTER_MAX))
    }
}

fn date(value: &str) -> Option<Timestamp> {
    DateTimeParser::new().parse_timestamp(value).ok()
}

/// Keeps what the bounds allow of an answer that has begun.
pub(super) async fn receive(response: Response<Incoming>, deadline: Instant) -> Answer {
    let (head, mut incoming) = response.into_parts();
    let mut body = Vec::new();
    let body_end = loop {
        match timeout_at(deadline, incoming.frame()).await {
            Ok(None) => break BodyEnd::Whole,
            Ok(Some(Ok(frame))) => {
                let data = frame.into_data().unwrap_or_default();
                let room = BODY_BYTES_MAX - body.len();
                body.extend_from_slice(&data[..data.len().min(room)]);
                if data.len() > room {
                    break BodyEnd::Cut;
                }
            }
            Ok(Some(Err(_))) | Err(_) => break BodyEnd::Broken,
        }
    };
    Answer { status: head.status.as_u16(), headers: kept(&head.headers), body, body_end }
}

fn kept(headers: &HeaderMap) -> Vec<(String, String)> {
    let mut room = HEADER_BYTES_KEPT_MAX;
    let mut kept = Vec::new();
    for (name, value) in headers {
        let n_bytes = name.as_str().len() + value.len();
        if name == header::SET_COOKIE || n_bytes > room || kept.len() == HEADERS_KEPT_MAX {
            continue;
        }
        room -= n_bytes;
        kept.push((name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()));
    }
    kept
}

#[cfg(test)]
mod tests;
