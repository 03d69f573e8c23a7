//! Calls to the outside that go on between ticks, each with a time-out.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::task::JoinSet;

use super::guarded;

/// How a call ended.
pub(crate) enum Finished<T> {
    /// With an answer.
    Answered(T),
    /// Without one, in time.
    TimedOut,
    /// In a panic, with its text.
    Panicked(String),
}

/// Calls under way; dropping this drops them.
pub(crate) struct Tasks<M, T>(Mutex<JoinSet<(M, Finished<T>)>>);

impl<M: Send + 'static, T: Send + 'static> Tasks<M, T> {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(JoinSet::new()))
    }

    /// Begins a call; `bell` rings when it has ended.
    pub(crate) fn begin(
        &self,
        meta: M,
        timeout: Duration,
        bell: Arc<Notify>,
        call: impl Future<Output = T> + Send + 'static,
    ) {
        let task = async move {
            let finished = match tokio::time::timeout(timeout, guarded(call)).await {
                Ok(Ok(answer)) => Finished::Answered(answer),
                Ok(Err(panic)) => Finished::Panicked(panic),
                Err(_elapsed) => Finished::TimedOut,
            };
            bell.notify_one();
            (meta, finished)
        };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).spawn(task);
    }

    /// How many are under way or have ended and not been looked at.
    pub(crate) fn len(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Those that have ended.
    pub(crate) fn finished(&self) -> Vec<(M, Finished<T>)> {
        let mut tasks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut ended = Vec::new();
        while let Some(result) = tasks.try_join_next() {
            // A task only fails to join when it was aborted, which only dropping does.
            ended.extend(result.ok());
        }
        ended
    }
}
