//! Sends what happens in the shop, day after day, and goes on where it stopped.
//!
//! **Invariant:** the position is kept after a batch was acknowledged, and every event has an id that is the same in
//! every demo: wherever it is stopped, each event counts once.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use wend_domain::time::{Period, Timestamp};
use wend_engine::{CatchingUpClock, Clock as _, SystemClock};

use super::shop::Shop;
use crate::client::Client;
use crate::command::events::sender::Sender;
use crate::exit::Failure;
use crate::output::Output;
use crate::portfolio::write_whole;

/// The file in the data folder that says where to go on.
const POSITION: &str = "demo-position.json";
/// The most events of one batch.
const BATCH_EVENTS_MAX: usize = 500;
/// How many milliseconds a day has.
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
/// How many milliseconds a minute has.
const MINUTE_MS: i64 = 60 * 1_000;
/// How long the demo's clock stands after its start, so that server and player begin together, in milliseconds.
const STANDS_FOR_MS: i64 = 1_500;

/// Where the demo is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Position {
    /// When the shop's first day begins by the demo's clock, in milliseconds since 1970; none before the first start.
    first_day_at: Option<i64>,
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
}

impl Player {
    /// Finds out where to go on.
    pub fn resume(data: &Path) -> Result<Self, Failure> {
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
        Ok(Self { file, position })
    }

    /// The clock of this start: at the first one the shop's last day is today; later ones go on where it stopped.
    pub fn clock(&mut self, shop: &Shop, day: Duration) -> Result<CatchingUpClock, Failure> {
        let now = SystemClock.now().as_millis();
        let first_day_at = if let Some(first_day_at) = self.position.first_day_at {
            first_day_at
        } else {
            let first_day_at = now - now.rem_euclid(DAY_MS) - shop.n_days() as i64 * DAY_MS;
            self.position.first_day_at = Some(first_day_at);
            self.keep()?;
            first_day_at
        };
        let next = shop.events(self.position.day).get(self.position.sent).map_or(0, |timed| timed.minute);
        let shows_first = first_day_at + self.position.day as i64 * DAY_MS + next as i64 * MINUTE_MS;
        let times_as_fast = DAY_MS / i64::try_from(day.as_millis()).unwrap_or(DAY_MS).max(1);
        Ok(CatchingUpClock {
            runs_from: Timestamp::from_millis(now + STANDS_FOR_MS),
            shows_first: Timestamp::from_millis(shows_first),
            times_as_fast: u32::try_from(times_as_fast).unwrap_or(1).max(1),
        })
    }

    /// Plays up to `days_max` days of the shop, counted from its first.
    pub async fn play(
        &mut self,
        shop: &Shop,
        days_max: Option<u32>,
        clock: CatchingUpClock,
        client: Client,
        output: Output,
    ) -> Result<Report, Failure> {
        let n_days = days_max.map_or(shop.n_days(), |days| shop.n_days().min(days as usize));
        let mut sender = Sender::new(client);
        let progress = output.progress("playing (days)", Some(n_days as u64));
        progress.set_position(self.position.day as u64);
        while self.position.day < n_days {
            progress.set_message(format!("{} (days)", shop.date(self.position.day)));
            self.play_day(shop, clock, &mut sender).await?;
            self.position = Position { day: self.position.day + 1, sent: 0, ..self.position };
            self.keep()?;
            progress.inc(1);
        }
        progress.finish_and_clear();
        Ok(Report { days: self.position.day, events: sender.report().sent })
    }

    /// Sends each event when the demo's clock shows its minute: as many at once as are due.
    async fn play_day(
        &mut self,
        shop: &Shop,
        clock: CatchingUpClock,
        sender: &mut Sender,
    ) -> Result<(), Failure> {
        let first_day_at = self.position.first_day_at.unwrap_or_default();
        let midnight = Timestamp::from_millis(first_day_at + self.position.day as i64 * DAY_MS);
        let events = shop.events(self.position.day);
        while let Some(next) = events.get(self.position.sent) {
            let due_at = |minute: u64| midnight + Period::from_millis(minute as i64 * MINUTE_MS);
            tokio::time::sleep(clock.sleep_for(due_at(next.minute).since(clock.now()))).await;
            let now = clock.now().max(due_at(next.minute));
            let due = events[self.position.sent..].iter().take_while(|timed| due_at(timed.minute) <= now);
            let batch: Vec<Value> = due.take(BATCH_EVENTS_MAX).map(|timed| timed.event.clone()).collect();
            let n_sent = batch.len();
            sender.send(batch).await?;
            self.position.sent += n_sent;
            self.keep()?;
        }
        Ok(())
    }

    fn keep(&self) -> Result<(), Failure> {
        let bytes = serde_json::to_vec(&self.position).context("cannot write the position")?;
        write_whole(&self.file, &bytes)
    }
}

#[cfg(test)]
mod tests;
