//! What each day brought, for reports: beside the counters that the domain keeps, the same by the workspace's calendar.
//!
//! Nothing decides by them, so they are made here, of what was decided.

use std::collections::BTreeMap;

use jiff::civil::Date;
use wend_domain::advance::BY_DAY;
use wend_domain::effect::Effect;
use wend_domain::id::WorkflowName;
use wend_domain::record::{Decision, Line};

/// What counters of values are multiplied with: they are whole numbers.
pub const VALUE_SCALE: f64 = 100.0;

/// The largest value of one goal that is added up, before scaling; beyond it somebody sent nonsense.
const VALUE_MAX: f64 = 1e12;

/// The counters of the domain that are kept by day too, by what they begin with.
const COUNTED: [&str; 2] = ["entered:", "message:"];

/// Notes what an input brought on its day.
pub(super) fn note(
    counters: &mut BTreeMap<String, i64>,
    day: impl Fn() -> Date,
    effects: &[Effect],
    record: &[Line],
) {
    let mut add = |what: String, by: i64| {
        *counters.entry(format!("{BY_DAY}{}.{what}", day())).or_default() += by;
    };
    let counts = || {
        effects.iter().filter_map(|effect| match effect {
            Effect::Count { counter, by } => Some((counter.as_str(), *by)),
            _ => None,
        })
    };
    for (counter, by) in counts().filter(|(counter, _)| is_counted(counter)) {
        add(counter.to_owned(), by);
    }
    for Line { workflow, decision, .. } in record {
        let Some((workflow, _)) = workflow else { continue };
        match decision {
            Decision::GoalReached { goal, value } => {
                let counter = goal_counter(workflow, goal);
                // The goals of those who are held out are counted under other names.
                if counts().any(|(other, _)| other == counter) {
                    if let Some(value) = value.filter(|value| value.abs() <= VALUE_MAX) {
                        #[expect(clippy::cast_possible_truncation, reason = "the value is bounded above")]
                        let scaled = (value * VALUE_SCALE).round() as i64;
                        add(format!("value:{workflow}:{goal}"), scaled);
                    }
                    add(counter, 1);
                }
            }
            Decision::Engaged { what } => add(format!("engaged:{workflow}:{what}"), 1),
            _ => {}
        }
    }
}

fn goal_counter(workflow: &WorkflowName, goal: &str) -> String {
    format!("goal:{workflow}:{goal}")
}

/// Whether a counter is one of all versions together, without those who are held out.
fn is_counted(counter: &str) -> bool {
    let Some(prefix) = COUNTED.into_iter().find(|prefix| counter.starts_with(prefix)) else { return false };
    let n_parts = counter[prefix.len()..].split(':').count();
    if prefix == "message:" { n_parts == 2 } else { n_parts == 1 }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use serde_json::json;

    use super::*;

    fn count(counter: &str) -> Effect {
        Effect::Count { counter: counter.to_owned(), by: 1 }
    }

    fn line(decision: serde_json::Value) -> Line {
        serde_json::from_value(decision).expect("a line of a record")
    }

    #[test]
    fn entries_messages_goals_values_and_engagement_are_kept_by_day_and_ghosts_are_not() {
        let mut counters = BTreeMap::new();
        let effects = [
            count("entered:welcome"),
            count("entered:welcome:v2"),
            count("entered:welcome:ghost"),
            count("message:welcome:sent"),
            count("refused:welcome:audience"),
            count("goal:welcome:first: order"),
        ];
        let reached = |goal: &str| {
            line(json!({ "rule": "5.2", "workflow": ["welcome", 2], "decision": "goal_reached",
                         "goal": goal, "value": 11.77 }))
        };
        let opened = line(
            json!({ "rule": "6.1", "workflow": ["welcome", 2], "decision": "engaged", "what": "opened" }),
        );
        let record = [reached("first: order"), reached("of a ghost"), opened];
        note(&mut counters, || date(2026, 11, 22), &effects, &record);
        let kept: Vec<_> = counters.iter().map(|(name, n)| format!("{name} {n}")).collect();
        assert_eq!(
            kept,
            [
                "day.2026-11-22.engaged:welcome:opened 1",
                "day.2026-11-22.entered:welcome 1",
                "day.2026-11-22.goal:welcome:first: order 1",
                "day.2026-11-22.message:welcome:sent 1",
                "day.2026-11-22.value:welcome:first: order 1177",
            ]
        );
    }
}
