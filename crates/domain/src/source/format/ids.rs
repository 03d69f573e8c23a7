//! Ids for steps that need one: readable, from what the step does, and unique in the workflow.

use std::collections::{BTreeMap, BTreeSet};

use crate::compile::needs_id;
use crate::source::grammar::step::{SEND, STEP, STEPS};
use crate::source::grammar::{objects, predicate::PREDICATE, text::slug};
use crate::source::yaml::Node;

/// The most characters of a made id; a number may follow.
const ID_LENGTH_MAX: usize = 60;

/// The ids that a workflow's steps lack, by the character at which the step begins.
pub(super) fn missing(workflow: &Node) -> BTreeMap<usize, String> {
    let Some(steps) = workflow.get("steps") else { return BTreeMap::new() };
    let mut taken = BTreeSet::new();
    let mut nameless: Vec<&Node> = Vec::new();
    objects(steps, &STEPS, &mut |node, object| {
        if std::ptr::eq(object, &raw const STEP) {
            taken.extend(["id", "was"].iter().filter_map(|key| node.text_of(key)).map(ToOwned::to_owned));
            if needs_id(node) && node.get("id").is_none() {
                nameless.push(node);
            }
        }
    });
    let mut ids = BTreeMap::new();
    for step in nameless {
        let id = unique(&name(step), &taken);
        taken.insert(id.clone());
        ids.insert(step.span.start, id);
    }
    ids
}

fn unique(name: &str, taken: &BTreeSet<String>) -> String {
    if !taken.contains(name) {
        return name.to_owned();
    }
    let numbered = |n: usize| format!("{name}-{n}");
    // One of so many numbers is free: there are no more taken ones.
    (2..=taken.len() + 2).map(numbered).find(|id| !taken.contains(id)).unwrap_or_else(|| numbered(0))
}

/// What a step would be called.
fn name(step: &Node) -> String {
    let words = if let Some(send) = step.get("send") {
        let template = send.entries().iter().find(|entry| SEND.field(send, &entry.key).is_none());
        template.and_then(|entry| entry.value.text()).unwrap_or("send").to_owned()
    } else if let Some(wait) = step.get("wait") {
        format!("wait {}", waited(wait))
    } else if let Some(wait) = step.get("wait_for") {
        format!("wait for {}", wait.one_or_many().first().map_or("condition", awaited))
    } else if let Some(split) = step.get("split") {
        split.text_of("experiment").unwrap_or("split").to_owned()
    } else if let Some(task) = step.get("task") {
        task.text_of("title").and_then(|title| title.split("{{").next()).unwrap_or("task").to_owned()
    } else if let Some(call) = step.get("call") {
        format!("call {}", call.text_of("workflow").unwrap_or_default())
    } else if step.get("webhook").is_some() {
        "webhook".to_owned()
    } else if step.get("repeat").is_some() {
        "repeat".to_owned()
    } else {
        let condition = step.get("branch").and_then(|branch| branch.items().first()?.get("if"));
        condition.and_then(asked).map_or_else(|| "branch".to_owned(), |asked| format!("if {asked}"))
    };
    let short: String = slug(&words).chars().take(ID_LENGTH_MAX).collect();
    let short = short.trim_end_matches('-');
    if short.is_empty() { "step".to_owned() } else { short.to_owned() }
}

fn waited(wait: &Node) -> String {
    if let Some(text) = wait.text() {
        return text.to_owned();
    }
    if let Some(until) = wait.text_of("until") {
        return format!("until {until}");
    }
    for key in ["window", "best_time"] {
        if wait.get(key).is_some() {
            return key.replace('_', " ");
        }
    }
    let day = wait.get("weekday").and_then(|day| day.one_or_many().first()?.text());
    day.or(wait.text_of("date")).unwrap_or_default().to_owned()
}

/// What an alternative of a wait waits for.
fn awaited(alternative: &Node) -> &str {
    let what = alternative.text_of("event").or_else(|| alternative.text_of("is"));
    what.or_else(|| alternative.get("reply").map(|_| "reply")).unwrap_or("condition")
}

/// What a condition asks about, if it is one plain question.
fn asked(condition: &Node) -> Option<&str> {
    PREDICATE.exactly_one.iter().find_map(|key| condition.text_of(key))
}
