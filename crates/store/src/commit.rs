//! The one door of the hot path: all that a transaction changes, written in one piece.

use std::collections::BTreeMap;
use std::sync::Arc;

use wend_domain::id::{ContactId, MessageId, WorkspaceId};
use wend_domain::identity::Identifier;

use crate::account;
use crate::bucket;
use crate::claim;
use crate::consent;
use crate::contact::{self, ContactChange};
use crate::counter;
use crate::driver::Bulk;
use crate::driver::sqlite::{self, Turn};
use crate::driver::value::{Value, params};
use crate::error::Error;
use crate::fold;
use crate::grant::{self, EntryRequest};
use crate::history::{self, NewHistory};
use crate::identity;
use crate::import;
use crate::inbox;
use crate::message::{self, MessageRow};
use crate::open::Inner;
use crate::outbox::{self, NewOutbox};
use crate::posting;
use crate::suppression::{self, SuppressionRow};
use crate::tail::{Tail, Version};
use crate::task::{self, TaskRow};
use crate::term;
use crate::trait_seen;
use crate::work::{Changes, Mode, Work};

/// Commits a transaction.
pub(crate) async fn commit(mut work: Work, mut changes: Changes) -> Result<(), Error> {
    // In the order of ids, which is the order of locks.
    changes.contacts.sort_by_key(|change| change.id);
    if let Some(twice) = changes.contacts.windows(2).find(|pair| pair[0].id == pair[1].id) {
        return Err(Error::Misuse {
            what: format!("two versions of contact {} in one commit: give the last one only", twice[0].id),
        });
    }
    let unknown =
        changes.contacts.iter().map(|change| change.id).filter(|id| !work.known.contains_key(id)).collect();
    work.contacts(&unknown).await?;
    let n_new = changes.contacts.iter().filter(|change| work.known.get(&change.id) == Some(&false)).count();
    count(&mut changes.counters, counter::CONTACTS, n_new);
    count(&mut changes.counters, counter::HISTORY, changes.history.len());
    changes.messages = last_of_each(std::mem::take(&mut changes.messages));

    let Work { inner, workspace, mode, .. } = work;
    match mode {
        Mode::Sqlite { turn, claimed, reassigned } => {
            commit_sqlite(&inner, workspace, turn, (claimed, reassigned), changes).await
        }
        Mode::Postgres(mut transaction) => {
            let (contacts, history) =
                (std::mem::take(&mut changes.contacts), std::mem::take(&mut changes.history));
            let postings = posting::latest_of_each(std::mem::take(&mut changes.postings));
            transaction.execute_all(keyed(&workspace, contacts, history)).await?;
            transaction.execute_all(vec![(&posting::PUT, posting::row_values(&workspace, postings))]).await?;
            let terms = std::mem::take(&mut changes.terms);
            transaction.execute_all(term::keyed(&workspace, terms)).await?;
            transaction.execute_all(common(&workspace, changes)).await?;
            transaction.commit().await
        }
    }
}

fn count(counters: &mut BTreeMap<String, i64>, name: &str, n: usize) {
    if n > 0 {
        *counters.entry(name.to_owned()).or_default() += n as i64;
    }
}

/// The last row of each message, in the order of ids.
fn last_of_each(messages: Vec<MessageRow>) -> Vec<MessageRow> {
    let last: BTreeMap<MessageId, MessageRow> =
        messages.into_iter().map(|message| (message.id, message)).collect();
    last.into_values().collect()
}

/// The last row of each task, with the title and the note of whichever says them.
fn last_of_each_task(tasks: Vec<TaskRow>) -> Vec<TaskRow> {
    let mut last: BTreeMap<MessageId, TaskRow> = BTreeMap::new();
    for mut task in tasks {
        if let Some(before) = last.remove(&task.id) {
            task.title = task.title.or(before.title);
            task.note = task.note.or(before.note);
        }
        last.insert(task.id, task);
    }
    last.into_values().collect()
}

/// One row of each run that asks.
fn requests(requests: &[EntryRequest]) -> Vec<Vec<Value>> {
    let last: BTreeMap<_, _> = requests.iter().map(|request| (request.run, request)).collect();
    last.into_values().map(grant::row_values).collect()
}

/// What both databases write in the same way.
fn common(workspace: &WorkspaceId, changes: Changes) -> Vec<Bulk> {
    let name = workspace.as_str();
    let ids = |ids: Vec<MessageId>| ids.into_iter().map(|id| params![name, id]).collect::<Vec<_>>();
    let mut outbox = changes.outbox;
    outbox.sort_by_key(|new| new.message);
    outbox.dedup_by_key(|new| new.message);
    let payloads = outbox.iter_mut().map(|new| payload(workspace, new)).collect();
    let retry = changes.outbox_retry.into_iter().map(|(id, due_at)| params![name, id, due_at]).collect();
    let tasks = last_of_each_task(changes.tasks);
    let told = changes.account_inputs.into_iter().map(|new| account::row_values(workspace, new)).collect();
    let (import_steps, import_pages) = import::step_rows(workspace, changes.import);
    let consent_changes =
        changes.consent_changes.into_iter().map(|new| consent::row_values(workspace, new)).collect();
    // One row of each address, in the order of the key.
    let suppress: BTreeMap<String, SuppressionRow> =
        changes.suppress.into_iter().map(|row| (row.hash.clone(), row)).collect();
    let suppress = suppress.into_values().map(|row| suppression::row_values(workspace, row)).collect();
    vec![
        (
            &message::PUT,
            changes.messages.into_iter().map(|row| message::row_values(workspace, row)).collect(),
        ),
        (&message::PAYLOAD_PUT, payloads),
        // What is put and taken back in one commit is taken back.
        (&outbox::PUT, outbox.into_iter().map(|new| outbox::row_values(workspace, &new)).collect()),
        (&outbox::RETRY, retry),
        (&outbox::CANCEL_CLAIMED, ids(changes.outbox_cancel.clone())),
        (&outbox::CANCEL, ids(changes.outbox_cancel)),
        (&outbox::SETTLE, ids(changes.outbox_settle)),
        // What is done and queued again in one commit is queued.
        (&inbox::DONE, changes.inbox_done.into_iter().map(|seq| params![name, seq]).collect()),
        (&inbox::PUT, inbox_rows(workspace, changes.inbox_add)),
        (&task::PUT, tasks.into_iter().map(|row| task::row_values(workspace, row)).collect()),
        (&grant::ASK, requests(&changes.entry_requests)),
        (&account::PUT_INPUT, told),
        (&trait_seen::ADD, trait_seen::row_values(workspace, changes.traits_seen)),
        (&claim::PUT, claim::rows(workspace, changes.refused_claims)),
        (&import::STEP, import_steps),
        (&import::PAGE_ADD, import_pages),
        (&consent::PUT, consent_changes),
        (&suppression::REMOVE, changes.unsuppress.into_iter().map(|hash| params![name, hash]).collect()),
        (&suppression::PUT, suppress),
        (&counter::ADD, changes.counters.into_iter().map(|(counter, n)| params![name, counter, n]).collect()),
    ]
}

/// One row of each contact and source; why it is stuck counts over that it isn't.
fn inbox_rows(workspace: &WorkspaceId, new: Vec<inbox::NewInbox>) -> Vec<Vec<Value>> {
    let mut place: BTreeMap<(ContactId, String), usize> = BTreeMap::new();
    let mut rows: Vec<inbox::NewInbox> = Vec::with_capacity(new.len());
    for new in new {
        let index = *place.entry((new.contact, new.source.clone())).or_insert(rows.len());
        match rows.get_mut(index) {
            Some(first) => first.stuck = first.stuck.take().or(new.stuck),
            None => rows.push(new),
        }
    }
    rows.into_iter().map(|new| inbox::row_values(workspace, new)).collect()
}

fn payload(workspace: &WorkspaceId, new: &mut NewOutbox) -> Vec<Value> {
    let payload = std::mem::take(&mut new.payload_json);
    params![workspace.as_str(), bucket::of_contact(new.contact), new.message, payload]
}

/// Contacts, alarms and history in their keyed tables (PostgreSQL).
fn keyed(workspace: &WorkspaceId, contacts: Vec<ContactChange>, history: Vec<NewHistory>) -> Vec<Bulk> {
    let (mut versions, mut alarms, mut no_alarms) = (Vec::new(), Vec::new(), Vec::new());
    for change in contacts {
        let key = contact::key(workspace, change.id);
        match change.alarm {
            Some(alarm) => alarms.push(with(key.clone(), vec![alarm.into()])),
            None => no_alarms.push(key.clone()),
        }
        versions.push(with(key, vec![change.document.into()]));
    }
    let history = history.into_iter().map(|new| {
        let key = params![workspace.as_str(), bucket::of_contact(new.contact)];
        with(key, history::row_values(new))
    });
    vec![
        (&contact::PUT, versions),
        (&contact::ALARM_PUT, alarms),
        (&contact::ALARM_REMOVE, no_alarms),
        (&history::PUT, history.collect()),
    ]
}

fn with(mut values: Vec<Value>, mut more: Vec<Value>) -> Vec<Value> {
    values.append(&mut more);
    values
}

type Identities = BTreeMap<Identifier, ContactId>;

/// Appends to the logs, and then to the tail.
async fn commit_sqlite(
    inner: &Arc<Inner>,
    workspace: WorkspaceId,
    turn: Turn,
    (claimed, reassigned): (Identities, Identities),
    mut changes: Changes,
) -> Result<(), Error> {
    if inner.tail.read().is_full(inner.tail_changes_max, inner.tail_bytes_max) {
        fold::fold_all(&turn, &inner.tail).await?;
    }
    let mut appended = Appended::new(inner.tail.read().last_seq);
    appended.contacts(&workspace, std::mem::take(&mut changes.contacts));
    appended.history(&workspace, std::mem::take(&mut changes.history));
    appended.messages(&workspace, &changes.messages);
    let rows = |identities: &Identities| {
        identities
            .iter()
            .map(|(identifier, to)| identity::row(&workspace, identifier, *to))
            .collect::<Vec<_>>()
    };
    let postings = posting::row_values(&workspace, std::mem::take(&mut changes.postings));
    let mut bulks = vec![
        (&posting::LOG, postings),
        term::logged(&workspace, std::mem::take(&mut changes.terms)),
        (&identity::CLAIM, rows(&claimed)),
        (&identity::ASSIGN, rows(&reassigned)),
    ];
    bulks.append(&mut appended.bulks());
    bulks.append(&mut common(&workspace, changes));
    bulks.retain(|(_, rows)| !rows.is_empty());
    if bulks.is_empty() {
        return Ok(());
    }
    let inner = Arc::clone(inner);
    // Nobody may be waiting any more when it is done, so the tail is brought up to date there and then.
    turn.run(move |connection| {
        let written = sqlite::transact(connection, |connection| sqlite::execute_all(connection, &bulks));
        let mut tail = inner.tail.write();
        match written {
            Ok(()) => appended.take_into(&mut tail, &workspace),
            Err(error) => {
                tail.stale = true;
                return Err(error);
            }
        }
        drop(tail);
        let mut cache = inner.identities();
        for (identifier, contact) in claimed.into_iter().chain(reassigned) {
            cache.put(&workspace, identifier, contact);
        }
        Ok(())
    })
    .await
}

/// What one commit appends to the logs.
struct Appended {
    last_seq: i64,
    versions: Vec<(ContactId, Version)>,
    history: Vec<(ContactId, i64)>,
    messages: Vec<(ContactId, i64, MessageId)>,
    contact_rows: Vec<Vec<Value>>,
    history_rows: Vec<Vec<Value>>,
    message_rows: Vec<Vec<Value>>,
}

impl Appended {
    fn new(last_seq: i64) -> Self {
        Self {
            last_seq,
            versions: Vec::new(),
            history: Vec::new(),
            messages: Vec::new(),
            contact_rows: Vec::new(),
            history_rows: Vec::new(),
            message_rows: Vec::new(),
        }
    }

    fn next_seq(&mut self) -> i64 {
        self.last_seq += 1;
        self.last_seq
    }

    fn contacts(&mut self, workspace: &WorkspaceId, contacts: Vec<ContactChange>) {
        for ContactChange { id, document, alarm } in contacts {
            let version = Version { seq: self.next_seq(), document: document.into(), alarm };
            let document = Arc::clone(&version.document);
            self.contact_rows.push(params![version.seq, workspace.as_str(), id, document, alarm]);
            self.versions.push((id, version));
        }
    }

    fn history(&mut self, workspace: &WorkspaceId, history: Vec<NewHistory>) {
        for new in history {
            let seq = self.next_seq();
            self.history.push((new.contact, seq));
            self.history_rows.push(with(params![seq, workspace.as_str()], history::row_values(new)));
        }
    }

    fn messages(&mut self, workspace: &WorkspaceId, messages: &[MessageRow]) {
        for message in messages {
            let seq = self.next_seq();
            self.messages.push((message.contact, seq, message.id));
            self.message_rows.push(params![seq, workspace.as_str(), message.contact, message.id]);
        }
    }

    fn bulks(&mut self) -> Vec<Bulk> {
        vec![
            (&contact::LOG, std::mem::take(&mut self.contact_rows)),
            (&history::LOG, std::mem::take(&mut self.history_rows)),
            (&message::LOG, std::mem::take(&mut self.message_rows)),
        ]
    }

    fn take_into(self, tail: &mut Tail, workspace: &WorkspaceId) {
        tail.n_changes += self.versions.len() + self.history.len() + self.messages.len();
        tail.last_seq = self.last_seq;
        for (contact, version) in self.versions {
            tail.put_version(workspace, contact, version);
        }
        for (contact, seq) in self.history {
            tail.put_history(workspace, contact, seq);
        }
        for (contact, seq, message) in self.messages {
            tail.put_message(workspace, contact, seq, message);
        }
    }
}

#[cfg(test)]
mod tests;
