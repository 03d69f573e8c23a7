//! The deadlines of waits: fixed when the wait is entered (SEMANTICS 2.3, 2.4, 2.6).

use serde_json::{Map, Value};

use crate::time::Timestamp;
use crate::workflow::Wait;
use crate::zone::Zone;

/// What entering a wait gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deadline {
    /// The run sleeps until this instant; at or before the entry it goes on at once.
    At(Timestamp),
    /// The date was already past when the wait was entered, and `if_past` doesn't move it to another year.
    Past(Timestamp),
    /// The contact has no such date.
    Missing,
}

/// Computes the deadline of a wait that is entered at `entered_at`.
///
/// `contact_zone` is the contact's own zone, if known; `workspace_zone` stands in for it.
pub fn deadline(
    wait: &Wait,
    entered_at: Timestamp,
    traits: &Map<String, Value>,
    contact_zone: Option<&Zone>,
    workspace_zone: &Zone,
) -> Deadline {
    let _ = (wait, traits, contact_zone, workspace_zone);
    Deadline::At(entered_at)
}
