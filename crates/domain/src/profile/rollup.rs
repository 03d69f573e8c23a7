//! Sums over the members of an account.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::TraitRule;
use crate::account::MILLION;
use crate::predicate::{PropertyTest, literal_test_holds};
use crate::time::Timestamp;
use crate::value::Path;

/// What a team says of accounts.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AccountTraits {
    /// Traits of accounts.
    pub declared: BTreeMap<String, TraitRule>,
    /// Sums over members.
    pub rollups: BTreeMap<String, Rollup>,
}

/// A sum over the members of an account.
#[derive(Debug, Clone, PartialEq)]
pub struct Rollup {
    /// What a person reads.
    pub title: String,
    /// The trait of members that is added up; none counts members.
    pub sum: Option<Path>,
    /// Which members count; operands are literals only.
    pub filter: Vec<PropertyTest>,
}

impl Rollup {
    /// What a member with these traits adds, in millionths.
    pub fn part(&self, traits: &Map<String, Value>, at: Timestamp) -> i64 {
        let counts = self.filter.iter().all(|filter| {
            let value = filter.path.get(traits);
            filter.tests.iter().all(|test| literal_test_holds(test, value, at))
        });
        if !counts {
            return 0;
        }
        let number = match &self.sum {
            None => 1.0,
            Some(path) => path.get(traits).and_then(Value::as_f64).unwrap_or(0.0),
        };
        // Beyond the bounds the conversion stays at them.
        (number * MILLION).round() as i64
    }
}
