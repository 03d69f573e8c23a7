//! What a predicate asks and what it finds, in plain words.

use serde_json::{Map, Value};

use crate::behaviour::{Summary, SummaryId};
use crate::consent::{Answer, Given};
use crate::message::Message;
use crate::predicate::evaluate::{Facts, answer, candidates, engaged, share};
use crate::predicate::{
    Age, ConsentOf, Engagement, Measure, MessageTest, Predicate, PropertyTest, Test, TimeWindow,
};
use crate::time::{Period, Timestamp};
use crate::value::Operand;

/// The longest value that is shown, in characters; the rest is cut off with an ellipsis.
const VALUE_CHARS_MAX: usize = 120;

/// What is asked.
pub(super) fn asked(predicate: &Predicate, facts: &Facts<'_>) -> String {
    match predicate {
        Predicate::Always => "nothing is asked, so everybody is meant".to_owned(),
        Predicate::All(_) => "all of these hold".to_owned(),
        Predicate::Any(_) => "at least one of these holds".to_owned(),
        Predicate::Not(_) => "this does not hold".to_owned(),
        Predicate::Trait(test) => format!("the trait `{}` {}", test.path, tests(&test.tests, facts)),
        Predicate::Account(test) => {
            format!("`{}` of one of the contact's accounts {}", test.path, tests(&test.tests, facts))
        }
        Predicate::Trigger(test) => format!("the trigger's `{}` {}", test.path, tests(&test.tests, facts)),
        Predicate::Run(test) => {
            format!("the run's variable `{}` {}", test.path, tests(&test.tests, facts))
        }
        Predicate::List(list) => format!("the contact is on the list `{list}`"),
        Predicate::Tag(tag) => format!("the contact has the tag `{tag}`"),
        Predicate::Time(window) => format!("the local time is {}", window_words(window)),
        Predicate::Share { of_10_000, name } => {
            format!("the contact is in the share of {} percent that `{name}` draws", percent(*of_10_000))
        }
        Predicate::Behaviour { summary, measure } => behaviour_asked(summary, measure, facts),
        Predicate::Message(test) => message_asked(test),
        Predicate::Segment(segment) => format!("the contact is in the segment `{segment}`"),
        Predicate::Consent { of, is } => format!("consent for {} is {}", of_words(of), answer_word(*is)),
    }
}

/// What was found; none where the parts say it.
pub(super) fn found(predicate: &Predicate, facts: &Facts<'_>) -> Option<String> {
    let contact = facts.contact;
    let yes_no = |yes: bool| Some(if yes { "it has" } else { "it has not" }.to_owned());
    match predicate {
        Predicate::Always | Predicate::All(_) | Predicate::Any(_) | Predicate::Not(_) => None,
        Predicate::Trait(test) => Some(value_found(test, Some(&contact.traits))),
        Predicate::Account(test) => Some(accounts_found(test, facts)),
        Predicate::Trigger(test) => Some(value_found(test, facts.trigger)),
        Predicate::Run(test) => Some(value_found(test, facts.variables)),
        Predicate::List(list) => Some(match contact.lists.get(list) {
            Some(since) => format!("on it since {since}"),
            None => "not on it".to_owned(),
        }),
        Predicate::Tag(tag) => yes_no(contact.tags.contains(tag)),
        Predicate::Time(window) => {
            let zone = facts.zone_of(&window.zone);
            let local = zone.local(facts.at);
            let day = crate::zone::Weekday::of(local.date()).name();
            let (hour, minute) = (local.hour(), local.minute());
            Some(format!("it is {day}, {hour:02}:{minute:02} in {}", zone.name()))
        }
        Predicate::Share { name, .. } => {
            Some(format!("its place in the draw is at {} percent", percent(share(facts, name) as u32)))
        }
        Predicate::Behaviour { summary, measure } => Some(behaviour_found(summary, measure, facts)),
        Predicate::Message(test) => Some(message_found(test, facts)),
        Predicate::Segment(segment) => Some(match contact.segments.get(segment) {
            Some(since) => format!("in it since {since}"),
            None => "not in it".to_owned(),
        }),
        Predicate::Consent { of, .. } => Some(consent_found(of, facts)),
    }
}

fn accounts_found(test: &PropertyTest, facts: &Facts<'_>) -> String {
    let accounts = &facts.contact.accounts;
    let of = accounts.iter().map(|(name, membership)| {
        format!("`{name}`: {}", value_words(facts.account_trait_at(membership, &test.path)))
    });
    let of: Vec<String> = of.collect();
    if of.is_empty() { "a member of no account".to_owned() } else { of.join("; ") }
}

fn value_found(test: &PropertyTest, object: Option<&Map<String, Value>>) -> String {
    value_words(object.and_then(|object| test.path.get(object)))
}

fn value_words(value: Option<&Value>) -> String {
    match value.filter(|value| !value.is_null()) {
        Some(value) => format!("it is {}", shown(value)),
        None => "it is missing".to_owned(),
    }
}

/// A value as it is written in JSON, cut to what fits into a sentence.
fn shown(value: &Value) -> String {
    let text = value.to_string();
    if text.chars().count() <= VALUE_CHARS_MAX {
        return text;
    }
    text.chars().take(VALUE_CHARS_MAX - 1).chain(['…']).collect()
}

fn operand(operand: &Operand, facts: &Facts<'_>) -> String {
    let named = |what: &str| {
        let value = facts.operand(operand).map_or_else(|| "missing".to_owned(), shown);
        format!("{what} ({value})")
    };
    match operand {
        Operand::Literal(value) => shown(value),
        Operand::Trigger(path) => named(&format!("the trigger's `{path}`")),
        Operand::Contact(path) => named(&format!("the trait `{path}`")),
        Operand::Run(path) => named(&format!("the run's variable `{path}`")),
        Operand::Event(path) => named(&format!("the event's `{path}`")),
    }
}

/// The tests of a value, after its name: `is at least 5 and is less than 9`.
fn tests(tests: &[Test], facts: &Facts<'_>) -> String {
    let words: Vec<String> = tests.iter().map(|test| test_words(test, facts)).collect();
    if words.is_empty() { "is anything".to_owned() } else { words.join(" and ") }
}

fn test_words(test: &Test, facts: &Facts<'_>) -> String {
    let one = |of: &Operand| operand(of, facts);
    let many = |of: &[Operand]| of.iter().map(one).collect::<Vec<_>>().join(", ");
    match test {
        Test::Eq(of) => format!("is {}", one(of)),
        Test::Ne(of) => format!("is not {}", one(of)),
        Test::Gt(of) => format!("is more than {}", one(of)),
        Test::Gte(of) => format!("is at least {}", one(of)),
        Test::Lt(of) => format!("is less than {}", one(of)),
        Test::Lte(of) => format!("is at most {}", one(of)),
        Test::In(of) => format!("is one of {}", many(of)),
        Test::NotIn(of) => format!("is none of {}", many(of)),
        Test::Contains(of) => format!("contains {}", one(of)),
        Test::StartsWith(of) => format!("begins with {}", one(of)),
        Test::EndsWith(of) => format!("ends with {}", one(of)),
        Test::Matches(pattern) => format!("matches the address pattern `{}`", pattern.as_str()),
        Test::Exists(true) => "is known".to_owned(),
        Test::Exists(false) => "is missing".to_owned(),
        Test::WithinLast(period) => format!("lies within the last {period}"),
        Test::WithinNext(period) => format!("lies within the next {period}"),
    }
}

/// Hundredths of a percent as a percentage.
fn percent(of_10_000: u32) -> String {
    let (whole, rest) = (of_10_000 / 100, of_10_000 % 100);
    if rest == 0 { whole.to_string() } else { format!("{whole}.{rest:02}").trim_end_matches('0').to_owned() }
}

fn window_words(window: &TimeWindow) -> String {
    let days: Vec<&str> = window.days.iter().map(|day| day.name()).collect();
    let days = if days.is_empty() { String::new() } else { format!(" on {}", days.join(", ")) };
    format!("from {} to {}{days}", window.from, window.to)
}

/// The events of a summary: `Order Completed where total is at least 50`.
fn events(summary: &SummaryId, facts: &Facts<'_>) -> String {
    let Some(definition) = facts.catalog.summaries.get(summary) else {
        return "events that no published rule counts".to_owned();
    };
    let filter: Vec<String> = definition
        .filter
        .iter()
        .map(|property| format!("`{}` {}", property.path, tests(&property.tests, facts)))
        .collect();
    let filter = if filter.is_empty() { String::new() } else { format!(" where {}", filter.join(" and ")) };
    format!("`{}`{filter}", definition.event)
}

fn within_words(within: Option<Period>) -> String {
    within.map(|within| format!(" within {within}")).unwrap_or_default()
}

fn behaviour_asked(summary: &SummaryId, measure: &Measure, facts: &Facts<'_>) -> String {
    let events = events(summary, facts);
    let age = |age: &Age| match age {
        Age::Within(period) => format!("less than {period} ago"),
        Age::Before(period) => format!("at least {period} ago"),
    };
    match measure {
        Measure::Count { tests: asked, within } => {
            let within = within_words(*within);
            format!("the number of {events}{within} {}", tests(asked, facts))
        }
        Measure::Sum { tests: asked, within } => {
            let definition = facts.catalog.summaries.get(summary);
            let value = definition.and_then(|definition| definition.value.as_ref());
            let value = value.map(|value| format!("`{value}` of ")).unwrap_or_default();
            format!("the sum of {value}{events}{} {}", within_words(*within), tests(asked, facts))
        }
        Measure::First(asked) => format!("the first {events} was {}", age(asked)),
        Measure::Last(asked) => format!("the last {events} was {}", age(asked)),
    }
}

fn behaviour_found(summary: &SummaryId, measure: &Measure, facts: &Facts<'_>) -> String {
    let none = Summary::default();
    let summary = facts.contact.summaries.get(summary).unwrap_or(&none);
    let then = |then: Option<Timestamp>| then.map_or_else(|| "never".to_owned(), |then| format!("at {then}"));
    match measure {
        Measure::Count { within, .. } => format!("it is {}", summary.count_within(facts.at, *within)),
        Measure::Sum { within, .. } => format!("it is {}", summary.sum_within(facts.at, *within)),
        Measure::First(_) => then(summary.first_at(facts.at)),
        Measure::Last(_) => then(summary.last_at(facts.at)),
    }
}

/// What happened to a message, after "was".
fn engagement_words(engagement: Engagement) -> &'static str {
    match engagement {
        Engagement::Sent => "was sent",
        Engagement::Delivered => "was delivered",
        Engagement::Opened => "was opened",
        Engagement::Clicked => "was clicked",
        Engagement::Replied => "was answered",
        Engagement::Bounced => "bounced",
        Engagement::Complained => "was called spam",
        Engagement::Unsubscribed => "led to an unsubscription",
        Engagement::Failed => "failed",
    }
}

fn message_asked(test: &MessageTest) -> String {
    let template = test.template.as_ref().map(|template| format!(" of the template `{template}`"));
    let step = test.step.as_ref().map(|step| format!(" of the step `{step}`"));
    let workflow = test.workflow.as_ref().map(|workflow| format!(" of the workflow `{workflow}`"));
    let about: String = [template, step, workflow].into_iter().flatten().collect();
    let link = test.link.as_ref().map(|link| format!(" on a link like `{}`", link.as_str()));
    format!(
        "a message{about} {}{}{}",
        engagement_words(test.outcome),
        link.unwrap_or_default(),
        within_words(test.within)
    )
}

fn message_found(test: &MessageTest, facts: &Facts<'_>) -> String {
    let about: Vec<&Message> = candidates(test, facts).collect();
    let last = about.iter().filter_map(|message| engaged(test, message)).max();
    match (last, about.len()) {
        (Some(then), _) => format!("the last one at {then}"),
        (None, 0) => "there is no such message".to_owned(),
        (None, 1) => "there is one such message, and that did not happen to it".to_owned(),
        (None, n) => format!("there are {n} such messages, and that happened to none of them"),
    }
}

fn of_words(of: &ConsentOf) -> String {
    match of {
        ConsentOf::Channel(channel) => format!("the channel `{channel}`"),
        ConsentOf::Category(category) => format!("the category `{category}`"),
    }
}

fn answer_word(answer: Answer) -> &'static str {
    match answer {
        Answer::Subscribed => "subscribed",
        Answer::Unsubscribed => "unsubscribed",
    }
}

fn consent_found(of: &ConsentOf, facts: &Facts<'_>) -> String {
    let consent = &facts.contact.consent;
    let given: Option<&Given> = match of {
        ConsentOf::Channel(channel) => consent.channels.get(channel),
        ConsentOf::Category(category) => consent.categories.get(category),
    };
    match given {
        Some(given) => format!("{} since {} ({})", answer_word(given.answer), given.at, given.source),
        None => format!("never answered, which counts as {}", answer_word(answer(of, facts))),
    }
}
