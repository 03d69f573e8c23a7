//! When the passing of time alone may change an answer (SEMANTICS 6.2).

use super::{Facts, Predicate};
use crate::time::Timestamp;

/// The earliest instant after `facts.at` at which the answer to a predicate may differ if nothing else happens.
///
/// It may name an instant at which the answer turns out to be the same, never miss one at which it differs.
pub fn next_change(predicate: &Predicate, facts: &Facts<'_>) -> Option<Timestamp> {
    let _ = (predicate, facts);
    None
}
