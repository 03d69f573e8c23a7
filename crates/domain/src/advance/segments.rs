//! Memberships, kept current with the input that changes them and at the instant when only time does (SEMANTICS 3.5, 6.2).

use std::collections::BTreeSet;

use serde_json::Map;

use super::counting::{self, CameOrWent};
use super::timers;
use super::turn::{About, SegmentChange, Turn};
use crate::catalog::Concern;
use crate::contact::{Timer, TimerOf};
use crate::id::SegmentName;
use crate::predicate::{holds, next_change};
use crate::record::Decision;
use crate::time::Timestamp;

/// Recomputes the segments that these concerns can change, and those that follow from them, as of `at`; deadlines that
/// hang on the same concerns are set anew.
pub(super) fn recompute(turn: &mut Turn<'_>, concerns: &[Concern], at: Timestamp) -> Vec<SegmentChange> {
    timers::follow(turn, concerns);
    let mut dirty: BTreeSet<&SegmentName> = BTreeSet::new();
    for concern in concerns {
        dirty.extend(turn.catalog.index.segments_by_concern.get(concern).into_iter().flatten());
    }
    recompute_named(turn, dirty, at, false)
}

/// Recomputes all segments: the catalog's definitions changed.
///
/// A change of definition is no deed of the contact: it is recorded and triggers nothing (SEMANTICS 4.4).
pub(super) fn recompute_all(turn: &mut Turn<'_>) {
    let gone: Vec<SegmentName> = turn
        .contact
        .segments
        .keys()
        .filter(|name| !turn.catalog.segments.contains_key(*name))
        .cloned()
        .collect();
    for segment in gone {
        turn.contact.segments.remove(&segment);
        counting::note_day(turn, &counting::in_segment(&segment), CameOrWent::DefinedOut);
        turn.note("3.5", About::default(), Decision::SegmentLeft { segment });
    }
    let at = turn.at;
    timers::forget(turn, |timer| matches!(timer.of, TimerOf::Segment(_)));
    recompute_named(turn, turn.catalog.segments.keys().collect(), at, true);
}

/// Computes all segments of a contact that another one became part of: what only both together fulfil is entered now.
pub(super) fn recompute_merged(turn: &mut Turn<'_>) -> Vec<SegmentChange> {
    let at = turn.at;
    timers::forget(turn, |timer| matches!(timer.of, TimerOf::Segment(_)));
    turn.contact.segments.retain(|name, _| turn.catalog.segments.contains_key(name));
    recompute_named(turn, turn.catalog.segments.keys().collect(), at, false)
}

/// Computes all segments of a contact that was just heard of: entering one triggers as for anybody else.
pub(super) fn recompute_of_new(turn: &mut Turn<'_>) -> Vec<SegmentChange> {
    let at = turn.at;
    recompute_named(turn, turn.catalog.segments.keys().collect(), at, false)
}

/// Recomputes the segments whose membership may flip by `at`.
pub(super) fn recompute_due(turn: &mut Turn<'_>, at: Timestamp) -> Vec<SegmentChange> {
    let catalog = turn.catalog;
    let due = turn.contact.timers.iter().take_while(|timer| timer.at <= at);
    let segments = due.filter_map(|timer| match &timer.of {
        TimerOf::Segment(name) => catalog.segments.get_key_value(name).map(|(name, _)| name),
        TimerOf::Computed(_) | TimerOf::Trigger { .. } => None,
    });
    let dirty = segments.collect();
    timers::forget(turn, |timer| timer.at <= at && matches!(timer.of, TimerOf::Segment(_)));
    recompute_named(turn, dirty, at, false)
}

fn recompute_named<'a>(
    turn: &mut Turn<'a>,
    mut dirty: BTreeSet<&'a SegmentName>,
    at: Timestamp,
    by_definition: bool,
) -> Vec<SegmentChange> {
    let mut changes = Vec::new();
    if dirty.is_empty() {
        return changes;
    }
    for name in &turn.catalog.segment_order {
        if !dirty.contains(name) {
            continue;
        }
        #[cfg(test)]
        turn.n_segments.set(turn.n_segments.get() + 1);
        let inside = holds(&turn.catalog.segments[name].rule, &turn.facts_at(at));
        set_timer(turn, name);
        if inside == turn.contact.segments.contains_key(name) {
            continue;
        }
        let decision = if inside {
            turn.contact.segments.insert(name.clone(), at);
            Decision::SegmentEntered { segment: name.clone() }
        } else {
            turn.contact.segments.remove(name);
            Decision::SegmentLeft { segment: name.clone() }
        };
        turn.note("3.5", About::default(), decision);
        counting::note_day(turn, &counting::in_segment(name), CameOrWent::of(inside, by_definition));
        changes.push(SegmentChange { segment: name.clone(), entered: inside });
        let follow = turn.catalog.index.segments_by_concern.get(&Concern::Segment(name.clone()));
        dirty.extend(follow.into_iter().flatten());
    }
    changes
}

/// Sets the deadline at which time alone may change a membership.
///
/// It is judged as of the deadline that fires, so that none between that one and now is passed over (SEMANTICS 2.7).
fn set_timer(turn: &mut Turn<'_>, name: &SegmentName) {
    let catalog = turn.catalog;
    if !catalog.index.segments_by_time.contains(name) {
        return;
    }
    let of = TimerOf::Segment(name.clone());
    match next_change(&catalog.segments[name].rule, &turn.facts_at(turn.judged)) {
        Some(at) => timers::set(turn, Timer { at, of, key: String::new(), data: Map::new() }),
        None => timers::forget(turn, |timer| timer.of == of),
    }
}
