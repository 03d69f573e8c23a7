//! From arrivals to one commit: the way that every input of every contact takes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use wend_domain::event::Event;
use wend_domain::id::{ContactId, WorkspaceId};
use wend_domain::identity::Identifier;
use wend_domain::input::Cause;
use wend_domain::time::{Period, Timestamp};
use wend_store::{Changes, InboxRow, Work};

use crate::catalogs;
use crate::changes::Following;
use crate::identify::Identities;
use crate::lane::{Fate, Lane, Origin, Progress, Waiting};
use crate::shared::Shared;
use crate::tick::{Worker, compute::compute};

/// Something that has to reach a contact.
#[derive(Debug, Clone)]
pub(crate) enum Arrival {
    /// An event; its identifiers say whose.
    Event(Box<Event>),
    /// An input of a contact that exists.
    ToContact {
        /// Which one.
        contact: ContactId,
        /// What happened.
        cause: Cause,
        /// What makes it this input and no other, should it have to wait in the inbox.
        source: String,
    },
    /// An input that waited in the inbox.
    Row(InboxRow),
}

/// Why a batch was not committed; nothing of it was.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BatchError {
    /// The store refused or is away.
    #[error(transparent)]
    Store(#[from] wend_store::Error),
    /// Another transaction claimed an identifier at the same time.
    #[error("another node claimed the same identifier at the same time")]
    ClaimedMeanwhile,
    /// A newer catalog than this node has is published, or has written a document.
    #[error("a newer catalog than this node has is in use")]
    CatalogIsOlder,
    /// Something else went wrong.
    #[error(transparent)]
    Other(#[from] anyhow::Error),
}

impl BatchError {
    /// Whether the same batch may pass when it is run again.
    pub(crate) fn is_conflict(&self) -> bool {
        match self {
            Self::Store(error) => error.is_conflict(),
            Self::ClaimedMeanwhile | Self::CatalogIsOlder => true,
            Self::Other(_) => false,
        }
    }
}

/// Runs a batch in a transaction of its own, again while others are in its way, up to a bound.
///
/// The answers are in the order of the arrivals.
pub(crate) async fn run(
    shared: &Shared,
    workspace: &WorkspaceId,
    arrivals: &[Arrival],
    at: Timestamp,
) -> Result<Vec<Fate>, BatchError> {
    let mut attempt = 0;
    loop {
        let result = async {
            let work = shared.store.begin(workspace).await?;
            take_in(shared, work, workspace, arrivals, at).await
        };
        match result.await {
            Err(error) if error.is_conflict() && attempt < shared.options.conflicts_max => {
                attempt += 1;
                shared.metrics.conflict();
                tracing::debug!(workspace = %workspace, %error, attempt, "a batch is run again");
                if matches!(error, BatchError::CatalogIsOlder) {
                    catalogs::reload(shared, workspace).await?;
                }
            }
            result => {
                if let Err(BatchError::Store(error)) = &result {
                    shared.note_database(!error.is_unavailable());
                }
                return result;
            }
        }
    }
}

/// Looks at why a worker could not take in what it had found in one workspace: true if it may try again at once.
///
/// Anything but a conflict is kept in `failed`, so that other workspaces have their turn first.
pub(crate) async fn is_to_be_repeated(
    shared: &Shared,
    error: BatchError,
    at: Timestamp,
    failed: &mut Option<BatchError>,
) -> anyhow::Result<bool> {
    if !error.is_conflict() {
        *failed = Some(error);
        return Ok(false);
    }
    shared.metrics.conflict();
    if matches!(error, BatchError::CatalogIsOlder) {
        catalogs::tick(shared, at).await?;
    }
    Ok(true)
}

/// Takes arrivals in within a transaction that has begun, and commits it.
pub(crate) async fn take_in(
    shared: &Shared,
    mut work: Work,
    workspace: &WorkspaceId,
    arrivals: &[Arrival],
    at: Timestamp,
) -> Result<Vec<Fate>, BatchError> {
    let loaded = shared.catalogs.get(workspace);
    let mut fates: Vec<Fate> = vec![Fate::NoSuchContact; arrivals.len()];
    let mut lanes = assign(&mut work, workspace, arrivals, at).await?;
    if loaded.key.is_none() {
        // A workspace that is newer than this node's last look.
        return Err(BatchError::CatalogIsOlder);
    }
    // Asked when the contacts are locked: what is published after this tells them of itself.
    if work.has_later_catalog(loaded.catalog.revision).await? {
        return Err(BatchError::CatalogIsOlder);
    }
    loop {
        let threads = shared.options.compute_threads;
        let on_thread = Arc::clone(&loaded);
        lanes = compute(lanes, threads, move |lane: &mut Lane| lane.run(&on_thread, at)).await?;
        let mut is_done = true;
        for lane in &mut lanes {
            match lane.progress.clone() {
                Progress::Done => {}
                Progress::CatalogIsOlder => return Err(BatchError::CatalogIsOlder),
                Progress::Needs(names) => {
                    is_done = false;
                    let rows = work.events(lane.contact, &names).await?;
                    lane.give_history(&rows, &names);
                }
            }
        }
        if is_done {
            break;
        }
    }
    let (mut changes, mut following) = (Changes::default(), Following::default());
    for lane in lanes {
        for (arrival, fate) in lane.fates {
            fates[arrival] = fate;
        }
        lane.changes.finish(workspace, lane.contact, &mut changes, &mut following);
    }
    settle_the_ownerless(arrivals, &fates, &mut changes);
    work.commit(changes).await?;
    shared.note_database(true);
    tell_others(shared, workspace, arrivals, &fates, following, at);
    Ok(fates)
}

/// Finds each arrival's contact, claims identifiers, loads documents, and puts the inputs into lanes.
async fn assign(
    work: &mut Work,
    workspace: &WorkspaceId,
    arrivals: &[Arrival],
    at: Timestamp,
) -> Result<Vec<Lane>, BatchError> {
    let mut identifiers: BTreeSet<Identifier> = BTreeSet::new();
    let mut contacts: BTreeSet<ContactId> = BTreeSet::new();
    for arrival in arrivals {
        match arrival {
            Arrival::Event(event) => identifiers.extend(event.identifiers.list()),
            Arrival::ToContact { contact, .. } => drop(contacts.insert(*contact)),
            Arrival::Row(row) => drop(contacts.insert(row.contact)),
        }
    }
    let owners = work.identities(&identifiers).await?;
    contacts.extend(owners.values().copied());
    let mut documents = work.contacts(&contacts).await?;

    let mut identities = Identities::new(workspace, at, owners, &documents);
    let mut assigned = Vec::new();
    let mut is_new = BTreeSet::new();
    for (n, arrival) in arrivals.iter().enumerate() {
        let (contact, waiting) = match arrival {
            Arrival::Event(event) => {
                let Some((contact, refused_claims)) = identities.contact_of(event) else { continue };
                if !documents.contains_key(&contact) {
                    is_new.insert(contact);
                }
                let origin = Origin::Fresh { cause: Cause::Event(event.clone()), refused_claims };
                (contact, Waiting { arrival: n, source: format!("event:{}", event.message_id), origin })
            }
            Arrival::ToContact { contact, cause, source } => {
                let origin = Origin::Fresh { cause: cause.clone(), refused_claims: Vec::new() };
                (*contact, Waiting { arrival: n, source: source.clone(), origin })
            }
            Arrival::Row(row) => {
                let origin = Origin::Row { seq: row.seq, input_json: row.input_json.clone() };
                (row.contact, Waiting { arrival: n, source: row.source.clone(), origin })
            }
        };
        assigned.push((contact, waiting));
    }
    let (claims, mut reassigned) = (identities.claims, identities.reassigned);
    for (identifier, contact) in identities.owners {
        // Known to nobody's document and claimed before: its first input was stuck and dropped. Writing the claim again
        // locks it, so that only one node begins the document.
        if is_new.contains(&contact) && !claims.contains_key(&identifier) {
            reassigned.entry(identifier).or_insert(contact);
        }
    }
    claim(work, claims, reassigned).await?;
    // Claims wait for other transactions' claims of the same identifiers. Within one millisecond two nodes make the same
    // id of the same identifier, so a claim that was granted doesn't prove yet that the contact is ours to begin.
    if !is_new.is_empty() && !work.contacts(&is_new).await?.is_empty() {
        return Err(BatchError::ClaimedMeanwhile);
    }
    lanes(work, arrivals, assigned, &mut documents, &is_new).await
}

async fn claim(
    work: &mut Work,
    claims: BTreeMap<Identifier, ContactId>,
    reassigned: BTreeMap<Identifier, ContactId>,
) -> Result<(), BatchError> {
    if !claims.is_empty() {
        let granted = work.claim_identities(&claims).await?;
        if claims.iter().any(|(identifier, contact)| granted.get(identifier) != Some(contact)) {
            return Err(BatchError::ClaimedMeanwhile);
        }
    }
    for (identifier, contact) in reassigned {
        work.reassign_identity(&identifier, contact).await?;
    }
    Ok(())
}

/// One lane per contact, in the order in which contacts first arrive; inputs keep theirs.
async fn lanes(
    work: &mut Work,
    arrivals: &[Arrival],
    assigned: Vec<(ContactId, Waiting)>,
    documents: &mut BTreeMap<ContactId, Vec<u8>>,
    is_new: &BTreeSet<ContactId>,
) -> Result<Vec<Lane>, BatchError> {
    // Rows of the inbox are exactly what is taken first; whatever else arrives queues behind them.
    let from_inbox = |waiting: &Waiting| matches!(arrivals[waiting.arrival], Arrival::Row(_));
    let others = assigned.iter().filter(|(_, waiting)| !from_inbox(waiting));
    let others: BTreeSet<ContactId> = others.map(|(contact, _)| *contact).collect();
    let closed = if others.is_empty() { BTreeSet::new() } else { work.contacts_with_inbox(&others).await? };
    let mut lanes: Vec<Lane> = Vec::new();
    let mut places: BTreeMap<ContactId, usize> = BTreeMap::new();
    for (contact, waiting) in assigned {
        let place = if let Some(place) = places.get(&contact) {
            *place
        } else {
            let stored = documents.remove(&contact);
            // A contact begins with an event, or with one that waited because it could not be processed.
            let may_begin = is_new.contains(&contact) || from_inbox(&waiting);
            if stored.is_none() && !may_begin && !closed.contains(&contact) {
                continue;
            }
            places.insert(contact, lanes.len());
            lanes.push(Lane::new(contact, stored, closed.contains(&contact)));
            lanes.len() - 1
        };
        lanes[place].push(waiting);
    }
    Ok(lanes)
}

/// News of a message whose contact is gone: nobody can take it, and its outbox row goes.
fn settle_the_ownerless(arrivals: &[Arrival], fates: &[Fate], changes: &mut Changes) {
    for (arrival, fate) in arrivals.iter().zip(fates) {
        if let (Arrival::ToContact { cause: Cause::News(news), .. }, Fate::NoSuchContact) = (arrival, fate) {
            changes.outbox_settle.push(news.message);
        }
    }
}

/// How near an alarm must be for its worker to be woken rather than to find it when it next looks.
const ALARM_NEAR: Period = Period::from_millis(1_000);

fn tell_others(
    shared: &Shared,
    workspace: &WorkspaceId,
    arrivals: &[Arrival],
    fates: &[Fate],
    following: Following,
    at: Timestamp,
) {
    if following.outbox_due.is_some_and(|due| due <= at + ALARM_NEAR) {
        shared.wakers.wake(Worker::Outbox);
    }
    if following.alarm.is_some_and(|alarm| alarm <= at + ALARM_NEAR) {
        shared.wakers.wake(Worker::Alarms);
    }
    if following.inbox {
        shared.wakers.wake(Worker::Inbox);
    }
    if following.grants {
        shared.wakers.wake(Worker::Grants);
    }
    for (arrival, fate) in arrivals.iter().zip(fates) {
        shared.metrics.input(arrival, fate);
        if let Fate::Stuck(why) = fate {
            // A reason may quote a template or a trait: it is in the database, not in the log.
            tracing::warn!(workspace = %workspace, "an input could not be processed and waits in its contact's inbox");
            tracing::trace!(why);
        }
    }
}
