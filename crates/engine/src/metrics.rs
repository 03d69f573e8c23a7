//! What can be watched: the list of the engine's metrics, from which the manual's page is generated.
//!
//! The server adds what only it sees, requests, to the page and to what is scraped (`wend_server::METRICS`).

use std::fmt::Write as _;
use std::sync::atomic::{AtomicI64, Ordering};

use prometheus_client::encoding::text;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;
use wend_domain::id::{Channel, WorkspaceId};
use wend_domain::input::Outcome;
use wend_domain::time::{Period, Timestamp};
use wend_store::Statistics;

use crate::batch::Arrival;
use crate::courier::SenderView;
use crate::lane::Fate;
use crate::tick::Worker;

/// One metric as the manual lists it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Description {
    /// Its name, as it is scraped.
    pub name: &'static str,
    /// `counter`, `gauge` or `histogram`.
    pub kind: &'static str,
    /// Its labels.
    pub labels: &'static str,
    /// What it means, with its unit.
    pub meaning: &'static str,
}

macro_rules! descriptions {
    ($($constant:ident $name:literal $kind:literal [$labels:literal] $meaning:literal)*) => {
        $(const $constant: Description =
            Description { name: $name, kind: $kind, labels: $labels, meaning: $meaning };)*

        /// All metrics of the engine.
        pub const ALL: &[Description] = &[$($constant),*];
    };
}

descriptions! {
    INPUTS "wend_inputs_total" "counter" ["cause, fate"]
        "Inputs of contacts, by what caused them (event, alarm, command, news, grant and others, or inbox) and what became of them (taken, queued, stuck, no_such_contact)"
    BATCH_SIZE "wend_batch_inputs" "histogram" [""] "Inputs from clients in one transaction"
    BATCH_DURATION "wend_batch_duration_seconds" "histogram" [""]
        "Seconds from taking a batch of inputs from the queue to its commit"
    CONFLICTS "wend_conflicts_total" "counter" [""]
        "Transactions that were run again because another one was in their way"
    QUEUE "wend_queue_events" "gauge" [""] "Events that wait for a batch"
    REFUSED "wend_ingest_refused_total" "counter" ["reason"]
        "Requests that were not accepted, by reason (overloaded, unavailable, stopping)"
    ALARMS "wend_alarms_total" "counter" [""] "Contacts that were woken by their alarm"
    ATTEMPTS "wend_attempts_total" "counter" ["channel, outcome"]
        "Attempts at handing a message to a provider, by outcome (accepted, temporary, permanent, unknown)"
    REPORTS "wend_reports_total" "counter" ["kind, fate"]
        "What others told of messages (delivered, bounced, complained, opened, clicked and others) and whether the message is known (taken, unknown)"
    ATTEMPT_DURATION "wend_attempt_duration_seconds" "histogram" [""] "Seconds that an attempt took"
    WAITED "wend_messages_waited_total" "counter" ["channel"]
        "Claimed messages that nobody could carry then (limits of senders and of recipients' domains, warm-up, open breakers): no attempt was made, and they are looked at again later"
    SENDER_ATTEMPTS "wend_sender_attempts" "gauge" ["sender, kind, outcome"]
        "Attempts of a sender of e-mail since the process began, by outcome (accepted, temporary, permanent, unknown)"
    SENDER_SHUT "wend_sender_shut" "gauge" ["sender, kind"]
        "Whether a sender is left alone: 1 while its circuit breaker is open or its provider asked for a pause, else 0"
    UNDER_WAY "wend_attempts_under_way" "gauge" [""] "Attempts that have begun and are not settled"
    TICKS_FAILED "wend_ticks_failed_total" "counter" ["worker"]
        "Ticks of a worker that failed and were tried again"
    CONTACTS "wend_contacts" "gauge" ["workspace"] "Contacts ever created"
    HISTORY "wend_history_rows" "gauge" ["workspace"] "Inputs ever kept in history"
    OUTBOX "wend_outbox_rows" "gauge" ["workspace, state"] "Messages in the outbox, by state (pending, attempting)"
    INBOX "wend_inbox_rows" "gauge" ["workspace"] "Inputs that are queued for contacts"
    STUCK "wend_stuck_inputs" "gauge" ["workspace"]
        "Inputs that could not be processed and wait for a person: see `wend doctor`"
    QUARANTINE "wend_quarantine_rows" "gauge" ["workspace"] "Events that made no sense and were set aside"
    ALARM_LATENESS "wend_alarm_lateness_seconds" "gauge" ["workspace"]
        "Seconds since the earliest alarm came due; 0 if none is"
    TAIL_CHANGES "wend_tail_changes" "gauge" [""] "Changes that wait to be folded (SQLite)"
    TAIL_BYTES "wend_tail_bytes" "gauge" [""] "Bytes of documents that wait to be folded (SQLite)"
}

/// The manual's page of these metrics.
pub fn markdown<'a>(metrics: impl IntoIterator<Item = &'a Description>) -> String {
    let mut page = String::from(
        "# Metrics\n\n`GET /metrics` gives these in the format of Prometheus.\n\n\
         | Name | Kind | Labels | Meaning |\n| --- | --- | --- | --- |\n",
    );
    for Description { name, kind, labels, meaning } in metrics {
        writeln!(page, "| `{name}` | {kind} | {labels} | {meaning} |").expect("a String takes any text");
    }
    page
}

type Labels = Vec<(&'static str, String)>;

/// The engine's metrics.
pub struct Metrics {
    registry: Registry,
    inputs: Family<Labels, Counter>,
    batch_size: Histogram,
    batch_duration: Histogram,
    conflicts: Counter,
    queue: Gauge,
    refused: Family<Labels, Counter>,
    alarms: Counter,
    attempts: Family<Labels, Counter>,
    reports: Family<Labels, Counter>,
    attempt_duration: Histogram,
    waited: Family<Labels, Counter>,
    sender_attempts: Family<Labels, Gauge>,
    sender_shut: Family<Labels, Gauge>,
    under_way: Gauge,
    ticks_failed: Family<Labels, Counter>,
    by_workspace: ByWorkspace,
    tail_changes: Gauge,
    tail_bytes: Gauge,
    gauges_at: AtomicI64,
}

#[derive(Default)]
struct ByWorkspace {
    contacts: Family<Labels, Gauge>,
    history: Family<Labels, Gauge>,
    outbox: Family<Labels, Gauge>,
    inbox: Family<Labels, Gauge>,
    stuck: Family<Labels, Gauge>,
    quarantine: Family<Labels, Gauge>,
    alarm_lateness: Family<Labels, Gauge>,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let mut metrics = Self {
            registry: Registry::default(),
            inputs: Family::default(),
            batch_size: Histogram::new(exponential_buckets(1.0, 4.0, 8)),
            batch_duration: Histogram::new(exponential_buckets(0.001, 2.0, 14)),
            conflicts: Counter::default(),
            queue: Gauge::default(),
            refused: Family::default(),
            alarms: Counter::default(),
            attempts: Family::default(),
            reports: Family::default(),
            attempt_duration: Histogram::new(exponential_buckets(0.005, 2.0, 15)),
            waited: Family::default(),
            sender_attempts: Family::default(),
            sender_shut: Family::default(),
            under_way: Gauge::default(),
            ticks_failed: Family::default(),
            by_workspace: ByWorkspace::default(),
            tail_changes: Gauge::default(),
            tail_bytes: Gauge::default(),
            gauges_at: AtomicI64::new(Timestamp::MIN.as_millis()),
        };
        metrics.register();
        metrics
    }

    fn register(&mut self) {
        fn add(
            registry: &mut Registry,
            description: Description,
            metric: impl prometheus_client::registry::Metric,
        ) {
            // The encoder adds `_total` to counters by itself.
            let name = description.name.strip_suffix("_total").unwrap_or(description.name);
            registry.register(name, description.meaning, metric);
        }
        let registry = &mut self.registry;
        add(registry, INPUTS, self.inputs.clone());
        add(registry, BATCH_SIZE, self.batch_size.clone());
        add(registry, BATCH_DURATION, self.batch_duration.clone());
        add(registry, CONFLICTS, self.conflicts.clone());
        add(registry, QUEUE, self.queue.clone());
        add(registry, REFUSED, self.refused.clone());
        add(registry, ALARMS, self.alarms.clone());
        add(registry, ATTEMPTS, self.attempts.clone());
        add(registry, REPORTS, self.reports.clone());
        add(registry, ATTEMPT_DURATION, self.attempt_duration.clone());
        add(registry, WAITED, self.waited.clone());
        add(registry, SENDER_ATTEMPTS, self.sender_attempts.clone());
        add(registry, SENDER_SHUT, self.sender_shut.clone());
        add(registry, UNDER_WAY, self.under_way.clone());
        add(registry, TICKS_FAILED, self.ticks_failed.clone());
        add(registry, CONTACTS, self.by_workspace.contacts.clone());
        add(registry, HISTORY, self.by_workspace.history.clone());
        add(registry, OUTBOX, self.by_workspace.outbox.clone());
        add(registry, INBOX, self.by_workspace.inbox.clone());
        add(registry, STUCK, self.by_workspace.stuck.clone());
        add(registry, QUARANTINE, self.by_workspace.quarantine.clone());
        add(registry, ALARM_LATENESS, self.by_workspace.alarm_lateness.clone());
        add(registry, TAIL_CHANGES, self.tail_changes.clone());
        add(registry, TAIL_BYTES, self.tail_bytes.clone());
    }

    /// All metrics in the text format of Prometheus.
    pub fn encode(&self) -> String {
        let mut page = String::new();
        text::encode(&mut page, &self.registry).expect("a String takes any text");
        page
    }

    pub(crate) fn input(&self, arrival: &Arrival, fate: &Fate) {
        let cause = match arrival {
            Arrival::Event(_) => "event",
            Arrival::ToContact { cause, .. } => cause.name(),
            Arrival::Row(_) => "inbox",
        };
        let fate = match fate {
            Fate::Taken(_) => "taken",
            Fate::Queued => "queued",
            Fate::Stuck(_) => "stuck",
            Fate::NoSuchContact => "no_such_contact",
        };
        self.inputs.get_or_create(&vec![("cause", cause.to_owned()), ("fate", fate.to_owned())]).inc();
    }

    pub(crate) fn batch(&self, n_inputs: usize, took: Period) {
        self.batch_size.observe(n_inputs as f64);
        self.batch_duration.observe(seconds(took));
    }

    pub(crate) fn conflict(&self) {
        self.conflicts.inc();
    }

    pub(crate) fn queue(&self, n_events: usize) {
        self.queue.set(n_events as i64);
    }

    pub(crate) fn refused(&self, reason: &'static str) {
        self.refused.get_or_create(&vec![("reason", reason.to_owned())]).inc();
    }

    pub(crate) fn alarms(&self, n_contacts: usize) {
        self.alarms.inc_by(n_contacts as u64);
    }

    pub(crate) fn attempt(&self, channel: &Channel, outcome: &Outcome, took: Period) {
        let outcome = match outcome {
            Outcome::Accepted { .. } => "accepted",
            Outcome::Temporary { .. } => "temporary",
            Outcome::Permanent { .. } => "permanent",
            Outcome::Unknown { .. } => "unknown",
        };
        let labels = vec![("channel", channel.to_string()), ("outcome", outcome.to_owned())];
        self.attempts.get_or_create(&labels).inc();
        self.attempt_duration.observe(seconds(took));
    }

    pub(crate) fn report(&self, kind: &'static str, fate: &'static str) {
        let labels = vec![("kind", kind.to_owned()), ("fate", fate.to_owned())];
        self.reports.get_or_create(&labels).inc();
    }

    pub(crate) fn waited(&self, channel: &Channel) {
        self.waited.get_or_create(&vec![("channel", channel.to_string())]).inc();
    }

    /// How the senders of this process are doing.
    pub(crate) fn senders(&self, senders: &[SenderView]) {
        for sender in senders {
            let labels = vec![("sender", sender.name.clone()), ("kind", sender.kind.to_owned())];
            self.sender_shut.get_or_create(&labels).set(i64::from(sender.until.is_some()));
            for (outcome, n_attempts) in &sender.outcomes {
                let mut labels = labels.clone();
                labels.push(("outcome", (*outcome).to_owned()));
                self.sender_attempts.get_or_create(&labels).set(*n_attempts as i64);
            }
        }
    }

    pub(crate) fn attempts_under_way(&self, n_attempts: usize) {
        self.under_way.set(n_attempts as i64);
    }

    pub(crate) fn tick_failed(&self, worker: Worker) {
        self.ticks_failed.get_or_create(&vec![("worker", worker.as_str().to_owned())]).inc();
    }

    pub(crate) fn gauges_are_older_than(&self, instant: Timestamp) -> bool {
        self.gauges_at.load(Ordering::Relaxed) <= instant.as_millis()
    }

    pub(crate) fn gauges_set(&self, at: Timestamp) {
        self.gauges_at.store(at.as_millis(), Ordering::Relaxed);
    }

    pub(crate) fn statistics(&self, workspace: &WorkspaceId, statistics: &Statistics, at: Timestamp) {
        let labels = vec![("workspace", workspace.to_string())];
        let gauges = &self.by_workspace;
        gauges.contacts.get_or_create(&labels).set(statistics.contacts);
        gauges.history.get_or_create(&labels).set(statistics.history);
        gauges.inbox.get_or_create(&labels).set(statistics.inbox);
        gauges.stuck.get_or_create(&labels).set(statistics.stuck);
        gauges.quarantine.get_or_create(&labels).set(statistics.quarantine);
        for state in ["pending", "attempting"] {
            let labels = vec![("workspace", workspace.to_string()), ("state", state.to_owned())];
            gauges.outbox.get_or_create(&labels).set(statistics.outbox.get(state).copied().unwrap_or(0));
        }
        let late = statistics.oldest_alarm.map_or(0, |alarm| at.since(alarm).as_millis().max(0) / 1_000);
        gauges.alarm_lateness.get_or_create(&labels).set(late);
        self.tail_changes.set(statistics.tail_changes as i64);
        self.tail_bytes.set(statistics.tail_bytes as i64);
    }
}

fn seconds(period: Period) -> f64 {
    period.as_millis().max(0) as f64 / 1_000.0
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn every_metric_of_the_list_is_scraped_and_none_else() {
        let metrics = Metrics::new();
        // A metric with labels is scraped from its first use on.
        metrics.input(&Arrival::Event(Box::new(crate::lane::tests::event())), &Fate::Queued);
        metrics.refused("stopping");
        metrics.attempt(&Channel::from("sms"), &Outcome::Accepted { reply: String::new() }, Period::ZERO);
        metrics.report("opened", "taken");
        metrics.waited(&Channel::from("email"));
        metrics.senders(&[SenderView {
            name: "main".to_owned(),
            kind: "smtp",
            tier: 1,
            weight: 1,
            breaker: "closed",
            until: None,
            warming_up: None,
            outcomes: BTreeMap::from([("accepted", 1)]),
            failed: None,
        }]);
        metrics.tick_failed(Worker::Inputs);
        metrics.statistics(&WorkspaceId::from("w"), &Statistics::default(), Timestamp::default());
        let page = metrics.encode();
        let described = page.lines().filter_map(|line| line.strip_prefix("# HELP "));
        let scraped: Vec<&str> = described.filter_map(|line| line.split(' ').next()).collect();
        let listed: Vec<&str> =
            ALL.iter().map(|metric| metric.name.strip_suffix("_total").unwrap_or(metric.name)).collect();
        assert_eq!(scraped, listed);
        assert!(ALL.iter().all(|metric| markdown(ALL).contains(metric.meaning)));
    }
}
