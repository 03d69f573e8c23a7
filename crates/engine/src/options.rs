//! Every bound of the engine by name.

use crate::secrets::SecretsKey;

/// The engine's bounds; the defaults suit two cores and a local disk.
#[derive(Debug, Clone)]
pub struct EngineOptions {
    /// The most events of one batch; one request is never split.
    pub batch_inputs_max: usize,
    /// The most events of one workspace that may wait for a batch; beyond it clients are asked to come back.
    pub queue_events_max: usize,
    /// How often a batch is run again because another transaction was in its way.
    pub conflicts_max: usize,
    /// How many threads advance the contacts of one batch; with 0 the caller's own does, as in simulations.
    pub compute_threads: usize,
    /// The most contacts that one transaction wakes.
    pub alarms_max: usize,
    /// The most queued inputs that one transaction takes.
    pub inbox_rows_max: usize,
    /// The most messages that are handed out at the same time.
    pub outbox_concurrency: usize,
    /// After how many milliseconds an attempt without an answer counts as unknown.
    pub attempt_timeout_ms: u64,
    /// The most attempts of lost nodes that are taken over at once.
    pub orphans_max: usize,
    /// How many milliseconds a worker sleeps at most before it looks again.
    pub poll_ms: i64,
    /// How many contacts a job tells at once.
    pub job_page_max: usize,
    /// How many milliseconds a job rests between two pages.
    pub job_pause_ms: i64,
    /// The most runs that are answered at once whether they may enter.
    pub grants_max: usize,
    /// What seals the secrets of calls; without it none can be set or used.
    pub secrets_key: Option<SecretsKey>,
    /// The address by which people reach the server: links in messages begin with it. Without it messages have none.
    pub public_url: Option<String>,
    /// The domain of the addresses to which bounces and answers go, if this installation receives them.
    pub mail_domain: Option<String>,
    /// Whether answers to messages that name no other address for them go to that domain, too.
    pub replies: bool,
    /// How many milliseconds a stop waits for batches and attempts under way.
    pub stop_for_ms: u64,
}

impl EngineOptions {
    /// How many threads work gets that is not divided: one, or the caller's own.
    pub(crate) fn one_thread(&self) -> usize {
        self.compute_threads.min(1)
    }
}

impl Default for EngineOptions {
    fn default() -> Self {
        Self {
            batch_inputs_max: 1_000,
            queue_events_max: 20_000,
            conflicts_max: 8,
            compute_threads: 2,
            alarms_max: 500,
            inbox_rows_max: 500,
            outbox_concurrency: 64,
            attempt_timeout_ms: 90_000,
            orphans_max: 500,
            poll_ms: 1_000,
            job_page_max: 500,
            job_pause_ms: 100,
            grants_max: 1_000,
            secrets_key: None,
            public_url: None,
            mail_domain: None,
            replies: false,
            stop_for_ms: 30_000,
        }
    }
}
