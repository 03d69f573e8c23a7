//! Where the runs of older versions go, step by step (SEMANTICS 9.2).

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::choices::bad_choice;
use crate::compile::build::Version;
use crate::compile::workflow::Draft;
use crate::id::{StepId, WorkflowName};
use crate::input::{Migration, Move};
use crate::source::codes;
use crate::source::diagnostic::Diagnostic;
use crate::source::suggest::did_you_mean;
use crate::source::yaml::Place;
use crate::workflow::{Action, Workflow};

/// Where the runs of a workflow's older versions are to go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(default)]
pub struct MigrationChoice {
    /// The versions whose runs are meant; empty means all older ones.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub from: Vec<u32>,
    /// What becomes of the runs at a step that isn't named.
    pub default: MigrationDefault,
    /// What becomes of the runs at a step, by its id in the older version.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub steps: BTreeMap<StepId, Move>,
}

/// What becomes of the runs at a step of which nothing else is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum MigrationDefault {
    /// To the same step of the new version, or to what it was renamed to; a step that is gone must be decided on.
    #[default]
    Same,
    /// They stay on their version.
    Stay,
    /// Out.
    Exit,
}

/// Where the runs at one step of an older version go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedMove {
    /// The older version.
    pub version: u32,
    /// The step.
    pub step: StepId,
    /// What it does, in a word: `wait`, `send`.
    pub action: String,
    /// Where its runs go; none if that must be decided before anything is applied.
    pub goes: Option<Move>,
    /// Whether they begin the new step anew, because it rests for something else.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub anew: bool,
}

/// The versions of one workflow between which runs move.
pub(super) struct Versions<'a> {
    pub name: &'a WorkflowName,
    /// All of them that can be read, oldest first.
    pub all: Vec<&'a Draft>,
    /// The version to which runs move: the one that new runs enter.
    pub to: u32,
}

/// What a plan says of the runs of one workflow.
#[derive(Default)]
pub(super) struct Moves {
    pub steps: Vec<PlannedMove>,
    pub migrations: Vec<Migration>,
    pub diagnostics: Vec<Diagnostic>,
}

impl<'a> Versions<'a> {
    /// The versions of a workflow among all.
    pub fn of(name: &'a WorkflowName, to: u32, all: &'a [Version]) -> Self {
        let all = all.iter().filter(|version| version.name == *name).map(|version| &version.draft).collect();
        Self { name, all, to }
    }

    /// Where the runs of every other version go; without a choice they stay.
    pub fn moves(&self, choice: Option<&MigrationChoice>) -> Moves {
        let mut found = Moves::default();
        let Some(target) = self.version(self.to) else { return found };
        if let Some(choice) = choice {
            self.check(choice, target, &mut found.diagnostics);
        }
        for old in self.all.iter().map(|draft| &draft.workflow).filter(|old| old.version != self.to) {
            let choice = choice.filter(|choice| choice.from.is_empty() || choice.from.contains(&old.version));
            let moves: Vec<PlannedMove> =
                old.steps.iter().map(|step| self.one(old, &step.id, &step.action, target, choice)).collect();
            for undecided in moves.iter().filter(|planned| planned.goes.is_none()) {
                found.diagnostics.push(self.undecided(undecided));
            }
            let steps: BTreeMap<StepId, Move> = moves
                .iter()
                .filter_map(|planned| Some((planned.step.clone(), planned.goes.clone()?)))
                .collect();
            if steps.values().any(|goes| *goes != Move::Stay) {
                self.add(&mut found.migrations, old.version, steps);
            }
            found.steps.extend(moves);
        }
        found
    }

    /// Versions whose runs go the same ways are one migration.
    fn add(&self, migrations: &mut Vec<Migration>, version: u32, steps: BTreeMap<StepId, Move>) {
        if let Some(same) = migrations.iter_mut().find(|migration| migration.steps == steps) {
            same.from.push(version);
        } else {
            migrations.push(Migration {
                workflow: self.name.clone(),
                from: vec![version],
                to: self.to,
                steps,
            });
        }
    }

    fn one(
        &self,
        old: &Workflow,
        id: &StepId,
        action: &Action,
        target: &Workflow,
        choice: Option<&MigrationChoice>,
    ) -> PlannedMove {
        let goes = choice.map_or(Some(Move::Stay), |choice| {
            let named = choice.steps.get(id).cloned();
            named.or_else(|| match choice.default {
                MigrationDefault::Stay => Some(Move::Stay),
                MigrationDefault::Exit => Some(Move::Exit),
                MigrationDefault::Same => {
                    let now = self.now(old.version, id);
                    let is_there = target.step(&now).is_some();
                    // Nobody rests at a step that doesn't rest; who is held before it stays with its version.
                    if is_there { Some(Move::To(now)) } else { (!rests(action)).then_some(Move::Stay) }
                }
            })
        });
        let anew = match &goes {
            Some(Move::To(to)) if rests(action) => {
                target.step(to).is_some_and(|(_, step)| word(&step.action) != word(action))
            }
            Some(_) | None => false,
        };
        PlannedMove { version: old.version, step: id.clone(), action: word(action).to_owned(), goes, anew }
    }

    /// The id that a step of a version has in the target: renames of all versions in between are followed.
    fn now(&self, version: u32, id: &StepId) -> StepId {
        let mut id = id.clone();
        let between = self
            .all
            .iter()
            .filter(|draft| draft.workflow.version > version && draft.workflow.version <= self.to);
        for draft in between {
            let renamed = draft.renamed.iter().find(|(_, was)| **was == id).map(|(now, _)| now);
            if let Some(now) = renamed.filter(|_| draft.workflow.step(&id).is_none()) {
                id = now.clone();
            }
        }
        id
    }

    fn version(&self, version: u32) -> Option<&'a Workflow> {
        self.all.iter().map(|draft| &draft.workflow).find(|workflow| workflow.version == version)
    }

    /// Says what of a choice can't be meant.
    fn check(&self, choice: &MigrationChoice, target: &Workflow, found: &mut Vec<Diagnostic>) {
        let name = self.name;
        for version in &choice.from {
            if self.version(*version).is_none() || *version == self.to {
                let message =
                    format!("no runs can move from version {version} of `{name}` to version {}", self.to);
                found.push(bad_choice(name, message, "name versions that were published before"));
            }
        }
        let old: BTreeSet<&StepId> = self
            .all
            .iter()
            .filter(|draft| draft.workflow.version != self.to)
            .flat_map(|draft| draft.workflow.step_index.keys())
            .collect();
        for (step, goes) in &choice.steps {
            if !old.contains(step) {
                let message = format!("no older version of `{name}` has a step `{step}`");
                let fix = did_you_mean(step.as_str(), old.iter().map(|id| id.as_str()));
                found.push(bad_choice(name, message, fix.as_deref().unwrap_or("leave it out")));
            }
            if let Move::To(to) = goes
                && target.step(to).is_none()
            {
                let message = format!("version {} of `{name}` has no step `{to}`", self.to);
                let fix = did_you_mean(to.as_str(), target.step_index.keys().map(StepId::as_str));
                found.push(bad_choice(name, message, fix.as_deref().unwrap_or("name one of its steps")));
            }
        }
    }

    fn undecided(&self, planned: &PlannedMove) -> Diagnostic {
        let PlannedMove { version, step, action, .. } = planned;
        let message = format!(
            "the step `{step}` ({action}) of version {version} is gone, and runs of `{}` may rest there",
            self.name
        );
        let path = format!("workflows/{}.yaml", self.name);
        Diagnostic::new(&codes::UNDECIDED_STEP, &path, Place::START, message).fix(
            "say where they go: to a step, out, or that they stay; or give a new step `was: ` and its id",
        )
    }
}

/// Whether runs may rest at a step.
fn rests(action: &Action) -> bool {
    match action {
        Action::Send(_)
        | Action::Wait(_)
        | Action::WaitFor(_)
        | Action::Call(_)
        | Action::Task(_)
        | Action::SubWorkflow(_) => true,
        Action::Branch { .. }
        | Action::Update(_)
        | Action::Emit { .. }
        | Action::Split(_)
        | Action::Set(_)
        | Action::Enter(_)
        | Action::ExitWorkflow(_)
        | Action::Repeat(_)
        | Action::Note
        | Action::Exit { .. }
        | Action::GoTo(_) => false,
    }
}

/// What a step does, in the word that files have for it.
fn word(action: &Action) -> &'static str {
    match action {
        Action::Send(_) => "send",
        Action::Wait(_) => "wait",
        Action::WaitFor(_) => "wait_for",
        Action::Branch { .. } => "branch",
        Action::Update(_) => "update",
        Action::Emit { .. } => "emit",
        Action::Split(_) => "split",
        Action::Set(_) => "set",
        Action::Call(_) => "webhook",
        Action::Task(_) => "task",
        Action::Enter(_) => "enter",
        Action::ExitWorkflow(_) => "exit_workflow",
        Action::SubWorkflow(_) => "call",
        Action::Repeat(_) => "repeat",
        Action::Note => "note",
        Action::Exit { .. } => "exit",
        Action::GoTo(_) => "goto",
    }
}
