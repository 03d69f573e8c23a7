//! From arrivals to one commit: the way that every input of every contact takes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use anyhow::Context;
use wend_domain::event::Event;
use wend_domain::id::{ContactId, WorkspaceId};
use wend_domain::identity::{Identifier, IdentityPolicy, Named, named};
use wend_domain::input::{Cause, Input, Merge};
use wend_domain::time::{Period, Timestamp};
use wend_store::{Changes, InboxRow, Work};

use crate::catalogs;
use crate::changes::{Following, json};
use crate::identify::{Identities, Resolved, merge_of, redirect};
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

/// What a transaction is about to commit.
pub(crate) struct Prepared {
    pub(crate) changes: Changes,
    /// What becomes of each arrival.
    pub(crate) fates: Vec<Fate>,
    /// Whose each arrival is.
    pub(crate) contacts: Vec<Option<ContactId>>,
    following: Following,
}

/// Takes arrivals in within a transaction that has begun, and commits it.
pub(crate) async fn take_in(
    shared: &Shared,
    mut work: Work,
    workspace: &WorkspaceId,
    arrivals: &[Arrival],
    at: Timestamp,
) -> Result<Vec<Fate>, BatchError> {
    let prepared = prepare(shared, &mut work, workspace, arrivals, at).await?;
    prepared.commit(shared, work, workspace, arrivals, at).await
}

/// Takes arrivals in within a transaction that has begun; it is committed by [`Prepared::commit`], or never.
pub(crate) async fn prepare(
    shared: &Shared,
    work: &mut Work,
    workspace: &WorkspaceId,
    arrivals: &[Arrival],
    at: Timestamp,
) -> Result<Prepared, BatchError> {
    let loaded = shared.catalogs.get(workspace);
    let mut fates: Vec<Fate> = vec![Fate::NoSuchContact; arrivals.len()];
    let mut contacts: Vec<Option<ContactId>> = vec![None; arrivals.len()];
    let mut lanes = assign(work, workspace, arrivals, &loaded.catalog.policies.identity, at).await?;
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
                Progress::Needs(names, contacts) => {
                    is_done = false;
                    let mut rows = Vec::new();
                    for contact in contacts {
                        rows.extend(work.events(contact, &names).await?);
                    }
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
            if let Some(arrival) = arrival {
                fates[arrival] = fate;
                contacts[arrival] = Some(lane.contact);
            }
        }
        lane.changes.finish(workspace, lane.contact, &mut changes, &mut following);
    }
    settle_the_ownerless(arrivals, &fates, &mut changes);
    Ok(Prepared { changes, fates, contacts, following })
}

impl Prepared {
    /// Commits it, tells the workers that have something to do now, and answers what became of each arrival.
    pub(crate) async fn commit(
        self,
        shared: &Shared,
        mut work: Work,
        workspace: &WorkspaceId,
        arrivals: &[Arrival],
        at: Timestamp,
    ) -> Result<Vec<Fate>, BatchError> {
        let Self { changes, fates, contacts: _, following } = self;
        if !following.handed.is_empty() {
            work.hand_identities(&following.handed).await?;
        }
        work.commit(changes).await?;
        shared.note_database(true);
        tell_others(shared, workspace, arrivals, &fates, &following, at);
        Ok(fates)
    }
}

/// Finds each arrival's contact, claims identifiers, loads documents, and puts the inputs into lanes.
async fn assign(
    work: &mut Work,
    workspace: &WorkspaceId,
    arrivals: &[Arrival],
    policy: &IdentityPolicy,
    at: Timestamp,
) -> Result<Vec<Lane>, BatchError> {
    let wanted = Wanted::of(arrivals, policy)?;
    let owners = work.identities(&wanted.identifiers).await?;
    let mut contacts = wanted.contacts.clone();
    contacts.extend(owners.values().copied());
    let mut documents = work.contacts(&contacts).await?;
    let redirects = redirects(work, &wanted, &owners, &mut documents).await?;

    let mut identities = Identities::new(workspace, at, owners, &documents, redirects);
    let mut assigned = Vec::new();
    let mut is_new = BTreeSet::new();
    for (n, arrival) in arrivals.iter().enumerate() {
        let found = inputs_of(n, arrival, &wanted, &mut identities)?;
        if let (Arrival::Event(_), Some((contact, _))) = (arrival, found.first())
            && !documents.contains_key(contact)
        {
            is_new.insert(*contact);
        }
        assigned.extend(found);
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

/// The inputs that an arrival comes to, each with whose it is: its own first, then those of contacts that turn out to be
/// one with somebody by it.
fn inputs_of(
    n: usize,
    arrival: &Arrival,
    wanted: &Wanted,
    identities: &mut Identities<'_>,
) -> Result<Vec<(ContactId, Waiting)>, BatchError> {
    let waiting = |source: String, origin: Origin| Waiting { arrival: Some(n), source, origin };
    let fresh = |cause: Cause| Origin::Fresh { cause, refused_claims: Vec::new() };
    let contact = match arrival {
        Arrival::Event(event) => {
            let resolved = wanted.named.get(&n).and_then(|named| identities.contact_of(named));
            let Some(Resolved { contact, refused_claims, merges }) = resolved else { return Ok(Vec::new()) };
            let origin = Origin::Fresh { cause: Cause::Event(event.clone()), refused_claims };
            let mut inputs = vec![(contact, waiting(format!("event:{}", event.message_id), origin))];
            inputs.extend(merges.into_iter().map(merging));
            return Ok(inputs);
        }
        Arrival::ToContact { contact, .. } => *contact,
        Arrival::Row(row) => row.contact,
    };
    let looked = wanted.merges.get(&n).map(|merge| identities.look_at(contact, merge));
    let (asked, goes) = match looked {
        Some(looked) => (Some(Cause::Merge(Box::new(looked.asked))), looked.goes),
        None => (None, None),
    };
    let input = match (arrival, asked) {
        (Arrival::Row(row), asked) => {
            let input_json = match asked {
                Some(cause) => with_cause(&row.input_json, cause)?,
                None => row.input_json.clone(),
            };
            waiting(row.source.clone(), Origin::Row { seq: row.seq, input_json })
        }
        (Arrival::ToContact { cause, source, .. }, asked) => {
            waiting(source.clone(), fresh(asked.unwrap_or_else(|| cause.clone())))
        }
        (Arrival::Event(_), _) => return Ok(Vec::new()),
    };
    let mut inputs = vec![(contact, input)];
    inputs.extend(goes.map(merging));
    Ok(inputs)
}

/// What has to be looked up before anything of a batch is decided.
#[derive(Default)]
struct Wanted {
    identifiers: BTreeSet<Identifier>,
    contacts: BTreeSet<ContactId>,
    /// What each event names, by its place.
    named: BTreeMap<usize, Named>,
    /// Contacts that somebody says are one, by the place of what says so.
    merges: BTreeMap<usize, Merge>,
}

impl Wanted {
    fn of(arrivals: &[Arrival], policy: &IdentityPolicy) -> Result<Self, BatchError> {
        let mut wanted = Self::default();
        for (n, arrival) in arrivals.iter().enumerate() {
            let merge = match arrival {
                Arrival::Event(event) => {
                    let named = named(event, policy);
                    wanted.identifiers.extend(named.looked_up());
                    wanted.named.insert(n, named);
                    None
                }
                Arrival::ToContact { contact, cause, .. } => {
                    wanted.contacts.insert(*contact);
                    merge_of(cause)
                }
                Arrival::Row(row) => {
                    wanted.contacts.insert(row.contact);
                    let says_so = row.source.starts_with(MERGE_SOURCE);
                    let input = says_so.then(|| serde_json::from_str::<Input>(&row.input_json)).transpose();
                    input.context("a queued input can't be read")?.and_then(|input| merge_of(&input.cause))
                }
            };
            if let Some(merge) = merge {
                wanted.contacts.insert(merge.other);
                wanted.merges.insert(n, merge);
            }
        }
        Ok(wanted)
    }

    /// Those of whom it counts whether they are themselves or part of another contact: who holds one of several
    /// identifiers that don't all mean the same contact. Whatever else comes for one who is frozen is sent on.
    fn looked_into(&self, owners: &BTreeMap<Identifier, ContactId>) -> BTreeSet<ContactId> {
        let mut looked_into = BTreeSet::new();
        for named in self.named.values() {
            let holders: BTreeSet<Option<ContactId>> =
                named.looked_up().map(|identifier| owners.get(&identifier).copied()).collect();
            if holders.len() > 1 {
                looked_into.extend(holders.into_iter().flatten());
            }
        }
        if !self.merges.is_empty() {
            looked_into.extend(&self.contacts);
        }
        looked_into
    }
}

/// What a queued input says that tells the engine to look at two contacts together begins like this.
pub(crate) const MERGE_SOURCE: &str = "merge:";

/// The most redirects that are followed one after the other.
const REDIRECTS_MAX: usize = 1_000;

/// Where those have gone who are part of other contacts, with the documents of all on the way.
async fn redirects(
    work: &mut Work,
    wanted: &Wanted,
    owners: &BTreeMap<Identifier, ContactId>,
    documents: &mut BTreeMap<ContactId, Vec<u8>>,
) -> Result<BTreeMap<ContactId, ContactId>, BatchError> {
    let mut redirects = BTreeMap::new();
    let mut looked_into = wanted.looked_into(owners);
    for _ in 0..REDIRECTS_MAX {
        let gone =
            looked_into.iter().filter_map(|contact| Some((*contact, redirect(documents.get(contact)?)?)));
        let gone: BTreeMap<ContactId, ContactId> = gone.collect();
        if gone.is_empty() {
            return Ok(redirects);
        }
        looked_into = gone.values().copied().collect();
        redirects.extend(gone);
        let missing: BTreeSet<ContactId> =
            looked_into.iter().filter(|contact| !documents.contains_key(contact)).copied().collect();
        documents.extend(work.contacts(&missing).await?);
    }
    Err(anyhow::anyhow!("more than {REDIRECTS_MAX} contacts became part of one another in a row").into())
}

/// The input of a contact that becomes part of another one.
fn merging((contact, merge): (ContactId, Merge)) -> (ContactId, Waiting) {
    let source = format!("{MERGE_SOURCE}{}", merge.other);
    let origin = Origin::Fresh { cause: Cause::Merge(Box::new(merge)), refused_claims: Vec::new() };
    (contact, Waiting { arrival: None, source, origin })
}

/// A queued input with what was found meanwhile.
fn with_cause(input_json: &str, cause: Cause) -> Result<String, BatchError> {
    let input: Input = serde_json::from_str(input_json).context("a queued input can't be read")?;
    Ok(json(&Input { cause, ..input }))
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
    let from_inbox = |waiting: &Waiting| {
        waiting.arrival.is_some_and(|arrival| matches!(arrivals[arrival], Arrival::Row(_)))
    };
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
    following: &Following,
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
    if following.accounts {
        shared.wakers.wake(Worker::Accounts);
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
