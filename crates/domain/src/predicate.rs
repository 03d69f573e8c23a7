//! The one predicate grammar: who is in a segment, what a branch asks, what ends a wait.

mod deadline;
mod evaluate;
mod explain;
mod settled;
mod window;

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use deadline::next_change;
pub use evaluate::{Facts, compare, holds, matches_properties, news_passes, test_holds};
pub(crate) use evaluate::{date, literal_test_holds};
pub use explain::{Explanation, ExplanationKind, explain};
pub(crate) use settled::settled;
pub use window::TimeWindow;

use crate::behaviour::SummaryId;
use crate::consent::Answer;
use crate::id::{Category, Channel, ListName, SegmentName, StepId, TemplateName, WorkflowName};
use crate::pattern::UrlPattern;
use crate::time::Period;
use crate::value::{Operand, Path};

/// A question about one contact at one instant, compiled.
#[derive(Debug, Clone, PartialEq)]
pub enum Predicate {
    /// Always true: no audience was given.
    Always,
    /// All of them hold.
    All(Vec<Predicate>),
    /// At least one holds.
    Any(Vec<Predicate>),
    /// It doesn't hold.
    Not(Box<Predicate>),
    /// A trait passes all tests.
    Trait(PropertyTest),
    /// The run's trigger data pass all tests.
    Trigger(PropertyTest),
    /// A variable of the run passes all tests.
    Run(PropertyTest),
    /// A trait of one of the contact's accounts passes all tests.
    Account(PropertyTest),
    /// The contact is on a static list.
    List(ListName),
    /// The contact has a tag.
    Tag(String),
    /// The local time is inside a window. Changes with time alone.
    Time(TimeWindow),
    /// A sticky random share of all contacts (SEMANTICS 10.1).
    Share {
        /// How many of 10,000.
        of_10_000: u32,
        /// What names the draw: shares of the same name hold the same contacts, those of others are independent.
        name: String,
    },
    /// What the contact did passes a measure.
    Behaviour {
        /// Which events are counted.
        summary: SummaryId,
        /// What is asked of them.
        measure: Measure,
    },
    /// What became of messages to the contact.
    Message(MessageTest),
    /// The contact is in a segment.
    Segment(SegmentName),
    /// The contact's answer to a question of consent; unanswered counts as the category's default.
    Consent {
        /// The question.
        of: ConsentOf,
        /// The answer that makes it true.
        is: Answer,
    },
}

/// A question of consent: a whole channel, or a category.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsentOf {
    /// The channel as a whole.
    Channel(Channel),
    /// The category.
    Category(Category),
}

/// Tests of one value, all of which must pass.
#[derive(Debug, Clone, PartialEq)]
pub struct PropertyTest {
    /// Where the value stands.
    pub path: Path,
    /// What it must pass.
    pub tests: Vec<Test>,
}

/// One test of a value.
///
/// A missing value passes only `Ne`, `NotIn` and `Exists(false)`. Numbers compare as numbers, texts as texts; a number
/// and a text never compare equal. Instants written as RFC 3339 text or as dates compare as texts and as instants alike.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// Equal.
    Eq(Operand),
    /// Not equal.
    Ne(Operand),
    /// Greater.
    Gt(Operand),
    /// Greater or equal.
    Gte(Operand),
    /// Less.
    Lt(Operand),
    /// Less or equal.
    Lte(Operand),
    /// One of these.
    In(Vec<Operand>),
    /// None of these.
    NotIn(Vec<Operand>),
    /// A list that has it, or a text that has it inside.
    Contains(Operand),
    /// A text that begins so.
    StartsWith(Operand),
    /// A text that ends so.
    EndsWith(Operand),
    /// A URL of this pattern.
    Matches(UrlPattern),
    /// Present and not null, or absent.
    Exists(bool),
    /// An instant that is at most this long ago; false from the instant `value + period` on. Changes with time alone.
    WithinLast(Period),
    /// An instant that is still to come, at most this far ahead. Changes with time alone.
    WithinNext(Period),
}

/// What is asked of the events of a summary, as of an instant, by `occurred_at`.
///
/// A window of `within` holds the events with `at - within < occurred_at <= at`: an event leaves it exactly at
/// `occurred_at + within` (SEMANTICS 6.2, 7.9).
#[derive(Debug, Clone, PartialEq)]
pub enum Measure {
    /// How many there are.
    Count {
        /// What the number must pass.
        tests: Vec<Test>,
        /// The window; none means ever.
        within: Option<Period>,
    },
    /// The sum of the summary's value property.
    Sum {
        /// What the sum must pass.
        tests: Vec<Test>,
        /// The window; none means ever.
        within: Option<Period>,
    },
    /// How long ago the first one was; false if there was none.
    First(Age),
    /// How long ago the last one was; false if there was none.
    Last(Age),
}

impl Measure {
    /// The window that is asked, if any.
    pub fn window(&self) -> Option<Period> {
        match self {
            Self::Count { within, .. } | Self::Sum { within, .. } => *within,
            Self::First(_) | Self::Last(_) => None,
        }
    }
}

/// A test of how long ago something was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Age {
    /// Less than this long ago: true until exactly `occurred_at + period`.
    Within(Period),
    /// At least this long ago: true from exactly `occurred_at + period` on.
    Before(Period),
}

/// What became of messages to the contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageTest {
    /// Only messages of this template.
    pub template: Option<TemplateName>,
    /// Only messages of this step; in a workflow's own conditions, only those of the same run.
    pub step: Option<StepId>,
    /// Only messages of this workflow.
    pub workflow: Option<WorkflowName>,
    /// What must have happened to at least one of them.
    pub outcome: Engagement,
    /// Only clicks on links of this pattern.
    pub link: Option<UrlPattern>,
    /// Within this time; none means ever (as far as the ledger goes back).
    pub within: Option<Period>,
}

/// What may have happened to a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Engagement {
    /// The provider took it.
    Sent,
    /// The contact's mailbox took it.
    Delivered,
    /// It was opened.
    Opened,
    /// A link in it was clicked.
    Clicked,
    /// It was answered.
    Replied,
    /// It came back.
    Bounced,
    /// The contact called it spam.
    Complained,
    /// The contact unsubscribed through it.
    Unsubscribed,
    /// It failed for good, was blocked or expired.
    Failed,
}

impl Engagement {
    /// All, in the order in which they mostly happen.
    pub const ALL: [Self; 9] = [
        Self::Sent,
        Self::Delivered,
        Self::Opened,
        Self::Clicked,
        Self::Replied,
        Self::Bounced,
        Self::Complained,
        Self::Unsubscribed,
        Self::Failed,
    ];

    /// Its name in files and records.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Opened => "opened",
            Self::Clicked => "clicked",
            Self::Replied => "replied",
            Self::Bounced => "bounced",
            Self::Complained => "complained",
            Self::Unsubscribed => "unsubscribed",
            Self::Failed => "failed",
        }
    }

    /// The one of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|engagement| engagement.as_str() == name)
    }
}

impl Predicate {
    /// Calls `visit` for this predicate and every one inside it.
    pub fn walk(&self, visit: &mut impl FnMut(&Self)) {
        visit(self);
        match self {
            Self::All(inner) | Self::Any(inner) => inner.iter().for_each(|predicate| predicate.walk(visit)),
            Self::Not(inner) => inner.walk(visit),
            Self::Always
            | Self::Trait(_)
            | Self::Trigger(_)
            | Self::Run(_)
            | Self::Account(_)
            | Self::List(_)
            | Self::Tag(_)
            | Self::Time(_)
            | Self::Share { .. }
            | Self::Behaviour { .. }
            | Self::Message(_)
            | Self::Segment(_)
            | Self::Consent { .. } => {}
        }
    }

    /// Whether variables of the run can change the answer.
    pub fn asks_run(&self) -> bool {
        let mut found = false;
        self.walk(&mut |predicate| {
            found |= match predicate {
                Self::Run(_) => true,
                Self::Trait(test) | Self::Trigger(test) | Self::Account(test) => {
                    test.tests.iter().any(Test::asks_run)
                }
                Self::Behaviour {
                    measure: Measure::Count { tests, .. } | Measure::Sum { tests, .. },
                    ..
                } => tests.iter().any(Test::asks_run),
                Self::Behaviour { .. }
                | Self::Always
                | Self::All(_)
                | Self::Any(_)
                | Self::Not(_)
                | Self::List(_)
                | Self::Tag(_)
                | Self::Time(_)
                | Self::Share { .. }
                | Self::Message(_)
                | Self::Segment(_)
                | Self::Consent { .. } => false,
            };
        });
        found
    }

    /// Whether the passing of time alone can change the answer.
    ///
    /// Every question about behaviour can: an event may say that it will have occurred later than it came.
    pub fn changes_with_time(&self) -> bool {
        let mut found = false;
        self.walk(&mut |predicate| {
            found |= match predicate {
                Self::Trait(test) | Self::Trigger(test) | Self::Run(test) | Self::Account(test) => {
                    test.tests.iter().any(|test| matches!(test, Test::WithinLast(_) | Test::WithinNext(_)))
                }
                Self::Behaviour { .. } | Self::Time(_) => true,
                Self::Message(test) => test.within.is_some(),
                Self::Always
                | Self::All(_)
                | Self::Any(_)
                | Self::Not(_)
                | Self::List(_)
                | Self::Tag(_)
                | Self::Share { .. }
                | Self::Segment(_)
                | Self::Consent { .. } => false,
            };
        });
        found
    }
}

impl Test {
    /// Whether it compares with a variable of the run.
    fn asks_run(&self) -> bool {
        let is_run = |operand: &Operand| matches!(operand, Operand::Run(_));
        match self {
            Self::Eq(operand)
            | Self::Ne(operand)
            | Self::Gt(operand)
            | Self::Gte(operand)
            | Self::Lt(operand)
            | Self::Lte(operand)
            | Self::Contains(operand)
            | Self::StartsWith(operand)
            | Self::EndsWith(operand) => is_run(operand),
            Self::In(operands) | Self::NotIn(operands) => operands.iter().any(is_run),
            Self::Matches(_) | Self::Exists(_) | Self::WithinLast(_) | Self::WithinNext(_) => false,
        }
    }
}

/// Shows a value in a record or a message: texts in quotes, lists and objects as JSON.
pub fn show(value: Option<&Value>) -> String {
    value.map_or_else(|| "nothing".to_owned(), Value::to_string)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_engagement_has_one_name_however_it_is_written() {
        for engagement in Engagement::ALL {
            assert_eq!(serde_json::to_value(engagement).unwrap(), engagement.as_str());
            assert_eq!(Engagement::named(engagement.as_str()), Some(engagement));
        }
    }
}
