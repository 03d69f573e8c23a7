//! The ways through a workflow: steps that no run reaches, and ways that never rest (SEMANTICS 3.14).

use std::collections::{BTreeMap, BTreeSet};

use super::names::Reading;
use crate::limits::STEPS_PER_INPUT_MAX;
use crate::source::codes;
use crate::source::yaml::Place;
use crate::time::Period;
use crate::workflow::{Action, IfPast, Occasion, OnBlocked, Step, Wait, Workflow};

/// Checks the ways through a workflow.
pub(super) fn check(reading: &mut Reading<'_>, workflow: &Workflow, places: &[Place], steps_place: Place) {
    if workflow.steps.len() != places.len() {
        return;
    }
    unreachable(reading, workflow, places);
    let strict: Graph = workflow.steps.iter().map(|step| restless(step, false)).collect();
    let cycles = cycles(&strict);
    for cycle in &cycles {
        let named = named(workflow, cycle);
        let diagnostic =
            reading.say(&codes::ENDLESS_LOOP, places[cycle[0]], format!("this loop never rests: {named}"));
        diagnostic.why =
            Some("a run would go round 1,000 times at once and fail (SEMANTICS 3.14)".to_owned());
        diagnostic.fix = Some("put a `wait` or a `wait_for` on the loop".to_owned());
    }
    if !cycles.is_empty() {
        return;
    }
    enters_itself(reading, workflow, places, &strict);
    long_path(reading, workflow, &strict, steps_place);
    let loose: Graph = workflow.steps.iter().map(|step| restless(step, true)).collect();
    for cycle in self::cycles(&loose) {
        let named = named(workflow, &cycle);
        let diagnostic = reading.say(
            &codes::RESTLESS_LOOP,
            places[cycle[0]],
            format!("the waits of this loop may pass at once: {named}"),
        );
        diagnostic.why = Some(
            "dates may be past or missing, a time of day may be now, conditions may already hold, and a call may be \
                 answered at once"
                .to_owned(),
        );
        diagnostic.fix =
            Some("put a `wait` of some length on the loop, or `after:` beside `until:`".to_owned());
    }
}

/// The most loops of one workflow that are said at once.
const CYCLES_SAID_MAX: usize = 20;

/// The steps to which each step leads.
type Graph = Vec<Vec<usize>>;

/// All steps to which a step leads.
pub(super) fn successors(step: &Step) -> Vec<usize> {
    let mut targets = vec![];
    let blocked = |otherwise: &OnBlocked| match otherwise {
        OnBlocked::Continue | OnBlocked::Exit => None,
        OnBlocked::GoTo(target) => *target,
    };
    match &step.action {
        Action::Send(send) => targets.extend([step.next, blocked(&send.on_blocked)]),
        Action::Wait(Wait::Date { if_missing, .. }) => targets.extend([step.next, blocked(if_missing)]),
        Action::Wait(_)
        | Action::Update(_)
        | Action::Emit { .. }
        | Action::Set(_)
        | Action::Enter(_)
        | Action::ExitWorkflow(_)
        | Action::Note => targets.push(step.next),
        Action::Split(split) => targets.extend(split.variants.iter().map(|variant| variant.target)),
        Action::Call(call) => targets.extend([step.next, call.on_error]),
        Action::Task(task) => {
            targets.extend(task.outcomes.iter().map(|(_, target)| *target));
            targets.push(task.on_timeout);
        }
        Action::SubWorkflow(sub) => {
            targets.push(step.next);
            targets.extend(sub.timeout.iter().map(|(_, target)| *target));
        }
        Action::Repeat(repeat) => targets.extend([repeat.body, step.next]),
        Action::WaitFor(wait) => {
            targets.extend(wait.alternatives.iter().map(|(_, target)| *target));
            targets.extend(wait.timeout.iter().map(|(_, target)| *target));
        }
        Action::Branch { arms, otherwise } => {
            targets.extend(arms.iter().map(|(_, target)| *target));
            targets.push(*otherwise);
        }
        Action::Exit { .. } => {}
        Action::GoTo(target) => targets.push(*target),
    }
    targets.into_iter().flatten().collect()
}

/// The steps to which a step leads without resting; `loose` counts what may pass at once as not resting.
fn restless(step: &Step, loose: bool) -> Vec<usize> {
    match &step.action {
        Action::Wait(Wait::Date { if_past, if_missing, .. }) if loose => {
            let past = (*if_past == IfPast::Continue).then_some(step.next).flatten();
            let missing = match if_missing {
                OnBlocked::Continue => step.next,
                OnBlocked::Exit => None,
                OnBlocked::GoTo(target) => *target,
            };
            [past, missing].into_iter().flatten().collect()
        }
        Action::Wait(wait) if may_be_over(wait, loose) => step.next.into_iter().collect(),
        Action::WaitFor(wait) if loose => {
            let at_once = |occasion: &Occasion| matches!(occasion, Occasion::Condition(_));
            wait.alternatives
                .iter()
                .filter(|(occasion, _)| at_once(occasion))
                .filter_map(|(_, to)| *to)
                .collect()
        }
        // A call may be answered at once, and failing for good takes its time.
        Action::Call(_) if loose => step.next.into_iter().collect(),
        // A repeating step begins a bounded number of rounds: a loop through it ends.
        Action::Wait(_) | Action::WaitFor(_) | Action::Call(_) | Action::Task(_) => Vec::new(),
        Action::Repeat(_) => step.next.into_iter().collect(),
        Action::Send(_)
        | Action::Branch { .. }
        | Action::Update(_)
        | Action::Emit { .. }
        | Action::Split(_)
        | Action::Set(_)
        | Action::Enter(_)
        | Action::ExitWorkflow(_)
        | Action::SubWorkflow(_)
        | Action::Note
        | Action::Exit { .. }
        | Action::GoTo(_) => successors(step),
    }
}

/// A workflow that enters itself before it rests goes on for ever.
fn enters_itself(reading: &mut Reading<'_>, workflow: &Workflow, places: &[Place], strict: &Graph) {
    let mut reached: BTreeSet<usize> = BTreeSet::new();
    let mut waiting: Vec<usize> = workflow.entry.into_iter().collect();
    while let Some(index) = waiting.pop() {
        if reached.insert(index) {
            waiting.extend(&strict[index]);
        }
    }
    for index in reached {
        let enter = match &workflow.steps[index].action {
            Action::Enter(enter) => enter,
            Action::SubWorkflow(sub) => &sub.enter,
            _ => continue,
        };
        if enter.workflow == workflow.name {
            let message = "the workflow enters itself before it rests";
            let diagnostic = reading.say(&codes::ENDLESS_LOOP, places[index], message);
            diagnostic.why = Some("each run would begin the next one at once (SEMANTICS 3.14)".to_owned());
            diagnostic.fix = Some("put a `wait` before this step, or use `goto`".to_owned());
        }
    }
}

/// Whether a wait for a time of day may be over as it is entered.
fn may_be_over(wait: &Wait, loose: bool) -> bool {
    match wait {
        // Inside of its hours it is, again and again.
        Wait::Window(_) => true,
        // The time may be now, as it is when the wait before it ended at the same time.
        Wait::Until { after, .. } => loose && *after == Period::ZERO,
        Wait::BestTime { .. } => loose,
        Wait::For(_) | Wait::CalendarDays { .. } | Wait::Date { .. } => false,
    }
}

fn unreachable(reading: &mut Reading<'_>, workflow: &Workflow, places: &[Place]) {
    let mut reached = BTreeSet::new();
    let goals = workflow.goals.iter().filter_map(|goal| goal.go_to);
    let mut open: Vec<usize> = workflow.entry.into_iter().chain(goals).collect();
    while let Some(index) = open.pop() {
        if reached.insert(index) {
            open.extend(successors(&workflow.steps[index]));
        }
    }
    for (index, step) in workflow.steps.iter().enumerate().filter(|(index, _)| !reached.contains(index)) {
        // The first of several in a row says it for all of them.
        if index == 0 || reached.contains(&(index - 1)) {
            let message = format!("no run reaches the step `{}`", step.id);
            reading.say(&codes::UNREACHABLE, places[index], message).fix =
                Some("remove it, or lead a way to it".to_owned());
        }
    }
}

/// Steps in an order in which each comes before those to which it leads, and those that are on or behind a cycle.
fn sorted(graph: &Graph, without: &BTreeSet<usize>) -> (Vec<usize>, BTreeSet<usize>) {
    let mut n_before: BTreeMap<usize, usize> =
        (0..graph.len()).filter(|index| !without.contains(index)).map(|index| (index, 0)).collect();
    let edges = |index: usize| graph[index].iter().filter(|to| !without.contains(to));
    for index in 0..graph.len() {
        if !without.contains(&index) {
            edges(index).for_each(|to| *n_before.entry(*to).or_default() += 1);
        }
    }
    let mut open: Vec<usize> = n_before.iter().filter(|(_, n)| **n == 0).map(|(index, _)| *index).collect();
    let mut order = Vec::new();
    while let Some(index) = open.pop() {
        order.push(index);
        n_before.remove(&index);
        for to in edges(index) {
            if let Some(n) = n_before.get_mut(to) {
                *n -= 1;
                if *n == 0 {
                    open.push(*to);
                }
            }
        }
    }
    (order, n_before.into_keys().collect())
}

/// Cycles that share no step, each from its first step in the file on.
fn cycles(graph: &Graph) -> Vec<Vec<usize>> {
    let mut cycles = Vec::new();
    let mut without = BTreeSet::new();
    while cycles.len() < CYCLES_SAID_MAX {
        let (_, rest) = sorted(graph, &without);
        let Some(cycle) = one_cycle(graph, &rest) else { break };
        without.extend(cycle.iter().copied());
        cycles.push(cycle);
    }
    cycles
}

/// A cycle among steps of which each is led to by another of them.
fn one_cycle(graph: &Graph, rest: &BTreeSet<usize>) -> Option<Vec<usize>> {
    let mut before: BTreeMap<usize, usize> = BTreeMap::new();
    for from in rest {
        for to in graph[*from].iter().filter(|to| rest.contains(to)) {
            before.entry(*to).or_insert(*from);
        }
    }
    let mut walked = Vec::new();
    let mut seen = BTreeSet::new();
    let mut at = *rest.first()?;
    while seen.insert(at) {
        walked.push(at);
        at = *before.get(&at)?;
    }
    let begin = walked.iter().position(|index| *index == at)?;
    let mut cycle = walked.split_off(begin);
    cycle.reverse();
    let first = cycle.iter().enumerate().min_by_key(|(_, index)| **index).map_or(0, |(n, _)| n);
    cycle.rotate_left(first);
    Some(cycle)
}

/// `a -> b -> a`.
fn named(workflow: &Workflow, cycle: &[usize]) -> String {
    let ids = cycle.iter().chain(cycle.first()).map(|index| workflow.steps[*index].id.to_string());
    ids.collect::<Vec<_>>().join(" -> ")
}

fn long_path(reading: &mut Reading<'_>, workflow: &Workflow, graph: &Graph, place: Place) {
    let crossed = crossed(workflow, graph);
    let longest = longest(graph, &crossed);
    if let Some((index, n)) = longest.iter().enumerate().max_by_key(|(_, n)| **n)
        && *n > u64::from(STEPS_PER_INPUT_MAX)
    {
        let id = &workflow.steps[index].id;
        let message =
            format!("{n} steps from `{id}` on are crossed without resting, more than {STEPS_PER_INPUT_MAX}");
        reading.say(&codes::LONG_PATH, place, message).fix =
            Some("put a `wait` on the way, repeat less often, or make two workflows of it".to_owned());
    }
}

/// How many steps are crossed at a step: one, or all the rounds that a repetition goes through without resting.
fn crossed(workflow: &Workflow, graph: &Graph) -> Vec<u64> {
    let mut crossed = vec![1; graph.len()];
    // What is inside stands after it, so the innermost rounds are known first.
    for (index, step) in workflow.steps.iter().enumerate().rev() {
        if let Action::Repeat(repeat) = &step.action
            && let Some(body) = repeat.body
        {
            // A round ends where it comes back, so nothing after that counts.
            let mut round = graph.clone();
            round[index].clear();
            crossed[index] = 1;
            let back = to(&round, &crossed, index)[body];
            crossed[index] = 1 + back.map_or(0, |steps| steps.saturating_mul(u64::from(repeat.times)));
        }
    }
    crossed
}

/// The most steps that are crossed from each step on; the graph has no cycle.
fn longest(graph: &Graph, crossed: &[u64]) -> Vec<u64> {
    let (order, _) = sorted(graph, &BTreeSet::new());
    let mut longest = crossed.to_vec();
    for index in order.into_iter().rev() {
        let after = graph[index].iter().map(|to| longest[*to]).max().unwrap_or(0);
        longest[index] = crossed[index].saturating_add(after);
    }
    longest
}

/// The most steps that are crossed from each step to `goal`, with it; none where no way leads there.
fn to(graph: &Graph, crossed: &[u64], goal: usize) -> Vec<Option<u64>> {
    let (order, _) = sorted(graph, &BTreeSet::new());
    let mut most = vec![None; graph.len()];
    most[goal] = Some(crossed[goal]);
    for index in order.into_iter().rev().filter(|index| *index != goal) {
        let after = graph[index].iter().filter_map(|to| most[*to]).max();
        most[index] = after.map(|after: u64| after.saturating_add(crossed[index]));
    }
    most
}
