//! Batches of events that get there: tried again when the server is busy, restarting or away for a moment.
//!
//! **Invariant:** an event has its message id before it is sent for the first time, so however often it is sent it
//! counts once.

use std::time::Duration;

use reqwest::Response;
use serde::Serialize;
use serde_json::{Value, json};

use crate::client::Client;
use crate::exit::Failure;
use crate::output::{member, plain};

/// How often a batch is sent again before the command gives up.
const RETRIES_MAX: u32 = 12;
/// The first pause; each later one is twice as long.
const PAUSE_FIRST: Duration = Duration::from_millis(200);
/// The longest pause, also if the server asks for more.
const PAUSE_MAX: Duration = Duration::from_secs(30);
/// The most reasons for refused events that are shown.
const REASONS_MAX: usize = 10;

/// What was sent.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Report {
    /// How many events the server has.
    pub sent: u64,
    /// How many of them it could not read and keeps in quarantine.
    pub quarantined: u64,
    /// The first of the reasons.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<String>,
}

/// Sends batches, one after another.
pub struct Sender {
    client: Client,
    report: Report,
}

impl Sender {
    /// Sends with this client's key.
    pub fn new(client: Client) -> Self {
        Self { client, report: Report::default() }
    }

    /// What was sent so far.
    pub fn report(&self) -> Report {
        self.report.clone()
    }

    /// Sends one batch; when this is done the server has committed it.
    pub async fn send(&mut self, mut events: Vec<Value>) -> Result<(), Failure> {
        if events.is_empty() {
            return Ok(());
        }
        for event in &mut events {
            if event.get("messageId").is_none_or(Value::is_null) {
                event["messageId"] = format!("wend-{:032x}", rand::random::<u128>()).into();
            }
        }
        let n_events = events.len() as u64;
        let batch = json!({ "batch": events });
        let mut n_retries = 0;
        loop {
            let pause = match self.client.ingest(&batch, n_retries).await {
                Ok(response) if response.status().is_success() => {
                    self.note(n_events, response).await;
                    return Ok(());
                }
                Ok(response) if is_worth_retrying(&response) && n_retries < RETRIES_MAX => {
                    asked_for(&response)
                }
                Ok(response) => return Err(self.client.refused(response).await),
                // A server that was there a moment ago may be restarting; one that never was isn't waited for.
                Err(_) if n_retries < RETRIES_MAX && self.report.sent > 0 => None,
                Err(failure) => return Err(failure),
            };
            let pause = pause.unwrap_or_else(|| PAUSE_FIRST.saturating_mul(1 << n_retries));
            tokio::time::sleep(pause.min(PAUSE_MAX)).await;
            n_retries += 1;
        }
    }

    async fn note(&mut self, n_events: u64, response: Response) {
        let answer: Value = response.json().await.unwrap_or_default();
        self.report.sent += n_events;
        self.report.quarantined += answer.get("quarantined").and_then(Value::as_u64).unwrap_or(0);
        for reason in answer.get("reasons").and_then(Value::as_array).into_iter().flatten() {
            if self.report.reasons.len() < REASONS_MAX {
                let reason = if reason.is_object() { member(reason, "reason") } else { plain(reason) };
                self.report.reasons.push(reason);
            }
        }
    }
}

fn is_worth_retrying(response: &Response) -> bool {
    matches!(response.status().as_u16(), 408 | 429 | 500 | 502 | 503 | 504)
}

fn asked_for(response: &Response) -> Option<Duration> {
    let seconds = response.headers().get("retry-after")?.to_str().ok()?.parse().ok()?;
    Some(Duration::from_secs(seconds))
}
