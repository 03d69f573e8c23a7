//! Room in rolling windows, to the millisecond (SEMANTICS 7.9).

use crate::time::{Period, Timestamp};

/// At most `max` instants in any window of `per`.
///
/// Two instants that lie exactly `per` apart are never in one window.
#[derive(Debug)]
pub(super) struct Room {
    max: usize,
    per: Period,
    /// The instants that are taken, earlier and later ones alike, in order.
    taken: Vec<Timestamp>,
}

impl Room {
    pub(super) fn new(max: u32, per: Period, taken: impl Iterator<Item = Timestamp>) -> Self {
        let mut taken: Vec<Timestamp> = taken.collect();
        taken.sort_unstable();
        Self { max: max as usize, per, taken }
    }

    /// The earliest instant at or after `from` for which every window that contains it has room; `None` if none ever has.
    pub(super) fn earliest(&self, from: Timestamp) -> Option<Timestamp> {
        if self.max == 0 {
            return None;
        }
        // The groups come in the order in which the spans that they forbid end, so one pass suffices.
        Some(self.groups().fold(
            from,
            |at, (first, last)| if self.forbids(first, last, at) { first + self.per } else { at },
        ))
    }

    /// The first and last instant of the group that leaves no room at `at`, if there is no room.
    pub(super) fn group_at(&self, at: Timestamp) -> Option<(Timestamp, Timestamp)> {
        self.groups().find(|(first, last)| self.forbids(*first, *last, at))
    }

    /// The groups of `max` neighbours, which leave no room in a window that holds one: first and last instant of each.
    fn groups(&self) -> impl Iterator<Item = (Timestamp, Timestamp)> {
        self.taken.windows(self.max.max(1)).map(|group| (group[0], group[group.len() - 1]))
    }

    /// Whether some window holds a full group and `at` as well.
    fn forbids(&self, first: Timestamp, last: Timestamp, at: Timestamp) -> bool {
        at.max(last).since(at.min(first)) < self.per
    }
}
