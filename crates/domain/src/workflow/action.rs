//! What steps do.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use super::{Target, Wait, WaitFor};
use crate::consent::Answer;
use crate::id::{Category, Channel, EventName, ListName, TemplateName, WorkflowName};
use crate::predicate::{ConsentOf, Predicate};
use crate::template::Template;
use crate::time::Period;
use crate::value::{Operand, Path};

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
    /// Divides contacts at random; who was in a variant stays in it (SEMANTICS 10).
    Split(Split),
    /// Changes the run's variables.
    Set(Vec<VariableChange>),
    /// Calls another system and waits for its answer.
    Call(WebCall),
    /// Waits for a person to do something (SEMANTICS 11.2).
    Task(TaskStep),
    /// Lets the contact into another workflow and goes on.
    Enter(Enter),
    /// Ends the contact's live runs of another workflow.
    ExitWorkflow(WorkflowName),
    /// Lets the contact into another workflow and waits for the end of that run.
    SubWorkflow(SubWorkflow),
    /// Goes through its steps again and again.
    Repeat(Repeat),
    /// Does nothing: a remark for colleagues.
    Note,
    /// Ends the run.
    Exit {
        /// Why, in the team's words.
        reason: Option<String>,
        /// What a workflow that waits for this run gets.
        result: BTreeMap<String, Operand>,
    },
    /// Goes elsewhere.
    GoTo(Target),
}

/// Variants among which contacts are divided.
#[derive(Debug, Clone, PartialEq)]
pub struct Split {
    /// The experiment: chance is independent between experiments, and exposure is kept by its name.
    pub experiment: String,
    /// In the file's order.
    pub variants: Vec<Variant>,
}

/// One variant of a split.
#[derive(Debug, Clone, PartialEq)]
pub struct Variant {
    /// Its name.
    pub name: String,
    /// Its share, in proportion to the sum of all.
    pub weight: u32,
    /// Where its runs go.
    pub target: Target,
}

/// One change of a run's variables.
#[derive(Debug, Clone, PartialEq)]
pub enum VariableChange {
    /// Sets a variable; a value that isn't there removes it.
    Set(Path, Operand),
    /// Adds a number; a missing variable counts as zero.
    Add(Path, Operand),
    /// Removes a variable.
    Remove(Path),
}

/// A call of another system.
#[derive(Debug, Clone, PartialEq)]
pub struct WebCall {
    /// `GET`, `POST`, `PUT`, `PATCH` or `DELETE`.
    pub method: String,
    /// The Liquid texts of the request: the parts `url`, `header.NAME`, `body` and those that [`json`](Self::json) names.
    pub content: Template,
    /// The JSON body; none if `body` is given or nothing is sent.
    pub json: Option<JsonBody<Operand>>,
    /// Run variables with the places in the answer that they take: `status`, `headers.NAME`, `body…`.
    pub save: BTreeMap<Path, Path>,
    /// How long one attempt may take.
    pub timeout: Period,
    /// How long temporary failures are tried again.
    pub retry_for: Period,
    /// Where the run goes after the final failure.
    pub on_error: Target,
}

/// A JSON value some of whose texts are rendered: what a contact says is a value in it and never Liquid.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum JsonBody<V> {
    /// A value as it is.
    Value(V),
    /// The text that this part of the step's content renders to.
    Text(String),
    /// A list.
    List(Vec<Self>),
    /// An object.
    Object(BTreeMap<String, Self>),
}

impl JsonBody<Operand> {
    /// The same with what its operands stand for; what isn't there is null.
    pub fn resolved(&self, resolve: &impl Fn(&Operand) -> Option<Value>) -> JsonBody<Value> {
        match self {
            Self::Value(operand) => JsonBody::Value(resolve(operand).unwrap_or_default()),
            Self::Text(part) => JsonBody::Text(part.clone()),
            Self::List(items) => JsonBody::List(items.iter().map(|item| item.resolved(resolve)).collect()),
            Self::Object(members) => {
                let members = members.iter().map(|(name, member)| (name.clone(), member.resolved(resolve)));
                JsonBody::Object(members.collect())
            }
        }
    }
}

/// Something that a person is to do.
#[derive(Debug, Clone, PartialEq)]
pub struct TaskStep {
    /// The Liquid texts that the person reads: the parts `title` and `note`.
    pub content: Template,
    /// Who is to do it: a person or a team.
    pub assignee: String,
    /// How long there is time.
    pub due: Period,
    /// After how long it goes to somebody else, and to whom.
    pub escalate: Option<(Period, String)>,
    /// How it may come out, and where the run then goes.
    pub outcomes: Vec<(String, Target)>,
    /// Where the run goes when it is overdue.
    pub on_timeout: Target,
}

/// An entry into another workflow.
#[derive(Debug, Clone, PartialEq)]
pub struct Enter {
    /// Which one.
    pub workflow: WorkflowName,
    /// The trigger's data of its run.
    pub data: BTreeMap<String, Operand>,
    /// Whether a live run of the same key ends as replaced.
    pub replace: bool,
}

/// Another workflow's run that is waited for.
#[derive(Debug, Clone, PartialEq)]
pub struct SubWorkflow {
    /// What it enters.
    pub enter: Enter,
    /// The run variable that takes the result.
    pub save: Option<Path>,
    /// When to go on regardless, and where.
    pub timeout: Option<(Period, Target)>,
}

/// Steps that are gone through several times.
#[derive(Debug, Clone, PartialEq)]
pub struct Repeat {
    /// How often at most.
    pub times: u32,
    /// It ends before a round if this holds.
    pub until: Option<Predicate>,
    /// The first of its steps, whose last one leads back to this step.
    pub body: Target,
    /// How many steps it has inside it, at all depths: they follow it in the workflow's list.
    pub n_inside: usize,
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
    /// Puts the contact on a list, or takes it off.
    List(ListName, bool),
    /// Gives the contact a tag, or takes it away.
    Tag(String, bool),
}
