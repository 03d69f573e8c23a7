//! What was decided and why: what "why" reads, and what replays must reproduce byte for byte (SEMANTICS 12).

mod sentence;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::id::{ContactId, ListName, MessageId, RunId, SegmentName, StepId, WorkflowName};
use crate::run::EndReason;
use crate::time::Timestamp;

pub use sentence::sentence;

/// All that was decided for one input, in order.
pub type Record = Vec<Line>;

/// One decision.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// The rule of SEMANTICS that decided, such as `4.2`.
    pub rule: String,
    /// The workflow and version concerned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workflow: Option<(WorkflowName, u32)>,
    /// The run concerned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<RunId>,
    /// The step concerned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<StepId>,
    /// The message concerned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<MessageId>,
    /// How many hops from the input (SEMANTICS 3.14).
    #[serde(default, skip_serializing_if = "is_zero")]
    pub hop: u32,
    /// What was decided.
    #[serde(flatten)]
    pub decision: Decision,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's skip_serializing_if wants a reference")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// A decision, with the values that made it.
///
/// It stands in its line without a member of its own: no value may be called like one of the line's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "decision")]
#[expect(missing_docs, reason = "the fields are described by their variant")]
pub enum Decision {
    /// The contact was heard of for the first time.
    Created,
    /// An identifier is the contact's from now on.
    Identified { identifier: String, value: String },
    /// An identifier stays with another contact.
    ClaimRefused { identifier: String, value: String, why: String },
    /// The input had been taken before: nothing happens.
    Duplicate { message_id: String },
    /// An event too old, or imported, to trigger anything.
    TooLateToTrigger { occurred_at: Timestamp },
    /// A trait took another value.
    TraitChanged { name: String, from: Value, to: Value },
    /// An answer of consent was recorded.
    ConsentChanged { of: String, answer: String },
    /// A subscription counts once the person confirms it.
    ConfirmationAsked { category: String },
    /// The contact wants no marketing until an instant; none if it wants it again.
    MarketingPaused { until: Option<Timestamp> },
    /// The contact chose how much marketing it wants at most.
    FrequencyChosen { frequency: String },
    /// An address is no longer used, or is again.
    SuppressionChanged { channel: String, suppressed: bool, reason: String },
    /// Behaviour summaries were computed from history.
    HistoryLoaded { events: usize },
    /// The contact entered a segment.
    SegmentEntered { segment: SegmentName },
    /// The contact left a segment.
    SegmentLeft { segment: SegmentName },
    /// The contact entered a workflow.
    Entered { trigger: String, key: String },
    /// A trigger matched, and the contact did not enter.
    Refused { reason: Refusal, detail: String },
    /// A live run took the trigger's new data.
    Refreshed { key: String },
    /// The run took a step.
    Stepped { action: String },
    /// The run took a way of a branch; `way` counts from 1, 0 is the else.
    Branched { way: usize },
    /// The run waits until an instant.
    WaitsUntil { until: Timestamp },
    /// The run waits for something; `until` is the time-out.
    WaitsFor { until: Option<Timestamp> },
    /// A date to wait for is already past when the wait is entered.
    DateIsPast { date: Timestamp, then: String },
    /// A date to wait for is not there.
    DateIsMissing { path: String },
    /// A wait ended by its deadline.
    WaitEnded { deadline: Timestamp },
    /// A wait ended by an alternative, counted from 1.
    WaitEndedBy { alternative: usize, what: String },
    /// A wait ended by its time-out.
    TimedOut { deadline: Timestamp },
    /// The run reached a goal.
    GoalReached { goal: String, value: Option<f64> },
    /// The run ended.
    Ended { reason: EndReason, detail: String },
    /// A step changed the contact.
    Updated { change: String },
    /// A step emitted an event.
    Emitted { event: String },
    /// A message is wanted.
    Intended { channel: String, template: String },
    /// A message was deferred.
    Deferred { until: Timestamp, by: String },
    /// A message was stopped.
    Blocked { why: String },
    /// A message was rendered and handed to the outbox.
    Released { address: String },
    /// A template could not be rendered.
    RenderFailed { error: String },
    /// A message was handed to the provider.
    Attempted { attempt: u32, outcome: String, reply: String },
    /// A message that was due long before its attempt met everything that can stop it again, and goes.
    GoesLate { due_at: Timestamp },
    /// A message will be tried again.
    Retrying { at: Timestamp },
    /// A message was sent.
    Sent { attempt: u32 },
    /// A message failed for good.
    Failed { why: String },
    /// A message's fate is unknown and it is not tried again.
    Uncertain { why: String },
    /// A message was taken back before any attempt.
    Cancelled { why: String },
    /// A message expired.
    Expired { expires_at: Timestamp },
    /// A message was put back into the outbox by a person.
    Requeued,
    /// The contact did something with a message.
    Engaged { what: String },
    /// Somebody told of a message.
    Reported { what: String, words: String, source: String, occurred_at: Timestamp },
    /// A machine did something with a message.
    ByMachine { what: String, why: String, source: String },
    /// A person or the API asked for something.
    Commanded { by: String, order: String, reason: Option<String> },
    /// What was asked for was not done.
    NotDone { why: String },
    /// The workspace's zone was used because the contact's is unknown (SEMANTICS 2.2).
    ZoneUnknown { used: String },
    /// The contact took a variant of an experiment, for the first time.
    Exposed { experiment: String, variant: String },
    /// The contact took the variant of an experiment that it had before.
    StaysIn { experiment: String, variant: String },
    /// A step changed a variable of the run.
    VariableSet { name: String, to: Value },
    /// A step asks another system.
    Called { method: String, host: String },
    /// Another system answered.
    Answered { status: u16 },
    /// A task was opened for a person.
    TaskOpened { assignee: String, due_at: Timestamp },
    /// A task went to somebody else for want of an answer.
    TaskEscalated { assignee: String },
    /// A person has done a task.
    TaskDone { outcome: String, by: String, note: Option<String> },
    /// A task was not done in time.
    TaskOverdue { due_at: Timestamp },
    /// The run waits for a run of another workflow.
    WaitsForRun { of: WorkflowName, until: Option<Timestamp> },
    /// The run of another workflow that was waited for has ended.
    RunReturned { of: WorkflowName, reason: EndReason },
    /// A repeating step begins a round, counted from 1.
    Round { round: u32, of: u32 },
    /// A repeating step is done.
    RoundsDone { rounds: u32 },
    /// The run jumped to a step because a goal was reached.
    JumpedToGoal { goal: String, to: StepId },
    /// A contact was put on a list, or taken off.
    ListChanged { list: ListName, on: bool },
    /// The contact became a member of an account.
    AccountJoined { account: String },
    /// The contact is no member of an account any more.
    AccountLeft { account: String },
    /// An account that the contact is a member of has changed.
    AccountChanged { account: String, name: String, from: Value, to: Value },
    /// A contact got a tag, or lost it.
    TagChanged { tag: String, on: bool },
    /// A message waits in the holding window of its channel.
    Held { until: Timestamp },
    /// A message won its holding window over others.
    Won { over: usize },
    /// A message lost its holding window to another one.
    Lost { to: String, then: String },
    /// The contact is held out of a workflow, or of all of them.
    HeldOut { by: String },
    /// A held-out contact would have got this message now.
    Ghost { at: Timestamp },
    /// What would have happened to a contact who isn't held out.
    WouldHave { what: String },
    /// A place under the entry caps was asked for: a trigger matched, or a place was refused until now.
    GrantRequested { key: String },
    /// The answer to that.
    GrantAnswered { granted: bool, why: String },
    /// A deadline of the contact's own is set: a date, an absence, a set time.
    TimerSet { what: String, until: Timestamp },
    /// Such a deadline was given up.
    TimerGone { what: String },
    /// A person paused a run.
    Paused,
    /// A paused run goes on.
    Resumed,
    /// A run was moved to a step by hand.
    Moved { from: StepId, to: StepId },
    /// A run left its step by hand.
    Skipped { left: StepId },
    /// A publish moved a run to another version.
    Migrated { to_version: u32, from: StepId, to: StepId },
    /// A run stays on its version although a publish moved others.
    NotMigrated { why: String },
    /// The contact became part of another one: it is frozen, and whatever comes for it is that one's.
    MergedInto { contact: ContactId, by: String, reason: Option<String> },
    /// Another contact became part of this one.
    Absorbed { contact: ContactId, by: String, reason: Option<String> },
    /// This contact and another one were thought to be one person, and stay two.
    NotMerged { contact: ContactId, why: String },
    /// The contact can't be part of another one and goes on by itself.
    Thawed { contact: ContactId, why: String },
    /// What came for this contact was sent on to the one that it has become part of.
    SentOn { contact: ContactId, what: String },
    /// What came for another contact, which is not part of this one, was given back to it.
    GivenBack { contact: ContactId, what: String },
    /// Of two runs of one workflow and key, which merging brought together, this one stays.
    RunStays { over: RunId },
    /// A chain of derived inputs was cut.
    ChainCut { what: String },
}

/// Why a contact did not enter a workflow whose trigger matched (SEMANTICS 4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// The audience did not hold.
    Audience,
    /// Re-entry does not allow it yet, or ever.
    Reentry,
    /// A run of the key is live, and `again` is `ignore`.
    AlreadyInside,
    /// An exit condition already holds.
    ExitCondition,
    /// The trigger's data lack the workflow's key.
    NoKey,
    /// The contact has too many live runs.
    TooManyRuns,
    /// The input that ended a run can't restart it.
    SameInput,
    /// A command asked for a workflow that has no `api` trigger, or a person for one that has no `manual` trigger.
    NoApiTrigger,
    /// The workflow is paused.
    Paused,
    /// The workflow was stopped.
    Halted,
    /// The workflow is archived.
    Archived,
    /// The contact is in another workflow of an exclusion group.
    Exclusive,
    /// An entry cap had no room.
    EntryCap,
    /// Another workflow asked for one that has no `workflow` trigger.
    NoWorkflowTrigger,
    /// A backfill found that the contact doesn't match now.
    NoMatch,
    /// A set time was missed for too long.
    Missed,
}

impl Refusal {
    /// Its name in records and counters.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Audience => "audience",
            Self::Reentry => "reentry",
            Self::AlreadyInside => "already_inside",
            Self::ExitCondition => "exit_condition",
            Self::NoKey => "no_key",
            Self::TooManyRuns => "too_many_runs",
            Self::SameInput => "same_input",
            Self::NoApiTrigger => "no_api_trigger",
            Self::Paused => "paused",
            Self::Halted => "halted",
            Self::Archived => "archived",
            Self::Exclusive => "exclusive",
            Self::EntryCap => "entry_cap",
            Self::NoWorkflowTrigger => "no_workflow_trigger",
            Self::NoMatch => "no_match",
            Self::Missed => "missed",
        }
    }
}
