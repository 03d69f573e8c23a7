//! From what the domain decided for one contact to what the store commits.

pub(crate) mod days;

use std::collections::BTreeMap;

use wend_domain::advance::TakenInput;
use wend_domain::effect::{Effect, Task, TaskState};
use wend_domain::event::Event;
use wend_domain::id::{Channel, ContactId, EventName, InputId, MessageId, RunId, WorkflowName, WorkspaceId};
use wend_domain::identity::Identifier;
use wend_domain::input::{Cause, Input};
use wend_domain::message::Message;
use wend_domain::planted;
use wend_domain::profile::{Fault, SeenTrait, TraitType};
use wend_domain::record::{Decision, Record};
use wend_domain::time::Timestamp;
use wend_domain::value::Path;
use wend_render::Rendered;
use wend_store::{
    Changes, ContactChange, EntryRequest, MessageRow, NewAccountInput, NewConsentChange, NewHistory,
    NewInbox, NewOutbox, Posting, PostingPair, RefusedClaim, SeenNow, SuppressionRow, TaskRow, TermChange,
};

use crate::catalogs::Loaded;
use crate::courier::Payload;
use crate::jobs::work::posted;
use crate::links::address_hash;

/// What becomes of one message's outbox row in this transaction: the last decision counts.
enum OutboxChange {
    Add {
        channel: Channel,
        due_at: Timestamp,
        expires_at: Option<Timestamp>,
        payload_json: String,
        /// Whether there may be an earlier row of the message.
        replaces: bool,
    },
    Retry(Timestamp),
    Cancel,
    Settle,
}

/// What a batch changes of one contact.
#[derive(Default)]
pub(crate) struct LaneChanges {
    /// The contact's new document and alarm.
    pub(crate) contact: Option<(Vec<u8>, Option<Timestamp>)>,
    pub(crate) history: Vec<NewHistory>,
    pub(crate) inbox_add: Vec<NewInbox>,
    pub(crate) inbox_done: Vec<i64>,
    messages: BTreeMap<MessageId, MessageRow>,
    tasks: BTreeMap<MessageId, TaskRow>,
    requests: BTreeMap<RunId, (WorkflowName, u32, Timestamp)>,
    postings: Vec<Posting>,
    terms: Vec<TermChange>,
    claims: Vec<RefusedClaim>,
    /// Identifiers that go from this contact to another, or back.
    handed: BTreeMap<Identifier, (ContactId, ContactId)>,
    outbox: BTreeMap<MessageId, OutboxChange>,
    counters: BTreeMap<String, i64>,
    account_inputs: Vec<NewAccountInput>,
    /// How often traits were seen, by name, type and fault.
    seen: BTreeMap<(String, String, String), u64>,
    seen_at: Timestamp,
    consent_changes: Vec<NewConsentChange>,
    /// By hash; none for those that may be used again.
    suppressions: BTreeMap<String, Option<SuppressionRow>>,
}

/// What a committed batch gives other workers to do.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Following {
    /// The earliest instant at which a message may be attempted.
    pub(crate) outbox_due: Option<Timestamp>,
    /// The earliest alarm.
    pub(crate) alarm: Option<Timestamp>,
    /// Whether inputs were queued that can be taken.
    pub(crate) inbox: bool,
    /// Whether runs ask for a place.
    pub(crate) grants: bool,
    /// Whether accounts were told something.
    pub(crate) accounts: bool,
    /// Identifiers that go from one contact to another in this very transaction.
    pub(crate) handed: BTreeMap<Identifier, (ContactId, ContactId)>,
}

impl LaneChanges {
    /// Adds what one input and all that followed from it came to.
    ///
    /// `n_inputs` is how many inputs the contact has taken with them. `payloads` are the messages that were rendered for it. Fails, and changes nothing, if a message is to be
    /// dispatched that wasn't.
    pub(crate) fn add(
        &mut self,
        (contact, n_inputs): (ContactId, u64),
        inputs: Vec<TakenInput>,
        document_and_alarm: (Vec<u8>, Option<Timestamp>),
        payloads: &mut BTreeMap<MessageId, (Channel, String)>,
        at: Timestamp,
        loaded: &Loaded,
    ) -> Result<Record, String> {
        let catalog_revision = loaded.catalog.revision;
        let dispatched = inputs.iter().flat_map(|input| &input.effects);
        for effect in dispatched {
            if let Effect::Dispatch { message, .. } = effect
                && !payloads.contains_key(message)
            {
                return Err(format!("message {message} is to be sent and was not rendered"));
            }
        }
        let (mut first, mut n_consents) = (None, 0);
        let day = || loaded.catalog.policies.zone.local(at).date();
        for TakenInput { input, effects, record } in inputs {
            days::note(&mut self.counters, day, &effects, &record);
            for effect in effects {
                match effect {
                    Effect::Consent(change) => {
                        // In the order in which the contact took its inputs, however many came in one millisecond.
                        let id = format!("{n_inputs:012}-{n_consents:06}");
                        n_consents += 1;
                        let new = NewConsentChange { contact, id, at, change_json: json(&change) };
                        self.consent_changes.push(new);
                    }
                    Effect::Suppress { channel, address, reason } => {
                        self.suppress(loaded, channel, address, reason, at)?;
                    }
                    other => self.effect(contact, other, payloads, at),
                }
            }
            self.claims.extend(refused_claims(contact, &input, &record, at));
            let (event, occurred_at) = event_columns(&input.cause, &record);
            if let (Some(name), Some(happened)) = (&event, input.cause.event())
                && let Some(properties) = loaded.posted.get(name)
            {
                self.postings.extend(postings(contact, happened, properties));
            }
            self.history.push(NewHistory {
                contact,
                at,
                catalog_revision,
                event,
                occurred_at,
                input_json: json(&input),
                record_json: json(&record),
            });
            first.get_or_insert(record);
        }
        self.contact = Some(document_and_alarm);
        Ok(first.unwrap_or_default())
    }

    /// Notes the terms that a contact has gained and lost.
    pub(crate) fn terms(&mut self, contact: ContactId, gained: Vec<String>, lost: Vec<String>) {
        let change = |term, present| TermChange { contact, term, present };
        self.terms.extend(lost.into_iter().map(|term| change(term, false)));
        self.terms.extend(gained.into_iter().map(|term| change(term, true)));
    }

    /// An address joins or leaves the workspace's list: the last word of a transaction counts.
    fn suppress(
        &mut self,
        loaded: &Loaded,
        channel: Channel,
        address: String,
        reason: Option<String>,
        at: Timestamp,
    ) -> Result<(), String> {
        let Some(key) = &loaded.key else {
            return Err("the workspace's key is not loaded: no address can be suppressed".to_owned());
        };
        let hash = address_hash(key, &channel, &address);
        let row = reason.map(|reason| SuppressionRow {
            channel,
            hash: hash.clone(),
            address: Some(address),
            reason,
            since: at,
            set_by: "contact".to_owned(),
        });
        self.suppressions.insert(hash, row);
        Ok(())
    }

    /// Leaves the contact as it is and sets its alarm.
    pub(crate) fn set_alarm(&mut self, stored: Option<&Vec<u8>>, alarm: Timestamp) {
        let document = self.contact.take().map(|(document, _)| document);
        let document = document.or_else(|| stored.cloned());
        self.contact = document.map(|document| (document, Some(alarm)));
    }

    fn effect(
        &mut self,
        contact: ContactId,
        effect: Effect,
        payloads: &mut BTreeMap<MessageId, (Channel, String)>,
        at: Timestamp,
    ) {
        match effect {
            Effect::Dispatch { message, due_at, expires_at } => {
                if let Some((channel, payload_json)) = payloads.remove(&message) {
                    let replaces = self.outbox.remove(&message).is_some();
                    let add = OutboxChange::Add { channel, due_at, expires_at, payload_json, replaces };
                    self.outbox.insert(message, add);
                }
            }
            Effect::Retry { message, due_at } => match self.outbox.get_mut(&message) {
                Some(OutboxChange::Add { due_at: due, .. }) => *due = due_at,
                _ => {
                    self.outbox.insert(message, OutboxChange::Retry(due_at));
                }
            },
            Effect::Cancel { .. } if planted!("claim-ignores-cancellation") => {}
            Effect::Cancel { message } => {
                let change = cancelled(self.outbox.get(&message));
                self.outbox.insert(message, change);
            }
            Effect::Settle { message } => {
                self.outbox.insert(message, OutboxChange::Settle);
            }
            Effect::Show(message) => {
                self.messages.insert(message.id, message_row(contact, &message));
            }
            Effect::Count { counter, by } => *self.counters.entry(counter).or_default() += by,
            // The domain followed the first two up itself; the others are taken before.
            Effect::Render(_) | Effect::Emit { .. } | Effect::Consent(_) | Effect::Suppress { .. } => {}
            Effect::Task(task) => {
                let content = payloads.remove(&task.id).and_then(|(_, json)| content_of(&json));
                let before = self.tasks.remove(&task.id);
                self.tasks.insert(task.id, task_row(contact, *task, content, before, at));
            }
            Effect::Seen(seen) => {
                for SeenTrait { name, kind, fault } in seen {
                    let kind = kind.map_or("", TraitType::as_str).to_owned();
                    let fault = fault.map_or("", Fault::as_str).to_owned();
                    *self.seen.entry((name, kind, fault)).or_default() += 1;
                }
                self.seen_at = at;
            }
            Effect::Account { account, what } => {
                self.account_inputs.push(NewAccountInput { account, input_json: json(&what), at });
            }
            Effect::Tell { contact: to, source, cause } => {
                let id = InputId::hashed(at, &[&to.to_bytes(), source.as_bytes()]);
                let input = Input { id, cause: *cause, history: None, refused_claims: Vec::new(), hop: 0 };
                let input_json = json(&input);
                self.inbox_add.push(NewInbox { contact: to, source, input_json, stuck: None, at });
            }
            Effect::Hand { identifiers, from, to } => {
                self.handed.extend(identifiers.into_iter().map(|identifier| (identifier, (from, to))));
            }
            Effect::Request { run, workflow, version } => {
                self.requests.insert(run, (workflow, version, at));
            }
        }
    }

    /// Moves everything into the batch's changes.
    pub(crate) fn finish(
        self,
        workspace: &WorkspaceId,
        contact: ContactId,
        changes: &mut Changes,
        following: &mut Following,
    ) {
        if let Some((document, alarm)) = self.contact {
            following.alarm = earliest(following.alarm, alarm);
            changes.contacts.push(ContactChange { id: contact, document, alarm });
        }
        changes.history.extend(self.history);
        changes.tasks.extend(self.tasks.into_values());
        changes.postings.extend(self.postings);
        changes.terms.extend(self.terms);
        following.accounts |= !self.account_inputs.is_empty();
        changes.account_inputs.extend(self.account_inputs);
        for (of, n) in self.seen {
            let seen = changes.traits_seen.entry(of);
            let seen =
                seen.or_insert_with(|| SeenNow { n: 0, at: self.seen_at, contact: contact.to_string() });
            seen.n += n;
            seen.at = seen.at.max(self.seen_at);
        }
        changes.refused_claims.extend(self.claims);
        following.handed.extend(self.handed);
        following.grants |= !self.requests.is_empty();
        changes.entry_requests.extend(self.requests.into_iter().map(
            |(run, (workflow, version, asked_at))| EntryRequest {
                workspace: workspace.clone(),
                run,
                contact,
                workflow,
                version,
                asked_at,
            },
        ));
        move_outbox(contact, self.outbox, &self.messages, changes, following);
        changes.messages.extend(self.messages.into_values());
        following.inbox |= self.inbox_add.iter().any(|row| row.stuck.is_none());
        changes.inbox_add.extend(self.inbox_add);
        changes.inbox_done.extend(self.inbox_done);
        changes.consent_changes.extend(self.consent_changes);
        for (hash, row) in self.suppressions {
            match row {
                Some(row) => changes.suppress.push(row),
                None => changes.unsuppress.push(hash),
            }
        }
        for (counter, by) in self.counters {
            *changes.counters.entry(counter).or_default() += by;
        }
    }
}

/// What a cancellation makes of what this transaction was to do with an outbox row.
///
/// Where this very transaction was to add the row, it is not added. Where it takes in how the attempt ended, nobody else
/// will end the row, which is still claimed.
fn cancelled(change: Option<&OutboxChange>) -> OutboxChange {
    match change {
        Some(OutboxChange::Retry(_) | OutboxChange::Settle | OutboxChange::Add { replaces: true, .. }) => {
            OutboxChange::Settle
        }
        Some(OutboxChange::Cancel | OutboxChange::Add { replaces: false, .. }) | None => OutboxChange::Cancel,
    }
}

/// Moves what becomes of outbox rows into the batch's changes.
fn move_outbox(
    contact: ContactId,
    outbox: BTreeMap<MessageId, OutboxChange>,
    messages: &BTreeMap<MessageId, MessageRow>,
    changes: &mut Changes,
    following: &mut Following,
) {
    for (message, change) in outbox {
        match change {
            OutboxChange::Add { channel, due_at, expires_at, payload_json, replaces } => {
                // The store leaves a row that is there as it is: the earlier one begins anew.
                changes.outbox_retry.extend(replaces.then_some((message, due_at)));
                following.outbox_due = earliest(following.outbox_due, Some(due_at));
                // A message is shown whenever its state changes, and it has just been released.
                let shown = messages.get(&message);
                let workflow = shown.map(|shown| shown.workflow.clone());
                changes.outbox.push(NewOutbox {
                    message,
                    // Its rows are kept where it was wanted first.
                    contact: shown.map_or(contact, |shown| shown.contact),
                    channel,
                    workflow: workflow.unwrap_or_else(|| WorkflowName::from("")),
                    due_at,
                    expires_at,
                    payload_json,
                });
            }
            OutboxChange::Retry(due_at) => {
                following.outbox_due = earliest(following.outbox_due, Some(due_at));
                changes.outbox_retry.push((message, due_at));
            }
            OutboxChange::Cancel => changes.outbox_cancel.push(message),
            OutboxChange::Settle => changes.outbox_settle.push(message),
        }
    }
}

/// The columns by which history is searched for events; an event that came twice is there once.
fn event_columns(cause: &Cause, record: &Record) -> (Option<EventName>, Option<Timestamp>) {
    match cause.event() {
        Some(event) if !is_not_taken(record) => (Some(event.name.clone()), Some(event.occurred_at)),
        _ => (None, None),
    }
}

fn is_not_taken(record: &Record) -> bool {
    let is_not_taken = |decision: &Decision| {
        matches!(decision, Decision::Duplicate { .. } | Decision::SentOn { .. } | Decision::GivenBack { .. })
    };
    record.iter().any(|line| line.hop == 0 && is_not_taken(&line.decision))
}

/// What a contact did not get: identifiers, and contacts that are somebody else.
fn refused_claims(contact: ContactId, input: &Input, record: &Record, at: Timestamp) -> Vec<RefusedClaim> {
    let refused = record.iter().filter_map(|line| match &line.decision {
        Decision::ClaimRefused { identifier, value, why } => {
            Some((identifier.clone(), value.clone(), why.clone()))
        }
        Decision::NotMerged { contact, why } => {
            Some(("contact".to_owned(), contact.to_string(), why.clone()))
        }
        _ => None,
    });
    let claim = |(n, (kind, value, why)): (usize, (String, String, String))| RefusedClaim {
        id: format!("{}-{n}", input.id),
        kind,
        value,
        contact,
        why,
        first_at: at,
        last_at: at,
        times: 1,
    };
    refused.enumerate().map(claim).collect()
}

fn message_row(contact: ContactId, message: &Message) -> MessageRow {
    MessageRow {
        id: message.id,
        contact: message.of.unwrap_or(contact),
        run: message.run,
        workflow: message.workflow.clone(),
        version: message.version,
        step: message.step.clone(),
        channel: message.channel.clone(),
        category: message.category.clone(),
        template: message.template.clone(),
        state: message.state.name().to_owned(),
        detail_json: json(message),
        address: message.address.clone(),
        created_at: message.intent_at,
        updated_at: message.state_at,
    }
}

/// What was rendered.
fn content_of(payload_json: &str) -> Option<Rendered> {
    serde_json::from_str::<Payload>(payload_json).ok().map(|payload| payload.content)
}

/// A task's row; without content the title and note that were rendered before stay.
fn task_row(
    contact: ContactId,
    task: Task,
    content: Option<Rendered>,
    before: Option<TaskRow>,
    at: Timestamp,
) -> TaskRow {
    let content = content.unwrap_or_default();
    let (before_title, before_note) = before.map_or((None, None), |before| (before.title, before.note));
    let (state, outcome, outcome_note, done_by) = match task.state {
        TaskState::Open => ("open", None, None, None),
        TaskState::Done { outcome, note, by } => ("done", Some(outcome), note, Some(by)),
        TaskState::Overdue => ("overdue", None, None, None),
        TaskState::Cancelled => ("cancelled", None, None, None),
    };
    TaskRow {
        id: task.id,
        contact,
        run: task.run,
        workflow: task.workflow,
        version: task.version,
        step: task.step,
        assignee: task.assignee,
        title: content.title.or(before_title),
        note: content.note.or(before_note),
        outcomes_json: json(&task.outcomes),
        opened_at: task.opened_at,
        due_at: task.due_at,
        escalated: task.escalated,
        state: state.to_owned(),
        outcome,
        outcome_note,
        done_by,
        claimed_by: None,
        updated_at: at,
    }
}

/// What an event says of the values by which business events find contacts.
fn postings(contact: ContactId, event: &Event, properties: &[(PostingPair, Path)]) -> Vec<Posting> {
    let posting = |(pair, path): &(PostingPair, Path)| {
        let value = posted(path.get(&event.properties)?)?;
        Some(Posting { pair: pair.clone(), value, contact, occurred_at: event.occurred_at })
    };
    properties.iter().filter_map(posting).collect()
}

pub(crate) fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("the domain's types have only text keys")
}

fn earliest(one: Option<Timestamp>, other: Option<Timestamp>) -> Option<Timestamp> {
    one.into_iter().chain(other).min()
}

#[cfg(test)]
mod tests;
