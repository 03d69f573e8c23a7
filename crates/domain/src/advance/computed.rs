//! Computed traits, kept current with the event that changes them and at the instant when only time does (SEMANTICS 3.4,
//! 6.2).
//!
//! They stand among the contact's other traits, so that conditions, messages and triggers read them like any other; what
//! clients or steps say of a trait of such a name is left out.

use serde_json::{Map, Value};

use super::intake::put_trait;
use super::timers;
use super::turn::{About, TraitChange, Turn};
use crate::behaviour::SummaryId;
use crate::catalog::Concern;
use crate::contact::{Timer, TimerOf};
use crate::record::Decision;
use crate::time::Timestamp;

/// Computes the traits of summaries that have just changed; answers what changed.
pub(super) fn follow(
    turn: &mut Turn<'_>,
    changed: &[SummaryId],
    concerns: &mut Vec<Concern>,
) -> Vec<TraitChange> {
    let catalog = turn.catalog;
    let names = changed.iter().filter_map(|id| catalog.index.computed_by_summary.get(id)).flatten();
    let mut names: Vec<&String> = names.collect();
    names.sort();
    let at = turn.at;
    names.into_iter().filter_map(|name| compute(turn, name, at, concerns)).collect()
}

/// Computes the traits that may change by `at` with time alone.
pub(super) fn recompute_due(
    turn: &mut Turn<'_>,
    at: Timestamp,
    concerns: &mut Vec<Concern>,
) -> Vec<TraitChange> {
    let due = turn.contact.timers.iter().take_while(|timer| timer.at <= at);
    let names: Vec<String> = due
        .filter_map(|timer| match &timer.of {
            TimerOf::Computed(name) => Some(name.clone()),
            TimerOf::Segment(_) | TimerOf::Trigger { .. } => None,
        })
        .collect();
    if names.is_empty() {
        return Vec::new();
    }
    timers::forget(turn, |timer| timer.at <= at && matches!(timer.of, TimerOf::Computed(_)));
    names.iter().filter_map(|name| compute(turn, name, at, concerns)).collect()
}

/// Computes all of them anew: the definitions changed. No deed of the contact, so it is recorded and triggers nothing.
pub(super) fn recompute_all(turn: &mut Turn<'_>) {
    let catalog = turn.catalog;
    timers::forget(turn, |timer| matches!(timer.of, TimerOf::Computed(_)));
    let mut concerns = Vec::new();
    let is_computed = |name: &String| catalog.traits.computed.contains_key(name);
    for name in std::mem::take(&mut turn.contact.computed) {
        if is_computed(&name) {
            turn.contact.computed.insert(name);
        } else {
            put_trait(turn, "3.4", About::default(), &name, &Value::Null, &mut concerns);
        }
    }
    let at = turn.at;
    for name in catalog.traits.computed.keys() {
        compute(turn, name, at, &mut concerns);
    }
}

/// What a contact that was just heard of begins with: counts and sums of nothing.
pub(super) fn begin(turn: &mut Turn<'_>) {
    for (name, computed) in &turn.catalog.traits.computed {
        let value = computed.value(&turn.contact.summaries, turn.at);
        turn.contact.computed.insert(name.clone());
        if !value.is_null() {
            turn.contact.traits.insert(name.clone(), value);
        }
    }
}

/// Says that a value that came for a computed trait is left out.
pub(super) fn left_out(turn: &mut Turn<'_>, rule: &str, about: About, name: &str) {
    let why = format!("the trait `{name}` is computed: the value that came for it is left out");
    turn.note(rule, about, Decision::NotDone { why });
}

fn compute(
    turn: &mut Turn<'_>,
    name: &str,
    at: Timestamp,
    concerns: &mut Vec<Concern>,
) -> Option<TraitChange> {
    let computed = turn.catalog.traits.computed.get(name)?;
    turn.contact.computed.insert(name.to_owned());
    let value = computed.value(&turn.contact.summaries, at);
    // Judged as of the deadline that fires, so that none between that one and now is passed over (SEMANTICS 2.7).
    let of = TimerOf::Computed(name.to_owned());
    match computed.next_change(&turn.contact.summaries, turn.judged) {
        Some(at) => timers::set(turn, Timer { at, of, key: String::new(), data: Map::new() }),
        None => timers::forget(turn, |timer| timer.of == of),
    }
    put_trait(turn, "3.4", About::default(), name, &value, concerns)
}
