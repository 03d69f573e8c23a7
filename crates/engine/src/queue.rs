//! The bounded queue of inputs that wait for a batch, per workspace.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;
use wend_domain::event::Event;
use wend_domain::id::{ContactId, WorkspaceId};
use wend_domain::input::{Command, News};
use wend_domain::record::Record;

use crate::error::{CommandError, IngestError};

/// One client's request, taken as a whole and answered after its commit.
pub(crate) enum Request {
    /// Events of any contacts.
    Events {
        /// The events, in the client's order.
        events: Vec<Event>,
        /// Who waits.
        answer: oneshot::Sender<Result<(), IngestError>>,
    },
    /// A command to one contact.
    Command {
        /// Which contact.
        contact: ContactId,
        /// What is asked.
        command: Box<Command>,
        /// Who waits.
        answer: oneshot::Sender<Result<Record, CommandError>>,
    },
    /// Reports on messages.
    Reports {
        /// To whom each message went, and what is told of it.
        reports: Vec<(ContactId, News)>,
        /// Who waits.
        answer: oneshot::Sender<Result<(), IngestError>>,
    },
}

impl Request {
    fn weight(&self) -> usize {
        match self {
            Self::Events { events, .. } => events.len().max(1),
            Self::Reports { reports, .. } => reports.len().max(1),
            Self::Command { .. } => 1,
        }
    }
}

#[derive(Default)]
struct Line {
    requests: VecDeque<Request>,
    n_events: usize,
}

#[derive(Default)]
struct Lines {
    by_workspace: BTreeMap<WorkspaceId, Line>,
    is_closed: bool,
}

/// The queue.
pub(crate) struct Queue {
    lines: Mutex<Lines>,
    events_max: usize,
}

/// Why a request was not queued.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotQueued {
    /// There is no room.
    Full,
    /// Nothing is taken any more.
    Closed,
}

impl Queue {
    /// A queue with room for so many events of each workspace.
    pub(crate) fn new(events_max: usize) -> Self {
        Self { lines: Mutex::default(), events_max }
    }

    /// Queues a request, or says why not.
    ///
    /// An empty queue takes any request, however large: a bound on one request is the server's.
    pub(crate) fn push(&self, workspace: &WorkspaceId, request: Request) -> Result<(), NotQueued> {
        let mut lines = self.lines();
        if lines.is_closed {
            return Err(NotQueued::Closed);
        }
        let line = lines.by_workspace.entry(workspace.clone()).or_default();
        if line.n_events > 0 && line.n_events + request.weight() > self.events_max {
            return Err(NotQueued::Full);
        }
        line.n_events += request.weight();
        line.requests.push_back(request);
        Ok(())
    }

    /// Takes nothing any more; what waits is given up, and who waits for it learns that nothing was accepted.
    pub(crate) fn close(&self) {
        let mut lines = self.lines();
        lines.is_closed = true;
        lines.by_workspace.clear();
    }

    /// Takes whole requests of one workspace, at least one and otherwise at most `events_max` events; workspaces take
    /// turns, beginning after `last`.
    pub(crate) fn take(
        &self,
        last: Option<&WorkspaceId>,
        events_max: usize,
    ) -> Option<(WorkspaceId, Vec<Request>)> {
        let lines = &mut self.lines().by_workspace;
        let after = last.and_then(|last| lines.keys().find(|workspace| *workspace > last));
        let workspace = after.or_else(|| lines.keys().next())?.clone();
        let line = lines.get_mut(&workspace)?;
        let (mut taken, mut n_events) = (Vec::new(), 0);
        while let Some(request) = line.requests.front() {
            if n_events > 0 && n_events + request.weight() > events_max {
                break;
            }
            n_events += request.weight();
            taken.extend(line.requests.pop_front());
        }
        line.n_events -= n_events;
        if line.requests.is_empty() {
            lines.remove(&workspace);
        }
        Some((workspace, taken))
    }

    /// How many events wait.
    pub(crate) fn len(&self) -> usize {
        self.lines().by_workspace.values().map(|line| line.n_events).sum()
    }

    fn lines(&self) -> MutexGuard<'_, Lines> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
