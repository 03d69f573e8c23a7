//! What a caller does with the engine.

use std::sync::Arc;

use anyhow::{Context, bail};
use serde_json::{Map, Value};
use tokio::sync::oneshot;
use wend_domain::account::AccountInput;
use wend_domain::catalog::Catalog;
use wend_domain::event::Event;
use wend_domain::id::{ContactId, WorkspaceId};
use wend_domain::identity::named;
use wend_domain::input::Command;
use wend_domain::record::Record;
use wend_domain::sending::records::Judged;
use wend_domain::time::Timestamp;
use wend_store::{NewAccountInput, QuarantineRow, Store};

use crate::clock::Clock;
use crate::courier::{Courier, SenderView};
use crate::error::{CommandError, IngestError};
use crate::metrics::Metrics;
use crate::options::EngineOptions;
use crate::queue::{NotQueued, Request};
use crate::shared::Shared;
use crate::tick::{self, Next, Tick, Worker};
use crate::{
    accounts, alarms, catalogs, grants, imports, inbox, inputs, janitor, jobs, outbox, recovery, rollouts,
    schedules,
};

/// The engine. Cheap to clone: all clones are the same engine.
#[derive(Clone)]
pub struct Engine {
    shared: Arc<Shared>,
}

impl Engine {
    /// Loads the catalogs of all workspaces. Nothing moves before [`Engine::run`] or [`Engine::tick`].
    pub async fn start(
        store: Store,
        courier: Arc<dyn Courier>,
        clock: Arc<dyn Clock>,
        options: EngineOptions,
    ) -> anyhow::Result<Self> {
        let at = clock.now();
        let engine = Self { shared: Arc::new(Shared::new(store, courier, clock, options)) };
        catalogs::tick(&engine.shared, at).await.context("cannot load the catalogs")?;
        Ok(engine)
    }

    /// Runs all workers until `stop` is ready; then nothing new is accepted, batches and attempts under way are
    /// finished within a bound, and this returns.
    pub async fn run(&self, stop: impl Future<Output = ()> + Send) -> anyhow::Result<()> {
        if self.shared.is_stopping() {
            bail!("this engine was stopped: start another one");
        }
        tick::run(self, stop).await
    }

    /// Does a bounded piece of one worker's work: what [`Engine::run`] does over and over, and what tests and the
    /// simulator do in an order of their own.
    pub async fn tick(&self, worker: Worker, at: Timestamp) -> anyhow::Result<Tick> {
        let shared = &*self.shared;
        match worker {
            Worker::Inputs => inputs::tick(shared, at).await,
            // Work that nobody waits for doesn't begin any more.
            Worker::Alarms
            | Worker::Inbox
            | Worker::Recovery
            | Worker::Jobs
            | Worker::Imports
            | Worker::Schedules
            | Worker::Rollouts
            | Worker::Grants
            | Worker::Accounts
                if shared.is_stopping() =>
            {
                Ok(Tick { n_done: 0, next: Next::WhenWoken })
            }
            Worker::Alarms => alarms::tick(shared, at).await,
            Worker::Inbox => inbox::tick(shared, at).await,
            Worker::Outbox => outbox::tick(shared, at).await,
            Worker::Recovery => recovery::tick(shared, at).await,
            Worker::Catalogs => catalogs::tick(shared, at).await,
            Worker::Jobs => jobs::tick(shared, at).await,
            Worker::Imports => imports::tick(shared, at).await,
            Worker::Schedules => schedules::tick(shared, at).await,
            Worker::Rollouts => rollouts::tick(self, at).await,
            Worker::Grants => grants::tick(shared, at).await,
            Worker::Accounts => accounts::tick(shared, at).await,
            Worker::Janitor => janitor::tick(shared, at).await,
        }
    }

    /// Takes events in; answers when they are committed, which is when a client may be told (SEMANTICS 8.5).
    pub async fn ingest(&self, workspace: &WorkspaceId, events: Vec<Event>) -> Result<(), IngestError> {
        let catalog = self.catalog(workspace);
        let names_somebody = |event: &Event| !named(event, &catalog.policies.identity).is_empty();
        let (events, nobodys): (Vec<Event>, Vec<Event>) = events.into_iter().partition(names_somebody);
        if !nobodys.is_empty() {
            self.quarantine(workspace, nobodys).await?;
        }
        if events.is_empty() {
            return Ok(());
        }
        let (answer, answered) = oneshot::channel();
        self.queue(workspace, Request::Events { events, answer })?;
        // The sender is only dropped when the engine ends before the commit.
        let result = answered.await.unwrap_or(Err(IngestError::Stopping));
        if matches!(result, Err(IngestError::Unavailable { .. })) {
            self.shared.metrics.refused("unavailable");
        }
        result
    }

    /// Carries out a command to a contact; answers, after the commit, what was decided.
    pub async fn command(
        &self,
        workspace: &WorkspaceId,
        contact: ContactId,
        command: Command,
    ) -> Result<Record, CommandError> {
        let (answer, answered) = oneshot::channel();
        self.queue(workspace, Request::Command { contact, command: Box::new(command), answer })?;
        answered.await.unwrap_or(Err(CommandError::NotAccepted(IngestError::Stopping)))
    }

    /// Says something of an account; it takes that in its turn, and its members hear of it.
    pub async fn tell_account(
        &self,
        workspace: &WorkspaceId,
        account: &str,
        traits: Map<String, Value>,
    ) -> anyhow::Result<()> {
        let input_json = crate::changes::json(&AccountInput::Traits(traits));
        let new = NewAccountInput { account: account.to_owned(), input_json, at: self.shared.clock.now() };
        self.shared.store.tell_account(workspace, new).await?;
        self.shared.wakers.wake(Worker::Accounts);
        Ok(())
    }

    pub(crate) fn queue(&self, workspace: &WorkspaceId, request: Request) -> Result<(), IngestError> {
        if self.shared.is_stopping() {
            self.shared.metrics.refused("stopping");
            return Err(IngestError::Stopping);
        }
        match self.shared.queue.push(workspace, request) {
            Ok(()) => {}
            Err(NotQueued::Full) => {
                self.shared.metrics.refused("overloaded");
                return Err(IngestError::overloaded());
            }
            Err(NotQueued::Closed) => return Err(IngestError::Stopping),
        }
        self.shared.wakers.wake(Worker::Inputs);
        Ok(())
    }

    /// Events that name nobody are set aside where people see them.
    async fn quarantine(&self, workspace: &WorkspaceId, events: Vec<Event>) -> Result<(), IngestError> {
        let at = self.shared.clock.now();
        let row = |event: Event| {
            QuarantineRow {
            id: format!("{}-{}", at.as_millis(), event.message_id),
            at,
            reason: "the event names nobody: it has no `userId`, no `anonymousId`, and no other identifier that the \
                     workspace knows"
                .to_owned(),
            event_json: crate::changes::json(&event),
            key_id: String::new(),
        }
        };
        let rows = events.into_iter().map(row).collect();
        self.shared.store.quarantine_add(workspace, rows).await.map_err(|error| {
            tracing::error!(%error, "events could not be set aside");
            IngestError::unavailable("the database is away")
        })
    }

    /// A workspace's catalog as this node knows it; the empty one if nothing was published.
    pub fn catalog(&self, workspace: &WorkspaceId) -> Arc<Catalog> {
        Arc::clone(&self.shared.catalogs.get(workspace).catalog)
    }

    /// A workspace's latest catalog, also if another node has published it just now and this one hasn't noticed yet.
    pub async fn latest_catalog(&self, workspace: &WorkspaceId) -> anyhow::Result<Arc<Catalog>> {
        catalogs::latest(&self.shared, workspace).await
    }

    /// The store that the engine works on.
    pub fn store(&self) -> &Store {
        &self.shared.store
    }

    /// How the senders of e-mail are doing, as this process sees them.
    pub fn senders(&self) -> Vec<SenderView> {
        self.shared.courier.senders(self.shared.clock.now())
    }

    /// The DNS records that a domain needs, each with how it is; or why nobody can tell.
    pub async fn check_domain(&self, domain: &str) -> Result<Vec<Judged>, String> {
        self.shared.courier.check_domain(domain).await
    }

    /// What can be watched.
    pub fn metrics(&self) -> &Metrics {
        &self.shared.metrics
    }

    /// Whether events would be accepted: the database answers and the engine isn't stopping.
    pub fn ready(&self) -> bool {
        !self.shared.is_stopping() && self.shared.database_answers()
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.shared
    }
}

#[cfg(test)]
mod tests;
