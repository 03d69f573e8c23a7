//! What the server itself counts, beside the engine's metrics.

use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};

/// How requests with events went since the process began.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    /// Events that were committed.
    pub events_accepted: AtomicU64,
    /// Things that were no events.
    pub events_quarantined: AtomicU64,
    /// Requests refused for their key.
    pub requests_unauthorized: AtomicU64,
    /// Requests that could not be read as a whole.
    pub requests_unreadable: AtomicU64,
    /// Requests told to come again: too much at once.
    pub requests_overloaded: AtomicU64,
    /// Requests told to come again: the database was away.
    pub requests_unavailable: AtomicU64,
}

impl Counts {
    /// In the text format of Prometheus.
    pub(crate) fn encode(&self) -> String {
        let mut text = String::new();
        let counters = [
            ("wend_http_events_accepted", "Events that were committed", &self.events_accepted),
            ("wend_http_events_quarantined", "Things sent that are no events", &self.events_quarantined),
            (
                "wend_http_requests_unauthorized",
                "Requests with events refused for their key",
                &self.requests_unauthorized,
            ),
            (
                "wend_http_requests_unreadable",
                "Requests with events that could not be read as a whole",
                &self.requests_unreadable,
            ),
            (
                "wend_http_requests_overloaded",
                "Requests with events told to come again: too much at once",
                &self.requests_overloaded,
            ),
            (
                "wend_http_requests_unavailable",
                "Requests with events told to come again: the database was away",
                &self.requests_unavailable,
            ),
        ];
        for (name, help, counter) in counters {
            let value = counter.load(Ordering::Relaxed);
            let _ = write!(text, "# HELP {name} {help}.\n# TYPE {name} counter\n{name}_total {value}\n");
        }
        text
    }
}

/// Adds to a counter.
pub(crate) fn add(counter: &AtomicU64, n: usize) {
    counter.fetch_add(n as u64, Ordering::Relaxed);
}
