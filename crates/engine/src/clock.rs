//! The only place that reads the clock.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use wend_domain::time::{Period, Timestamp};

/// What time it is.
pub trait Clock: Send + Sync {
    /// The instant.
    fn now(&self) -> Timestamp;

    /// How long to sleep until this much time has passed on the clock.
    fn sleep_for(&self, period: Period) -> Duration {
        Duration::from_millis(u64::try_from(period.as_millis()).unwrap_or(0))
    }
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is where time enters")]
    fn now(&self) -> Timestamp {
        let since_epoch = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        Timestamp::from_millis(
            since_epoch.map_or(0, |span| i64::try_from(span.as_millis()).unwrap_or(i64::MAX)),
        )
    }
}

/// A clock that shows the past and runs fast until it has caught up with the machine's: for demonstrations, in which
/// waits of days should end while one looks.
///
/// Clocks made from the same numbers show the same in every process.
#[derive(Debug, Clone, Copy)]
pub struct CatchingUpClock {
    /// When, by the machine's clock, it begins to run; until then it stands.
    pub runs_from: Timestamp,
    /// What it shows then.
    pub shows_first: Timestamp,
    /// How many times as fast as the machine's clock it runs.
    pub times_as_fast: u32,
}

/// The shortest sleep by a fast clock: workers that look again every second must not spin.
const FAST_SLEEP_MIN: Duration = Duration::from_millis(5);

impl Clock for CatchingUpClock {
    fn now(&self) -> Timestamp {
        let real = SystemClock.now();
        let passed = real.since(self.runs_from).as_millis().max(0);
        real.min(self.shows_first + Period::from_millis(passed.saturating_mul(i64::from(self.times_as_fast))))
    }

    fn sleep_for(&self, period: Period) -> Duration {
        let real = SystemClock.sleep_for(period);
        let is_behind = self.now() < SystemClock.now();
        if is_behind { (real / self.times_as_fast.max(1)).max(FAST_SLEEP_MIN) } else { real }
    }
}

/// A clock that moves only when it is told to: for tests and simulations.
#[derive(Debug, Default)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// A clock that shows this instant.
    pub fn at(instant: Timestamp) -> Self {
        Self(AtomicI64::new(instant.as_millis()))
    }

    /// Lets time pass.
    pub fn pass(&self, period: Period) {
        self.0.fetch_add(period.as_millis(), Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }
}
