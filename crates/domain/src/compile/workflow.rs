//! A workflow: its triggers, goals and exits around its steps.

use std::collections::BTreeMap;

use super::flow;
use super::names::Reading;
use super::operand::{Data, filter, path_of, period_of};
use super::portfolio;
use super::predicate::{Where, message, predicate, predicate_of};
use super::steps::{Context, Experiment, Steps};
use super::summaries::Summaries;
use super::triggers::triggers;
use crate::id::{Category, EventName, StepId, WorkflowName};
use crate::source::codes;
use crate::source::suggest::did_you_mean;
use crate::source::yaml::{Kind, Node, Scalar};
use crate::template::step_template;
use crate::workflow::{Action, Again, EventMatch, Goal, Occasion, Reentry, Step, Target, Workflow};

/// The priority of a workflow that gives none.
const PRIORITY: i32 = 50;

/// The category of a workflow that gives none, and sends nothing without one.
pub const NO_CATEGORY: &str = "none";

/// A compiled workflow with what belongs beside it.
#[derive(Debug)]
pub(super) struct Draft {
    pub workflow: Workflow,
    /// New step ids with the ones that they had before.
    pub renamed: BTreeMap<StepId, StepId>,
    /// The experiments of its splits.
    pub experiments: Vec<Experiment>,
    /// What its rules ask of past events.
    pub summaries: Summaries,
}

/// Compiles a workflow's tree; what is wrong goes to `reading`.
pub(super) fn workflow(reading: &mut Reading<'_>, node: &Node, version: u32) -> Option<Draft> {
    let name = node.text_of("workflow")?;
    let mut summaries = Summaries::default();
    let draw = format!("workflow:{name}");
    let at = Where { data: Data::RUN, workflow: Some(name), draw: &draw };
    let category = node.get("category").and_then(|node| Some(reading.category(node.text()?, node.place)));
    let triggers = triggers(reading, node.get("trigger"), name);
    let entering = Where { data: Data::ENTERING, ..at };
    let audience = predicate_of(reading, &mut summaries, node.get("audience"), entering);
    let exit_when = exits(reading, &mut summaries, node.get("exit_when"), at);
    let Steps { list: mut steps, places, entry, index, renamed, experiments } =
        steps(reading, &mut summaries, category.clone(), name, node.get("steps"));
    name_texts(&WorkflowName::from(name), version, &mut steps);
    let goals = goals(reading, node.get("goals"), &index);
    let category = category.unwrap_or_else(|| Category::from(NO_CATEGORY));
    let workflow = Workflow {
        name: WorkflowName::from(name),
        version,
        title: node.text_of("title").unwrap_or(name).to_owned(),
        owner: node.text_of("owner").map(ToOwned::to_owned),
        tags: node
            .get("tags")
            .map(Node::items)
            .unwrap_or_default()
            .iter()
            .filter_map(Node::text)
            .map(ToOwned::to_owned)
            .collect(),
        transactional: reading.names.transactional.contains(category.as_str()),
        category,
        priority: node.get("priority").and_then(Node::integer).map_or(PRIORITY, |number| number as i32),
        triggers,
        key: path_of(node, "key"),
        audience,
        reentry: reentry(node.get("reentry")),
        again: again(node.text_of("again")),
        entry_caps: portfolio::entry_caps(reading, node),
        holdout: portfolio::holdout(reading, node),
        tracking: node.get("tracking").and_then(Node::boolean),
        exit_when,
        goals,
        steps,
        entry,
        step_index: index,
    };
    portfolio::of_workflow(reading, node, &workflow);
    flow::check(reading, &workflow, &places, node.get("steps").map_or(node.place, |steps| steps.place));
    Some(Draft { workflow, renamed, experiments, summaries })
}

/// Gives the texts of steps the names under which they are rendered.
fn name_texts(workflow: &WorkflowName, version: u32, steps: &mut [Step]) {
    for step in steps {
        let content = match &mut step.action {
            Action::Call(call) => &mut call.content,
            Action::Task(task) => &mut task.content,
            _ => continue,
        };
        content.name = step_template(workflow, version, &step.id);
    }
}

fn steps(
    reading: &mut Reading<'_>,
    summaries: &mut Summaries,
    category: Option<Category>,
    name: &str,
    node: Option<&Node>,
) -> Steps {
    let at = Where { data: Data::RUN, workflow: Some(name), draw: name };
    // The context borrows for its own time, so that the findings can be read on afterwards.
    let mut inner = Reading::new(reading.file, reading.names, reading.lenient);
    let steps = Context::new(&mut inner, summaries, category, at).compile(node);
    reading.diagnostics.append(&mut inner.diagnostics);
    steps
}

fn event_match(reading: &mut Reading<'_>, node: &Node, data: Data) -> Option<EventMatch> {
    let event = EventName::from(node.text_of("event")?);
    Some(EventMatch { event, filter: filter(reading, node.get("where"), data), standard: Vec::new() })
}

/// An event that arrives, or a condition.
pub(super) fn occasion(
    reading: &mut Reading<'_>,
    summaries: &mut Summaries,
    node: &Node,
    at: Where<'_>,
) -> Option<Occasion> {
    if let Some(condition) = node.get("if") {
        return Some(Occasion::Condition(predicate(reading, summaries, condition, at)));
    }
    for key in ["reply", "message"] {
        if let Some(template) = node.get(key) {
            let test = message(reading, node, template.text()?, at, template.place)?;
            return Some(Occasion::Engaged(test));
        }
    }
    event_match(reading, node, at.data.with_event()).map(Occasion::Event)
}

fn exits(
    reading: &mut Reading<'_>,
    summaries: &mut Summaries,
    node: Option<&Node>,
    at: Where<'_>,
) -> Vec<Occasion> {
    empty_list(reading, node, "exit_when");
    let listed = node.map(Node::items).unwrap_or_default();
    listed.iter().filter_map(|node| occasion(reading, summaries, node, at)).collect()
}

fn goals(reading: &mut Reading<'_>, node: Option<&Node>, steps: &BTreeMap<StepId, usize>) -> Vec<Goal> {
    empty_list(reading, node, "goals");
    let mut goals: Vec<Goal> = Vec::new();
    for node in node.map(Node::items).unwrap_or_default() {
        let Some(matches) = event_match(reading, node, Data::RUN.with_event()) else { continue };
        let name = node.text_of("name").unwrap_or(matches.event.as_str()).to_owned();
        if goals.iter().any(|goal| goal.name == name) {
            let place = node.get("name").or(node.get("event")).map_or(node.place, |node| node.place);
            reading.say(&codes::DUPLICATE_NAME, place, format!("there is another goal `{name}`")).fix =
                Some("give one of the two a `name:` of its own".to_owned());
        }
        goals.push(Goal {
            name,
            matches,
            within: period_of(node, "within"),
            value: path_of(node, "value"),
            exit: node.get("exit").and_then(Node::boolean).unwrap_or(false),
            go_to: goal_step(reading, node, steps),
        });
    }
    goals
}

/// The step to which a goal leads.
fn goal_step(reading: &mut Reading<'_>, goal: &Node, steps: &BTreeMap<StepId, usize>) -> Target {
    let node = goal.get("go_to")?;
    if goal.get("exit").and_then(Node::boolean) == Some(true) {
        let message = "a run that this goal ends can't go to a step";
        reading.say(&codes::BAD_VALUE, node.place, message).fix =
            Some("keep one of `exit: true` and `go_to:`".to_owned());
    }
    let name = node.text()?;
    let step = steps.get(name).copied();
    if step.is_none() {
        let fix = did_you_mean(name, steps.keys().map(StepId::as_str).filter(|id| !id.contains('/')));
        reading.say(&codes::UNKNOWN_STEP, node.place, format!("there is no step `{name}`")).fix = fix;
    }
    step
}

fn empty_list(reading: &mut Reading<'_>, node: Option<&Node>, key: &str) {
    if let Some(Node { kind: Kind::List { items, .. }, place, .. }) = node
        && items.is_empty()
    {
        reading.say(&codes::NOTHING_ENDS, *place, format!("`{key}` is empty")).fix =
            Some("leave it out, or add to it".to_owned());
    }
}

fn reentry(node: Option<&Node>) -> Reentry {
    match node {
        None => Reentry::AfterExit,
        Some(Node { kind: Kind::Scalar(Scalar::Text { text, .. }), .. }) => match text.as_str() {
            "never" => Reentry::Never,
            "always" => Reentry::Always,
            _ => Reentry::AfterExit,
        },
        Some(node) => period_of(node, "every").map_or(Reentry::AfterExit, Reentry::Every),
    }
}

fn again(text: Option<&str>) -> Again {
    match text {
        Some("refresh") => Again::Refresh,
        Some("restart") => Again::Restart,
        _ => Again::Ignore,
    }
}
