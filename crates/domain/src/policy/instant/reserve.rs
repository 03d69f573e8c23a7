//! Time that is kept free before scheduled messages of a higher workflow priority (SEMANTICS 7.11).

use std::fmt;

use crate::id::WorkflowName;
use crate::message::{Message, MessageState};
use crate::time::{Period, Timestamp};

/// The scheduled messages of a higher priority on a message's channel, in the order of their instants.
#[derive(Debug)]
pub(super) struct Ahead {
    reserve: Period,
    scheduled: Vec<Scheduled>,
}

/// One of them.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Scheduled {
    at: Timestamp,
    workflow: WorkflowName,
    priority: i32,
    own_priority: i32,
}

impl Ahead {
    pub(super) fn of<'m>(
        message: &Message,
        reserve: Period,
        others: impl Iterator<Item = &'m Message>,
        priority_of: &dyn Fn(&Message) -> i32,
    ) -> Self {
        let own_priority = priority_of(message);
        let scheduled = others.filter(|other| {
            other.channel == message.channel && matches!(other.state, MessageState::Scheduled { .. })
        });
        let mut scheduled: Vec<Scheduled> = scheduled
            .filter_map(|other| {
                let (at, priority) = (other.reserved_at?, priority_of(other));
                let ahead = Scheduled { at, workflow: other.workflow.clone(), priority, own_priority };
                (priority > own_priority).then_some(ahead)
            })
            .collect();
        scheduled.sort();
        Self { reserve, scheduled }
    }

    /// The earliest instant at or after `from` that isn't kept free: each span lasts up to its message, inclusive.
    pub(super) fn earliest(&self, from: Timestamp) -> Timestamp {
        // The spans are equally long and in order, so one pass suffices.
        self.scheduled.iter().fold(from, |at, scheduled| {
            if self.keeps_free(scheduled, at) { scheduled.at + Period::from_millis(1) } else { at }
        })
    }

    /// The message before which `at` is kept free, if it is.
    pub(super) fn at(&self, at: Timestamp) -> Option<&Scheduled> {
        self.scheduled.iter().find(|scheduled| self.keeps_free(scheduled, at))
    }

    fn keeps_free(&self, scheduled: &Scheduled, at: Timestamp) -> bool {
        scheduled.at - self.reserve < at && at <= scheduled.at
    }
}

impl fmt::Display for Scheduled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { at, workflow, priority, own_priority } = self;
        write!(f, "the message of `{workflow}` at {at} (priority {priority} over {own_priority})")
    }
}
