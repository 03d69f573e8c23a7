//! The worker that takes what clients send: many requests, one commit, and then the answers.

use std::sync::PoisonError;

use wend_domain::planted;
use wend_domain::time::Timestamp;

use crate::batch::{self, Arrival, BatchError};
use crate::error::{CommandError, IngestError};
use crate::lane::Fate;
use crate::queue::Request;
use crate::shared::Shared;
use crate::tick::{Next, Tick};

/// Takes one batch of one workspace.
pub(crate) async fn tick(shared: &Shared, at: Timestamp) -> anyhow::Result<Tick> {
    let last = shared.last_workspace.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let taken = shared.queue.take(last.as_ref(), shared.options.batch_inputs_max);
    shared.metrics.queue(shared.queue.len());
    let Some((workspace, mut requests)) = taken else {
        return Ok(Tick { n_done: 0, next: Next::WhenWoken });
    };
    *shared.last_workspace.lock().unwrap_or_else(PoisonError::into_inner) = Some(workspace.clone());

    let mut arrivals = Vec::new();
    let mut n_events = Vec::new();
    for (n, request) in requests.iter_mut().enumerate() {
        let before = arrivals.len();
        match request {
            Request::Events { events, .. } => {
                let events = std::mem::take(events).into_iter();
                arrivals.extend(events.map(|event| Arrival::Event(Box::new(event))));
            }
            Request::Reports { reports, .. } => {
                let reports = std::mem::take(reports).into_iter().enumerate();
                arrivals.extend(reports.map(|(nth, (contact, news))| Arrival::ToContact {
                    contact,
                    cause: wend_domain::input::Cause::News(news),
                    source: format!("report:{}:{n}:{nth}", at.as_millis()),
                }));
            }
            Request::Command { contact, command, .. } => arrivals.push(Arrival::ToContact {
                contact: *contact,
                cause: wend_domain::input::Cause::Command((**command).clone()),
                source: match &command.order {
                    wend_domain::input::Order::Merge { .. } => {
                        format!("{}{}:{n}", batch::MERGE_SOURCE, at.as_millis())
                    }
                    _ => format!("command:{}:{n}", at.as_millis()),
                },
            }),
        }
        n_events.push(arrivals.len() - before);
    }
    if planted!("answered-before-the-commit") {
        answer(requests, &n_events, Ok(vec![Fate::NoSuchContact; arrivals.len()]));
        batch::run(shared, &workspace, &arrivals, at).await?;
        return Ok(Tick { n_done: arrivals.len(), next: Next::Now });
    }
    let result = batch::run(shared, &workspace, &arrivals, at).await;
    shared.metrics.batch(arrivals.len(), shared.clock.now().since(at));
    answer(requests, &n_events, result);
    Ok(Tick { n_done: arrivals.len(), next: Next::Now })
}

/// Tells everybody who waits; who doesn't wait any more asks again, and message ids make that harmless.
fn answer(requests: Vec<Request>, n_events: &[usize], result: Result<Vec<Fate>, BatchError>) {
    let mut fates = match result {
        Ok(fates) => fates.into_iter(),
        Err(error) => {
            tracing::error!(error = %error, n_requests = requests.len(), "a batch could not be committed");
            let refusal = IngestError::unavailable(what(&error));
            for request in requests {
                match request {
                    Request::Events { answer, .. } | Request::Reports { answer, .. } => {
                        drop(answer.send(Err(refusal.clone())));
                    }
                    Request::Command { answer, .. } => drop(answer.send(Err(refusal.clone().into()))),
                }
            }
            return;
        }
    };
    for (request, n) in requests.into_iter().zip(n_events) {
        let mut own = fates.by_ref().take(*n);
        match request {
            Request::Events { answer, .. } | Request::Reports { answer, .. } => {
                // Stuck and queued inputs are accepted as well: they were committed (SEMANTICS 3.15).
                own.for_each(drop);
                drop(answer.send(Ok(())));
            }
            Request::Command { answer, .. } => {
                let result = match own.next() {
                    Some(Fate::Taken(record)) => Ok(record),
                    Some(Fate::Queued) => Err(CommandError::Queued),
                    Some(Fate::Stuck(why)) => Err(CommandError::Stuck { why }),
                    Some(Fate::NoSuchContact) | None => Err(CommandError::NoSuchContact),
                };
                drop(answer.send(result));
            }
        }
    }
}

/// What a client may read about a batch that failed: that it did, not the database's words.
fn what(error: &BatchError) -> &'static str {
    match error {
        BatchError::Store(error) if error.is_unavailable() => "the database is away",
        error if error.is_conflict() => "the database is busy",
        BatchError::Store(_)
        | BatchError::ClaimedMeanwhile
        | BatchError::CatalogIsOlder
        | BatchError::Other(_) => "the server has a fault, which its log describes",
    }
}
