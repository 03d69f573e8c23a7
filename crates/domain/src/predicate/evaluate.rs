//! Answers a predicate for one contact at one instant.

use std::cmp::Ordering;

use serde_json::{Map, Value};

use super::{Predicate, PropertyTest, Test};
use crate::catalog::Catalog;
use crate::contact::Contact;
use crate::event::Event;
use crate::id::RunId;
use crate::time::Timestamp;

/// All that a predicate may look at.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The definitions.
    pub catalog: &'a Catalog,
    /// The contact.
    pub contact: &'a Contact,
    /// As of when.
    pub at: Timestamp,
    /// The data that the run at hand was entered with.
    pub trigger: Option<&'a Map<String, Value>>,
    /// The run at hand: a message test that names a step asks for this run's messages.
    pub run: Option<RunId>,
    /// The event at hand.
    pub event: Option<&'a Event>,
}

/// Whether a predicate holds.
pub fn holds(predicate: &Predicate, facts: &Facts<'_>) -> bool {
    let _ = (predicate, facts);
    false
}

/// Whether an object's values pass all tests.
pub fn matches_properties(filter: &[PropertyTest], object: &Map<String, Value>, facts: &Facts<'_>) -> bool {
    let _ = (filter, object, facts);
    false
}

/// Whether one value passes one test.
pub fn test_holds(test: &Test, value: Option<&Value>, facts: &Facts<'_>) -> bool {
    let _ = (test, value, facts);
    false
}

/// The order of two values, if they can be compared.
pub fn compare(left: &Value, right: &Value) -> Option<Ordering> {
    let _ = (left, right);
    None
}
