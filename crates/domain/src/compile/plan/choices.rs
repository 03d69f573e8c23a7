//! What publishing means for how workflows are: a new version takes the place of a version that was gone back to, and
//! may reach contacts by and by.

use std::collections::BTreeSet;

use super::Choices;
use crate::compile::lifecycle::{self, Lifecycle};
use crate::compile::{Portfolio, rollout};
use crate::id::WorkflowName;
use crate::source::codes;
use crate::source::diagnostic::Diagnostic;
use crate::source::yaml::Place;
use crate::time::Timestamp;

/// The workflows of a publication.
pub(super) struct Published<'a> {
    /// Those that get a new version.
    pub renewed: &'a BTreeSet<WorkflowName>,
    /// Those that the files describe.
    pub described: &'a BTreeSet<WorkflowName>,
}

/// Brings the life cycle of the next portfolio up to date with its versions and with what was chosen.
pub(super) fn apply(
    next: &mut Portfolio,
    published: &Published<'_>,
    choices: &Choices,
    at: Timestamp,
) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for name in choices.rollouts.keys().filter(|name| !published.renewed.contains(*name)) {
        let message = format!("there is no new version of `{name}` to roll out");
        found.push(bad_choice(name, message, "leave its rollout out, or change its file"));
    }
    for name in published.renewed {
        if let Err(wrong) = one(next, name, choices.rollouts.get(name), at) {
            found.push(*wrong);
        }
    }
    for (name, lifecycle) in &mut next.lifecycle {
        if !published.described.contains(name) {
            // Nobody enters it any more; whether its runs move is still said.
            lifecycle.current = None;
            lifecycle.rollout = None;
        }
    }
    next.lifecycle.retain(|_, lifecycle| *lifecycle != Lifecycle::default());
    found
}

fn one(
    next: &mut Portfolio,
    name: &WorkflowName,
    plan: Option<&rollout::Plan>,
    at: Timestamp,
) -> Result<(), Box<Diagnostic>> {
    let mut versions: Vec<u32> = lifecycle::versions(next, name).collect();
    let Some(version) = versions.pop() else { return Ok(()) };
    let lifecycle = next.lifecycle.entry(name.clone()).or_default();
    let Some(plan) = plan else {
        if let Some(rollout) = &lifecycle.rollout {
            let message = format!("version {} of `{name}` is being rolled out", rollout.version);
            let fix = "finish or abort its rollout first, or roll this version out in its place";
            return Err(Box::new(bad_choice(name, message, fix)));
        }
        lifecycle.current = None;
        return Ok(());
    };
    if let Err(refused) = rollout::check(plan) {
        return Err(Box::new(bad_choice(name, refused.to_string(), "mend its rollout")));
    }
    let Some(previous) = lifecycle.entered().or(versions.pop()) else {
        let message = format!("`{name}` has no version before this one, which the others would enter");
        return Err(Box::new(bad_choice(name, message, "leave its rollout out")));
    };
    lifecycle.current = Some(previous);
    lifecycle.rollout = Some(lifecycle::begin(version, previous, plan.clone(), at));
    Ok(())
}

/// Something chosen that can't be done.
pub(super) fn bad_choice(name: &WorkflowName, message: String, fix: &str) -> Diagnostic {
    let path = format!("workflows/{name}.yaml");
    Diagnostic::new(&codes::BAD_CHOICE, &path, Place::START, message).fix(fix)
}
