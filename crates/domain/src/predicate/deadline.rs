//! When the passing of time alone may change an answer (SEMANTICS 6.2).

#[cfg(test)]
mod tests;

use super::evaluate::{candidates, engaged, instant};
use super::{Age, Facts, Measure, Predicate, PropertyTest, Test};
use crate::behaviour::Summary;
use crate::time::{Period, Timestamp};

/// The earliest instant after `facts.at` at which the answer to a predicate may differ if nothing else happens.
///
/// It may name an instant at which the answer turns out to be the same, never miss one at which it differs. What
/// a summary has [unread](Summary::unread) must be opened first: it has no deadline here.
pub fn next_change(predicate: &Predicate, facts: &Facts<'_>) -> Option<Timestamp> {
    match predicate {
        Predicate::All(inner) | Predicate::Any(inner) => {
            inner.iter().filter_map(|predicate| next_change(predicate, facts)).min()
        }
        Predicate::Not(inner) => next_change(inner, facts),
        Predicate::Trait(test) => next_of_tests(test, &facts.contact.traits, facts),
        Predicate::Trigger(test) => next_of_tests(test, facts.trigger?, facts),
        Predicate::Run(test) => next_of_tests(test, facts.variables?, facts),
        Predicate::Account(test) => {
            let accounts = facts.contact.accounts.values();
            accounts.filter_map(|membership| next_of_tests(test, &membership.traits, facts)).min()
        }
        Predicate::Time(window) => window.next_change(facts.at, &facts.zone_of(&window.zone)),
        Predicate::Behaviour { summary, measure } => {
            next_of_measure(measure, facts.contact.summaries.get(summary)?, facts.at)
        }
        Predicate::Message(test) => earliest_after(
            facts.at,
            candidates(test, facts)
                .filter_map(|message| engaged(test, message))
                .flat_map(|then| edges(then, test.within)),
        ),
        Predicate::Always
        | Predicate::Segment(_)
        | Predicate::Consent { .. }
        | Predicate::List(_)
        | Predicate::Tag(_)
        | Predicate::Share { .. } => None,
    }
}

/// The instants at which something enters and leaves a window.
fn edges(then: Timestamp, within: Option<Period>) -> impl Iterator<Item = Timestamp> {
    [Some(then), within.map(|within| then + within)].into_iter().flatten()
}

fn earliest_after(at: Timestamp, instants: impl Iterator<Item = Timestamp>) -> Option<Timestamp> {
    instants.filter(|instant| *instant > at).min()
}

fn next_of_tests(
    test: &PropertyTest,
    object: &serde_json::Map<String, serde_json::Value>,
    facts: &Facts<'_>,
) -> Option<Timestamp> {
    let moving = |test: &Test| matches!(test, Test::WithinLast(_) | Test::WithinNext(_));
    if !test.tests.iter().any(moving) {
        return None;
    }
    let then = instant(test.path.get(object)?, &|| facts.zone())?;
    let edges = test.tests.iter().filter_map(|test| match test {
        Test::WithinLast(period) => Some([then, then + *period]),
        Test::WithinNext(period) => Some([then - *period, then]),
        Test::Eq(_)
        | Test::Ne(_)
        | Test::Gt(_)
        | Test::Gte(_)
        | Test::Lt(_)
        | Test::Lte(_)
        | Test::In(_)
        | Test::NotIn(_)
        | Test::Contains(_)
        | Test::StartsWith(_)
        | Test::EndsWith(_)
        | Test::Matches(_)
        | Test::Exists(_) => None,
    });
    earliest_after(facts.at, edges.flatten())
}

fn next_of_measure(measure: &Measure, summary: &Summary, at: Timestamp) -> Option<Timestamp> {
    // Whatever is asked, the next occurrence that is known but still to come may change it.
    let to_come = summary.next_at(at);
    let age = |then: Option<Timestamp>, age: &Age| {
        let (Age::Within(period) | Age::Before(period)) = age;
        then.map(|then| then + *period)
    };
    let leaves = match measure {
        Measure::Count { within, .. } | Measure::Sum { within, .. } => {
            within.and_then(|within| Some(summary.first_within(at, within)? + within))
        }
        Measure::First(test) => age(summary.first_at(at), test),
        Measure::Last(test) => age(summary.last_at(at), test),
    };
    earliest_after(at, [to_come, leaves].into_iter().flatten())
}
