//! Whether it was as expected.

use wend_domain::catalog::Catalog;
use wend_domain::id::{SegmentName, TemplateName, WorkflowName};
use wend_domain::predicate::{Facts, show, test_holds};
use wend_domain::time::Timestamp;

use super::Expected;
use super::play::Played;
use super::script::{Ended, Script, What};
use super::timeline::RunSeen;

/// Judges every expectation.
pub(super) fn judge(catalog: &Catalog, script: &Script, played: &Played) -> Vec<Expected> {
    script
        .expectations
        .iter()
        .map(|expectation| {
            let (what, instead) = one(catalog, script, played, &expectation.what);
            Expected { line: expectation.line, what, instead }
        })
        .collect()
}

/// What is expected in words, and what was there instead.
fn one(catalog: &Catalog, script: &Script, played: &Played, what: &What) -> (String, Option<String>) {
    let sent = &played.timeline.sent;
    match what {
        What::Run { workflow, ended, at_step, value } => {
            run(played, workflow, ended.as_ref(), at_step.as_deref(), *value)
        }
        What::Sent { template, at, after, before } => {
            let mut said = format!("sent {template}");
            for (word, instant) in [("at", at), ("from", after), ("before", before)] {
                if let Some(instant) = instant {
                    said.push_str(&[" ", word, " ", &moment(script, *instant)].concat());
                }
            }
            let fits = |then: Timestamp| {
                at.is_none_or(|at| then == at)
                    && after.is_none_or(|after| after <= then)
                    && before.is_none_or(|before| then < before)
            };
            let times: Vec<Timestamp> = times_of(sent, template);
            let instead = match times.is_empty() {
                true => Some("it was not sent".to_owned()),
                false if times.iter().any(|then| fits(*then)) => None,
                false => Some(format!("it was sent at {}", moments(script, &times))),
            };
            (said, instead)
        }
        What::NotSent(template) => {
            let times = times_of(sent, template);
            let instead = (!times.is_empty()).then(|| format!("it was sent at {}", moments(script, &times)));
            (format!("{template} not sent"), instead)
        }
        What::Blocked { template, rule } => {
            let rules: Vec<&str> = played
                .timeline
                .stopped
                .iter()
                .filter(|(_, stopped, _)| stopped == template)
                .map(|(_, _, rule)| rule.as_str())
                .collect();
            let said = rule.as_ref().map_or_else(String::new, |rule| format!(" by {rule}"));
            let instead = match rule {
                _ if rules.is_empty() => Some("it was not stopped".to_owned()),
                Some(rule) if !rules.contains(&rule.as_str()) => {
                    Some(format!("it was stopped by {}", rules.join(", ")))
                }
                _ => None,
            };
            (format!("{template} stopped{said}"), instead)
        }
        What::Messages(expected) => {
            let all: Vec<&TemplateName> = sent.iter().map(|(_, template)| template).collect();
            let instead = (all != expected.iter().collect::<Vec<_>>())
                .then(|| format!("what was sent is: {}", list(&all)));
            (format!("messages: {}", list(&expected.iter().collect::<Vec<_>>())), instead)
        }
        What::Trait { path, tests, said } => {
            let contact = &played.contact;
            let facts = Facts { catalog, contact, at: contact.at, trigger: None, run: None, event: None };
            let value = path.get(&contact.traits);
            let holds = tests.iter().all(|test| test_holds(test, value, &facts));
            (format!("trait {path} {said}"), (!holds).then(|| format!("it is {}", show(value))))
        }
        What::Segment(name) => {
            let inside = played.contact.segments.contains_key(&SegmentName::from(name.as_str()));
            (format!("in segment {name}"), (!inside).then(|| "the contact is not in it".to_owned()))
        }
    }
}

fn run(
    played: &Played,
    workflow: &WorkflowName,
    ended: Option<&Ended>,
    at_step: Option<&str>,
    value: Option<f64>,
) -> (String, Option<String>) {
    let ended_said = match ended {
        None => String::new(),
        Some(Ended::Live) => " live".to_owned(),
        Some(Ended::Somehow) => " ended".to_owned(),
        Some(Ended::For(reason)) => format!(" ended: {}", reason.as_str()),
    };
    let step_said = at_step.map_or_else(String::new, |step| format!(" at step {step}"));
    let value_said = value.map_or_else(String::new, |value| format!(" worth {value}"));
    let said = format!("run {workflow}{ended_said}{step_said}{value_said}");
    let step_of = |run: &RunSeen| {
        let live = played.contact.runs.iter().find(|live| live.id == run.id);
        live.map(|live| live.state.step().to_string())
    };
    let fits = |run: &RunSeen| {
        let ended_fits = match ended {
            None => true,
            Some(Ended::Live) => run.ended.is_none(),
            Some(Ended::Somehow) => run.ended.is_some(),
            Some(Ended::For(reason)) => run.ended == Some(*reason),
        };
        ended_fits
            && at_step.is_none_or(|step| step_of(run).as_deref() == Some(step))
            && value.is_none_or(|value| run.values.contains(&Some(value)))
    };
    let runs: Vec<&RunSeen> = played.timeline.runs.iter().filter(|run| run.workflow == *workflow).collect();
    if runs.iter().any(|run| fits(run)) {
        return (said, None);
    }
    let told: Vec<String> = runs
        .iter()
        .map(|run| {
            let state = match (run.ended, step_of(run)) {
                (Some(reason), _) => format!("ended: {}", reason.as_str()),
                (None, Some(step)) => format!("live at step {step}"),
                (None, None) => "live".to_owned(),
            };
            let values: Vec<String> =
                run.values.iter().flatten().map(|value| format!(", worth {value}")).collect();
            format!("{state}{}", values.concat())
        })
        .collect();
    let instead = if told.is_empty() {
        "the contact never entered it".to_owned()
    } else {
        format!("it is {}", told.join("; "))
    };
    (said, Some(instead))
}

fn times_of(sent: &[(Timestamp, TemplateName)], template: &TemplateName) -> Vec<Timestamp> {
    sent.iter().filter(|(_, other)| other == template).map(|(at, _)| *at).collect()
}

/// An instant, and how long after the beginning it is.
fn moment(script: &Script, at: Timestamp) -> String {
    format!("{at} (+{})", at.since(script.start))
}

fn moments(script: &Script, times: &[Timestamp]) -> String {
    times.iter().map(|at| moment(script, *at)).collect::<Vec<_>>().join(", ")
}

fn list(templates: &[&TemplateName]) -> String {
    if templates.is_empty() {
        return "none".to_owned();
    }
    templates.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
