//! How many runs rest at each step, and how many contacts are in each segment and on each list: gauges, kept as the
//! differences that inputs make. Beside them, how many came and went on each day.

use std::collections::{BTreeMap, BTreeSet};

use super::turn::Turn;
use crate::contact::Contact;
use crate::effect::Effect;
use crate::id::{ListName, SegmentName, StepId, WorkflowName};

/// What the counters of one day begin with: [`by_day`] says how they go on.
pub const BY_DAY: &str = "day.";

/// What a contact adds to gauges: where its live runs rest, and what it belongs to.
#[derive(Debug, Default)]
pub(super) struct Standing {
    resting: BTreeMap<(WorkflowName, u32, StepId), i64>,
    segments: Vec<SegmentName>,
    lists: Vec<ListName>,
}

/// The counter of the contacts in a segment.
pub fn in_segment(segment: &SegmentName) -> String {
    format!("segment:{segment}")
}

/// The counter of the contacts on a list.
pub fn on_list(list: &ListName) -> String {
    format!("list:{list}")
}

/// The counter of something on one day, such as `day.2026-11-22.segment:pros:entered`.
///
/// The day comes first, so that the counters of a span of days lie side by side.
pub fn by_day(day: jiff::civil::Date, what: &str, came_or_went: CameOrWent) -> String {
    format!("{BY_DAY}{day}.{what}:{}", came_or_went.as_str())
}

/// How a membership changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CameOrWent {
    /// It began by what the contact did or what was done for it, or by the passing of time.
    Entered,
    /// It ended so.
    Left,
    /// It began because the definition changed, or because another contact became part of this one.
    DefinedIn,
    /// It ended because the definition changed, or because the contact became part of another one.
    DefinedOut,
}

impl CameOrWent {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Entered, Self::Left, Self::DefinedIn, Self::DefinedOut];

    /// Its name in counters.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Entered => "entered",
            Self::Left => "left",
            Self::DefinedIn => "defined_in",
            Self::DefinedOut => "defined_out",
        }
    }

    /// The one of a change.
    pub(super) fn of(inside: bool, by_definition: bool) -> Self {
        match (inside, by_definition) {
            (true, false) => Self::Entered,
            (false, false) => Self::Left,
            (true, true) => Self::DefinedIn,
            (false, true) => Self::DefinedOut,
        }
    }
}

/// Counts a change of membership on its day, by the workspace's calendar.
pub(super) fn note_day(turn: &mut Turn<'_>, what: &str, came_or_went: CameOrWent) {
    let day = turn.catalog.policies.zone.local(turn.at).date();
    turn.count(by_day(day, what, came_or_went));
}

/// The counter of the live runs that rest at a step of a version.
pub fn at_step(workflow: &WorkflowName, version: u32, step: &StepId) -> String {
    format!("at:{workflow}:v{version}:{step}")
}

/// What a contact adds to gauges now.
pub(super) fn standing(contact: &Contact) -> Standing {
    let mut standing = Standing {
        segments: contact.segments.keys().cloned().collect(),
        lists: contact.lists.keys().cloned().collect(),
        ..Standing::default()
    };
    for run in &contact.runs {
        let place = (run.workflow.clone(), run.version, run.state.step().clone());
        *standing.resting.entry(place).or_default() += 1;
    }
    standing
}

/// The gauges of all segments and lists that a contact is in.
pub(super) fn memberships(contact: &Contact) -> BTreeSet<String> {
    let segments = contact.segments.keys().map(in_segment);
    segments.chain(contact.lists.keys().map(on_list)).collect()
}

/// What an input changed, as counters: over all contacts their sums are what a look into every document would give.
pub(super) fn differences(before: Standing, after: &Contact) -> Vec<Effect> {
    let after = standing(after);
    let mut changed: BTreeMap<String, i64> = BTreeMap::new();
    if before.resting != after.resting {
        for ((workflow, version, step), n) in after.resting {
            *changed.entry(at_step(&workflow, version, &step)).or_default() += n;
        }
        for ((workflow, version, step), n) in before.resting {
            *changed.entry(at_step(&workflow, version, &step)).or_default() -= n;
        }
    }
    add_changes(&before.segments, &after.segments, in_segment, &mut changed);
    add_changes(&before.lists, &after.lists, on_list, &mut changed);
    let changed = changed.into_iter().filter(|(_, by)| *by != 0);
    changed.map(|(counter, by)| Effect::Count { counter, by }).collect()
}

fn add_changes<T: Ord>(
    before: &[T],
    after: &[T],
    counter: impl Fn(&T) -> String,
    changed: &mut BTreeMap<String, i64>,
) {
    if before == after {
        return;
    }
    // Both are in order, as the maps are that they come from.
    for name in after.iter().filter(|name| before.binary_search(name).is_err()) {
        *changed.entry(counter(name)).or_default() += 1;
    }
    for name in before.iter().filter(|name| after.binary_search(name).is_err()) {
        *changed.entry(counter(name)).or_default() -= 1;
    }
}

/// What a contact adds to gauges, by counter: who removes a contact takes this off.
pub fn gauges(contact: &Contact) -> BTreeMap<String, i64> {
    let mut gauges = BTreeMap::new();
    for effect in differences(Standing::default(), contact) {
        if let Effect::Count { counter, by } = effect {
            gauges.insert(counter, by);
        }
    }
    gauges
}
