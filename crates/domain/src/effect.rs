//! What comes out of a decision, as values: the shell commits them, then acts.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::account::AccountInput;
use crate::consent::ConsentChange;
use crate::event::Event;
use crate::id::{Category, Channel, ContactId, MessageId, RunId, StepId, TemplateName, WorkflowName};
use crate::identity::Identifier;
use crate::input::Cause;
use crate::message::Message;
use crate::profile::SeenTrait;
use crate::report::Tracking;
use crate::time::Timestamp;
use crate::workflow::JsonBody;

/// One thing for the shell to do.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Render a message now; [`NewsKind::Rendered`](crate::input::NewsKind::Rendered) or `RenderFailed` is the answer, as
    /// the next input of the same contact, in the same transaction.
    Render(Box<Render>),
    /// The contact's own next input of the same transaction: an event that a step emitted.
    ///
    /// [`take`](crate::advance::take) feeds it back by itself; nothing is left for the shell to do.
    Emit {
        /// The event.
        event: Box<Event>,
        /// Its hop.
        hop: u32,
    },
    /// Put the rendered message into the outbox.
    Dispatch {
        /// Which one.
        message: MessageId,
        /// From when on it may be attempted.
        due_at: Timestamp,
        /// Past this it must not be attempted.
        expires_at: Option<Timestamp>,
    },
    /// Try the message in the outbox again.
    Retry {
        /// Which one.
        message: MessageId,
        /// When.
        due_at: Timestamp,
    },
    /// Take the message out of the outbox unless it is being attempted (SEMANTICS 5.1, 7.13).
    Cancel {
        /// Which one.
        message: MessageId,
    },
    /// The message is done with: its outbox row goes.
    Settle {
        /// Which one.
        message: MessageId,
    },
    /// The message has a new state: lists of messages show it.
    Show(Box<Message>),
    /// A task for a person has a new state: it is shown in lists of tasks.
    Task(Box<Task>),
    /// Ask for a place under a workflow's entry caps; [`Cause::Grant`](crate::input::Cause::Grant) is the answer.
    Request {
        /// The run that waits for it.
        run: RunId,
        /// The workflow whose version has the caps.
        workflow: WorkflowName,
        /// That version.
        version: u32,
    },
    /// What types the traits of an event had, and what was wrong with them.
    Seen(Vec<SeenTrait>),
    /// Tell an account something: it is queued for it.
    Account {
        /// The account.
        account: String,
        /// What.
        what: Box<AccountInput>,
    },
    /// Queue an input for another contact.
    Tell {
        /// For whom.
        contact: ContactId,
        /// What tells it from others that wait for them.
        source: String,
        /// What.
        cause: Box<Cause>,
    },
    /// What this contact is called means another one from now on, as far as it still means this one.
    Hand {
        /// Which identifiers.
        identifiers: Vec<Identifier>,
        /// Whose they are.
        from: ContactId,
        /// Whose they become.
        to: ContactId,
    },
    /// Write a line of the ledger of consent.
    Consent(Box<ConsentChange>),
    /// An address of the contact's must not be used any more, or may be used again: the workspace's list says so for
    /// whoever else has it (SEMANTICS 7.2).
    Suppress {
        /// The channel.
        channel: Channel,
        /// The address.
        address: String,
        /// Why; none if it may be used again.
        reason: Option<String>,
    },
    /// Add to a counter.
    Count {
        /// Its name, such as `entered:cart-rescue`.
        counter: String,
        /// By how much.
        by: i64,
    },
}

/// A task as lists show it; its title and note were rendered, as a message's content is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// Its id.
    pub id: MessageId,
    /// The run that waits for it.
    pub run: RunId,
    /// The workflow.
    pub workflow: WorkflowName,
    /// Its version.
    pub version: u32,
    /// The step.
    pub step: StepId,
    /// Who is to do it.
    pub assignee: String,
    /// How it may come out.
    pub outcomes: Vec<String>,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When it is overdue.
    pub due_at: Timestamp,
    /// Whether it has gone to somebody else for want of an answer.
    pub escalated: bool,
    /// What has become of it.
    pub state: TaskState,
}

/// What has become of a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "is")]
pub enum TaskState {
    /// It waits for a person.
    Open,
    /// A person has done it.
    Done {
        /// How it came out.
        outcome: String,
        /// What the person adds.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<String>,
        /// Who.
        by: String,
    },
    /// Nobody did it in time.
    Overdue,
    /// The run ended or moved on without it.
    Cancelled,
}

/// Why a message was not rendered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotRendered {
    /// The template asked for it (`abort_message`): nothing is wrong, and the message is not to be sent.
    Aborted {
        /// What the template says.
        reason: String,
    },
    /// The template, or what it reads, is wrong.
    Failed {
        /// The template's name, line, column and what is wrong.
        error: String,
    },
}

impl From<String> for NotRendered {
    fn from(error: String) -> Self {
        Self::Failed { error }
    }
}

/// What it takes to render a message.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Render {
    /// Which message.
    pub message: MessageId,
    /// For whom.
    pub contact: ContactId,
    /// On which channel.
    pub channel: Channel,
    /// Of which category.
    pub category: Category,
    /// Whether the contact can opt out of such messages: it is marketing, sent to the contact itself.
    pub optional: bool,
    /// Whether it asks the contact to confirm a subscription to its category.
    pub confirms: bool,
    /// What of it is tracked.
    pub tracking: Tracking,
    /// With which template; calls and tasks have one of their own, see [`step_template`](crate::template::step_template).
    pub template: TemplateName,
    /// The JSON body of a call, references resolved.
    pub json: Option<JsonBody<Value>>,
    /// To which address.
    pub address: String,
    /// What the template can read: `contact`, `account`, `trigger`, `run`, `workflow`, `message`.
    pub context: Value,
    /// The zone in which the template shows times.
    pub zone: String,
    /// When.
    pub at: Timestamp,
    /// How many hops the intent is from what a client or person did; the answer is as many (SEMANTICS 3.14).
    pub hop: u32,
}
