//! From what the domain decided for one contact to what the store commits.

use std::collections::BTreeMap;

use wend_domain::advance::TakenInput;
use wend_domain::effect::Effect;
use wend_domain::id::{Channel, ContactId, EventName, MessageId};
use wend_domain::input::Cause;
use wend_domain::message::Message;
use wend_domain::record::{Decision, Record};
use wend_domain::time::Timestamp;
use wend_store::{Changes, ContactChange, MessageRow, NewHistory, NewInbox, NewOutbox};

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
    outbox: BTreeMap<MessageId, OutboxChange>,
    counters: BTreeMap<String, i64>,
}

/// What a committed batch gives other workers to do.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Following {
    /// The earliest instant at which a message may be attempted.
    pub(crate) outbox_due: Option<Timestamp>,
    /// The earliest alarm.
    pub(crate) alarm: Option<Timestamp>,
    /// Whether inputs were queued that can be taken.
    pub(crate) inbox: bool,
}

impl LaneChanges {
    /// Adds what one input and all that followed from it came to.
    ///
    /// `payloads` are the messages that were rendered for it. Fails, and changes nothing, if a message is to be
    /// dispatched that wasn't.
    pub(crate) fn add(
        &mut self,
        contact: ContactId,
        inputs: Vec<TakenInput>,
        document_and_alarm: (Vec<u8>, Option<Timestamp>),
        payloads: &mut BTreeMap<MessageId, (Channel, String)>,
        at: Timestamp,
        catalog_revision: u64,
    ) -> Result<Record, String> {
        let dispatched = inputs.iter().flat_map(|input| &input.effects);
        for effect in dispatched {
            if let Effect::Dispatch { message, .. } = effect
                && !payloads.contains_key(message)
            {
                return Err(format!("message {message} is to be sent and was not rendered"));
            }
        }
        let mut first = None;
        for TakenInput { input, effects, record } in inputs {
            for effect in effects {
                self.effect(contact, effect, payloads);
            }
            let (event, occurred_at) = event_columns(&input.cause, &record);
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
            // Where this very transaction was to add the row, it is not added.
            Effect::Cancel { message } => {
                self.outbox.insert(message, OutboxChange::Cancel);
            }
            Effect::Settle { message } => {
                self.outbox.insert(message, OutboxChange::Settle);
            }
            Effect::Show(message) => {
                self.messages.insert(message.id, message_row(contact, &message));
            }
            Effect::Count { counter, by } => *self.counters.entry(counter).or_default() += by,
            // The domain followed these up itself.
            Effect::Render(_) | Effect::Emit { .. } => {}
            Effect::Task(_) | Effect::Request { .. } => {}
        }
    }

    /// Moves everything into the batch's changes.
    pub(crate) fn finish(self, contact: ContactId, changes: &mut Changes, following: &mut Following) {
        if let Some((document, alarm)) = self.contact {
            following.alarm = earliest(following.alarm, alarm);
            changes.contacts.push(ContactChange { id: contact, document, alarm });
        }
        changes.history.extend(self.history);
        changes.messages.extend(self.messages.into_values());
        for (message, change) in self.outbox {
            match change {
                OutboxChange::Add { channel, due_at, expires_at, payload_json, replaces } => {
                    // The store leaves a row that is there as it is: the earlier one begins anew.
                    changes.outbox_retry.extend(replaces.then_some((message, due_at)));
                    following.outbox_due = earliest(following.outbox_due, Some(due_at));
                    let row = NewOutbox { message, contact, channel, due_at, expires_at, payload_json };
                    changes.outbox.push(row);
                }
                OutboxChange::Retry(due_at) => {
                    following.outbox_due = earliest(following.outbox_due, Some(due_at));
                    changes.outbox_retry.push((message, due_at));
                }
                OutboxChange::Cancel => changes.outbox_cancel.push(message),
                OutboxChange::Settle => changes.outbox_settle.push(message),
            }
        }
        following.inbox |= self.inbox_add.iter().any(|row| row.stuck.is_none());
        changes.inbox_add.extend(self.inbox_add);
        changes.inbox_done.extend(self.inbox_done);
        for (counter, by) in self.counters {
            *changes.counters.entry(counter).or_default() += by;
        }
    }
}

/// The columns by which history is searched for events; an event that came twice is there once.
fn event_columns(cause: &Cause, record: &Record) -> (Option<EventName>, Option<Timestamp>) {
    match cause.event() {
        Some(event) if !is_duplicate(record) => (Some(event.name.clone()), Some(event.occurred_at)),
        _ => (None, None),
    }
}

fn is_duplicate(record: &Record) -> bool {
    record.iter().any(|line| line.hop == 0 && matches!(line.decision, Decision::Duplicate { .. }))
}

fn message_row(contact: ContactId, message: &Message) -> MessageRow {
    MessageRow {
        id: message.id,
        contact,
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

pub(crate) fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("the domain's types have only text keys")
}

fn earliest(one: Option<Timestamp>, other: Option<Timestamp>) -> Option<Timestamp> {
    one.into_iter().chain(other).min()
}

#[cfg(test)]
mod tests;
