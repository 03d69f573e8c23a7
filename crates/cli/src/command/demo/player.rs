//! Sends what happens in the shop, day after day, and goes on where it stopped.
//!
//! **Invariant:** the position is kept after a batch was acknowledged, and every event has an id that is the same in
//! every demo: wherever it is stopped, each event counts once.

use super::shop::{Former, Shop};
use crate::client::Client;
use crate::command::events::sender::Sender;
use crate::command::events::{identify, track};
use crate::exit::Failure;
use crate::output::Output;
use crate::portfolio::write_whole;
use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::time::Instant;
use wend_domain::id::chance;
use wend_domain::time::Timestamp;
use wend_engine::{Clock as _, SystemClock};

/// The file in the data folder that says where to go on.
const POSITION: &str = "demo-position.json";
/// The most events of one batch.
const BATCH_EVENTS_MAX: usize = 500;
/// How many milliseconds a day has.
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
/// After how many days without an order the example's customers lapse.
const LAPSES_AFTER_DAYS: i64 = 60;
/// Those who were here before lapse within this time from the demo's beginning.
const LAPSE_WITHIN_MS: u64 = 60 * 60 * 1_000;

/// Where the demo is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Position {
    /// When it began for the first time, in milliseconds since 1970.
    began_at: Option<i64>,
    /// Whether those who were here before are known.
    has_former: bool,
    /// The day that is played next, from 0.
    day: usize,
    /// How many events of that day are sent.
    sent: usize,
}

/// What was played by this call.
#[derive(Debug, Default)]
pub struct Report {
    /// How many days are played in all.
    pub days: usize,
    /// How many events were sent now.
    pub events: u64,
}

/// Plays the shop.
pub struct Player {
    file: PathBuf,
    position: Position,
    client: Client,
    sender: Sender,
}

impl Player {
    /// Finds out where to go on.
    pub fn resume(data: &Path, client: Client) -> Result<Self, Failure> {
        let file = data.join(POSITION);
        let position = match std::fs::read(&file) {
            Ok(bytes) => {
                serde_json::from_slice(&bytes).with_context(|| format!("cannot read {}", file.display()))?
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Position::default(),
            Err(error) => {
                return Err(anyhow::Error::new(error)
                    .context(format!("cannot read {}", file.display()))
                    .into());
            }
        };
        let sender = Sender::new(client.clone());
        Ok(Self { file, position, client, sender })
    }

    /// Plays up to `days_max` days of the shop, counted from its first.
    pub async fn play(
        &mut self,
        shop: &Shop,
        days_max: Option<u32>,
        day: Duration,
        output: Output,
    ) -> Result<Report, Failure> {
        let n_days = days_max.map_or(shop.n_days(), |days| shop.n_days().min(days as usize));
        if self.position.began_at.is_none() {
            self.position.began_at = Some(SystemClock.now().as_millis());
            self.keep()?;
        }
        if !self.position.has_former {
            self.import(&shop.former, output).await?;
        }
        let progress = output.progress("playing (days)", Some(n_days as u64));
        progress.set_position(self.position.day as u64);
        while self.position.day < n_days {
            let began = Instant::now();
            progress.set_message(format!("{} (days)", shop.date(self.position.day)));
            self.play_day(shop).await?;
            self.position = Position { day: self.position.day + 1, sent: 0, ..self.position };
            self.keep()?;
            progress.inc(1);
            tokio::time::sleep_until(began + day).await;
        }
        progress.finish_and_clear();
        Ok(Report { days: self.position.day, events: self.sender.report().sent })
    }

    async fn play_day(&mut self, shop: &Shop) -> Result<(), Failure> {
        let events = shop.events(self.position.day);
        let rest = events.get(self.position.sent..).unwrap_or_default();
        for batch in rest.chunks(BATCH_EVENTS_MAX) {
            self.sender.send(batch.to_vec()).await?;
            self.position.sent += batch.len();
            self.keep()?;
        }
        Ok(())
    }

    /// Tells of the customers who were here before: their orders are history that triggers nothing, and the last one
    /// lies back so far that they lapse while somebody watches.
    async fn import(&mut self, former: &[Former], output: Output) -> Result<(), Failure> {
        let began_at = self.position.began_at.unwrap_or_default();
        let progress = output.progress("importing former customers", Some(former.len() as u64));
        for group in former.chunks(BATCH_EVENTS_MAX / 10) {
            let events: Vec<Value> = group.iter().flat_map(|former| history(former, began_at)).collect();
            for batch in events.chunks(BATCH_EVENTS_MAX) {
                self.client.import(&json!({ "batch": batch })).await?;
            }
            progress.inc(group.len() as u64);
        }
        progress.finish_and_clear();
        self.position.has_former = true;
        self.keep()
    }

    fn keep(&self) -> Result<(), Failure> {
        let bytes = serde_json::to_vec(&self.position).context("cannot write the position")?;
        write_whole(&self.file, &bytes)
    }
}

/// A former customer's orders, as far back as it takes.
fn history(former: &Former, began_at: i64) -> Vec<Value> {
    let Former { customer, orders } = former;
    let in_ms = chance("demo lapses", &[customer.as_bytes()], LAPSE_WITHIN_MS) as i64;
    let last_at = began_at + in_ms - LAPSES_AFTER_DAYS * DAY_MS;
    let at = |days_before: i64| Timestamp::from_millis(last_at - days_before * DAY_MS).to_string();
    let first = orders.iter().map(|(days_before, _, _)| *days_before).max().unwrap_or(0);
    let mut events = vec![identify(customer, &former.traits())];
    events[0]["timestamp"] = at(first).into();
    for (days_before, n_records, dollars) in orders {
        let properties = json!({ "item_count": n_records, "total": dollars });
        let mut event = track(customer, "Order Completed", &properties);
        event["timestamp"] = at(*days_before).into();
        events.push(event);
    }
    for (index, event) in events.iter_mut().enumerate() {
        event["messageId"] = format!("demo-former-{customer}-{index}").into();
    }
    events
}

#[cfg(test)]
mod tests;
