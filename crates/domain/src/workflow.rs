//! What a marketer drew, compiled: steps in one list, every "then" resolved to an index.
//!
//! Read in this order: [`Workflow`], `trigger` (what lets a contact in), `standard` (what is asked of pages,
//! purchases and forms), `action` (what steps do), `waiting` (what they
//! wait for).

mod action;
mod standard;
mod trigger;
mod waiting;

use std::collections::BTreeMap;

use crate::id::{Category, StepId, WorkflowName};
use crate::policy::EntryCap;
use crate::predicate::Predicate;
use crate::time::Period;
use crate::value::Path;

pub use action::*;
pub use standard::StandardTest;
pub use trigger::*;
pub use waiting::*;

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
    /// How many contacts may enter in a span of time, over all contacts (SEMANTICS 4.3).
    pub entry_caps: Vec<EntryCap>,
    /// How many of 10,000 contacts are held out of this workflow (SEMANTICS 4.5).
    pub holdout: u32,
    /// Whether its messages are tracked, if it says so itself.
    pub tracking: Option<bool>,
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
    /// Where a live run that reaches it jumps to; none if it stays where it is.
    pub go_to: Target,
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

impl Workflow {
    /// The step of this id, if the version has it.
    pub fn step(&self, id: &StepId) -> Option<(usize, &Step)> {
        self.step_index.get(id).map(|index| (*index, &self.steps[*index]))
    }
}
