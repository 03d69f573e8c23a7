//! What the server itself counts, beside the engine's metrics: how requests with events went.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};

use wend_engine::metrics::Description;

/// One of the counters: its place in [`METRICS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Counter {
    EventsAccepted,
    EventsQuarantined,
    RequestsUnauthorized,
    RequestsUnreadable,
    RequestsOverloaded,
    RequestsUnavailable,
}

/// How many counters there are; by its own name, because an optimised build can't ask [`METRICS`] for it: the table's
/// type would then depend on the table.
const N_COUNTERS: usize = 6;

/// The server's part of the manual's page of metrics.
pub const METRICS: [Description; N_COUNTERS] = [
    counter("wend_http_events_accepted_total", "Events that were committed"),
    counter("wend_http_events_quarantined_total", "Things sent that are no events, and were set aside"),
    counter("wend_http_requests_unauthorized_total", "Requests with events refused for their key"),
    counter("wend_http_requests_unreadable_total", "Requests with events that could not be read as a whole"),
    counter(
        "wend_http_requests_overloaded_total",
        "Requests with events told to come again: too much at once",
    ),
    counter(
        "wend_http_requests_unavailable_total",
        "Requests with events told to come again: the database was away, or the server was stopping",
    ),
];

const fn counter(name: &'static str, meaning: &'static str) -> Description {
    Description { name, kind: "counter", labels: "", meaning }
}

/// How often each happened since the process began.
#[derive(Debug, Default)]
pub(crate) struct Counts([AtomicU64; N_COUNTERS]);

impl Counts {
    /// Adds to a counter.
    pub(crate) fn add(&self, counter: Counter, n: usize) {
        self.0[counter as usize].fetch_add(n as u64, Ordering::Relaxed);
    }

    /// In the text format of Prometheus.
    pub(crate) fn encode(&self) -> String {
        let mut text = String::new();
        for (Description { name, kind, meaning, .. }, count) in METRICS.iter().zip(&self.0) {
            let family = name.strip_suffix("_total").unwrap_or(name);
            let count = count.load(Ordering::Relaxed);
            writeln!(text, "# HELP {family} {meaning}.\n# TYPE {family} {kind}\n{name} {count}")
                .expect("a String takes any text");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_counter_is_scraped_under_the_name_of_its_place() {
        let counts = Counts::default();
        counts.add(Counter::EventsAccepted, 3);
        counts.add(Counter::RequestsUnavailable, 1);
        let text = counts.encode();
        assert!(text.contains("\nwend_http_events_accepted_total 3\n"), "{text}");
        assert!(text.ends_with("\nwend_http_requests_unavailable_total 1\n"), "{text}");
        assert_eq!(text.lines().filter(|line| line.starts_with("# HELP")).count(), METRICS.len());
    }
}
