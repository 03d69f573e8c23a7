//! The worker that tells many contacts about something, page by page, through their inboxes.

mod postings;
pub(crate) mod work;

use std::collections::BTreeSet;
use std::sync::Arc;

use anyhow::Context;
use wend_domain::catalog::Catalog;
use wend_domain::id::{ContactId, InputId, WorkspaceId};
use wend_domain::input::Input;
use wend_domain::time::{Period, Timestamp};
use wend_store::{Job, JobPage, NewJob};

use crate::audience::{building, counting};
use crate::changes::json;
use crate::engine::Engine;
use crate::identify::is_frozen;
use crate::shared::Shared;
use crate::tick::compute::compute;
use crate::tick::{Next, Tick, Worker};
use work::{COUNT, Candidate, JobWork, Selection, Source};

/// The most contacts that one job can be given by their ids.
pub const BULK_IDS_MAX: usize = 100_000;

/// How long a job with a pace has a turn for: so often it goes on.
const TURN_MS: i64 = 1_000;

/// Tells one page of contacts.
pub(crate) async fn tick(shared: &Shared, at: Timestamp) -> anyhow::Result<Tick> {
    let soon = at + Period::from_millis(shared.options.poll_ms);
    let ready = shared.store.jobs_ready(at).await?;
    if ready.is_empty() {
        let next = shared.store.next_job_at().await?.map_or(soon, |next_at| next_at.min(soon));
        return Ok(Tick { n_done: 0, next: Next::At(next) });
    }
    let pause = Next::At(at + Period::from_millis(shared.options.job_pause_ms));
    // The last page isn't taken in yet: inboxes stay short, because events queue behind what is in them.
    let busy: BTreeSet<WorkspaceId> = shared.store.inbox_ready_workspaces().await?.into_iter().collect();
    let Some(job) = next_of(shared, ready, &busy).await? else {
        return Ok(Tick { n_done: 0, next: pause });
    };
    if shared.catalogs.get(&job.workspace).catalog.revision < job.revision {
        // Contacts would be told of a catalog that this node doesn't have yet.
        crate::catalogs::reload(shared, &job.workspace).await?;
    }
    let n_done = turn(shared, &job, at).await?;
    shared.wakers.wake(Worker::Inbox);
    // Who only counts fills no inbox that others would have to wait for.
    let next = if job.kind == COUNT { Next::Now } else { pause };
    Ok(Tick { n_done: n_done.max(1), next })
}

/// The job whose turn it is: not one that tells contacts who haven't taken in what they were told last, and not one that
/// selects by a segment that is still being built (SEMANTICS 9.5).
async fn next_of(
    shared: &Shared,
    ready: Vec<Job>,
    busy: &BTreeSet<WorkspaceId>,
) -> anyhow::Result<Option<Job>> {
    for job in ready {
        if job.kind == COUNT {
            return Ok(Some(job));
        }
        if !busy.contains(&job.workspace) && !waits_for_segment(shared, &job).await? {
            return Ok(Some(job));
        }
    }
    Ok(None)
}

async fn waits_for_segment(shared: &Shared, job: &Job) -> anyhow::Result<bool> {
    let Ok(JobWork::Bulk { select, .. }) = JobWork::of(job) else { return Ok(false) };
    let catalog = Arc::clone(&shared.catalogs.get(&job.workspace).catalog);
    let named = select.segments(&catalog);
    if named.is_empty() {
        return Ok(false);
    }
    let built = building::built(&shared.store, &catalog).await?;
    Ok(named.iter().any(|name| built.is_building(&catalog, name)))
}

/// One page of one job; answers how many contacts it looked at.
async fn turn(shared: &Shared, job: &Job, at: Timestamp) -> anyhow::Result<usize> {
    let loaded = shared.catalogs.get(&job.workspace);
    let work = match JobWork::of(job).and_then(|work| work.checked(&loaded.catalog)) {
        Ok(work) => work,
        Err(error) => {
            // It would be in the way of all others for ever.
            tracing::error!(workspace = %job.workspace, job = job.id, error = format!("{error:#}"), "a job was given up");
            shared.store.job_cancel(&job.workspace, &job.id).await?;
            return Ok(0);
        }
    };
    if let JobWork::Count { of } = &work {
        return counting::turn(shared, job, of, at).await;
    }
    let limit = job.pace.map_or(usize::MAX, |pace| pace.max(1) as usize).min(shared.options.job_page_max);
    let candidates = page(shared, job, &work, limit, at).await?;
    let finished = candidates.len() < limit;
    let told = candidates.iter().filter(|candidate| candidate.is_told);
    let told: Vec<(ContactId, Timestamp)> =
        told.map(|candidate| (candidate.contact, candidate.evidence_at)).collect();
    if let JobWork::Postings { pairs } = &work {
        postings::read(shared, job, pairs, &told, finished).await?;
    }
    let inputs =
        told.iter().filter_map(|(contact, evidence_at)| input(job, &work, *contact, *evidence_at, at));
    let advanced = JobPage {
        inputs: inputs.collect(),
        looked_at: candidates.len(),
        cursor: candidates.last().map(|candidate| candidate.contact).or(job.cursor),
        finished,
        next_at: at + rest(job, candidates.len()),
        result_json: None,
    };
    let n_done = candidates.len();
    if shared.store.job_advance(job, advanced).await? && finished {
        tracing::info!(workspace = %job.workspace, job = job.id, "a job has told everybody");
    }
    Ok(n_done)
}

/// How long a job rests after a page, so that it keeps to its pace.
fn rest(job: &Job, n_looked_at: usize) -> Period {
    let millis = job.pace.map_or(0, |pace| {
        let n_looked_at = i64::try_from(n_looked_at).unwrap_or(i64::MAX);
        n_looked_at.saturating_mul(TURN_MS) / i64::from(pace.max(1))
    });
    Period::from_millis(millis)
}

/// The next contacts that a job looks at.
async fn page(
    shared: &Shared,
    job: &Job,
    work: &JobWork,
    limit: usize,
    at: Timestamp,
) -> anyhow::Result<Vec<Candidate>> {
    let found = |contact: ContactId| Candidate { contact, evidence_at: job.created_at, is_told: true };
    match work.source() {
        Source::Named => {
            let contacts = shared.store.job_contacts(job, job.cursor, limit).await?;
            Ok(contacts.into_iter().map(found).collect())
        }
        Source::Postings { pair, value, since } => {
            let postings = shared.store.postings(&job.workspace, &pair, &value, job.cursor, limit).await?;
            let candidate =
                |(contact, evidence_at)| Candidate { contact, evidence_at, is_told: evidence_at >= since };
            Ok(postings.into_iter().map(candidate).collect())
        }
        Source::Everybody(select) => {
            let page = shared.store.contacts_page(&job.workspace, job.cursor, limit).await?;
            let Some(select) = select else {
                // Who is part of another contact is looked at, so that the pages go on, and told nothing.
                let candidate = |(contact, document): (ContactId, Vec<u8>)| Candidate {
                    is_told: !is_frozen(&document),
                    ..found(contact)
                };
                return Ok(page.into_iter().map(candidate).collect());
            };
            let catalog = Arc::clone(&shared.catalogs.get(&job.workspace).catalog);
            let selected = selected(page, select, (catalog, at), shared.options.one_thread()).await?;
            let candidate = |(contact, is_told)| Candidate { is_told, ..found(contact) };
            Ok(selected.into_iter().map(candidate).collect())
        }
    }
}

/// Which contacts of a page a selection takes; to read documents is work for another thread.
async fn selected(
    page: Vec<(ContactId, Vec<u8>)>,
    select: Selection,
    (catalog, at): (Arc<Catalog>, Timestamp),
    threads: usize,
) -> anyhow::Result<Vec<(ContactId, bool)>> {
    let asked = select.condition(&catalog)?;
    let done = compute(vec![(page, Vec::new())], threads, move |(page, selected)| {
        let takes = |document: &[u8]| select.takes(document, asked.as_ref(), &catalog, at);
        *selected = page.iter().map(|(contact, document)| (*contact, takes(document))).collect();
    });
    let (_, selected) = done.await?.pop().context("a page was not looked at")?;
    Ok(selected)
}

/// What one contact is told; the source makes a second telling harmless.
fn input(
    job: &Job,
    work: &JobWork,
    contact: ContactId,
    evidence_at: Timestamp,
    at: Timestamp,
) -> Option<(ContactId, String, String)> {
    let source = format!("job:{}", job.id);
    let input = Input {
        id: InputId::hashed(at, &[&contact.to_bytes(), source.as_bytes()]),
        cause: work.cause(evidence_at)?,
        history: None,
        refused_claims: Vec::new(),
        hop: 0,
    };
    Some((contact, json(&input), source))
}

/// A job that does this work, to be made now.
pub(crate) fn new_job(work: &JobWork, id: String, revision: u64, by: &str, at: Timestamp) -> NewJob {
    NewJob {
        id,
        kind: work.kind().to_owned(),
        revision,
        params_json: work.params(),
        pace: None,
        by: by.to_owned(),
        contacts: None,
        at,
        begins_at: at,
    }
}

impl Engine {
    /// Begins a job; false if there is one of this id already.
    ///
    /// `contacts` are those that it is for, if its work says [`Selection::Ids`]; at most [`BULK_IDS_MAX`].
    pub async fn begin_job(
        &self,
        workspace: &WorkspaceId,
        id: String,
        work: &JobWork,
        contacts: Option<BTreeSet<ContactId>>,
        pace: Option<u32>,
        by: &str,
    ) -> anyhow::Result<bool> {
        let n_contacts = contacts.as_ref().map_or(0, BTreeSet::len);
        anyhow::ensure!(
            n_contacts <= BULK_IDS_MAX,
            "a job takes at most {BULK_IDS_MAX} ids, not {n_contacts}"
        );
        let shared = self.shared();
        let revision = shared.catalogs.get(workspace).catalog.revision;
        let job = new_job(work, id, revision, by, shared.clock.now());
        let is_new = shared.store.job_create(workspace, NewJob { contacts, pace, ..job }).await?;
        shared.wakers.wake(Worker::Jobs);
        Ok(is_new)
    }
}

#[cfg(test)]
mod tests;
