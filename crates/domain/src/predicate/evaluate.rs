//! Answers a predicate for one contact at one instant.

#[cfg(test)]
mod tests;

use std::cmp::Ordering;

use serde_json::{Map, Number, Value};

use super::{Age, ConsentOf, Engagement, Measure, MessageTest, Predicate, PropertyTest, Test};
use crate::behaviour::Summary;
use crate::catalog::Catalog;
use crate::consent::Answer;
use crate::contact::{Contact, Membership};
use crate::event::Event;
use crate::id::{RunId, chance};
use crate::message::{Message, MessageState};
use crate::time::{Period, Timestamp};
use crate::value::{Operand, Path};
use crate::workflow::ZoneOf;
use crate::zone::{Zone, local_instant};

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
    /// The variables of the run at hand.
    pub variables: Option<&'a Map<String, Value>>,
    /// The run at hand: a message test that names a step asks for this run's messages.
    pub run: Option<RunId>,
    /// The event at hand.
    pub event: Option<&'a Event>,
}

impl<'a> Facts<'a> {
    /// What an operand stands for; `None` if there is no such value or it is null.
    pub fn operand(&self, operand: &'a Operand) -> Option<&'a Value> {
        match operand {
            Operand::Literal(value) => Some(value),
            Operand::Trigger(path) => path.get(self.trigger?),
            Operand::Contact(path) => self.trait_at(path),
            Operand::Run(path) => path.get(self.variables?),
            Operand::Event(path) => path.get(&self.event?.properties),
        }
        .filter(|value| !value.is_null())
    }

    /// What stands at a path of the contact's traits; a value of another type than declared is missing.
    pub fn trait_at(&self, path: &Path) -> Option<&'a Value> {
        let root = self.contact.traits.get(path.root())?;
        self.catalog.traits.seen(path.root(), root)?;
        path.get(&self.contact.traits)
    }

    /// What stands at a path of an account's traits; a value of another type than declared is missing.
    pub fn account_trait_at(&self, membership: &'a Membership, path: &Path) -> Option<&'a Value> {
        let root = membership.traits.get(path.root())?;
        let declared = self.catalog.traits.accounts.declared.get(path.root());
        declared.is_none_or(|rule| rule.takes(root)).then(|| path.get(&membership.traits))?
    }

    /// The zone that a rule names.
    pub fn zone_of(&self, of: &ZoneOf) -> Zone {
        match of {
            ZoneOf::Contact => self.zone(),
            ZoneOf::Workspace => self.catalog.policies.zone.clone(),
            ZoneOf::Named(zone) => zone.clone(),
        }
    }

    /// The zone in which dates of the contact are read: its own, else the workspace's (SEMANTICS 2.2).
    pub fn zone(&self) -> Zone {
        self.contact.zone().unwrap_or_else(|| self.catalog.policies.zone.clone())
    }
}

/// Whether a predicate holds.
pub fn holds(predicate: &Predicate, facts: &Facts<'_>) -> bool {
    match predicate {
        Predicate::Always => true,
        Predicate::All(inner) => inner.iter().all(|predicate| holds(predicate, facts)),
        Predicate::Any(inner) => inner.iter().any(|predicate| holds(predicate, facts)),
        Predicate::Not(inner) => !holds(inner, facts),
        Predicate::Trait(test) => {
            let value = facts.trait_at(&test.path);
            test.tests.iter().all(|test| test_holds(test, value, facts))
        }
        Predicate::Trigger(test) => match facts.trigger {
            Some(trigger) => passes(test, trigger, facts),
            None => test.tests.iter().all(|test| test_holds(test, None, facts)),
        },
        Predicate::Run(test) => match facts.variables {
            Some(variables) => passes(test, variables, facts),
            None => test.tests.iter().all(|test| test_holds(test, None, facts)),
        },
        Predicate::Account(test) => account_passes(test, facts),
        Predicate::List(list) => facts.contact.lists.contains_key(list),
        Predicate::Tag(tag) => facts.contact.tags.contains(tag),
        Predicate::Time(window) => window.contains(facts.at, &facts.zone_of(&window.zone)),
        Predicate::Share { of_10_000, name } => share(facts, name) < u64::from(*of_10_000),
        Predicate::Behaviour { summary, measure } => match facts.contact.summaries.get(summary) {
            Some(summary) => measure_holds(measure, summary, facts),
            None => measure_holds(measure, &Summary::default(), facts),
        },
        Predicate::Message(test) => candidates(test, facts)
            .any(|message| engaged(test, message).is_some_and(|at| in_window(at, test.within, facts.at))),
        Predicate::Segment(segment) => facts.contact.segments.contains_key(segment),
        Predicate::Consent { of, is } => answer(of, facts) == *is,
    }
}

/// Whether one of the contact's accounts passes all tests; of a contact without any, every value is missing.
fn account_passes(test: &PropertyTest, facts: &Facts<'_>) -> bool {
    let mut accounts = facts.contact.accounts.values().peekable();
    if accounts.peek().is_none() {
        return test.tests.iter().all(|test| test_holds(test, None, facts));
    }
    accounts.any(|membership| {
        let value = facts.account_trait_at(membership, &test.path);
        test.tests.iter().all(|test| test_holds(test, value, facts))
    })
}

/// The place of a contact in a draw of 10,000: sticky, and independent between names (SEMANTICS 10.1).
pub(super) fn share(facts: &Facts<'_>, name: &str) -> u64 {
    let parts: [&[u8]; 3] =
        [facts.catalog.workspace.as_str().as_bytes(), name.as_bytes(), &facts.contact.id.to_bytes()];
    chance("share", &parts, 10_000)
}

/// Whether an object's values pass all tests.
pub fn matches_properties(filter: &[PropertyTest], object: &Map<String, Value>, facts: &Facts<'_>) -> bool {
    filter.iter().all(|test| passes(test, object, facts))
}

fn passes(test: &PropertyTest, object: &Map<String, Value>, facts: &Facts<'_>) -> bool {
    let value = test.path.get(object);
    test.tests.iter().all(|test| test_holds(test, value, facts))
}

/// Whether one value passes one test.
pub fn test_holds(test: &Test, value: Option<&Value>, facts: &Facts<'_>) -> bool {
    test_passes(test, value, facts.at, &|operand| facts.operand(operand), &|| facts.zone())
}

/// Whether one value passes one test whose operands are literals, with dates read in UTC.
///
/// Filters of summaries ask this: what was counted must not change when the contact moves to another zone.
pub(crate) fn literal_test_holds(test: &Test, value: Option<&Value>, at: Timestamp) -> bool {
    test_passes(test, value, at, &literal, &Zone::utc)
}

fn literal(operand: &Operand) -> Option<&Value> {
    match operand {
        Operand::Literal(value) => Some(value).filter(|value| !value.is_null()),
        Operand::Trigger(_) | Operand::Contact(_) | Operand::Run(_) | Operand::Event(_) => None,
    }
}

fn test_passes<'a>(
    test: &'a Test,
    value: Option<&Value>,
    at: Timestamp,
    resolve: &dyn Fn(&'a Operand) -> Option<&'a Value>,
    zone: &dyn Fn() -> Zone,
) -> bool {
    let value = value.filter(|value| !value.is_null());
    // A missing value has no order to anything.
    let order = |operand: &'a Operand| compare_in(value?, resolve(operand)?, zone);
    let equal = |operand: &'a Operand| order(operand) == Some(Ordering::Equal);
    let both_texts = |operand: &'a Operand| value?.as_str().zip(resolve(operand)?.as_str());
    match test {
        Test::Eq(operand) => equal(operand),
        Test::Ne(operand) => !equal(operand),
        Test::Gt(operand) => order(operand).is_some_and(Ordering::is_gt),
        Test::Gte(operand) => order(operand).is_some_and(Ordering::is_ge),
        Test::Lt(operand) => order(operand).is_some_and(Ordering::is_lt),
        Test::Lte(operand) => order(operand).is_some_and(Ordering::is_le),
        Test::In(operands) => operands.iter().any(equal),
        Test::NotIn(operands) => !operands.iter().any(equal),
        Test::Contains(operand) => match (value, resolve(operand)) {
            (Some(Value::Array(list)), Some(part)) => {
                list.iter().any(|item| compare_in(item, part, zone) == Some(Ordering::Equal))
            }
            _ => both_texts(operand).is_some_and(|(text, part)| text.contains(part)),
        },
        Test::StartsWith(operand) => both_texts(operand).is_some_and(|(text, part)| text.starts_with(part)),
        Test::EndsWith(operand) => both_texts(operand).is_some_and(|(text, part)| text.ends_with(part)),
        Test::Matches(pattern) => value.and_then(Value::as_str).is_some_and(|text| pattern.matches(text)),
        Test::Exists(exists) => value.is_some() == *exists,
        Test::WithinLast(period) => {
            value.and_then(|value| instant(value, zone)).is_some_and(|then| then <= at && at < then + *period)
        }
        Test::WithinNext(period) => {
            value.and_then(|value| instant(value, zone)).is_some_and(|then| then - *period <= at && at < then)
        }
    }
}

/// The order of two values, if they can be compared; a date without a time means its midnight in UTC.
pub fn compare(left: &Value, right: &Value) -> Option<Ordering> {
    compare_in(left, right, &Zone::utc)
}

/// The order of two values; truth values, lists and objects are equal or have no order.
fn compare_in(left: &Value, right: &Value, zone: &dyn Fn() -> Zone) -> Option<Ordering> {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => compare_numbers(left, right),
        (Value::String(left), Value::String(right)) => Some(compare_texts(left, right, zone)),
        (Value::Array(left), Value::Array(right)) => (left.len() == right.len()
            && left
                .iter()
                .zip(right)
                .all(|(left, right)| compare_in(left, right, zone) == Some(Ordering::Equal)))
        .then_some(Ordering::Equal),
        (Value::Object(left), Value::Object(right)) => (left.len() == right.len()
            && left.iter().all(|(key, left)| {
                right.get(key).is_some_and(|right| compare_in(left, right, zone) == Some(Ordering::Equal))
            }))
        .then_some(Ordering::Equal),
        (left, right) => (left == right).then_some(Ordering::Equal),
    }
}

/// Whole numbers compare exactly, beyond what a floating-point number can tell apart.
fn compare_numbers(left: &Number, right: &Number) -> Option<Ordering> {
    let whole = |number: &Number| number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from));
    match (whole(left), whole(right)) {
        (Some(left), Some(right)) => Some(left.cmp(&right)),
        _ => left.as_f64()?.partial_cmp(&right.as_f64()?),
    }
}

/// Two instants compare as instants, however each is written; other texts compare as texts.
fn compare_texts(left: &str, right: &str, zone: &dyn Fn() -> Zone) -> Ordering {
    // Two dates, or two texts in the same words, need no zone: their letters are in the right order.
    let both_dates = date(left).is_some() && date(right).is_some();
    if left == right || both_dates {
        return left.cmp(right);
    }
    match (instant_of_text(left, zone), instant_of_text(right, zone)) {
        (Some(left), Some(right)) => left.cmp(&right),
        _ => left.cmp(right),
    }
}

/// The instant that a value names: RFC 3339, or a date, which begins at midnight in the zone.
pub(super) fn instant(value: &Value, zone: &dyn Fn() -> Zone) -> Option<Timestamp> {
    instant_of_text(value.as_str()?, zone)
}

fn instant_of_text(text: &str, zone: &dyn Fn() -> Zone) -> Option<Timestamp> {
    match date(text) {
        Some(date) => Some(local_instant(&zone(), date.to_datetime(jiff::civil::Time::midnight()))),
        None if begins_with_year(text) => Timestamp::parse(text),
        None => None,
    }
}

/// Most texts are no instants, and this is quicker than reading them as one.
fn begins_with_year(text: &str) -> bool {
    text.len() > DATE_LEN
        && text.as_bytes()[4] == b'-'
        && text.bytes().take(4).all(|byte| byte.is_ascii_digit())
}

/// Reads `YYYY-MM-DD` and nothing else.
pub(crate) fn date(text: &str) -> Option<jiff::civil::Date> {
    let shape = text.len() == DATE_LEN
        && text
            .bytes()
            .enumerate()
            .all(|(n, byte)| if n == 4 || n == 7 { byte == b'-' } else { byte.is_ascii_digit() });
    if shape { text.parse().ok() } else { None }
}

/// The length of `YYYY-MM-DD`.
const DATE_LEN: usize = 10;

/// Whether something that was at `then` lies in a window that ends at `at`: it leaves exactly at `then + within`.
fn in_window(then: Timestamp, within: Option<Period>, at: Timestamp) -> bool {
    then <= at && within.is_none_or(|within| at < then + within)
}

fn measure_holds(measure: &Measure, summary: &Summary, facts: &Facts<'_>) -> bool {
    let number = |number: Number, tests: &[Test]| {
        let number = Value::Number(number);
        tests.iter().all(|test| test_holds(test, Some(&number), facts))
    };
    match measure {
        Measure::Count { tests, within } => number(summary.count_within(facts.at, *within).into(), tests),
        Measure::Sum { tests, within } => {
            // A sum of numbers from JSON overflows at worst; then no test of it passes.
            Number::from_f64(summary.sum_within(facts.at, *within)).is_some_and(|sum| number(sum, tests))
        }
        Measure::First(age) => {
            summary.first_at(facts.at).is_some_and(|first| age_holds(*age, first, facts.at))
        }
        Measure::Last(age) => summary.last_at(facts.at).is_some_and(|last| age_holds(*age, last, facts.at)),
    }
}

fn age_holds(age: Age, then: Timestamp, at: Timestamp) -> bool {
    match age {
        Age::Within(period) => at < then + period,
        Age::Before(period) => then + period <= at,
    }
}

/// The messages that a test is about.
pub(super) fn candidates<'a>(test: &'a MessageTest, facts: &Facts<'a>) -> impl Iterator<Item = &'a Message> {
    let run = only_of_run(test, facts);
    facts.contact.ledger.iter().filter(move |message| {
        is_about(test, message, run)
            && test.link.as_ref().is_none_or(|link| message.links.iter().any(|clicked| link.matches(clicked)))
    })
}

/// Whether news of a message that has just come is what a test asks for.
pub fn news_passes(
    test: &MessageTest,
    message: &Message,
    news: Engagement,
    link: Option<&str>,
    facts: &Facts<'_>,
) -> bool {
    test.outcome == news
        && is_about(test, message, only_of_run(test, facts))
        && test.link.as_ref().is_none_or(|pattern| link.is_some_and(|link| pattern.matches(link)))
}

/// The run whose messages alone are meant: a step of the run's own workflow means this run; a step of another workflow
/// means any of its runs.
fn only_of_run(test: &MessageTest, facts: &Facts<'_>) -> Option<RunId> {
    facts.run.filter(|run| {
        let own = facts.contact.runs.iter().find(|known| known.id == *run).map(|known| &known.workflow);
        test.step.is_some() && own.zip(test.workflow.as_ref()).is_none_or(|(own, asked)| own == asked)
    })
}

fn is_about(test: &MessageTest, message: &Message, run: Option<RunId>) -> bool {
    message.kind.is_send()
        && test.template.as_ref().is_none_or(|template| *template == message.template)
        && test.step.as_ref().is_none_or(|step| *step == message.step)
        && test.workflow.as_ref().is_none_or(|workflow| *workflow == message.workflow)
        && run.is_none_or(|run| run == message.run)
}

/// When what a test asks for happened to a message, if it did.
pub(super) fn engaged(test: &MessageTest, message: &Message) -> Option<Timestamp> {
    let by_state = match test.outcome {
        Engagement::Sent => matches!(message.state, MessageState::Sent),
        Engagement::Failed => matches!(
            message.state,
            MessageState::Failed { .. } | MessageState::Blocked { .. } | MessageState::Expired
        ),
        Engagement::Delivered
        | Engagement::Opened
        | Engagement::Clicked
        | Engagement::Replied
        | Engagement::Bounced
        | Engagement::Complained
        | Engagement::Unsubscribed => false,
    };
    message.engagement.get(&test.outcome).copied().or_else(|| by_state.then_some(message.state_at))
}

/// The contact's answer, or what stands in for it.
pub(super) fn answer(of: &ConsentOf, facts: &Facts<'_>) -> Answer {
    let consent = &facts.contact.consent;
    match of {
        ConsentOf::Channel(channel) => {
            consent.channels.get(channel).map_or(Answer::Subscribed, |given| given.answer)
        }
        ConsentOf::Category(category) => {
            let default = || {
                facts
                    .catalog
                    .policies
                    .categories
                    .get(category)
                    .map_or(Answer::Subscribed, |policy| policy.default)
            };
            if consent.unconfirmed.contains_key(category) {
                return Answer::Unsubscribed;
            }
            consent.categories.get(category).map_or_else(default, |given| given.answer)
        }
    }
}
