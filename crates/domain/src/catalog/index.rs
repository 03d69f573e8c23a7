//! What can concern an input: triggers, summaries and segments by what they depend on.

use std::collections::{BTreeMap, BTreeSet};

use super::Catalog;
use crate::behaviour::SummaryId;
use crate::id::{EventName, SegmentName, WorkflowName};
use crate::predicate::Predicate;
use crate::workflow::Trigger;

/// Something that can change the answer to a question about a contact.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Concern {
    /// A trait, by its first path part.
    Trait(String),
    /// A behaviour summary.
    Summary(SummaryId),
    /// Any answer of consent.
    Consent,
    /// Anything about messages.
    Message,
    /// A segment's membership.
    Segment(SegmentName),
}

/// Look-ups made once per catalog.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Index {
    /// Current workflows with an event trigger, by the event's name.
    pub triggers_by_event: BTreeMap<EventName, Vec<(WorkflowName, usize)>>,
    /// Current workflows with a trait trigger, by the trait.
    pub triggers_by_trait: BTreeMap<String, Vec<(WorkflowName, usize)>>,
    /// Current workflows with a segment trigger, by the segment.
    pub triggers_by_segment: BTreeMap<SegmentName, Vec<(WorkflowName, usize)>>,
    /// Summaries by the event that they count.
    pub summaries_by_event: BTreeMap<EventName, Vec<SummaryId>>,
    /// Segments by what their rule depends on.
    pub segments_by_concern: BTreeMap<Concern, BTreeSet<SegmentName>>,
    /// Segments whose membership can change with time alone.
    pub segments_by_time: BTreeSet<SegmentName>,
}

impl Index {
    /// Looks through a catalog once.
    pub fn of(catalog: &Catalog) -> Self {
        let mut index = Self::default();
        for name in catalog.workflows.keys() {
            let Some(workflow) = catalog.current(name) else { continue };
            for (n, trigger) in workflow.triggers.iter().enumerate() {
                let place = (name.clone(), n);
                match trigger {
                    Trigger::Event { matches, .. } => {
                        index.triggers_by_event.entry(matches.event.clone()).or_default().push(place);
                    }
                    Trigger::TraitChanged { path, .. } => {
                        index.triggers_by_trait.entry(path.root().to_owned()).or_default().push(place);
                    }
                    Trigger::SegmentEntered(segment) | Trigger::SegmentLeft(segment) => {
                        index.triggers_by_segment.entry(segment.clone()).or_default().push(place);
                    }
                    Trigger::Api => {}
                }
            }
        }
        for (id, definition) in &catalog.summaries {
            index.summaries_by_event.entry(definition.event.clone()).or_default().push(id.clone());
        }
        for (name, segment) in &catalog.segments {
            for concern in concerns(&segment.rule) {
                index.segments_by_concern.entry(concern).or_default().insert(name.clone());
            }
            if segment.rule.changes_with_time() {
                index.segments_by_time.insert(name.clone());
            }
        }
        index
    }
}

/// All that can change a predicate's answer, time apart.
pub fn concerns(predicate: &Predicate) -> BTreeSet<Concern> {
    let mut found = BTreeSet::new();
    predicate.walk(&mut |predicate| {
        let concern = match predicate {
            Predicate::Trait(test) => {
                // A date begins at midnight where the contact is (SEMANTICS 2.2).
                found.insert(Concern::Trait("timezone".to_owned()));
                Concern::Trait(test.path.root().to_owned())
            }
            Predicate::Behaviour { summary, .. } => Concern::Summary(summary.clone()),
            Predicate::Message(_) => Concern::Message,
            Predicate::Segment(segment) => Concern::Segment(segment.clone()),
            Predicate::Consent { .. } => Concern::Consent,
            Predicate::Always
            | Predicate::All(_)
            | Predicate::Any(_)
            | Predicate::Not(_)
            | Predicate::Trigger(_) => return,
        };
        found.insert(concern);
    });
    found
}
