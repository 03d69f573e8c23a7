//! Segments, and the order in which their rules can be asked.

use std::collections::{BTreeMap, BTreeSet};

use super::names::Reading;
use super::operand::Data;
use super::predicate::{Where, predicate};
use super::summaries::Summaries;
use crate::id::SegmentName;
use crate::predicate::Predicate;
use crate::segment::Segment;
use crate::source::codes;
use crate::source::diagnostic::Diagnostic;
use crate::source::yaml::{Node, Place};

/// Compiles a segment.
pub(super) fn segment(reading: &mut Reading<'_>, summaries: &mut Summaries, node: &Node) -> Option<Segment> {
    let name = node.text_of("segment")?;
    let draw = format!("segment:{name}");
    let at = Where { data: Data::CONTACT, workflow: None, draw: &draw };
    let rule = predicate(reading, summaries, node.get("where")?, at);
    let title = node.text_of("title").unwrap_or(name).to_owned();
    Some(Segment { name: SegmentName::from(name), title, rule })
}

/// The segments in an order in which each comes after those that its rule names; cycles are refused, named in full.
pub(super) fn order(
    segments: &BTreeMap<SegmentName, Segment>,
    places: &BTreeMap<SegmentName, (String, Place)>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<SegmentName> {
    let mut needs: BTreeMap<&SegmentName, BTreeSet<SegmentName>> = BTreeMap::new();
    let mut needed_by: BTreeMap<SegmentName, Vec<&SegmentName>> = BTreeMap::new();
    for (name, segment) in segments {
        let needed: BTreeSet<SegmentName> =
            named(&segment.rule).into_iter().filter(|needed| segments.contains_key(needed)).collect();
        for other in &needed {
            needed_by.entry(other.clone()).or_default().push(name);
        }
        needs.insert(name, needed);
    }
    let mut order: Vec<SegmentName> = Vec::new();
    loop {
        let ready = needs.iter().filter(|(_, needed)| needed.is_empty()).map(|(name, _)| (*name).clone());
        let mut ready: BTreeSet<SegmentName> = ready.collect();
        while let Some(name) = ready.pop_first() {
            needs.remove(&name);
            for other in needed_by.get(&name).into_iter().flatten() {
                if let Some(needed) = needs.get_mut(*other)
                    && needed.remove(&name)
                    && needed.is_empty()
                {
                    ready.insert((*other).clone());
                }
            }
            order.push(name);
        }
        let Some(cycle) = cycle(&needs) else { return order };
        refuse(&cycle, places, diagnostics);
        needs.retain(|name, _| !cycle.contains(name));
        for needed in needs.values_mut() {
            needed.retain(|name| !cycle.contains(name));
        }
    }
}

fn named(rule: &Predicate) -> BTreeSet<SegmentName> {
    let mut names = BTreeSet::new();
    rule.walk(&mut |predicate| {
        if let Predicate::Segment(name) = predicate {
            names.insert(name.clone());
        }
    });
    names
}

/// A cycle among segments of which each needs another of them.
fn cycle(needs: &BTreeMap<&SegmentName, BTreeSet<SegmentName>>) -> Option<Vec<SegmentName>> {
    let mut walked: Vec<SegmentName> = Vec::new();
    let mut at = (*needs.keys().next()?).clone();
    while !walked.contains(&at) {
        let next = needs.get(&at)?.iter().find(|name| needs.contains_key(name))?.clone();
        walked.push(at);
        at = next;
    }
    let begin = walked.iter().position(|name| *name == at)?;
    Some(walked.split_off(begin))
}

fn refuse(
    cycle: &[SegmentName],
    places: &BTreeMap<SegmentName, (String, Place)>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let Some((file, place)) = places.get(&cycle[0]) else { return };
    let named: Vec<String> = cycle.iter().chain(cycle.first()).map(ToString::to_string).collect();
    let message = format!("these segments need each other: {}", named.join(" -> "));
    diagnostics.push(
        Diagnostic::new(&codes::SEGMENT_CYCLE, file, *place, message)
            .why("whether a contact is in one of them depends on itself")
            .fix("remove one of the conditions, or write it out in place of the segment's name"),
    );
}
