//! What a marketer drew, compiled: steps in one list, every "then" resolved to an index.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::consent::Answer;
use crate::id::{Category, Channel, EventName, SegmentName, StepId, TemplateName, WorkflowName};
use crate::predicate::{ConsentOf, Predicate, PropertyTest};
use crate::time::Period;
use crate::value::{Operand, Path};
use crate::zone::{TimeOfDay, Weekday};

/// One published, immutable version of a workflow (SEMANTICS 9.1).
#[derive(Debug, Clone, PartialEq)]
pub struct Workflow {
    /// Its name.
    pub name: WorkflowName,
    /// The version, from 1.
    pub version: u32,
    /// What a person reads.
    pub title: String,
    /// Who answers for it.
    pub owner: Option<String>,
    /// For finding it.
    pub tags: Vec<String>,
    /// The consent category of its messages, and the scope of caps.
    pub category: Category,
    /// Whether its messages are transactional (SEMANTICS 7.12).
    pub transactional: bool,
    /// High goes first (SEMANTICS 3.12).
    pub priority: i32,
    /// Any of these lets a contact in.
    pub triggers: Vec<Trigger>,
    /// The property of the trigger's data that tells runs apart; none means one run per contact.
    pub key: Option<Path>,
    /// Who may enter.
    pub audience: Predicate,
    /// How often.
    pub reentry: Reentry,
    /// What a trigger does while the run of its key is live.
    pub again: Again,
    /// What ends a run wherever it is (SEMANTICS 5.1).
    pub exit_when: Vec<Occasion>,
    /// What counts as success.
    pub goals: Vec<Goal>,
    /// All steps, in the file's order, nested ones flattened.
    pub steps: Vec<Step>,
    /// Where a run begins; none if there are no steps.
    pub entry: Target,
    /// Step ids to indices.
    pub step_index: BTreeMap<StepId, usize>,
}

/// Where a run goes next: a step, or the end.
pub type Target = Option<usize>;

/// What lets a contact in.
#[derive(Debug, Clone, PartialEq)]
pub enum Trigger {
    /// An event with property filters.
    Event {
        /// What must happen.
        matches: EventMatch,
        /// Whether events older than 24 hours and imported ones trigger too (SEMANTICS 2.1).
        late: bool,
    },
    /// A trait took another value.
    TraitChanged {
        /// Which one.
        path: Path,
        /// Only from this value.
        from: Option<Value>,
        /// Only to this value.
        to: Option<Value>,
    },
    /// The contact entered a segment.
    SegmentEntered(SegmentName),
    /// The contact left a segment.
    SegmentLeft(SegmentName),
    /// A call of the API or of a person.
    Api,
}

/// An event of a name whose properties pass tests.
#[derive(Debug, Clone, PartialEq)]
pub struct EventMatch {
    /// The name.
    pub event: EventName,
    /// The tests, all of which must pass; operands may be `$trigger…` and `$contact…`.
    pub filter: Vec<PropertyTest>,
}

/// How often a contact may enter (SEMANTICS 4.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reentry {
    /// Once.
    Never,
    /// When the last run has ended.
    AfterExit,
    /// When this long has passed since the last entry.
    Every(Period),
    /// Whenever the trigger matches.
    Always,
}

/// What a trigger does while the run of its key is live (SEMANTICS 4.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Again {
    /// Nothing.
    Ignore,
    /// It replaces the trigger's data.
    Refresh,
    /// The run ends as replaced and a new one begins.
    Restart,
}

/// Something that ends a wait or a run: an event that arrives, or a condition that holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Occasion {
    /// An event that arrives from now on.
    Event(EventMatch),
    /// A condition: true now, by an input, or by the passing of time.
    Condition(Predicate),
}

/// What counts as success (SEMANTICS 5.2).
#[derive(Debug, Clone, PartialEq)]
pub struct Goal {
    /// What it is called in reports: the event's name unless given.
    pub name: String,
    /// What must happen.
    pub matches: EventMatch,
    /// How long after entry it counts; none means as long as the run lives.
    pub within: Option<Period>,
    /// The property that holds its value.
    pub value: Option<Path>,
    /// Whether it ends the run.
    pub exit: bool,
}

/// One step.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Its id: it is the step, across versions (SEMANTICS 9.2).
    pub id: StepId,
    /// What it does.
    pub action: Action,
    /// Where a run goes after it.
    pub next: Target,
    /// The line of the file at which it stands, from 1.
    pub line: u32,
}

/// What a step does.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Sends a message.
    Send(Send),
    /// Waits for a deadline.
    Wait(Wait),
    /// Waits for something to happen.
    WaitFor(WaitFor),
    /// Goes the first way whose condition holds.
    Branch {
        /// The ways, in order.
        arms: Vec<(Predicate, Target)>,
        /// Where to go if none holds.
        otherwise: Target,
    },
    /// Changes the contact.
    Update(Vec<Change>),
    /// Emits an event of the contact.
    Emit {
        /// Its name.
        event: EventName,
        /// Its properties.
        properties: BTreeMap<String, Operand>,
    },
    /// Ends the run.
    Exit {
        /// Why, in the team's words.
        reason: Option<String>,
    },
    /// Goes elsewhere.
    GoTo(Target),
}

/// A send step.
#[derive(Debug, Clone, PartialEq)]
pub struct Send {
    /// On which channel.
    pub channel: Channel,
    /// With which template.
    pub template: TemplateName,
    /// The category, if another than the workflow's.
    pub category: Option<Category>,
    /// Past this time after the intent, the message is not sent any more.
    pub expires: Option<Period>,
    /// The order among intents of one input of one workflow; high first.
    pub priority: i32,
    /// Where a blocked run goes (SEMANTICS 7.0).
    pub on_blocked: OnBlocked,
}

/// Where a run goes whose message was blocked, expired or failed to render.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnBlocked {
    /// On to the next step.
    Continue,
    /// Out of the workflow.
    Exit,
    /// To another step.
    GoTo(Target),
}

/// A wait whose deadline is fixed when it is entered (SEMANTICS 2.4).
#[derive(Debug, Clone, PartialEq)]
pub enum Wait {
    /// A duration: `3d` is 72 hours.
    For(Period),
    /// Calendar days in local time: `3 calendar days at 09:00`.
    CalendarDays {
        /// How many midnights to pass.
        days: u32,
        /// The local time; none means the time of day at which the wait was entered.
        at: Option<TimeOfDay>,
        /// Whose local time.
        zone: ZoneOf,
    },
    /// The next instant with this local time that is at least `after` away; also on one of these days only.
    Until {
        /// The local time.
        at: TimeOfDay,
        /// The earliest, counted from the entry of the wait.
        after: Period,
        /// The days of the week on which it may end; empty means any.
        days: Vec<Weekday>,
        /// Whose local time.
        zone: ZoneOf,
    },
    /// A date trait, with an offset and a local time.
    Date {
        /// The trait.
        path: Path,
        /// Calendar days before (negative) or after it.
        offset_days: i32,
        /// The local time; none means the trait's own instant, or midnight if it is a date only.
        at: Option<TimeOfDay>,
        /// What if it is already past.
        if_past: IfPast,
        /// Where to go if the contact has no such date.
        if_missing: OnBlocked,
        /// Whose local time.
        zone: ZoneOf,
    },
}

/// What happens at a wait for a date that is already past when it is entered (SEMANTICS 2.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IfPast {
    /// The run goes on at once.
    Continue,
    /// The run ends.
    Exit,
    /// The same day of the next year that is to come.
    NextYear,
}

/// Whose local time counts.
#[derive(Debug, Clone, PartialEq)]
pub enum ZoneOf {
    /// The contact's, else the workspace's.
    Contact,
    /// The workspace's.
    Workspace,
    /// A named one.
    Named(crate::zone::Zone),
}

/// A wait for one of several things, with a time-out (SEMANTICS 6.1).
#[derive(Debug, Clone, PartialEq)]
pub struct WaitFor {
    /// What may happen, in order, and where the run then goes.
    pub alternatives: Vec<(Occasion, Target)>,
    /// When to go on regardless, and where; none means never.
    pub timeout: Option<(Period, Target)>,
}

/// One change of the contact that an update step makes.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// Sets a trait.
    Set(Path, Operand),
    /// Adds a number to a trait; a missing one counts as zero.
    Add(Path, Operand),
    /// Removes a trait.
    Remove(Path),
    /// Records an answer of consent.
    Consent(ConsentOf, Answer),
}

impl Workflow {
    /// The step of this id, if the version has it.
    pub fn step(&self, id: &StepId) -> Option<(usize, &Step)> {
        self.step_index.get(id).map(|index| (*index, &self.steps[*index]))
    }
}
