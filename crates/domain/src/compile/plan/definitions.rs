//! Which revision documents must be brought up to date with, and since when there are summaries (SEMANTICS 9.5).

use std::collections::BTreeMap;

use crate::behaviour::SummaryId;
use crate::catalog::{Catalog, Rollout};
use crate::compile::Portfolio;
use crate::id::{SegmentName, WorkflowName};
use crate::predicate::Predicate;

/// The revision that first had each summary as it is now.
///
/// A summary of which a rule newly asks more (a longer window, more occurrences) begins anew: documents don't hold
/// what it now needs (SEMANTICS 9.5).
pub(super) fn since(
    revision: u64,
    before: Option<&Catalog>,
    current: &Portfolio,
    draft: &Catalog,
) -> BTreeMap<SummaryId, u64> {
    let since = |id: &SummaryId| {
        let (old, new) = (before?.summaries.get(id)?, &draft.summaries[id]);
        let enough = |n: Option<usize>| n.unwrap_or(usize::MAX);
        let wider =
            new.window_max() > old.window_max() || enough(new.newest_enough) > enough(old.newest_enough);
        current.summaries.get(id).copied().filter(|_| !wider)
    };
    draft.summaries.keys().map(|id| (id.clone(), since(id).unwrap_or(revision))).collect()
}

/// The revision since which each segment means what it means now.
///
/// It means something else if its rule changed, if a segment that it names means something else, if it asks the past in
/// a way that isn't kept yet, or if what stands in for an answer or a time zone that a contact doesn't give has changed.
pub(super) fn segments_since(
    revision: u64,
    before: Option<&Catalog>,
    current: &Portfolio,
    summaries: &BTreeMap<SummaryId, u64>,
    draft: &Catalog,
) -> BTreeMap<SegmentName, u64> {
    let stands_in = |catalog: &Catalog| {
        let defaults = catalog.policies.categories.iter();
        let defaults: Vec<_> = defaults.map(|(name, policy)| (name.clone(), policy.default)).collect();
        (catalog.policies.zone.clone(), defaults)
    };
    let before = before.filter(|before| stands_in(before) == stands_in(draft));
    let mut since: BTreeMap<SegmentName, u64> = BTreeMap::new();
    // Each comes after those that its rule names.
    for name in &draft.segment_order {
        let rule = &draft.segments[name].rule;
        let mut is_same =
            before.is_some_and(|before| before.segments.get(name).is_some_and(|known| known.rule == *rule));
        rule.walk(&mut |predicate| match predicate {
            Predicate::Segment(named) => is_same &= since.get(named).is_none_or(|since| *since < revision),
            Predicate::Behaviour { summary, .. } => {
                is_same &= summaries.get(summary).is_none_or(|since| *since < revision);
            }
            _ => {}
        });
        let known = current.segments.get(name).copied().unwrap_or(current.definitions);
        since.insert(name.clone(), if is_same { known } else { revision });
    }
    since
}

/// The revision at which what documents are kept by last changed: this one, or an older one if it didn't.
pub(super) fn revision_of(
    revision: u64,
    before: Option<&Catalog>,
    current: &Portfolio,
    next: &Catalog,
) -> u64 {
    // A portfolio of before this was kept changed with its own revision.
    let last = if current.definitions == 0 { revision.saturating_sub(1) } else { current.definitions };
    match before {
        Some(before) if last > 0 && are_same(before, next) => last,
        _ => revision,
    }
}

fn are_same(a: &Catalog, b: &Catalog) -> bool {
    a.segments == b.segments
        && a.traits.decide_alike(&b.traits)
        && a.policies == b.policies
        && a.summaries == b.summaries
        && entered(a) == entered(b)
}

/// The versions that contacts enter, and by which share of them.
fn entered(catalog: &Catalog) -> BTreeMap<&WorkflowName, (u32, Option<Rollout>)> {
    let entered = catalog
        .workflows
        .iter()
        .filter_map(|(name, published)| Some((name, (published.current?, published.rollout))));
    entered.collect()
}
