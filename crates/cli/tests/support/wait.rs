//! Waiting for something to become true: polled, with a deadline, and a failure that says what was waited for.

use std::fmt::Display;
use std::time::{Duration, Instant};

/// How often something is looked at while it is waited for.
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// Looks until there is something, and gives it; fails after `within`.
pub fn eventually<T>(what: impl Display, within: Duration, mut look: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begun.elapsed() < within, "waited {within:?} in vain: {what}");
        std::thread::sleep(LOOK_EVERY);
    }
}

/// Lets time pass: for an instant that chance picks, and for what must keep happening for a while.
pub fn eventually_later(after: Duration) {
    std::thread::sleep(after);
}
