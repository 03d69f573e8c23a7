//! The worker that tells every contact about something, page by page, through their inboxes.

use wend_domain::id::{ContactId, InputId};
use wend_domain::input::{Cause, Input};
use wend_domain::time::{Period, Timestamp};
use wend_store::Job;

use crate::changes::json;
use crate::shared::Shared;
use crate::tick::{Next, Tick, Worker};

/// Tells one page of contacts.
pub(crate) async fn tick(shared: &Shared, at: Timestamp) -> anyhow::Result<Tick> {
    let idle = Next::At(at + Period::from_millis(shared.options.poll_ms));
    let Some(job) = shared.store.job_next().await? else {
        return Ok(Tick { n_done: 0, next: idle });
    };
    let pause = Next::At(at + Period::from_millis(shared.options.job_pause_ms));
    if shared.store.inbox_ready_workspaces().await?.contains(&job.workspace) {
        // The last page isn't taken in yet: inboxes stay short, because events queue behind what is in them.
        return Ok(Tick { n_done: 0, next: pause });
    }
    if shared.catalogs.get(&job.workspace).catalog.revision < job.revision {
        // Contacts would be told of a catalog that this node doesn't have yet.
        crate::catalogs::reload(shared, &job.workspace).await?;
    }
    let page = shared.store.contacts_page(&job.workspace, job.cursor, shared.options.job_page_max).await?;
    let is_last = page.len() < shared.options.job_page_max;
    let cursor = page.last().map(|(contact, _)| *contact).or(job.cursor);
    let inputs: Vec<_> = page.iter().map(|(contact, _)| input(&job, *contact, at)).collect();
    let n_done = inputs.len();
    shared.store.job_advance(&job, inputs, cursor, is_last).await?;
    if is_last {
        tracing::info!(workspace = %job.workspace, revision = job.revision, "told every contact of the catalog");
    }
    shared.wakers.wake(Worker::Inbox);
    Ok(Tick { n_done: n_done.max(1), next: pause })
}

/// What one contact is told; the source makes a second telling harmless.
fn input(job: &Job, contact: ContactId, at: Timestamp) -> (ContactId, String, String) {
    let source = format!("{}:{}", job.kind, job.revision);
    let input = Input {
        id: InputId::hashed(at, &[&contact.to_bytes(), source.as_bytes()]),
        cause: Cause::CatalogChanged,
        history: None,
        refused_claims: Vec::new(),
        hop: 0,
    };
    (contact, json(&input), source)
}
