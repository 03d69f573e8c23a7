//! One contact in a batch: its document, the inputs that wait for it, and what comes of them.
//!
//! A lane does no I/O, so that it can run on a thread of its own; where history is needed it stops and says so.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};

use serde::Deserialize;
use wend_domain::advance::{Taken, needs, take};
use wend_domain::behaviour::{PastEvent, Stretch};
use wend_domain::contact::Contact;
use wend_domain::effect::Render;
use wend_domain::id::{Channel, ContactId, EventName, InputId, MessageId};
use wend_domain::input::{Cause, Input};
use wend_domain::limits::CONTACT_BYTES_MAX;
use wend_domain::record::Record;
use wend_domain::terms::Mark;
use wend_domain::time::{Period, Timestamp};
use wend_store::{HistoryRow, NewHistory, NewInbox, is_wanted};

use crate::catalogs::Loaded;
use crate::changes::{LaneChanges, json};
use crate::courier::Payload;
use crate::identify::RefusedClaim;
use crate::tick::panic_text;

/// How long the alarm of a contact rests whose inputs can't be taken: whatever becomes of them, it wakes again.
const ALARM_POSTPONED: Period = Period::from_millis(10 * 60_000);

/// What became of one arrival.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Fate {
    /// It was taken; what was decided.
    Taken(Record),
    /// It waits in the contact's inbox behind others.
    Queued,
    /// It could not be processed and is kept in the contact's inbox (SEMANTICS 3.15).
    Stuck(String),
    /// The contact that it was for doesn't exist.
    NoSuchContact,
}

/// Where an input comes from.
pub(crate) enum Origin {
    /// It has just arrived.
    Fresh { cause: Cause, refused_claims: Vec<RefusedClaim> },
    /// It waited in the inbox.
    Row { seq: i64, input_json: String },
}

/// An input that waits for its contact.
pub(crate) struct Waiting {
    /// Its place among the batch's arrivals; none if it follows from another one.
    pub(crate) arrival: Option<usize>,
    /// What makes it this input and no other.
    pub(crate) source: String,
    pub(crate) origin: Origin,
}

enum Ground {
    /// The document has not been looked at.
    Unread,
    Ready(Box<Contact>),
    /// Inputs go to the inbox: there are earlier ones, or one of this batch is stuck.
    Closed,
}

/// How far a lane came.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) enum Progress {
    /// All inputs are taken or set aside.
    #[default]
    Done,
    /// The next input needs these events of the history of these contacts: this one and those that are part of it.
    Needs(BTreeMap<EventName, Stretch>, BTreeSet<ContactId>),
    /// The document was written with a newer catalog than this node has.
    CatalogIsOlder,
}

/// One contact in a batch.
pub(crate) struct Lane {
    pub(crate) contact: ContactId,
    pub(crate) progress: Progress,
    pub(crate) changes: LaneChanges,
    pub(crate) fates: Vec<(Option<usize>, Fate)>,
    stored: Option<Vec<u8>>,
    ground: Ground,
    /// By what the contact is found, as of the last input that was taken.
    mark: Option<Mark>,
    waiting: VecDeque<Waiting>,
    history: Option<Vec<PastEvent>>,
}

enum Took {
    Done(Record),
    Needs(BTreeMap<EventName, Stretch>, BTreeSet<ContactId>),
    Stuck(String),
}

impl Lane {
    pub(crate) fn new(contact: ContactId, stored: Option<Vec<u8>>, is_closed: bool) -> Self {
        Self {
            contact,
            progress: Progress::Done,
            changes: LaneChanges::default(),
            fates: Vec::new(),
            stored,
            mark: None,
            ground: if is_closed { Ground::Closed } else { Ground::Unread },
            waiting: VecDeque::new(),
            history: None,
        }
    }

    pub(crate) fn push(&mut self, waiting: Waiting) {
        self.waiting.push_back(waiting);
    }

    /// Takes inputs until none waits or history is needed.
    pub(crate) fn run(&mut self, loaded: &Loaded, at: Timestamp) {
        self.progress = Progress::Done;
        let mut unreadable = None;
        if matches!(self.ground, Ground::Unread) {
            match self.read(loaded, at) {
                Ok(contact) if contact.catalog_revision > loaded.catalog.revision => {
                    self.progress = Progress::CatalogIsOlder;
                    return;
                }
                Ok(contact) => {
                    self.mark = Some(Mark::of(&contact));
                    self.ground = Ground::Ready(Box::new(contact));
                }
                Err(why) => unreadable = Some(why),
            }
        }
        while let Some(waiting) = self.waiting.pop_front() {
            // The document is handed over rather than copied: what is stuck closes the lane, and who needs it later
            // puts it back.
            let took = match (std::mem::replace(&mut self.ground, Ground::Closed), unreadable.take()) {
                (_, Some(why)) => Took::Stuck(why),
                (Ground::Ready(contact), None) => self.take_one(&waiting, *contact, loaded, at),
                (Ground::Closed | Ground::Unread, None) => {
                    self.set_aside(waiting, None, at);
                    continue;
                }
            };
            match took {
                Took::Done(record) => self.fates.push((waiting.arrival, Fate::Taken(record))),
                Took::Needs(events, contacts) => {
                    self.waiting.push_front(waiting);
                    self.progress = Progress::Needs(events, contacts);
                    return;
                }
                Took::Stuck(why) => {
                    self.set_aside(waiting, Some(why), at);
                    self.ground = Ground::Closed;
                }
            }
        }
    }

    fn read(&self, loaded: &Loaded, at: Timestamp) -> Result<Contact, String> {
        match &self.stored {
            None => Ok(Contact::new(self.contact, loaded.catalog.revision, at)),
            Some(document) => Contact::from_bytes(document).map_err(|error| error.to_string()),
        }
    }

    /// Gives the history that [`Progress::Needs`] asked for: rows of the store, then what this batch added.
    pub(crate) fn give_history(&mut self, rows: &[HistoryRow], wanted: &BTreeMap<EventName, Stretch>) {
        let is_wanted = |row: &&NewHistory| is_wanted(wanted, row.event.as_ref(), row.occurred_at);
        let added = self.changes.history.iter().filter(is_wanted).map(|row| &row.input_json);
        let inputs = rows.iter().map(|row| &row.input_json).chain(added);
        self.history = Some(inputs.filter_map(|input| past_event(input)).collect());
    }

    fn take_one(&mut self, waiting: &Waiting, contact: Contact, loaded: &Loaded, at: Timestamp) -> Took {
        let at = at.max(contact.at);
        let mut input = match self.input(waiting, Some(&contact), at) {
            Ok(input) => input,
            Err(why) => return Took::Stuck(why),
        };
        if self.history.is_none() {
            match caught(|| needs(&loaded.catalog, &contact, &input, at)) {
                Ok(Some(needs)) => {
                    let whose = whose_history(&contact, &input);
                    self.ground = Ground::Ready(Box::new(contact));
                    return Took::Needs(needs.events, whose);
                }
                Ok(None) => {}
                Err(why) => return Took::Stuck(why),
            }
        }
        input.history = self.history.take();
        let both = input.cause.absorbs().map(|_| (contact.clone(), input.clone()));
        let (mut taken_in, mut payloads) = match taken(loaded, contact, input, at) {
            Ok(taken) => taken,
            Err(why) => return Took::Stuck(why),
        };
        let mut document = taken_in.contact.to_bytes();
        if document.len() > CONTACT_BYTES_MAX
            && let Some((contact, mut input)) = both
        {
            // Two documents that are too large as one stay two: neither contact may be stopped by that.
            let bytes = document.len();
            input.cause.give_back(format!("together they would have {bytes} bytes of {CONTACT_BYTES_MAX}"));
            (taken_in, payloads) = match taken(loaded, contact, input, at) {
                Ok(taken) => taken,
                Err(why) => return Took::Stuck(why),
            };
            document = taken_in.contact.to_bytes();
        }
        if document.len() > CONTACT_BYTES_MAX {
            let bytes = document.len();
            return Took::Stuck(format!(
                "the contact's document would have {bytes} bytes; at most {CONTACT_BYTES_MAX} are kept: \
                 send fewer or smaller traits"
            ));
        }
        let taken = taken_in;
        let Taken { contact, alarm, inputs } = taken;
        match self.changes.add(
            (contact.id, contact.n_inputs),
            inputs,
            (document, alarm),
            &mut payloads,
            at,
            loaded,
        ) {
            Err(why) => Took::Stuck(why),
            Ok(record) => {
                if let Some(mark) = &mut self.mark {
                    let (gained, lost) = mark.move_to(&contact);
                    self.changes.terms(contact.id, gained, lost);
                }
                self.ground = Ground::Ready(Box::new(contact));
                if let Origin::Row { seq, .. } = waiting.origin {
                    self.changes.inbox_done.push(seq);
                }
                Took::Done(record)
            }
        }
    }

    /// The input of an arrival; the same arrival at the same instant gives the same one, whatever is run again.
    fn input(&self, waiting: &Waiting, contact: Option<&Contact>, at: Timestamp) -> Result<Input, String> {
        match &waiting.origin {
            Origin::Row { input_json, .. } => serde_json::from_str(input_json)
                .map_err(|error| format!("the queued input cannot be read: {error}")),
            Origin::Fresh { cause, refused_claims } => {
                let n_inputs = contact.map_or(0, |contact| contact.n_inputs);
                let parts =
                    [&self.contact.to_bytes()[..], waiting.source.as_bytes(), &n_inputs.to_be_bytes()];
                Ok(Input {
                    id: InputId::hashed(at, &parts),
                    cause: cause.clone(),
                    history: None,
                    refused_claims: refused_claims.clone(),
                    hop: 0,
                })
            }
        }
    }

    /// Keeps an input in the contact's inbox: stuck with a reason, or behind those that are.
    fn set_aside(&mut self, waiting: Waiting, stuck: Option<String>, at: Timestamp) {
        let fate = stuck.clone().map_or(Fate::Queued, Fate::Stuck);
        let input = self.input(&waiting, None, at);
        let is_alarm = matches!(&input, Ok(input) if input.cause == Cause::Alarm);
        if is_alarm {
            // An alarm isn't lost by not being queued: it rings again.
            self.changes.set_alarm(self.stored.as_ref(), at + ALARM_POSTPONED);
        }
        if !is_alarm || stuck.is_some() {
            let is_waiting_already = matches!(waiting.origin, Origin::Row { .. }) && stuck.is_none();
            let input_json = match waiting.origin {
                Origin::Row { input_json, .. } => input_json,
                Origin::Fresh { .. } => input.as_ref().map(json).unwrap_or_default(),
            };
            if !is_waiting_already {
                let row = NewInbox { contact: self.contact, source: waiting.source, input_json, stuck, at };
                self.changes.inbox_add.push(row);
            }
        }
        self.fates.push((waiting.arrival, fate));
    }
}

/// The contact and those that are part of it, or become so.
fn whose_history(contact: &Contact, input: &Input) -> BTreeSet<ContactId> {
    let mut whose: BTreeSet<ContactId> = contact.merged.keys().copied().collect();
    whose.insert(contact.id);
    if let Some(absorb) = input.cause.absorbs() {
        whose.insert(absorb.document.id);
        whose.extend(absorb.document.merged.keys());
    }
    whose
}

/// A rendered message by its channel, as the outbox keeps it.
type Payloads = BTreeMap<MessageId, (Channel, String)>;

/// Takes one input, with everything that can go wrong turned into a reason.
fn taken(
    loaded: &Loaded,
    contact: Contact,
    input: Input,
    at: Timestamp,
) -> Result<(Taken, Payloads), String> {
    let mut payloads = BTreeMap::new();
    let mut render = |wanted: &Render| {
        let content = caught(|| loaded.renderer.render(wanted))??;
        let payload = Payload { address: wanted.address.clone(), content };
        payloads.insert(wanted.message, (wanted.channel.clone(), json(&payload)));
        Ok(())
    };
    let taken = caught(|| take(&loaded.catalog, contact, input, at, &mut render))?;
    Ok((taken.map_err(|endless| endless.to_string())?, payloads))
}

fn caught<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| panic_text(panic.as_ref()))
}

/// An input of history, without what it needed of earlier ones.
#[derive(Deserialize)]
struct Kept {
    cause: Cause,
}

pub(crate) fn past_event(input_json: &str) -> Option<PastEvent> {
    serde_json::from_str::<Kept>(input_json).ok()?.cause.event().map(PastEvent::from)
}

#[cfg(test)]
pub(crate) mod tests;
