//! Conditions.

use super::names::Reading;
use super::operand::{Data, filter, path_of, period_of, tests, url_pattern};
use super::steps::time_window;
use super::summaries::Summaries;
use super::types::{self, Of};
use crate::consent::Answer;
use crate::id::{Category, EventName, ListName, SegmentName, StepId, TemplateName, WorkflowName};
use crate::pattern::UrlPattern;
use crate::predicate::{Age, ConsentOf, Engagement, Measure, MessageTest, Predicate, PropertyTest, Test};
use crate::source::codes;
use crate::source::grammar::predicate::PREDICATE;
use crate::source::yaml::{Node, Place};
use crate::value::Operand;

/// The word that stands for messages of any template.
const ANY_TEMPLATE: &str = "any";

/// Where a condition stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Where<'a> {
    /// Which data there are.
    pub data: Data,
    /// The workflow whose run is asked; none in a segment.
    pub workflow: Option<&'a str>,
    /// What names a random share that isn't given a name: where it stands.
    pub draw: &'a str,
}

/// Compiles the condition of a key; [`Predicate::Always`] if it isn't there.
pub(super) fn predicate_of(
    reading: &mut Reading<'_>,
    summaries: &mut Summaries,
    node: Option<&Node>,
    at: Where<'_>,
) -> Predicate {
    node.map_or(Predicate::Always, |node| predicate(reading, summaries, node, at))
}

/// Compiles a condition; what has the wrong shape was said before and becomes [`Predicate::Always`].
pub(super) fn predicate(
    reading: &mut Reading<'_>,
    summaries: &mut Summaries,
    node: &Node,
    at: Where<'_>,
) -> Predicate {
    let Some(entry) = PREDICATE.exactly_one.iter().find_map(|key| node.entry(key)) else {
        return Predicate::Always;
    };
    let value = &entry.value;
    let text = value.text().unwrap_or_default();
    match entry.key.as_str() {
        "trait" => {
            types::tests(reading, Of::Contact, text, node);
            property(reading, node, text, at, value.place).map_or(Predicate::Always, Predicate::Trait)
        }
        "account" => {
            types::tests(reading, Of::Account, text, node);
            property(reading, node, text, at, value.place).map_or(Predicate::Always, |test| {
                summaries.ask_account(test.path.root());
                Predicate::Account(test)
            })
        }
        "trigger" => {
            if !at.data.trigger {
                let message = "a segment has no trigger whose data it could ask";
                reading.say(&codes::BAD_REFERENCE, entry.place, message).fix =
                    Some("ask a trait, or move the condition into the workflow".to_owned());
            }
            property(reading, node, text, at, value.place).map_or(Predicate::Always, Predicate::Trigger)
        }
        "run" => {
            if !at.data.run {
                no_run(reading, entry.place, at);
            }
            property(reading, node, text, at, value.place).map_or(Predicate::Always, Predicate::Run)
        }
        "list" => Predicate::List(ListName::from(text)),
        "tag" => Predicate::Tag(text.to_owned()),
        "time" => time_window(reading, value).map_or(Predicate::Always, Predicate::Time),
        "share" => share(reading, node, value, at),
        "event" => behaviour(reading, summaries, node, text, at).unwrap_or(Predicate::Always),
        "message" => {
            message(reading, node, text, at, value.place).map_or(Predicate::Always, Predicate::Message)
        }
        "segment" => {
            reading.segment(text, value.place);
            Predicate::Segment(SegmentName::from(text))
        }
        "consent" => {
            Predicate::Consent { of: consent_of(reading, text, value.place), is: answer(node.text_of("is")) }
        }
        "not" => Predicate::Not(Box::new(predicate(reading, summaries, value, at))),
        joined => {
            if value.items().is_empty() {
                let always = if joined == "all" { "always" } else { "never" };
                let message = format!("`{joined}` of nothing {always} holds");
                reading.say(&codes::EMPTY, value.place, message).fix =
                    Some("name at least one condition, or leave it out".to_owned());
            }
            let inner = value.items().iter().map(|item| predicate(reading, summaries, item, at)).collect();
            if joined == "all" { Predicate::All(inner) } else { Predicate::Any(inner) }
        }
    }
}

/// Says that there is no run whose variables could be asked.
fn no_run(reading: &mut Reading<'_>, place: Place, at: Where<'_>) {
    let (message, fix) = if at.data.trigger {
        ("there is no run yet whose variables it could ask", "ask the trigger's data with `trigger:`")
    } else {
        ("a segment has no run whose variables it could ask", "ask a trait")
    };
    reading.say(&codes::BAD_REFERENCE, place, message).fix = Some(fix.to_owned());
}

fn property(
    reading: &mut Reading<'_>,
    node: &Node,
    text: &str,
    at: Where<'_>,
    place: Place,
) -> Option<PropertyTest> {
    let path = crate::value::Path::parse(text)?;
    let tests = tests(reading, node, at.data);
    if node.entries().len() == 1 {
        reading.say(&codes::EMPTY, place, format!("nothing is asked of `{text}`")).fix =
            Some("add a test: `eq: …`, `gte: …` or `exists: true`".to_owned());
    }
    Some(PropertyTest { path, tests })
}

/// The hundredths of a percent that there are.
const SHARES: f64 = 10_000.0;

fn share(reading: &mut Reading<'_>, node: &Node, value: &Node, at: Where<'_>) -> Predicate {
    let percent = value.to_json().as_f64().unwrap_or(0.0);
    let of_10_000 = (percent / 100.0 * SHARES).round();
    if !(1.0..SHARES).contains(&of_10_000) {
        let message = format!(
            "a share of {percent} percent is {}",
            if percent >= 100.0 { "everybody" } else { "nobody" }
        );
        reading.say(&codes::OUT_OF_RANGE, value.place, message).fix =
            Some("write a share between 0.01 and 99.99, in percent".to_owned());
    }
    let name = node.text_of("of").unwrap_or(at.draw).to_owned();
    Predicate::Share { of_10_000: of_10_000 as u32, name }
}

/// Reads an answer of consent.
pub(super) fn answer(text: Option<&str>) -> Answer {
    if text == Some("unsubscribed") { Answer::Unsubscribed } else { Answer::Subscribed }
}

/// A question of consent: a name that is a channel means the channel.
pub(super) fn consent_of(reading: &mut Reading<'_>, text: &str, place: Place) -> ConsentOf {
    if reading.names.channels.contains(text) {
        ConsentOf::Channel(crate::id::Channel::from(text))
    } else {
        reading.category(text, place);
        ConsentOf::Category(Category::from(text))
    }
}

/// The keys of which one at most says what is measured.
const MEASURES: [&str; 5] = ["count", "sum", "first", "last", "never"];

fn behaviour(
    reading: &mut Reading<'_>,
    summaries: &mut Summaries,
    node: &Node,
    event: &str,
    at: Where<'_>,
) -> Option<Predicate> {
    let given: Vec<_> =
        node.entries().iter().filter(|entry| MEASURES.contains(&entry.key.as_str())).collect();
    if let [first, second, ..] = given.as_slice() {
        let message = format!("`{}` and `{}` cannot both be asked at once", first.key, second.key);
        reading.say(&codes::ONE_OF, second.place, message).fix =
            Some("make two conditions of it, under `all:`".to_owned());
    }
    let filter = filter(reading, node.get("where"), Data::LITERALS);
    let within = period_of(node, "within");
    let mut value = None;
    let measure = match given.first() {
        None => Measure::Count { tests: vec![Test::Gte(Operand::Literal(1.into()))], within },
        Some(entry) => match entry.key.as_str() {
            "never" => Measure::Count { tests: vec![Test::Eq(Operand::Literal(0.into()))], within },
            "count" => Measure::Count { tests: number_tests(reading, &entry.value, at, "a count"), within },
            "sum" => {
                value = path_of(&entry.value, "of");
                Measure::Sum { tests: number_tests(reading, &entry.value, at, "a sum"), within }
            }
            name => {
                if let Some(within) = node.entry("within") {
                    let message = format!(
                        "`within` beside `{name}` says nothing: the first and the last are asked ever"
                    );
                    reading.say(&codes::ONLY_WITH, within.place, message).fix =
                        Some(format!("write `{name}: {{ within: … }}`"));
                }
                let age = age(&entry.value)?;
                if name == "first" { Measure::First(age) } else { Measure::Last(age) }
            }
        },
    };
    let summary = summaries.ask(EventName::from(event), filter, value, &measure);
    Some(Predicate::Behaviour { summary, measure })
}

fn age(node: &Node) -> Option<Age> {
    period_of(node, "within").map(Age::Within).or_else(|| period_of(node, "before").map(Age::Before))
}

/// Tests of a number: those that ask something else are refused.
fn number_tests(reading: &mut Reading<'_>, node: &Node, at: Where<'_>, what: &str) -> Vec<Test> {
    let tests = tests(reading, node, at.data);
    if tests.is_empty() && reading.diagnostics.iter().all(|d| d.line != node.place.line) {
        reading.say(&codes::EMPTY, node.place, format!("nothing is asked of {what}")).fix =
            Some("add a test: `{ gte: 1 }`".to_owned());
    }
    for test in &tests {
        let fits = |operand: &Operand| !matches!(operand, Operand::Literal(value) if !value.is_number());
        let good = match test {
            Test::Eq(o) | Test::Ne(o) | Test::Gt(o) | Test::Gte(o) | Test::Lt(o) | Test::Lte(o) => fits(o),
            Test::In(operands) | Test::NotIn(operands) => operands.iter().all(fits),
            Test::Contains(_)
            | Test::StartsWith(_)
            | Test::EndsWith(_)
            | Test::Matches(_)
            | Test::Exists(_)
            | Test::WithinLast(_)
            | Test::WithinNext(_) => false,
        };
        if !good {
            reading
                .say(&codes::BAD_VALUE, node.place, format!("{what} is a number and cannot pass this test"))
                .fix =
                Some("use `eq`, `ne`, `gt`, `gte`, `lt`, `lte`, `in` or `not_in` with numbers".to_owned());
        }
    }
    tests
}

/// A question about messages of a template, or of any: `node` has its other keys.
pub(super) fn message(
    reading: &mut Reading<'_>,
    node: &Node,
    template: &str,
    at: Where<'_>,
    place: Place,
) -> Option<MessageTest> {
    // A reply has a key of its own.
    let outcome = if node.get("reply").is_some() { "replied" } else { node.text_of("is")? };
    let outcome = Engagement::named(outcome)?;
    let any = template == ANY_TEMPLATE && !reading.names.templates.contains_key(ANY_TEMPLATE);
    if !any {
        reading.template(template, place);
    }
    let workflow = node.get("workflow");
    if let Some(workflow) = workflow {
        reading.workflow(workflow.text().unwrap_or_default(), workflow.place);
    }
    if let Some(step) = node.get("step") {
        message_step(reading, step, workflow.and_then(Node::text).or(at.workflow));
    }
    Some(MessageTest {
        template: (!any).then(|| TemplateName::from(template)),
        step: node.text_of("step").map(StepId::from),
        workflow: node.text_of("workflow").map(WorkflowName::from),
        outcome,
        link: link(reading, node, outcome),
        within: period_of(node, "within"),
    })
}

fn link(reading: &mut Reading<'_>, node: &Node, outcome: Engagement) -> Option<UrlPattern> {
    let entry = node.entry("link")?;
    if outcome != Engagement::Clicked {
        reading.say(&codes::ONLY_WITH, entry.place, "`link` stands only beside `is: clicked`").fix =
            Some("write `is: clicked`, or remove `link:`".to_owned());
    }
    url_pattern(&entry.value)
}

fn message_step(reading: &mut Reading<'_>, step: &Node, workflow: Option<&str>) {
    let names = reading.names;
    let Some(workflow) = workflow else {
        reading
            .say(&codes::UNKNOWN_STEP, step.place, "a segment doesn't know which workflow's step is meant")
            .fix = Some("add `workflow:`".to_owned());
        return;
    };
    let id = step.text().unwrap_or_default();
    if let Some(known) = names.workflows.get(workflow).filter(|known| !known.contains(id) && !reading.lenient)
    {
        let fix = crate::source::suggest::did_you_mean(id, known.iter().map(String::as_str));
        let message = format!("the workflow `{workflow}` has no step `{id}`");
        reading.say(&codes::UNKNOWN_STEP, step.place, message).fix = fix;
    }
}
