//! How many messages of a workspace may be claimed from the outbox (rates delay, and block nothing).

#[cfg(test)]
mod tests;

use super::Rate;
use crate::id::Channel;
use crate::time::{Period, Timestamp};

impl Rate {
    /// Whether messages of this channel count.
    pub fn covers(&self, channel: &Channel) -> bool {
        self.channels.is_empty() || self.channels.contains(channel)
    }

    /// The window of an instant: windows follow one another from the beginning of time, so that every node has the
    /// same. The end is the first instant of the next one.
    pub fn window(&self, at: Timestamp) -> (Timestamp, Timestamp) {
        let per_ms = self.per.as_millis().max(1);
        let start = at - Period::from_millis(at.as_millis().rem_euclid(per_ms));
        (start, start + Period::from_millis(per_ms))
    }

    /// How many more messages may be claimed in the window of which `used` were claimed.
    pub fn room(&self, used: u32) -> u32 {
        self.max.saturating_sub(used)
    }
}

/// How many messages of a channel may be claimed at most, and when to look again if it is none; `used` says how many
/// messages were claimed in the window of each rate, in the order of `rates`.
pub fn claimable(
    rates: &[Rate],
    used: &[u32],
    channel: &Channel,
    at: Timestamp,
) -> (Option<u32>, Option<Timestamp>) {
    let mut most = None;
    let mut again_at = None;
    for (n, rate) in rates.iter().enumerate().filter(|(_, rate)| rate.covers(channel)) {
        let room = rate.room(used.get(n).copied().unwrap_or(0));
        most = Some(most.map_or(room, |most: u32| most.min(room)));
        if room == 0 {
            again_at = again_at.max(Some(rate.window(at).1));
        }
    }
    (most, again_at)
}
