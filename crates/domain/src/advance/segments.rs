//! Memberships, kept current with the input that changes them and at the instant when only time does (SEMANTICS 3.5, 6.2).

use std::collections::BTreeSet;

use super::turn::{About, SegmentChange, Turn};
use crate::catalog::Concern;
use crate::id::SegmentName;
use crate::predicate::{holds, next_change};
use crate::record::Decision;
use crate::time::Timestamp;

/// Recomputes the segments that these concerns can change, and those that follow from them, as of `at`.
pub(super) fn recompute(turn: &mut Turn<'_>, concerns: &[Concern], at: Timestamp) -> Vec<SegmentChange> {
    let mut dirty: BTreeSet<&SegmentName> = BTreeSet::new();
    for concern in concerns {
        dirty.extend(turn.catalog.index.segments_by_concern.get(concern).into_iter().flatten());
    }
    recompute_named(turn, dirty, at)
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
        turn.note("3.5", About::default(), Decision::SegmentLeft { segment });
    }
    let at = turn.at;
    turn.segments_as_of = at;
    recompute_named(turn, turn.catalog.segments.keys().collect(), at);
}

/// Computes all segments of a contact that was just heard of: entering one triggers as for anybody else.
pub(super) fn recompute_of_new(turn: &mut Turn<'_>) -> Vec<SegmentChange> {
    let at = turn.at;
    recompute_named(turn, turn.catalog.segments.keys().collect(), at)
}

/// Recomputes the segments whose membership may flip exactly at `at`.
pub(super) fn recompute_due(turn: &mut Turn<'_>, at: Timestamp) -> Vec<SegmentChange> {
    if at < turn.segments_as_of {
        return Vec::new();
    }
    recompute_named(turn, turn.catalog.index.segments_by_time.iter().collect(), at)
}

fn recompute_named<'a>(
    turn: &mut Turn<'a>,
    mut dirty: BTreeSet<&'a SegmentName>,
    at: Timestamp,
) -> Vec<SegmentChange> {
    let mut changes = Vec::new();
    if dirty.is_empty() {
        return changes;
    }
    for name in &turn.catalog.segment_order {
        if !dirty.contains(name) {
            continue;
        }
        let inside = holds(&turn.catalog.segments[name].rule, &turn.facts_at(at));
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
        changes.push(SegmentChange { segment: name.clone(), entered: inside });
        let follow = turn.catalog.index.segments_by_concern.get(&Concern::Segment(name.clone()));
        dirty.extend(follow.into_iter().flatten());
    }
    changes
}

/// The earliest instant after `after` at which time alone may change a membership.
pub(super) fn next_deadline(turn: &Turn<'_>, after: Timestamp) -> Option<Timestamp> {
    let facts = turn.facts_at(after);
    let names = &turn.catalog.index.segments_by_time;
    names.iter().filter_map(|name| next_change(&turn.catalog.segments[name].rule, &facts)).min()
}
