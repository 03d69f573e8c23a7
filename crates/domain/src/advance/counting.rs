//! How many runs rest at each step: a gauge, kept as the differences that inputs make.

use std::collections::BTreeMap;

use crate::contact::Contact;
use crate::effect::Effect;
use crate::id::{StepId, WorkflowName};

/// The live runs of a contact by where they rest.
pub(super) type Resting = BTreeMap<(WorkflowName, u32, StepId), i64>;

/// The counter of the live runs that rest at a step of a version.
pub fn at_step(workflow: &WorkflowName, version: u32, step: &StepId) -> String {
    format!("at:{workflow}:v{version}:{step}")
}

/// Where the live runs of a contact rest.
pub(super) fn resting(contact: &Contact) -> Resting {
    let mut resting = Resting::new();
    for run in &contact.runs {
        let place = (run.workflow.clone(), run.version, run.state.step().clone());
        *resting.entry(place).or_default() += 1;
    }
    resting
}

/// What an input changed, as counters: over all contacts their sums are what a look into every document would give.
pub(super) fn differences(before: Resting, after: &Contact) -> impl Iterator<Item = Effect> {
    let mut changed = resting(after);
    for (place, n) in before {
        *changed.entry(place).or_default() -= n;
    }
    let changed = changed.into_iter().filter(|(_, by)| *by != 0);
    changed.map(|((workflow, version, step), by)| Effect::Count {
        counter: at_step(&workflow, version, &step),
        by,
    })
}
