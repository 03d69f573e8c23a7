//! What can concern an input: triggers, summaries and segments by what they depend on.

use std::collections::{BTreeMap, BTreeSet};

use super::Catalog;
use crate::behaviour::SummaryId;
use crate::id::{EventName, ListName, SegmentName, TemplateName, WorkflowName};
use crate::predicate::{ConsentOf, Engagement, Measure, Predicate, Test};
use crate::value::Operand;
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
    /// A static list.
    List(ListName),
    /// A tag.
    Tag(String),
    /// The accounts that the contact is a member of, and what is known of them.
    Account,
}

/// A trigger of a version that contacts enter now.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The workflow.
    pub workflow: WorkflowName,
    /// The version.
    pub version: u32,
    /// The trigger's place in the file.
    pub number: usize,
}

/// Look-ups made once per catalog.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Index {
    /// Current workflows with an event trigger, by the event's name.
    pub triggers_by_event: BTreeMap<EventName, Vec<Place>>,
    /// Current workflows with a trait trigger, by the trait.
    pub triggers_by_trait: BTreeMap<String, Vec<Place>>,
    /// Current workflows with a segment trigger, by the segment.
    pub triggers_by_segment: BTreeMap<SegmentName, Vec<Place>>,
    /// Current workflows with a trigger of message news, by the news and the template; none is any template.
    pub triggers_by_news: BTreeMap<(Engagement, Option<TemplateName>), Vec<Place>>,
    /// Current workflows with a trigger of consent, by the question.
    pub triggers_by_consent: BTreeMap<ConsentOf, Vec<Place>>,
    /// Current workflows with a date trigger, by the trait.
    pub dates_by_trait: BTreeMap<String, Vec<Place>>,
    /// Current workflows with an absence trigger, by the event after which something is missed.
    pub absences_after: BTreeMap<EventName, Vec<Place>>,
    /// The same, by the event that is missed.
    pub absences_not: BTreeMap<EventName, Vec<Place>>,
    /// Current workflows with a business trigger, by the business event.
    pub business_by_event: BTreeMap<EventName, Vec<Place>>,
    /// Current workflows with a schedule.
    pub schedules: Vec<Place>,
    /// Summaries by the event that they count.
    pub summaries_by_event: BTreeMap<EventName, Vec<SummaryId>>,
    /// Computed traits by the summary that they are computed from.
    pub computed_by_summary: BTreeMap<SummaryId, Vec<String>>,
    /// The revision at which a summary was last added: a document of an older one may lack it.
    pub newest_summary: u64,
    /// Segments by what their rule depends on.
    pub segments_by_concern: BTreeMap<Concern, BTreeSet<SegmentName>>,
    /// What conditions and messages read of accounts: members hold copies of it.
    pub account_traits: BTreeSet<String>,
    /// Segments whose membership can change with time alone.
    pub segments_by_time: BTreeSet<SegmentName>,
}

impl Index {
    /// Looks through a catalog once.
    pub fn of(catalog: &Catalog) -> Self {
        let mut index = Self::default();
        for name in catalog.workflows.keys() {
            for workflow in catalog.entered(name) {
                for (n, trigger) in workflow.triggers.iter().enumerate() {
                    let place = Place { workflow: name.clone(), version: workflow.version, number: n };
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
                        Trigger::Message(test) => {
                            let news = (test.outcome, test.template.clone());
                            index.triggers_by_news.entry(news).or_default().push(place);
                        }
                        Trigger::Consent { of, .. } => {
                            index.triggers_by_consent.entry(of.clone()).or_default().push(place);
                        }
                        Trigger::Date(date) => {
                            index.dates_by_trait.entry(date.path.root().to_owned()).or_default().push(place);
                        }
                        Trigger::Absence(absence) => {
                            let after = index.absences_after.entry(absence.after.event.clone());
                            after.or_default().push(place.clone());
                            index.absences_not.entry(absence.not.event.clone()).or_default().push(place);
                        }
                        Trigger::Business(business) => {
                            let event = index.business_by_event.entry(business.matches.event.clone());
                            event.or_default().push(place);
                        }
                        Trigger::Schedule(_) => index.schedules.push(place),
                        Trigger::Api | Trigger::Manual | Trigger::Workflow(_) => {}
                    }
                }
            }
        }
        for (id, definition) in &catalog.summaries {
            index.summaries_by_event.entry(definition.event.clone()).or_default().push(id.clone());
            index.newest_summary = index.newest_summary.max(definition.since);
        }
        for (name, computed) in &catalog.traits.computed {
            index.computed_by_summary.entry(computed.summary.clone()).or_default().push(name.clone());
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
                found.extend(test.tests.iter().flat_map(traits_named));
                // A date begins at midnight where the contact is (SEMANTICS 2.2).
                found.insert(Concern::Trait("timezone".to_owned()));
                Concern::Trait(test.path.root().to_owned())
            }
            Predicate::Behaviour { summary, measure } => {
                if let Measure::Count { tests, .. } | Measure::Sum { tests, .. } = measure {
                    found.extend(tests.iter().flat_map(traits_named));
                }
                Concern::Summary(summary.clone())
            }
            Predicate::Message(_) => Concern::Message,
            Predicate::Segment(segment) => Concern::Segment(segment.clone()),
            Predicate::Consent { .. } => Concern::Consent,
            Predicate::List(list) => Concern::List(list.clone()),
            Predicate::Tag(tag) => Concern::Tag(tag.clone()),
            Predicate::Account(test) => {
                found.extend(test.tests.iter().flat_map(traits_named));
                found.insert(Concern::Trait("timezone".to_owned()));
                Concern::Account
            }
            Predicate::Time(_) => Concern::Trait("timezone".to_owned()),
            Predicate::Always
            | Predicate::All(_)
            | Predicate::Any(_)
            | Predicate::Not(_)
            | Predicate::Trigger(_)
            | Predicate::Run(_)
            | Predicate::Share { .. } => return,
        };
        found.insert(concern);
    });
    found
}

/// The traits that a test compares with.
fn traits_named(test: &Test) -> Vec<Concern> {
    let operands = match test {
        Test::Eq(operand)
        | Test::Ne(operand)
        | Test::Gt(operand)
        | Test::Gte(operand)
        | Test::Lt(operand)
        | Test::Lte(operand)
        | Test::Contains(operand)
        | Test::StartsWith(operand)
        | Test::EndsWith(operand) => std::slice::from_ref(operand),
        Test::In(operands) | Test::NotIn(operands) => operands,
        Test::Matches(_) | Test::Exists(_) | Test::WithinLast(_) | Test::WithinNext(_) => &[],
    };
    let named = operands.iter().filter_map(|operand| match operand {
        Operand::Contact(path) => Some(Concern::Trait(path.root().to_owned())),
        Operand::Literal(_) | Operand::Trigger(_) | Operand::Run(_) | Operand::Event(_) => None,
    });
    named.collect()
}
