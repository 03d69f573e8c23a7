//! What can be said of a predicate before all of the past that it asks is known.

use super::{Facts, Predicate, holds};
use crate::behaviour::SummaryId;

/// Whether a predicate holds, whatever the summaries say that aren't known; none if that decides it.
///
/// This is Kleene's strong logic of three values (S. C. Kleene, *Introduction to Metamathematics*, 1952, section 64).
pub(crate) fn settled(
    predicate: &Predicate,
    facts: &Facts<'_>,
    is_known: &dyn Fn(&SummaryId) -> bool,
) -> Option<bool> {
    let each = |inner: &[Predicate], decides: bool| {
        let mut answer = Some(!decides);
        for predicate in inner {
            match settled(predicate, facts, is_known) {
                Some(found) if found == decides => return Some(decides),
                Some(_) => {}
                None => answer = None,
            }
        }
        answer
    };
    match predicate {
        Predicate::All(inner) => each(inner, false),
        Predicate::Any(inner) => each(inner, true),
        Predicate::Not(inner) => settled(inner, facts, is_known).map(|found| !found),
        Predicate::Behaviour { summary, .. } if !is_known(summary) => None,
        known => Some(holds(known, facts)),
    }
}
