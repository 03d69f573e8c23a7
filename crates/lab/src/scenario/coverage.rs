//! Where the runs of tests came by, and where none did: steps, ways of branches, alternatives of waits, time-outs.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use wend_domain::catalog::Catalog;
use wend_domain::effect::Effect;
use wend_domain::id::{StepId, WorkflowName};
use wend_domain::record::{Decision, Line};
use wend_domain::source::SourceFile;
use wend_domain::source::grammar::FileKind;
use wend_domain::source::yaml::{self, Node};
use wend_domain::workflow::{Action, Step, Workflow};

/// How the counter of a step's visits begins; the workflow and the step follow.
const STEP_COUNTER: &str = "step:";

/// Where runs came by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reached(BTreeSet<(WorkflowName, StepId, Way)>);

/// A part of a step that a run can come by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Way {
    /// The step itself.
    Step,
    /// The way of a branch whose condition holds, counted from 1.
    Arm(usize),
    /// The way of a branch of which no condition holds.
    Else,
    /// The alternative of a wait that comes, counted from 1.
    Alternative(usize),
    /// The variant of a split.
    Variant(String),
    /// The outcome of a task.
    Outcome(String),
    /// The final failure of a call.
    Error,
    /// The time-out of a wait, a task that is overdue.
    TimeOut,
}

impl Reached {
    /// Notes what an effect tells: each step that is taken is counted.
    pub(super) fn effect(&mut self, effect: &Effect) {
        if let Effect::Count { counter, .. } = effect
            && let Some((workflow, step)) =
                counter.strip_prefix(STEP_COUNTER).and_then(|counter| counter.split_once(':'))
        {
            self.0.insert((WorkflowName::from(workflow), StepId::from(step), Way::Step));
        }
    }

    /// Notes what a decision tells.
    pub(super) fn line(&mut self, line: &Line) {
        let way = match &line.decision {
            Decision::Branched { way: 0 } => Way::Else,
            Decision::Branched { way } => Way::Arm(*way),
            Decision::WaitEndedBy { alternative, .. } => Way::Alternative(*alternative),
            Decision::Exposed { variant, .. } | Decision::StaysIn { variant, .. } => {
                Way::Variant(variant.clone())
            }
            Decision::TaskDone { outcome, .. } => Way::Outcome(outcome.clone()),
            Decision::Failed { .. } | Decision::Uncertain { .. } | Decision::Expired { .. } => Way::Error,
            Decision::TimedOut { .. } | Decision::TaskOverdue { .. } => Way::TimeOut,
            // Everything else happens to a contact or to a message; no run parts there.
            _ => return,
        };
        if let (Some((workflow, _)), Some(step)) = (&line.workflow, &line.step) {
            self.0.insert((workflow.clone(), step.clone(), way));
        }
    }

    /// The steps that runs came by, by workflow.
    pub fn steps(&self) -> impl Iterator<Item = (&WorkflowName, &StepId)> {
        self.0.iter().filter(|(_, _, way)| *way == Way::Step).map(|(workflow, step, _)| (workflow, step))
    }

    /// Adds where the runs of another test came by.
    pub fn add(&mut self, other: &Self) {
        self.0.extend(other.0.iter().cloned());
    }
}

/// How much of the workflows the runs of tests came by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// How much of everything.
    pub all: Count,
    /// By workflow, in the order of names.
    pub workflows: Vec<WorkflowCoverage>,
}

/// How much of one workflow the runs of tests came by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WorkflowCoverage {
    /// Its name.
    pub workflow: WorkflowName,
    /// Its file.
    pub file: String,
    /// Steps.
    pub steps: Count,
    /// Ways of branches with their else, variants of splits, outcomes of tasks, and the failure of each call.
    pub branches: Count,
    /// Alternatives of waits.
    pub alternatives: Count,
    /// Time-outs of waits.
    pub timeouts: Count,
    /// What no test reached, in the order of the file.
    pub missed: Vec<Missed>,
}

/// Something that no test reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Missed {
    /// The line of the workflow's file, from 1.
    pub line: u32,
    /// The step.
    pub step: StepId,
    /// What of it.
    pub what: String,
}

/// How many of how many.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Count {
    /// How many were reached.
    pub reached: usize,
    /// How many there are.
    pub all: usize,
}

impl Count {
    /// The share in percent, rounded down: only everything is 100. Of nothing, everything is reached.
    pub fn percent(self) -> usize {
        (self.reached * 100).checked_div(self.all).unwrap_or(100)
    }

    fn note(&mut self, is_reached: bool) {
        self.all += 1;
        self.reached += usize::from(is_reached);
    }

    fn add(&mut self, other: Self) {
        self.all += other.all;
        self.reached += other.reached;
    }
}

impl WorkflowCoverage {
    /// How much of everything in it.
    pub fn all(&self) -> Count {
        let mut all = self.steps;
        for count in [self.branches, self.alternatives, self.timeouts] {
            all.add(count);
        }
        all
    }
}

/// How much of a portfolio's workflows was reached.
pub fn coverage(catalog: &Catalog, files: &[SourceFile], reached: &Reached) -> Coverage {
    let sources = sources(files);
    let mut all = Count::default();
    let mut workflows = Vec::new();
    for name in catalog.workflows.keys() {
        let Some(workflow) = catalog.current(name) else { continue };
        let of_workflow = of_workflow(workflow, sources.get(name.as_str()), reached);
        all.add(of_workflow.all());
        workflows.push(of_workflow);
    }
    Coverage { all, workflows }
}

/// A workflow's file: its path, and its steps that have an id.
type Source = (String, BTreeMap<String, Node>);

/// The files of workflows by the name of the workflow.
fn sources(files: &[SourceFile]) -> BTreeMap<String, Source> {
    let workflows = files.iter().filter(|file| FileKind::of_path(&file.path) == Some(FileKind::Workflow));
    let source = |file: &SourceFile| {
        let node = yaml::parse(file).0?;
        let mut steps = BTreeMap::new();
        collect(&node, &mut steps);
        Some((node.text_of("workflow")?.to_owned(), (file.path.clone(), steps)))
    };
    workflows.filter_map(source).collect()
}

fn collect(node: &Node, steps: &mut BTreeMap<String, Node>) {
    if let Some(id) = node.text_of("id") {
        steps.insert(id.to_owned(), node.clone());
    }
    node.items().iter().for_each(|item| collect(item, steps));
    node.entries().iter().for_each(|entry| collect(&entry.value, steps));
}

fn of_workflow(workflow: &Workflow, source: Option<&Source>, reached: &Reached) -> WorkflowCoverage {
    let mut coverage = WorkflowCoverage {
        workflow: workflow.name.clone(),
        file: source.map(|(path, _)| path.clone()).unwrap_or_default(),
        steps: Count::default(),
        branches: Count::default(),
        alternatives: Count::default(),
        timeouts: Count::default(),
        missed: Vec::new(),
    };
    for step in &workflow.steps {
        let node = source.and_then(|(_, steps)| steps.get(step.id.as_str()));
        let is_reached = |way: Way| reached.0.contains(&(workflow.name.clone(), step.id.clone(), way));
        let step_is_reached = is_reached(Way::Step);
        for way in ways(step) {
            let way_is_reached = is_reached(way.clone());
            match way {
                Way::Step => coverage.steps.note(way_is_reached),
                Way::Arm(_) | Way::Else | Way::Variant(_) | Way::Outcome(_) | Way::Error => {
                    coverage.branches.note(way_is_reached);
                }
                Way::Alternative(_) => coverage.alternatives.note(way_is_reached),
                Way::TimeOut => coverage.timeouts.note(way_is_reached),
            }
            // Of a step that isn't reached, its ways go without saying.
            if !way_is_reached && (step_is_reached || way == Way::Step) {
                coverage.missed.push(missed(step, node, &way));
            }
        }
    }
    coverage.missed.sort_by_key(|missed| missed.line);
    coverage
}

/// The step, and the ways on from it.
fn ways(step: &Step) -> Vec<Way> {
    let mut ways = vec![Way::Step];
    match &step.action {
        Action::Branch { arms, .. } => {
            ways.extend((1..=arms.len()).map(Way::Arm));
            ways.push(Way::Else);
        }
        Action::WaitFor(wait) => {
            ways.extend((1..=wait.alternatives.len()).map(Way::Alternative));
            ways.extend(wait.timeout.is_some().then_some(Way::TimeOut));
        }
        Action::Split(split) => {
            ways.extend(split.variants.iter().map(|variant| Way::Variant(variant.name.clone())));
        }
        Action::Call(_) => ways.push(Way::Error),
        Action::Task(task) => {
            ways.extend(task.outcomes.iter().map(|(outcome, _)| Way::Outcome(outcome.clone())));
            ways.push(Way::TimeOut);
        }
        Action::SubWorkflow(sub) => ways.extend(sub.timeout.is_some().then_some(Way::TimeOut)),
        Action::Send(_)
        | Action::Wait(_)
        | Action::Update(_)
        | Action::Emit { .. }
        | Action::Set(_)
        | Action::Enter(_)
        | Action::ExitWorkflow(_)
        | Action::Repeat(_)
        | Action::Note
        | Action::Exit { .. }
        | Action::GoTo(_) => {}
    }
    ways
}

/// What was missed, and where it stands: the place of the way itself if the file has one.
fn missed(step: &Step, node: Option<&Node>, way: &Way) -> Missed {
    let get = |key: &str| node.and_then(|node| node.get(key));
    let key_line = |key: &str| node.and_then(|node| node.entry(key)).map(|entry| entry.place.line);
    let item_line = |key: &str, n: usize| {
        get(key).and_then(|node| node.one_or_many().get(n - 1)).map(|item| item.place.line)
    };
    let id = &step.id;
    let (line, what) = match way {
        Way::Step => (None, format!("step {id} was never taken")),
        Way::Arm(n) => (item_line("branch", *n), format!("condition {n} of {id} never held")),
        Way::Else => (
            key_line("else").or_else(|| key_line("branch")),
            format!("in {id}, one of the conditions always held, so never else"),
        ),
        Way::Alternative(n) => (item_line("wait_for", *n), format!("alternative {n} of {id} never came")),
        Way::Variant(variant) => (
            nested_line(node, &["split", "variants"], variant),
            format!("variant {variant} of {id} was never taken"),
        ),
        Way::Outcome(outcome) => (
            nested_line(node, &["task", "outcomes"], outcome),
            format!("task {id} never came out as {outcome}"),
        ),
        Way::Error => (key_line("on_error"), format!("call {id} never failed")),
        Way::TimeOut => {
            (key_line("timeout").or_else(|| key_line("on_timeout")), format!("{id} never timed out"))
        }
    };
    Missed { line: line.unwrap_or(step.line), step: id.clone(), what }
}

/// The line of a key some objects down.
fn nested_line(node: Option<&Node>, path: &[&str], key: &str) -> Option<u32> {
    let inner = path.iter().try_fold(node?, |node, key| node.get(key))?;
    Some(inner.entry(key)?.place.line)
}
