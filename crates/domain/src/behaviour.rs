//! Behaviour summaries: what the document keeps of a contact's events, so that rules need not read history.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::event::Event;
use crate::id::EventName;
use crate::predicate::PropertyTest;
use crate::time::{Period, Timestamp};
use crate::value::Path;

/// The hash of a summary's definition: two rules that count the same events share one summary.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SummaryId(pub String);

/// Which events a summary is of, and how much of them must be kept for all rules that ask it.
#[derive(Debug, Clone, PartialEq)]
pub struct SummaryDefinition {
    /// The event's name.
    pub event: EventName,
    /// Property filters; operands are literals only.
    pub filter: Vec<PropertyTest>,
    /// The property that is summed, if any rule sums.
    pub value: Option<Path>,
    /// The longest window that a rule asks; none if no rule asks a window.
    pub window_max: Option<Period>,
    /// How many of the newest occurrences suffice for every rule: a rule "at least 2 within 90 days" needs 2.
    /// None if a rule needs all that lie in the window (sums, upper bounds beyond [`SUMMARY_ENTRIES_MAX`]).
    ///
    /// [`SUMMARY_ENTRIES_MAX`]: crate::limits::SUMMARY_ENTRIES_MAX
    pub newest_enough: Option<usize>,
    /// The catalog revision that first had it: a document of an older one needs history before it can be asked
    /// (SEMANTICS 9.5).
    pub since: u64,
}

/// What a contact's document keeps for one [`SummaryDefinition`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
pub struct Summary {
    /// How many there were, ever.
    #[serde(rename = "n")]
    pub count: u64,
    /// The sum of the value property, ever.
    #[serde(rename = "s", default, skip_serializing_if = "is_zero")]
    pub sum: f64,
    /// When the first one occurred.
    #[serde(rename = "f", default, skip_serializing_if = "Option::is_none")]
    pub first: Option<Timestamp>,
    /// When the last one occurred.
    #[serde(rename = "l", default, skip_serializing_if = "Option::is_none")]
    pub last: Option<Timestamp>,
    /// The newest occurrences within the longest window, oldest first: when, and the value property.
    #[serde(rename = "e", default, skip_serializing_if = "Vec::is_empty")]
    pub entries: Vec<(Timestamp, f64)>,
    /// Whether occurrences that still matter had to leave `entries`: they must be read from history when asked.
    #[serde(rename = "x", default, skip_serializing_if = "std::ops::Not::not")]
    pub spilled: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's skip_serializing_if wants a reference")]
fn is_zero(number: &f64) -> bool {
    *number == 0.0
}

/// A contact's summaries by definition.
pub type Summaries = BTreeMap<SummaryId, Summary>;

/// A past event, as history gives it back for [`Summary::rebuild`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PastEvent {
    /// Its name.
    pub name: EventName,
    /// When it occurred.
    pub occurred_at: Timestamp,
    /// What it said.
    #[serde(default, skip_serializing_if = "serde_json::Map::is_empty")]
    pub properties: serde_json::Map<String, serde_json::Value>,
}

impl From<&Event> for PastEvent {
    fn from(event: &Event) -> Self {
        Self {
            name: event.name.clone(),
            occurred_at: event.occurred_at,
            properties: event.properties.clone(),
        }
    }
}
