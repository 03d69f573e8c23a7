//! What lets a contact in.

use serde_json::{Map, Value};

use crate::consent::Answer;
use crate::id::{EventName, SegmentName, WorkflowName};
use crate::predicate::{ConsentOf, Facts, MessageTest, PropertyTest, matches_properties};
use crate::recurrence::Recurrence;
use crate::time::Period;
use crate::value::Path;
use crate::workflow::{StandardTest, ZoneOf};
use crate::zone::TimeOfDay;

/// What lets a contact in.
#[derive(Debug, Clone, PartialEq)]
pub enum Trigger {
    /// An event with property filters.
    Event {
        /// What must happen.
        matches: EventMatch,
        /// Whether events older than 24 hours and imported ones trigger too (SEMANTICS 2.1).
        late: bool,
    },
    /// A trait took another value.
    TraitChanged {
        /// Which one.
        path: Path,
        /// Only from this value.
        from: Option<Value>,
        /// Only to this value.
        to: Option<Value>,
    },
    /// The contact entered a segment.
    SegmentEntered(SegmentName),
    /// The contact left a segment.
    SegmentLeft(SegmentName),
    /// A call of the API.
    Api,
    /// A person, for one contact or for a selection.
    Manual,
    /// News of a message to the contact: an open, a click, a reply.
    Message(MessageTest),
    /// The contact gave this answer to a question of consent.
    Consent {
        /// The question.
        of: ConsentOf,
        /// The answer.
        is: Answer,
    },
    /// A date that a trait holds, before, on or after it.
    Date(DateTrigger),
    /// One thing happened, and another did not within a time.
    Absence(AbsenceTrigger),
    /// Set times, over everybody in the audience.
    Schedule(Box<ScheduleTrigger>),
    /// Something happened that is nobody's own event: a price dropped. It reaches those whose history matches.
    Business(BusinessTrigger),
    /// Another workflow's step; none means any workflow.
    Workflow(Option<WorkflowName>),
}

/// A date that a trait holds.
#[derive(Debug, Clone, PartialEq)]
pub struct DateTrigger {
    /// The trait.
    pub path: Path,
    /// Calendar days before (negative) or after it.
    pub offset_days: i32,
    /// The local time; none means the trait's own, or [`DateTrigger::AT`] for a date only.
    pub at: Option<TimeOfDay>,
    /// Whether it comes round every year.
    pub yearly: bool,
    /// Whose local time.
    pub zone: ZoneOf,
}

/// One thing happened, and another did not within a time.
#[derive(Debug, Clone, PartialEq)]
pub struct AbsenceTrigger {
    /// What happened; its properties are the trigger's data.
    pub after: EventMatch,
    /// What then did not; `$trigger` is the data of what happened.
    pub not: EventMatch,
    /// Within which time.
    pub within: Period,
}

/// Set times.
#[derive(Debug, Clone, PartialEq)]
pub struct ScheduleTrigger {
    /// When, in local time.
    pub recurrence: Recurrence,
    /// Whose local time.
    pub zone: ZoneOf,
    /// How many contacts are told in a second, at most; none means as fast as it goes.
    pub pace: Option<u32>,
}

/// Something that happened in the business, and whom it concerns.
#[derive(Debug, Clone, PartialEq)]
pub struct BusinessTrigger {
    /// What happened.
    pub matches: EventMatch,
    /// The contact's own event that makes it concern them.
    pub event: EventName,
    /// The property of the contact's event ...
    pub property: Path,
    /// ... that must equal this property of what happened.
    pub equals: Path,
    /// How long ago the contact's event may be at most.
    pub within: Period,
}

/// An event of a name whose properties pass tests.
#[derive(Debug, Clone, PartialEq)]
pub struct EventMatch {
    /// The name.
    pub event: EventName,
    /// The tests, all of which must pass; operands may be `$trigger…` and `$contact…`.
    pub filter: Vec<PropertyTest>,
    /// What is asked beyond plain properties.
    pub standard: Vec<StandardTest>,
}

impl EventMatch {
    /// Whether an event of this name and these properties is meant.
    pub fn is(&self, name: &EventName, properties: &Map<String, Value>, facts: &Facts<'_>) -> bool {
        self.event == *name
            && matches_properties(&self.filter, properties, facts)
            && self.standard.iter().all(|test| test.passes(properties, facts))
    }
}

impl DateTrigger {
    /// The local time of a date that has none of its own.
    pub const AT: TimeOfDay = TimeOfDay::from_hour(9);
}
