//! Steps: the tree of the file flattened into one list, every "then" resolved to an index.

mod blocks;
mod change;
mod outside;
mod sending;
mod waiting;
mod ways;

pub(crate) use blocks::needs_id;
pub(super) use outside::texts;
pub(super) use waiting::{time_of, time_window, weekdays, zone_of};

use std::collections::{BTreeMap, BTreeSet};

use self::blocks::{Block, Starts};
use super::names::Reading;
use super::predicate::Where;
use super::summaries::Summaries;
use crate::id::{Category, StepId};
use crate::source::codes;
use crate::source::grammar::step::STEP;
use crate::source::suggest::did_you_mean;
use crate::source::yaml::{Node, Place};
use crate::workflow::{Action, OnBlocked, Step, Target};

/// What a workflow's steps became.
#[derive(Debug, Default)]
pub(super) struct Steps {
    /// In the file's order.
    pub list: Vec<Step>,
    /// Where each stands.
    pub places: Vec<Place>,
    /// Where a run begins.
    pub entry: Target,
    /// By id.
    pub index: BTreeMap<StepId, usize>,
    /// New ids with the ones that they had before.
    pub renamed: BTreeMap<StepId, StepId>,
    /// The experiments of its splits.
    pub experiments: Vec<Experiment>,
}

/// An experiment as one split describes it.
#[derive(Debug)]
pub(super) struct Experiment {
    pub name: String,
    pub variants: BTreeSet<String>,
    pub place: Place,
}

/// A step with its number and the steps inside it.
struct Laid<'n> {
    index: usize,
    node: &'n Node,
    /// The lists of steps inside it by name, in the file's order.
    blocks: Vec<(Block, Vec<Laid<'n>>)>,
}

/// What compiling steps needs.
pub(super) struct Context<'r, 'a> {
    pub reading: &'r mut Reading<'a>,
    pub summaries: &'r mut Summaries,
    /// The category of the workflow, if it has one.
    pub category: Option<Category>,
    /// How conditions see the run.
    pub at: Where<'a>,
    index: BTreeMap<StepId, usize>,
    ids: Vec<StepId>,
    places: Vec<Place>,
    renamed: BTreeMap<StepId, StepId>,
    experiments: Vec<Experiment>,
    done: BTreeMap<usize, Step>,
}

/// How conditions of a step see the run.
struct AtStep<'a> {
    draw: String,
    at: Where<'a>,
}

impl AtStep<'_> {
    fn view(&self) -> Where<'_> {
        Where { draw: &self.draw, ..self.at }
    }
}

impl<'r, 'a> Context<'r, 'a> {
    pub fn new(
        reading: &'r mut Reading<'a>,
        summaries: &'r mut Summaries,
        category: Option<Category>,
        at: Where<'a>,
    ) -> Self {
        Self {
            reading,
            summaries,
            category,
            at,
            index: BTreeMap::new(),
            ids: Vec::new(),
            places: Vec::new(),
            renamed: BTreeMap::new(),
            experiments: Vec::new(),
            done: BTreeMap::new(),
        }
    }

    /// Compiles the steps of a workflow.
    pub fn compile(mut self, steps: Option<&Node>) -> Steps {
        let laid = self.lay(steps, "steps");
        self.check_renames();
        self.connect(&laid, None);
        Steps {
            list: self.done.into_values().collect(),
            places: self.places,
            entry: laid.first().map(|step| step.index),
            index: self.index,
            renamed: self.renamed,
            experiments: self.experiments,
        }
    }

    /// Numbers the steps of a list, and those inside them, in the file's order.
    fn lay<'n>(&mut self, steps: Option<&'n Node>, parent: &str) -> Vec<Laid<'n>> {
        let mut laid = Vec::new();
        for (n, node) in steps.map(Node::items).unwrap_or_default().iter().enumerate() {
            let index = self.ids.len();
            let id = self.id(node, &format!("{parent}/{}", n + 1), index);
            let blocks = blocks::of(node);
            let blocks = blocks.into_iter().map(|(block, steps)| {
                let inner = self.lay(steps, &format!("{id}/{block}"));
                (block, inner)
            });
            let blocks = blocks.collect();
            laid.push(Laid { index, node, blocks });
        }
        laid
    }

    fn id(&mut self, node: &Node, generated: &str, index: usize) -> StepId {
        let id = StepId::from(node.text_of("id").unwrap_or(generated));
        if node.get("id").is_none() && needs_id(node) {
            let diagnostic = self.reading.say(&codes::MISSING_STEP_ID, node.place, "this step needs an `id`");
            diagnostic.why = Some("runs, reports and migrations hold on to it".to_owned());
            diagnostic.fix = Some("`wend fmt` writes the missing ones".to_owned());
        }
        let place = node.get("id").map_or(node.place, |node| node.place);
        if let Some(first) = self.index.get(&id) {
            let message = format!("there is another step `{id}`, in line {}", self.places[*first].line);
            self.reading.say(&codes::DUPLICATE_STEP, place, message).fix =
                Some("give one of the two another id".to_owned());
        } else {
            self.index.insert(id.clone(), index);
        }
        if let Some(was) = node.text_of("was") {
            self.renamed.insert(id.clone(), StepId::from(was));
        }
        self.ids.push(id.clone());
        self.places.push(node.place);
        id
    }

    /// A former id must not be one that another step has now, and not two steps' former id.
    fn check_renames(&mut self) {
        let mut seen = BTreeMap::new();
        for (id, was) in self.renamed.clone() {
            let place = self.places[self.index[&id]];
            if self.index.contains_key(&was) {
                let message = format!("`{id}` was `{was}`, but the workflow still has a step `{was}`");
                self.reading.say(&codes::DUPLICATE_STEP, place, message).fix =
                    Some("remove `was:`, or rename the other step".to_owned());
            } else if let Some(other) = seen.insert(was.clone(), id.clone()) {
                let message = format!("`{other}` and `{id}` cannot both have been `{was}`");
                self.reading.say(&codes::DUPLICATE_STEP, place, message).fix =
                    Some("remove one `was:`".to_owned());
            }
        }
    }

    /// Compiles the steps of a list, whose last one goes on to `after`.
    fn connect(&mut self, block: &[Laid<'_>], after: Target) {
        for (n, laid) in block.iter().enumerate() {
            let next = block.get(n + 1).map_or(after, |step| Some(step.index));
            for (block, inner) in &laid.blocks {
                // The last step of a round leads back to the step that repeats.
                let after = if *block == Block::Body { Some(laid.index) } else { next };
                self.connect(inner, after);
            }
            let (action, next) = self.action(laid, next);
            let step =
                Step { id: self.ids[laid.index].clone(), action, next, line: self.places[laid.index].line };
            self.done.insert(laid.index, step);
        }
    }

    fn action(&mut self, laid: &Laid<'_>, next: Target) -> (Action, Target) {
        let node = laid.node;
        let entry = STEP.exactly_one.iter().find_map(|key| node.entry(key));
        let Some(entry) = entry else { return (Action::Note, next) };
        let starts = Starts::of(laid, next);
        let value = &entry.value;
        let action = match entry.key.as_str() {
            "send" => self.send(value).map(Action::Send),
            "wait" => self.wait(value).map(Action::Wait),
            "wait_for" => Some(self.wait_for(node, value, &starts)),
            "branch" => Some(self.branch(node, value, &starts)),
            "split" => self.split(laid, value, &starts),
            "repeat" => self.repeat(laid, value, &starts),
            "update" => Some(Action::Update(self.update(value))),
            "set" => Some(Action::Set(self.set(value))),
            "emit" => self.emit(value),
            "webhook" => self.webhook(node, value, &starts),
            "task" => self.task(node, value, &starts),
            "enter" => self.enter(value).map(Action::Enter),
            "exit_workflow" => self.exit_workflow(value),
            "call" => self.call(node, value, &starts),
            "exit" => return (self.exit(value), None),
            "goto" => {
                let target = self.target(value).or(next);
                return (Action::GoTo(target), target);
            }
            _ => None,
        };
        // What has the wrong shape was said before, and nothing of the workflow is used.
        (action.unwrap_or(Action::GoTo(next)), next)
    }

    /// How conditions of a step see the run: a draw without a name is the step's own.
    fn at_step(&self, step: &Node) -> AtStep<'a> {
        let id = step.text_of("id").unwrap_or_default();
        AtStep { draw: format!("{}/{id}", self.at.workflow.unwrap_or_default()), at: self.at }
    }

    /// The step that a `goto` names.
    fn target(&mut self, node: &Node) -> Target {
        let name = node.text()?;
        if let Some(index) = self.index.get(name) {
            return Some(*index);
        }
        let fix = did_you_mean(name, self.index.keys().map(StepId::as_str).filter(|id| !id.contains('/')));
        self.reading.say(&codes::UNKNOWN_STEP, node.place, format!("there is no step `{name}`")).fix = fix;
        None
    }

    /// Where a run goes that cannot do what the step says; on to the next step unless given.
    fn otherwise(&mut self, node: Option<&Node>) -> OnBlocked {
        match node {
            Some(node) if node.text() == Some("exit") => OnBlocked::Exit,
            Some(node) if node.is_map() => {
                OnBlocked::GoTo(node.get("goto").and_then(|node| self.target(node)))
            }
            _ => OnBlocked::Continue,
        }
    }
}
