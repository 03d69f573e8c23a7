//! What may happen to a contact.

use std::collections::BTreeMap;

use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::account::AccountCopy;
use crate::behaviour::PastEvent;
use crate::consent::{Answer, Answers};
use crate::contact::Contact;
use crate::event::Event;
use crate::id::{
    Category, Channel, ContactId, EventName, InputId, ListName, MessageId, RunId, StepId, WorkflowName,
};
use crate::identity::Keys;
use crate::import::undo::Restore;
use crate::predicate::Engagement;
use crate::report::Report;
use crate::time::{Period, Timestamp};

/// One input of one contact.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Input {
    /// Its id: ids made while it is processed are hashes of it (SEMANTICS 12.2).
    pub id: InputId,
    /// What happened.
    pub cause: Cause,
    /// The events that were loaded because [`needs`](crate::advance::needs) asked for them; part of the input, so that
    /// a replay sees the same (SEMANTICS 12.2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub history: Option<Vec<PastEvent>>,
    /// Identifiers that were not granted in full (kind, value, why): the record says so (SEMANTICS 13.2).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refused_claims: Vec<(String, String, String)>,
    /// How many hops it is from what a client or person did: an event that a step emits is one deeper than the input
    /// that moved the run (SEMANTICS 3.14).
    #[serde(default, skip_serializing_if = "is_zero")]
    pub hop: u32,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's skip_serializing_if wants a reference")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// The contact did something.
    Event(Box<Event>),
    /// The contact's alarm came due.
    Alarm,
    /// A person or the API asks for something.
    Command(Command),
    /// There is news about a message.
    News(News),
    /// The catalog has a new revision: segments and summaries are brought up to date.
    CatalogChanged,
    /// A workflow's set time has come (SEMANTICS 4.1); it is at the local time `occurrence` where the contact is.
    Scheduled {
        /// The workflow.
        workflow: WorkflowName,
        /// The trigger's place in the file.
        trigger: usize,
        /// The local time.
        occurrence: DateTime,
    },
    /// Something happened in the business that the contact's history makes concern them.
    Business(Box<Business>),
    /// A publish lets those in who match already (SEMANTICS 4.4).
    Backfill {
        /// The workflow.
        workflow: WorkflowName,
        /// How far back events count; 30 days unless it is said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        within: Option<Period>,
    },
    /// A publish moves the contact's runs of a workflow to another version (SEMANTICS 9.2).
    Migrate(Box<Migration>),
    /// A workflow goes on after a pause or a stop: what fell due meanwhile is looked at (SEMANTICS 9.4).
    Resumed {
        /// The workflow.
        workflow: WorkflowName,
    },
    /// A workflow was paused or archived and its live runs are given up (SEMANTICS 9.4).
    Discard {
        /// The workflow.
        workflow: WorkflowName,
        /// Why, in the words of who did it.
        reason: String,
    },
    /// The answer to a request of an entry cap (SEMANTICS 4.3).
    Grant(Grant),
    /// An account tells its member what it is now.
    Account(Box<AccountCopy>),
    /// This contact and another one turned out to be one person (SEMANTICS 13.3).
    Merge(Box<Merge>),
    /// Another contact has become part of this one: here is its document.
    Absorb(Box<Absorb>),
    /// The contact can't be part of the other one: here is its document back.
    Thaw(Box<Thaw>),
    /// What came for a contact that has become part of this one.
    Forwarded(Box<Forwarded>),
}

impl Cause {
    /// Its name in metrics, in the API and in lists.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Event(_) => "event",
            Self::Alarm => "alarm",
            Self::Command(_) => "command",
            Self::News(_) => "news",
            Self::CatalogChanged => "catalog_changed",
            Self::Scheduled { .. } => "scheduled",
            Self::Business(_) => "business",
            Self::Backfill { .. } => "backfill",
            Self::Migrate(_) => "migrate",
            Self::Resumed { .. } => "resumed",
            Self::Discard { .. } => "discard",
            Self::Grant(_) => "grant",
            Self::Account(_) => "account",
            Self::Merge(_) => "merge",
            Self::Absorb(_) => "absorb",
            Self::Thaw(_) => "thaw",
            Self::Forwarded(_) => "forwarded",
        }
    }

    /// The event, if it is one: the contact's own, or one that came for another that has become part of it.
    pub fn event(&self) -> Option<&Event> {
        match self {
            Self::Event(event) => Some(event),
            Self::Forwarded(forwarded) => forwarded.cause.event(),
            _ => None,
        }
    }

    /// The document of a contact that becomes part of this one, if that is what it is about.
    pub fn absorbs(&self) -> Option<&Absorb> {
        match self {
            Self::Absorb(absorb) => Some(absorb),
            Self::Forwarded(forwarded) => forwarded.cause.absorbs(),
            _ => None,
        }
    }

    /// Has a document be given back rather than taken in, if that is what it is about; false if it isn't.
    pub fn give_back(&mut self, why: String) -> bool {
        match self {
            Self::Absorb(absorb) => absorb.refused.replace(why).is_none(),
            Self::Forwarded(forwarded) => forwarded.cause.give_back(why),
            _ => false,
        }
    }
}

/// Two contacts turned out to be one person: what was found, when both were looked at together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Merge {
    /// The other one.
    pub other: ContactId,
    /// What says so, such as `the email ada@example.com`, or who asks.
    pub by: String,
    /// Why a person asks for it, in their words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What becomes of it.
    pub found: Found,
}

/// What was found of two contacts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Found {
    /// They have not been looked at together yet.
    Open,
    /// This one becomes part of another one, which has these keys.
    Into {
        /// That one: the other, or what the other has become part of.
        stays: ContactId,
        /// What it is known by.
        keys: Keys,
    },
    /// The other one becomes part of this one, or of what this one has become part of.
    Stays,
    /// They are one already.
    Same,
    /// They can't be one person.
    Apart {
        /// Why.
        why: String,
    },
}

/// A contact that becomes part of another one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Absorb {
    /// What it was, when it froze.
    pub document: Contact,
    /// What says that they are one.
    pub by: String,
    /// Why a person asked for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Why the document is given back without being taken in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
}

/// A contact that can't be part of another one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Thaw {
    /// What it was, when it froze.
    pub document: Contact,
    /// The contact that it is not one with.
    pub other: ContactId,
    /// Why.
    pub why: String,
}

/// What came for a contact that has become part of another one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Forwarded {
    /// For whom.
    pub from: ContactId,
    /// What.
    pub cause: Cause,
}

/// Something that happened in the business, for one contact and one trigger.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Business {
    /// Its id.
    pub id: String,
    /// What happened.
    pub event: EventName,
    /// When.
    pub occurred_at: Timestamp,
    /// What it says of itself: the trigger's data.
    pub properties: Map<String, Value>,
    /// The workflow whose trigger it reaches.
    pub workflow: WorkflowName,
    /// The trigger's place in the file.
    pub trigger: usize,
    /// When the contact's own event last occurred that makes it concern them.
    pub evidence_at: Timestamp,
}

/// Where a publish moves the runs of a workflow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Migration {
    /// The workflow.
    pub workflow: WorkflowName,
    /// The versions whose runs are moved; empty means all others.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub from: Vec<u32>,
    /// The version that they are moved to.
    pub to: u32,
    /// Where the runs of each step go; a step that isn't here keeps its id.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub steps: BTreeMap<StepId, Move>,
}

/// Where a run at a step goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Move {
    /// It stays on its version.
    Stay,
    /// To this step of the new version.
    To(StepId),
    /// Out.
    Exit,
}

/// The answer to a request of an entry cap.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// The run that asked.
    pub run: RunId,
    /// Whether it may enter.
    pub granted: bool,
    /// The numbers: `100 of 100 since 09:00`.
    pub why: String,
    /// When there is room again, if that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room_at: Option<Timestamp>,
}

/// What a person or the API asks for (SEMANTICS 11.1).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Command {
    /// Who asks: a key's name, later a person's.
    pub by: String,
    /// Why, in their words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What they want.
    pub order: Order,
}

/// What can be asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// Enter a workflow whose triggers include `api`, or `manual` for a person.
    StartRun {
        /// Which one.
        workflow: WorkflowName,
        /// The trigger's data; the workflow's key is read from it.
        data: Map<String, Value>,
        /// Whether a person asks, rather than a program.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        by_hand: bool,
    },
    /// Do something to live runs.
    OnRuns {
        /// Which ones.
        runs: Runs,
        /// What.
        what: RunOrder,
    },
    /// Say how a task came out.
    CompleteTask {
        /// Which one.
        task: MessageId,
        /// The outcome.
        outcome: String,
        /// What the person adds.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<String>,
    },
    /// Put the contact on a list, or take it off.
    List {
        /// The list.
        list: ListName,
        /// Whether the contact is on it from now on.
        on: bool,
    },
    /// Give the contact a tag, or take it away.
    Tag {
        /// The tag.
        tag: String,
        /// Whether the contact has it from now on.
        on: bool,
    },
    /// Make the contact a member of an account, or none any more.
    Account {
        /// The account.
        account: String,
        /// Whether the contact is a member from now on.
        on: bool,
    },
    /// Answer a question of consent for a channel.
    ChannelConsent {
        /// The channel.
        channel: Channel,
        /// The answer.
        answer: Answer,
    },
    /// Answer a question of consent for a category.
    CategoryConsent {
        /// The category.
        category: Category,
        /// The answer.
        answer: Answer,
    },
    /// Answer questions of consent and choose, all at once: the contact itself, or somebody on its behalf.
    Answers(Box<Answers>),
    /// Stop using an address, or use it again.
    Suppression {
        /// The channel.
        channel: Channel,
        /// The address.
        address: String,
        /// Whether it is suppressed from now on.
        suppressed: bool,
    },
    /// Make the contact one with another: one of both becomes part of the other (SEMANTICS 13.3).
    Merge {
        /// The other one.
        with: ContactId,
    },
    /// Try a failed or uncertain message again.
    RequeueMessage {
        /// Which one.
        message: MessageId,
    },
    /// Give back what an import changed; it triggers nothing.
    UndoImport {
        /// The import.
        import: String,
        /// What is to be given back.
        restore: Vec<Restore>,
    },
}

/// Live runs of a contact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(default)]
pub struct Runs {
    /// Only this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<RunId>,
    /// Only those of this workflow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workflow: Option<WorkflowName>,
    /// Only those that rest at this step.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<StepId>,
}

/// What a person can do to a run (SEMANTICS 11.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunOrder {
    /// End it.
    End,
    /// Hold it where it is.
    Pause,
    /// Let it go on.
    Resume,
    /// Move it to a step of its version.
    Move(StepId),
    /// Leave the step where it rests, by its ordinary way.
    Skip,
}

/// News about a message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct News {
    /// Which one.
    pub message: MessageId,
    /// What became of it.
    pub what: NewsKind,
}

/// What may become of a message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NewsKind {
    /// It was rendered: its content stands in the outbox when this input's effects do.
    Rendered,
    /// Its template asked that it is not sent.
    RenderAborted {
        /// What the template says.
        reason: String,
    },
    /// Its template could not be rendered.
    RenderFailed {
        /// The template's name, line, column and what is wrong.
        error: String,
    },
    /// It was handed to the provider, which answered or didn't.
    Attempted {
        /// The number of the attempt, from 1.
        attempt: u32,
        /// How it went.
        outcome: Outcome,
        /// What the other system answered to a call.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        answer: Option<Box<Answered>>,
        /// What else is known of it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        receipt: Option<Box<Receipt>>,
    },
    /// It was found expired at the claim: no attempt was made.
    ExpiredAtClaim,
    /// It was claimed long after it was due: before an attempt is made, everything that can stop it is asked again
    /// (SEMANTICS 7.13).
    LateAtClaim,
    /// Its address was found on the workspace's list at the claim: no attempt was made (SEMANTICS 7.2, 7.13).
    SuppressedAtClaim {
        /// Why the address is on the list.
        reason: String,
    },
    /// Somebody tells of it: its provider, a mail that came back, or who fetched its pixel.
    Reported(Box<Report>),
    /// The contact, or the contact's mailbox, did something with it.
    Engaged {
        /// What.
        what: Engagement,
        /// The link that was clicked.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        link: Option<String>,
    },
}

/// What another system answered to a call, bounded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answered {
    /// The HTTP status.
    pub status: u16,
    /// The headers by their names in lower case.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// The body: JSON if it is, else text.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub body: Value,
}

/// What is known of an attempt besides how it went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(default)]
pub struct Receipt {
    /// The sender that carried it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub sender: String,
    /// What the provider calls the message: its webhooks name it so.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub id: String,
    /// How long the other side asks us to wait before the next attempt (SEMANTICS 8.3).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<Period>,
}

/// How an attempt went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The provider took it.
    Accepted {
        /// Its words.
        reply: String,
    },
    /// Certainly not delivered; it may go later.
    Temporary {
        /// The provider's words, or what went wrong.
        reply: String,
    },
    /// It will never go.
    Permanent {
        /// The provider's words.
        reply: String,
        /// Whether the address itself is bad (SEMANTICS 8.3).
        suppress: bool,
    },
    /// It may or may not have been taken (SEMANTICS 8.4).
    Unknown {
        /// What happened: a lost connection, a crash.
        what: String,
    },
}
